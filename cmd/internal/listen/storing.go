package listen

import (
	"fmt"
	"sync"
	"time"
)

// enoughRefused is how many refusals one after another are no accident.
const enoughRefused = 3

// storing remembers whether the inbox takes what comes. One that has not for long makes
// a listener that is alive, and deaf.
type storing struct {
	mu      sync.Mutex
	refused int       // since it last took something
	since   time.Time // the first of them
	last    error
}

// told is how a try went, at a time.
func (s *storing) told(err error, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.refused, s.last = 0, nil
		return
	}
	if s.refused++; s.refused == 1 {
		s.since = now
	}
	s.last = err
}

// trouble says that it has taken nothing for so long; nil if it has, or may again.
func (s *storing) trouble(now time.Time, long time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused < enoughRefused || now.Sub(s.since) < long {
		return nil
	}
	return fmt.Errorf("nothing could be written down for %s, %d messages were refused: %w", now.Sub(s.since).Round(time.Second), s.refused, s.last)
}
