package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

func newResumeCmd(d *deps) *cobra.Command {
	var within time.Duration
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Ask what became of all that is in doubt",
		Long: `Ask the gateway what became of every call that is in doubt: after a crash, a lost
answer, a closed laptop. It only inquires, and never sends what moves money. What
another process is sending, or asking about, at this moment is left alone, and
listed. It may be run twice, at once, and from cron: exit code 0 means that
nothing is left, 6 that something is.

Each record is asked for in the profile that sent it, all of them in turns;
--profile chooses those of one.
--within says how long to go on for what the gateway does not know yet: it has
never arrived only when three inquiries, the last at least 45 s after it was sent,
found nothing, at the gateway to which it was sent.`,
		Example: `  # resolve what is open
  apo resume

  # from cron
  apo resume --quiet || test $? = 6`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runResume(cmd.Context(), d, within) },
	}
	cmd.Flags().DurationVar(&within, "within", time.Minute, "`time` to go on asking")
	return cmd
}

func runResume(ctx context.Context, d *deps, within time.Duration) error {
	if within < 0 {
		return say.Fail(say.Usage, "--within takes a time such as 60s")
	}
	if d.withoutJournal() {
		return say.Fail(say.Usage, "apo resume is about the journal, where it writes down what it learns; leave out --no-journal and APO_JOURNAL=off")
	}
	d.noReminder = true
	j, err := d.readJournal()
	if err != nil {
		return err
	}
	list, err := journal.List(ctx, j, journal.Filter{Open: true, Moving: true, Profile: d.global.profile})
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	slices.Reverse(list)
	all := d.resume(ctx, list, within)
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted; run apo resume again")
	}
	if err := d.words().Resumed(d.printer(), all); err != nil {
		return err
	}
	left := slices.DeleteFunc(all, func(r say.Resumed) bool { return !r.State.Open() })
	if len(left) > 0 {
		f := say.Fail(say.InDoubt, "still open: %d of %d", len(left), len(list))
		f.MoneyMayHaveMoved = true
		return f.Hint("apo resume asks again, apo log watch lists them, apo log resolve writes down what you know otherwise")
	}
	return nil
}

// resume asks about each open record in the name of the profile that sent it.
// list has the oldest first.
func (d *deps) resume(ctx context.Context, list []journal.Record, within time.Duration) []say.Resumed {
	all := make([]say.Resumed, len(list))
	var calls []operate.Open
	var at []int // of each call in all
	sessions := map[string]*session{}
	for i, r := range list {
		all[i] = say.ResumedOf(r)
		if r.InFlight {
			continue
		}
		s, err := d.sessionOf(ctx, r, sessions)
		if err != nil {
			all[i].Became = err.Error()
			continue
		}
		calls, at = append(calls, operate.Open{Operator: s.operator, Record: r}), append(at, i)
	}
	defer d.io.EndLive()
	results := operate.Resume(ctx, calls, within, func(e operate.Event) {
		d.io.Live(fmt.Sprintf("asking what became of %d … %s", e.Open, e.Waited.Round(time.Second)))
	})
	for i, result := range results {
		r := &all[at[i]]
		if errors.Is(result.Cause, operate.ErrInFlight) {
			r.Became = "another process sends it, or asks about it, at this moment"
			continue
		}
		r.Take(result, list[at[i]])
	}
	return all
}

// sessionOf opens the profile that sent a record, once. Whether it still is who
// sent that record is asked of each: the gateway does not know what another client
// ID has sent.
func (d *deps) sessionOf(ctx context.Context, r journal.Record, sessions map[string]*session) (*session, error) {
	s, found := sessions[r.Profile]
	if !found {
		var err error
		if s, err = d.openProfile(ctx, r.Profile); err != nil {
			return nil, fmt.Errorf("profile %s cannot be used: %w", r.Profile, err)
		}
		sessions[r.Profile] = s
	}
	if id := s.operator.Account.ClientID; id != r.ClientID {
		return nil, fmt.Errorf("profile %s has another client ID now (%s, then %s)", r.Profile, id, r.ClientID)
	}
	return s, nil
}

// openProfile is open for another profile than that of this run.
func (d *deps) openProfile(ctx context.Context, name string) (*session, error) {
	before := d.global.profile
	defer func() { d.global.profile = before }()
	if name != profile.Environment {
		d.global.profile = name
	}
	return d.open(ctx)
}
