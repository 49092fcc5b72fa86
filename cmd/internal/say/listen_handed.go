package say

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

// Handed is a message that a listener's target was given, as facts.
type Handed struct {
	Reception  journal.Reception
	Delivery   journal.Delivery
	Judgement  notify.Judgement
	Sent       int           // the HTTP status that the sender was answered
	Again      time.Duration // until it comes again; 0: never
	Unverified bool          // it did not verify: who takes it is wrong
	OtherPath  string        // that the target saw, where the signature is over another

	WithoutQuery bool // the query, which nobody signed, was not handed on
}

// handedLine is what -o json prints of it.
type handedLine struct {
	Type      string  `json:"type"` // "delivery"
	Time      string  `json:"time"`
	ID        int64   `json:"id"`
	URL       string  `json:"url"`
	Status    int     `json:"status"`
	Judgement judged  `json:"judgement"`
	Answered  int     `json:"answered"` // the HTTP status that the sender got
	Took      float64 `json:"tookMs"`
}

type judged struct {
	Received bool   `json:"received"`
	Why      string `json:"why"`
	Again    string `json:"again"`
}

func (h Handed) isCommand() bool { return strings.HasPrefix(h.Delivery.URL, "exec:") }

// refusedRightly reports whether the target said no to what does not verify. One that was
// not found, or did not answer, said nothing about it.
func (h Handed) refusedRightly() bool {
	switch status := h.Delivery.Status; {
	case !h.Unverified || h.Judgement.Received:
		return false
	case h.isCommand():
		return strings.HasPrefix(h.Judgement.Why, "it ended with exit code")
	default:
		return status >= 400 && status < 500 && status != http.StatusNotFound && status != http.StatusMethodNotAllowed
	}
}

// ListenHanded writes the line of a delivery.
func (p Printer) ListenHanded(h Handed) {
	d := h.Delivery
	answered := ""
	if !h.Judgement.Received {
		answered = beginning(p.Masker.Text(strings.ToValidUTF8(string(d.Answer), "\uFFFD")))
	}
	if p.WantsJSON() {
		line := handedLine{
			"delivery", d.Time.UTC().Format(time.RFC3339Nano), h.Reception.Record, d.URL, d.Status,
			judged{h.Judgement.Received, h.Judgement.Why, interval(h.Again)},
			h.Sent, inMilliseconds(d.Took),
		}
		p.listenData(struct {
			handedLine
			Answer string `json:"answer,omitempty"` // the beginning, of one that did not count
		}{line, answered})
		return
	}
	status := term.Cell{Text: "✔ received", Tone: term.Success}
	switch {
	case h.refusedRightly():
		status = term.Cell{Text: "✔ refused, as it must be: " + h.Judgement.Why, Tone: term.Success}
	case h.Unverified && h.Judgement.Received:
		status = term.Cell{Text: "✖ taken, and it does not verify", Tone: term.Failure}
	case !h.Judgement.Received:
		status = term.Cell{Text: "✖ not received: " + h.Judgement.Why, Tone: term.Failure}
	}
	answer := "no answer"
	switch {
	case h.isCommand():
		answer = "" // its exit code is the answer
	case d.Status != 0:
		answer = fmt.Sprintf("HTTP %d", d.Status)
	}
	p.listenLine([]term.Cell{
		{Text: d.Time.Add(d.Took).Local().Format("15:04:05.000")},
		{Text: "→ " + d.URL},
		{Text: answer},
		status,
		{Text: fmt.Sprintf("%.1f ms", inMilliseconds(d.Took))},
		{Text: comesAgain(h.Again)},
	})
	if h.WithoutQuery {
		p.Hint(queryUncovered + ", and was not handed on")
	}
	if answered != "" {
		p.Note("it answered: " + answered)
	}
	if h.OtherPath != "" {
		signed := h.Reception.Target
		if h.WithoutQuery {
			signed, _, _ = strings.Cut(signed, "?")
		}
		p.Hint("it was signed over " + signed + ", and the target sees " + h.OtherPath + ": verification there must use the first")
	}
}
