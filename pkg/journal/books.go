package journal

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// Books are what the records of one payment come to, as far as this journal knows.
type Books struct {
	// Payment has the amount, status, acquirer and last code, and as Transactions the
	// captures and refunds, each as it was told of last.
	Payment apo.Payment
	Numbers apo.Numbers
	Card    string // "VISA 0768"; empty: not known
	Pay     Record // its pay; the zero value where another machine sent it

	Contradicted bool // its messages contradict each other

	doubted, pending bool        // what became of a call is not known, or not final
	ended            apo.Outcome // how its pay ended, where that is no status of a payment
	parts            map[string]apo.Transaction
	order            []string // keys of parts, as they came
}

// PaymentState says how far a payment got.
type PaymentState string

// All of them. In part means less than what was authorized, or captured.
const (
	IsAuthorized     PaymentState = "authorized"
	IsCapturedInPart PaymentState = "captured in part"
	IsCaptured       PaymentState = "captured"
	IsRefundedInPart PaymentState = "refunded in part"
	IsRefunded       PaymentState = "refunded"
	IsDeclined       PaymentState = "declined"
	IsCancelled      PaymentState = "cancelled"
	IsNotFinal       PaymentState = "pending"
	IsDoubted        PaymentState = "in doubt"
	IsNeverArrived   PaymentState = "never arrived"
	IsNotSent        PaymentState = "not sent"
	IsRefused        PaymentState = "refused"
	IsUnrecognised   PaymentState = "unrecognised"
	IsUnclear        PaymentState = "not clear" // contradicted, or its sums cannot be told
	IsUnknown        PaymentState = "not known" // nothing that tells
)

// BooksOf adds up the events of one payment, in the order of [History].
func BooksOf(events []Event) Books {
	b := Books{parts: map[string]apo.Transaction{}}
	for _, e := range events {
		b.add(e)
	}
	return b
}

// State says how far the payment got.
func (b Books) State() PaymentState {
	sums := b.Payment.Balance()
	taken := sums.Captured
	if taken < sums.Refunded { // it was captured somewhere else
		taken = sums.Authorized
	}
	switch {
	case b.Contradicted, sums.Unclear != "":
		return IsUnclear
	case b.doubted:
		return IsDoubted
	case b.ended != "":
		return map[apo.Outcome]PaymentState{
			apo.NeverArrived: IsNeverArrived, apo.NotSent: IsNotSent, apo.Refused: IsRefused, apo.Unrecognised: IsUnrecognised,
		}[b.ended]
	case b.Payment.Status == apo.StatusFail:
		return IsDeclined
	case b.Payment.Status == apo.StatusCancelled:
		return IsCancelled
	case b.pending:
		return IsNotFinal
	case b.Payment.Status == "" && sums.Captured+sums.Refunded == 0:
		return IsUnknown
	case b.Payment.Status != "" && b.Payment.Status != apo.StatusSuccess:
		return IsNotFinal
	case sums.Refunded > 0 && sums.Refunded >= taken && sums.Refunding == 0:
		return IsRefunded
	case sums.Refunded > 0:
		return IsRefundedInPart
	case sums.Captured > 0 && sums.Captured < sums.Authorized:
		return IsCapturedInPart
	case sums.Captured > 0:
		return IsCaptured
	}
	return IsAuthorized
}

func (b *Books) add(e Event) {
	r := e.Record
	n := r.Numbers
	b.Contradicted = b.Contradicted || len(e.Contradictions) > 0
	b.Numbers.PaymentRequestID = cmp.Or(n.PaymentRequestID, b.Numbers.PaymentRequestID)
	b.Numbers.PaymentID = cmp.Or(n.PaymentID, b.Numbers.PaymentID)
	b.Numbers.ReferenceOrderID = cmp.Or(n.ReferenceOrderID, b.Numbers.ReferenceOrderID)
	b.Card = cmp.Or(r.Card, b.Card)
	if b.Payment.Acquirer.Name == "" || !r.Reads {
		b.Payment.Acquirer.Name = cmp.Or(n.Acquirer, b.Payment.Acquirer.Name)
	}
	if !r.Reads {
		b.pending = b.pending || r.State == Pending
		b.doubted = b.doubted || r.State.Open() && r.State != Pending
	}
	switch r.Endpoint {
	case "pay":
		b.pay(r)
	case "cancel":
		if r.Outcome == apo.Succeeded {
			b.Payment.Status = apo.StatusCancelled
		}
	case "updateAmount":
		if a := UpdatedAmount(r); !a.IsZero() {
			b.Payment.Amount = a
		}
	case "capture", "refund":
		if status := statusOf(r); status != "" { // else it is on no books
			b.part(apo.Transaction{Type: strings.ToUpper(r.Endpoint), RequestID: r.RequestID(), Amount: r.Amount, Status: status})
		}
	case "notifyPayment":
		b.noticed(r)
	case "notifyCapture":
		b.part(apo.Transaction{Type: "CAPTURE", RequestID: n.CaptureRequestID, Amount: r.Amount, Status: statusOf(r)})
	case "notifyRefund":
		b.part(apo.Transaction{Type: "REFUND", RequestID: n.RefundRequestID, Amount: r.Amount, Status: cmp.Or(gjson.GetBytes(r.Answer, "refundStatus").String(), apo.StatusProcessing)})
	case "inquiryRefund":
		if refund := apo.ReadRefund(&apo.Answer{Raw: r.Answer}); refund.Status != "" {
			b.part(apo.Transaction{Type: "REFUND", RequestID: refund.RefundRequestID, Amount: refund.Amount, Status: refund.Status})
		}
	}
	if e.Payment != nil {
		b.inquired(*e.Payment)
	}
}

func (b *Books) pay(r Record) {
	b.Pay = r
	b.Payment.Amount = r.Amount
	b.Payment.Status, b.Payment.ResultCode, b.ended = statusOf(r), cmp.Or(r.Resolved.Code, r.Result.Code), ""
	switch r.Outcome {
	case apo.NeverArrived, apo.NotSent, apo.Refused, apo.Unrecognised:
		b.ended = r.Outcome
	}
}

func (b *Books) noticed(r Record) {
	if b.Payment.Amount.IsZero() {
		b.Payment.Amount = r.Amount
	}
	if r.Notice.Type == string(notify.KindPaymentPending) { // whatever its result, it is not final
		b.Payment.Status = cmp.Or(b.Payment.Status, apo.StatusProcessing)
		return
	}
	if b.Payment.Status != apo.StatusCancelled || r.Result.Status == "F" {
		b.Payment.Status, b.Payment.ResultCode, b.ended = statusOf(r), r.Result.Code, ""
	}
}

// inquired takes in the answer of an inquiry, which knows all of the payment.
func (b *Books) inquired(p apo.Payment) {
	b.Payment.Status, b.Payment.ResultCode, b.ended = p.Status, p.ResultCode, ""
	if !p.Amount.IsZero() {
		b.Payment.Amount = p.Amount
	}
	b.Payment.Acquirer.Name = cmp.Or(p.Acquirer.Name, b.Payment.Acquirer.Name)
	if p.Card.LastFour != "" {
		b.Payment.Card = p.Card
	}
	for _, t := range p.Transactions {
		b.part(t)
	}
}

// part takes in what was told of a capture or refund. What worked stays so.
func (b *Books) part(t apo.Transaction) {
	key := t.Type + " " + t.RequestID
	before, found := b.parts[key]
	if !found {
		b.order = append(b.order, key)
	}
	if found && before.Status == apo.StatusSuccess {
		return
	}
	if t.Amount.IsZero() {
		t.Amount = before.Amount
	}
	b.parts[key] = t
	b.Payment.Transactions = nil
	for _, key := range b.order {
		b.Payment.Transactions = append(b.Payment.Transactions, b.parts[key])
	}
}

// statusOf is what became of a call, or what a notification told, in APO's words;
// empty where it is on no books.
func statusOf(r Record) string {
	if r.IsNotification() {
		return cmp.Or(map[string]string{"S": apo.StatusSuccess, "F": apo.StatusFail}[said(r)], apo.StatusProcessing)
	}
	switch r.Outcome {
	case apo.Succeeded:
		return apo.StatusSuccess
	case apo.Declined:
		return apo.StatusFail
	case apo.NotSent, apo.Refused, apo.NeverArrived, apo.Unrecognised:
		return ""
	case apo.Cancelled:
		return apo.StatusCancelled
	}
	return apo.StatusProcessing
}
