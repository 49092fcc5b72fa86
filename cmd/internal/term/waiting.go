package term

import (
	"fmt"
	"time"
)

// Waiting runs do, and shows on a terminal how long it has lasted, from the
// second interval on: mostly nothing is seen.
func (s *Streams) Waiting(what string, interval time.Duration, do func()) {
	if !s.ErrTTY || s.Quiet {
		do()
		return
	}
	over, quiet := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(quiet)
		defer func() { _ = recover() }() // what is shown meanwhile must not end what it is shown for
		begin, shown := time.Now(), false
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for n := 1; ; n++ {
			select {
			case <-over:
				if shown {
					s.EndLive()
				}
				return
			case <-ticker.C:
			}
			if n > 1 {
				s.Live(fmt.Sprintf("%s … %s", what, time.Since(begin).Round(interval)))
				shown = true
			}
		}
	}()
	defer func() {
		close(over)
		<-quiet
	}()
	do()
}
