package app

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/pkg/journal"
)

// Recognise makes IDs usable that could be cards' numbers, where the journal has
// them as those of payments.
func (s *Session) Recognise(ctx context.Context, ids ...string) {
	known := s.IO.Masker
	known.KnownOnly = true
	for _, id := range ids {
		if s.Journal != nil && known.Text(id) != id {
			_, _ = s.Carrying(ctx, s.Journal, id)
		}
	}
}

// Carrying are the records that carry a number, or one that begins so. A number
// under which something was sent that moves money is no card's, and is shown.
func (d *Run) Carrying(ctx context.Context, j *journal.SQLite, number string) ([]journal.Record, error) {
	list, err := j.Find(ctx, number)
	if slices.ContainsFunc(list, func(r journal.Record) bool { return !r.Reads && r.Numbers.Has(number) }) {
		d.IO.Masker.Known.Forget(number)
	}
	return list, err
}
