package say

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// Resumed is what became of one open call.
type Resumed struct {
	ID     int64         `json:"id"`
	What   string        `json:"endpoint"`
	Number string        `json:"number"`
	State  journal.State `json:"state"`
	Became string        `json:"became"`
	Next   string        `json:"next,omitempty"` // the command that repeats what never arrived

	outcome apo.Outcome // as was learnt; empty: nothing was
}

// ResumedOf is a call that was not asked about yet, or that somebody is sending.
func ResumedOf(r journal.Record) Resumed {
	all := Resumed{ID: r.ID, What: r.Endpoint, Number: r.Number(), State: r.State}
	if r.InFlight {
		all.Became = fmt.Sprintf("being sent, or asked about, by process %d", r.Process)
	}
	return all
}

// Take takes in what was learnt of the call.
func (r *Resumed) Take(result operate.Result, record journal.Record) {
	r.Became, r.outcome = became(r.What, result.Outcome, result.Code), result.Outcome
	r.State = cmp.Or(journal.OpenAs(result.Outcome), journal.Resolved)
	switch {
	case result.Outcome == apo.NeverArrived:
		r.Next = repeatOf(record)
	case errors.Is(result.Cause, operate.ErrNoInquiry):
		r.Became = "there is no inquiry for this API; look it up in the dashboard"
	case result.Cause != nil && result.Outcome == apo.InDoubt:
		r.Became = result.Cause.Error()
	}
}

// became is an outcome in words.
func became(endpoint string, o apo.Outcome, code string) string {
	switch o {
	case apo.Succeeded:
		return doneOf(endpoint)
	case apo.Declined:
		return "declined: " + code
	case apo.Cancelled:
		return "the payment was cancelled"
	case apo.NeverArrived:
		return "never arrived"
	case apo.Pending:
		return "still in process"
	case apo.Different:
		return "its ID belongs to a request with other values; look at it"
	}
	return "not known yet"
}

// Resumed tells what became of each.
func (w Words) Resumed(p Printer, list []Resumed) error {
	if p.WantsJSON() {
		if list == nil {
			list = []Resumed{}
		}
		return p.ShowOwn(list)
	}
	if p.Quiet {
		return nil
	}
	if len(list) == 0 {
		p.Hint("nothing is in doubt")
		return nil
	}
	var rows [][]term.Cell
	for _, r := range list {
		tone := toneOf(string(r.outcome))
		if r.State.Open() {
			tone = term.Doubt
		}
		rows = append(rows, append(term.Cells(strconv.FormatInt(r.ID, 10), r.What, r.Number, string(r.State)), term.Cell{Text: r.Became, Tone: tone}))
	}
	_ = p.WriteCells([]string{"id", "endpoint", "number", "state", "became"}, rows)
	for _, r := range list {
		if r.Next != "" {
			p.Hint(fmt.Sprintf("%d never arrived; with the same card and flags it cannot happen twice: %s", r.ID, r.Next))
		}
	}
	return nil
}
