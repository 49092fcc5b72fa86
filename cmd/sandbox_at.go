package cmd

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxAtCmd(d *app.Run, o *serve.Options) *cobra.Command {
	limit := 50
	cmd := &cobra.Command{
		Use:   "at TIME|EVENT [PAYMENT]",
		Short: "Show the sandbox's payments as they were at a moment",
		Long: `Show the sandbox's payments as they were at a moment: as apo sandbox ls lists them
or, with a PAYMENT, as apo sandbox show shows one. TIME is one by the sandbox's clock,
such as 2026-01-01T00:00:00Z; EVENT the number of one of apo sandbox events. Nothing
is changed by it.`,
		Example: `  # a payment that was captured since
  apo pay --amount 4200 --currency SGD --request-id demo-0001
  apo capture demo-0001

  # when the books began
  apo sandbox at 1

  # the payment at the second event, for a script
  apo sandbox at 2 demo-0001 -q captured`,
		Args: app.Arguments(1, 2, "a time or the number of an event, and at most one payment"),
		RunE: func(_ *cobra.Command, args []string) error {
			if limit < 1 {
				return say.Fail(say.Usage, "--limit takes a positive number")
			}
			past, err := pastOf(d, o, args[0])
			if err != nil {
				return err
			}
			defer past.Close()
			if len(args) == 2 {
				return showPast(d, past, args[1])
			}
			list, err := past.Payments(limit)
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			tellMoment(d, "the books", sandbox.Moment{Event: past.Event, Time: past.Time})
			return showPayments(d, list)
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", limit, "at most `n`")
	return cmd
}

// pastOf is what the sandbox was at a moment.
func pastOf(d *app.Run, o *serve.Options, text string) (*sandbox.Past, error) {
	moment, err := momentOf(text)
	if err != nil {
		return nil, err
	}
	box, err := openFile(d, o)
	if err != nil {
		return nil, err
	}
	past, err := box.At(moment)
	return past, outOfReach(err)
}

// momentOf reads TIME|EVENT.
func momentOf(text string) (sandbox.Moment, error) {
	m, err := sandbox.ParseMoment(text)
	if err != nil {
		return m, say.Fail(say.Usage, "%v", err).Hint("apo sandbox events lists them with their times")
	}
	return m, nil
}

// outOfReach is about a moment that the books have not.
func outOfReach(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sandbox.ErrNoMoment):
		return say.Fail(say.NotFound, "%v", err).Hint("apo sandbox events lists them with their times")
	}
	return say.Fail(say.Config, "%v", err)
}

// tellMoment says on the side which moment is meant.
func tellMoment(d *app.Run, what string, m sandbox.Moment) {
	d.IO.Note(fmt.Sprintf("%s at event %d, %s by the sandbox's clock", what, m.Event, m.Time.UTC().Format(time.RFC3339Nano)))
}

func showPast(d *app.Run, past *sandbox.Past, id string) error {
	if app.IsLast(id) {
		list, err := past.Payments(1)
		if err != nil {
			return say.Fail(say.Config, "%v", err)
		}
		if len(list) > 0 {
			id = list[0].PaymentID
		}
	}
	p, found, err := past.Payment(id)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	if !found {
		return say.Fail(say.NotFound, "the sandbox had no payment %s at event %d", id, past.Event).Hint("apo sandbox at %d lists them", past.Event)
	}
	return d.Printer().SandboxPayment(p)
}
