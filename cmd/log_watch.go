package cmd

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogWatchCmd(d *deps) *cobra.Command {
	within := 24 * time.Hour
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Tell what somebody should look at; exit code 1 if there is anything",
		Long: `Tell what somebody should look at: authorizations that end soon and were not
captured, or ended so within the last week; refunds whose result is not known yet;
calls in doubt; calls of the last week that are done although their answer said no.
Exit code 1 if there is anything, so that cron tells. It goes by the journal and
asks nobody; --profile chooses the records of one.`,
		Example: `  # from cron
  apo log watch || test $? = 1

  # what ends within three days
  apo log watch --within 72h || test $? = 1`,
		Args: arguments(0, 0, "flags alone, no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if within < 0 {
				return say.Fail(say.Usage, "--within takes a time such as 24h")
			}
			d.noReminder = true // it tells by itself
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			list, err := watched(j, d.global.profile, d.now(), within)
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			return d.showWatched(list)
		},
	}
	cmd.Flags().DurationVar(&within, "within", within, "`time` before its end from which an authorization is told")
	return cmd
}

// concern is something to look at.
type concern struct {
	Record   int64  `json:"record"`
	Endpoint string `json:"endpoint"`
	Number   string `json:"number"`
	Amount   string `json:"amount,omitempty"`
	Why      string `json:"why"`
}

// forgotten is how long something is news: an authorization after its end.
const forgotten = 7 * 24 * time.Hour

// watched finds what somebody should look at, the newest first: of one profile, or
// of all.
func watched(j *journal.SQLite, profile string, now time.Time, within time.Duration) ([]concern, error) {
	concerns := []concern{}
	add := func(r journal.Record, why string) {
		concerns = append(concerns, concern{r.ID, r.Endpoint, r.Number(), say.Amount(r.Amount), why})
	}
	for r, err := range j.Records(context.Background(), journal.Filter{Open: true, Moving: true, Profile: profile}) {
		switch {
		case err != nil:
			return nil, err
		case r.InFlight:
		case r.State == journal.Pending:
			add(r, "its result is not known yet: "+cmp.Or(r.Result.Code, say.NoteOf(r)))
		default:
			add(r, "in doubt; apo resume asks")
		}
	}
	for r, err := range j.Records(context.Background(), journal.Filter{State: journal.Resolved, Since: now.Add(-forgotten), Moving: true, Profile: profile}) {
		if err != nil {
			return nil, err
		}
		if r.Outcome == apo.Succeeded && r.Result.Status == "F" && r.Verification == "verified" {
			add(r, "its answer said "+r.Result.Code+", and it is done: "+say.ResolvedOf(r))
		}
	}
	for r, err := range j.Records(context.Background(), journal.Filter{AuthEnd: now.Add(within), Profile: profile}) {
		end := r.AuthEnd.UTC().Format(time.RFC3339)
		switch {
		case err != nil:
			return nil, err
		case now.Sub(r.AuthEnd) > forgotten:
		case r.AuthEnd.After(now):
			add(r, "authorized and not captured; the authorization ends "+end)
		default:
			add(r, "authorized and never captured; the authorization ended "+end)
		}
	}
	slices.SortFunc(concerns, func(a, b concern) int { return cmp.Compare(b.Record, a.Record) })
	return concerns, nil
}

func (d *deps) showWatched(list []concern) error {
	if d.printer().WantsJSON() {
		if err := d.printer().ShowOwn(list); err != nil {
			return err
		}
	} else if len(list) > 0 {
		var rows [][]string
		for _, c := range list {
			rows = append(rows, []string{strconv.FormatInt(c.Record, 10), c.Endpoint, c.Amount, c.Number, c.Why})
		}
		_ = d.io.WriteTable([]string{"id", "endpoint", "amount", "number", "why"}, rows)
	}
	if len(list) == 0 {
		d.io.Hint("nothing to look at")
		return nil
	}
	return say.Fail(say.Error, "%d to look at", len(list))
}
