package listen

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	mostUntold = 1024 // events
	tellWithin = 5 * time.Second
)

// teller tells of events, one at a time. A terminal that was stopped, or a pipe that
// nobody reads, takes none: then the listener goes on, and says later how many were
// not shown. What came is in the journal all the same.
type teller struct {
	show   func(Event)
	within time.Duration // that an event waits for those before it to be shown
	events chan untold
	work   sync.WaitGroup
	stuck  atomic.Bool // one waited in vain, and none was shown since
	missed atomic.Int64
}

type untold struct {
	Event
	shown chan<- struct{} // closed when it was; nil where nobody waits for that
}

func newTeller(show func(Event)) *teller {
	t := &teller{show: show, within: tellWithin, events: make(chan untold, mostUntold)}
	t.work.Go(t.run)
	return t
}

func (t *teller) run() {
	for e := range t.events {
		guardedShow(t.show, e.Event)
		if e.shown != nil {
			close(e.shown)
		}
		t.stuck.Store(false)
		if n := t.missed.Swap(0); n > 0 {
			guardedShow(t.show, Event{Trouble: fmt.Errorf("%d lines were not shown, because nobody read those before them", n)})
		}
	}
}

func (t *teller) tell(e Event) { t.put(untold{Event: e}) }

// tellNow returns when the event was shown, or will not be soon.
func (t *teller) tellNow(e Event) {
	shown := make(chan struct{})
	if !t.put(untold{e, shown}) {
		return
	}
	select {
	case <-shown:
	case <-time.After(t.within):
	}
}

func (t *teller) put(e untold) bool {
	select {
	case t.events <- e:
		return true
	default:
	}
	if !t.stuck.Load() {
		timer := time.NewTimer(t.within)
		defer timer.Stop()
		select {
		case t.events <- e:
			return true
		case <-timer.C:
			t.stuck.Store(true)
		}
	}
	t.missed.Add(1)
	return false
}

// stop returns when all was told, or ctx ends: all is false then, and show may not have
// returned. Nobody may tell anything afterwards.
func (t *teller) stop(ctx context.Context) (all bool) {
	close(t.events)
	done := make(chan struct{})
	go func() { t.work.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}
