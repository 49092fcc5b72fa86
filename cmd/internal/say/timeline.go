package say

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Timeline draws the history of a payment along a line, and what contradicts
// beside it. came are the receptions of its notifications.
func Timeline(p Printer, events []journal.Event, came []journal.Reception) error {
	receptions := map[int64][]journal.Reception{}
	for _, r := range came {
		receptions[r.Record] = append(receptions[r.Record], r)
	}
	if p.WantsJSON() {
		list := []eventView{}
		for _, e := range events {
			list = append(list, viewOf(e, receptions[e.Record.ID]))
		}
		return p.ShowOwn(list)
	}
	if !p.Aligned() {
		return p.timelineLines(events, receptions)
	}
	target := onlyTarget(came) // a long address would break each line that has it
	if len(events) > 0 {
		head := append(timelineHead(events), term.Field{Name: "handed on to", Cell: term.Cell{Text: target}})
		if err := p.WriteView(head); err != nil {
			return err
		}
		if err := p.WriteText("\n"); err != nil {
			return err
		}
	}
	return p.WriteCells(timelineRows(events, receptions, target == ""))
}

// timelineRows are the events, each behind the time since the one before. A day is
// said once, and the zone where it changes.
func timelineRows(events []journal.Event, receptions map[int64][]journal.Reception, where bool) (header []string, rows [][]term.Cell) {
	zone := ""
	for i, e := range events {
		r := e.Record
		at, since, before := r.Time.Local(), "", time.Time{}
		if i > 0 {
			before = events[i-1].Record.Time.Local()
			since = later(at.Sub(before))
		}
		if day := at.Format(time.DateOnly); day != before.Format(time.DateOnly) || zoneOf(at) != zone {
			zone = zoneOf(at)
			rows = append(rows, []term.Cell{{Text: day + " " + zone, Tone: term.Over}, {}, {}, {}, {}, {}})
		}
		rows = append(rows, []term.Cell{
			{Text: at.Format("15:04:05.000")},
			{Text: since, Tone: term.Over},
			{Text: mark(r), Tone: eventTone(e)},
			{Text: r.Endpoint},
			{Text: Amount(r.Amount)},
			{Text: eventOf(e), Tone: eventTone(e)},
		})
		for _, c := range e.Contradictions {
			rows = append(rows, []term.Cell{{}, {}, {Text: lineBehind(events, i), Tone: term.Over}, {}, {}, {Text: "✖ " + contradictionOf(c), Tone: term.Failure}})
		}
		for _, h := range handings(receptions[r.ID], where) {
			rows = append(rows, []term.Cell{{Text: clock(h.at)}, {}, {Text: lineBehind(events, i), Tone: term.Over}, {}, {}, {Text: strings.ReplaceAll(h.text, "  ", ", "), Tone: h.tone}})
		}
	}
	return []string{"time", "later", "", "what", "amount", "outcome"}, rows
}

// timelineLines are the events for a program: time, mark, what, amount, outcome.
func (p Printer) timelineLines(events []journal.Event, receptions map[int64][]journal.Reception) error {
	var rows [][]term.Cell
	for i, e := range events {
		r := e.Record
		rows = append(rows, []term.Cell{
			{Text: r.Time.Local().Format("2006-01-02 15:04:05.000")}, {Text: mark(r)}, {Text: r.Endpoint}, {Text: Amount(r.Amount)}, {Text: eventOf(e), Tone: eventTone(e)},
		})
		for _, c := range e.Contradictions {
			rows = append(rows, []term.Cell{{}, {Text: lineBehind(events, i)}, {}, {}, {Text: "✖ " + contradictionOf(c), Tone: term.Failure}})
		}
		for _, h := range handings(receptions[r.ID], true) {
			at := ""
			if !h.at.IsZero() {
				at = h.at.Local().Format("2006-01-02 15:04:05.000")
			}
			rows = append(rows, []term.Cell{{Text: at}, {Text: lineBehind(events, i)}, {}, {}, {Text: h.text, Tone: h.tone}})
		}
	}
	return p.WriteCells(make([]string, 5), rows)
}

// clock is a moment of the day, "" of none.
func clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Local().Format("15:04:05.000")
}

// lineBehind leads on from an event to the next, if there is one.
func lineBehind(events []journal.Event, i int) string {
	if i == len(events)-1 {
		return ""
	}
	return "│"
}

// eventTone is how an event is meant; that of an inquiry is what it told of the
// payment.
func eventTone(e journal.Event) term.Tone {
	if e.Payment != nil {
		return toneOf(e.Payment.Status)
	}
	return RecordTone(e.Record)
}

// eventView is an event as scripts see it.
type eventView struct {
	Time           string         `json:"time"`
	Record         int64          `json:"record"`
	Endpoint       string         `json:"endpoint"`
	Amount         string         `json:"amount,omitempty"`
	Outcome        string         `json:"outcome"`
	Meaning        string         `json:"meaning,omitempty"` // of a notification: "dispute-lost"
	Dispute        string         `json:"disputeId,omitempty"`
	Contradictions []string       `json:"contradictions,omitempty"`
	Received       int            `json:"received,omitempty"` // how often it came to a listener
	Deliveries     []deliveryView `json:"deliveries,omitempty"`

	PaymentRequestID string `json:"paymentRequestId,omitempty"`
	PaymentID        string `json:"paymentId,omitempty"`
	CaptureRequestID string `json:"captureRequestId,omitempty"`
	RefundRequestID  string `json:"refundRequestId,omitempty"`
}

func viewOf(e journal.Event, came []journal.Reception) eventView {
	r := e.Record
	v := eventView{Time: r.Time.Format(milliseconds), Record: r.ID, Endpoint: r.Endpoint, Amount: Amount(r.Amount), Outcome: eventOf(e)}
	if news, ok := newsIn(r); ok {
		v.Meaning, v.Dispute = string(news.Meaning()), news.DisputeID
	}
	n := r.Numbers
	v.PaymentRequestID, v.PaymentID, v.CaptureRequestID, v.RefundRequestID = n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.RefundRequestID
	for _, c := range e.Contradictions {
		v.Contradictions = append(v.Contradictions, contradictionOf(c))
	}
	v.Received = len(came)
	for _, r := range came {
		v.Deliveries = append(v.Deliveries, deliveryViews(r.Deliveries)...)
	}
	return v
}

// mark tells at a glance what a line is: ● something that moves money, ○ a
// question, ◀ a notification, ? something whose outcome is not known.
func mark(r journal.Record) string {
	switch {
	case r.State.Open():
		return "?"
	case r.IsNotification():
		return "◀"
	case r.Reads:
		return "○"
	}
	return "●"
}

// eventOf says what became of a call, or what a notification or an inquiry told.
func eventOf(e journal.Event) string {
	r := e.Record
	switch {
	case e.Payment != nil:
		return strings.TrimSpace(strings.ToLower(e.Payment.Status) + " " + moved(e.Payment.Balance()))
	case r.State == journal.Resolved && r.Result.Code == "":
		return "lost its answer; resolved: " + resolvedOf(r)
	case r.State == journal.Resolved:
		return resultOf(r) + "; resolved: " + resolvedOf(r)
	case r.IsNotification():
		news, _ := newsIn(r)
		told, _ := toldBeside(r)
		facts := []string{cmp.Or(told, resultOf(r)), r.Notice.Type, Fact("disputeId", news.DisputeID)}
		return strings.Join(slices.DeleteFunc(facts, func(f string) bool { return f == "" }), "  ")
	}
	return StateOf(r)
}

// moved says what the transactions of a payment add up to.
func moved(b apo.Balance) string {
	var parts []string
	for _, part := range []struct {
		word   string
		amount int64
	}{{"captured", b.Captured}, {"capturing", b.Capturing}, {"refunded", b.Refunded}, {"refunding", b.Refunding}} {
		if part.amount > 0 {
			parts = append(parts, part.word+" "+apo.Units64(b.Currency, part.amount).String())
		}
	}
	if b.Unclear != "" {
		return "what was taken cannot be added up: " + b.Unclear
	}
	return strings.Join(parts, ", ")
}

// contradictionOf says what does not fit.
func contradictionOf(c journal.Contradiction) string {
	switch c.Kind {
	case journal.AnsweredOtherwise:
		return "its answer said " + c.Status + " " + c.Code
	case journal.AnsweredAmount:
		return "the answer says " + c.Says.String()
	case journal.OtherPayment:
		return "it names another payment, " + c.ID
	case journal.OtherRequest:
		return "its paymentId came with another paymentRequestId before, " + c.ID
	case journal.PaidAmount:
		return fmt.Sprintf("it says %s, and %s were paid", c.Says, c.Known)
	case journal.RequestedAmount:
		return fmt.Sprintf("it says %s, and %s were asked for", c.Says, c.Known)
	case journal.PartAmount:
		return fmt.Sprintf("it says %s, and %s were to be %s", c.Says, c.Known, doneOf(strings.ToLower(c.Part)))
	case journal.ToldAmount:
		return fmt.Sprintf("it says %s, and %s were told before", c.Says, c.Known)
	case journal.AuthorizedBefore:
		return "it was authorized before"
	case journal.CancelledBefore:
		return "it was cancelled before"
	case journal.CapturedBefore:
		return "it was captured before"
	case journal.RefundedBefore:
		return "it was refunded before"
	case journal.CapturedAfterCancel:
		return "captured after it was cancelled"
	case journal.CancelledAfterCapture:
		return "cancelled after it was captured"
	case journal.InquiredOtherwise:
		return "an inquiry said " + c.Status + " before"
	case journal.NotifiedOtherwise:
		return "a notification said that it " + map[string]string{"S": "succeeded", "F": "failed"}[c.Status]
	case journal.PayEndedOtherwise:
		return "its pay came to: " + cmp.Or(resolvedOf(*c.Pay), c.Pay.Result.Code)
	case journal.PartFailed:
		return strings.TrimSuffix("its "+strings.ToLower(c.Part)+" failed, and had worked before: "+c.ID, ": ")
	case journal.OtherPart:
		return fmt.Sprintf("one %s was requested, and it has a second %sId, %s beside %s", strings.ToLower(c.Part), strings.ToLower(c.Part), c.ID, c.Status)
	case journal.CaptureMissing:
		return strings.TrimSuffix("its capture is missing: "+c.ID, ": ")
	case journal.ResultMissing:
		return "its result is missing; inquire"
	}
	return notAddingUp(c)
}

// notAddingUp is contradictionOf for news of more than there is, or of what cannot be.
func notAddingUp(c journal.Contradiction) string {
	switch c.Kind {
	case journal.SamePart:
		return fmt.Sprintf("%sId %s came with another %sRequestId before, %s", strings.ToLower(c.Part), c.ID, strings.ToLower(c.Part), c.Status)
	case journal.DeclinedBefore:
		return "its payment was declined before"
	case journal.DisputedBefore:
		return "it was disputed before, so it was paid"
	case journal.BadAmount:
		return fmt.Sprintf("its amount is no number of the smallest unit: %s %q", c.Says.Currency, c.Says.Value)
	case journal.OtherCurrency:
		return fmt.Sprintf("it says %s, and the payment is of %s", c.Says, c.Known)
	case journal.MoreThanAuthorized:
		return fmt.Sprintf("with it %s are captured, and %s were authorized", c.Says, c.Known)
	case journal.MoreThanCaptured:
		return fmt.Sprintf("it comes to %s, and %s were captured", c.Says, c.Known)
	case journal.NothingCaptured:
		return "nothing was captured before"
	case journal.JudgedOtherwise:
		return "the dispute was " + c.Status + " before"
	}
	return string(c.Kind)
}
