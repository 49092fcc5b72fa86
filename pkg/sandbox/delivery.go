package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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

// changed tells the deliverer that there is something to do, now or at another
// time than it thinks.
func (s *Sandbox) changed(t *tx) {
	if t.posted {
		s.delivery.posted.Store(true)
	} else if !t.planned || s.shared() { // where others change things too, it looks again and again
		return
	}
	select {
	case s.delivery.woken <- struct{}{}:
	default:
	}
}

// deliver brings notifications as they come due, until the context ends.
func (s *Sandbox) deliver(ctx context.Context) {
	for {
		_, err := s.DeliverDue(ctx)
		wait := lookEvery // other processes may queue, or move the clock
		switch {
		case err != nil: // an attempt that the state does not take is made again, but not at once
			wait = afterFailure
		case !s.shared():
			wait = s.untilDue()
		}
		select {
		case <-ctx.Done():
			return
		case <-s.delivery.woken:
		case <-time.After(wait):
		}
	}
}

// untilDue is the real time until something is due, and at most a minute.
func (s *Sandbox) untilDue() time.Duration {
	wait := time.Minute
	_ = s.store.do(func(t *tx) error {
		for _, next := range []func() (time.Time, error){t.nextDue, t.nextEvent} {
			at, err := next()
			if err != nil || at.IsZero() {
				continue
			}
			if left, moves := t.clock.until(s.real(), at); moves {
				wait = min(wait, left)
			}
		}
		return nil
	})
	return max(wait, time.Millisecond)
}

// DeliverDue delivers the notifications whose time has come, each at its turn,
// and returns how many attempts it made. A sandbox delivers by itself; this is
// for one that is [Config].Passive.
func (s *Sandbox) DeliverDue(ctx context.Context) (attempts int, err error) {
	d := s.delivery
	d.mu.Lock()
	defer d.mu.Unlock()
	if !s.mayDeliver() {
		return 0, nil
	}
	for ctx.Err() == nil {
		var batch []Notification
		var clock Clock
		var now time.Time
		var header string
		err := s.store.do(func(t *tx) (err error) {
			clock, now, header = t.clock, t.now, t.settings.Options.value("notify-time")
			batch, err = t.dueNotifications(mostDue)
			return err
		})
		if err != nil || len(batch) == 0 {
			return attempts, err
		}
		if !clock.Natural() { // in their order, each at its own time
			for i := range batch {
				if !batch[i].Next.Equal(batch[0].Next) {
					batch = batch[:i]
					break
				}
			}
		} else {
			for i := range batch {
				batch[i].Next = now // those that could not be delivered before are late
			}
		}
		ended := s.attemptAll(ctx, batch, header, clock.Natural())
		for i := range ended {
			if clock.speed() == 0 { // nothing takes any time
				ended[i].Took = 0
			}
		}
		attempts += len(ended)
		err = s.store.do(func(t *tx) error {
			for i, a := range ended {
				if err := t.attempted(batch[i], a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(ended) < len(batch) {
			return attempts, err
		}
	}
	return attempts, ctx.Err()
}

// mayDeliver takes the lock that says who delivers, if nobody else has it.
func (s *Sandbox) mayDeliver() bool {
	if !s.shared() || s.delivery.file != nil {
		return true
	}
	f, err := os.OpenFile(s.file+"-delivery", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false
	}
	if ok, err := lock.Try(f); err != nil || !ok {
		f.Close()
		return false
	}
	s.delivery.file = f
	return true
}

// attemptAll attempts the notifications, those of one payment one after
// another. Where the context ends, only what was attempted before is returned.
func (s *Sandbox) attemptAll(ctx context.Context, batch []Notification, header string, natural bool) []Attempt {
	ended := make([]Attempt, len(batch))
	groups := [][]int{}
	of := map[string]int{}
	for i, n := range batch {
		key := n.PaymentID
		if !natural {
			key = ""
		}
		g, known := of[key]
		if !known {
			g = len(groups)
			of[key] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	var work sync.WaitGroup
	turn := make(chan struct{}, mostTogether)
	for _, group := range groups {
		turn <- struct{}{}
		work.Go(func() {
			defer func() { <-turn }()
			for _, i := range group {
				if ctx.Err() == nil {
					ended[i] = s.attempt(ctx, batch[i], header)
				}
			}
		})
	}
	work.Wait()
	for i, a := range ended {
		if a.Time.IsZero() {
			return ended[:i]
		}
	}
	return ended
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
	a.Took = time.Since(start)
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
