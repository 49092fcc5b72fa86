package cmd

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogExportCmd(d *app.Run) *cobra.Command {
	var o app.FilterFlags
	var md bool
	cmd := &cobra.Command{
		Use:   "export [PAYMENT]",
		Short: "Write records whole, for a ticket or another program",
		Long: `Write records whole, the oldest first, with requests and answers, masked: one JSON
object a line, with -o json an array, or with --md a Markdown document for a
ticket.

PAYMENT is any number of a payment, or @last: then everything about it is
written, with what does not fit together. Without it the flags say which records.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # one payment, for a ticket
  apo log export demo-0001 --md > ticket.md

  # everything of a week, for another program
  apo log export --since 7d > week.ndjson`,
		Args: app.Arguments(0, 1, "one number of a payment, or @last; or flags"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				for _, flag := range []string{"since", "state", "endpoint", "failed"} {
					if cmd.Flags().Changed(flag) {
						return say.Fail(say.Usage, "--%s chooses among all records; of %s all are written", flag, args[0])
					}
				}
			}
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			list, err := exported(cmd.Context(), d, j, args, &o)
			if err != nil {
				return err
			}
			if md {
				return d.IO.WriteText(d.Words().Markdown(list, len(args) == 1))
			}
			return say.Export(d.Printer(), list, app.RecordExit)
		},
	}
	app.AddFilterFlags(cmd, &o)
	cmd.Flags().BoolVar(&md, "md", false, "a Markdown document instead of JSON lines")
	return cmd
}

// exported are the records that are meant, the oldest first.
func exported(ctx context.Context, d *app.Run, j *journal.SQLite, args []string, o *app.FilterFlags) ([]journal.Record, error) {
	if len(args) == 1 {
		w, err := d.Wanted(args[0], app.SearchFlags{})
		if err != nil {
			return nil, err
		}
		list, err := d.PaymentRecords(ctx, j, w)
		if err == nil && w.MayBeRecord() {
			if _, err := recordOf(ctx, d, j, w.Number); err == nil {
				d.IO.Note("this is the payment; record " + w.Number + " of apo log is another thing: " + d.Words().Command("log", "show", w.Number))
			}
		}
		return list, err
	}
	filter, err := d.Filter(o)
	if err != nil {
		return nil, err
	}
	list, err := journal.List(ctx, j, filter)
	if err != nil {
		return nil, app.Unread(ctx, err)
	}
	slices.Reverse(list)
	return list, nil
}
