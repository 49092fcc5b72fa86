package listen

import (
	"sync"
	"time"
)

const (
	mostUnexplained  = 64      // messages
	unexplainedBytes = 2 << 20 // of bodies
)

// line is where messages that do not verify wait to be explained, in the order in which
// they came. It is short: when somebody floods the listener, what finds no place in it is
// not explained.
type line struct {
	mu      sync.Mutex
	waiting []stood
	bytes   int
	works   bool
	hurry   chan struct{} // closed when the listener ends
}

// stood is one that waits.
type stood struct {
	size int
	then func(explained bool) (spent time.Duration) // on explaining
}

// put calls then once it is its turn, or at once and with false where there is no place.
func (l *line) put(size int, then func(explained bool) (spent time.Duration)) {
	l.mu.Lock()
	full := len(l.waiting) >= mostUnexplained || len(l.waiting) > 0 && l.bytes+size > unexplainedBytes
	if !full {
		l.waiting = append(l.waiting, stood{size, then})
		l.bytes += size
		if !l.works {
			l.works = true
			go l.work()
		}
	}
	l.mu.Unlock()
	if full {
		go then(false)
	}
}

// work goes through the line until nobody is left in it. Whoever explains all the time
// leaves half of a processor to those who receive.
func (l *line) work() {
	for {
		l.mu.Lock()
		if len(l.waiting) == 0 {
			l.works = false
			l.mu.Unlock()
			return
		}
		first := l.waiting[0]
		l.mu.Unlock()
		spent := first.then(true)
		l.mu.Lock()
		l.waiting[0] = stood{}
		l.waiting, l.bytes = l.waiting[1:], l.bytes-first.size
		l.mu.Unlock()
		select {
		case <-time.After(spent):
		case <-l.hurry:
		}
	}
}
