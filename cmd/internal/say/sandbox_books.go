package say

import (
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// SandboxEvents lists events of the sandbox's books.
func (p Printer) SandboxEvents(list []sandbox.BookEvent) error {
	if p.WantsJSON() {
		return p.ShowOwn(list)
	}
	var rows [][]term.Cell
	for _, e := range list {
		rows = append(rows, term.Cells(strconv.FormatInt(e.Event, 10), When(e.Time), changesInWords(e)))
	}
	return p.WriteCells([]string{"event", "time", "what became of what"}, rows)
}

func changesInWords(e sandbox.BookEvent) string {
	if e.Event == 1 {
		return "the books begin"
	}
	var parts []string
	for _, c := range e.Changes {
		parts = append(parts, strings.Join([]string{c.Kind, c.ID, c.Became}, " "))
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, ", ")
}

// SandboxFork tells where a fork is.
func (p Printer) SandboxFork(state string) error {
	if p.Structured() {
		return p.ShowOwn(struct {
			State string `json:"state"`
		}{state})
	}
	if err := p.WriteProse(state + "\n"); err != nil {
		return err
	}
	p.Hint("apo sandbox --state " + Quoted(state) + " serves it")
	return nil
}

// SandboxRewound tells where a sandbox was put back to, whoever reads JSON.
func (p Printer) SandboxRewound(m sandbox.Moment) error {
	if !p.Structured() {
		return nil
	}
	return p.ShowOwn(struct {
		Event int64  `json:"event"`
		Time  string `json:"time"`
	}{m.Event, m.Time.UTC().Format("2006-01-02T15:04:05.999999999Z07:00")})
}
