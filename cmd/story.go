package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// story is what the events of one payment have said so far.
type story struct {
	asked               apo.Amount // by the last pay
	authorized          apo.Amount // zero: not known to be
	parts               []part
	automatic           bool   // it is captured by itself
	denied              string // what the last pay came to, if it is not known to have authorized it
	captured, cancelled bool
	notified            string // resultStatus of the last notification about the payment
	status              string // paymentStatus of the last inquiry
}

// part is a capture or refund of which the gateway has said that it knows it.
type part struct {
	kind, id string     // "CAPTURE" and its request ID
	amount   apo.Amount // asked for; zero where it was not asked for here
	told     int64      // the record that told; 0: its own answer, or the gateway by itself
	done     bool
}

// resultDue is how long the result of a capture may take before it counts as
// missing.
const resultDue = 10 * time.Minute

// tell makes the events of one payment, and marks what does not fit together.
func tell(list []journal.Record, now time.Time) []event {
	var events []event
	var known story
	for _, r := range list {
		e := event{Time: r.Time.Format(milliseconds), Record: r.ID, Endpoint: r.Endpoint, Amount: say.Amount(r.Amount), at: r.Time, reads: r.Reads, open: r.State.Open()}
		e.Outcome, e.Contradictions = known.hear(r)
		if missing := r.Endpoint == "capture" && r.State == journal.Pending && now.Sub(r.Time) > resultDue; missing && !answeredLater(list, r) {
			e.Contradictions = append(e.Contradictions, "its result is missing; inquire")
		}
		events = append(events, e)
	}
	return events
}

// answeredLater reports whether a notification told what a capture came to.
func answeredLater(list []journal.Record, capture journal.Record) bool {
	return slices.ContainsFunc(list, func(r journal.Record) bool {
		return r.Endpoint == "notifyCapture" && r.Numbers.CaptureRequestID == capture.Numbers.CaptureRequestID
	})
}

// hear takes one more event in, and tells its outcome and what about it does
// not fit to what was known.
func (known *story) hear(r journal.Record) (outcome string, odd []string) {
	mark := func(wrong bool, format string, args ...any) {
		if wrong {
			odd = append(odd, fmt.Sprintf(format, args...))
		}
	}
	answer := gjson.ParseBytes(r.Answer)
	mark(r.State == journal.Resolved && r.Outcome == apo.Succeeded && r.Result.Status == "F" && r.Verification == "verified", "its answer said %s %s", r.Result.Status, r.Result.Code)
	took := r.Result.Status == "S" && r.State == journal.Answered || r.State == journal.Resolved && r.Outcome == apo.Succeeded
	switch r.Endpoint {
	case "pay":
		told := amountAt(answer, "paymentAmount")
		mark(!told.IsZero() && told != r.Amount, "the answer says %s", told)
		known.denied, known.asked = "", r.Amount
		switch {
		case !took && !r.State.Open() && r.Outcome != apo.NotSent:
			known.denied = cmp.Or(say.ResolvedOf(r), r.Result.Code)
		case took:
			known.authorized = r.Amount
			known.automatic = gjson.GetBytes(r.Request, "paymentFactor.captureMode").String() == "AUTOMATIC"
		}
	case "capture":
		mark(known.cancelled && took, "captured after it was cancelled")
		known.captured = known.captured || took
		if took || r.State == journal.Pending {
			known.hearPart(part{"CAPTURE", r.RequestID(), r.Amount, r.Resolved.By, took})
		}
	case "refund":
		if took || r.State == journal.Pending {
			known.hearPart(part{"REFUND", r.RequestID(), r.Amount, r.Resolved.By, took})
		}
	case "cancel":
		mark(known.captured && took, "cancelled after it was captured")
		known.cancelled = known.cancelled || took
	case "notifyPayment":
		odd = append(odd, known.differs(r.Amount)...)
		mark(r.Result.Status == "F" && !known.authorized.IsZero(), "it was authorized before")
		mark(r.Result.Status == "S" && known.status == apo.StatusFail, "an inquiry said %s before", known.status)
		mark(r.Result.Status == "S" && known.denied != "", "its pay came to: %s", known.denied)
		if known.notified = r.Result.Status; known.notified == "S" && known.authorized.IsZero() {
			known.authorized = r.Amount
		}
	case "notifyCapture":
		mark(known.cancelled && r.Result.Status == "S", "captured after it was cancelled")
		mark(known.took("CAPTURE", r.Numbers.CaptureRequestID) && r.Result.Status == "F", "it was captured before")
		odd = append(odd, known.differsPart("CAPTURE", r.Numbers.CaptureRequestID, r.Amount)...)
		if r.Result.Status == "S" {
			known.captured = true
			known.hearPart(part{kind: "CAPTURE", id: r.Numbers.CaptureRequestID, done: true})
		}
	case "notifyRefund", "inquiryRefund":
		mark(known.took("REFUND", r.Numbers.RefundRequestID) && (r.Endpoint == "notifyRefund" && r.Result.Status == "F" || answer.Get("refundStatus").String() == apo.StatusFail), "it was refunded before")
		odd = append(odd, known.differsPart("REFUND", r.Numbers.RefundRequestID, amountAt(answer, "refundAmount"))...)
		if r.Endpoint == "notifyRefund" && r.Result.Status == "S" || answer.Get("refundStatus").String() == apo.StatusSuccess {
			known.hearPart(part{kind: "REFUND", id: r.Numbers.RefundRequestID, done: true})
		}
	case "inquiryPayment":
		if status := answer.Get("paymentStatus").String(); status != "" {
			odd = known.inquired(r.ID, status, answer)
			return strings.TrimSpace(strings.ToLower(status) + " " + balanceOf(answer)), odd
		}
	}
	return outcomeOf(r), odd
}

// hearPart takes in that the gateway knows a capture or refund, or that it worked.
func (known *story) hearPart(p part) {
	for i, other := range known.parts {
		if p.id != "" && other.kind == p.kind && other.id == p.id {
			known.parts[i].done = other.done || p.done
			return
		}
	}
	known.parts = append(known.parts, p)
}

// took reports whether a capture or refund has worked.
func (known *story) took(kind, id string) bool {
	return slices.ContainsFunc(known.parts, func(p part) bool { return p.kind == kind && p.done && (p.id == id || p.id == "") })
}

// differs tells that an amount is another than the one that was paid, or asked
// for.
func (known *story) differs(a apo.Amount) []string {
	switch {
	case a.IsZero():
	case !known.authorized.IsZero():
		return another(a, known.authorized, "were paid")
	case !known.asked.IsZero():
		return another(a, known.asked, "were asked for")
	}
	return nil
}

// differsPart is differs for a capture or refund.
func (known *story) differsPart(kind, id string, a apo.Amount) []string {
	for _, p := range known.parts {
		if p.kind == kind && p.id == id && id != "" && !p.amount.IsZero() && !a.IsZero() {
			return another(a, p.amount, "were to be "+map[string]string{"CAPTURE": "captured", "REFUND": "refunded"}[kind])
		}
	}
	return nil
}

func another(a, wanted apo.Amount, what string) []string {
	if a == wanted {
		return nil
	}
	return []string{fmt.Sprintf("it says %s, and %s %s", a, wanted, what)}
}

// missing tells which captures an inquiry does not list, which the gateway had
// said before that it knows.
func (known *story) missing(record int64, list []apo.Transaction) (odd []string) {
	listed := func(id string) bool {
		return slices.ContainsFunc(list, func(t apo.Transaction) bool { return t.Type == "CAPTURE" && (id == "" || t.RequestID == id) })
	}
	for _, p := range known.parts {
		if p.kind == "CAPTURE" && record >= p.told && !listed(p.id) {
			odd = append(odd, "its capture is missing"+spaced(p.id))
		}
	}
	if len(odd) == 0 && known.automatic && !listed("") {
		odd = append(odd, "its capture is missing")
	}
	return odd
}

func spaced(id string) string {
	if id == "" {
		return ""
	}
	return ": " + id
}

// inquired takes the answer of an inquiry in.
func (known *story) inquired(record int64, status string, answer gjson.Result) (odd []string) {
	mark := func(wrong bool, format string, args ...any) {
		if wrong {
			odd = append(odd, fmt.Sprintf(format, args...))
		}
	}
	amount := amountAt(answer, "paymentAmount")
	p := apo.ReadPayment(&apo.Answer{Raw: []byte(answer.Raw)})
	running := status == apo.StatusProcessing || status == apo.StatusPending
	odd = append(odd, known.differs(amount)...)
	for _, t := range p.Transactions {
		odd = append(odd, known.differsPart(t.Type, t.RequestID, t.Amount)...)
		mark(t.Status == apo.StatusFail && known.took(t.Type, t.RequestID), "its %s failed, and had worked before%s", strings.ToLower(t.Type), spaced(t.RequestID))
		if t.Status == apo.StatusSuccess {
			known.hearPart(part{kind: t.Type, id: t.RequestID, done: true})
		}
	}
	mark((running || status == apo.StatusFail) && known.notified == "S", "a notification said that it succeeded")
	mark((running || status == apo.StatusFail) && known.notified != "S" && !known.authorized.IsZero(), "it was authorized before")
	mark(status == apo.StatusSuccess && known.notified == "F", "a notification said that it failed")
	mark(status == apo.StatusSuccess && known.denied != "", "its pay came to: %s", known.denied)
	mark(status == apo.StatusSuccess && known.cancelled, "it was cancelled before")
	mark(status == apo.StatusCancelled && known.captured, "it was captured before")
	mark(status == apo.StatusSuccess && (known.status == apo.StatusFail || known.status == apo.StatusCancelled), "an earlier inquiry said %s", known.status)
	if status == apo.StatusSuccess {
		odd = append(odd, known.missing(record, p.Transactions)...)
	}
	known.status = status
	return odd
}
