package cmd

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogShowCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one record whole",
		Long: `Show one record whole: the request and the answer, masked, the times, and what
became of it; of a notification that came to apo listen its headers and raw body, or
why that is masked, and each delivery with its answer. ID is that of apo log, or @last for the newest, or a whole number
of a payment, capture or refund: then it is the newest record of what moved.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # the newest
  apo log show @last

  # its request alone
  apo log show @last -q request`,
		Args: app.Arguments(1, 1, "one ID of apo log, or @last, or a number of a payment"),
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			w, err := d.Wanted(args[0], app.SearchFlags{})
			if err != nil {
				return err
			}
			if w, err = d.Understand(cmd.Context(), j, w); err != nil {
				return err
			}
			r, err := shown(cmd.Context(), d, j, w)
			if err != nil {
				return err
			}
			whole, err := journal.WithPayments(cmd.Context(), j, []journal.Record{r})
			if err != nil {
				return app.Unread(cmd.Context(), err)
			}
			r = whole[0]
			var came []journal.Reception
			if r.IsNotification() {
				if came, err = j.Receptions(cmd.Context(), r.ID); err != nil {
					return app.Unread(cmd.Context(), err)
				}
			}
			return say.Record(d.Printer(), r, came, app.RecordExit)
		},
	}
}

// shown is the record that is wanted: by its number in apo log, where nothing says that
// the number is a payment's, else the newest that has it.
func shown(ctx context.Context, d *app.Run, j *journal.SQLite, w app.Wanted) (journal.Record, error) {
	if w.Number != app.Last && !w.MayBeRecord() {
		var otherwise error = d.NothingBut(ctx, j, w)
		if !w.IsLabelled() && strings.Trim(w.Number, "0123456789") != "" {
			_, otherwise = recordOf(ctx, d, j, w.Number)
		}
		return recordWith(ctx, d, j, w, otherwise)
	}
	r, err := recordOf(ctx, d, j, w.Number)
	if f := (*say.Failure)(nil); errors.As(err, &f) && f.Kind == say.NotFound && w.Number != app.Last {
		return recordWith(ctx, d, j, w, err)
	}
	if err == nil && w.Number != app.Last {
		if _, err := recordWith(ctx, d, j, w, errNoOther); err == nil {
			d.IO.Note("this is record " + w.Number + "; " + w.Number + " is a number of a payment too: " + d.Words().Command("find", w.Number))
		}
	}
	return r, err
}

// errNoOther says that a record's number is nothing else.
var errNoOther = errors.New("no payment has it")

func recordOf(ctx context.Context, d *app.Run, j *journal.SQLite, id string) (journal.Record, error) {
	if id == app.Last {
		list, err := journal.List(ctx, j, journal.Filter{Limit: 1, Profile: d.Global.Profile})
		if err != nil {
			return journal.Record{}, app.Unread(ctx, err)
		}
		if len(list) == 0 {
			return journal.Record{}, say.Fail(say.NotFound, "the journal%s is empty", d.OfWhichProfile())
		}
		return list[0], nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return journal.Record{}, say.Fail(say.Usage, "%q is no ID of apo log", id).Hint("apo find %s looks for a number of a payment", say.Quoted(id))
	}
	r, err := j.Get(ctx, n)
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return r, say.Fail(say.NotFound, "the journal has no record %d", n).Hint("apo log lists them")
	case err != nil:
		return r, app.Unread(ctx, err)
	}
	return r, nil
}

// recordWith is the newest record that has a number, one that moves something
// before others, and one whose own it is before all.
func recordWith(ctx context.Context, d *app.Run, j *journal.SQLite, w app.Wanted, otherwise error) (journal.Record, error) {
	list, err := d.Carrying(ctx, j, w)
	if err != nil {
		return journal.Record{}, err
	}
	number := w.Number
	list = slices.DeleteFunc(list, func(r journal.Record) bool { return !d.OfProfile(r) || !r.Carries(number) && !r.Carries(w.Typed) })
	if len(list) == 0 {
		return journal.Record{}, otherwise
	}
	return journal.Foremost(list, number), nil
}
