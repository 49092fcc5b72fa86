package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

func newResumeCmd(d *app.Run) *cobra.Command {
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
		Args: app.Arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runResume(cmd.Context(), d, within) },
	}
	cmd.Flags().DurationVar(&within, "within", time.Minute, "`time` to go on asking")
	return cmd
}

func runResume(ctx context.Context, d *app.Run, within time.Duration) error {
	if within < 0 {
		return say.Fail(say.Usage, "--within takes a time such as 60s")
	}
	if d.WithoutJournal() {
		return say.Fail(say.Usage, "apo resume is about the journal, where it writes down what it learns; leave out --no-journal and APO_JOURNAL=off")
	}
	d.NoReminder = true
	j, err := d.ReadJournal()
	if err != nil {
		return err
	}
	list, err := journal.List(ctx, j, journal.Filter{Open: true, Moving: true, Profile: d.Global.Profile})
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	slices.Reverse(list)
	all := resume(ctx, d, list, within)
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted; run apo resume again")
	}
	d.TellsOfPayment()
	if err := d.Words().Resumed(d.Printer(), all); err != nil {
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
func resume(ctx context.Context, d *app.Run, list []journal.Record, within time.Duration) []say.Resumed {
	all := make([]say.Resumed, len(list))
	var calls []operate.Open
	var at []int // of each call in all
	sessions := map[string]*app.Session{}
	for i, r := range list {
		all[i] = say.ResumedOf(r)
		if r.InFlight {
			continue
		}
		s, err := sessionOf(ctx, d, r, sessions)
		if err != nil {
			all[i].Became = err.Error()
			continue
		}
		calls, at = append(calls, operate.Open{Operator: s.Operator, Record: r}), append(at, i)
	}
	defer d.IO.EndLive()
	results := operate.Resume(ctx, calls, within, func(e operate.Event) {
		d.IO.Waiting(say.Asking(e), e.Waited)
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
func sessionOf(ctx context.Context, d *app.Run, r journal.Record, sessions map[string]*app.Session) (*app.Session, error) {
	s, found := sessions[r.Profile]
	if !found {
		var err error
		if s, err = openProfile(ctx, d, r.Profile); err != nil {
			return nil, fmt.Errorf("profile %s cannot be used: %w", r.Profile, err)
		}
		sessions[r.Profile] = s
	}
	if id := s.Operator.Account.ClientID; id != r.ClientID {
		return nil, fmt.Errorf("profile %s has another client ID now (%s, then %s)", r.Profile, id, r.ClientID)
	}
	return s, nil
}

// openProfile is open for another profile than that of this run.
func openProfile(ctx context.Context, d *app.Run, name string) (*app.Session, error) {
	before := d.Global.Profile
	defer func() { d.Global.Profile = before }()
	if name != profile.Environment {
		d.Global.Profile = name
	}
	return d.Open(ctx)
}

// askUnrecognised asks, now that the gateway knows the caller, what became of the
// requests of this profile to which it said that it does not.
func askUnrecognised(ctx context.Context, s *app.Session) error {
	if s.Journal == nil {
		return nil
	}
	list, err := journal.List(ctx, s.Journal, journal.Filter{Open: true, Moving: true, Profile: s.Profile.Name})
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	list = slices.DeleteFunc(list, func(r journal.Record) bool { return r.Outcome != apo.Unrecognised || r.InFlight })
	if len(list) == 0 {
		return nil
	}
	left := resume(ctx, s.Run, list, 0)
	left = slices.DeleteFunc(left, func(r say.Resumed) bool { return !r.State.Open() })
	s.IO.Note(fmt.Sprintf("asked what became of requests that were not recognised before: %d, still open: %d", len(list), len(left)))
	return nil
}
