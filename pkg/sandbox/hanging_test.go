package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// partly is a network on which the hosts and the payments that begin with "hang"
// never answer.
type partly struct {
	receiver
	now, most atomic.Int64 // hang
}

func (p *partly) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(r.URL.Host, "hang") || bytes.Contains(body, []byte(`"hang-`)) {
		p.most.Store(max(p.most.Load(), p.now.Add(1)))
		defer p.now.Add(-1)
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return p.receiver.RoundTrip(r)
}

// tells makes a payment that is notified to an address.
func (m *merchant) tells(id, to string) {
	m.Helper()
	request := m.request(id, "1000", "visa")
	request.PaymentNotifyURL = to
	answer, err := m.client.Pay(context.Background(), request)
	m.wants("SUCCESS", answer, err)
}

// Forty receivers that hang, or one that hangs forty times, delay the news of
// others by less than a second: on the real clock, on one that was moved, on one
// that stands still, and in a past that is made up for.
func TestFortyThatHangDelayNobodyElse(t *testing.T) {
	t.Parallel()
	clocks := map[string]func(*testing.T, *sandbox.Sandbox){
		"real":   func(*testing.T, *sandbox.Sandbox) {},
		"moved":  func(t *testing.T, box *sandbox.Sandbox) { must(t, box.Advance(time.Hour)) },
		"frozen": func(t *testing.T, box *sandbox.Sandbox) { must(t, box.SetSpeed(0)) },
	}
	hosts := map[string]func(i int) (id, to string){
		"one host":      func(i int) (id, to string) { return fmt.Sprint("p", i), "http://hang.example/" },
		"forty hosts":   func(i int) (id, to string) { return fmt.Sprint("p", i), fmt.Sprintf("http://hang%d.example/", i) },
		"the same host": func(i int) (id, to string) { return fmt.Sprint("hang-", i), "http://shop.example/" },
	}
	for clock, set := range clocks {
		for host, of := range hosts {
			synctest.Test(t, func(t *testing.T) {
				p := &partly{}
				m, _ := newShop(t, sandbox.Config{})
				m = m.with(sandbox.Config{Deliver: p})
				set(t, m.box)
				for i := range 40 {
					m.tells(of(i))
				}
				start := time.Now()
				m.tells("good", "http://shop.example/hooks")
				for len(p.all()) == 0 && time.Since(start) < time.Minute {
					time.Sleep(time.Millisecond)
				}
				if took := time.Since(start); took > time.Second {
					t.Errorf("clock %s, %s: delivered after %s", clock, host, took)
				}
			})
		}
	}
}

// What the past brings keeps its order as long as receivers answer, and waits
// less than a second for all that do not.
func TestThePastDoesNotWaitForWhatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &partly{}
		m, _ := newShop(t, sandbox.Config{})
		m = m.with(sandbox.Config{Deliver: p, Passive: true, Time: noon()})
		for i := range 20 {
			m.tells(fmt.Sprint("p", i), fmt.Sprintf("http://hang%d.example/", i))
			m.tells(fmt.Sprint("g", i), "http://shop.example/")
			must(t, m.box.Advance(time.Second))
		}
		start := time.Now()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _, _ = m.box.DeliverDue(ctx) }()
		for len(p.all()) < 20 && time.Since(start) < time.Minute {
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("delivered after %s", took)
		}
		for i, d := range p.all() {
			if want := fmt.Sprint("g", i); d.get("paymentRequestId") != want {
				t.Errorf("delivery %d is of %s, want %s", i, d.get("paymentRequestId"), want)
			}
		}
	})
}

// However many there are, no more than so many wait at one receiver, and all have
// their turn.
func TestHangingIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &partly{}
		m, _ := newShop(t, sandbox.Config{})
		m = m.with(sandbox.Config{Deliver: p})
		for i := range 300 {
			m.tells(fmt.Sprint("p", i), "http://hang.example/")
		}
		time.Sleep(40 * time.Second)
		if most := p.most.Load(); most != 256 {
			t.Errorf("%d hang at the same time", most)
		}
		list, err := m.box.Notifications(1000)
		must(t, err)
		for _, n := range list {
			if len(n.Attempts) != 1 || n.Attempts[0].Why != "no answer within 15s" || !n.Attempts[0].Next.Equal(n.Next) {
				t.Fatalf("%+v", n)
			}
		}
	})
}

// A handler that pays while it is notified, and is notified of that before it has
// its answer, and so on, ends as deep as it wants.
func TestNotifyFirstWithHandlersThatCallBack(t *testing.T) {
	t.Parallel()
	for name, passive := range map[string]bool{"served": false, "embedded": true} {
		synctest.Test(t, func(t *testing.T) {
			const depth = 100
			var m *merchant
			var deep atomic.Int64
			handler := roundTrip(func(r *http.Request) (*http.Response, error) {
				if n := deep.Add(1); n < depth {
					m.tells(fmt.Sprint("p", n), "http://shop.example/")
				}
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(acknowledgement)), Request: r}, nil
			})
			m, _ = newShop(t, sandbox.Config{})
			m = m.with(sandbox.Config{Deliver: handler, Passive: passive})
			m.will("notify", sandbox.Outcome{Fault: "notify-first"})
			start := time.Now()
			m.tells("p0", "http://shop.example/")
			if took := time.Since(start); took > time.Second || deep.Load() != depth {
				t.Errorf("%s: %d deliveries in %s", name, deep.Load(), took)
			}
		})
	}
}

// The news of one payment keep their order, however much else there is.
func TestNewsOfOnePaymentKeepTheirOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		got := map[string]string{}
		slow := roundTrip(func(r *http.Request) (*http.Response, error) {
			text, _ := io.ReadAll(r.Body)
			d := delivery{body: text}
			key := d.get("paymentRequestId") + d.get("captureRequestId") + d.get("refundRequestId")
			mu.Lock()
			got[key[1:]] += key[:1]
			mu.Unlock()
			time.Sleep(time.Duration(len(text)%7) * 30 * time.Millisecond)
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(acknowledgement)), Request: r}, nil
		})
		m, _ := newShop(t, sandbox.Config{})
		m = m.with(sandbox.Config{Deliver: slow, NotifyURL: "http://shop.example/"})
		for i := range 30 {
			id := fmt.Sprint(i)
			payment := m.pay("SUCCESS", "p"+id, "1000", "visa").Get("paymentId")
			m.capture("SUCCESS", "c"+id, payment, "1000")
			m.refund("SUCCESS", "r"+id, payment, "500")
		}
		must(t, m.box.AwaitDeliveries(t.Context()))
		if len(got) != 30 {
			t.Errorf("%d payments", len(got))
		}
		for id, order := range got {
			if order != "pcr" {
				t.Errorf("payment %s was told %s", id, order)
			}
		}
	})
}

// AwaitDeliveries waits for what another process delivers.
func TestAwaitingWhatAnotherDelivers(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/state.db"
	reached, release := make(chan bool, 1), make(chan bool)
	served, _ := newShop(t, sandbox.Config{})
	served = served.with(sandbox.Config{State: file, NotifyURL: "http://shop.example/", Deliver: roundTrip(func(r *http.Request) (*http.Response, error) {
		reached <- true
		<-release
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(acknowledgement)), Request: r}, nil
	})})
	served.pay("SUCCESS", "a", "1000", "visa")
	<-reached // it is this one that delivers
	other := served.with(sandbox.Config{State: file, Passive: true})
	short, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if err := other.box.AwaitDeliveries(short); err == nil {
		t.Error("it did not wait for a receiver that has not answered")
	}
	close(release)
	must(t, other.box.AwaitDeliveries(t.Context()))
	if n := other.news(); n.State != sandbox.Accepted {
		t.Errorf("%+v", n)
	}
}

// A notification that was forgotten, or queued anew, while its receiver took its
// time is not brought back by the end of the attempt.
func TestWhatHappensDuringAnAttempt(t *testing.T) {
	t.Parallel()
	reach, release := make(chan bool), make(chan bool)
	m, _ := newPassiveShop(t, sandbox.Config{})
	m = m.with(sandbox.Config{Passive: true, NotifyURL: "http://shop.example/", Deliver: roundTrip(func(r *http.Request) (*http.Response, error) {
		reach <- true
		<-release
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(acknowledgement)), Request: r}, nil
	})})
	during := func(what func()) {
		ended := make(chan bool)
		go func() {
			defer close(ended)
			_, _ = m.box.DeliverDue(context.Background())
		}()
		<-reach
		what()
		release <- true
		select {
		case <-ended:
		case <-reach: // it was queued anew
			release <- true
			<-ended
		}
	}
	m.pay("SUCCESS", "a", "1000", "visa")
	during(func() {
		time.Sleep(2 * time.Millisecond) // so that it is another time
		must(t, m.box.Resend(1, "http://other.example/again"))
	})
	if n := m.news(); n.State != sandbox.Accepted || len(n.Attempts) != 2 || n.Attempts[0].To != "" || n.Attempts[1].To != "http://other.example/again" {
		t.Errorf("%+v", n)
	}
	m.pay("SUCCESS", "b", "1000", "visa")
	during(func() {
		must(t, m.box.Reset())
		m.tells("c", "http://shop.example/") // the notification gets the number of the first
	})
	if n := m.news(); n.ID != 1 || len(n.Attempts) != 1 || n.RequestID != "paymentRequestId c" {
		t.Errorf("%+v", n)
	}
}
