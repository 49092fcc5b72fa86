package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/pkg/apo"
)

// reportOptions say which days are reported on, as flags have them.
type reportOptions struct {
	date, from, to string
	force          bool
}

func newSandboxReportCmd(d *app.Run, o *serve.Options) *cobra.Command {
	var r reportOptions
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Write the financial reports of the sandbox's books",
		Long: `Write the financial reports of the sandbox's books into a folder, so that
reconciliation can be tried: the transaction details of each day, and for each
currency the details and the summary of what was settled on it.

Each is written twice: under the name that the dashboard gives it, with the headers
of today (TRANSACTION_DETAIL_…, SETTLEMENT_DETAIL_…, SETTLEMENT_SUMMARY_…), and under
that of SFTP, with those of before (transactionItems_…, settlementItems_…,
settlementSummary_…). Both say the same.

Without flags it is every day on which something happened, and today. Days are in
UTC and go by the sandbox's clock; a day that is not over is reported on as far as it
is. What a report says never changes, but for what is added to such a day.

A file of the same name is replaced if it is a report of this sandbox, or one without
rows; any other is refused with exit 9 before anything is written (--force).`,
		Example: `  # a payment that is captured, and a part of it refunded
  apo pay --amount 4200 --currency SGD --request-id demo-0001
  apo capture demo-0001
  apo refund demo-0001 --amount 1000 --currency SGD

  # all of it
  apo sandbox report reports

  # of one day, for a script
  apo sandbox report reports --date 2026-11-30 -o json`,
		Args:              app.Arguments(1, 1, "one folder to write into"),
		ValidArgsFunction: onlyFirst(completeFolders),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, to, err := r.days()
			if err != nil {
				return err
			}
			if args[0] == "-" || args[0] == "" || apo.LooksLikeKey(args[0]) {
				return say.Fail(say.Usage, "reports go into a folder, which has to be named; nothing was written")
			}
			return runReport(cmd.Context(), d, o, args[0], from, to, r.force)
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.date, "date", "", "one `day` in UTC, such as 2026-11-30")
	f.StringVar(&r.from, "from", "", "from this `day` on")
	f.StringVar(&r.to, "to", "", "until this `day`; with --from alone until today")
	f.BoolVar(&r.force, "force", false, "replace files of the same names, whoever wrote them")
	return cmd
}

// completeFolders leaves it to the shell, which knows the folders.
func completeFolders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// mostDays is how many days one run reports on: a file too many is soon made.
const mostDays = 3660

// days are the first and the last day, at their beginnings; without flags the zero times.
func (r *reportOptions) days() (from, to time.Time, err error) {
	if r.date != "" && (r.from != "" || r.to != "") {
		return from, to, say.Fail(say.Usage, "--date is one day; --from and --to are the first and the last of several")
	}
	if r.to != "" && r.from == "" {
		return from, to, say.Fail(say.Usage, "--to without --from: which day is the first?")
	}
	for _, flag := range []struct {
		name, text string
		day        *time.Time
	}{{"date", r.date, &from}, {"from", r.from, &from}, {"to", r.to, &to}} {
		if flag.text == "" {
			continue
		}
		if *flag.day, err = time.Parse(time.DateOnly, flag.text); err != nil {
			return from, to, say.Fail(say.Usage, "--%s %q is no day such as 2026-11-30", flag.name, flag.text)
		}
	}
	if r.date != "" {
		to = from
	}
	return from, to, inOrder(from, to)
}

func inOrder(from, to time.Time) error {
	switch {
	case to.IsZero():
		return nil
	case to.Before(from):
		return say.Fail(say.Usage, "--to %s is before --from %s", to.Format(time.DateOnly), from.Format(time.DateOnly))
	case to.Sub(from) >= mostDays*24*time.Hour:
		return say.Fail(say.Usage, "from %s to %s are more than %d days", from.Format(time.DateOnly), to.Format(time.DateOnly), mostDays)
	}
	return nil
}

func runReport(ctx context.Context, d *app.Run, o *serve.Options, dir string, from, to time.Time, force bool) error {
	box, err := openFile(d, o)
	if err != nil {
		return err
	}
	today := box.Now().UTC().Truncate(24 * time.Hour)
	if !from.IsZero() && to.IsZero() {
		if to = today; to.Before(from) {
			return say.Fail(say.Usage, "--from %s: the sandbox's clock says %s", from.Format(time.DateOnly), today.Format(time.DateOnly))
		}
		if err := inOrder(from, to); err != nil {
			return err
		}
	}
	customer, err := box.Customer()
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	folder, err := newReportFolder(ctx, dir)
	if err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	defer folder.remove()
	files, err := box.Report(from, to, folder.add)
	switch {
	case ctx.Err() != nil:
		return say.Fail(say.Interrupted, "interrupted; nothing was written")
	case errors.Is(err, errNotWritten):
		return say.Fail(say.Error, "%v", err)
	case err != nil:
		return say.Fail(say.Config, "%v", err)
	}
	if foreign := folder.foreign(customer); len(foreign) > 0 && !force {
		return app.Refused("%s in %s is no report of this sandbox; nothing was written", say.Several(foreign), dir).
			Hint("another folder, or --force to replace what is there")
	}
	if err := folder.publish(); err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	folder.drop(files, customer)
	if !from.After(today) && (to.IsZero() || !to.Before(today)) {
		d.IO.Note(fmt.Sprintf("%s is not over: its reports say what there is so far", today.Format(time.DateOnly)))
	}
	return d.Printer().Reports(dir, customer, files)
}
