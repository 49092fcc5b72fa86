package say

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/journal"
)

// Stats tells how calls succeeded, and how long they took; then what they moved, day by
// day and in total.
func Stats(p Printer, sum journal.Summary) error {
	all := sum.Groups
	if p.WantsJSON() {
		views := []any{}
		for _, s := range all {
			views = append(views, statsViewOf(s))
		}
		return p.ShowOwn(append(views, dayViews(sum)...))
	}
	if len(all) == 0 {
		p.Note("the journal has no calls of that time")
		return nil
	}
	var rows [][]string
	for _, s := range all {
		rate := s.SuccessRate()
		rows = append(rows, []string{
			s.Endpoint, cmp.Or(s.Acquirer, "-"), fmt.Sprint(s.Calls), bar(rate), percent(rate), fmt.Sprint(s.Open),
			fmt.Sprintf("%.0f / %.0f / %.0f ms", inMs(s.P50), inMs(s.P95), inMs(s.P99)), codesOf(s.Results),
		})
	}
	if err := p.WriteTable([]string{"endpoint", "acquirer", "calls", "success", "", "open", "p50 / p95 / p99", "results"}, rows); err != nil {
		return err
	}
	return days(p, sum)
}

// statsView is a group as scripts see it.
type statsView struct {
	Endpoint string         `json:"endpoint"`
	Acquirer string         `json:"acquirer,omitempty"`
	Calls    int            `json:"calls"`
	Success  float64        `json:"successRate"` // 0 to 1
	Open     int            `json:"open"`
	Results  map[string]int `json:"results"`
	P50      float64        `json:"p50Ms"`
	P95      float64        `json:"p95Ms"`
	P99      float64        `json:"p99Ms"`
}

func statsViewOf(s journal.Stats) statsView {
	return statsView{s.Endpoint, s.Acquirer, s.Calls, s.SuccessRate(), s.Open, named(s.Results), inMs(s.P50), inMs(s.P95), inMs(s.P99)}
}

// inMs is a time in milliseconds.
func inMs(t time.Duration) float64 { return float64(t.Microseconds()) / 1000 }

// named gives the calls without an answer a name.
func named(results map[string]int) map[string]int {
	results = maps.Clone(results)
	if n := results[""]; n > 0 {
		delete(results, "")
		results["no answer"] = n
	}
	return results
}

// bar draws a share of 1 as ten characters. It is full only of all, and empty
// only of none.
func bar(share float64) string {
	full := int(share*10 + 0.5)
	switch {
	case share > 0 && full == 0:
		full = 1
	case share < 1 && full == 10:
		full = 9
	}
	return strings.Repeat("█", full) + strings.Repeat("░", 10-full)
}

// percent writes a share of 1; 100.0% only of all, and 0.0% only of none.
func percent(share float64) string {
	text := fmt.Sprintf("%.1f%%", 100*share)
	switch {
	case share < 1 && text == "100.0%":
		return "99.9%"
	case share > 0 && text == "0.0%":
		return "0.1%"
	}
	return text
}

// codesOf lists result codes, the most frequent first.
func codesOf(results map[string]int) string {
	results = named(results)
	codes := slices.SortedFunc(maps.Keys(results), func(a, b string) int {
		return cmp.Or(cmp.Compare(results[b], results[a]), strings.Compare(a, b))
	})
	var parts []string
	for _, code := range codes {
		parts = append(parts, fmt.Sprintf("%s %d", code, results[code]))
	}
	return strings.Join(parts, ", ")
}
