package operate

import (
	"context"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

// News is a notification that verified with the key of the Operator's own profile.
type News struct {
	notify.Evidence
	Record   int64     // of it in the journal
	Received time.Time // by our clock; of one that came more than once: the first time
}

// Apply resolves the calls of a request of which a verified notification tells, as
// an inquiry would, where it may be believed of them; see [Operator.NewsProves]. It is
// weighed with all verified messages that the journal has: where they contradict each
// other the call is in doubt, even one that had ended. It needs no Client. What somebody
// is sending, or asking about, is theirs to resolve.
func (o *Operator) Apply(ctx context.Context, n News) {
	if o.Journal == nil || n.ClientID != o.Account.ClientID || !o.NewsProves() {
		return
	}
	calls := o.sharing(ctx, n)
	for _, r := range calls {
		if n.Endpoint == "refund" && r.Endpoint == n.Endpoint && r.RequestID() == n.RequestID && n.PaymentID == "" {
			n.PaymentID = r.Numbers.PaymentID
			calls = o.sharing(ctx, n)
			break
		}
	}
	for _, r := range calls {
		own := n.isOf(r) && n.Outcome != ""
		belied := n.takes() && r.Endpoint == "pay" && !r.State.Open() && r.Outcome == apo.Declined
		if (own || belied) && o.sent(r) && r.Outcome != apo.NotSent && !(r.State.Open() && r.InFlight) {
			o.hear(ctx, r, n)
		}
	}
}

// Concerns reports whether the journal has calls that a notification might resolve,
// whichever gateway they were sent to. It needs neither a Client nor a Gateway.
func (o *Operator) Concerns(ctx context.Context, n News) bool {
	return len(o.concerned(ctx, n, func(journal.Record) bool { return true })) > 0
}

// Confirm asks once about the calls that a notification might resolve, and believes
// the books alone. It is for news that anybody here may have signed, as with the key
// of a local sandbox. That the books do not have a call resolves nothing.
func (o *Operator) Confirm(ctx context.Context, n News) {
	asking := *o
	asking.Patience = Patience{Every: o.Patience.Every}
	for _, r := range o.concerned(ctx, n, o.sent) {
		found := asking.Resolve(ctx, r, 0)
		if !r.State.Open() && found.Outcome == apo.Succeeded {
			o.tell(Event{Stage: Reconciled, Record: &r})
		}
	}
}

// concerned are the calls of the request that a notification names which it might
// resolve: those that are open, and those that ended otherwise than with the success
// that it tells of.
func (o *Operator) concerned(ctx context.Context, n News, ours func(journal.Record) bool) (list []journal.Record) {
	if o.Journal == nil || n.Outcome == "" || n.ClientID != o.Account.ClientID {
		return nil
	}
	for _, r := range o.sharing(ctx, n) {
		own := n.isOf(r) && ours(r)
		late := r.Outcome != apo.Succeeded && r.Outcome != apo.NotSent && n.Outcome == apo.Succeeded
		if own && (r.State.Open() && !r.InFlight && r.Outcome != apo.NotSent || !r.State.Open() && late) {
			list = append(list, r)
		}
	}
	return list
}

// isOf reports whether a notification tells of a call: of the request itself, or of the
// payment to which it leads.
func (n News) isOf(r journal.Record) bool {
	if n.Endpoint == "pay" && leadsToPayment(r.Endpoint) {
		return r.Numbers.PaymentRequestID == n.RequestID
	}
	return r.Endpoint == n.Endpoint && r.RequestID() == n.RequestID
}

// sharing are the calls that share a number with what a notification tells of.
func (o *Operator) sharing(ctx context.Context, n News) []journal.Record {
	numbers := apo.Numbers{PaymentID: n.PaymentID, PaymentRequestID: n.PaymentRequestID}
	switch n.Endpoint {
	case "pay":
		numbers.PaymentRequestID = n.RequestID
	case "capture":
		numbers.CaptureRequestID = n.RequestID
	case "refund":
		numbers.RefundRequestID = n.RequestID
	case "vaultPaymentMethod":
		numbers.PaymentRequestID = n.RequestID // see request.keys
	}
	calls, err := o.Journal.Sharing(ctx, n.ClientID, numbers)
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return nil
	}
	return calls
}

// sent reports whether a call was sent under the Operator's own profile, to the books
// that it asks. The key of another profile, or of another gateway, vouches for nothing
// that became of it.
func (o *Operator) sent(r journal.Record) bool {
	return r.Profile == o.Account.Profile && (r.Gateway == "" || r.Gateway == o.Gateway)
}

// unbelievable says why a notification proves nothing of a request that was sent then,
// whatever it says: by its times it tells of something earlier, or was not signed in
// earnest. "" where it may be believed.
func (n News) unbelievable(sent time.Time) (problem string) {
	switch {
	case n.Time.IsZero():
		return "the notification has no time that can be read"
	case sent.Sub(n.Time) > clockGrace:
		return "the notification is older than the request"
	case n.Received.Before(sent):
		return "the notification came before the request was sent"
	case n.Time.Sub(n.Received) > clockGrace:
		return "the notification is of a time to come"
	}
	return ""
}
