package listen

import (
	"errors"

	"github.com/apo-cli/apo/pkg/journal"
)

// errFault says that apo itself broke at one message. What a panic says is not told: it
// could hold anything that came.
var errFault = errors.New("apo met a fault of its own with a message: it was not handled to its end, and what else comes is; please report it")

// survive is deferred where one message is handled, so that a fault of apo's own with it
// ends neither the listener nor what comes next.
func (s *Server) survive() {
	if recover() != nil {
		s.tell(Event{Trouble: errFault})
	}
}

// guarded is a write whose panics are errors: it is called for many messages at once, and
// one of them is at fault.
func guarded[T any](write func() ([]T, error)) (written []T, err error) {
	defer func() {
		if recover() != nil {
			written, err = nil, journal.ErrFault
		}
	}()
	return write()
}

// guardedShow shows an event; of one that cannot be shown it says so.
func guardedShow(show func(Event), e Event) {
	defer func() {
		if recover() != nil && e.Trouble == nil {
			guardedShow(show, Event{Trouble: errFault})
		}
	}()
	show(e)
}
