package apo

import (
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"
)

// Timing is how long the parts of a call took, each from its beginning. What
// did not happen, such as connecting on a connection that was open, is zero.
type Timing struct {
	Connect   time.Duration // to the gateway, name look-up included
	TLS       time.Duration // the handshake
	FirstByte time.Duration // from the beginning of the call to the first byte of the answer
	Total     time.Duration // to its last byte, or to what ended the call
}

// stopwatch takes the times of one call. The transport reports from goroutines
// of its own, which may outlive the call.
type stopwatch struct {
	now   func() time.Time
	begin time.Time

	mu     sync.Mutex
	timing Timing
}

func newStopwatch(now func() time.Time) *stopwatch { return &stopwatch{now: now, begin: now()} }

// trace adds to a trace what the watch needs.
func (w *stopwatch) trace(t *httptrace.ClientTrace) {
	var connecting, shaking time.Time
	set := func(to *time.Duration, from *time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		*to = w.now().Sub(*from)
	}
	t.GetConn = func(string) { w.mu.Lock(); connecting = w.now(); w.mu.Unlock() }
	t.ConnectDone = func(string, string, error) { set(&w.timing.Connect, &connecting) }
	t.TLSHandshakeStart = func() { w.mu.Lock(); shaking = w.now(); w.mu.Unlock() }
	t.TLSHandshakeDone = func(tls.ConnectionState, error) { set(&w.timing.TLS, &shaking) }
	t.GotFirstResponseByte = func() { set(&w.timing.FirstByte, &w.begin) }
}

// stop returns the times, the total up to now.
func (w *stopwatch) stop() Timing {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timing.Total = w.now().Sub(w.begin)
	return w.timing
}
