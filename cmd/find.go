package cmd

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newFindCmd(d *deps) *cobra.Command {
	return &cobra.Command{
		Use:        "find NUMBER",
		SuggestFor: []string{"search", "grep"},
		Short:      "Find a payment by any of its numbers",
		Long: `Find what was sent by any number: paymentRequestId, paymentId, capture and refund
IDs of both sides, your order number, the acquirer's transaction and reference
numbers. The beginning of one is enough. It looks in the journal of this machine
and asks nobody.`,
		Example: `  # by the request ID
  apo find demo-0001

  # by its beginning, for a script
  apo find demo- -o json`,
		Args: arguments(1, 1, "one number, or its beginning"),
		RunE: func(_ *cobra.Command, args []string) error {
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			list, err := d.found(j, args[0])
			if err != nil {
				return err
			}
			if len(list) == 0 {
				f := say.Fail(say.NotFound, "nothing in the journal%s has the number %s", d.ofWhichProfile(), args[0])
				if d.io.Masker.Text(args[0]) != args[0] {
					return f.Hint("whole card numbers are not kept, so none can be found")
				}
				return f.Hint("apo inquire %s asks the gateway", say.Quoted(args[0]))
			}
			return d.showRecords(list)
		},
	}
}

// found are the records that carry a number, the newest first.
func (d *deps) found(j *journal.SQLite, number string) ([]journal.Record, error) {
	if number == last { // it is a payment, and no beginning of a number
		list, err := d.recordsOf(j, last)
		slices.Reverse(list)
		return list, err
	}
	list, err := j.Find(context.Background(), number)
	if err != nil {
		return nil, say.Fail(say.Config, "%v", err)
	}
	return d.ofProfile(list), nil
}
