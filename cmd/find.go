package cmd

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newFindCmd(d *app.Run) *cobra.Command {
	var o app.SearchFlags
	cmd := &cobra.Command{
		Use:   "find NUMBER",
		Short: "Find a payment by any of its numbers",
		Long: `Find what was sent by any number: paymentRequestId, paymentId, capture and refund
IDs of both sides, your order number, the acquirer's transaction and reference
numbers, the card scheme's (networkTransactionId), ARN and RRN. The beginning of one
is enough, and its case does not count. With --amount or --day the last four digits of
the card are enough too. A number is read as it was pasted: quotes, labels, a link or
JSON around it are left out.

It looks in the journal of this machine and asks nobody. Inquiries are left out, but
for the newest of a payment that was sent from elsewhere; apo log --all has them.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # by the request ID
  apo find demo-0001

  # by its beginning, for a script
  apo find demo- -o json

  # by the card, from a ticket without a number
  apo find 0768 --amount "SGD 42.00"`,
		Args: app.Arguments(1, 1, "one number, or its beginning"),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := d.Wanted(args[0], o)
			if err != nil {
				return err
			}
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			if w, err = d.Understand(cmd.Context(), j, w); err != nil {
				return err
			}
			d.NoteGuess(w)
			list, err := found(cmd.Context(), d, j, w)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				if len(list) >= journal.MostFound {
					d.IO.Note("there may be more: the journal has many such records; more of the number, --amount or --day leaves fewer")
				}
				return say.Records(d.Printer(), list, app.RecordExit)
			}
			f := d.NothingBut(cmd.Context(), j, w)
			switch {
			case d.IO.Masker.Text(w.Typed) != w.Typed:
				return f.Hint("whole card numbers are not kept, so none can be found")
			case say.RoundedNumber(w.Number) != "":
				return f.Hint("%s", say.RoundedNumber(w.Number))
			case !w.MayBeWhole():
				return f.Hint("apo log lists what there is")
			case say.LastFourAlone(w.Number) != "":
				return f.Hint("%s", say.LastFourAlone(w.Number))
			}
			return f.Hint("%s asks the gateway", d.Words().Command("inquire", w.Number))
		},
	}
	app.AddSearchFlags(cmd, &o)
	return cmd
}

// found are the records that carry what is wanted, the newest first.
func found(ctx context.Context, d *app.Run, j *journal.SQLite, w app.Wanted) ([]journal.Record, error) {
	if w.Number == app.Last { // it is a payment, and no beginning of a number
		list, err := d.PaymentRecords(ctx, j, w)
		slices.Reverse(list)
		return list, err
	}
	list, err := d.Carrying(ctx, j, w)
	if err != nil {
		return nil, err
	}
	list = journal.Telling(slices.DeleteFunc(list, func(r journal.Record) bool { return !d.OfProfile(r) }))
	if list, err = journal.WithPayments(ctx, j, list); err != nil {
		return nil, app.Unread(ctx, err)
	}
	return list, nil
}
