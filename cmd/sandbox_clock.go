package cmd

import (
	"context"
	"errors"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxClockCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return app.Group(&cobra.Command{
		Use:   "clock",
		Short: "Show and move the sandbox's clock",
		Long: `Show and move the sandbox's clock, whether the server runs or not. What falls due
on the way happens in its order: late decisions, the ends of authorizations and of
unfinished payments, and the attempts to deliver notifications.`,
		Example: `  # what it says
  apo sandbox clock show

  # let all retries of a notification happen
  apo sandbox clock advance 26h`,
	}, newClockShowCmd(d, o), newClockAdvanceCmd(d, o), newClockSetCmd(d, o), newClockFreezeCmd(d, o), newClockSpeedCmd(d, o))
}

func newClockShowCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Say what the sandbox's clock says",
		Long:  "Say what the sandbox's clock says, and how fast it goes.",
		Example: `  # in words
  apo sandbox clock show

  # for a script
  apo sandbox clock show -q time`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			box, err := openControl(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			return showClock(d, box)
		},
	}
}

func newClockAdvanceCmd(d *app.Run, o *serve.Options) *cobra.Command {
	noWait := false
	cmd := &cobra.Command{
		Use:   "advance DURATION",
		Short: "Move the sandbox's clock forward",
		Long: `Move the sandbox's clock forward, such as 90s, 26h or 8d. It returns when all that
has come due has been delivered, by a running server or, where there is none, by
this command: what is tested next finds it done. A receiver that hangs takes 15 s
an attempt; --no-wait does not wait for it, nor for any other.`,
		Example: `  # past the end of an authorization
  apo sandbox clock advance 8d

  # to the second attempt of a notification
  apo sandbox clock advance 2m

  # without waiting for receivers
  apo sandbox clock advance 26h --no-wait`,
		Args: app.Arguments(1, 1, "how long, such as 26h"),
		RunE: func(cmd *cobra.Command, args []string) error {
			by, err := sandbox.ParseDuration(args[0])
			if err != nil {
				return asUsage(err)
			}
			advance := func(box controlled) error { return box.Advance(by) }
			if noWait {
				return jumpClock(cmd.Context(), d, o, advance)
			}
			return moveClock(cmd.Context(), d, o, advance)
		},
	}
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return at once: what has come due is delivered by a running server, or by the next command that delivers")
	return cmd
}

func newClockSetCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "set TIME",
		Short: "Set the sandbox's clock",
		Long:  "Set the sandbox's clock. It goes on from there as fast as before.",
		Example: `  # to a moment
  apo sandbox clock set 2027-01-01T00:00:00Z

  # to that of this machine
  apo sandbox clock set now`,
		Args: app.Arguments(1, 1, "a time, or now"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := serve.ParseTime(args[0], d.Now)
			if err != nil {
				return say.Fail(say.Usage, "%q: %v", args[0], err)
			}
			return moveClock(cmd.Context(), d, o, func(box controlled) error { return box.SetTime(to) })
		},
	}
}

func newClockFreezeCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "freeze",
		Short: "Let the sandbox's clock stand still",
		Long:  "Let the sandbox's clock stand still, until it is told how fast to go.",
		Example: `  # stand still
  apo sandbox clock freeze

  # and go on
  apo sandbox clock speed 1x`,
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return jumpClock(cmd.Context(), d, o, func(box controlled) error { return box.SetSpeed(0) })
		},
	}
}

func newClockSpeedCmd(d *app.Run, o *serve.Options) *cobra.Command {
	return &cobra.Command{
		Use:   "speed N",
		Short: "Let the sandbox's clock go N times as fast",
		Long:  "Let the sandbox's clock go N times as fast as the real one.",
		Example: `  # an hour a second
  apo sandbox clock speed 3600x

  # as fast as the real one
  apo sandbox clock speed 1x`,
		Args: app.Arguments(1, 1, "how many times as fast, such as 3600x"),
		RunE: func(cmd *cobra.Command, args []string) error {
			speed, err := serve.ParseSpeed(args[0])
			if err != nil {
				return asUsage(err)
			}
			return moveClock(cmd.Context(), d, o, func(box controlled) error { return box.SetSpeed(speed) })
		},
	}
}

// jumpClock changes the clock, and shows it.
func jumpClock(ctx context.Context, d *app.Run, o *serve.Options, change func(controlled) error) error {
	box, err := openToChange(ctx, d, o)
	if err != nil {
		return err
	}
	if err := change(box); err != nil {
		return asUsage(err)
	}
	return showClock(d, box)
}

// moveClock changes the clock, between deliveries of what is due by then and of
// what has come due, whoever makes them, and shows it.
func moveClock(ctx context.Context, d *app.Run, o *serve.Options, change func(controlled) error) error {
	box, err := openToChange(ctx, d, o)
	if err != nil {
		return err
	}
	if err := deliverDue(ctx, box); err != nil {
		return err
	}
	if err := change(box); err != nil {
		return asUsage(err)
	}
	switch err := box.AwaitDeliveries(ctx); {
	case errors.Is(err, sandbox.ErrPaidOn):
		d.IO.Note("not all is delivered that is due: " + err.Error())
	case err != nil:
		return outOfTime(ctx, err, "")
	}
	return showClock(d, box)
}

func showClock(d *app.Run, box controlled) error {
	clock, err := box.Clock()
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	return d.Printer().SandboxClock(clock, d.Now())
}

// deliverDue delivers where no server does.
func deliverDue(ctx context.Context, box controlled) error {
	if _, err := box.DeliverDue(ctx); err != nil {
		return outOfTime(ctx, err, "")
	}
	return nil
}

// asUsage is about what a sandbox was asked for.
func asUsage(err error) error { return say.Fail(say.Usage, "%v", err) }
