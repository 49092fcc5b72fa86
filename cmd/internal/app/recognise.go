package app

import (
	"context"

	"github.com/apo-cli/apo/pkg/journal"
)

// Recognise makes IDs usable that could be cards' numbers, where the journal has
// them as those of payments.
func (s *Session) Recognise(ctx context.Context, ids ...string) {
	known := s.IO.Masker
	known.KnownOnly = true
	for _, id := range ids {
		if s.Journal != nil && known.Text(id) != id {
			_, _ = s.carrying(ctx, s.Journal, journal.Key{Number: id})
		}
	}
}
