package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/cmd/internal/say"
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
another process is sending, or asking about, at this moment is left alone. It may
be run twice, at once, and from cron: exit code 0 means that nothing is left, 6
that something is.

Each record is asked for in the profile that sent it, all of them in turns;
--profile chooses those of one.
--within says how long to go on for what the gateway does not know yet: it has
never arrived only when three inquiries over 45 s found nothing.`,
		Example: `  # settle what is open
  apo resume

  # from cron
  apo resume --quiet || test $? = 6`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runResume(cmd.Context(), d, within) },
	}
	cmd.Flags().DurationVar(&within, "within", time.Minute, "`time` to go on asking")
	return cmd
}

// resumed is what became of one record.
type resumed struct {
	ID     int64         `json:"id"`
	What   string        `json:"endpoint"`
	Number string        `json:"number"`
	State  journal.State `json:"state"`
	Became string        `json:"became"`
	Next   string        `json:"next,omitempty"` // the command that repeats what never arrived

	ask    *asking // nil where nobody can be asked
	repeat string
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
	list, err := journal.List(context.Background(), j, journal.Filter{Open: true, Moving: true, Profile: d.global.profile})
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	asked, sending := d.resumable(ctx, j, list)
	d.askAll(ctx, asked, within)
	if ctx.Err() != nil {
		return say.Fail(say.Interrupted, "interrupted; run apo resume again")
	}
	left := 0
	for _, r := range asked {
		if r.State.Open() {
			left++
		}
	}
	d.showResumed(asked, sending)
	if left > 0 {
		f := say.Fail(say.InDoubt, "still open: %d of %d", left, len(asked))
		f.MoneyMayHaveMoved = true
		return f.Hint("apo resume asks again, apo log watch lists them, apo log resolve writes down what you know otherwise")
	}
	return nil
}

// resumable makes ready to ask what became of each record; list has the newest
// first. What a living process sends is left out, and counted.
func (d *deps) resumable(ctx context.Context, j *journal.SQLite, list []journal.Record) (all []*resumed, sending int) {
	all = []*resumed{}
	sessions := map[string]*session{}
	for _, r := range slices.Backward(list) {
		if r.InFlight {
			sending++
			continue
		}
		if r.State == journal.Begun {
			// Its sender may have ended well just now.
			if now, err := j.Get(context.Background(), r.ID); err == nil {
				r = now
			}
			if !r.State.Open() {
				continue
			}
		}
		result := &resumed{ID: r.ID, What: r.Endpoint, Number: mainNumber(r), State: r.State, repeat: repeatOf(r)}
		var err error
		if result.ask, err = d.askAbout(ctx, r, sessions); err != nil {
			result.Became = err.Error()
		}
		if r.State == journal.Begun { // its sender died, so its answer will not come
			result.State = journal.InDoubt
		}
		all = append(all, result)
	}
	return all, sending
}

// askAbout begins the inquiries after one record.
func (d *deps) askAbout(ctx context.Context, r journal.Record, sessions map[string]*session) (*asking, error) {
	s, err := d.sessionOf(ctx, r, sessions)
	if err != nil {
		return nil, err
	}
	if r.State == journal.Begun {
		s.resolved(r.ID, journal.Resolution{Outcome: apo.InDoubt, Note: "the process that sent it ended before the answer came"})
	}
	op, err := s.recordedAs(r)
	if err != nil {
		return nil, err
	}
	if op.ask == nil {
		return nil, errors.New("there is no inquiry for this API; look it up in the dashboard")
	}
	final := func(l learnt) bool { return isFinal(l.outcome) || l.outcome == apo.Pending }
	return &asking{session: s, op: op, final: final}, nil
}

// askAll asks for all of them in turns, with longer and longer pauses, until
// there is nothing left to ask or the time is up.
func (d *deps) askAll(ctx context.Context, all []*resumed, within time.Duration) {
	defer d.io.EndLive()
	left := slices.DeleteFunc(slices.Clone(all), func(r *resumed) bool { return r.ask == nil })
	begin := d.now()
	for pause := pollEvery; ; pause = min(2*pause, 8*pollEvery) {
		left = slices.DeleteFunc(left, func(r *resumed) bool {
			if ctx.Err() != nil {
				return false
			}
			ended := r.ask.once(ctx)
			state, became := r.ask.session.settleWith(r.ask.op, r.ask.told)
			if r.Became = became; state != journal.InDoubt { // else it is as open as it was
				r.State = state
			}
			if became == neverArrived {
				r.Next = r.repeat
			}
			return ended
		})
		waited := d.now().Sub(begin)
		if len(left) == 0 || waited+pause > within {
			return
		}
		d.io.Live(fmt.Sprintf("asking what became of %d … %s", len(left), waited.Round(time.Second)))
		if !sleep(ctx, pause) {
			return
		}
	}
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
	if s.client.ClientID != r.ClientID {
		return nil, fmt.Errorf("profile %s has another client ID now (%s, then %s)", r.Profile, s.client.ClientID, r.ClientID)
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

// showResumed tells what became of each.
func (d *deps) showResumed(list []*resumed, sending int) {
	if d.printer().WantsJSON() {
		_ = d.printer().ShowOwn(list)
		return
	}
	if d.global.quiet {
		return
	}
	if sending > 0 {
		d.io.Hint(fmt.Sprintf("left alone, since another process sends it, or asks, at this moment: %d", sending))
	}
	if len(list) == 0 {
		d.io.Hint("nothing is in doubt")
		return
	}
	var rows [][]string
	for _, r := range list {
		rows = append(rows, []string{strconv.FormatInt(r.ID, 10), r.What, r.Number, string(r.State), r.Became})
	}
	_ = d.io.WriteTable([]string{"id", "endpoint", "number", "state", "became"}, rows)
	for _, r := range list {
		if r.Next != "" {
			d.io.Hint(fmt.Sprintf("%d never arrived; with the same card and flags it cannot happen twice: %s", r.ID, r.Next))
		}
	}
}
