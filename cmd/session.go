package cmd

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/compose"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

func newSessionCmd(d *app.Run) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "session",
		Short: "Let the buyer pay on a page of APO's, or in its elements",
		Long: `Let the buyer pay on a page of APO's, or in elements of its SDK on a page of
yours: a session collects the card, so that no card number comes near you. The
payment is made, under the session's paymentRequestId, once the buyer submits it.`,
		Example: `  # a session with a page of its own
  apo session create --amount 4200 --currency SGD --request-id demo-0001

  # what is known of it
  apo session show demo-0001`,
	}, newSessionCreateCmd(d), newSessionShowCmd(d))
}

// sessionCommand is what the flags of session create say.
type sessionCommand struct {
	compose.SessionOptions
	money app.SendFlags
}

func newSessionCreateCmd(d *app.Run) *cobra.Command {
	var o sessionCommand
	cmd := &cobra.Command{
		Use:   "create --amount N --currency CUR",
		Short: "Create a session, and print the address of its page",
		Long: `Create a session, and print the address of its page (normalUrl): createPaymentSession.
Of --scene element there is no page; paymentSessionData is for the SDK in the
buyer's browser, and submitPay (apo api) submits it.

The request is made as that of apo pay is, without a card: of --file, then the
profile's defaults, then the flags, then --set and --set-json. On live nothing is
invented, and --live and the amount have to confirm it: the buyer can pay with it.

The paymentRequestId is that of the payment. Repeating the command with
--request-id and that ID is the same session.`,
		Example: `  # on the sandbox inside apo; the answer has the page's address
  apo session create --amount 4200 --currency SGD --request-id demo-0001

  # the address alone
  apo session create --amount 4200 --currency SGD -q normalUrl

  # for elements, and the buyer may save the card
  apo session create --amount 4200 --currency SGD --scene element --ask-to-save`,
		Args: app.Arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runSessionCreate(cmd.Context(), d, &o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"")
	f.StringVar(&o.Currency, "currency", "", "ISO 4217 `code`, in capitals")
	f.StringVar(&o.Scene, "scene", "checkout", "checkout or element: `what` collects the card (productScene)")
	f.StringVar(&o.File, "file", "", "`file` with the request as JSON; - is standard input")
	f.Var(compose.Changes{List: &o.Changes}, "set", "set a field to a text: order.referenceOrderId=A-1")
	f.Var(compose.Changes{List: &o.Changes, JSON: true}, "set-json", "set a field to JSON: order.goods=[]")
	f.BoolVar(&o.ThreeDS, "3ds", false, "ask for 3DS (is3DSAuthentication)")
	f.BoolVar(&o.Keep, "ask-to-save", false, "ask the buyer whether the card shall be saved (tokenizeMode ASKFORCONSENT)")
	f.StringVar(&o.Capture, "capture", "", "auto or manual: `who` captures (captureMode; default manual)")
	f.StringVar(&o.RedirectURL, "redirect-url", "", "`URL` to which the buyer returns (paymentRedirectUrl)")
	f.StringVar(&o.NotifyURL, "notify-url", "", "`URL` for notifications (paymentNotifyUrl, APO_NOTIFY_URL), or listen: the running apo listen")
	f.StringVar(&o.OrderID, "order-id", "", "your order `ID` (order.referenceOrderId)")
	f.StringVar(&o.Description, "order-description", "", "`text` (order.orderDescription)")
	f.StringVar(&o.BuyerID, "buyer-id", "", "your `ID` of the buyer (order.buyer.referenceBuyerId)")
	f.StringVar(&o.SettlementCurrency, "settlement-currency", "", "`code` of the currency of settlement (settlementStrategy)")
	f.BoolVar(&o.money.Open, "open", false, "open the page in a browser")
	app.AddSendFlags(cmd, &o.money, "paymentRequestId")
	_ = cmd.RegisterFlagCompletionFunc("scene", fixed("checkout\ta page of APO's", "element\telements on a page of yours"))
	_ = cmd.RegisterFlagCompletionFunc("capture", fixed("auto\tAPO takes the money by itself", "manual\tapo capture takes it"))
	return cmd
}

func runSessionCreate(ctx context.Context, d *app.Run, o *sessionCommand) error {
	if err := o.money.Check(); err != nil {
		return err
	}
	if err := o.Check(); err != nil {
		return err
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	if o.NotifyURL, err = s.NotifyURL(ctx, cmp.Or(o.NotifyURL, d.Getenv("APO_NOTIFY_URL")), s.Local != nil); err != nil {
		return err
	}
	o.RequestID, o.DryRun = o.money.RequestID, o.money.DryRun
	body, err := s.Source().Session(&o.SessionOptions)
	if err != nil {
		return err
	}
	if err := say.Invalid("the request", o.NameFlags(apo.ValidateOwn("createPaymentSession", body, s.Now()))); err != nil {
		return err
	}
	if holdsCard(body) {
		return say.Fail(say.Usage, "the request holds a card, and a session collects it from its buyer; nothing was sent").
			Hint("leave cardNo out, or pay with the card: apo pay --file")
	}
	e, err := apo.FindEndpoint("createPaymentSession")
	if err != nil {
		return err
	}
	waits := (o.money.Open && s.Local != nil || o.money.Wait > 0) && !o.money.DryRun
	if waits && s.Local != nil { // somebody has to serve the page meanwhile
		if err := servePages(s); err != nil {
			return err
		}
	}
	r, err := s.SendOn(ctx, operate.Request{Endpoint: e, Body: body}, o.money)
	switch {
	case err != nil || !waits || r.Outcome != apo.Succeeded:
		return err
	case s.Local != nil && o.money.Open:
		if err := awaitBuyer(ctx, s, r.ID.Value, cmp.Or(o.money.Wait, waitForBuyer)); err != nil || o.money.Wait == 0 {
			return err
		}
	}
	return awaitPayment(ctx, s, r.ID.Value, o.money.Wait)
}

// holdsCard reports whether the request of a session holds a card's number.
func holdsCard(body []byte) bool {
	const number = "paymentMethodMetaData.cardNo"
	return gjson.GetBytes(body, "paymentMethod."+number).String() != "" || gjson.GetBytes(body, "availablePaymentMethod."+number).String() != ""
}

// awaitPayment asks for the payment of a session until it is final or the time is up, and
// says what became of it.
func awaitPayment(ctx context.Context, s *app.Session, requestID string, most time.Duration) error {
	const every = 2 * time.Second
	key := apo.PaymentKey{PaymentRequestID: requestID}
	var found operate.Found
	for begin := time.Now(); ctx.Err() == nil; {
		next, err := s.Operator.Lookup(ctx, key)
		if err == nil {
			found = next
			if status := found.Payment.Status; status != apo.StatusProcessing && status != apo.StatusPending {
				return becamePayment(ctx, s, found, "")
			}
		}
		waited := time.Since(begin)
		if waited+every > most {
			break
		}
		s.IO.Waiting("waiting for the buyer to pay, "+requestID, waited)
		select {
		case <-ctx.Done(): // the session stays, and its buyer can pay
		case <-time.After(every):
		}
	}
	s.IO.EndLive()
	if found.Answer != nil {
		return becamePayment(ctx, s, found, "")
	}
	f := say.Fail(say.Pending, "nobody is known to have paid yet")
	f.RequestID, f.MoneyMayHaveMoved = requestID, true
	return f.Hint("%s tells later", s.Words().Command("inquire", requestID))
}

// awaitBuyer serves the page of the embedded sandbox until the buyer has paid, or was
// declined, or time is up.
func awaitBuyer(ctx context.Context, s *app.Session, requestID string, most time.Duration) error {
	within, stop := context.WithTimeout(ctx, most)
	defer stop()
	for {
		p, found, err := s.Local.Payment(requestID)
		if err != nil {
			return say.Fail(say.Config, "%v", err)
		}
		if found && p.Status != apo.StatusProcessing {
			s.IO.Note("the buyer is done: " + p.Status + " " + p.Code + "; " + s.Words().Command("inquire", requestID))
			return nil
		}
		select {
		case <-within.Done():
			return outOfTime(ctx, within.Err(), "nobody has paid after "+most.String())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func newSessionShowCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "show SESSION",
		Short: "Show a session: its order, and what the journal knows",
		Long: `Show a session by its paymentSessionId or paymentRequestId: the order, as
retrievePaymentSession answers it, and what the journal of this machine knows:
amount, page, when it ends, and what became of its payment.`,
		Example: `  # a session to try it on
  apo session create --amount 4200 --currency SGD --request-id demo-0001

  # by the ID of its payment
  apo session show demo-0001`,
		Args: app.Arguments(1, 1, "one SESSION: a paymentSessionId or paymentRequestId"),
		RunE: func(cmd *cobra.Command, args []string) error { return runSessionShow(cmd.Context(), d, args[0]) },
	}
}

func runSessionShow(ctx context.Context, d *app.Run, id string) error {
	name := "paymentRequestId"
	if strings.HasPrefix(id, "PAYMENT_SESSIONID_") {
		name = "paymentSessionId"
	}
	if strings.HasPrefix(id, "@") {
		return say.Fail(say.Usage, "%q is no ID of a session: it takes a paymentSessionId or paymentRequestId", id)
	}
	if problem := apo.CheckRequestID(id); problem != "" {
		return say.Fail(say.Usage, "%s %q %s", name, id, problem)
	}
	s, err := d.Open(ctx)
	if err != nil {
		return err
	}
	e, err := apo.FindEndpoint("retrievePaymentSession")
	if err != nil {
		return err
	}
	body, err := apo.Encode(map[string]string{name: id})
	if err != nil {
		return err
	}
	s.IO.Masker.Known.LearnTyped(id)
	answer, err := s.Operator.Ask(ctx, e, body)
	if errors.Is(err, operate.ErrNotFound) {
		s.Printer().Show(answer.Raw)
		return s.Words().NotFound(id, answer.Result.Code).
			Hint("is it another profile's? this is profile %s, client ID %s", s.Profile.Name, s.Operator.Client.ClientID)
	}
	if err := s.Inquired(ctx, answer, err, id, false); err != nil {
		return err
	}
	s.Printer().Show(answer.Raw)
	known, err := s.PaymentSession(ctx, name, id)
	if err != nil {
		return err
	}
	s.IO.Say(*s.Words().SessionShown(known))
	return nil
}
