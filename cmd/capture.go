package cmd

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
)

// partOptions are those of capture and refund: a payment, and how much of it.
type partOptions struct {
	payment          paymentArg
	amount, currency string
	reason           string
	notifyURL        string
	money            moneyFlags
}

func addPartFlags(cmd *cobra.Command, o *partOptions, idName string) {
	addPaymentFlags(cmd, &o.payment)
	cmd.Flags().StringVar(&o.amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"; all that is left unless given")
	cmd.Flags().StringVar(&o.currency, "currency", "", "ISO 4217 `code`; the payment's unless given")
	addMoneyFlags(cmd, &o.money, idName)
}

func newCaptureCmd(d *deps) *cobra.Command {
	var o partOptions
	cmd := &cobra.Command{
		Use:   "capture PAYMENT",
		Short: "Take the money of an authorized payment",
		Long: `Take the money of an authorized payment, whole unless --amount says less.

PAYMENT is your paymentRequestId or APO's paymentId. A whole capture derives its
captureRequestId from the payment, so that repeating it, from any machine, is
the same capture and takes nothing twice. A part gets a new captureRequestId:
repeat it with --request-id.`,
		Example: `  # all of it
  apo capture demo-0001

  # a part, under an ID of your own
  apo capture demo-0001 --amount 1000 --currency SGD --request-id capture-0001`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCapture(cmd.Context(), d, &o) },
	}
	addPartFlags(cmd, &o, "captureRequestId")
	return cmd
}

func runCapture(ctx context.Context, d *deps, o *partOptions) error {
	s, p, err := d.openPart(ctx, o)
	if err != nil {
		return err
	}
	r := apo.CaptureRequest{PaymentID: p.PaymentID}
	if r.CaptureRequestID, r.CaptureAmount, err = s.part(o, p, "CAPTURE", p.Balance().Capturable()); err != nil {
		return err
	}
	return s.send(ctx, "capture", r, o.money)
}

// openPart opens a session and finds the payment.
func (d *deps) openPart(ctx context.Context, o *partOptions) (*session, apo.Payment, error) {
	if err := o.money.check(); err != nil {
		return nil, apo.Payment{}, err
	}
	if o.amount == "" && o.currency != "" {
		return nil, apo.Payment{}, say.Fail(say.Usage, "--currency without --amount")
	}
	if o.money.requestID != "" {
		if problem := apo.CheckRequestID(o.money.requestID); problem != "" {
			return nil, apo.Payment{}, say.Fail(say.Usage, "--request-id %q %s", o.money.requestID, problem)
		}
	}
	if o.amount != "" && o.currency != "" { // without its currency it waits for the payment's
		if _, err := apo.ParseAmount(o.amount, o.currency); err != nil {
			return nil, apo.Payment{}, say.Fail(say.Usage, "--%v", err)
		}
	}
	s, err := d.open(ctx)
	if err != nil {
		return nil, apo.Payment{}, err
	}
	answer, _, err := s.findFirst(ctx, o.payment)
	if err != nil {
		return nil, apo.Payment{}, err
	}
	return s, apo.ReadPayment(answer), nil
}

// part settles request ID and amount of a capture or refund. Whole ones have
// an ID that is a function of the payment, and the amount that the first try
// had.
func (s *session) part(o *partOptions, p apo.Payment, kind string, left int64) (id string, amount apo.Amount, err error) {
	if o.amount != "" {
		currency := o.currency
		if currency == "" {
			currency = p.Amount.Currency
		}
		amount, err := apo.ParseAmount(o.amount, currencyUnlessNamed(o.amount, currency))
		if err != nil {
			return "", apo.Amount{}, say.Fail(say.Usage, "--%v", err)
		}
		if id = o.money.requestID; id == "" {
			id, err = newID()
		}
		if err != nil {
			return "", amount, err
		}
		if o.money.again {
			return id, amount, nil
		}
		return id, amount, s.atMost(p, kind, id, amount, left)
	}
	if id = o.money.requestID; id == "" {
		id = derived(kind, p.PaymentID)
		if err := s.wholeBefore(p, kind, id, left); err != nil {
			return "", apo.Amount{}, err
		}
	}
	if earlier, found := p.Find(kind, id); found {
		s.io.Note("this " + strings.ToLower(kind) + " of " + earlier.Amount.String() + " was sent before; the same request goes again, and moves nothing twice")
		return id, earlier.Amount, nil
	}
	if left == 0 {
		return "", apo.Amount{}, s.nothingLeft(p, kind)
	}
	return id, apo.Units64(p.Amount.Currency, left), nil
}

// atMost holds a part against what is known to be left.
func (s *session) atMost(p apo.Payment, kind, id string, amount apo.Amount, left int64) error {
	if _, repeated := p.Find(kind, id); repeated || amount.Currency != p.Amount.Currency {
		return nil // the gateway's to judge
	}
	if n, err := amount.Units(); err != nil || n <= left {
		return nil
	}
	if left == 0 {
		return s.nothingLeft(p, kind)
	}
	verb := strings.ToLower(kind)
	return refused("%s is more than is left to %s, %s; nothing was sent", amount, verb, apo.Units64(p.Amount.Currency, left)).
		Hint("%s takes what is left", s.words().Command(verb, p.PaymentID, "--amount", strconv.FormatInt(left, 10), "--currency", p.Amount.Currency)).Hint(sendsAllTheSame)
}

// wholeBefore refuses what a repetition of the whole would pretend: that an
// earlier one, of less or without success, was the one that is asked for now.
func (s *session) wholeBefore(p apo.Payment, kind, id string, left int64) error {
	earlier, found := p.Find(kind, id)
	verb := strings.ToLower(kind)
	part := s.words().Command(verb, p.PaymentID, "--amount", strconv.FormatInt(left, 10), "--currency", p.Amount.Currency)
	switch {
	case !found:
		return nil
	case left == 0 && (earlier.Status == apo.StatusFail || earlier.Status == apo.StatusCancelled):
		return s.nothingLeft(p, kind)
	case earlier.Status == apo.StatusFail || earlier.Status == apo.StatusCancelled:
		return refused("the whole %s failed before (%s); nothing was sent", verb, earlier.Result.Code).
			Hint("%s tries again, under a new ID", part)
	case left > 0 && earlier.Status == apo.StatusSuccess:
		return refused("a whole %s of %s was made before, and %s has become free since; nothing was sent",
			verb, earlier.Amount, apo.Units64(p.Amount.Currency, left)).
			Hint("%s takes the rest", part)
	}
	return nil
}

// currencyUnlessNamed leaves the currency to an amount that names its own.
func currencyUnlessNamed(amount, currency string) string {
	if amount[0] >= 'A' && amount[0] <= 'Z' || amount[0] >= 'a' && amount[0] <= 'z' {
		return ""
	}
	return currency
}

func (s *session) nothingLeft(p apo.Payment, kind string) error {
	verb := strings.ToLower(kind)
	why := "nothing is left to " + verb
	open := p.Status == apo.StatusProcessing || p.Status == apo.StatusPending
	switch {
	case open:
		why = "it is not authorized yet"
	case kind == "REFUND" && p.Balance().Captured == 0:
		why = "nothing was captured, so nothing is to be refunded"
	}
	f := refused("%s; nothing was sent", why)
	f.RequestID = p.PaymentRequestID
	v := s.told(p)
	v.Facts = append([]string{why, "nothing was sent"}, v.Facts...)
	v.Next = ""
	f.Verdict = v
	switch {
	case open:
		f.Hint("%s waits until it is", s.words().Command("inquire", p.PaymentID, "--watch"))
	case kind == "REFUND" && p.Status == apo.StatusSuccess && p.Balance().Captured == 0:
		f.Hint("%s gives the buyer everything back", s.words().Command("cancel", p.PaymentID))
	}
	return f
}

// send validates, guards and runs a request that moves money.
func (s *session) send(ctx context.Context, name string, request any, m moneyFlags) error {
	e, err := apo.FindEndpoint(name)
	if err != nil {
		return err
	}
	body, err := apo.Encode(request)
	if err != nil {
		return err
	}
	if err := invalid("the request", apo.Validate(name, body, s.now())); err != nil {
		return err
	}
	op := s.operationOf(e, body, s.now())
	if m.dryRun {
		return s.dry(op)
	}
	if err := s.guard(m, name, op.amount); err != nil {
		return err
	}
	return s.run(ctx, op, m)
}
