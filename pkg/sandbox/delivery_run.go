package sandbox

import (
	"cmp"
	"context"
	"maps"
	"sync"
	"time"
)

// deliveryRun is the work of one DeliverDue.
type deliveryRun struct {
	box    *Sandbox
	header string        // of the time
	turn   chan struct{} // bounds what is under way
	ended  chan struct{} // something has ended since busy was called
	work   sync.WaitGroup

	mu       sync.Mutex
	under    map[string]bool // payments of which a notification is under way
	attempts int
	err      error // of the state
}

// busy are the payments of which a notification is under way.
func (r *deliveryRun) busy() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.ended:
	default:
	}
	return maps.Clone(r.under)
}

func (r *deliveryRun) isUnder(payment string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.under[payment]
}

func (r *deliveryRun) begins(payment string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.under[payment] = true
}

// isOver takes a payment away and says so in one step: wait must not find
// neither.
func (r *deliveryRun) isOver(payment string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.under, payment)
	select {
	case r.ended <- struct{}{}:
	default:
	}
}

func (r *deliveryRun) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *deliveryRun) ends(attempts int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts += attempts
	r.err = cmp.Or(r.err, err)
}

// start attempts what is due of payments that are not busy, those of one payment
// one after another, and does not wait for them: a receiver that hangs shall not
// hold up the news of others. Each attempt is written down as soon as it ended.
func (r *deliveryRun) start(ctx context.Context, batch []Notification, busy map[string]bool) (started int) {
	var order []string
	of := map[string][]Notification{}
	for _, n := range batch {
		if busy[n.PaymentID] {
			continue
		}
		if of[n.PaymentID] == nil {
			order = append(order, n.PaymentID)
		}
		of[n.PaymentID] = append(of[n.PaymentID], n)
	}
	header := r.header
	for _, payment := range order {
		r.turn <- struct{}{}
		r.begins(payment)
		r.work.Go(func() {
			r.oneByOne(ctx, of[payment], header)
			<-r.turn
			r.isOver(payment)
		})
	}
	return len(order)
}

// oneByOne attempts notifications and writes each attempt down at once.
func (r *deliveryRun) oneByOne(ctx context.Context, list []Notification, header string) {
	for _, n := range list {
		if ctx.Err() != nil || r.failure() != nil {
			return
		}
		a := r.box.attempt(ctx, n, header)
		if a.Time.IsZero() {
			return
		}
		err := r.box.store.do(func(t *tx) error { return t.attempted(n, a) })
		r.box.log(deliveryOf(n, a))
		r.ends(1, err)
	}
}

// wait ends when there may be something to start; ok is false where nothing is
// under way.
func (r *deliveryRun) wait(ctx context.Context) (ok bool) {
	r.mu.Lock()
	idle := len(r.under) == 0 && len(r.ended) == 0
	r.mu.Unlock()
	if idle {
		return false
	}
	select {
	case <-ctx.Done():
	case <-r.ended:
	case <-r.box.delivery.woken:
	case <-time.After(lookEvery):
	}
	return true
}

// inOrder attempts notifications one after another, and writes down what was
// attempted before the context ended. What they took is not kept: the clock is
// not the real one.
func (r *deliveryRun) inOrder(ctx context.Context, batch []Notification) (ended int) {
	var list []Attempt
	for _, n := range batch {
		if ctx.Err() != nil {
			break
		}
		r.begins(n.PaymentID)
		a := r.box.attempt(ctx, n, r.header)
		r.isOver(n.PaymentID)
		if a.Time.IsZero() {
			break
		}
		a.TookMs = 0
		list = append(list, a)
	}
	err := r.box.store.do(func(t *tx) error {
		for i, a := range list {
			if err := t.attempted(batch[i], a); err != nil {
				return err
			}
		}
		return nil
	})
	for i, a := range list {
		r.box.log(deliveryOf(batch[i], a))
	}
	r.ends(len(list), err)
	return len(list)
}
