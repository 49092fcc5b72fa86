package journal

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Stats are those of the calls of one API with one acquirer.
type Stats struct {
	Endpoint, Acquirer     string
	Calls, Open, Succeeded int
	Results                map[string]int // by result code; "": no answer
	P50, P95, P99          time.Duration  // how long answers took, to the tenth of a millisecond; 0 of none
}

// SuccessRate is the share of those whose outcome is known, 0 to 1.
func (s Stats) SuccessRate() float64 {
	if s.Calls == s.Open {
		return 0
	}
	return float64(s.Succeeded) / float64(s.Calls-s.Open)
}

// Summary is what records add up to.
type Summary struct {
	Groups []Stats // by API and acquirer, the largest first
	Days   []Day   // the newest first
	Total  Day     // of all days; its Date is ""
}

// AddUp groups calls by API and acquirer, and what they did by day. Inquiries that
// found nothing, or nothing final, do not count. [Archive].Outcomes yields all that it
// needs.
func AddUp(list iter.Seq2[Record, error]) (Summary, error) { return AddUpSince(list, time.Time{}) }

// AddUpSince is AddUp without the captures and refunds that verified messages tell of and
// that were made before a time.
func AddUpSince(list iter.Seq2[Record, error], since time.Time) (Summary, error) {
	type key struct{ endpoint, acquirer string }
	type group struct {
		Stats
		times map[time.Duration]int // how many answers took so long
	}
	groups := map[key]*group{}
	days, told := newDays(), newToldParts(since)
	for r, err := range list {
		if err != nil {
			return Summary{}, err
		}
		told.add(r)
		if r.IsNotification() || r.Poll || r.Outcome == apo.NotFound { // nobody called, or learnt anything
			continue
		}
		days.add(r)
		k := key{r.Endpoint, r.Numbers.Acquirer}
		g := groups[k]
		if g == nil {
			g = &group{Stats{Endpoint: k.endpoint, Acquirer: k.acquirer, Results: map[string]int{}}, map[time.Duration]int{}}
			groups[k] = g
		}
		g.Calls++
		switch {
		case r.State.Open():
			g.Open++
		case r.Outcome == apo.Succeeded:
			g.Succeeded++
		}
		g.Results[r.Result.Code]++
		if r.Timing.Total > 0 && r.Result.Code != "" {
			g.times[r.Timing.Total.Round(100*time.Microsecond)]++
		}
	}
	told.to(days)
	var all []Stats
	for _, g := range groups {
		g.P50, g.P95, g.P99 = percentile(g.times, 50), percentile(g.times, 95), percentile(g.times, 99)
		all = append(all, g.Stats)
	}
	slices.SortFunc(all, func(a, b Stats) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Endpoint, b.Endpoint), strings.Compare(a.Acquirer, b.Acquirer))
	})
	return Summary{Groups: all, Days: days.list(), Total: days.total}, nil
}

// percentile is the nearest rank of times; 0 of none.
func percentile(times map[time.Duration]int, p int) time.Duration {
	total := 0
	for _, n := range times {
		total += n
	}
	rank := max(1, (total*p+99)/100)
	for _, t := range slices.Sorted(maps.Keys(times)) {
		if rank -= times[t]; rank <= 0 {
			return t
		}
	}
	return 0
}
