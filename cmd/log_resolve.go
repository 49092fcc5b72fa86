package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogResolveCmd(d *app.Run) *cobra.Command {
	var as, note string
	cmd := &cobra.Command{
		Use:   "resolve ID --as done|failed --note TEXT",
		Short: "Write down what you know of a call that no inquiry can tell",
		Long: `Write down what you know of a call that no inquiry can tell: an API without one, a
request ID that belongs to something else, a profile that is gone. Look it up first,
in the dashboard or with Antom. The note says where you know it from, and stays in
the record. ID is that of apo log, or a whole number of the call, or of its payment, if
no other call of that is open; apo resume asks for everything that can be asked.`,
		Example: `  # a payment in doubt to try it on: the connection is cut, and nobody asks
  apo sandbox rule add --api pay --fault cut-before --times 1
  apo pay --amount 4200 --currency SGD --resolve 0 || test $? = 6

  # nothing was booked, says the dashboard
  apo log resolve 1 --as failed --note "dashboard, 26 Nov"

  # what is left open
  apo log --state in-doubt`,
		Args: app.Arguments(1, 1, "one ID of apo log, or a number of the call"),
		RunE: func(cmd *cobra.Command, args []string) error {
			told := journal.Resolution{Outcome: apo.Succeeded, Note: note}
			switch as {
			case "done":
			case "failed":
				told.Outcome = apo.Declined
			default:
				return say.Fail(say.Usage, "--as is done or failed, not %q", as)
			}
			if note == "" {
				return say.Fail(say.Usage, "apo log resolve needs --note: where you know it from")
			}
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			r, err := openRecord(cmd.Context(), d, j, args[0])
			if err != nil {
				return err
			}
			return resolveByHand(cmd.Context(), d, j, r, told)
		},
	}
	cmd.Flags().StringVar(&as, "as", "", "`what` became of it: done or failed")
	cmd.Flags().StringVar(&note, "note", "", "`text`: where you know it from")
	_ = cmd.RegisterFlagCompletionFunc("as", fixed("done\tit took effect", "failed\tit took none, and will not"))
	return cmd
}

// newLogSettleCmd is log resolve, as it was called before.
func newLogSettleCmd(d *app.Run) *cobra.Command {
	cmd := newLogResolveCmd(d)
	cmd.Use, cmd.Hidden = "settle ID --as done|failed --note TEXT", true
	return cmd
}

// openRecord is the record of an ID of apo log, or the one open call that has a number.
func openRecord(ctx context.Context, d *app.Run, j *journal.SQLite, id string) (journal.Record, error) {
	if _, notOne := strconv.ParseInt(id, 10, 64); notOne == nil || id == app.Last {
		return recordOf(ctx, d, j, id)
	}
	w, err := d.Wanted(id, app.SearchFlags{})
	if err != nil {
		return journal.Record{}, err
	}
	all, err := d.Carrying(ctx, j, w)
	if err != nil {
		return journal.Record{}, err
	}
	all = slices.DeleteFunc(all, func(r journal.Record) bool { return r.Reads || !d.OfProfile(r) || !r.Carries(w.Number) })
	open := slices.DeleteFunc(slices.Clone(all), func(r journal.Record) bool { return !r.State.Open() })
	switch {
	case len(all) == 0:
		return journal.Record{}, say.Fail(say.NotFound, "the journal%s has no call with the number %s", d.OfWhichProfile(), w.Named()).
			Hint("apo log --state in-doubt lists what is open")
	case len(open) > 1:
		f := say.Fail(say.Usage, "%d open calls have the number %s; give the ID of one", len(open), w.Named())
		for _, r := range open[:min(len(open), 5)] {
			f.Hint("%d is a %s of %s, %s", r.ID, r.Endpoint, say.Amount(r.Amount), say.StateOf(r))
		}
		return journal.Record{}, f
	case len(open) == 0:
		return journal.Foremost(all, w.Number), nil
	}
	d.IO.Note(fmt.Sprintf("%s %s is record %d", open[0].Endpoint, open[0].Number(), open[0].ID))
	return open[0], nil
}

func resolveByHand(ctx context.Context, d *app.Run, j journal.Archive, r journal.Record, told journal.Resolution) error {
	switch {
	case r.Reads || !r.State.Open():
		f := app.Refused("record %d is not open: %s", r.ID, say.StateOf(r))
		return f.Hint("apo log show %d shows it", r.ID)
	case r.InFlight:
		return app.Refused("record %d is being sent by another process at this moment", r.ID)
	}
	if err := j.Resolve(ctx, r.ID, told); err != nil {
		if errors.Is(err, journal.ErrNotFound) {
			return say.Fail(say.NotFound, "the journal has no record %d", r.ID)
		}
		return app.Unread(ctx, err)
	}
	r.State, r.Outcome, r.Resolved = journal.Resolved, told.Outcome, told
	d.IO.Note(say.StateOf(r))
	return nil
}
