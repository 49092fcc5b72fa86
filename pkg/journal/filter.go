package journal

import "github.com/apo-cli/apo/pkg/apo"

// Wants reports whether a filter wants a record that is there already; Limit and
// AuthEnd are about many, and do not count.
func (f Filter) Wants(r Record) bool {
	switch {
	case f.Profile != "" && r.Profile != f.Profile,
		f.Endpoint != "" && r.Endpoint != f.Endpoint,
		f.State != "" && r.State != f.State,
		f.Moving && r.Reads,
		f.Called && r.IsNotification(),
		f.Open && !r.State.Open(),
		f.Failed && (r.Outcome == "" || r.Outcome == apo.Succeeded) && (!r.IsNotification() || r.Verification == "verified"),
		!f.Since.IsZero() && r.Time.Before(f.Since),
		!f.Before.IsZero() && !r.Time.Before(f.Before),
		!f.Amount.IsZero() && r.Amount != f.Amount:
		return false
	case f.LastFour != "":
		return len(r.Card) >= 4 && r.Card[len(r.Card)-4:] == f.LastFour
	}
	return true
}
