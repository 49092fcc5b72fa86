package cmd

import (
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxCardsCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "cards",
		Short: "List the test cards and what happens to each",
		Long: `List the test cards and what happens to each. Every other valid number is
authorized. The numbers are test numbers; nobody can pay with them. Antom
publishes some of them, and values that are refused with every card; others are
known to all gateways, and apo made up the rest.`,
		Example: `  # as a table
  apo sandbox cards

  # the names alone
  apo sandbox cards -q '#.name'`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			type card struct {
				Name    string `json:"name"`
				Brand   string `json:"brand"`
				Number  string `json:"number"`
				CVV     string `json:"cvv"`
				Meaning string `json:"meaning"`
				Source  string `json:"source"`
			}
			var list []card
			var rows [][]string
			for _, c := range sandbox.TestCards() {
				list = append(list, card{c.Name, c.Brand, c.Number, c.CVV(), c.Meaning, c.Source})
				rows = append(rows, []string{c.Name, c.Brand, c.Number, c.Meaning, c.Source})
			}
			for _, v := range sandbox.TestValues() {
				d.IO.Hint("with every card: " + v.Path[strings.LastIndexByte(v.Path, '.')+1:] + " " + v.Value + " is " + v.Meaning + " (" + v.Source + ")")
			}
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(list)
			}
			return d.IO.WriteTable([]string{"name", "brand", "number", "what happens", "source"}, rows)
		},
	}
}

func newSandboxScenariosCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "List the stories that a sandbox can play, or the rules of one",
		Long: `List the stories that a sandbox can play with --scenario: rules under a name. With a
NAME the rules of that one are listed, as apo sandbox rule add takes them.`,
		Example: `  # as a table
  apo sandbox scenarios

  # the rules of one
  apo sandbox scenarios success-said-failed`,
		Args:              app.Arguments(0, 1, "the name of one, or nothing"),
		ValidArgsFunction: onlyFirst(completeScenarios),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return showScenario(d, args[0])
			}
			var list []say.ScenarioView
			var rows [][]string
			for _, s := range sandbox.Scenarios() {
				list = append(list, say.ScenarioOf(s))
				rows = append(rows, []string{s.Name, s.Meaning})
			}
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(list)
			}
			return d.IO.WriteTable([]string{"name", "what happens"}, rows)
		},
	}
}

func showScenario(d *app.Run, name string) error {
	s, found := sandbox.FindScenario(name)
	if !found {
		return say.Fail(say.Usage, "%q is not one of %s", name, strings.Join(serve.ScenarioNames(), ", "))
	}
	if d.Printer().Structured() {
		return d.Printer().ShowOwn(say.ScenarioOf(s))
	}
	text := s.Meaning + "\n"
	var faults []string
	for _, r := range s.Rules {
		text += "  " + r.String() + "\n"
		if r.Fault != "" && !slices.Contains(faults, r.Fault) {
			faults = append(faults, r.Fault)
			d.IO.Hint("what a correct integration does: apo explain fault " + r.Fault)
		}
	}
	return d.IO.WriteProse(text)
}

func newSandboxOptionsCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "options",
		Short: "List the points in which sources about APO differ",
		Long: `List the points in which sources about APO differ. The first value is what the
sandbox does: that of APO's own guide, or else of the official SDKs. --option
NAME=VALUE chooses another. Where a server runs, what it does is listed too.`,
		Example: `  # as a table
  apo sandbox options

  # for a script
  apo sandbox options -o json`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			served, err := servedOptions(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			type option struct {
				Name    string   `json:"name"`
				Value   string   `json:"value,omitempty"` // of the server
				Values  []string `json:"values"`
				Meaning string   `json:"meaning"`
			}
			var list []option
			var rows [][]string
			for _, o := range sandbox.AllOptions() {
				list = append(list, option{o.Name, served[o.Name], o.Values, o.Meaning})
				rows = append(rows, []string{o.Name, strings.Join(o.Values, " | "), o.Meaning})
				if served != nil {
					rows[len(rows)-1] = slices.Insert(rows[len(rows)-1], 1, served[o.Name])
				}
			}
			if d.Printer().WantsJSON() {
				return d.Printer().ShowOwn(list)
			}
			head := []string{"name", "values", "what the sources say"}
			if served != nil {
				head = slices.Insert(head, 1, "now")
			}
			return d.IO.WriteTable(head, rows)
		},
	}
}
