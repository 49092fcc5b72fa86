package sandbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"math"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apo-cli/apo/pkg/internal/lock"
	"github.com/apo-cli/apo/pkg/internal/wait"
)

const (
	attemptTimeout = 15 * time.Second
	mostTogether   = 16  // deliveries at the same time
	mostDue        = 256 // notifications that are taken from the queue at once
	lookEvery      = 100 * time.Millisecond
	afterFailure   = 10 * time.Second // of the state
)

// deliverer brings notifications to the merchant. It is one process at a time
// for a state file.
type deliverer struct {
	client *http.Client
	woken  chan struct{} // a notification was queued
	posted atomic.Bool
	alarm  atomic.Int64 // what it waits for is due, in nanoseconds since 1970, in the sandbox's time
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu   sync.Mutex
	file *os.File                    // its lock; nil without
	run  atomic.Pointer[deliveryRun] // the one under way; nil without
}

func newDeliverer(c Config) *deliverer {
	transport := c.Deliver
	if transport == nil {
		transport = &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second, ControlContext: reachable(c.NotifyAnywhere)}).DialContext,
			MaxIdleConnsPerHost: mostTogether, IdleConnTimeout: time.Minute, DisableCompression: true,
			TLSClientConfig: &tls.Config{RootCAs: c.Trusted, MinVersion: tls.VersionTLS12},
		}
	}
	return &deliverer{
		client: &http.Client{
			Transport: transport, Timeout: attemptTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		woken: make(chan struct{}, 1),
	}
}

// Posted reports whether something was queued for delivery since Open.
func (s *Sandbox) Posted() bool { return s.delivery.posted.Load() }

// wake tells the deliverer that there is something to do.
func (d *deliverer) wake() {
	select {
	case d.woken <- struct{}{}:
	default:
	}
}

// changed wakes the deliverer when a notification was queued, or something was
// planned that comes before what it waits for.
func (d *deliverer) changed(t *tx) {
	if t.posted {
		d.posted.Store(true)
		d.wake()
		return
	}
	if t.soonest != 0 && t.soonest < d.alarm.Load() {
		d.wake()
	}
}

// brings reports whether a notification of a payment is under way. Its receiver
// may be who asks: it does not acknowledge while it waits for an answer.
func (d *deliverer) brings(payment string) bool {
	r := d.run.Load()
	return r != nil && r.isUnder(payment)
}

// deliver brings notifications as they come due, until the context ends.
func (s *Sandbox) deliver(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := s.DeliverDue(ctx); err != nil {
			wait.For(ctx, afterFailure) // an attempt that the state does not take is made again, but not at once
			continue
		}
		left, version := lookEvery, int64(0) // until it is this one's to deliver
		if s.delivers() {
			left, version = s.untilDue()
		}
		s.wait(ctx, left, version)
	}
}

// wait ends when the time is over, when the deliverer is woken and, at the
// latest a moment later, when another process has changed something.
func (s *Sandbox) wait(ctx context.Context, long time.Duration, version int64) {
	over := time.NewTimer(long)
	defer over.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	if !s.shared() {
		look.Stop()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.delivery.woken:
			return
		case <-over.C:
			return
		case <-look.C:
			if version != 0 && s.store.changed(version) {
				return
			}
		}
	}
}

// untilDue is the real time until something is due, and at most a minute; and
// the version of the state that says so.
func (s *Sandbox) untilDue() (long time.Duration, version int64) {
	_ = s.store.do(func(t *tx) error {
		long, version = time.Minute, t.version
		soonest := int64(math.MaxInt64)
		for _, next := range []func() (time.Time, error){t.nextDue, t.nextEvent} {
			at, err := next()
			if err != nil || at.IsZero() {
				continue
			}
			soonest = min(soonest, at.UnixNano())
			if left, moves := t.clock.until(s.real(), at); moves {
				long = min(long, left)
			}
		}
		s.delivery.alarm.Store(soonest)
		return nil
	})
	return max(long, time.Millisecond), version
}

// DeliverDue delivers the notifications whose time has come, each at its turn,
// and returns how many attempts it made. A sandbox delivers by itself; this is
// for one that is [Config].Passive.
func (s *Sandbox) DeliverDue(ctx context.Context) (attempts int, err error) {
	d := s.delivery
	d.mu.Lock()
	defer d.mu.Unlock()
	if may, err := s.mayDeliver(); !may || err != nil {
		return 0, err
	}
	r := &deliveryRun{box: s, under: map[string]bool{}, turn: make(chan struct{}, mostTogether), ended: make(chan struct{}, 1)}
	d.run.Store(r)
	defer d.run.Store(nil)
	defer r.work.Wait()
	for ctx.Err() == nil && r.failure() == nil {
		busy := r.busy()
		var batch []Notification
		var clock Clock
		var now time.Time
		err := s.store.do(func(t *tx) (err error) {
			clock, now, r.header = t.clock, t.now, t.settings.Options.value("notify-time")
			batch, err = t.dueNotifications(mostDue)
			return err
		})
		if err != nil {
			r.ends(0, err)
			break
		}
		if clock.Natural() {
			for i := range batch {
				batch[i].Next = now // those that could not be delivered before are late
			}
			if r.start(ctx, batch, busy) == 0 && !r.wait(ctx) {
				break
			}
			continue
		}
		r.work.Wait()
		if len(busy) > 0 { // what was under way is not due any more
			continue
		}
		if len(batch) == 0 {
			break
		}
		for i := range batch { // in their order, each at its own time
			if !batch[i].Next.Equal(batch[0].Next) {
				batch = batch[:i]
				break
			}
		}
		if r.inOrder(ctx, batch) < len(batch) {
			break
		}
	}
	r.work.Wait()
	return r.attempts, cmp.Or(r.err, ctx.Err())
}

// delivers reports whether it is this process that delivers.
func (s *Sandbox) delivers() bool {
	s.delivery.mu.Lock()
	defer s.delivery.mu.Unlock()
	return !s.shared() || s.delivery.file != nil
}

// mayDeliver takes the lock that says who delivers, if nobody else has it.
func (s *Sandbox) mayDeliver() (bool, error) {
	if !s.shared() || s.delivery.file != nil {
		return true, nil
	}
	f, err := os.OpenFile(s.file+"-delivery", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	if ok, err := lock.Try(f); err != nil || !ok {
		f.Close()
		return false, err
	}
	s.delivery.file = f
	return true, s.store.do((*tx).missed)
}

// missed makes up for the time in which nobody delivered: what came due then is
// attempted once, now, and goes on from there.
func (t *tx) missed() error {
	for {
		list, err := t.notifications(`WHERE due < ? ORDER BY due, id LIMIT 500`, t.now.UnixNano())
		if err != nil || len(list) == 0 {
			return err
		}
		for _, n := range list {
			n.Next = t.now
			if err := t.saveNotification(n); err != nil {
				return err
			}
		}
	}
}
