package operate

import (
	"context"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// paid is what the journal knows of the payment that came of a session.
type paid struct {
	status string    // paymentStatus; "": nobody submitted it, as far as is known
	at     time.Time // when that was told
}

// paidSessions looks up what became of the sessions of an order.
func (o *Operator) paidSessions(ctx context.Context, q request) map[int64]paid {
	if q.numbers.ReferenceOrderID == "" || !isPurchase(q.endpoint.Name) {
		return nil
	}
	list, err := o.Journal.Sharing(ctx, o.Account.ClientID, apo.Numbers{ReferenceOrderID: q.numbers.ReferenceOrderID})
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
	}
	all := map[int64]paid{}
	for _, r := range list {
		if r.Endpoint != "createPaymentSession" || r.Numbers.PaymentRequestID == "" {
			continue
		}
		for _, m := range o.records(ctx, request{numbers: r.Numbers}, nil) { // the oldest first: the newest word counts
			status, before := statusIn(m), all[r.ID].status
			lost := m.IsNotification() && status == apo.StatusFail && (before == apo.StatusSuccess || !o.NewsProves())
			if status != "" && !lost { // news of a failure undo no success, of which an inquiry alone tells
				all[r.ID] = paid{status, m.Time}
			}
		}
	}
	return all
}

// anothersID refuses an ID that another API has: a pay and a session share theirs with
// nobody, nor do a card that is saved and a session that saves one.
func (g *guard) anothersID(r journal.Record) *Refusal {
	q := g.call.request
	if r.Endpoint == q.endpoint.Name {
		return nil
	}
	taken := IsVaulting(r.Endpoint) && IsVaulting(q.endpoint.Name) && r.RequestID() == q.id.Value
	if makesPayment(r.Endpoint) && makesPayment(q.endpoint.Name) {
		taken = r.Numbers.PaymentRequestID == q.id.Value
	}
	if !taken || q.id.Value == "" {
		return nil
	}
	refusal := &Refusal{Reason: RequestIDTaken, Amount: q.amount, Earlier: &r}
	if r.Amount != q.amount {
		refusal.Field = "paymentAmount.value"
	}
	return refusal
}

// makesPayment reports whether an API gives a new payment its paymentRequestId.
func makesPayment(endpoint string) bool {
	return endpoint == "pay" || endpoint == "createPaymentSession"
}

// besideSession refuses what would let an order be paid beside an earlier session of it,
// or the payment that came of that.
func (g *guard) besideSession(r journal.Record) *Refusal {
	q := g.call.request
	order, p := q.numbers.ReferenceOrderID, g.paid[r.ID]
	alike := r.Amount == q.amount
	recent := g.now.Sub(r.Time) < DuplicateWindow
	if p.status == apo.StatusSuccess {
		recent = g.now.Sub(p.at) < DuplicateWindow
	}
	ends, err := apo.ParseTime(gjson.GetBytes(r.Answer, "paymentSessionExpiryTime").String())
	payable := r.Outcome == apo.Succeeded && (err != nil && recent || err == nil && g.now.Before(ends))
	session := r.Endpoint == "createPaymentSession"
	switch {
	case order == "" || order != r.Numbers.ReferenceOrderID || q.numbers.PaymentRequestID == r.Numbers.PaymentRequestID:
	case p.status == apo.StatusFail, p.status == apo.StatusCancelled:
	case r.Outcome == apo.NeverArrived:
		return &Refusal{Reason: NotArrived, Earlier: &r}
	case r.State == journal.Begun, r.State == journal.InDoubt, r.State == journal.Pending && alike && recent:
		return &Refusal{Reason: StillOpen, Earlier: &r}
	case session && p.status == "":
		if alike && payable && q.endpoint.Name != "submitPay" { // who submits one of two has chosen
			return &Refusal{Reason: StillPayable, Earlier: &r}
		}
	case alike && (recent || p.status == apo.StatusProcessing || p.status == apo.StatusPending):
		return &Refusal{Reason: SamePurchase, Earlier: &r}
	}
	return nil
}

// statusIn is the paymentStatus that a verified message tells of.
func statusIn(r journal.Record) string {
	result := gjson.GetBytes(r.Answer, "result.resultStatus").String()
	switch {
	case r.Verification != "verified":
		return ""
	case r.Endpoint == "inquiryPayment" && r.Outcome == apo.Succeeded:
		return gjson.GetBytes(r.Answer, "paymentStatus").String()
	case r.Endpoint == "notifyPayment" && r.Notice.Type != "PAYMENT_PENDING" && result == "S", r.Endpoint == "submitPay" && r.Outcome == apo.Succeeded:
		return apo.StatusSuccess
	case r.Outcome == apo.Succeeded && (r.Endpoint == "capture" || r.Endpoint == "refund"), result == "S" && r.Endpoint == "notifyCapture", r.Endpoint == "notifyDispute":
		return apo.StatusSuccess // or there would be nothing to capture, give back or dispute
	case r.Endpoint == "notifyPayment" && result == "F":
		return apo.StatusFail
	case r.Endpoint == "notifyPayment", r.Endpoint == "submitPay" && r.State.Open():
		return apo.StatusProcessing
	}
	return ""
}

// isPurchase reports whether an API makes a payment of an order, or a session for one.
func isPurchase(endpoint string) bool {
	return endpoint == "pay" || endpoint == "submitPay" || endpoint == "createPaymentSession"
}
