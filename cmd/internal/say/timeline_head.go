package say

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// timelineHead is what the events of a payment come to, as far as this journal knows:
// its state, its money, its card and its numbers.
func timelineHead(events []journal.Event) []term.Field {
	h := head{parts: map[string]apo.Transaction{}}
	for _, e := range events {
		h.add(e)
	}
	text := func(name, value string) term.Field { return term.Field{Name: name, Cell: term.Cell{Text: value}} }
	b := h.payment.Balance()
	fields := []term.Field{
		{Name: "payment", Cell: h.state(events, b)},
		text("card", h.card), text("acquirer", h.payment.Acquirer.Name),
		text("amount", Amount(h.payment.Amount)),
	}
	if b.Unclear == "" {
		fields = append(fields, balanceFields(b)...)
	}
	n := h.numbers
	return append(fields,
		text("capture before", h.expiry),
		text("paymentRequestId", n.PaymentRequestID), text("paymentId", n.PaymentID), text("referenceOrderId", n.ReferenceOrderID))
}

// head gathers what the events say.
type head struct {
	payment apo.Payment // its Transactions are the parts, in their order
	parts   map[string]apo.Transaction
	order   []string // keys of parts, as they came
	numbers apo.Numbers
	card    string
	expiry  string
	code    string    // why it was declined
	ended   term.Cell // how its pay ended, where that is no status of a payment; empty: otherwise
	pending bool      // something about it is not final yet
	doubted bool      // of something about it nobody knows what became of it
}

func (h *head) add(e journal.Event) {
	r := e.Record
	n := r.Numbers
	h.numbers.PaymentRequestID = cmp.Or(n.PaymentRequestID, h.numbers.PaymentRequestID)
	h.numbers.PaymentID = cmp.Or(n.PaymentID, h.numbers.PaymentID)
	h.numbers.ReferenceOrderID = cmp.Or(n.ReferenceOrderID, h.numbers.ReferenceOrderID)
	h.card = cmp.Or(cardInWords(r.Card), h.card)
	if h.payment.Acquirer.Name == "" || !r.Reads {
		h.payment.Acquirer.Name = cmp.Or(n.Acquirer, h.payment.Acquirer.Name)
	}
	if !r.Reads {
		h.pending = h.pending || r.State == journal.Pending
		h.doubted = h.doubted || r.State.Open() && r.State != journal.Pending
	}
	switch r.Endpoint {
	case "pay":
		h.pay(r)
	case "cancel":
		if r.Outcome == apo.Succeeded {
			h.payment.Status = apo.StatusCancelled
		}
	case "capture", "refund":
		if statusOf(r) == "" {
			return // it is on no books
		}
		h.part(apo.Transaction{Type: strings.ToUpper(r.Endpoint), RequestID: r.RequestID(), Amount: r.Amount, Status: statusOf(r)})
	case "notifyPayment":
		h.noticed(r)
	case "notifyCapture":
		h.part(apo.Transaction{Type: "CAPTURE", RequestID: n.CaptureRequestID, Amount: r.Amount, Status: statusOf(r)})
	case "notifyRefund":
		h.part(apo.Transaction{Type: "REFUND", RequestID: n.RefundRequestID, Amount: r.Amount, Status: cmp.Or(gjson.GetBytes(r.Answer, "refundStatus").String(), apo.StatusProcessing)})
	case "inquiryRefund":
		if refund := apo.ReadRefund(&apo.Answer{Raw: r.Answer}); refund.Status != "" {
			h.part(apo.Transaction{Type: "REFUND", RequestID: refund.RefundRequestID, Amount: refund.Amount, Status: refund.Status})
		}
	}
	if e.Payment != nil {
		h.inquired(*e.Payment)
	}
}

// cardInWords is "VISA 0768" as verdicts say it: "VISA ending in 0768".
func cardInWords(text string) string {
	brand, lastFour, found := strings.Cut(text, " ")
	if !found {
		return text
	}
	return card(apo.PaidCard{Brand: brand, LastFour: lastFour})
}

func (h *head) pay(r journal.Record) {
	h.payment.Amount = r.Amount
	h.payment.Status, h.code = statusOf(r), cmp.Or(r.Resolved.Code, r.Result.Code)
	h.ended = map[apo.Outcome]term.Cell{
		apo.NeverArrived: {Text: "never arrived: repeat it under its own ID alone", Tone: term.Doubt},
		apo.NotSent:      {Text: "not sent", Tone: term.Over},
		apo.Refused:      {Text: "refused here; nothing was sent", Tone: term.Over},
		apo.Unrecognised: {Text: "not recognised: " + reason(h.code), Tone: term.Failure},
	}[r.Outcome]
	if !r.AuthEnd.IsZero() {
		h.expiry = When(r.AuthEnd)
	}
}

func (h *head) noticed(r journal.Record) {
	if h.payment.Amount.IsZero() {
		h.payment.Amount = r.Amount
	}
	if h.payment.Status != apo.StatusCancelled || r.Result.Status == "F" {
		h.payment.Status, h.code, h.ended = statusOf(r), r.Result.Code, term.Cell{}
	}
}

// inquired takes in the answer of an inquiry, which knows all of the payment.
func (h *head) inquired(p apo.Payment) {
	h.payment.Status, h.code, h.ended = p.Status, p.ResultCode, term.Cell{}
	if !p.Amount.IsZero() {
		h.payment.Amount = p.Amount
	}
	h.payment.Acquirer.Name = cmp.Or(p.Acquirer.Name, h.payment.Acquirer.Name)
	h.card = cmp.Or(card(p.Card), h.card)
	for _, t := range p.Transactions {
		h.part(t)
	}
}

// part takes in what was told of a capture or refund. What worked stays so.
func (h *head) part(t apo.Transaction) {
	key := t.Type + " " + t.RequestID
	before, found := h.parts[key]
	if !found {
		h.order = append(h.order, key)
	}
	if found && before.Status == apo.StatusSuccess {
		return
	}
	if t.Amount.IsZero() {
		t.Amount = before.Amount
	}
	h.parts[key] = t
	h.payment.Transactions = nil
	for _, key := range h.order {
		h.payment.Transactions = append(h.payment.Transactions, h.parts[key])
	}
}

// statusOf is what became of a call, or what a notification told, in APO's words;
// empty where it is on no books, or not final.
func statusOf(r journal.Record) string {
	if r.IsNotification() {
		return cmp.Or(map[string]string{"S": apo.StatusSuccess, "F": apo.StatusFail}[r.Result.Status], apo.StatusProcessing)
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

// state says in a word what became of the payment.
func (h *head) state(events []journal.Event, b apo.Balance) term.Cell {
	for _, e := range events {
		if len(e.Contradictions) > 0 {
			return term.Cell{Text: "not clear: its messages contradict each other, see ✖; apo inquire asks", Tone: term.Doubt}
		}
	}
	switch {
	case b.Unclear != "":
		return term.Cell{Text: "not clear: what was taken of it cannot be added up: " + b.Unclear, Tone: term.Doubt}
	case h.doubted:
		return term.Cell{Text: "in doubt: not all of it is known yet; apo resume asks", Tone: term.Doubt}
	case h.ended.Text != "":
		return h.ended
	case h.payment.Status == apo.StatusFail:
		return term.Cell{Text: "declined: " + reason(h.code), Tone: term.Failure}
	case h.payment.Status == apo.StatusCancelled:
		return term.Cell{Text: "cancelled", Tone: term.Over}
	case h.payment.Status != apo.StatusSuccess || h.pending:
		return term.Cell{Text: "pending: not all of it is final yet; apo inquire asks", Tone: term.Doubt}
	case b.Refunded > 0 && b.Refundable() == 0 && b.Refunding == 0:
		return term.Cell{Text: "refunded", Tone: term.Over}
	case b.Captured > 0:
		return term.Cell{Text: "captured", Tone: term.Success}
	}
	return term.Cell{Text: "authorized", Tone: term.Success}
}
