package cmd

import (
	"cmp"
	"context"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/compose"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// payCommand is what the flags of pay say.
type payCommand struct {
	compose.PayOptions
	money app.SendFlags
}

// waitForBuyer is how long the embedded sandbox serves a 3DS page.
const waitForBuyer = 5 * time.Minute

func newPayCmd(d *app.Run) *cobra.Command {
	var o payCommand
	cmd := &cobra.Command{
		Use:   "pay --amount N --currency CUR",
		Short: "Authorize a card payment",
		Long: `Authorize a card payment.

The amount is an integer in the smallest unit: --amount 4200 --currency SGD is
SGD 42.00. On the embedded sandbox and on APO's sandbox the amount is enough:
order, buyer, URLs and a test card are filled in. On live nothing is invented.

The request is made of --file, then the profile's defaults, then the flags, then
--set and --set-json in their order. --dry-run shows the result. The card comes
by the name of a test card, from a file, from standard input or from a prompt
without echo, never from a flag's value: others could read it there.

The paymentRequestId is printed before anything is sent. Repeating the command
with --request-id and that ID is the same payment and cannot charge twice.`,
		Example: `  # SGD 42.00 on the sandbox inside apo
  apo pay --amount 4200 --currency SGD

  # the same amount as a person writes it, captured by APO itself
  apo pay --amount "SGD 42.00" --capture auto

  # look at the request, with another order number, and send nothing
  apo pay --amount 4200 --currency SGD --set order.referenceOrderId=A-17 --dry-run

  # a card that the issuer declines: exit code 3
  apo pay --amount 4200 --currency SGD --card visa-declined || test $? = 3

  # a request of your own, from a file; print the paymentId alone
  echo '{"paymentAmount":{"currency":"SGD","value":"4200"},"order":{"referenceOrderId":"A-18"}}' > req.json
  apo pay --file req.json -q paymentId`,
		Args: app.Arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runPay(cmd.Context(), d, &o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"")
	f.StringVar(&o.Currency, "currency", "", "ISO 4217 `code`, in capitals")
	f.StringVar(&o.File, "file", "", "`file` with the request as JSON; - is standard input")
	f.Var(compose.Changes{List: &o.Changes}, "set", "set a field to a text: order.referenceOrderId=A-1")
	f.Var(compose.Changes{List: &o.Changes, JSON: true}, "set-json", "set a field to JSON: order.goods=[]")
	f.StringVar(&o.Card, "card", "", "`name` of a test card (apo sandbox cards), - for JSON on standard input, prompt to be asked")
	f.StringVar(&o.CardFile, "card-file", "", "`file` with the card as JSON, readable by you alone")
	f.BoolVar(&o.ThreeDS, "3ds", false, "ask for 3DS (is3DSAuthentication)")
	f.StringVar(&o.Capture, "capture", "", "auto or manual: `who` captures (captureMode; default manual)")
	f.StringVar(&o.RedirectURL, "redirect-url", "", "`URL` to which the buyer returns (paymentRedirectUrl)")
	f.StringVar(&o.NotifyURL, "notify-url", "", "`URL` for notifications (paymentNotifyUrl, APO_NOTIFY_URL), or listen: the running apo listen")
	f.StringVar(&o.OrderID, "order-id", "", "your order `ID` (order.referenceOrderId)")
	f.StringVar(&o.Description, "order-description", "", "`text` (order.orderDescription)")
	f.StringVar(&o.BuyerID, "buyer-id", "", "your `ID` of the buyer (order.buyer.referenceBuyerId)")
	f.StringVar(&o.BuyerEmail, "buyer-email", "", "`address` (order.buyer.buyerEmail)")
	f.StringVar(&o.BuyerPhone, "buyer-phone", "", "`number` (order.buyer.buyerPhoneNo)")
	f.StringVar(&o.Cardholder, "cardholder-name", "", "first and last `name` in English letters (cardholderName)")
	f.StringVar(&o.Terminal, "terminal-type", "", "WEB, WAP or APP: `where` the buyer pays (env.terminalType)")
	f.StringVar(&o.OS, "os-type", "", "IOS or ANDROID: the buyer's `system`, needed for WAP (env.osType)")
	f.StringVar(&o.ClientIP, "client-ip", "", "`IP` of the buyer (env.clientIp)")
	f.StringVar(&o.SettlementCurrency, "settlement-currency", "", "`code` of the currency of settlement (settlementStrategy)")
	f.StringVar(&o.SavedCard, "payment-method-id", "", "`token` of a saved card (paymentMethodId)")
	f.BoolVar(&o.Tokenize, "tokenize", false, "ask to save the card (tokenizeMode ASKFORCONSENT)")
	f.BoolVar(&o.money.Open, "open", false, "open the 3DS page in a browser")
	app.AddSendFlags(cmd, &o.money, "paymentRequestId")
	_ = cmd.RegisterFlagCompletionFunc("card", completeCards)
	_ = cmd.RegisterFlagCompletionFunc("capture", fixed("auto\tAPO takes the money by itself", "manual\tapo capture takes it"))
	return cmd
}

func runPay(ctx context.Context, d *app.Run, o *payCommand) error {
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
	if s.Local != nil && o.money.Open && o.money.Wait == 0 {
		o.money.Wait = waitForBuyer // somebody has to serve the page meanwhile
	}
	if o.NotifyURL, err = s.NotifyURL(ctx, cmp.Or(o.NotifyURL, d.Getenv("APO_NOTIFY_URL"))); err != nil {
		return err
	}
	o.RequestID, o.DryRun = o.money.RequestID, o.money.DryRun
	body, err := s.Source().Pay(&o.PayOptions)
	if err != nil {
		return err
	}
	if err := say.Invalid("the request", o.NameFlags(apo.ValidateOwn("pay", body, s.Now()))); err != nil {
		return err
	}
	e, err := apo.FindEndpoint("pay")
	if err != nil {
		return err
	}
	if s.Profile.Live() && compose.HoldsTestCard(gjson.ParseBytes(body)) && !o.money.DryRun {
		return app.Refused("a test card cannot pay on live; nothing was sent")
	}
	if s.Local != nil && o.money.Wait > 0 && !o.money.DryRun {
		if err := servePages(s); err != nil {
			return err
		}
	}
	return s.Send(ctx, operate.Request{Endpoint: e, Body: body}, o.money)
}

func completeCards(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return compose.TestCards(), cobra.ShellCompDirectiveNoFileComp
}

// servePages serves the 3DS pages of the embedded sandbox for as long as this
// run waits.
func servePages(s *app.Session) error {
	stop, err := serve.Pages(s.Local)
	if err != nil {
		return say.Fail(say.Error, "the 3DS page cannot be served: %v", err)
	}
	s.Cleanup = append(s.Cleanup, stop)
	return nil
}
