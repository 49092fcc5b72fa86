package cmd

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/spf13/cobra"
)

func newRoot(d *app.Run) *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:   "apo",
		Short: "Operate and debug payments on Antom Payment Orchestration",
		Long: `Operate and debug payments on Antom Payment Orchestration (APO).

Without any configuration apo talks to a sandbox of its own, built in. A profile
makes it talk to APO's gateways; see apo help environment and apo profile add.

Standard output is data, standard error is talk, the exit code is the verdict.`,
		Example: `  # a signed, verified payment against the sandbox inside apo
  apo pay --amount 4200 --currency SGD

  # keep its ID, capture it, and see what became of it
  id=$(apo pay --amount 4200 --currency SGD -q paymentId) && apo capture $id && apo inquire $id`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              cobra.ArbitraryArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return d.Prepare(cmd, formatsOf(cmd)) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return app.UnknownCommand(cmd, args...)
			}
			if showVersion {
				return printVersion(d)
			}
			return cmd.Help()
		},
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	d.AddGlobalFlags(root.PersistentFlags())
	root.Flags().BoolVar(&showVersion, "version", false, "print the version, as apo version does")
	root.SetFlagErrorFunc(app.FlagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _ = d.IO.WriteProse(helpText(cmd)) })
	root.AddGroup(
		&cobra.Group{ID: "payments", Title: "Payments:"},
		&cobra.Group{ID: "journal", Title: "What was sent:"},
		&cobra.Group{ID: "signatures", Title: "Signatures and notifications:"},
		&cobra.Group{ID: "sandbox", Title: "Sandbox:"},
		&cobra.Group{ID: "setup", Title: "Keys and profiles:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("payments",
		newPayCmd(d), newInquireCmd(d), newCaptureCmd(d), newCancelCmd(d),
		newRefundCmd(d), newInquireRefundCmd(d), newSessionCmd(d), newVaultCmd(d), newMethodsCmd(d), newAPICmd(d))
	add("journal", newLogCmd(d), newFindCmd(d), newTimelineCmd(d), newDisputeCmd(d), newResumeCmd(d))
	add("signatures", newListenCmd(d), newTriggerCmd(d), newReplayCmd(d), newSignCmd(d), newVerifyNotifyCmd(d), newExplainCmd(d))
	add("sandbox", newSandboxCmd(d))
	add("setup", newKeysCmd(d), newProfileCmd(d))
	root.AddCommand(newCompletionCmd(d), newVersionCmd(d))
	for _, topic := range say.Topics() {
		root.AddCommand(&cobra.Command{Use: topic.Name, Short: topic.Short, Long: topic.Long})
	}
	root.SetHelpCommand(newHelpCmd(d, root))
	if d.Values = func() { completeValues(d, root) }; d.Completes() {
		d.Values()
	}
	return root
}

// Root returns the command tree, for programs that write documentation of it.
// Building it touches nothing.
func Root() *cobra.Command {
	return newRoot(&app.Run{IO: term.New(strings.NewReader(""), io.Discard, io.Discard), Getenv: os.Getenv, Lookup: os.LookupEnv, Now: time.Now})
}

// Main runs apo on the process's own arguments and streams and returns the exit
// code.
func Main() int { return app.Main(newRoot) }
