package cmd

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/files"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxRewindCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "rewind TIME|EVENT",
		Short: "Put the sandbox back to what it was at a moment",
		Long: `Put the sandbox back to what it was at a moment: what happened since is forgotten.
TIME is one by the sandbox's clock, EVENT the number of one of apo sandbox events.
It asks first; --yes answers. While a server of the state runs it is refused.

Then it is another sandbox, with an identity of its own, and its clock goes on from
that moment. What was notified since is not unsaid: your server still knows it, and
what was queued then is notified once more. apo sandbox fork leaves this one as it is.`,
		Example: `  # a payment that was captured
  apo pay --amount 4200 --currency SGD --request-id demo-0001
  apo capture demo-0001

  # before the capture
  apo sandbox rewind 2 --yes`,
		Args: app.Arguments(1, 1, "a time or the number of an event"),
		RunE: func(_ *cobra.Command, args []string) error {
			moment, err := momentOf(args[0])
			if err != nil {
				return err
			}
			box, err := openFile(d, o)
			if err != nil {
				return err
			}
			if box.PagesServed() {
				return say.Fail(say.Refused, "a server of this sandbox runs; what it does would be put back while it does it").Hint("stop it first; apo sandbox fork %s makes another sandbox meanwhile", say.Quoted(args[0]))
			}
			if err := mayRewind(d, box, moment, args[0], yes); err != nil {
				return err
			}
			now, err := box.Rewind(moment)
			if err != nil {
				return outOfReach(err)
			}
			tellMoment(d, "the sandbox is put back: the books are those", now)
			return d.Printer().SandboxRewound(now)
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// mayRewind asks whether what happened since a moment may be forgotten.
func mayRewind(d *app.Run, box *sandbox.Sandbox, m sandbox.Moment, text string, yes bool) error {
	past, err := box.At(m)
	if err != nil {
		return outOfReach(err)
	}
	defer past.Close()
	last, err := box.LastEvent()
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	if yes {
		return nil
	}
	what := fmt.Sprintf("%d events are forgotten, all behind event %d", last-past.Event, past.Event)
	if !d.IO.CanAsk() {
		return say.Fail(say.Refused, "nothing was done: %s, and there is nobody to ask", what).Hint("apo sandbox rewind %s --yes", say.Quoted(text))
	}
	typed, err := d.IO.Ask(what + ".\nType \"yes\" to go on: ")
	if errors.Is(err, files.ErrInterrupted) {
		return say.Fail(say.Interrupted, "interrupted; nothing was done")
	}
	if err != nil || typed != "yes" {
		return say.Fail(say.Refused, "nothing was done: it was not confirmed")
	}
	return nil
}
