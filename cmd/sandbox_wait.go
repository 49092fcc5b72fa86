package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// awaited is what apo sandbox wait waits for.
type awaited struct {
	idle    bool
	states  []string // PAYMENT=STATE
	timeout time.Duration
}

// paymentState is what a payment shall become.
type paymentState struct{ payment, state string }

func newSandboxWaitCmd(d *app.Run, o *serve.Options) *cobra.Command {
	w := awaited{timeout: 30 * time.Second}
	cmd := &cobra.Command{
		Use:   "wait",
		Short: "Wait until the sandbox has delivered all that is due, or a payment has a state",
		Long: `Wait until the sandbox has delivered all that is due, or until payments have a
paymentStatus: ` + strings.Join(paymentStates(), ", ") + `.

Without --for, or with --idle, it waits until every notification that is due has
been attempted. Those that come later, such as the next attempt of one that was
not acknowledged, are not waited for: apo sandbox clock advance lets their time
come. A payment need not exist yet. Out of time is exit 8.`,
		Example: `  # a payment that is notified to an address, whether anybody listens there or not
  apo pay --amount 4200 --currency SGD --request-id demo-0001 --notify-url http://127.0.0.1:9/hooks/apo

  # until nothing is under way
  apo sandbox wait

  # until it is authorized, at most ten seconds
  apo sandbox wait --for demo-0001=SUCCESS --timeout 10s`,
		Args: app.Arguments(0, 0, "flags alone"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			wanted, err := parseStates(w.states)
			if err != nil {
				return err
			}
			if w.timeout <= 0 {
				return say.Fail(say.Usage, "--timeout takes a time such as 30s")
			}
			box, err := openControl(cmd.Context(), d, o)
			if err != nil {
				return err
			}
			return waitFor(cmd.Context(), d, box, w, wanted)
		},
	}
	cmd.Flags().BoolVar(&w.idle, "idle", false, "until all that is due has been delivered; so without --for")
	cmd.Flags().StringArrayVar(&w.states, "for", nil, "until a payment has a state: `PAYMENT=STATE`, such as demo-0001=SUCCESS; may be repeated")
	cmd.Flags().DurationVar(&w.timeout, "timeout", w.timeout, "wait so long at most, in real `time`")
	return cmd
}

// paymentStates are the words of paymentStatus.
func paymentStates() []string {
	return []string{apo.StatusSuccess, apo.StatusFail, apo.StatusProcessing, apo.StatusCancelled, apo.StatusPending}
}

func parseStates(list []string) (wanted []paymentState, err error) {
	for _, text := range list {
		payment, state, found := strings.Cut(text, "=")
		if !found || payment == "" {
			return nil, say.Fail(say.Usage, "--for %s: wanted is PAYMENT=STATE, such as demo-0001=SUCCESS", text)
		}
		if !slices.Contains(paymentStates(), state) {
			return nil, say.Fail(say.Usage, "--for %s: paymentStatus is one of %s, not %q", text, strings.Join(paymentStates(), ", "), state)
		}
		wanted = append(wanted, paymentState{payment, state})
	}
	return wanted, nil
}

// waitFor waits for the states, and then for the deliveries.
func waitFor(ctx context.Context, d *app.Run, box controlled, w awaited, wanted []paymentState) error {
	within, stop := context.WithTimeout(ctx, w.timeout)
	defer stop()
	for _, want := range wanted {
		is, err := awaitState(within, box, want)
		if err != nil {
			return outOfTime(ctx, err, fmt.Sprintf("%s is %s, not %s, after %s", want.payment, is, want.state, w.timeout))
		}
	}
	if w.idle || len(wanted) == 0 {
		err := box.AwaitDeliveries(within)
		for errors.Is(err, sandbox.ErrPaidOn) {
			err = box.AwaitDeliveries(within)
		}
		if err != nil {
			return outOfTime(ctx, err, fmt.Sprintf("notifications are still under way after %s", w.timeout))
		}
	}
	if d.Printer().Structured() {
		type state struct {
			Payment string `json:"payment"`
			Status  string `json:"paymentStatus"`
		}
		reached := []state{}
		for _, want := range wanted {
			reached = append(reached, state{want.payment, want.state})
		}
		return d.Printer().ShowOwn(struct {
			Idle     bool    `json:"idle"`
			Payments []state `json:"payments"`
		}{w.idle || len(wanted) == 0, reached})
	}
	for _, want := range wanted {
		d.IO.Note(want.payment + " is " + want.state)
	}
	if w.idle || len(wanted) == 0 {
		d.IO.Note("nothing is left to deliver that is due")
	}
	return nil
}

// awaitState waits until a payment has a state, and says which it has.
func awaitState(ctx context.Context, box controlled, want paymentState) (is string, err error) {
	for {
		is = "not there"
		id, err := newestInBox(box, want.payment)
		if err == nil {
			p, found, err := box.Payment(id)
			if err != nil {
				return is, err
			}
			if found {
				is = p.Status
			}
		} else if failed := (*say.Failure)(nil); !errors.As(err, &failed) || failed.Kind != say.NotFound {
			return is, err
		}
		if is == want.state {
			return is, nil
		}
		select {
		case <-ctx.Done():
			return is, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// outOfTime is the failure of a wait; ctx is that of the command.
func outOfTime(ctx context.Context, err error, what string) error {
	switch {
	case ctx.Err() != nil:
		return say.Fail(say.Interrupted, "interrupted")
	case errors.Is(err, context.DeadlineExceeded):
		return say.Fail(say.Pending, "%s", what).Hint("apo sandbox notifications list and apo sandbox ls say how things stand")
	}
	return say.Fail(say.Config, "%v", err)
}
