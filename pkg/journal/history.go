package journal

import (
	"cmp"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// Event is one record in the history of a payment.
type Event struct {
	Record         Record
	Payment        *apo.Payment // what an inquiry said of the payment; nil of others
	Contradictions []Contradiction
}

// Contradiction is what does not fit to something earlier.
type Contradiction struct {
	Kind   ContradictionKind
	Says   apo.Amount // of the kinds about amounts: what the event says
	Known  apo.Amount // and what was known
	Part   string     // of the kinds about a capture or refund: "CAPTURE", "REFUND"
	ID     string     // its request ID; may be empty. Of OtherPayment: what the event says; of OtherRequest what was known
	Status string     // what was said otherwise: "F", or "FAIL"
	Code   string     // of AnsweredOtherwise: "SYSTEM_ERROR"
	Pay    *Record    // of PayEndedOtherwise: the pay
}

// ContradictionKind is one of those below.
type ContradictionKind string

const (
	AnsweredOtherwise     ContradictionKind = "answered-otherwise" // it worked, and its own answer was Status
	AnsweredAmount        ContradictionKind = "answered-amount"    // its own answer is of another amount
	OtherPayment          ContradictionKind = "other-payment"      // ID is another paymentId than the pay was answered with
	OtherRequest          ContradictionKind = "other-request"      // ID is another paymentRequestId, with which its paymentId came before
	PaidAmount            ContradictionKind = "paid-amount"        // Known was paid
	RequestedAmount       ContradictionKind = "requested-amount"   // Known was requested; nobody knows that it was paid
	PartAmount            ContradictionKind = "part-amount"        // Known was to be captured or refunded
	ToldAmount            ContradictionKind = "told-amount"        // a notification told Known of the capture or refund before
	AuthorizedBefore      ContradictionKind = "authorized-before"
	CancelledBefore       ContradictionKind = "cancelled-before"
	CapturedBefore        ContradictionKind = "captured-before"
	RefundedBefore        ContradictionKind = "refunded-before"
	CapturedAfterCancel   ContradictionKind = "captured-after-cancel"
	CancelledAfterCapture ContradictionKind = "cancelled-after-capture"
	InquiredOtherwise     ContradictionKind = "inquired-otherwise" // an inquiry said Status before
	NotifiedOtherwise     ContradictionKind = "notified-otherwise" // a notification said Status before
	PayEndedOtherwise     ContradictionKind = "pay-ended-otherwise"
	PartFailed            ContradictionKind = "part-failed"          // Part had worked before
	OtherPart             ContradictionKind = "other-part"           // one request ID, and a second captureId or refundId: ID, and before Status
	SamePart              ContradictionKind = "same-part"            // one captureId or refundId, ID, of two request IDs; Status is the first
	DeclinedBefore        ContradictionKind = "declined-before"      // the payment was
	DisputedBefore        ContradictionKind = "disputed-before"      // so it was paid
	BadAmount             ContradictionKind = "bad-amount"           // Says is no number of the smallest unit
	OtherCurrency         ContradictionKind = "other-currency"       // Known was paid
	MoreThanAuthorized    ContradictionKind = "more-than-authorized" // Says was captured in all
	MoreThanCaptured      ContradictionKind = "more-than-captured"   // Says was refunded in all, or is disputed
	NothingCaptured       ContradictionKind = "nothing-captured"     // and it is refunded
	JudgedOtherwise       ContradictionKind = "judged-otherwise"     // the dispute was Status before: "won", "lost"
	CaptureMissing        ContradictionKind = "capture-missing"      // the inquiry does not list it
	ResultMissing         ContradictionKind = "result-missing"       // of a capture that began long ago
)

// resultDue is how long the result of a capture may take before it counts as
// missing.
const resultDue = 10 * time.Minute

// History tells what happened with one payment, in the order of the list, which
// is that of [Store].Payment, and marks what does not fit together.
func History(list []Record, now time.Time) []Event {
	h := history{position: map[int64]int{}, paymentIDs: map[string]string{}, requests: map[string]string{}, failed: map[string]Contradiction{}, asked: map[string]asked{}, judged: map[string]DisputeState{}, vaulted: map[string]string{}}
	for i, r := range list {
		h.position[r.ID] = i
	}
	var events []Event
	for i, r := range list {
		e := Event{Record: r}
		h.now = i
		h.add(&e)
		late := r.Endpoint == "capture" && r.State == Pending && now.Sub(r.Time) > resultDue
		if late && !notifiedOf(list, r) {
			e.odd(Contradiction{Kind: ResultMissing})
		}
		events = append(events, e)
	}
	return events
}

// notifiedOf reports whether a notification told what a capture came to.
func notifiedOf(list []Record, capture Record) bool {
	return slices.ContainsFunc(list, func(r Record) bool {
		return r.Endpoint == "notifyCapture" && r.Numbers.CaptureRequestID == capture.Numbers.CaptureRequestID && said(r) != "U"
	})
}

// odd marks an event.
func (e *Event) odd(c Contradiction) { e.Contradictions = append(e.Contradictions, c) }

// oddIf marks it on a condition.
func (e *Event) oddIf(wrong bool, kind ContradictionKind) {
	if wrong {
		e.odd(Contradiction{Kind: kind})
	}
}

// history is what the events of one payment have said so far.
type history struct {
	position map[int64]int // of each record in the list
	now      int           // the position of the event that is added

	paymentIDs          map[string]string // that each pay was answered with, by its request ID
	requests            map[string]string // the paymentRequestId with which each paymentId came first
	paymentID           string            // that the last of them was answered with; empty: none
	requested           apo.Amount        // by the last pay
	authorized          apo.Amount        // zero: not known to be
	since               int               // the position of the event that told so; before it nobody could know
	automatic           bool              // it is to be captured by itself
	ended               *Record           // the last pay, if it is not known to have authorized it
	parts               []transaction
	failed              map[string]Contradiction // who said so of which capture or refund, by kind and request ID
	captured, cancelled bool
	asked               map[string]asked // captures and refunds, by kind and request ID
	disputed            bool
	judged              map[string]DisputeState // by disputeId
	vaulted             map[string]string       // "S" or "F", by vaultingRequestId
	notified            string                  // "S", "F" or "U": what the last notification said of the payment
	status              string                  // paymentStatus of the last inquiry
}

// transaction is a capture or refund of which the gateway has said that it knows
// it.
type transaction struct {
	kind, id string     // "CAPTURE" and its request ID
	number   string     // its captureId or refundId; empty: not known
	amount   apo.Amount // requested, or told; zero where it is not known
	told     bool       // the amount is that of a notification: it was not requested here
	since    int        // the position of the event that told; before it nobody could know
	done     bool
}

// add takes one more event in, and marks what about it does not fit to what was
// known.
func (h *history) add(e *Event) {
	r := e.Record
	took := r.Outcome == apo.Succeeded
	if took && r.State == Resolved && r.Result.Status == "F" && r.Verification == "verified" {
		e.odd(Contradiction{Kind: AnsweredOtherwise, Status: r.Result.Status, Code: r.Result.Code})
	}
	switch r.Endpoint {
	case "pay":
		h.addPay(e, took)
	case "capture":
		e.oddIf(h.cancelled && took, CapturedAfterCancel)
		h.captured = h.captured || took
		h.addRequested("CAPTURE", r, took)
	case "refund":
		h.addRequested("REFUND", r, took)
	case "cancel":
		e.oddIf(h.captured && took, CancelledAfterCapture)
		h.cancelled = h.cancelled || took
	case "updateAmount":
		if a := UpdatedAmount(r); !a.IsZero() {
			h.requested, h.authorized = a, a
		}
	case "notifyPayment":
		h.addPaymentNotice(e)
	case "notifyCapture":
		h.addCaptureNotice(e)
	case "notifyRefund", "inquiryRefund":
		h.addRefundNews(e)
	case "notifyDispute":
		h.addDispute(e)
	case "notifyVaulting":
		h.addVaulting(e)
	case "inquiryPayment":
		if p := apo.PaymentIn(r.Answer); p.Status != "" {
			e.Payment = &p
			h.namesPayment(e, p.PaymentRequestID, p.PaymentID)
			h.addInquiry(e, p)
		}
	}
}

func (h *history) addPay(e *Event, took bool) {
	r := e.Record
	if told := amountIn(r.Answer, "paymentAmount"); !told.IsZero() && told != r.Amount {
		e.odd(Contradiction{Kind: AnsweredAmount, Says: told, Known: r.Amount})
	}
	h.ended, h.requested, h.paymentID = nil, r.Amount, gjson.GetBytes(r.Answer, "paymentId").String()
	for request, id := range h.paymentIDs {
		if id != "" && id == h.paymentID && request != r.RequestID() {
			e.odd(Contradiction{Kind: OtherPayment, ID: id})
		}
	}
	h.paymentIDs[r.RequestID()] = h.paymentID
	h.firstNamed(h.paymentID, r.RequestID())
	switch {
	case took:
		h.authorized, h.since = r.Amount, h.toldAt(r)
		h.automatic = gjson.GetBytes(r.Request, "paymentFactor.captureMode").String() == "AUTOMATIC"
	case !r.State.Open() && r.Outcome != apo.NotSent, r.Resolved.Contradicted && r.Result.Status == "F" && r.Verification == "verified":
		h.ended = &r
	}
}

// addRequested takes a capture or refund in that was requested here, once the
// gateway has said that it knows it.
func (h *history) addRequested(kind string, r Record, took bool) {
	delete(h.failed, kind+r.RequestID()) // requested again, it may well work
	if r.Outcome != apo.NotSent {
		h.asked[kind+r.RequestID()] = asked{r.Amount, r.Numbers.PaymentID}
	}
	if !took && r.State != Pending {
		return
	}
	h.addPart(transaction{kind: kind, id: r.RequestID(), number: numberOf(kind, r), amount: r.Amount, since: h.toldAt(r), done: took})
}

// toldAt is the position of the event that told what became of a call: its own,
// unless a later message resolved it.
func (h *history) toldAt(r Record) int {
	if by, found := h.position[r.Resolved.By]; found {
		return by
	}
	return h.now
}

// wasAuthorized reports whether it was known by now that the payment is authorized.
func (h *history) wasAuthorized() bool { return !h.authorized.IsZero() && h.now >= h.since }

// namesPayment marks an event that names another paymentId than its pay was answered
// with, or one that came with another paymentRequestId before.
func (h *history) namesPayment(e *Event, requestID, id string) {
	known := cmp.Or(h.paymentIDs[requestID], h.paymentID)
	if id != "" && known != "" && id != known {
		e.odd(Contradiction{Kind: OtherPayment, ID: id})
	} else if first := h.firstNamed(id, requestID); first != requestID {
		e.odd(Contradiction{Kind: OtherRequest, ID: first})
	}
}

// firstNamed is the paymentRequestId with which a paymentId came first: this one, unless
// another did.
func (h *history) firstNamed(id, requestID string) string {
	if id == "" || requestID == "" {
		return requestID
	}
	if _, known := h.requests[id]; !known {
		h.requests[id] = requestID
	}
	return h.requests[id]
}

func (h *history) addPaymentNotice(e *Event) {
	r := e.Record
	h.amountDiffers(e, r.Amount)
	h.namesPayment(e, r.Numbers.PaymentRequestID, r.Numbers.PaymentID)
	status := said(r)
	if authorized := h.wasAuthorized(); status == "F" && authorized {
		e.odd(Contradiction{Kind: AuthorizedBefore})
	} else if status == "F" {
		h.paidBefore(e)
	}
	if status == "S" && h.status == apo.StatusFail {
		e.odd(Contradiction{Kind: InquiredOtherwise, Status: h.status})
	}
	before := h.notified
	h.notified = status
	switch {
	case status == "S" && h.ended != nil:
		e.odd(Contradiction{Kind: PayEndedOtherwise, Pay: h.ended})
	case status == "S" && before == "F":
		e.odd(Contradiction{Kind: NotifiedOtherwise, Status: "F"})
	}
	if _, err := r.Amount.Units(); err == nil && status == "S" && h.authorized.IsZero() {
		h.authorized = r.Amount
	}
}

func (h *history) addCaptureNotice(e *Event) {
	r, status := e.Record, said(e.Record)
	e.oddIf(h.cancelled && status == "S", CapturedAfterCancel)
	e.oddIf(h.worked("CAPTURE", r.Numbers.CaptureRequestID) && status == "F", CapturedBefore)
	h.namesPayment(e, r.Numbers.PaymentRequestID, r.Numbers.PaymentID)
	e.oddIf(status == "S" && h.declined(), DeclinedBefore)
	h.aboutPart(e, "CAPTURE", r.Numbers.CaptureRequestID, r.Amount)
	h.workedAfterAll(e, "CAPTURE", r.Numbers.CaptureRequestID, status, Contradiction{Kind: NotifiedOtherwise, Status: "F"})
	if status == "S" {
		h.captured = true
		h.addPart(transaction{kind: "CAPTURE", id: r.Numbers.CaptureRequestID, number: r.Numbers.CaptureID, amount: r.Amount, told: true, since: h.now, done: true})
		h.tooMuch(e, "CAPTURE", r.Amount)
	}
}

// aboutPart marks what news of a capture or refund say otherwise of its values.
func (h *history) aboutPart(e *Event, kind, id string, a apo.Amount) {
	if !h.badAmount(e, a) {
		h.partDiffers(e, kind, id, a)
	}
	h.asksOtherwise(e, kind, id, a)
	h.otherPart(e, kind, id)
	h.samePart(e, kind, id)
}

// addRefundNews takes in what a notification or an inquiry said of a refund.
func (h *history) addRefundNews(e *Event) {
	r, status := e.Record, said(e.Record)
	e.oddIf(h.worked("REFUND", r.Numbers.RefundRequestID) && status == "F", RefundedBefore)
	amount := amountIn(r.Answer, "refundAmount")
	if r.IsNotification() {
		h.namesPayment(e, r.Numbers.PaymentRequestID, r.Numbers.PaymentID)
		e.oddIf(status == "S" && h.declined(), DeclinedBefore)
	}
	h.aboutPart(e, "REFUND", r.Numbers.RefundRequestID, amount)
	teller := Contradiction{Kind: NotifiedOtherwise, Status: "F"}
	if !r.IsNotification() {
		teller = Contradiction{Kind: InquiredOtherwise, Status: apo.StatusFail}
	}
	h.workedAfterAll(e, "REFUND", r.Numbers.RefundRequestID, status, teller)
	if status == "S" {
		h.addPart(transaction{kind: "REFUND", id: r.Numbers.RefundRequestID, number: r.Numbers.RefundID, amount: amount, told: true, since: h.now, done: true})
		h.tooMuch(e, "REFUND", amount)
	}
}

// workedAfterAll marks a success of a capture or refund that had failed, and remembers a
// failure with what will be odd then.
func (h *history) workedAfterAll(e *Event, kind, id, status string, teller Contradiction) {
	before, failed := h.failed[kind+id]
	switch {
	case id == "":
	case status == "F" && !failed:
		h.failed[kind+id] = teller
	case status == "S" && failed:
		e.odd(before)
	}
}

// addInquiry takes the answer of an inquiry in.
func (h *history) addInquiry(e *Event, p apo.Payment) {
	h.amountDiffers(e, p.Amount)
	for _, t := range p.Transactions {
		h.partDiffers(e, t.Type, t.RequestID, t.Amount)
		status := map[string]string{apo.StatusSuccess: "S", apo.StatusFail: "F"}[t.Status]
		h.workedAfterAll(e, t.Type, t.RequestID, status, Contradiction{Kind: InquiredOtherwise, Status: apo.StatusFail})
		switch {
		case t.Status == apo.StatusFail && h.worked(t.Type, t.RequestID):
			e.odd(Contradiction{Kind: PartFailed, Part: t.Type, ID: t.RequestID})
		case t.Status == apo.StatusSuccess:
			h.addPart(transaction{kind: t.Type, id: t.RequestID, since: h.now, done: true})
		}
	}
	notified := func(status string) { e.odd(Contradiction{Kind: NotifiedOtherwise, Status: status}) }
	switch p.Status {
	case apo.StatusProcessing, apo.StatusPending, apo.StatusFail:
		if h.notified == "S" {
			notified("S")
		} else {
			e.oddIf(h.wasAuthorized(), AuthorizedBefore)
		}
	case apo.StatusCancelled:
		e.oddIf(h.captured, CapturedBefore)
	case apo.StatusSuccess:
		if h.notified == "F" {
			notified("F")
		}
		if h.ended != nil {
			e.odd(Contradiction{Kind: PayEndedOtherwise, Pay: h.ended})
		}
		e.oddIf(h.cancelled, CancelledBefore)
		if h.status == apo.StatusFail || h.status == apo.StatusCancelled {
			e.odd(Contradiction{Kind: InquiredOtherwise, Status: h.status})
		}
		h.missing(e, p.Transactions)
	}
	h.status = p.Status
}

// missing marks the captures that an inquiry does not list, and that the gateway
// had said before that it knows.
func (h *history) missing(e *Event, list []apo.Transaction) {
	listed := func(id string) bool {
		return slices.ContainsFunc(list, func(t apo.Transaction) bool { return t.Type == "CAPTURE" && (id == "" || t.RequestID == id) })
	}
	found := false
	for _, p := range h.parts {
		if p.kind == "CAPTURE" && h.now >= p.since && !listed(p.id) {
			e.odd(Contradiction{Kind: CaptureMissing, ID: p.id})
			found = true
		}
	}
	e.oddIf(!found && h.automatic && !listed(""), CaptureMissing)
}

// addPart takes in that the gateway knows a capture or refund, or that it worked.
func (h *history) addPart(p transaction) {
	for i, other := range h.parts {
		if p.id != "" && other.kind == p.kind && other.id == p.id {
			h.parts[i].done = other.done || p.done
			h.parts[i].number = cmp.Or(other.number, p.number)
			if other.amount.IsZero() || other.told && !p.told && !p.amount.IsZero() { // a request goes before
				h.parts[i].amount, h.parts[i].told = p.amount, p.told
			}
			return
		}
	}
	h.parts = append(h.parts, p)
}

// worked reports whether a capture or refund has worked.
func (h *history) worked(kind, id string) bool {
	return slices.ContainsFunc(h.parts, func(p transaction) bool { return p.kind == kind && p.done && (p.id == id || p.id == "") })
}

// amountDiffers marks an amount that is another than the one that was paid, or
// requested.
func (h *history) amountDiffers(e *Event, a apo.Amount) {
	if e.Record.IsNotification() && h.badAmount(e, a) {
		return
	}
	kind, known := PaidAmount, h.authorized
	if known.IsZero() {
		kind, known = RequestedAmount, h.requested
	}
	if !a.IsZero() && !known.IsZero() && a != known {
		e.odd(Contradiction{Kind: kind, Says: a, Known: known})
	}
}

// partDiffers is amountDiffers for a capture or refund.
func (h *history) partDiffers(e *Event, kind, id string, a apo.Amount) {
	for _, p := range h.parts {
		if p.kind == kind && p.id == id && id != "" && !p.amount.IsZero() && !a.IsZero() && a != p.amount {
			what := PartAmount
			if p.told {
				what = ToldAmount
			}
			e.odd(Contradiction{Kind: what, Part: kind, ID: id, Says: a, Known: p.amount})
			return
		}
	}
}

// otherPart marks a second captureId or refundId of one request ID: what was
// requested once was perhaps done twice.
func (h *history) otherPart(e *Event, kind, id string) {
	number := numberOf(kind, e.Record)
	for _, p := range h.parts {
		if p.kind == kind && p.id == id && id != "" && number != "" && p.number != "" && p.number != number {
			e.odd(Contradiction{Kind: OtherPart, Part: kind, ID: number, Status: p.number})
			return
		}
	}
}

// numberOf is the captureId or refundId of a record.
func numberOf(kind string, r Record) string {
	if kind == "CAPTURE" {
		return r.Numbers.CaptureID
	}
	return r.Numbers.RefundID
}

// said is what a notification, or an inquiry of a refund, says became of what it
// is about: "S", "F", or "U" where that is not known.
func said(r Record) string {
	if r.Endpoint == "inquiryRefund" { // the result is the inquiry's own
		switch gjson.GetBytes(r.Answer, "refundStatus").String() {
		case apo.StatusSuccess:
			return "S"
		case apo.StatusFail, apo.StatusCancelled:
			return "F"
		}
		return "U"
	}
	news, err := notify.Read(r.Answer)
	switch {
	case err == nil && news.Status == notify.Succeeded:
		return "S"
	case err == nil && news.Status == notify.Failed:
		return "F"
	}
	return "U"
}

func amountIn(message []byte, name string) apo.Amount {
	return apo.AmountOf([]byte(gjson.GetBytes(message, name).Raw))
}
