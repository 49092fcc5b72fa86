package cmd

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// paymentArg names a payment: by an ID of either kind, or by one that a flag
// says the kind of.
type paymentArg struct {
	any, paymentID, requestID string
}

func addPaymentFlags(cmd *cobra.Command, p *paymentArg) {
	cmd.Flags().StringVar(&p.paymentID, "payment-id", "", "the payment by APO's `ID`")
	cmd.Flags().StringVar(&p.requestID, "payment-request-id", "", "the payment by your own request `ID`")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := arguments(0, 1, "one payment: its paymentRequestId or paymentId")(cmd, args); err != nil {
			return err
		}
		given := len(args)
		for _, name := range []string{"payment-id", "payment-request-id"} {
			if f := cmd.Flags().Lookup(name); f.Changed {
				given++
				if problem := apo.CheckRequestID(f.Value.String()); problem != "" {
					return fail(kindUsage, "--%s %q %s", name, f.Value.String(), problem)
				}
			}
		}
		if given != 1 {
			return fail(kindUsage, "%s needs one payment: its paymentRequestId or paymentId", cmd.CommandPath()).
				hint("%s --help shows examples", cmd.CommandPath())
		}
		if len(args) == 1 {
			if problem := apo.CheckRequestID(args[0]); problem != "" && args[0] != last {
				return fail(kindUsage, "the ID %q %s", args[0], problem)
			}
			p.any = args[0]
		}
		return nil
	}
}

// keys are the questions by which a payment is found, the likelier one first:
// a paymentId was never seen but as 35 digits that begin with a date.
func (p paymentArg) keys() []apo.PaymentKey {
	byID, byRequest := apo.PaymentKey{PaymentID: p.any}, apo.PaymentKey{PaymentRequestID: p.any}
	switch {
	case p.paymentID != "":
		return []apo.PaymentKey{{PaymentID: p.paymentID}}
	case p.requestID != "":
		return []apo.PaymentKey{{PaymentRequestID: p.requestID}}
	case looksLikePaymentID(p.any):
		return []apo.PaymentKey{byID, byRequest}
	}
	return []apo.PaymentKey{byRequest, byID}
}

func (p paymentArg) String() string { return cmp.Or(p.any, p.paymentID, p.requestID) }

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

// find asks for a payment until one kind of ID fits. The answer is verified
// and about that payment, or the error says why there is none.
func (s *session) find(ctx context.Context, arg paymentArg) (*apo.Answer, apo.PaymentKey, error) {
	if err := s.resolveLast(&arg); err != nil {
		return nil, apo.PaymentKey{}, err
	}
	var answer *apo.Answer
	for _, key := range arg.keys() {
		var err error
		if answer, err = s.client.InquiryPayment(ctx, key); err != nil {
			return nil, key, s.inquiryLost(ctx, err)
		}
		if answer.Verdict() != apo.NotFound {
			s.overheard(answer)
			return answer, key, s.inquiryRefused(answer, arg.String())
		}
	}
	return nil, apo.PaymentKey{}, s.notFound(answer, arg.String())
}

// resolveLast puts the newest payment of this profile in place of @last.
func (s *session) resolveLast(arg *paymentArg) error {
	if arg.any != last {
		return nil
	}
	newest, err := s.newest("pay")
	if err != nil {
		return err
	}
	*arg = paymentArg{requestID: newest.PaymentRequestID}
	return nil
}

// newest are the numbers of the newest pay or refund of this profile.
func (s *session) newest(endpoint string) (journal.Numbers, error) {
	if s.journal == nil {
		return journal.Numbers{}, fail(kindUsage, "%s is the newest of the journal, and none is kept", last)
	}
	list, err := s.journal.List(journal.Filter{Endpoint: endpoint, Profile: s.profile.Name, Limit: 1})
	if err != nil {
		return journal.Numbers{}, fail(kindConfig, "%v", err)
	}
	if len(list) == 0 {
		return journal.Numbers{}, fail(kindNotFound, "profile %s has no %s in the journal", s.profile.Name, endpoint)
	}
	return list[0].Numbers, nil
}

// findFirst is find for a command that moves money: where the inquiry before
// it tells nothing, nothing was sent that could move any.
func (s *session) findFirst(ctx context.Context, arg paymentArg) (*apo.Answer, apo.PaymentKey, error) {
	answer, key, err := s.find(ctx, arg)
	var f *failure
	if errors.As(err, &f) && (f.kind == kindInDoubt || f.kind == kindSignature || f.kind == kindPending) {
		f.kind, f.maybe = kindInquiryFailed, false
		f.text += "; nothing was sent after it"
		if f.verdict != nil {
			f.verdict.Facts = append(f.verdict.Facts, "nothing was sent after it")
		}
	}
	return answer, key, err
}

// inquiryLost ends a run whose inquiry got no usable answer. An inquiry moves
// nothing, so nothing is at stake but the answer.
func (s *session) inquiryLost(ctx context.Context, err error) error {
	var failed *apo.Error
	if !errors.As(err, &failed) {
		return notSent(err)
	}
	var f *failure
	switch failed.Kind {
	case apo.Unreachable:
		return s.unreachable(failed)
	case apo.Interrupted:
		return fail(kindInterrupted, "interrupted; nothing was sent")
	case apo.Untrusted:
		f = fail(kindSignature, "%s: %s", failed.Endpoint, failed.Problem)
		f.verdict = s.verdict(term.Bad, "not trusted", failed.Problem)
	default:
		f = fail(kindInDoubt, "%s: %s", failed.Endpoint, failed.Problem)
		f.verdict = s.verdict(term.Waiting, "no usable answer", failed.Problem)
	}
	addExcerpt(f, failed)
	f.next = append(f.next, s.whyUntrusted(ctx, failed)...)
	return f
}

// inquiryRefused ends a run whose inquiry was answered, but with no success.
func (s *session) inquiryRefused(answer *apo.Answer, id string) error {
	r := answer.Result
	switch answer.Verdict() {
	case apo.Succeeded:
		return nil
	case apo.Unrecognised:
		return s.unrecognised(answer, id)
	case apo.NotFound:
		return s.notFound(answer, id)
	case apo.Pending:
		s.show(answer.Raw)
		f := fail(kindPending, "the inquiry is pending: %s", r.Code)
		f.verdict = s.verdict(term.Waiting, "inquiry pending", r.Code, r.Message)
		return f
	}
	facts := []string{r.Code, r.Message, "this says nothing about the payment"}
	if answer.Unsigned {
		facts = append([]string{"UNSIGNED"}, facts...)
	} else {
		s.show(answer.Raw)
	}
	f := fail(kindInquiryFailed, "the inquiry failed: %s %s", r.Code, r.Message)
	f.verdict = s.verdict(term.Bad, "inquiry failed", facts...)
	return f
}

func (s *session) notFound(answer *apo.Answer, id string) error {
	s.show(answer.Raw)
	f := fail(kindNotFound, "nothing found under %s: %s", id, answer.Result.Code)
	f.requestID = id
	f.verdict = s.verdict(term.Bad, "not found", id, answer.Result.Code)
	advice, found := s.knownAs(id, answer.Endpoint.Name == "inquiryRefund")
	if advice != "" {
		f.hint("%s", advice)
	}
	if !found {
		f.hint("is it another profile's? this is profile %s, client ID %s", s.profile.Name, s.client.ClientID)
	}
	return f
}
