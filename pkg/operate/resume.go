package operate

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/wait"
	"github.com/apo-cli/apo/pkg/journal"
)

// Open is an open call, and the Operator that asks about it.
type Open struct {
	Operator *Operator
	Record   journal.Record
}

// Resume asks what became of open calls, all of them in turns with longer and
// longer pauses, until there is nothing left to ask or the time is up; each is
// asked about at least once, within 0 too. The results are in the order of the
// calls. What somebody else is at comes back with ErrInFlight. watch is told how
// many are left.
func Resume(ctx context.Context, calls []Open, within time.Duration, watch func(Event)) []Result {
	const every, longest = 2 * time.Second, 16 * time.Second
	results := make([]Result, len(calls))
	var left []*asked
	for i, c := range calls {
		s, result := c.Operator.open(c.Record)
		results[i] = result
		if s == nil {
			continue
		}
		if err := c.Operator.claim(ctx, c.Record); err != nil {
			results[i].Cause = err
			continue
		}
		defer c.Operator.release(c.Record)
		s.pendingEnds = true
		s.knows(ctx, c.Record)
		left = append(left, &asked{Open: c, series: s, result: &results[i], before: result})
	}
	begin := time.Now()
	bounded := ctx
	if within > 0 {
		var cancel context.CancelFunc
		bounded, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
	for pause := every; len(left) > 0; pause = min(2*pause, longest) {
		left = round(bounded, left)
		waited := time.Since(begin)
		if len(left) == 0 || waited+pause > within {
			break
		}
		if !rest(bounded, pause, func(rested time.Duration) {
			if watch != nil {
				watch(Event{Stage: Asking, Waited: waited + rested, Open: len(left), Record: &left[0].Record, Result: left[0].series.told()})
			}
		}) {
			break
		}
	}
	return results
}

// rest sleeps, and tells every two seconds how long it has. It reports whether it
// slept to the end.
func rest(ctx context.Context, pause time.Duration, tell func(time.Duration)) bool {
	const step = 2 * time.Second
	for rested := time.Duration(0); rested < pause; rested += step {
		tell(rested)
		if !wait.For(ctx, min(step, pause-rested)) {
			return false
		}
	}
	return true
}

// asked is an open call that is asked about.
type asked struct {
	Open
	series *series
	result *Result
	before Result
}

// round asks once about each, and returns those that are left. A gateway that does
// not answer is not asked again in the same round: that could take hours.
func round(ctx context.Context, left []*asked) []*asked {
	silent := map[*Operator]bool{}
	return slices.DeleteFunc(left, func(a *asked) bool {
		if ctx.Err() != nil {
			return false
		}
		ask := a.series.poll
		if silent[a.Operator] {
			ask = a.series.hear
		}
		ended := ask(ctx)
		if failed := (*apo.Error)(nil); errors.As(a.series.learnt.err, &failed) && failed.Status == 0 {
			silent[a.Operator] = true
		}
		a.Operator.resolve(ctx, a.Record, a.series.request, a.series.learnt)
		*a.result = a.before.with(a.series.learnt)
		return ended
	})
}
