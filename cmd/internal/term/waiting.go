package term

import "time"

// sayWaiting is how often a wait is said where there is no terminal.
const sayWaiting = 10 * time.Second

// wait is a wait that is under way.
type wait struct {
	next time.Duration // into it, when it is said next
	now  time.Duration // how long it lasted when it was last heard of
}

// Waiting says what is waited for, and for how long so far. On a terminal it
// replaces the last line of talk; elsewhere it is a line of its own at the
// beginning of a wait and every ten seconds, {"progress":"…"} where the run talks JSON.
func (s *Streams) Waiting(what string, waited time.Duration) {
	text := what
	if whole := waited.Round(time.Second); whole > 0 {
		text += "; " + whole.String() + " so far"
	}
	if s.ErrTTY && !s.TalksJSON {
		s.Live(text)
		return
	}
	if s.wait == nil || waited < s.wait.now { // another one begins
		s.wait = new(wait)
	}
	s.wait.now = waited
	if s.Quiet || waited < s.wait.next {
		return
	}
	s.wait.next = waited.Truncate(sayWaiting) + sayWaiting
	if !s.sayAs("progress", text) {
		s.Note(text)
	}
}
