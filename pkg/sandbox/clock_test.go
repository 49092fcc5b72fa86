package sandbox

import (
	"testing"
	"time"
)

// Nothing is waited for on a clock that stands still: the deliverer would ask
// again and again whether it is time.
func TestUntil(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		clock Clock
		left  time.Duration
		wait  time.Duration
		ok    bool
	}{
		{Clock{}, time.Hour, time.Hour, true},
		{Clock{Real: at, Box: at, Speed: 60}, time.Hour, time.Minute, true},
		{Clock{Real: at, Box: at, Speed: 0.5}, time.Hour, 2 * time.Hour, true},
		{Clock{Real: at, Box: at}, time.Hour, 0, false},
		{Clock{Real: at, Box: at}, 0, 0, true}, // it is time already
		{Clock{Real: at, Box: at, Speed: 60}, -time.Hour, 0, true},
	} {
		if wait, ok := c.clock.until(at, at.Add(c.left)); wait != c.wait || ok != c.ok {
			t.Errorf("%+v: %s until %s have passed, %t; want %s, %t", c.clock, wait, c.left, ok, c.wait, c.ok)
		}
	}
}

// However fast it goes and for however long, a clock stops at its end.
func TestEndOfTheClock(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := Clock{Real: at, Box: at, Speed: maxSpeed}
	for _, gone := range []time.Duration{time.Hour, 365 * 24 * time.Hour} {
		if got := c.Now(at.Add(gone)); !got.Equal(latest()) {
			t.Errorf("after %s it says %s", gone, got)
		}
	}
	if got := c.Now(at.Add(time.Second)); !got.Equal(at.Add(maxSpeed * time.Second)) {
		t.Errorf("after a second it says %s", got)
	}
}
