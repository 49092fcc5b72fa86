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
