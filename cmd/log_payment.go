package cmd

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// logOfPayment lists the records of one payment, the newest first, as the flags choose
// among them.
func logOfPayment(ctx context.Context, d *app.Run, o *app.FilterFlags, number string) error {
	filter, err := d.Filter(o)
	if err != nil {
		return err
	}
	w, err := d.Wanted(number, app.SearchFlags{})
	if err != nil {
		return err
	}
	j, err := d.ReadJournal()
	if err != nil {
		return err
	}
	list, err := d.PaymentRecords(ctx, j, w)
	if err != nil {
		return err
	}
	filter.Moving = false
	list = slices.DeleteFunc(list, func(r journal.Record) bool { return !filter.Wants(r) })
	slices.Reverse(list)
	if list, err = journal.WithPayments(ctx, j, list[:min(len(list), o.Limit)]); err != nil {
		return app.Unread(ctx, err)
	}
	return say.Records(d.Printer(), list, app.RecordExit)
}
