package cmd

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func newLogStatsCmd(d *deps) *cobra.Command {
	var since string
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Add up results and times, by API and acquirer",
		Long: `Add up the journal by API and acquirer: how many calls succeeded, which result
codes came, and how long answers took.`,
		Example: `  # of all that was ever sent
  apo log stats

  # of a week, for a script
  apo log stats --since 7d -o json`,
		Args: arguments(0, 0, "flags alone, no arguments"),
		RunE: func(*cobra.Command, []string) error {
			filter := journal.Filter{Profile: d.global.profile}
			if since != "" {
				var err error
				if filter.Since, err = d.pastTime(since); err != nil {
					return say.Fail(say.Usage, "--since %q: %v", since, err)
				}
			}
			j, err := d.readJournal()
			if err != nil {
				return err
			}
			all, err := addUp(j.Outcomes(context.Background(), filter))
			if err != nil {
				return say.Fail(say.Config, "%v", err)
			}
			return d.showStats(all)
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "from a `time` on: 24h, 7d, or 2026-11-25T08:00:00+08:00")
	return cmd
}

// stats are those of one API with one acquirer.
type stats struct {
	Endpoint string         `json:"endpoint"`
	Acquirer string         `json:"acquirer,omitempty"`
	Calls    int            `json:"calls"`
	Success  float64        `json:"successRate"` // of those whose outcome is known, 0 to 1
	Open     int            `json:"open"`
	Results  map[string]int `json:"results"`
	P50      float64        `json:"p50Ms"`
	P95      float64        `json:"p95Ms"`
	P99      float64        `json:"p99Ms"`

	succeeded int
	times     map[time.Duration]int // how many answers took so long, to the tenth of a millisecond
}

// addUp groups records by API and acquirer.
func addUp(list iter.Seq2[journal.Record, error]) ([]*stats, error) {
	groups := map[[2]string]*stats{}
	for r, err := range list {
		if err != nil {
			return nil, err
		}
		if isNotification(r.Endpoint) { // nobody called
			continue
		}
		key := [2]string{r.Endpoint, r.Numbers.Acquirer}
		s := groups[key]
		if s == nil {
			s = &stats{Endpoint: r.Endpoint, Acquirer: r.Numbers.Acquirer, Results: map[string]int{}, times: map[time.Duration]int{}}
			groups[key] = s
		}
		s.Calls++
		switch {
		case r.State.Open():
			s.Open++
		case r.Outcome == apo.Succeeded:
			s.succeeded++
		}
		code := r.Result.Code
		if code == "" {
			code = "no answer"
		}
		s.Results[code]++
		if r.Timing.Total > 0 && r.Result.Code != "" {
			s.times[r.Timing.Total.Round(100*time.Microsecond)]++
		}
	}
	all := slices.Collect(maps.Values(groups))
	for _, s := range all {
		if known := s.Calls - s.Open; known > 0 {
			s.Success = float64(s.succeeded) / float64(known)
		}
		s.P50, s.P95, s.P99 = percentile(s.times, 50), percentile(s.times, 95), percentile(s.times, 99)
	}
	slices.SortFunc(all, func(a, b *stats) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Endpoint, b.Endpoint), strings.Compare(a.Acquirer, b.Acquirer))
	})
	return all, nil
}

// percentile is the nearest rank of times, in milliseconds; 0 of none.
func percentile(times map[time.Duration]int, p int) float64 {
	total := 0
	for _, n := range times {
		total += n
	}
	rank := max(1, (total*p+99)/100)
	for _, t := range slices.Sorted(maps.Keys(times)) {
		if rank -= times[t]; rank <= 0 {
			return float64(t.Microseconds()) / 1000
		}
	}
	return 0
}

func (d *deps) showStats(all []*stats) error {
	if all == nil {
		all = []*stats{}
	}
	if d.printer().WantsJSON() {
		return d.printer().ShowOwn(all)
	}
	if len(all) == 0 {
		d.io.Note("the journal has no calls of that time")
		return nil
	}
	var rows [][]string
	for _, s := range all {
		rows = append(rows, []string{
			s.Endpoint, cmp.Or(s.Acquirer, "-"), fmt.Sprint(s.Calls), bar(s.Success), fmt.Sprintf("%.1f%%", 100*s.Success), fmt.Sprint(s.Open),
			fmt.Sprintf("%.0f / %.0f / %.0f ms", s.P50, s.P95, s.P99), codesOf(s.Results),
		})
	}
	return d.io.WriteTable([]string{"endpoint", "acquirer", "calls", "success", "", "open", "p50 / p95 / p99", "results"}, rows)
}

// bar draws a share of 1 as ten characters.
func bar(share float64) string {
	full := int(share*10 + 0.5)
	return strings.Repeat("█", full) + strings.Repeat("░", 10-full)
}

// codesOf lists result codes, the most frequent first.
func codesOf(results map[string]int) string {
	codes := slices.SortedFunc(maps.Keys(results), func(a, b string) int {
		return cmp.Or(cmp.Compare(results[b], results[a]), strings.Compare(a, b))
	})
	var parts []string
	for _, code := range codes {
		parts = append(parts, fmt.Sprintf("%s %d", code, results[code]))
	}
	return strings.Join(parts, ", ")
}
