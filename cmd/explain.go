package cmd

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/spelling"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/diagnose"
)

func newExplainCmd(d *app.Run) *cobra.Command {
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
		Args: app.Arguments(0, 1, "one cause or result code"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return d.Printer().ListCauses()
			}
			if cause, known := diagnose.Describe(diagnose.Cause(strings.ToLower(args[0]))); known {
				return d.Printer().ExplainCause(cause)
			}
			if code, known := apo.Lookup(strings.ToUpper(args[0])); known {
				return d.Printer().ExplainCode(code)
			}
			f := say.Fail(say.Usage, "%q is neither a cause nor a result code that apo knows", args[0])
			if fault, known := findFault(args[0]); known {
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
