package listen

import "sync"

// order lets those of one payment through one after another, in the order in which
// they asked, and others at the same time.
type order struct {
	mu    sync.Mutex
	taken int                      // places, ever
	last  map[string]chan struct{} // of each payment, closed when the last that asked is through
}

// enter takes a place in the line of a payment. turn is closed when it is its
// turn, and leave ends it. A message of no payment waits for nobody.
func (o *order) enter(payment string) (turn <-chan struct{}, leave func()) {
	if payment == "" {
		free := make(chan struct{})
		close(free)
		return free, func() {}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	before, mine := o.last[payment], make(chan struct{})
	if before == nil {
		before = make(chan struct{})
		close(before)
	}
	if o.last == nil {
		o.last = map[string]chan struct{}{}
	}
	o.last[payment] = mine
	o.taken++
	return before, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.last[payment] == mine {
			delete(o.last, payment)
		}
		close(mine)
	}
}
