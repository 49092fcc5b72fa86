package cmd

import (
	"fmt"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/spf13/cobra"
)

func newLogPruneCmd(d *app.Run) *cobra.Command {
	var older string
	cmd := &cobra.Command{
		Use:   "prune --older-than 90d",
		Short: "Remove old records, never open ones",
		Long: `Remove records that are older than a time, never those of which it is not known
what became of them, those of payments whose authorization still waits for a
capture, nor those of the last ten minutes.`,
		Example: `  # what is older than a quarter
  apo log prune --older-than 90d

  # nothing is that old
  apo log prune --older-than 36500d`,
		Args: app.Arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if older == "" {
				return say.Fail(say.Usage, "apo log prune needs --older-than, such as 90d")
			}
			before, err := d.PastTime(older)
			if err != nil {
				return say.Fail(say.Usage, "--older-than %q: %v", older, err)
			}
			if before.After(d.Now()) {
				return say.Fail(say.Usage, "--older-than %q is still to come", older)
			}
			if recent := d.Now().Add(-operate.DuplicateWindow); before.After(recent) {
				before = recent
				d.IO.Note(fmt.Sprintf("records of the last %s stay: by them apo knows what would be done twice", operate.DuplicateWindow))
			}
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			n, err := j.Prune(cmd.Context(), before)
			if err != nil {
				return app.Unread(cmd.Context(), err)
			}
			d.IO.Note(fmt.Sprintf("records removed: %d", n))
			return nil
		},
	}
	cmd.Flags().StringVar(&older, "older-than", "", "`age`: 90d, 24h, or a time")
	return cmd
}
