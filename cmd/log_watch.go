package cmd

import (
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogWatchCmd(d *app.Run) *cobra.Command {
	within := 24 * time.Hour
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Tell what somebody should look at; exit code 1 if there is anything",
		Long: `Tell what somebody should look at: authorizations that end soon and were not
captured, or ended so within the last week; refunds whose result is not known yet;
calls in doubt; calls that a process has been at for over ten minutes, for it may be
stopped; calls of the last week that are done although their answer said no.
Exit code 1 if there is anything, so that cron tells. It goes by the journal and
asks nobody; --profile chooses the records of one.`,
		Example: `  # from cron
  apo log watch || test $? = 1

  # what ends within three days
  apo log watch --within 72h || test $? = 1`,
		Args: app.Arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if within < 0 {
				return say.Fail(say.Usage, "--within takes a time such as 24h")
			}
			d.NoReminder = true // it tells by itself
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			list, err := journal.Alerts(cmd.Context(), j, d.Global.Profile, d.Now(), within)
			if err != nil {
				return app.Unread(cmd.Context(), err)
			}
			if err := say.Alerts(d.Printer(), list); err != nil {
				return err
			}
			if len(list) == 0 {
				d.IO.Hint("nothing to look at")
				return nil
			}
			return say.Fail(say.Error, "%d to look at", len(list))
		},
	}
	cmd.Flags().DurationVar(&within, "within", within, "`time` before its end from which an authorization is told")
	return cmd
}
