package operate

import (
	"context"

	"github.com/apo-cli/apo/pkg/apo"
)

// anothers says so where the journal has a paymentId as that of another pay than q:
// whoever answers with it tells of that one, or of nothing. "" where it is q's own.
func (o *Operator) anothers(ctx context.Context, q request, paymentID string) (problem string) {
	if o.Journal == nil || q.endpoint.Name != "pay" || paymentID == "" {
		return ""
	}
	list, err := o.Journal.Sharing(context.WithoutCancel(ctx), o.Account.ClientID, apo.Numbers{PaymentID: paymentID})
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return ""
	}
	for _, r := range list {
		own := r.RequestID() == q.id.Value || elsewhere(r.Gateway, o.Gateway)
		if r.Endpoint == "pay" && r.Numbers.PaymentID == paymentID && !r.State.Open() && !own {
			return "it names the paymentId of another request, " + r.RequestID()
		}
	}
	return ""
}

// ownNumbers are the numbers of a request without a paymentId that is another's: the
// gateway has it under one of its own, if it has it.
func (o *Operator) ownNumbers(ctx context.Context, q request) apo.Numbers {
	n := q.numbers
	if o.anothers(ctx, q, n.PaymentID) != "" {
		n.PaymentID = ""
	}
	return n
}
