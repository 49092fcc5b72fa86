package operate

import (
	"context"

	"github.com/apo-cli/apo/pkg/apo"
)

// anothers says so where the journal has a paymentId as that of another pay than q:
// whoever answers with it tells of that one, or of nothing. "" where it is q's own.
func (o *Operator) anothers(ctx context.Context, q request, paymentID string) (problem string) {
	if o.Journal == nil || !isPurchase(q.endpoint.Name) || paymentID == "" {
		return ""
	}
	list, err := o.Journal.Sharing(context.WithoutCancel(ctx), o.Account.ClientID, apo.Numbers{PaymentID: paymentID})
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return ""
	}
	owner := q.requestID()
	for _, r := range list { // the first that had it is the last of the list
		if (r.Endpoint == "pay" || r.Endpoint == "submitPay") && r.Numbers.PaymentID == paymentID && !r.State.Open() && !elsewhere(r.Gateway, o.Gateway) {
			owner = r.Numbers.PaymentRequestID
		}
	}
	if owner == q.requestID() {
		return ""
	}
	return "it names the paymentId of another request, " + owner
}

// ownNumbers are the numbers of a request as its sender knows them: without a paymentId
// that is another's, and with the paymentRequestId of the payment that it is about.
func (o *Operator) ownNumbers(ctx context.Context, q request) apo.Numbers {
	n := q.numbers
	switch {
	case isPurchase(q.endpoint.Name):
		if o.anothers(ctx, q, n.PaymentID) != "" {
			n.PaymentID = "" // the gateway has it under one of its own, if it has it
		}
	case q.about != "":
		n.PaymentRequestID = q.about
	case o.Journal != nil && n.PaymentID != "":
		list, err := o.Journal.Sharing(context.WithoutCancel(ctx), o.Account.ClientID, apo.Numbers{PaymentID: n.PaymentID})
		if err != nil {
			o.tell(Event{Stage: Unrecorded, Err: err})
		}
		for _, r := range list {
			if (r.Endpoint == "pay" || r.Endpoint == "submitPay") && r.Numbers.PaymentID == n.PaymentID && !r.State.Open() && !elsewhere(r.Gateway, o.Gateway) {
				n.PaymentRequestID = r.Numbers.PaymentRequestID
			}
		}
	}
	return n
}

// ofAnotherPayment says so where an answer names the payment of another request, or
// another payment than the one that the request is about.
func (o *Operator) ofAnotherPayment(ctx context.Context, q request, a *apo.Answer) (problem string) {
	told := apo.NumbersOf(a.Raw)
	if isPurchase(q.endpoint.Name) {
		return o.anothers(ctx, q, told.PaymentID)
	}
	own := o.ownNumbers(ctx, q)
	if differ(own.PaymentID, told.PaymentID) || differ(own.PaymentRequestID, told.PaymentRequestID) {
		return "the answer names another payment"
	}
	return ""
}
