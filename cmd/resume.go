package cmd

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newResumeCmd(d *deps) *cobra.Command {
	var within time.Duration
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Ask what became of all that is in doubt",
		Long: `Ask the gateway what became of every call that is in doubt: after a crash, a lost
answer, a closed laptop. It only inquires, and never sends what moves money. What
another process is sending at this moment is left alone. It may be run twice, at
once, and from cron: exit code 0 means that nothing is left, 6 that something is.

Each record is asked for in the profile that sent it. --within says how long to
go on asking for what the gateway does not know yet: it has never arrived only
when three inquiries over 45 s found nothing.`,
		Example: `  # settle what is open
  apo resume

  # from cron
  apo resume --quiet || test $? = 6`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runResume(cmd.Context(), d, within) },
	}
	cmd.Flags().DurationVar(&within, "within", time.Minute, "how `long` to go on asking for one call")
	return cmd
}

// resumed is what became of one record.
type resumed struct {
	ID     int64         `json:"id"`
	What   string        `json:"endpoint"`
	Number string        `json:"number"`
	State  journal.State `json:"state"`
	Became string        `json:"became"`
}

func runResume(ctx context.Context, d *deps, within time.Duration) error {
	if within < 0 {
		return fail(kindUsage, "--within takes a time such as 60s")
	}
	d.resuming = true
	j, err := d.readJournal()
	if err != nil {
		return err
	}
	list, err := j.List(journal.Filter{Open: true, Moving: true})
	if err != nil {
		return fail(kindConfig, "%v", err)
	}
	done, left := []resumed{}, 0
	sessions := map[string]*session{}
	for i := len(list) - 1; i >= 0 && ctx.Err() == nil; i-- { // the oldest first
		r := list[i]
		if r.State == journal.Begun && j.Alive(r) {
			continue
		}
		result := d.resumeOne(ctx, r, sessions, within)
		if result.State.Open() {
			left++
		}
		done = append(done, result)
	}
	if ctx.Err() != nil {
		return fail(kindInterrupted, "interrupted; run apo resume again")
	}
	d.showResumed(done)
	if left > 0 {
		f := fail(kindInDoubt, "%d of %d are still open", left, len(done))
		f.maybe = true
		return f.hint("apo resume asks again; apo log --state in-doubt lists them")
	}
	return nil
}

// resumeOne asks what became of one call and writes it down.
func (d *deps) resumeOne(ctx context.Context, r journal.Record, sessions map[string]*session, within time.Duration) resumed {
	result := resumed{ID: r.ID, What: r.Endpoint, Number: mainNumber(r), State: r.State}
	s, err := d.sessionOf(ctx, r, sessions)
	if err != nil {
		result.Became = err.Error()
		return result
	}
	if r.State == journal.Begun { // its sender died, so its answer will not come
		s.mark(r.ID, journal.InDoubt, kindInDoubt, "the process that sent it ended before the answer came")
		result.State = journal.InDoubt
	}
	e, err := apo.FindEndpoint(r.Endpoint)
	if err != nil {
		result.Became = err.Error()
		return result
	}
	op := s.operationOf(e, r.Request)
	op.record, op.arrived = r.ID, r.Verification == "verified"
	if op.ask == nil {
		result.Became = "there is no inquiry for this API; look it up in the dashboard"
		return result
	}
	told := s.learn(ctx, op, within, func(l learnt) bool { return isFinal(l.outcome) || l.outcome == apo.Processing })
	result.State, result.Became = s.settleWith(op, told)
	return result
}

// sessionOf opens the profile that sent a record, once.
func (d *deps) sessionOf(ctx context.Context, r journal.Record, sessions map[string]*session) (*session, error) {
	if s, found := sessions[r.Profile]; found {
		return s, nil
	}
	before := d.global.profile
	defer func() { d.global.profile = before }()
	if r.Profile != profile.Environment {
		d.global.profile = r.Profile
	}
	s, err := d.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("profile %s cannot be used: %w", r.Profile, err)
	}
	if s.client.ClientID != r.ClientID {
		return nil, fmt.Errorf("profile %s has another client ID now (%s, then %s)", r.Profile, s.client.ClientID, r.ClientID)
	}
	sessions[r.Profile] = s
	return s, nil
}

// showResumed tells what became of each.
func (d *deps) showResumed(list []resumed) {
	if d.wantsJSON() {
		_ = d.showOwn(list)
		return
	}
	if len(list) == 0 {
		d.io.Hint("nothing is in doubt")
		return
	}
	if d.global.quiet {
		return
	}
	var rows [][]string
	for _, r := range list {
		rows = append(rows, []string{strconv.FormatInt(r.ID, 10), r.What, r.Number, string(r.State), r.Became})
	}
	_ = d.io.WriteTable([]string{"id", "endpoint", "number", "state", "became"}, rows)
}
