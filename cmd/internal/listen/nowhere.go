package listen

import (
	"context"

	"github.com/apo-cli/apo/pkg/journal"
)

// Nowhere is the inbox of a listener that keeps nothing.
type Nowhere struct{}

// Take keeps nothing.
func (Nowhere) Take(_ context.Context, came []journal.Reception) ([]journal.Reception, error) {
	for i := range came {
		came[i].Attempt = 1
	}
	return came, nil
}

// Delivered keeps nothing.
func (Nowhere) Delivered(context.Context, []journal.Delivery) error { return nil }
