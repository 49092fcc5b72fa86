package cmd

import (
	"context"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// followLog shows what is written until somebody stops it, or nobody reads it any more.
func followLog(ctx context.Context, d *app.Run, j journal.Archive, filter journal.Filter) error {
	const every = 250 * time.Millisecond
	for r, err := range journal.Follow(ctx, j, filter, d.Now, every) {
		if err != nil {
			return app.Unread(ctx, err)
		}
		if err := say.Followed(d.Printer(), r, app.RecordExit); err != nil || d.IO.OutputLost() != nil {
			return err
		}
	}
	return say.Fail(say.Interrupted, "interrupted")
}
