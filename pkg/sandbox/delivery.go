package sandbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
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
	lookEvery      = 100 * time.Millisecond
	afterFailure   = 10 * time.Second // of the state
)

// deliverer brings notifications to the merchant. It is one process at a time
// for a state file.
type deliverer struct {
	client  *http.Client
	signal  signal       // something was queued or planned, or an attempt has ended
	unread  atomic.Bool  // something was queued or planned since the queue was read
	posted  atomic.Bool  // something was queued since Open
	passive bool         // delivers only when it is asked to
	alarm   atomic.Int64 // what it waits for is due, in nanoseconds since 1970, in the sandbox's time
	ctx     context.Context
	stop    context.CancelFunc
	done    sync.WaitGroup

	mu   sync.Mutex
	file *os.File // its lock; nil without

	traffic
}

func newDeliverer(c Config) *deliverer {
	transport := c.Deliver
	if transport == nil {
		transport = &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second, ControlContext: reachable(c.NotifyAnywhere)}).DialContext,
			MaxIdleConnsPerHost: mostQuick, IdleConnTimeout: time.Minute, DisableCompression: true,
			TLSClientConfig: &tls.Config{RootCAs: c.Trusted, MinVersion: tls.VersionTLS12},
		}
	}
	d := &deliverer{
		client: &http.Client{
			Transport: transport, Timeout: attemptTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		passive: c.Passive,
		traffic: newTraffic(),
	}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// signal tells all who wait for it that something has changed.
type signal struct {
	mu sync.Mutex
	c  chan struct{}
}

// next is closed when the signal is raised. Who looks at something first and
// takes it afterwards misses what changes in between.
func (s *signal) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		s.c = make(chan struct{})
	}
	return s.c
}

func (s *signal) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c != nil {
		close(s.c)
		s.c = nil
	}
}

// Posted reports whether something was queued for delivery since Open.
func (s *Sandbox) Posted() bool { return s.delivery.posted.Load() }

// changed wakes the deliverer when a notification was queued, or something was
// planned that comes before what it waits for.
func (d *deliverer) changed(t *tx) {
	if t.posted {
		d.posted.Store(true)
	}
	if t.posted || t.soonest != 0 && t.soonest < d.alarm.Load() {
		d.unread.Store(true)
		d.signal.raise()
	}
}

// deliver brings notifications as they come due, until the sandbox is closed.
func (s *Sandbox) deliver() {
	ctx := s.delivery.ctx
	for ctx.Err() == nil {
		if _, err := s.DeliverDue(ctx); err != nil {
			wait.For(ctx, afterFailure) // an attempt that the state does not take is made again, but not at once
			continue
		}
		changed := s.delivery.signal.next()
		left, version := lookEvery, int64(0) // until it is this one's to deliver
		if s.delivers() {
			left, version = s.untilDue()
		}
		s.wait(ctx, changed, left, version)
	}
}

// wait ends when the time is over, when the deliverer is woken and, at the
// latest a moment later, when another process has changed something.
func (s *Sandbox) wait(ctx context.Context, changed <-chan struct{}, long time.Duration, version int64) {
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
		case <-changed:
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
// for one that is [Config].Passive. Where another process delivers, it does
// nothing.
//
// Those of one payment go one after another, those of different payments side by
// side, unless their time lies in the past of a clock that was moved: then all go
// in the order in which they came due. A receiver that takes its time holds up
// the news of its own payment alone.
func (s *Sandbox) DeliverDue(ctx context.Context) (attempts int, err error) {
	d := s.delivery
	if may, err := s.mayDeliver(); !may || err != nil {
		return 0, err
	}
	r := &deliveryRun{box: s, ctx: ctx}
	defer r.work.Wait()
	for ctx.Err() == nil && r.failure() == nil {
		changed, idle := d.signal.next(), d.isIdle()
		started, err := r.start()
		if err != nil {
			r.ends(0, err)
			break
		}
		if started > 0 {
			continue
		}
		if idle && d.isIdle() { // all along: what ended meanwhile may have held something up
			break
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-time.After(lookEvery):
		}
	}
	r.work.Wait()
	return r.attempts, cmp.Or(r.err, ctx.Err())
}

const (
	// cascade is how often news that came meanwhile is waited for, too: a handler
	// that is told of a payment may capture it, and refund what it captured.
	cascade = 4

	// So many come meanwhile, in that time, only where others go on paying.
	mostCaused = 100
	paidOn     = 2 * time.Second
)

// ErrPaidOn says that others made payments faster than their receivers took the
// news, so that there was no end to wait for.
var ErrPaidOn = errors.New("others go on paying, and their notifications are still under way")

// AwaitDeliveries returns once every notification that is due by now has been
// attempted, and those that receivers caused meanwhile, whichever process
// delivers; it delivers itself where none does. What comes due later is not waited
// for. It returns [ErrPaidOn] where others keep it from an end.
func (s *Sandbox) AwaitDeliveries(ctx context.Context) error {
	if _, err := s.mayDeliver(); err != nil { // first: it makes due now what was missed
		return err
	}
	var until time.Time
	var first int64
	err := s.store.do(func(t *tx) (err error) {
		until = t.now
		first, err = t.newestNotification()
		return err
	})
	if err != nil {
		return err
	}
	begun := time.Now()
	busy := func(newest int64) bool { return newest-first > mostCaused && time.Since(begun) > paidOn }
	for range cascade {
		var last int64
		if err := s.store.do(func(t *tx) (err error) { last, err = t.newestNotification(); return err }); err != nil {
			return err
		}
		if waited, err := s.awaitDeliveries(ctx, until, last, busy); err != nil || !waited {
			return err
		}
	}
	return nil
}

// awaitDeliveries waits for those that are due by a time, up to a number; waited
// is false where there were none.
func (s *Sandbox) awaitDeliveries(ctx context.Context, until time.Time, last int64, busy func(newest int64) bool) (waited bool, err error) {
	for ; ; waited = true {
		var left bool
		var newest int64
		err := s.store.do(func(t *tx) (err error) {
			if left, err = t.anyDue(until, last); err == nil {
				newest, err = t.newestNotification()
			}
			return err
		})
		if err != nil || !left {
			return waited, err
		}
		if busy(newest) {
			return waited, ErrPaidOn
		}
		if s.delivery.passive {
			if made, err := s.DeliverDue(ctx); made > 0 || err != nil {
				if err != nil {
					return waited, err
				}
				continue
			}
		}
		if !wait.For(ctx, lookEvery/5) {
			return waited, ctx.Err()
		}
	}
}

// delivers reports whether it is this process that delivers.
func (s *Sandbox) delivers() bool {
	s.delivery.mu.Lock()
	defer s.delivery.mu.Unlock()
	return !s.shared() || s.delivery.file != nil
}

// mayDeliver takes the lock that says who delivers, if nobody else has it.
func (s *Sandbox) mayDeliver() (bool, error) {
	s.delivery.mu.Lock()
	defer s.delivery.mu.Unlock()
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
	if err := s.store.do((*tx).missed); err != nil {
		f.Close()
		return false, err
	}
	s.delivery.file = f
	return true, nil
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
