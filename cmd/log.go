package cmd

import (
	"context"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogCmd(d *app.Run) *cobra.Command {
	var o app.FilterFlags
	var follow bool
	var payment string
	cmd := app.Group(&cobra.Command{
		Use:   "log",
		Short: "Show what was sent, and what became of it",
		Long: `Show what was sent, and what became of it, the newest first.

Every call is written down, masked, before it is sent. Its state is
  begun     about to be sent, or being sent
  answered  a verified answer that is final, or never sent
  pending   a verified U: not known yet
  in-doubt  sent, and no usable answer came; apo resume asks
  resolved  was one of those above, and an inquiry told what became of it

With --follow it shows the newest ten, the oldest of them first, and goes on with what
is written, by any process, until Ctrl-C (exit code 130): a call once it has ended, and
again when more becomes known of it.`,
		Example: `  # a payment to try it on
  apo pay --amount 4200 --currency SGD --request-id demo-0001

  # the newest calls
  apo log

  # all of one payment
  apo log --payment demo-0001

  # what failed since yesterday, for a script
  apo log --failed --since 24h -o ndjson`,
	}, newLogShowCmd(d), newLogStatsCmd(d), newLogWatchCmd(d), newLogExportCmd(d), newLogResolveCmd(d), newLogSettleCmd(d), newLogPruneCmd(d))
	cmd.Args = app.Arguments(0, 0, "flags alone; apo log show ID shows one")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if follow && !cmd.Flags().Changed("limit") {
			o.Limit = 10
		}
		if o.Limit < 1 {
			return say.Fail(say.Usage, "--limit takes a positive number")
		}
		if payment != "" {
			if follow {
				return say.Fail(say.Usage, "--follow is about what will be written; of --payment all is there")
			}
			return logOfPayment(cmd.Context(), d, &o, payment)
		}
		return runLog(cmd.Context(), d, &o, follow)
	}
	app.AddFilterFlags(cmd, &o)
	cmd.Flags().IntVarP(&o.Limit, "limit", "n", 50, "at most `n`")
	cmd.Flags().StringVar(&payment, "payment", "", "all of the payment that has this `number`, its inquiries and notifications too")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what is written, like tail -f, until Ctrl-C")
	return cmd
}

func runLog(ctx context.Context, d *app.Run, o *app.FilterFlags, follow bool) error {
	filter, err := d.Filter(o)
	if err != nil {
		return err
	}
	j, err := d.ReadJournal()
	if err != nil {
		return err
	}
	if follow {
		return followLog(ctx, d, j, filter)
	}
	list, err := journal.List(ctx, j, filter)
	if err == nil {
		list, err = journal.WithPayments(ctx, j, list)
	}
	if err != nil {
		return app.Unread(ctx, err)
	}
	return say.Records(d.Printer(), list, app.RecordExit)
}
