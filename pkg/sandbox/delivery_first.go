package sandbox

import (
	"context"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/internal/wait"
)

// elsewhere is how long a call waits for another process to tell its news first.
const elsewhere = 5 * time.Second

// tellFirst attempts news once, before the answer to the call that made them. Its
// receiver may call back meanwhile, and its calls may have news to be told first,
// too: so it waits for no place, and for no other news than its payment's.
func (s *Sandbox) tellFirst(ctx context.Context, ids []int64) {
	may, err := s.mayDeliver()
	if err != nil {
		return
	}
	if !may {
		s.awaitAttempts(ctx, ids)
		return
	}
	for _, id := range ids {
		for s.tellOne(ctx, id) {
		}
	}
}

// tellOne attempts one, or waits for what is under way of its payment; again is
// true where it has to be looked at once more.
func (s *Sandbox) tellOne(ctx context.Context, id int64) (again bool) {
	f, n, w, behind := s.jump(id)
	if f == nil {
		if behind == nil {
			return false
		}
		select {
		case <-behind:
			return true
		case <-ctx.Done():
		}
		return false
	}
	s.delivery.done.Go(func() {
		_, _ = s.bring(s.delivery.ctx, n, w, f) // what the state does not take is delivered again
		f.ends()
		s.delivery.signal.raise()
	})
	select {
	case <-f.over:
	case <-ctx.Done():
	}
	return false
}

// Deliver attempts one notification that is due, before all others, and returns it
// as it is then. Where another process delivers, that one is waited for, at most
// five seconds. It wraps [ErrNoNotification] where there is none.
func (s *Sandbox) Deliver(ctx context.Context, id int64) (Notification, error) {
	s.tellFirst(ctx, []int64{id})
	return s.Notification(id)
}

// jump gives a notification its turn before all that waits. f is nil where it is
// not due; or where behind is what it has to wait for.
func (s *Sandbox) jump(id int64) (f *flight, n Notification, w way, behind <-chan struct{}) {
	d := s.delivery
	read := func() (waits bool) {
		err := s.store.do(func(t *tx) error {
			list, err := t.notifications(`WHERE id = ? AND due <= ?`, id, t.now.UnixNano())
			if waits = err == nil && len(list) == 1; !waits {
				return err
			}
			if n, w = list[0], t.way(); w.natural {
				n.Next = t.now
			}
			return nil
		})
		return err == nil && waits
	}
	if !read() {
		return nil, n, w, nil
	}
	d.picking.Lock() // nothing else begins, or is read, meanwhile
	defer d.picking.Unlock()
	f, ok := d.jumps(n)
	if !ok {
		return nil, n, w, d.flight(n.turn())
	}
	if !read() { // it was told just now
		f.ends()
		return nil, n, w, nil
	}
	d.held = slices.DeleteFunc(d.held, func(h Notification) bool { return h.ID == id })
	return f, n, w, nil
}

// awaitAttempts returns once each has been attempted by the process that delivers.
func (s *Sandbox) awaitAttempts(ctx context.Context, ids []int64) {
	ctx, stop := context.WithTimeout(ctx, elsewhere)
	defer stop()
	for _, id := range ids {
		for waits := true; waits; {
			err := s.store.do(func(t *tx) error {
				list, err := t.notifications(`WHERE id = ? AND due <= ?`, id, t.now.UnixNano())
				waits = len(list) == 1
				return err
			})
			if err != nil {
				return
			}
			if !waits {
				break
			}
			if !wait.For(ctx, lookEvery/5) {
				return
			}
		}
	}
}
