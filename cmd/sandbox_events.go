package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
)

func newSandboxEventsCmd(d *app.Run, o *serve.Options) *cobra.Command {
	limit, after := 50, int64(-1)
	cmd := &cobra.Command{
		Use:   "events",
		Short: "List what changed the sandbox's books, the newest last",
		Long: `List what changed the sandbox's books, the newest last: each request, delivery and
moment of the clock that did is an event, with a number and its time by the sandbox's
clock. The first is what the books were when they began; those of before apo kept
events begin with what they are then. What each record became is told of all that an
event changed at once.

apo sandbox at, fork and rewind take the number of an event.`,
		Example: `  # a payment, and what changed
  apo pay --amount 4200 --currency SGD --request-id demo-0001
  apo sandbox events

  # those behind the first, for a script
  apo sandbox events --after 1 -o json`,
		Args: app.Arguments(0, 0, "flags alone; apo sandbox at takes a number"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return say.Fail(say.Usage, "--limit takes a positive number")
			}
			if after < 0 && cmd.Flags().Changed("after") {
				return say.Fail(say.Usage, "--after takes the number of an event")
			}
			box, err := openFile(d, o)
			if err != nil {
				return err
			}
			if after < 0 {
				last, err := box.LastEvent()
				if err != nil {
					return say.Fail(say.Config, "%v", err)
				}
				after = max(0, last-int64(limit))
			}
			list, err := box.Events(after, limit)
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			if len(list) == 0 && !d.Printer().WantsJSON() {
				d.IO.Note(fmt.Sprintf("there are no events behind %d", after))
				return nil
			}
			return d.Printer().SandboxEvents(list)
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", limit, "at most `n`")
	cmd.Flags().Int64Var(&after, "after", after, "those behind the one of this `number`, the oldest of them; the newest unless given")
	cmd.Flags().Lookup("after").DefValue = ""
	return cmd
}
