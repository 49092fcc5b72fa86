package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

func newExplainCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CAUSE|RESULT_CODE]",
		Short: "Explain a cause of apo verify-notify, or a result code",
		Long: `Explain a cause that apo verify-notify names, or a result code of APO: what it
means, how it comes about and what to do. Without an argument it lists the causes.`,
		Example: `  # why a body that was written again does not verify
  apo explain body-reserialized

  # what to do about a result code
  apo explain ORDER_NOT_EXIST`,
		Args: arguments(0, 1, "one cause or result code"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return d.listCauses()
			}
			if cause, known := sign.Describe(sign.Cause(strings.ToLower(args[0]))); known {
				return d.explainCause(cause)
			}
			if code, known := apo.Lookup(strings.ToUpper(args[0])); known {
				return d.explainCode(code)
			}
			f := fail(kindUsage, "%q is neither a cause nor a result code that apo knows", args[0])
			if best := spelling.Nearest(args[0], explained()); best != "" {
				return f.hint("did you mean %s?", best)
			}
			return f.hint("apo explain lists the causes")
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explained(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// explained are the words that apo explain takes.
func explained() []string {
	var words []string
	for _, c := range sign.Causes() {
		words = append(words, string(c))
	}
	for _, c := range apo.Codes() {
		words = append(words, c.Name)
	}
	return words
}

func (d *deps) listCauses() error {
	type row struct {
		Cause   sign.Cause `json:"cause"`
		Summary string     `json:"summary"`
	}
	var rows []row
	var table [][]string
	for _, c := range sign.Causes() {
		about, _ := sign.Describe(c)
		rows = append(rows, row{c, about.Summary})
		table = append(table, []string{string(c), about.Summary})
	}
	if d.wantsJSON() {
		return d.showOwn(rows)
	}
	return d.io.WriteTable([]string{"cause", "meaning"}, table)
}

func (d *deps) explainCause(c sign.Description) error {
	if d.wantsJSON() {
		return d.showOwn(struct {
			Cause    sign.Cause        `json:"cause"`
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
	for _, s := range snippetsFor(c.Cause) {
		fmt.Fprintf(&b, "  %-8s  %s\n", s.framework, s.code)
	}
	return d.io.WriteText(b.String())
}

func snippetMap(cause sign.Cause) map[string]string {
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
	if d.wantsJSON() {
		return d.showOwn(struct {
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
	return d.io.WriteText(b.String())
}
