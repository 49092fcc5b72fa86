package listen

import (
	"testing"
	"time"
)

// A time is stale that is far from now, and from the sender's own clock where that is
// known.
func TestStaleByTheSendersClock(t *testing.T) {
	signed := time.Date(2026, 12, 1, 0, 0, 2, 0, time.UTC) // that of post
	at := func(far time.Duration, known bool) func() (time.Time, bool) {
		return func() (time.Time, bool) { return signed.Add(far), known }
	}
	for name, c := range map[string]struct {
		far    time.Duration // of now
		sender func() (time.Time, bool)
		stale  bool
	}{
		"now":                          {time.Hour, nil, false},
		"now, whatever the sender has": {time.Hour, at(48*time.Hour, true), false},
		"long ago":                     {26 * time.Hour, nil, true},
		"now there":                    {26 * time.Hour, at(time.Hour, true), false},
		"long ago there, too":          {26 * time.Hour, at(27*time.Hour, true), true},
		"there is no telling":          {26 * time.Hour, at(0, false), true},
	} {
		e := listenFor(t, func(config *Config) {
			config.SenderNow = c.sender
			config.Verifier.MaxAge = 25 * time.Hour
			config.Verifier.Now = func() time.Time { return signed.Add(c.far) }
		})
		e.post("/", message("p1"), nil)
		if r := e.told()[0].Received; r.News.Stale != c.stale || r.Reception.Stale != c.stale || r.Err != nil {
			t.Errorf("%s: stale %t, written %t, %v", name, r.News.Stale, r.Reception.Stale, r.Err)
		}
	}
}
