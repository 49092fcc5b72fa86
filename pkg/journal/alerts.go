package journal

import (
	"context"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Alert is a call that somebody should look at.
type Alert struct {
	Record Record
	Kind   AlertKind
}

// AlertKind says why.
type AlertKind string

const (
	Stuck              AlertKind = "stuck"               // a process has been at it for longer than ten minutes
	NotFinal           AlertKind = "not-final"           // it arrived, and its result is not known yet
	Unknown            AlertKind = "unknown"             // nobody knows what became of it
	DoneAllTheSame     AlertKind = "done-all-the-same"   // its own answer said F, and it worked
	AuthorizationEnds  AlertKind = "authorization-ends"  // soon, at AuthEnd, and nothing was captured
	AuthorizationEnded AlertKind = "authorization-ended" // at AuthEnd, and nothing was captured
)

// stuckAfter is how long a call may be in flight before somebody should look:
// its process may have been stopped.
const stuckAfter = 10 * time.Minute

// alertFor is how long something that is over is news.
const alertFor = 7 * 24 * time.Hour

// Alerts finds what somebody should look at, the newest first: of one profile, or
// of all where it is empty. It asks nobody. An authorization counts that ends
// within a time, or ended within the last week.
func Alerts(ctx context.Context, s Store, profile string, now time.Time, within time.Duration) ([]Alert, error) {
	var alerts []Alert
	for _, part := range []struct {
		filter Filter
		kind   func(Record) AlertKind // "": nothing about it
	}{
		{Filter{Open: true, Moving: true, Profile: profile}, func(r Record) AlertKind { return openAlert(r, now) }},
		{Filter{State: Resolved, Since: now.Add(-alertFor), Moving: true, Profile: profile}, resolvedAlert},
		{Filter{AuthEnd: now.Add(within), Profile: profile}, func(r Record) AlertKind { return authorizationAlert(r, now) }},
	} {
		for r, err := range s.Records(ctx, part.filter) {
			if err != nil {
				return nil, err
			}
			if kind := part.kind(r); kind != "" {
				alerts = append(alerts, Alert{r, kind})
			}
		}
	}
	slices.SortStableFunc(alerts, func(a, b Alert) int { return b.Record.Time.Compare(a.Record.Time) })
	return alerts, nil
}

func openAlert(r Record, now time.Time) AlertKind {
	switch {
	case r.InFlight && now.Sub(r.Time) <= stuckAfter:
		return ""
	case r.InFlight:
		return Stuck
	case r.State == Pending:
		return NotFinal
	}
	return Unknown
}

func resolvedAlert(r Record) AlertKind {
	if r.Outcome == apo.Succeeded && r.Result.Status == "F" && r.Verification == "verified" {
		return DoneAllTheSame
	}
	return ""
}

func authorizationAlert(r Record, now time.Time) AlertKind {
	switch {
	case now.Sub(r.AuthEnd) > alertFor:
		return ""
	case r.AuthEnd.After(now):
		return AuthorizationEnds
	}
	return AuthorizationEnded
}
