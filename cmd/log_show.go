package cmd

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogShowCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one record whole",
		Long: `Show one record whole: the request and the answer, masked, the times, and what
became of it. ID is that of apo log, or @last for the newest, or a whole number
of a payment, capture or refund: then it is the newest record of what moved.`,
		Example: `  # the newest
  apo log show @last

  # its request alone
  apo log show @last -q request`,
		Args: arguments(1, 1, "one ID of apo log, or @last, or a number of a payment"),
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			r, err := d.recordOf(cmd.Context(), j, args[0])
			if f := (*say.Failure)(nil); errors.As(err, &f) && (f.Kind == say.Usage || f.Kind == say.NotFound) {
				r, err = d.recordWith(cmd.Context(), j, args[0], err)
			}
			if err != nil {
				return err
			}
			return say.Record(d.printer(), r, recordExit)
		},
	}
}

func (d *deps) recordOf(ctx context.Context, j *journal.SQLite, id string) (journal.Record, error) {
	if id == last {
		list, err := journal.List(ctx, j, journal.Filter{Limit: 1, Profile: d.global.profile})
		if err != nil {
			return journal.Record{}, unread(ctx, err)
		}
		if len(list) == 0 {
			return journal.Record{}, say.Fail(say.NotFound, "the journal%s is empty", d.ofWhichProfile())
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
		return r, unread(ctx, err)
	}
	return r, nil
}

// recordWith is the newest record that has a number, one that moves something
// before others, and one whose own it is before all.
func (d *deps) recordWith(ctx context.Context, j *journal.SQLite, number string, otherwise error) (journal.Record, error) {
	list, err := j.Find(ctx, number)
	if err != nil {
		return journal.Record{}, unread(ctx, err)
	}
	list = slices.DeleteFunc(d.ofProfile(list), func(r journal.Record) bool { return !r.Numbers.Has(number) })
	if len(list) == 0 {
		return journal.Record{}, otherwise
	}
	list = journal.Prefer(list, func(r journal.Record) bool { return !r.Reads })
	return journal.Prefer(list, func(r journal.Record) bool { return r.IsOwn(number) })[0], nil
}
