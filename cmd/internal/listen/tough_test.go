package listen

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
)

// Who sends long bodies waits for others who do, and holds up nobody else: neither do
// those who only say that they will send much.
func TestLongBodiesTakeTurns(t *testing.T) {
	e := listenFor(t, nil)
	e.room.free = 1 << 20
	for range 50 {
		c, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{")
	}
	long := func(n int) string {
		return strings.TrimSuffix(message(fmt.Sprint("p", n)), "}") + `,"x":"` + strings.Repeat("y", 900<<10) + `"}`
	}
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			if status, answer, header := e.post("/", long(n), nil); !received(status, header, answer) {
				t.Errorf("HTTP %d %s", status, answer)
			}
		})
	}
	all.Wait()
	until(t, func() bool {
		e.room.mu.Lock()
		defer e.room.mu.Unlock()
		return e.room.free == 1<<20 && len(e.room.line) == 0
	})
	if !e.room.enter(t.Context(), 1<<20) { // and now somebody keeps it
		t.Fatal("there is no room")
	}
	if status, answer, header := e.post("/", message("small"), nil); !received(status, header, answer) {
		t.Errorf("a small one: HTTP %d %s", status, answer)
	}
	e.cut() // it does not wait any longer
	if status, _, _ := e.post("/", long(9), nil); status != 503 {
		t.Errorf("without room: HTTP %d", status)
	}
}

// A flood of what does not verify fills neither the journal nor the terminal, which is
// said; what verifies is received all the same.
func TestFloodOfUnverified(t *testing.T) {
	now := time.Now()
	e := listenFor(t, func(c *Config) { c.Now = func() time.Time { return now } })
	e.unverified.messages = 3
	for range 20 {
		if status, _, _ := e.post("/", message("p1"), func(r *http.Request) { r.Header.Set("Request-Time", "1") }); status != 400 {
			t.Errorf("HTTP %d", status)
		}
	}
	if status, answer, header := e.post("/", message("p2"), nil); !received(status, header, answer) {
		t.Errorf("HTTP %d %s", status, answer)
	}
	var shown, said int
	for _, event := range e.told() {
		switch {
		case event.Trouble != nil:
			said++
		case event.Received != nil:
			shown++
		}
	}
	if shown != 4 || said != 1 || e.inbox.count() != 4 {
		t.Errorf("%d shown, %d said, %d kept", shown, said, e.inbox.count())
	}
}

func TestAllowance(t *testing.T) {
	now := time.UnixMilli(0)
	a := newAllowance(now)
	for range unverifiedBurst {
		if allowed, _ := a.take(now, 10); !allowed {
			t.Fatal("too few")
		}
	}
	if allowed, trouble := a.take(now, 10); allowed || trouble == nil {
		t.Errorf("%t, %v", allowed, trouble)
	}
	if allowed, trouble := a.take(now, 10); allowed || trouble != nil {
		t.Errorf("said twice: %t, %v", allowed, trouble)
	}
	now = now.Add(time.Minute)
	for range unverifiedMinute {
		if allowed, _ := a.take(now, 10); !allowed {
			t.Fatal("a minute later: too few")
		}
	}
	if allowed, trouble := a.take(now, 10); allowed || trouble == nil || !strings.HasPrefix(trouble.Error(), "2 more") {
		t.Errorf("%t, %v", allowed, trouble)
	}
	if allowed, _ := newAllowance(now).take(now, unverifiedBytes+1); allowed {
		t.Error("of any size")
	}
}

// Where nobody reads what is shown the listener goes on, says what was missed once
// somebody does, and ends when it is told to.
func TestNobodyReads(t *testing.T) {
	reads := make(chan struct{})
	var mu sync.Mutex
	var troubles []error
	e := listenFor(t, func(c *Config) {
		c.Tell = func(event Event) {
			<-reads
			mu.Lock()
			defer mu.Unlock()
			if event.Trouble != nil {
				troubles = append(troubles, event.Trouble)
			}
		}
	})
	e.within = 10 * time.Millisecond
	const more = 20
	for range mostUntold {
		e.tell(Event{})
	}
	for n := range more {
		if status, answer, header := e.post("/", message(fmt.Sprint("p", n)), nil); !received(status, header, answer) {
			t.Errorf("HTTP %d %s", status, answer)
		}
	}
	if told := e.Stop(t.Context()); told {
		t.Error("it has told all")
	}
	e.stop = func() {}
	close(reads)
	until(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(troubles) == 1 })
	if e.inbox.count() != more || !strings.Contains(troubles[0].Error(), "lines were not shown") {
		t.Errorf("%d written, %v", e.inbox.count(), troubles)
	}
}

// Where the disk is full nothing is acknowledged, and later it is.
func TestFullDisk(t *testing.T) {
	e := listenFor(t, nil)
	full := errors.New("the disk is full")
	fails := func(err error) { e.inbox.mu.Lock(); e.inbox.fails = err; e.inbox.mu.Unlock() }
	fails(full)
	if status, _, _ := e.post("/", message("p1"), nil); status != 500 {
		t.Errorf("HTTP %d", status)
	}
	fails(nil)
	if status, answer, header := e.post("/", message("p1"), nil); !received(status, header, answer) {
		t.Errorf("HTTP %d %s", status, answer)
	}
	if events := e.told(); !errors.Is(events[0].Received.Refused, full) || events[0].Received.Facts.News.PaymentID != "p1" || events[1].Received.Refused != nil {
		t.Errorf("%+v", events)
	}
}

// A listener whose journal takes nothing for long says so, to whoever asks and by itself;
// one that could not for a moment, or not twice in a row, goes on.
func TestAliveButNothingIsKept(t *testing.T) {
	full := errors.New("the disk is full")
	e := listenFor(t, func(c *Config) { c.CheckEvery = 40 * time.Millisecond })
	fails := func(err error) { e.inbox.mu.Lock(); e.inbox.fails = err; e.inbox.mu.Unlock() }
	for i, err := range []error{full, full, nil, full} {
		fails(err)
		e.post("/", message(fmt.Sprint("p", i)), nil)
	}
	if err := e.Check(t.Context()); err != nil {
		t.Errorf("too early: %v", err)
	}
	e.post("/", message("p5"), nil)
	e.post("/", message("p6"), nil)
	var failure error
	select {
	case failure = <-e.Failed():
	case <-time.After(10 * time.Second):
	}
	if !errors.Is(failure, full) {
		t.Errorf("it says %v", failure)
	}
	got, err := http.Get(e.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	if got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("healthz: HTTP %d", got.StatusCode)
	}
}

// silent accepts connections and never hands them over.
type silent struct {
	net.Listener
	done chan struct{}
	once sync.Once
}

func (s *silent) Accept() (net.Conn, error) { <-s.done; return nil, net.ErrClosed }
func (s *silent) Close() error              { s.once.Do(func() { close(s.done) }); return s.Listener.Close() }

// A listener whose socket takes connections that nobody answers finds out by itself.
func TestAliveButDeaf(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Start(&silent{Listener: l, done: make(chan struct{})}, Config{
		Verifier: notify.Verifier{}, Inbox: &inbox{}, Now: time.Now, Knows: knows{}, Tell: func(Event) {}, CheckEvery: 10 * time.Millisecond,
	})
	defer s.Stop(t.Context())
	select {
	case err := <-s.Failed():
		if !strings.Contains(err.Error(), "does not answer") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not say so")
	}
}

// What comes next on a connection does not wait for the diagnosis of what came before.
func TestTheNextDoesNotWaitForTheDiagnosis(t *testing.T) {
	found := make(chan struct{})
	e := listenFor(t, func(c *Config) { c.Knows = slow{found: found} })
	c, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	bad := "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nClient-Id: " + own + "\r\nRequest-Time: 1\r\nSignature: algorithm=RSA256,keyVersion=1,signature=eA%3D%3D\r\n\r\n{}"
	answers := bufio.NewReader(c)
	for range 3 {
		io.WriteString(c, bad)
		got, err := http.ReadResponse(answers, nil)
		if err != nil || got.StatusCode != 400 {
			t.Fatalf("%+v, %v", got, err)
		}
		_, _ = io.Copy(io.Discard, got.Body)
	}
	close(found)
	if events := e.told(); len(events) != 3 {
		t.Errorf("%d events", len(events))
	}
}
