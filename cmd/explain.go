package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newExplainCmd(d *deps) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [CAUSE|RESULT_CODE]",
		Short: "Explain a cause of apo verify-notify, a result code, or a fault",
		Long: `Explain a cause that apo verify-notify names, or a result code of APO: what it
means, how it comes about and what to do. Without an argument it lists the causes.
Faults of the sandbox have a command of their own: apo explain fault.`,
		Example: `  # why a body that was written again does not verify
  apo explain body-reserialized

  # what to do about a result code
  apo explain ORDER_NOT_EXIST`,
		Args: arguments(0, 1, "one cause or result code"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return d.listCauses()
			}
			if cause, known := diagnose.Describe(diagnose.Cause(strings.ToLower(args[0]))); known {
				return d.explainCause(cause)
			}
			if code, known := apo.Lookup(strings.ToUpper(args[0])); known {
				return d.explainCode(code)
			}
			f := say.Fail(say.Usage, "%q is neither a cause nor a result code that apo knows", args[0])
			if fault, known := sandbox.FindFault(strings.ToLower(args[0])); known {
				return f.Hint("apo explain fault %s", fault.Name)
			}
			if best := spelling.Nearest(args[0], explained()); best != "" {
				return f.Hint("did you mean %s?", best)
			}
			return f.Hint("apo explain lists the causes")
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explained(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.AddCommand(newExplainFaultCmd(d))
	return cmd
}

// explained are the words that apo explain takes.
func explained() []string {
	var words []string
	for _, c := range diagnose.Causes() {
		words = append(words, string(c))
	}
	for _, c := range apo.Codes() {
		words = append(words, c.Name)
	}
	return words
}

func (d *deps) listCauses() error {
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
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(rows)
	}
	return d.io.WriteTable([]string{"cause", "meaning"}, table)
}

func (d *deps) explainCause(c diagnose.Description) error {
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(struct {
			Cause    diagnose.Cause    `json:"cause"`
			Summary  string            `json:"summary"`
			Example  string            `json:"example"`
			Why      string            `json:"why"`
			Repair   string            `json:"repair"`
			Sender   string            `json:"repairOfTheSender,omitempty"`
			Snippets map[string]string `json:"snippets,omitempty"`
		}{c.Cause, c.Summary, c.Example, c.Why, c.Repair, c.Sender, snippetMap(c.Cause)})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", c.Cause, c.Summary)
	fmt.Fprintf(&b, "  given for signed   %s\n\n", c.Example)
	b.WriteString(term.Wrap(c.Why, 80) + "\n")
	b.WriteString(term.Wrap("Who verifies: "+c.Repair, 80) + "\n")
	if c.Sender != "" {
		b.WriteString(term.Wrap("Who signs: "+c.Sender, 80) + "\n")
	}
	if err := d.io.WriteProse(b.String()); err != nil {
		return err
	}
	var code strings.Builder
	for _, s := range snippetsFor(c.Cause) {
		fmt.Fprintf(&code, "  %-8s  %s\n", s.framework, s.code)
	}
	return d.io.WriteText(code.String())
}

func snippetMap(cause diagnose.Cause) map[string]string {
	all := map[string]string{}
	for _, s := range snippetsFor(cause) {
		all[s.framework] = s.code
	}
	return all
}

func (d *deps) explainCode(c apo.Code) error {
	money := map[apo.Money]string{
		apo.MoneyNone:  "no money moved because of this request",
		apo.MoneyMaybe: "money may have moved: ask with apo inquire before anything else",
		apo.MoneyMoved: "money moved",
	}[c.Money]
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(struct {
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
	return d.io.WriteProse(b.String())
}

func newExplainFaultCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "fault [NAME]",
		Short: "Explain a fault that the sandbox can play",
		Long: `Explain something that can go wrong between a merchant and APO, and that the
sandbox can play: how it shows, what a correct integration does and what a wrong
one does. Without an argument it lists the faults.`,
		Example: `  # the connection is closed after the payment was booked
  apo explain fault cut-after-commit

  # the faults that have to do with notifications
  apo explain fault -q '#(stage=="notification")#.fault'`,
		Args: arguments(0, 1, "one fault"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return d.listFaults()
			}
			if fault, known := sandbox.FindFault(strings.ToLower(args[0])); known {
				return d.explainFault(fault)
			}
			f := say.Fail(say.Usage, "%q is no fault that the sandbox can play", args[0])
			if best := spelling.Nearest(args[0], faultNames()); best != "" {
				return f.Hint("did you mean %s?", best)
			}
			return f.Hint("apo explain fault lists them")
		},
		ValidArgsFunction: completeFaults,
	}
}

func faultNames() []string {
	var names []string
	for _, f := range sandbox.Faults() {
		names = append(names, f.Name)
	}
	return names
}

// completeFaults offers the names of faults, each with its meaning.
func completeFaults(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if len(args) == 0 {
		for _, f := range sandbox.Faults() {
			names = append(names, f.Name+"\t"+f.Meaning)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func (d *deps) listFaults() error {
	type row struct {
		Fault   string        `json:"fault"`
		Stage   sandbox.Stage `json:"stage"`
		APIs    string        `json:"apis"`
		Meaning string        `json:"meaning"`
	}
	var rows []row
	var table [][]string
	for _, f := range sandbox.Faults() {
		rows = append(rows, row{f.Name, f.Stage, f.APIs, f.Meaning})
		table = append(table, []string{f.Name, string(f.Stage), f.Meaning})
	}
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(rows)
	}
	return d.io.WriteTable([]string{"fault", "stage", "meaning"}, table)
}

func (d *deps) explainFault(f sandbox.Fault) error {
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(struct {
			Fault   string        `json:"fault"`
			Stage   sandbox.Stage `json:"stage"`
			APIs    string        `json:"apis"`
			Meaning string        `json:"meaning"`
			Advice  string        `json:"advice"`
		}{f.Name, f.Stage, f.APIs, f.Meaning, f.Advice})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", f.Name, f.Meaning)
	fmt.Fprintf(&b, "  stage      %s\n  given for  %s\n\n", f.Stage, faultAPIs(f))
	b.WriteString(term.Wrap(f.Advice, 80))
	return d.io.WriteProse(b.String())
}

// faultAPIs says in words for which requests a fault can be given.
func faultAPIs(f sandbox.Fault) string {
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
