package cmd

import (
	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogStatsCmd(d *app.Run) *cobra.Command {
	var since string
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Add up results and times, by API and acquirer, and money by day",
		Long: `Add up the journal by API and acquirer: how many calls succeeded, which result
codes came, and how long answers took; then day by day, and in total: how many
payments there were, how many succeeded, and what was paid (authorized), captured
and refunded, per currency. What APO captured by itself, or another machine did, counts
once a verified inquiry or notification has told of it. Inquiries that found nothing, or
nothing final, do not count. With -o json a day is a row with "day", and all of them one with "total".`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD

  # of all that was ever sent
  apo log stats

  # of a week, for a script
  apo log stats --since 7d -o json

  # what was paid today, in the smallest unit of each currency
  apo log stats -q "#(day=\"$(date +%F)\").sums"`,
		Args: app.Arguments(0, 0, "flags alone, no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter := journal.Filter{Profile: d.Global.Profile}
			if since != "" {
				var err error
				if filter.Since, err = d.PastTime(since); err != nil {
					return say.Fail(say.Usage, "--since %q: %v", since, err)
				}
			}
			j, err := d.ReadJournal()
			if err != nil {
				return err
			}
			sum, err := journal.AddUpSince(j.Outcomes(cmd.Context(), filter), filter.Since)
			if err != nil {
				return app.Unread(cmd.Context(), err)
			}
			return say.Stats(d.Printer(), sum)
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "from a `time` on: 24h, 7d, or 2026-11-25T08:00:00+08:00")
	return cmd
}
