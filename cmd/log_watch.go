package cmd

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogWatchCmd(d *deps) *cobra.Command {
	within := 24 * time.Hour
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Tell what somebody should look at; exit code 1 if there is anything",
		Long: `Tell what somebody should look at: authorizations that end soon and were not
captured, refunds whose result is not known yet, calls in doubt. Exit code 1 if
there is anything, so that cron tells. It goes by the journal and asks nobody.`,
		Example: `  # from cron
  apo log watch || test $? = 1

  # what ends within three days
  apo log watch --within 72h || test $? = 1`,
		Args: arguments(0, 0, "flags alone, no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if within < 0 {
				return fail(kindUsage, "--within takes a time such as 24h")
			}
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			list, err := j.List(journal.Filter{})
			if err != nil {
				return fail(kindConfig, "%v", err)
			}
			return d.showWatched(watched(list, d.now(), within, j.Alive))
		},
	}
	cmd.Flags().DurationVar(&within, "within", within, "how `long` before its end an authorization is told")
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

// watched finds what somebody should look at; list has the newest first.
func watched(list []journal.Record, now time.Time, within time.Duration, alive func(journal.Record) bool) []concern {
	concerns := []concern{}
	taken := map[string]bool{} // paymentIds that a later call captured or gave back
	expiry := map[string]time.Time{}
	for _, r := range list {
		id := r.Numbers.PaymentID
		add := func(why string) {
			concerns = append(concerns, concern{r.ID, r.Endpoint, mainNumber(r), amountFact(r.Amount), why})
		}
		if end, err := apo.ParseTime(gjson.GetBytes(r.Answer, "authExpiryTime").String()); err == nil && id != "" {
			if _, known := expiry[id]; !known {
				expiry[id] = end
			}
		}
		worked := r.Exit == 0 && !r.State.Open()
		switch {
		case !r.Reads && r.State.Open() && alive(r):
		case !r.Reads && r.State == journal.Pending:
			add("its result is not known yet: " + r.Result.Code)
		case !r.Reads && r.State.Open():
			add("in doubt; apo resume asks")
		case (r.Endpoint == "capture" || r.Endpoint == "cancel") && worked:
			taken[id] = true
		case r.Endpoint == "pay" && worked && id != "" && !taken[id] && gjson.GetBytes(r.Request, "paymentFactor.captureMode").String() != "AUTOMATIC":
			end, known := expiry[id]
			switch {
			case !known:
			case !end.After(now):
				add("authorized and never captured; the authorization ended " + end.Format(time.RFC3339))
			case end.Sub(now) <= within:
				add("authorized and not captured; the authorization ends " + end.Format(time.RFC3339))
			}
		}
	}
	return concerns
}

func (d *deps) showWatched(list []concern) error {
	if d.wantsJSON() {
		if err := d.showOwn(list); err != nil {
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
	return fail(kindError, "%d to look at", len(list))
}
