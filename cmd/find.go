package cmd

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newFindCmd(d *app.Run) *cobra.Command {
	return &cobra.Command{
		Use:        "find NUMBER",
		SuggestFor: []string{"search", "grep"},
		Short:      "Find a payment by any of its numbers",
		Long: `Find what was sent by any number: paymentRequestId, paymentId, capture and refund
IDs of both sides, your order number, the acquirer's transaction and reference
numbers, the card scheme's. The beginning of one is enough. It looks in the journal
of this machine and asks nobody.`,
		Example: `  # by the request ID
  apo find demo-0001

  # by its beginning, for a script
  apo find demo- -o json`,
		Args: app.Arguments(1, 1, "one number, or its beginning"),
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			list, err := found(cmd.Context(), d, j, args[0])
			if err != nil {
				return err
			}
			if len(list) == 0 {
				f := say.Fail(say.NotFound, "nothing in the journal%s has the number %s", ofWhichProfile(d), args[0])
				if d.IO.Masker.Text(args[0]) != args[0] {
					return f.Hint("whole card numbers are not kept, so none can be found")
				}
				return f.Hint("apo inquire %s asks the gateway", say.Quoted(args[0]))
			}
			return say.Records(d.Printer(), list, app.RecordExit)
		},
	}
}

// found are the records that carry a number, the newest first.
func found(ctx context.Context, d *app.Run, j *journal.SQLite, number string) ([]journal.Record, error) {
	if number == app.Last { // it is a payment, and no beginning of a number
		list, err := recordsOf(ctx, d, j, app.Last)
		slices.Reverse(list)
		return list, err
	}
	list, err := d.Carrying(ctx, j, number)
	if err != nil {
		return nil, app.Unread(ctx, err)
	}
	return ofProfile(d, list), nil
}

// recordsOf are those of the payment that has a number, in their order. Where a
// profile is named, its records alone count.
func recordsOf(ctx context.Context, d *app.Run, j *journal.SQLite, number string) ([]journal.Record, error) {
	list, err := candidates(ctx, d, j, number)
	if err != nil {
		return nil, app.Unread(ctx, err)
	}
	id, err := journal.PaymentOf(list, number)
	switch {
	case errors.Is(err, journal.ErrNone):
		return nil, say.Fail(say.NotFound, "nothing in the journal%s has the number %s", ofWhichProfile(d), number).Hint("apo log lists what there is")
	case errors.Is(err, journal.ErrSeveral):
		return nil, say.Fail(say.Usage, "several payments have the number %s, or one that begins so", number).
			Hint("apo find %s lists them; a paymentId means one alone; --profile chooses among those of several profiles", say.Quoted(number))
	}
	if list, err = j.Payment(ctx, id.ClientID, id.Numbers()); err != nil {
		return nil, app.Unread(ctx, err)
	}
	return list, nil
}

// candidates are the records that a number may mean.
func candidates(ctx context.Context, d *app.Run, j *journal.SQLite, number string) ([]journal.Record, error) {
	if number == app.Last {
		return journal.List(ctx, j, journal.Filter{Endpoint: "pay", Profile: cmp.Or(d.Global.Profile, d.Getenv("APO_PROFILE")), Limit: 1})
	}
	list, err := d.Carrying(ctx, j, number)
	return ofProfile(d, list), err
}

// ofProfile keeps the records of the profile that --profile names, if it does.
func ofProfile(d *app.Run, list []journal.Record) []journal.Record {
	return slices.DeleteFunc(list, func(r journal.Record) bool { return d.Global.Profile != "" && r.Profile != d.Global.Profile })
}

// ofWhichProfile says so where --profile chose among the records.
func ofWhichProfile(d *app.Run) string {
	if d.Global.Profile == "" {
		return ""
	}
	return " of profile " + d.Global.Profile
}
