package app

import (
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// The first signal ends what heeds it; the second, or a long silence, the rest.
func TestSignalsAreHeeded(t *testing.T) {
	for name, c := range map[string]struct {
		second, ends time.Duration // after the first; 0: none comes
	}{
		"one":             {0, patience},
		"two":             {time.Second, time.Second},
		"one, sent twice": {time.Millisecond, patience},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				signals := make(chan os.Signal, 1)
				run, process := make(chan time.Time, 1), make(chan time.Time, 1)
				go heed(signals, func() { run <- time.Now() }, func() {
					process <- time.Now()
					runtime.Goexit() // as os.Exit, it does not return
				})
				begin := time.Now()
				signals <- os.Interrupt
				if c.second != 0 {
					time.AfterFunc(c.second, func() { signals <- os.Interrupt })
				}
				if at := <-run; !at.Equal(begin) {
					t.Errorf("the run ends after %s", at.Sub(begin))
				}
				if at := <-process; at.Sub(begin) != c.ends {
					t.Errorf("the process ends after %s, want %s", at.Sub(begin), c.ends)
				}
			})
		})
	}
}
