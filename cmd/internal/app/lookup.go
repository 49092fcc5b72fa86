package app

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// PaymentFlags name a payment: by any of its numbers, or by an ID that a flag says
// the kind of.
type PaymentFlags struct {
	any, PaymentID, RequestID string
	Search                    SearchFlags
}

// AddPaymentFlags adds those that name a payment, and has cmd take one number of it
// as its argument instead.
func AddPaymentFlags(cmd *cobra.Command, p *PaymentFlags) {
	cmd.Flags().StringVar(&p.PaymentID, "payment-id", "", "the payment by APO's `ID`")
	cmd.Flags().StringVar(&p.RequestID, "payment-request-id", "", "the payment by your own request `ID`")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := Arguments(0, 1, "one number of a payment")(cmd, args); err != nil {
			return err
		}
		given := len(args)
		for _, name := range []string{"payment-id", "payment-request-id"} {
			if f := cmd.Flags().Lookup(name); f.Changed {
				given++
				if strings.HasPrefix(f.Value.String(), "@") {
					return say.Fail(say.Usage, "--%s %q is no ID", name, f.Value.String()).Hint("%s %s takes the newest payment", cmd.CommandPath(), Last)
				}
				if problem := apo.CheckRequestID(f.Value.String()); problem != "" {
					return say.Fail(say.Usage, "--%s %q %s", name, f.Value.String(), problem)
				}
			}
		}
		if given != 1 {
			return say.Fail(say.Usage, "%s needs one payment: its paymentRequestId, its paymentId, or another of its numbers", cmd.CommandPath()).
				Hint("%s --help shows examples", cmd.CommandPath())
		}
		if len(args) == 1 {
			p.any = args[0]
		}
		return nil
	}
}

// keys are the questions by which a payment is found, the likelier one first:
// a paymentId was never seen but as 35 digits that begin with a date.
func (p PaymentFlags) keys() []apo.PaymentKey {
	byID, byRequest := apo.PaymentKey{PaymentID: p.any}, apo.PaymentKey{PaymentRequestID: p.any}
	switch {
	case p.PaymentID != "":
		return []apo.PaymentKey{{PaymentID: p.PaymentID}}
	case p.RequestID != "":
		return []apo.PaymentKey{{PaymentRequestID: p.RequestID}}
	case looksLikePaymentID(p.any):
		return []apo.PaymentKey{byID, byRequest}
	}
	return []apo.PaymentKey{byRequest, byID}
}

func (p PaymentFlags) String() string { return cmp.Or(p.any, p.PaymentID, p.RequestID) }

func looksLikePaymentID(id string) bool {
	if len(id) != 35 || id[:2] != "20" {
		return false
	}
	for i := range len(id) {
		if id[i] < '0' || id[i] > '9' {
			return false
		}
	}
	return true
}

// Inquired says in words why an inquiry tells nothing; nil where it tells. What
// the gateway said, and signed, is shown all the same. Where the journal has
// something of the payment in doubt, it stays so.
func (s *Session) Inquired(ctx context.Context, a *apo.Answer, err error, id string, asRefund bool) error {
	if err == nil {
		return nil
	}
	f := s.toldNothing(ctx, a, err, id, asRefund).About(id)
	if open := s.openOf(ctx, "", id); open != nil && !f.MoneyMayHaveMoved {
		f.MoneyMayHaveMoved = true
		f.Hint("the journal has its %s in doubt, and still has; %s asks again", open.Endpoint, s.Words().Command("resume"))
	}
	return f
}

// openOf is an open call about a payment or refund in the journal: of one API, or of
// any that moves something. nil: none is known.
func (s *Session) openOf(ctx context.Context, api, id string) *journal.Record {
	if s.Journal == nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	list, err := s.Journal.Sharing(ctx, s.Operator.Account.ClientID, apo.Numbers{PaymentID: id, RefundRequestID: id, RefundID: id})
	if err == nil && len(list) > 0 { // one payment has several numbers
		var more []journal.Record
		if more, err = s.Journal.Payment(ctx, s.Operator.Account.ClientID, list[0].Numbers); err == nil {
			list = append(list, more...)
		}
	}
	for _, r := range list {
		if err == nil && r.State.Open() && !r.Reads && (api == "" || r.Endpoint == api) {
			return &r
		}
	}
	return nil
}

// toldNothing says why an inquiry tells nothing.
func (s *Session) toldNothing(ctx context.Context, a *apo.Answer, err error, id string, asRefund bool) *say.Failure {
	var answered *operate.InquiryError
	var failed *apo.Error
	switch {
	case errors.Is(err, operate.ErrNotFound):
		s.Printer().Show(a.Raw)
		f := s.Words().NotFound(id, a.Result.Code)
		advice, known := s.otherMeaning(ctx, id, asRefund)
		if advice != "" {
			f.Hint("%s", advice)
		}
		if four := say.LastFourAlone(id); four != "" && !known && !asRefund {
			f.Hint("%s", four)
		}
		if !known {
			f.Hint("is it another profile's? this is profile %s, client ID %s", s.Profile.Name, s.Operator.Client.ClientID)
		}
		return f
	case errors.Is(err, operate.ErrUnnamed):
		return s.Words().Unnamed(id)
	case errors.As(err, &answered):
		if !a.Unsigned {
			s.Printer().Show(a.Raw)
		}
		return s.Words().InquiryFailed(answered, id, s.caller())
	case errors.As(err, &failed):
		f := s.Words().InquiryLost(err)
		f.Next = append(f.Next, s.whyUntrusted(ctx, failed)...)
		return f
	}
	return s.Words().InquiryLost(err)
}

// resolveLast puts the newest payment of this profile in place of @last.
func (s *Session) resolveLast(arg *PaymentFlags) error {
	if !IsLast(arg.any) {
		return nil
	}
	newest, err := s.Newest("pay")
	if err != nil {
		return err
	}
	*arg = PaymentFlags{RequestID: newest.PaymentRequestID}
	return nil
}

// Newest are the numbers of the newest pay or refund of this profile.
func (s *Session) Newest(endpoint string) (apo.Numbers, error) {
	if s.Journal == nil {
		return apo.Numbers{}, say.Fail(say.Usage, "%s is the newest of the journal, and none is kept", Last)
	}
	list, err := journal.List(context.Background(), s.Journal, journal.Filter{Endpoint: endpoint, Profile: s.Profile.Name, Limit: 1})
	if err != nil {
		return apo.Numbers{}, say.Fail(say.Config, "%v", err)
	}
	if len(list) == 0 {
		return apo.Numbers{}, say.Fail(say.NotFound, "profile %s has no %s in the journal", s.Profile.Name, endpoint)
	}
	return list[0].Numbers, nil
}

// FindFirst is Find for a command that moves money: where the inquiry before it
// tells nothing, nothing was sent that could move any. But an earlier one of its kind
// may have: that is as much in doubt as before.
func (s *Session) FindFirst(ctx context.Context, api string, arg PaymentFlags) (operate.Found, error) {
	if err := s.resolveLast(&arg); err != nil {
		return operate.Found{}, err
	}
	found, err := s.locate(ctx, arg, true)
	var f *say.Failure
	if err == nil && found.Other != "" && arg.PaymentID == "" {
		return found.Found, s.Words().OtherPayment(arg.String(), found.Found)
	}
	if !errors.As(err, &f) {
		if found.How != "" {
			s.IO.Note(found.How)
		}
		return found.Found, err
	}
	if f.Kind == say.Usage {
		return found.Found, err
	}
	told := "nothing was sent after it"
	if s.openOf(ctx, api, arg.String()) != nil {
		if told = "nothing was sent after it, and an earlier " + api + " is in doubt"; f.Kind != say.Signature {
			f.Kind = say.InDoubt
		}
		f.MoneyMayHaveMoved = true
	} else if f.Kind == say.InDoubt || f.Kind == say.Signature || f.Kind == say.Pending {
		f.Kind, f.MoneyMayHaveMoved = say.InquiryFailed, false
	} else {
		return found.Found, err
	}
	f.Text = strings.TrimSuffix(f.Text, "; nothing was sent") + "; " + told
	if f.Verdict != nil {
		f.Verdict.Facts = append(f.Verdict.Facts, told)
	}
	return found.Found, err
}

// otherMeaning advises on a number that the gateway does not know: the journal may
// know whose it is.
func (s *Session) otherMeaning(ctx context.Context, number string, asRefund bool) (advice string, found bool) {
	if s.Journal == nil {
		return say.RoundedNumber(number), false
	}
	list, err := s.carrying(ctx, s.Journal, journal.Key{Number: number})
	if err != nil {
		return "", false
	}
	return s.Words().OtherMeaning(list, number, asRefund)
}
