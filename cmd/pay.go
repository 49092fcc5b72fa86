package cmd

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

type payOptions struct {
	amount, currency string
	file             string
	changes          []change
	card, cardFile   string
	threeDS          bool
	capture          string
	redirectURL      string
	notifyURL        string
	orderID          string
	description      string
	buyerID          string
	buyerEmail       string
	buyerPhone       string
	cardholder       string
	terminal, os     string
	clientIP         string
	settleIn         string
	savedCard        string
	tokenize         bool
	money            moneyFlags
}

func newPayCmd(d *deps) *cobra.Command {
	var o payOptions
	cmd := &cobra.Command{
		Use:        "pay --amount N --currency CUR",
		SuggestFor: []string{"authorize", "auth", "charge", "payment", "payments", "create"},
		Short:      "Authorize a card payment",
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
  apo pay --file req.json -q paymentId`,
		Args: arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runPay(cmd.Context(), d, &o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"")
	f.StringVar(&o.currency, "currency", "", "ISO 4217 `code`, in capitals")
	f.StringVar(&o.file, "file", "", "`file` with the request as JSON; - is standard input")
	f.Var(changes{&o.changes, false}, "set", "set a field to a text: order.referenceOrderId=A-1")
	f.Var(changes{&o.changes, true}, "set-json", "set a field to JSON: order.goods=[]")
	f.StringVar(&o.card, "card", "", "`name` of a test card (apo sandbox cards), - for JSON on standard input, prompt to be asked")
	f.StringVar(&o.cardFile, "card-file", "", "`file` with the card as JSON, readable by you alone")
	f.BoolVar(&o.threeDS, "3ds", false, "ask for 3DS (is3DSAuthentication)")
	f.StringVar(&o.capture, "capture", "", "auto or manual: `who` captures (captureMode; default manual)")
	f.StringVar(&o.redirectURL, "redirect-url", "", "`URL` to which the buyer returns (paymentRedirectUrl)")
	f.StringVar(&o.notifyURL, "notify-url", "", "`URL` for notifications (paymentNotifyUrl, APO_NOTIFY_URL)")
	f.StringVar(&o.orderID, "order-id", "", "your order `ID` (order.referenceOrderId)")
	f.StringVar(&o.description, "order-description", "", "`text` (order.orderDescription)")
	f.StringVar(&o.buyerID, "buyer-id", "", "your `ID` of the buyer (order.buyer.referenceBuyerId)")
	f.StringVar(&o.buyerEmail, "buyer-email", "", "`address` (order.buyer.buyerEmail)")
	f.StringVar(&o.buyerPhone, "buyer-phone", "", "`number` (order.buyer.buyerPhoneNo)")
	f.StringVar(&o.cardholder, "cardholder-name", "", "first and last `name` in English letters (cardholderName)")
	f.StringVar(&o.terminal, "terminal-type", "", "WEB, WAP or APP: `where` the buyer pays (env.terminalType)")
	f.StringVar(&o.os, "os-type", "", "IOS or ANDROID: the buyer's `system`, needed for WAP (env.osType)")
	f.StringVar(&o.clientIP, "client-ip", "", "`IP` of the buyer (env.clientIp)")
	f.StringVar(&o.settleIn, "settlement-currency", "", "`code` of the currency of settlement (settlementStrategy)")
	f.StringVar(&o.savedCard, "payment-method-id", "", "`token` of a saved card (paymentMethodId)")
	f.BoolVar(&o.tokenize, "tokenize", false, "ask to save the card (tokenizeMode ASKFORCONSENT)")
	f.BoolVar(&o.money.open, "open", false, "open the 3DS page in a browser")
	addMoneyFlags(cmd, &o.money, "paymentRequestId")
	_ = cmd.RegisterFlagCompletionFunc("card", completeCards)
	_ = cmd.RegisterFlagCompletionFunc("capture", cobra.FixedCompletions([]string{"auto", "manual"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func runPay(ctx context.Context, d *deps, o *payOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	if s.box != nil && o.money.open && o.money.wait == 0 {
		o.money.wait = waitForBuyer // somebody has to serve the page meanwhile
	}
	body, err := s.payBody(o)
	if err != nil {
		return err
	}
	if err := invalid("the request", apo.Validate("pay", body, s.now())); err != nil {
		return err
	}
	e, err := apo.FindEndpoint("pay")
	if err != nil {
		return err
	}
	if s.profile.Live() && holdsTestCard(gjson.ParseBytes(body)) && !o.money.dryRun {
		return refused("a test card cannot pay on live; nothing was sent")
	}
	if s.box != nil && o.money.wait > 0 && !o.money.dryRun {
		if err := s.servePages(); err != nil {
			return err
		}
	}
	return s.send(ctx, operate.Request{Endpoint: e, Body: body}, o.money)
}

// check finds what is wrong with the flags alone.
func (o *payOptions) check() error {
	if err := o.money.check(); err != nil {
		return err
	}
	switch {
	case o.file == "-" && o.card == "-":
		return say.Fail(say.Usage, "--file - and --card - both read standard input; give one of them a file")
	case o.card != "" && o.cardFile != "":
		return say.Fail(say.Usage, "--card and --card-file both give the card; keep one")
	case o.amount == "" && o.currency != "" && o.file == "":
		return say.Fail(say.Usage, "--currency without --amount")
	case o.capture != "" && o.capture != "auto" && o.capture != "manual":
		return say.Fail(say.Usage, "--capture %q is not auto or manual", o.capture)
	}
	return nil
}
