package app

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// shown is how many payments are listed at most where one was wanted.
const shown = 20

// Several ends a run that needed one payment, and found several, or none for certain:
// it lists them, the newest first, and says how to name the one.
func (d *Run) Several(ctx context.Context, words say.Words, j journal.Archive, w Wanted, found []journal.Match) error {
	if err := d.list(ctx, j, found); err != nil {
		return err
	}
	return words.Several(w.Typed, w.Named(), found, min(len(found), shown))
}

// list shows payments, and puts them in order: the newest first.
func (d *Run) list(ctx context.Context, j journal.Archive, found []journal.Match) error {
	rows := make([]say.PaymentRow, len(found))
	for i, m := range found {
		list, err := j.Payment(ctx, m.Payment.ClientID, m.Payment.Numbers())
		if err != nil {
			return Unread(ctx, err)
		}
		rows[i] = say.PaymentRow{Match: m, Records: list}
	}
	slices.SortStableFunc(rows, func(a, b say.PaymentRow) int { return b.Time().Compare(a.Time()) })
	for i, row := range rows {
		found[i] = row.Match
	}
	return say.Payments(d.Printer(), rows[:min(len(rows), shown)], d.Now())
}
