package cmd

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newExplainFaultCmd(d *app.Run) *cobra.Command {
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
		Args: app.Arguments(0, 1, "one fault"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return d.Printer().ListFaults(faultList())
			}
			if fault, known := findFault(args[0]); known {
				return d.Printer().Explain(d.Words(), []say.Explanation{say.ExplainedFault(fault)})
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

// findFault finds a fault by its name, or by another one that is in use.
func findFault(name string) (say.Fault, bool) {
	fault, known := sandbox.FindFault(strings.ToLower(name))
	return factsOf(fault), known
}

func faultList() []say.Fault {
	var list []say.Fault
	for _, f := range sandbox.Faults() {
		list = append(list, factsOf(f))
	}
	return list
}

func factsOf(f sandbox.Fault) say.Fault {
	return say.Fault{Name: f.Name, Stage: string(f.Stage), APIs: f.APIs, Meaning: f.Meaning, Advice: f.Advice}
}
