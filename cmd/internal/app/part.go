package app

import (
	"cmp"
	"context"
	"errors"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/spf13/cobra"
)

// PartFlags are those of capture and refund: a payment, and how much of it.
type PartFlags struct {
	payment          PaymentFlags
	amount, currency string
	Reason           string
	NotifyURL        string
	money            SendFlags
}

// AddPartFlags adds them; idName is what a request's ID is called in its body:
// "captureRequestId".
func AddPartFlags(cmd *cobra.Command, o *PartFlags, idName string) {
	AddPaymentFlags(cmd, &o.payment)
	cmd.Flags().StringVar(&o.amount, "amount", "", "`units` of the smallest currency unit, or \"SGD 42.00\"; all that is left unless given")
	cmd.Flags().StringVar(&o.currency, "currency", "", "ISO 4217 `code`; the payment's unless given")
	AddSendFlags(cmd, &o.money, idName)
}

// OpenPart opens a session and finds the payment, for a capture or refund.
func (d *Run) OpenPart(ctx context.Context, api string, o *PartFlags) (*Session, apo.Payment, error) {
	if err := o.check(); err != nil {
		return nil, apo.Payment{}, err
	}
	s, err := d.Open(ctx)
	if err != nil {
		return nil, apo.Payment{}, err
	}
	found, err := s.FindFirst(ctx, api, o.payment)
	return s, found.Payment, err
}

// check finds what is wrong with the flags alone.
func (o *PartFlags) check() error {
	if err := o.money.Check(); err != nil {
		return err
	}
	if o.amount == "" && o.currency != "" {
		return say.Fail(say.Usage, "--currency without --amount")
	}
	if o.money.RequestID != "" {
		if problem := apo.CheckRequestID(o.money.RequestID); problem != "" {
			return say.Fail(say.Usage, "--request-id %q %s", o.money.RequestID, problem)
		}
	}
	if o.amount != "" && o.currency != "" { // without its currency it waits for the payment's
		if _, err := apo.ParseAmount(o.amount, o.currency); err != nil {
			return say.Fail(say.Usage, "--%v", err)
		}
	}
	return nil
}

// Part is how much of a payment the flags ask for.
func (o *PartFlags) Part(p apo.Payment) (operate.Part, error) {
	part := operate.Part{RequestID: o.money.RequestID, Again: o.money.again}
	if o.amount == "" {
		return part, nil
	}
	var err error
	if part.Amount, err = apo.ParseAmount(o.amount, currencyUnlessNamed(o.amount, cmp.Or(o.currency, p.Amount.Currency))); err != nil {
		return part, say.Fail(say.Usage, "--%v", err)
	}
	return part, nil
}

// currencyUnlessNamed leaves the currency to an amount that names its own.
func currencyUnlessNamed(amount, currency string) string {
	if amount[0] >= 'A' && amount[0] <= 'Z' || amount[0] >= 'a' && amount[0] <= 'z' {
		return ""
	}
	return currency
}

// NotMade says why there is nothing to capture or refund.
func (s *Session) NotMade(err error, verb string, part operate.Part) error {
	var refusal *operate.Refusal
	if errors.As(err, &refusal) {
		return s.Words().Refusal(refusal, verb, operate.ID{Name: verb + "RequestId", Value: part.RequestID})
	}
	return say.Fail(say.Error, "%v", err)
}

// SendPart sends a capture or refund of a payment that was just inquired.
func (s *Session) SendPart(ctx context.Context, api string, request any, p apo.Payment, before *apo.Transaction, o *PartFlags) error {
	if before != nil {
		s.IO.Note("this " + api + " of " + before.Amount.String() + " was sent before; the same request goes again, and moves nothing twice")
	}
	e, err := apo.FindEndpoint(api)
	if err != nil {
		return err
	}
	body, err := apo.Encode(request)
	if err != nil {
		return err
	}
	if err := say.Invalid("the request", apo.ValidateOwn(api, body, s.Now())); err != nil {
		return err
	}
	return s.Send(ctx, operate.Request{Endpoint: e, Body: body, Payment: &p}, o.money)
}
