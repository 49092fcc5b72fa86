package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/lock"
	"github.com/apo-cli/apo/pkg/sign"
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
	file *os.File // its lock; nil without
}

func newDeliverer(c Config) *deliverer {
	transport := c.Deliver
	if transport == nil {
		transport = &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second, ControlContext: reachable(c.NotifyAnywhere)}).DialContext,
			MaxIdleConnsPerHost: mostTogether, IdleConnTimeout: time.Minute, DisableCompression: true,
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

// reachable lets connections through to this machine and to private networks,
// whatever name led there.
func reachable(anywhere bool) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if ip := at.Addr().Unmap(); anywhere || ip.IsLoopback() || ip.IsPrivate() {
			return nil
		}
		return errNotHere
	}
}

var errNotHere = errors.New("the sandbox delivers to this machine and to private networks alone, unless it is told otherwise")

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

// deliver brings notifications as they come due, until the context ends.
func (s *Sandbox) deliver(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := s.DeliverDue(ctx); err != nil {
			// An attempt that the state does not take is made again, but not at once.
			select {
			case <-ctx.Done():
			case <-time.After(afterFailure):
			}
			continue
		}
		wait, version := lookEvery, int64(0) // until it is this one's to deliver
		if s.delivers() {
			wait, version = s.untilDue()
		}
		s.wait(ctx, wait, version)
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
func (s *Sandbox) untilDue() (wait time.Duration, version int64) {
	_ = s.store.do(func(t *tx) error {
		wait, version = time.Minute, t.version
		soonest := int64(math.MaxInt64)
		for _, next := range []func() (time.Time, error){t.nextDue, t.nextEvent} {
			at, err := next()
			if err != nil || at.IsZero() {
				continue
			}
			soonest = min(soonest, at.UnixNano())
			if left, moves := t.clock.until(s.real(), at); moves {
				wait = min(wait, left)
			}
		}
		s.delivery.alarm.Store(soonest)
		return nil
	})
	return max(wait, time.Millisecond), version
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
	r := &round{box: s, under: map[string]bool{}, turn: make(chan struct{}, mostTogether), ended: make(chan struct{}, 1)}
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

// round is the work of one DeliverDue.
type round struct {
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
func (r *round) busy() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.ended:
	default:
	}
	return maps.Clone(r.under)
}

func (r *round) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *round) ends(attempts int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts += attempts
	r.err = cmp.Or(r.err, err)
}

// start attempts what is due of payments that are not busy, those of one payment
// one after another, and does not wait for them: a receiver that hangs shall not
// hold up the news of others. Each attempt is written down as soon as it ended.
func (r *round) start(ctx context.Context, batch []Notification, busy map[string]bool) (started int) {
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
		r.mu.Lock()
		r.under[payment] = true
		r.mu.Unlock()
		r.work.Go(func() {
			for _, n := range of[payment] {
				if ctx.Err() != nil || r.failure() != nil {
					break
				}
				a := r.box.attempt(ctx, n, header)
				if a.Time.IsZero() {
					break
				}
				err := r.box.store.do(func(t *tx) error { return t.attempted(n, a) })
				r.box.log(deliveryOf(n, a))
				r.ends(1, err)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.under, payment)
			<-r.turn
			select {
			case r.ended <- struct{}{}:
			default:
			}
		})
	}
	return len(order)
}

// wait ends when there may be something to start; ok is false where nothing is
// under way.
func (r *round) wait(ctx context.Context) (ok bool) {
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
func (r *round) inOrder(ctx context.Context, batch []Notification) (ended int) {
	var list []Attempt
	for _, n := range batch {
		if ctx.Err() != nil {
			break
		}
		a := r.box.attempt(ctx, n, r.header)
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

// delivers reports whether it is this process that delivers.
func (s *Sandbox) delivers() bool {
	s.delivery.mu.Lock()
	defer s.delivery.mu.Unlock()
	return !s.shared() || s.delivery.file != nil
}

func deliveryOf(n Notification, a Attempt) Event {
	e := Event{
		Delivery: true, Time: a.Time, Endpoint: n.Type, Code: "accepted", ID: n.RequestID, Message: a.Why,
		Took: time.Duration(a.TookMs * float64(time.Millisecond)),
	}
	if !a.Accepted {
		e.Code = "not accepted"
	}
	return e
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

// attempt delivers a notification once, or as often at once as a fault wants.
func (s *Sandbox) attempt(ctx context.Context, n Notification, header string) Attempt {
	all := make([]Attempt, max(1, n.Together))
	var both sync.WaitGroup
	for i := range all {
		both.Go(func() { all[i] = s.send(ctx, n, header) })
	}
	both.Wait()
	return all[0]
}

func (s *Sandbox) send(ctx context.Context, n Notification, header string) Attempt {
	start := time.Now()
	a := Attempt{Time: n.Next}
	status, body, err := s.request(ctx, n, header)
	if ctx.Err() != nil && err != nil {
		return Attempt{} // the sandbox stops: no attempt of the merchant's making
	}
	a.TookMs = float64(time.Since(start).Microseconds()) / 1000
	a.Status = status
	if a.Why = excerpt(problemOf(err), 200); err == nil {
		a.Answer = excerpt(string(body), 512)
		a.Why = excerpt(unacknowledged(status, body), 200)
	}
	a.Accepted = a.Why == ""
	return a
}

// excerpt is what is kept of a text from outside. It is masked before it is
// cut: half a card number would not be recognised.
func excerpt(text string, most int) string {
	runes := []rune(apo.Masker{}.Text(strings.ToValidUTF8(text, "\uFFFD")))
	return string(runes[:min(len(runes), most)])
}

func (s *Sandbox) request(ctx context.Context, n Notification, header string) (status int, body []byte, err error) {
	u, err := url.Parse(n.URL)
	if err != nil {
		return 0, nil, err
	}
	m := sign.Message{Method: http.MethodPost, Path: u.RequestURI(), ClientID: ClientID, Time: isoTime(n.Next), Body: n.Body}
	signature, err := sign.Sign(s.keys.Antom, "1", m)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, m.Method, n.URL, bytes.NewReader(n.Body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	r.Header.Set("User-Agent", "apo-sandbox")
	r.Header["client-id"] = []string{m.ClientID}
	r.Header[header] = []string{m.Time}
	r.Header["signature"] = []string{signature}
	resp, err := s.delivery.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, body, err
}

// problemOf is an error of the way, in words.
func problemOf(err error) string {
	var timeout net.Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errNotHere):
		return errNotHere.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there"
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("no answer within %s", attemptTimeout)
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return err.Error()
}

// unacknowledged says why an answer is not the one that ends the deliveries;
// empty: it is.
//
// Source: APO's guide for cards, server to server.
func unacknowledged(status int, body []byte) string {
	if status != http.StatusOK {
		return fmt.Sprintf("HTTP %d, not 200", status)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return "the body is empty"
	}
	if !gjson.ValidBytes(body) {
		return "the body is not JSON"
	}
	result := gjson.GetBytes(body, "result")
	if !result.IsObject() {
		return "the body has no object result"
	}
	for _, field := range [][2]string{{"resultStatus", "S"}, {"resultCode", "SUCCESS"}} {
		if got := result.Get(field[0]); got.Type != gjson.String || got.Str != field[1] {
			return fmt.Sprintf("result.%s is %s, not %q", field[0], cmp.Or(got.Raw, "missing"), field[1])
		}
	}
	return ""
}
