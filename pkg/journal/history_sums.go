package journal

import (
	"cmp"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// asked is a capture or refund that was requested here, whatever became of it.
type asked struct {
	amount    apo.Amount
	paymentID string
}

// declined reports whether the payment is known to have failed.
func (h *history) declined() bool {
	ended := h.ended != nil && (h.ended.Outcome == apo.Declined || h.ended.Resolved.Contradicted)
	return ended || h.notified == "F" || h.status == apo.StatusFail
}

// paidBefore marks a failure of the payment after something that only a payment that was
// paid can have.
func (h *history) paidBefore(e *Event) {
	e.oddIf(h.captured, CapturedBefore)
	e.oddIf(h.disputed, DisputedBefore)
	for _, p := range h.parts {
		if p.kind == "REFUND" && p.done {
			e.odd(Contradiction{Kind: RefundedBefore})
			return
		}
	}
}

// badAmount marks an amount that is no number of the smallest unit, and reports it.
func (h *history) badAmount(e *Event, a apo.Amount) bool {
	if _, err := a.Units(); err == nil || a.IsZero() || a.Value == "0" {
		return false
	}
	e.odd(Contradiction{Kind: BadAmount, Says: a})
	return true
}

// asksOtherwise marks news of a capture or refund that was requested here, and is not
// known to have worked, with another amount or of another payment.
func (h *history) asksOtherwise(e *Event, kind, id string, a apo.Amount) {
	was, here := h.asked[kind+id]
	if _, err := a.Units(); !here || id == "" || err != nil {
		was.amount = apo.Amount{}
	}
	for _, p := range h.parts {
		if p.kind == kind && p.id == id && !p.told {
			was.amount = apo.Amount{} // see partDiffers
		}
	}
	if !was.amount.IsZero() && !a.IsZero() && was.amount != a {
		e.odd(Contradiction{Kind: PartAmount, Part: kind, ID: id, Says: a, Known: was.amount})
	}
	if named := e.Record.Numbers.PaymentID; named != "" && was.paymentID != "" && named != was.paymentID {
		e.odd(Contradiction{Kind: OtherPayment, ID: named})
	}
}

// samePart marks one captureId or refundId of two request IDs.
func (h *history) samePart(e *Event, kind, id string) {
	number := numberOf(kind, e.Record)
	for _, p := range h.parts {
		if p.kind == kind && p.id != id && p.id != "" && id != "" && number != "" && p.number == number {
			e.odd(Contradiction{Kind: SamePart, Part: kind, ID: number, Status: p.id})
			return
		}
	}
}

// sum adds up what worked of the captures or refunds, in the currency of an amount; it
// is not known where one of them has no amount.
func (h *history) sum(kind, currency string) (total int64, known bool) {
	known = true
	for _, p := range h.parts {
		n, err := p.amount.Units()
		switch {
		case p.kind != kind || !p.done:
		case err != nil || p.amount.Currency != currency:
			known = false
		default:
			total += n
		}
	}
	return total, known
}

// paid is what was authorized, else requested.
func (h *history) paid() apo.Amount {
	if h.authorized.IsZero() {
		return h.requested
	}
	return h.authorized
}

// tooMuch marks news of a capture or refund that worked, of more than there is.
func (h *history) tooMuch(e *Event, kind string, a apo.Amount) {
	paid := h.paid()
	most, err := paid.Units()
	n, wrong := a.Units()
	if err != nil || wrong != nil || !e.Record.IsNotification() {
		return
	}
	if a.Currency != paid.Currency {
		e.odd(Contradiction{Kind: OtherCurrency, Says: a, Known: paid})
		return
	}
	captured, known := h.sum("CAPTURE", paid.Currency)
	if kind == "CAPTURE" {
		if total := max(captured, n); total > most {
			e.odd(Contradiction{Kind: MoreThanAuthorized, Says: apo.Units64(paid.Currency, total), Known: paid})
		}
		return
	}
	refunded, _ := h.sum("REFUND", paid.Currency)
	switch {
	case captured == 0 && known && !h.captured && !h.automatic:
		if !h.requested.IsZero() { // else it was paid elsewhere, and captured there
			e.odd(Contradiction{Kind: NothingCaptured})
		}
		return
	case captured > 0 && known:
		most = min(most, captured)
	}
	if total := max(refunded, n); total > most {
		e.odd(Contradiction{Kind: MoreThanCaptured, Says: apo.Units64(paid.Currency, total), Known: apo.Units64(paid.Currency, most)})
	}
}

// addDispute takes the news of a dispute in.
func (h *history) addDispute(e *Event) {
	r := e.Record
	n, err := notify.Read(r.Answer)
	if err != nil {
		return
	}
	h.namesPayment(e, r.Numbers.PaymentRequestID, r.Numbers.PaymentID)
	e.oddIf(h.declined(), DeclinedBefore)
	h.disputed = h.disputed || n.Doubt != notify.Contradiction
	if !h.badAmount(e, n.Amount) {
		h.disputesMore(e, n.Amount)
	}
	told := toldOf(n)
	if told != DisputeWon && told != DisputeLost {
		return
	}
	before := h.judged[n.DisputeID]
	if before != "" && before != told {
		e.odd(Contradiction{Kind: JudgedOtherwise, Status: string(before)})
	}
	h.judged[n.DisputeID] = cmp.Or(before, told)
}

// disputesMore marks a dispute about more than was captured.
func (h *history) disputesMore(e *Event, a apo.Amount) {
	paid := h.paid()
	most, err := paid.Units()
	n, wrong := a.Units()
	if err != nil || wrong != nil || a.Currency != paid.Currency {
		return
	}
	if captured, known := h.sum("CAPTURE", paid.Currency); known && captured > 0 {
		most = min(most, captured)
	}
	if n > most {
		e.odd(Contradiction{Kind: MoreThanCaptured, Says: a, Known: apo.Units64(paid.Currency, most)})
	}
}

// addVaulting takes the news of a saved card in.
func (h *history) addVaulting(e *Event) {
	id, status := gjson.GetBytes(e.Record.Answer, "vaultingRequestId").String(), said(e.Record)
	if status == "U" {
		return
	}
	before := h.vaulted[id]
	if before != "" && before != status {
		e.odd(Contradiction{Kind: NotifiedOtherwise, Status: before})
	}
	h.vaulted[id] = cmp.Or(before, status)
}
