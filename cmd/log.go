package cmd

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

type logOptions struct {
	since, state, endpoint string
	failed, all            bool
	limit                  int
}

func newLogCmd(d *deps) *cobra.Command {
	var o logOptions
	cmd := group(&cobra.Command{
		Use:        "log",
		SuggestFor: []string{"history", "list", "ls"},
		Short:      "Show what was sent, and what became of it",
		Long: `Show what was sent, and what became of it, the newest first.

Every call is written down, masked, before it is sent. Its state is
  begun     about to be sent, or being sent
  answered  a verified answer that is final, or never sent
  pending   a verified U: not known yet
  in-doubt  sent, and no usable answer came; apo resume asks
  resolved  was one of those above, and an inquiry told what became of it`,
		Example: `  # the newest calls
  apo log

  # what failed since yesterday, for a script
  apo log --failed --since 24h -o ndjson`,
	}, newLogShowCmd(d), newLogStatsCmd(d), newLogWatchCmd(d), newLogExportCmd(d), newLogResolveCmd(d), newLogSettleCmd(d), newLogPruneCmd(d))
	cmd.Args = arguments(0, 0, "flags alone; apo log show ID shows one")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return runLog(cmd.Context(), d, &o) }
	addFilterFlags(cmd, &o)
	cmd.Flags().IntVarP(&o.limit, "limit", "n", 50, "at most `n`")
	return cmd
}

// addFilterFlags adds those that choose records; --profile is one of them too.
func addFilterFlags(cmd *cobra.Command, o *logOptions) {
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "", "from a `time` on: 24h, 7d, or 2026-11-25T08:00:00+08:00")
	f.StringVar(&o.state, "state", "", "in this `state`: "+strings.Join(states(), ", "))
	f.StringVar(&o.endpoint, "endpoint", "", "of this `API`: pay, inquiryPayment, notifyPayment, …")
	f.BoolVar(&o.failed, "failed", false, "only what did not succeed")
	f.BoolVar(&o.all, "all", false, "inquiries and notifications too")
	_ = cmd.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(states(), cobra.ShellCompDirectiveNoFileComp))
}

func states() (names []string) {
	for _, s := range journal.States() {
		names = append(names, string(s))
	}
	return names
}

// readJournal opens the journal for a command that calls nothing.
func (d *deps) readJournal() (j *journal.SQLite, err error) {
	paths, err := profile.FindPaths(d.getenv, d.global.config)
	if err != nil {
		return nil, say.Fail(say.Config, "%v", err)
	}
	if j, err = journal.Open(journalFile(paths), d.now); err != nil {
		return nil, say.Fail(say.Config, "%v", err)
	}
	j.Masker = d.io.Masker
	d.cleanup = append(d.cleanup, j.Leave)
	d.remind(j)
	return j, nil
}

// unread ends a run that could not read or write the journal.
func unread(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted")
	}
	return say.Fail(say.Config, "%v", err)
}

func runLog(ctx context.Context, d *deps, o *logOptions) error {
	if o.limit < 1 {
		return say.Fail(say.Usage, "--limit takes a positive number")
	}
	filter, err := d.filter(o)
	if err != nil {
		return err
	}
	j, err := d.readJournal()
	if err != nil {
		return err
	}
	list, err := journal.List(ctx, j, filter)
	if err != nil {
		return unread(ctx, err)
	}
	return say.Records(d.printer(), list, recordExit)
}

// filter says which records the flags mean.
func (d *deps) filter(o *logOptions) (journal.Filter, error) {
	e, err := apo.FindEndpoint(o.endpoint) // what moves is found faster when it is asked for
	filter := journal.Filter{
		Profile: d.global.profile, Endpoint: o.endpoint, State: journal.State(o.state), Failed: o.failed, Limit: o.limit,
		Moving: !o.all && (o.endpoint == "" || err == nil && !e.Reads),
	}
	if o.state == "settled" { // as it was called before
		filter.State = journal.Resolved
	} else if o.state != "" && !slices.Contains(states(), o.state) {
		return filter, say.Fail(say.Usage, "--state %q is not one of %s", o.state, strings.Join(states(), ", "))
	}
	if o.since != "" {
		if filter.Since, err = d.pastTime(o.since); err != nil {
			return filter, say.Fail(say.Usage, "--since %q: %v", o.since, err)
		}
	}
	return filter, nil
}

// pastTime reads a time, or how long ago it was: 90m, 24h, 7d.
func (d *deps) pastTime(text string) (time.Time, error) {
	if days, found := strings.CutSuffix(text, "d"); found {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100000 {
			return d.now().AddDate(0, 0, -n), nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return d.now().Add(-ago), nil
	}
	if day, err := time.ParseInLocation("2006-01-02", text, time.Local); err == nil {
		return day, nil
	}
	t, err := apo.ParseTime(text)
	if _, number := strconv.Atoi(text); err != nil || number == nil && t.Year() < 2000 { // 90 is no time, without its unit
		return t, errors.New("it is neither a time nor how long ago, such as 24h, 7d or 2026-11-25T08:00:00+08:00")
	}
	return t, nil
}

// recordExit is the exit code of a command whose request ended as in a record.
func recordExit(r journal.Record) int {
	if r.State == journal.Begun { // being sent, or left behind by a process that was killed
		return exitOf(say.InDoubt)
	}
	switch r.Outcome {
	case apo.Declined, apo.Cancelled:
		return exitOf(say.Declined)
	case apo.Unrecognised:
		return exitOf(say.Unrecognised)
	case apo.InDoubt:
		if r.Verification == "untrusted" {
			return exitOf(say.Signature)
		}
		return exitOf(say.InDoubt)
	case apo.NeverArrived, apo.Different:
		return exitOf(say.InDoubt)
	case apo.NotSent:
		return exitOf(say.Unreachable)
	case apo.Pending:
		return exitOf(say.Pending)
	case apo.Refused:
		return exitOf(say.Refused)
	case apo.NotFound, apo.Failed:
		return exitOf(say.Error)
	}
	return 0
}
