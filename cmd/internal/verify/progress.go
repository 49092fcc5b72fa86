package verify

import (
	"fmt"
	"time"
)

const (
	quiet  = 10 * time.Second // for which nothing is said in a pipe
	redraw = time.Second      // between two looks at a terminal
)

// progress says how far the stream is, where somebody waits for it and sees no
// verdicts meanwhile.
func (s *Stream) progress() {
	now := s.run.Now()
	every := quiet
	if s.run.IO.ErrTTY {
		every = redraw
	}
	if now.Sub(s.said) < every || s.run.IO.ErrTTY && s.run.IO.OutTTY {
		return
	}
	s.said = now
	s.run.IO.Waiting(fmt.Sprintf("%d %s: %s", s.lines, s.unit, s.summary()), now.Sub(s.began))
}
