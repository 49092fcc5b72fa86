package say

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// Listening is a listener that is ready, as facts.
type Listening struct {
	URL, PublicURL string
	Target         string // where it hands on to; "" nowhere
	Mode, Profile  string
	Recorded       bool   // what comes is kept in the journal
	Other          string // URL of another listener that runs
	OtherPID       int
}

// ListenReady tells that a listener is ready. line is what -o json prints of it.
func (p Printer) ListenReady(l Listening, line any) {
	if p.WantsJSON() {
		p.listenData(line)
	} else {
		facts := []string{l.URL}
		if l.Target != "" {
			facts = append(facts, "→ "+l.Target)
		}
		if l.PublicURL != "" {
			facts = append(facts, "seen as "+l.PublicURL)
		}
		p.Say(term.Verdict{Mode: l.Mode, Mood: term.Good, What: "listening", Facts: append(facts, "profile "+l.Profile)})
		p.Hint("apo pay --amount 4200 --currency SGD --notify-url listen sends one here; Ctrl-C ends")
	}
	if !l.Recorded {
		p.Warn("no journal: what is acknowledged here is kept nowhere")
	}
	if l.Other != "" {
		p.Warn(fmt.Sprintf("another listener runs at %s (process %d); --notify-url listen means this one now", l.Other, l.OtherPID))
	}
}

// Heard is a message that a listener received, as facts.
type Heard struct {
	Reception journal.Reception
	Facts     Verified      // of one that verified
	Err       error         // it did not verify, or cannot be read
	Cause     string        // why
	Found     *Verification // the diagnosis of it; nil: none was made
	Message   sign.Message  // that was diagnosed
	Refused   error         // it could not be written down, and was not acknowledged
	Answered  string        // "acknowledged", "refused"; "" where a target answers
	Again     time.Duration // until it comes again; 0: never
}

// heardLine is what -o json prints of it.
type heardLine struct {
	Type             string        `json:"type"` // "notification"
	Time             string        `json:"time"`
	ID               int64         `json:"id"` // in apo log; 0: not kept
	Kind             notify.Kind   `json:"kind"`
	Verified         bool          `json:"verified"`
	Cause            string        `json:"cause"`
	Status           notify.Status `json:"status"`
	PaymentRequestID string        `json:"paymentRequestId"`
	PaymentID        string        `json:"paymentId"`
	CaptureRequestID string        `json:"captureRequestId,omitempty"`
	RefundRequestID  string        `json:"refundRequestId,omitempty"`
	Vaulting         string        `json:"vaultingRequestId,omitempty"`
	Dispute          string        `json:"disputeId,omitempty"`
	ResultCode       string        `json:"resultCode,omitempty"`
	Amount           string        `json:"amount,omitempty"`
	Meaning          string        `json:"meaning,omitempty"`
	Duplicate        bool          `json:"duplicate"`
	Attempt          int           `json:"attempt"`
	Stale            bool          `json:"stale"`
	OtherClient      bool          `json:"otherClient"`
	QueryCovered     *bool         `json:"queryCovered,omitempty"` // only where there is a query that is not
	Contradicts      bool          `json:"contradicts"`
	Contradictions   []string      `json:"contradictions,omitempty"`
	Proven           bool          `json:"proven,omitempty"`
	Explanation      string        `json:"explanation,omitempty"`
	Repair           string        `json:"repair,omitempty"`
	Masked           string        `json:"masked,omitempty"`
	Answered         string        `json:"answered,omitempty"`
	Error            string        `json:"error,omitempty"`
	Again            string        `json:"again,omitempty"`
}

// ListenHeard writes the line of a message that was received.
func (p Printer) ListenHeard(h Heard, w Words) {
	h.Facts.News = p.withoutNumbers(h.Facts.News)
	if p.WantsJSON() {
		p.listenData(h.line())
		return
	}
	p.listenLine(h.facts())
	if h.Found != nil && !p.Quiet && !p.TalksJSON {
		w.NotVerified(*h.Found, h.Message, "").Detail(p.Streams)
		p.Hint(w.Command("explain", h.Cause))
	}
}

// withoutNumbers is a notification whose IDs are no card's number: whoever sends it
// made them up.
func (p Printer) withoutNumbers(n notify.Notification) notify.Notification {
	mask := p.Streams.Masker
	for _, id := range []*string{
		&n.Type, &n.Time, &n.ClientID, &n.PaymentRequestID, &n.PaymentID, &n.CaptureRequestID, &n.RefundRequestID, &n.VaultingRequestID, &n.DisputeID,
	} {
		*id = mask.ID(*id)
	}
	if apo.IsCardNumber(n.Amount.Value) {
		n.Amount = apo.Amount{}
	}
	return n
}

// notVerified says why a message does not count as verified. One whose signature fits
// and whose body cannot be read is none to act upon.
func notVerified(err error) string {
	if unreadable := (*notify.Unreadable)(nil); errors.As(err, &unreadable) {
		return "its signature fits, and nobody may act upon it: the body is not strict JSON: " + unreadable.Err.Error()
	}
	return err.Error()
}

func (h Heard) line() heardLine {
	r, n := h.Reception, h.Facts.News
	out := heardLine{
		Type: "notification", Time: r.Time.UTC().Format(time.RFC3339Nano), ID: r.Record, Kind: n.Kind, Verified: h.Err == nil, Cause: h.Cause,
		Attempt: r.Attempt, Duplicate: h.Err == nil && r.Attempt > 1, Masked: string(r.Masked), Answered: h.Answered, Again: interval(h.Again),
	}
	if h.Refused != nil {
		out.Error = h.Refused.Error()
	}
	if h.Err != nil {
		out.Explanation = notVerified(h.Err)
		if h.Found != nil {
			out.Proven, out.Explanation, out.Repair = h.Found.Proven, h.Found.Explanation, h.Found.Repair
		}
		return out
	}
	out.Status, out.ResultCode, out.Meaning, out.Amount = n.Status, n.Result.Code, string(n.Meaning()), Amount(n.Amount)
	out.CaptureRequestID, out.RefundRequestID = n.CaptureRequestID, n.RefundRequestID
	out.PaymentRequestID, out.PaymentID = cmp.Or(n.PaymentRequestID, h.Facts.Payment.PaymentRequestID), cmp.Or(n.PaymentID, h.Facts.Payment.PaymentID)
	out.Vaulting, out.Dispute = n.VaultingRequestID, n.DisputeID
	out.Stale, out.OtherClient = n.Stale, n.OtherClient
	if n.QueryUncovered {
		out.QueryCovered = new(bool)
	}
	if n.Doubt == notify.Contradiction {
		out.Contradicts, out.Contradictions = true, []string{meaning(n, Captures{})}
	}
	for _, c := range h.Facts.Contradictions {
		out.Contradicts = true
		out.Contradictions = append(out.Contradictions, contradictionOf(c))
	}
	return out
}

func (h Heard) facts() []term.Cell {
	r, n := h.Reception, h.Facts.News
	at := r.Time.Local().Format("15:04:05.000")
	if h.Err != nil {
		cells := []term.Cell{{Text: at}, {Text: "✖ not verified", Tone: term.Failure}, {Text: h.Cause}}
		if h.Found != nil {
			cells[2].Text += h.Found.proof()
			cells = append(cells, term.Cell{Text: h.Found.inWords()})
		} else {
			cells = append(cells, term.Cell{Text: notVerified(h.Err)})
		}
		return append(cells, term.Cell{Text: h.Answered}, term.Cell{Text: comesAgain(h.Again)})
	}
	cells := []term.Cell{
		{Text: at},
		{Text: cmp.Or(n.Type, string(n.Kind))},
		{Text: newsMark(n.Status) + " " + inPlainWords(n.Meaning()), Tone: newsTone(n.Status)},
		{Text: Amount(n.Amount)},
		{Text: Fact("paymentRequestId", cmp.Or(n.PaymentRequestID, h.Facts.Payment.PaymentRequestID))},
		{Text: Fact("paymentId", cmp.Or(n.PaymentID, h.Facts.Payment.PaymentID))},
		{Text: Fact("captureRequestId", n.CaptureRequestID)},
		{Text: Fact("refundRequestId", n.RefundRequestID)},
		{Text: Fact("vaultingRequestId", n.VaultingRequestID)},
		{Text: Fact("disputeId", n.DisputeID)},
	}
	if n.Status == notify.Failed && n.Result.Code != "SUCCESS" {
		cells[3].Text = strings.TrimSpace(n.Result.Code + "  " + cells[3].Text)
	}
	doubt := func(text string) { cells = append(cells, term.Cell{Text: text, Tone: term.Doubt}) }
	if n.Doubt == notify.Contradiction {
		cells = append(cells, term.Cell{Text: "✖ " + meaning(n, Captures{}), Tone: term.Failure})
	}
	if r.Attempt > 1 {
		doubt(fmt.Sprintf("again, number %d", r.Attempt))
	}
	if n.Stale {
		doubt("stale: signed " + n.Time)
	}
	if n.OtherClient {
		doubt("for another client ID, " + n.ClientID)
	}
	if n.QueryUncovered {
		doubt(queryUncovered)
	}
	for _, c := range h.Facts.Contradictions {
		doubt(againstJournal + contradictionOf(c))
	}
	if h.Answered != "" && h.Answered != "acknowledged" {
		doubt(h.Answered)
	}
	return append(cells, term.Cell{Text: comesAgain(h.Again)})
}

// newsMark tells at a glance what a notification says.
func newsMark(s notify.Status) string {
	switch s {
	case notify.Succeeded:
		return "✔"
	case notify.Failed:
		return "✖"
	}
	return "…"
}

func newsTone(s notify.Status) term.Tone {
	if s == notify.NotFinal {
		return term.Doubt
	}
	return toneOf(string(s))
}

// listenLine writes a line that begins with a time. An empty cell is none.
func (p Printer) listenLine(cells []term.Cell) {
	cells = slices.DeleteFunc(cells, func(c term.Cell) bool { return c.Text == "" })
	_ = p.WriteFacts(len("15:04:05.000  "), cells...)
}

// atQuery is what was seen once a line had something at -q.
const atQuery = "found at -q"

// listenData writes a line of JSON, or what it has at -q.
func (p Printer) listenData(data any) {
	if p.Query == "" {
		p.line(data)
		return
	}
	text, err := apo.Encode(data)
	if err != nil {
		return
	}
	if found, _ := p.WriteValue(text, p.Query); found {
		p.FirstTime(atQuery)
	}
}

// ListenEnd tells that a listener has ended, and why.
func (p Printer) ListenEnd(reason string, received int) {
	if p.WantsJSON() {
		p.listenData(struct {
			Type     string `json:"type"` // "end"
			Reason   string `json:"reason"`
			Received int    `json:"received"`
		}{"end", reason, received})
		if p.Query != "" && received > 0 && p.FirstTime(atQuery) {
			p.Warn("there is nothing at -q " + p.Query + " in any line; -o ndjson without -q shows what they have")
		}
		return
	}
	p.Note(fmt.Sprintf("ended (%s) after %s", reason, Counted(received, "notification")))
}

// Counted is a number with its noun: "1 notification", "3 notifications".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// comesAgain says when APO sends what was not received once more.
func comesAgain(after time.Duration) string {
	if after == 0 {
		return ""
	}
	return "APO would send this again in " + inWords(after)
}

func interval(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

// inWords is a round time: "2 min", "1 h".
func inWords(d time.Duration) string {
	if d >= time.Hour {
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}
