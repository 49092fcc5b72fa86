package cmd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxClockCmd(d *deps, o *sandboxOptions) *cobra.Command {
	command := func(use, short, long, example string, most int, wanted string, change func(*sandbox.Sandbox, []string) error) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Long: long, Example: example, Args: arguments(most, most, wanted),
			RunE: func(cmd *cobra.Command, args []string) error {
				box, err := d.openBox(o)
				if err != nil {
					return err
				}
				moves := len(args) > 0
				if moves {
					if err := deliverDue(cmd.Context(), box); err != nil {
						return err
					}
				}
				if err := change(box, args); err != nil {
					return err
				}
				if moves {
					if err := deliverDue(cmd.Context(), box); err != nil {
						return err
					}
				}
				return d.showClock(box)
			},
		}
	}
	return group(&cobra.Command{
		Use:   "clock",
		Short: "Show and move the sandbox's clock",
		Long: `Show and move the sandbox's clock, whether the server runs or not. What falls due
on the way happens in its order: late decisions, the ends of authorizations and of
unfinished payments, and the attempts to deliver notifications.`,
		Example: `  # what it says
  apo sandbox clock show

  # let all retries of a notification happen
  apo sandbox clock advance 26h`,
	},
		command("show", "Say what the sandbox's clock says", "Say what the sandbox's clock says, and how fast it goes.", `  # in words
  apo sandbox clock show

  # for a script
  apo sandbox clock show -q time`, 0, "no arguments", func(*sandbox.Sandbox, []string) error { return nil }),
		command("advance DURATION", "Move the sandbox's clock forward", "Move the sandbox's clock forward, such as 90s, 26h or 8d.", `  # past the end of an authorization
  apo sandbox clock advance 8d

  # to the second attempt of a notification
  apo sandbox clock advance 2m`, 1, "how long, such as 26h", func(box *sandbox.Sandbox, args []string) error {
			by, err := longTime(args[0])
			if err != nil {
				return say.Fail(say.Usage, "%v", err)
			}
			return asUsage(box.Advance(by))
		}),
		command("set TIME", "Set the sandbox's clock", "Set the sandbox's clock. It goes on from there as fast as before.", `  # to a moment
  apo sandbox clock set 2027-01-01T00:00:00Z

  # to that of this machine
  apo sandbox clock set now`, 1, "a time, or now", func(box *sandbox.Sandbox, args []string) error {
			to, err := d.boxTime(args[0])
			if err != nil {
				return say.Fail(say.Usage, "%q: %v", args[0], err)
			}
			return asUsage(box.SetTime(to))
		}),
		command("freeze", "Let the sandbox's clock stand still", "Let the sandbox's clock stand still, until it is told how fast to go.", `  # stand still
  apo sandbox clock freeze

  # and go on
  apo sandbox clock speed 1x`, 0, "no arguments", func(box *sandbox.Sandbox, _ []string) error { return asUsage(box.SetSpeed(0)) }),
		command("speed N", "Let the sandbox's clock go N times as fast", "Let the sandbox's clock go N times as fast as the real one.", `  # an hour a second
  apo sandbox clock speed 3600x

  # as fast as the real one
  apo sandbox clock speed 1x`, 1, "how many times as fast, such as 3600x", func(box *sandbox.Sandbox, args []string) error {
			speed, err := parseSpeed(args[0])
			if err != nil {
				return say.Fail(say.Usage, "%v", err)
			}
			return asUsage(box.SetSpeed(speed))
		}))
}

// deliverDue delivers where no server does: before a clock is moved what is due by
// then, and afterwards what has come due.
func deliverDue(ctx context.Context, box *sandbox.Sandbox) error {
	if _, err := box.DeliverDue(ctx); err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	return nil
}

// asUsage is an error of the sandbox about what it was asked for.
func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return say.Fail(say.Usage, "%v", err)
}

// longTime reads a duration, in days too.
func longTime(text string) (time.Duration, error) {
	wrong := fmt.Errorf("%q is not a length of time such as 90s, 26h or 8d", text)
	days, rest, found := strings.Cut(text, "d")
	if !found {
		days, rest = "0", text
	}
	n, err := strconv.ParseFloat(days, 64)
	if err != nil || !(n >= 0 && n <= 36500) {
		return 0, wrong
	}
	by := time.Duration(n * 24 * float64(time.Hour))
	if found && rest == "" {
		return by, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return 0, wrong
	}
	return by + more, nil
}

// boxTime reads a moment for a clock.
func (d *deps) boxTime(text string) (time.Time, error) {
	if text == "now" {
		return d.now(), nil
	}
	t, err := apo.ParseTime(text)
	if err != nil {
		return t, errors.New("it is not a time such as 2026-01-01T00:00:00Z, nor now")
	}
	return t, nil
}

func (d *deps) showClock(box *sandbox.Sandbox) error {
	clock, err := box.Clock()
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	if d.printer().WantsJSON() {
		speed := clock.Speed
		if clock.Real.IsZero() {
			speed = 1
		}
		return d.printer().ShowOwn(struct {
			Time  string  `json:"time"`
			Speed float64 `json:"speed"`
			Moved bool    `json:"moved"`
		}{clock.Now(d.now()).UTC().Format(time.RFC3339Nano), speed, !clock.Real.IsZero()})
	}
	return d.io.WriteText(clockInWords(clock, d.now()) + "\n")
}

// clockInWords says what a clock says, and how it goes.
func clockInWords(c sandbox.Clock, real time.Time) string {
	at := c.Now(real).UTC().Format(time.RFC3339)
	switch {
	case c.Real.IsZero():
		return at + ", as the real one"
	case c.Speed == 0:
		return at + ", and stands still"
	case c.Speed == 1:
		return at + ", and goes as fast as the real one"
	}
	return fmt.Sprintf("%s, and goes %s times as fast as the real one", at, strconv.FormatFloat(c.Speed, 'f', -1, 64))
}
