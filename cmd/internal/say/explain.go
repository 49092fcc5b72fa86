package say

import (
	"fmt"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
)

// ListCauses writes a line for each cause of apo verify-notify.
func (p Printer) ListCauses() error {
	type row struct {
		Cause   diagnose.Cause `json:"cause"`
		Summary string         `json:"summary"`
	}
	var rows []row
	var table [][]string
	for _, c := range diagnose.Causes() {
		about, _ := diagnose.Describe(c)
		rows = append(rows, row{c, about.Summary})
		table = append(table, []string{string(c), about.Summary})
	}
	if p.WantsJSON() {
		return p.ShowOwn(rows)
	}
	return p.WriteTable([]string{"cause", "meaning"}, table)
}

// ExplainCause says how a cause comes about and how it is repaired.
func (p Printer) ExplainCause(c diagnose.Description) error {
	snippets := snippetsFor(c.Cause)
	if p.Structured() {
		code := map[string]string{}
		for _, s := range snippets {
			code[s.framework] = s.code
		}
		return p.ShowOwn(struct {
			Cause    diagnose.Cause    `json:"cause"`
			Summary  string            `json:"summary"`
			Example  string            `json:"example"`
			Why      string            `json:"why"`
			Repair   string            `json:"repair"`
			Sender   string            `json:"repairOfTheSender,omitempty"`
			Snippets map[string]string `json:"snippets,omitempty"`
		}{c.Cause, c.Summary, c.Example, c.Why, c.Repair, c.Sender, code})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", c.Cause, c.Summary)
	fmt.Fprintf(&b, "  given for signed   %s\n\n", c.Example)
	b.WriteString(term.Wrap(c.Why, 80) + "\n")
	b.WriteString(term.Wrap("Who verifies: "+c.Repair, 80) + "\n")
	if c.Sender != "" {
		b.WriteString(term.Wrap("Who signs: "+c.Sender, 80) + "\n")
	}
	if err := p.WriteProse(b.String()); err != nil {
		return err
	}
	var code strings.Builder
	var fields []term.Field
	for _, s := range snippets {
		line, remark, _ := strings.Cut(s.code, "    ")
		fields = append(fields, term.Field{Name: s.framework, Cell: term.Cell{Text: line}}, term.Field{Cell: term.Cell{Text: remark}})
		fmt.Fprintf(&code, "  %-8s  %s\n", s.framework, s.code)
	}
	if p.OutTTY {
		return p.WriteView(fields)
	}
	return p.WriteText(code.String())
}

// ExplainCode says what a result code means, and what to do about it.
func (p Printer) ExplainCode(c apo.Code) error {
	money := map[apo.Money]string{
		apo.MoneyNone:  "no money moved because of this request",
		apo.MoneyMaybe: "money may have moved: ask with apo inquire before anything else",
		apo.MoneyMoved: "money moved",
	}[c.Money]
	if p.Structured() {
		return p.ShowOwn(struct {
			Code    string   `json:"code"`
			Status  string   `json:"resultStatus"`
			Meaning string   `json:"meaning"`
			Money   string   `json:"money"`
			Action  string   `json:"action"`
			APIs    []string `json:"apis,omitempty"`
		}{c.Name, c.Status, c.Meaning, money, c.Action, c.APIs})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n\n", c.Name, c.Status, c.Meaning)
	fmt.Fprintf(&b, "  money  %s\n  next   %s\n", money, c.Action)
	if len(c.APIs) > 0 {
		b.WriteString("\n" + term.Wrap("Documented for "+strings.Join(c.APIs, ", ")+".", 80))
	}
	return p.WriteProse(b.String())
}

// Fault is one that the sandbox can play.
type Fault struct {
	Name    string // "cut-after-commit"
	Stage   string // "connection"
	APIs    string // "any", "moving", "notify", or names of APIs
	Meaning string
	Advice  string
}

// ListFaults writes a line for each fault.
func (p Printer) ListFaults(list []Fault) error {
	type row struct {
		Fault   string `json:"fault"`
		Stage   string `json:"stage"`
		APIs    string `json:"apis"`
		Meaning string `json:"meaning"`
	}
	var rows []row
	var table [][]string
	for _, f := range list {
		rows = append(rows, row{f.Name, f.Stage, f.APIs, f.Meaning})
		table = append(table, []string{f.Name, f.Stage, f.Meaning})
	}
	if p.WantsJSON() {
		return p.ShowOwn(rows)
	}
	return p.WriteTable([]string{"fault", "stage", "meaning"}, table)
}

// ExplainFault says what a correct integration does about a fault.
func (p Printer) ExplainFault(f Fault) error {
	if p.Structured() {
		return p.ShowOwn(struct {
			Fault   string `json:"fault"`
			Stage   string `json:"stage"`
			APIs    string `json:"apis"`
			Meaning string `json:"meaning"`
			Advice  string `json:"advice"`
		}{f.Name, f.Stage, f.APIs, f.Meaning, f.Advice})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", f.Name, f.Meaning)
	fmt.Fprintf(&b, "  stage      %s\n  given for  %s\n\n", f.Stage, f.givenFor())
	b.WriteString(term.Wrap(f.Advice, 80))
	return p.WriteProse(b.String())
}

// givenFor says in words for which requests a fault can be given.
func (f Fault) givenFor() string {
	switch f.APIs {
	case "any":
		return "any request"
	case "moving":
		return "requests that move money"
	case "notify":
		return "notifications"
	}
	return f.APIs
}
