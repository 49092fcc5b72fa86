package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// on checks that a delivery says it was made so long after noon.
func (m *merchant) on(d delivery, after time.Duration) {
	m.Helper()
	at, err := apo.ParseTime(d.time("request-time"))
	if err != nil || !at.Equal(noon().Add(after)) {
		m.Errorf("%s was sent at %s, want noon and %s", d.get("notifyType"), d.time("request-time"), after)
	}
}

// A clock that was moved lets everything on its way happen in order and at its
// own time: retries, late decisions, closings, whatever way it was moved.
func TestEverythingHappensAtItsOwnTime(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]func(*testing.T, *merchant){
		"advance": func(t *testing.T, m *merchant) { must(t, m.box.Advance(26*time.Hour)) },
		"set":     func(t *testing.T, m *merchant) { must(t, m.box.SetTime(noon().Add(26*time.Hour))) },
		"steps": func(t *testing.T, m *merchant) {
			for range 26 * 4 {
				must(t, m.box.Advance(15*time.Minute))
			}
		},
		"faster": func(t *testing.T, m *merchant) {
			must(t, m.box.SetSpeed(3600))
			m.passes(26 * time.Second)
			must(t, m.box.SetSpeed(0))
		},
		"frozen first": func(t *testing.T, m *merchant) {
			must(t, m.box.SetSpeed(0))
			m.passes(100 * day) // of no effect
			must(t, m.box.Advance(26*time.Hour))
		},
	} {
		for _, frozen := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " frozen ", frozen), func(t *testing.T) {
				t.Parallel()
				c := sandbox.Config{}
				if frozen {
					c.Time = noon()
				}
				m, r := newPassiveShop(t, c)
				r.answer = refusing
				m.clock = noon()
				m.pay("SUCCESS", "a", "1000", "visa")
				late := m.will("pay", sandbox.Outcome{Then: "LOST_CARD", After: 5 * time.Minute})
				m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa")
				m.unrule(late)
				m.pay("PAYMENT_IN_PROCESS", "c", "1000", "visa-3ds")
				move(t, m)
				if n, err := m.box.DeliverDue(context.Background()); err != nil || n < 20 {
					t.Errorf("%d attempts, %v", n, err)
				}
				m.happened(r.all())
			})
		}
	}
}

// happened checks the story of TestEverythingHappensAtItsOwnTime.
func (m *merchant) happened(got []delivery) {
	m.Helper()
	last, of := time.Time{}, map[string][]delivery{}
	for _, d := range got {
		at, err := apo.ParseTime(d.time("request-time"))
		if err != nil || at.Before(last) {
			m.Errorf("%s came after %s; %v", at, last, err)
		}
		last = at
		m.verified(d, "request-time")
		of[d.get("paymentRequestId")] = append(of[d.get("paymentRequestId")], d)
	}
	for id, start := range map[string]time.Duration{"a": 0, "b": 5 * time.Minute, "c": open} {
		if len(of[id]) != 8 {
			m.Errorf("%s was told %d times", id, len(of[id]))
			continue
		}
		for i, d := range of[id] {
			m.on(d, start+schedule()[i])
		}
		p, found, err := m.box.Payment(id)
		if err != nil || !found || len(p.Notifications) != 1 {
			m.Fatalf("%s: %+v %v", id, p.Notifications, err)
		}
		n := p.Notifications[0]
		if !n.Time.Equal(noon().Add(start)) || n.State != sandbox.GivenUp {
			m.Errorf("%s became known at %s and is %s", id, n.Time, n.State)
		}
		for i, a := range n.Attempts {
			if !a.Time.Equal(noon().Add(start + schedule()[i])) {
				m.Errorf("attempt %d of %s was at %s", i, id, a.Time)
			}
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A deliverer that runs by itself hears of a clock that moves.
func TestMovesOfTheClockAreHeard(t *testing.T) {
	t.Parallel()
	for _, shared := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			c := sandbox.Config{}
			if shared {
				c.State = filepath.Join(t.TempDir(), "state.db")
			}
			m, r := newShop(t, c)
			r.answer = refusing
			m.pay("SUCCESS", "a", "1000", "visa")
			patience := 150 * time.Millisecond // files are looked at again and again
			time.Sleep(patience)
			synctest.Wait()
			if n := len(r.all()); n != 1 {
				t.Fatalf("%d deliveries", n)
			}
			must(t, m.box.Advance(2*time.Minute))
			time.Sleep(patience)
			synctest.Wait()
			if n := len(r.all()); n != 2 {
				t.Errorf("%d deliveries after the clock was moved", n)
			}
			must(t, m.box.SetSpeed(3600))
			time.Sleep(40 * time.Second)
			synctest.Wait()
			if n := len(r.all()); n != 8 {
				t.Errorf("%d deliveries in 40 hours", n)
			}
			must(t, m.box.SetSpeed(0))
			m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa-processing")
			time.Sleep(time.Minute)
			m.is("b", "PROCESSING", "PAYMENT_IN_PROCESS")
			must(t, m.box.SetSpeed(1))
			time.Sleep(3*time.Second + patience)
			synctest.Wait()
			if n := len(r.all()); n != 9 {
				t.Errorf("%d deliveries after it went on", n)
			}
		})
	}
}

func TestSpeedInRealTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, r := newShop(t, sandbox.Config{Speed: 60})
		r.answer = refusing
		start := time.Now()
		m.pay("SUCCESS", "a", "1000", "visa")
		time.Sleep(time.Hour)
		synctest.Wait()
		got := r.all()
		if len(got) != 8 {
			t.Fatalf("%d deliveries", len(got))
		}
		for i, d := range got {
			if late := d.at.Sub(start) - schedule()[i]/60; late < 0 || late > 2*time.Millisecond {
				t.Errorf("delivery %d came %s late", i, late)
			}
		}
		if at := m.box.Now(); !at.Equal(start.Add(60 * time.Hour)) {
			t.Errorf("after an hour it is %s", at)
		}
	})
}

func TestClock(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	if c, err := m.box.Clock(); err != nil || !c.Natural() || !m.box.Now().Equal(noon()) {
		t.Errorf("%+v %v", c, err)
	}
	for name, err := range map[string]error{
		"back":          m.box.Advance(-1),
		"negative":      m.box.SetSpeed(-1),
		"too fast":      m.box.SetSpeed(1e9),
		"not a number":  m.box.SetSpeed(math.NaN()),
		"infinite":      m.box.SetSpeed(math.Inf(1)),
		"far future":    m.box.SetTime(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)),
		"before it all": m.box.SetTime(time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)),
	} {
		if err == nil {
			t.Errorf("%s was done", name)
		}
	}
	if !m.box.Now().Equal(noon()) {
		t.Errorf("a refused move left the clock at %s", m.box.Now())
	}
	must(t, m.box.SetSpeed(0))
	m.passes(time.Hour)
	must(t, m.box.SetSpeed(10))
	m.passes(time.Hour)
	must(t, m.box.Advance(time.Minute))
	if at := m.box.Now(); !at.Equal(noon().Add(10*time.Hour + time.Minute)) {
		t.Errorf("%s", at)
	}
	if c, err := m.box.Clock(); err != nil || c.Natural() || c.Speed != 10 {
		t.Errorf("%+v %v", c, err)
	}
	must(t, m.box.SetTime(noon())) // and goes on as fast as before
	m.passes(time.Minute)
	if at := m.box.Now(); !at.Equal(noon().Add(10 * time.Minute)) {
		t.Errorf("%s", at)
	}
	for name, c := range map[string]sandbox.Config{"speed": {Speed: -1}, "fast": {Speed: 1e10}, "nan": {Speed: math.NaN()}} {
		c.Passive, c.Keys = true, publishedKeys(t)
		if box, err := sandbox.Open(c); err == nil {
			box.Close()
			t.Errorf("%s was taken", name)
		}
	}
}

// What a server told a state is forgotten when it ends: how fast the clock goes,
// and not what it says. A clock that was never moved is left alone, and so is a
// speed that somebody has set since.
func TestForget(t *testing.T) {
	t.Parallel()
	never := newMerchant(t, sandbox.Config{})
	must(t, never.box.Forget())
	if c, err := never.box.Clock(); err != nil || !c.Natural() {
		t.Errorf("%+v %v", c, err)
	}
	fast := newMerchant(t, sandbox.Config{Speed: 60})
	fast.passes(time.Minute)
	must(t, fast.box.Forget())
	fast.passes(time.Minute)
	if at := fast.box.Now(); !at.Equal(noon().Add(time.Hour + time.Minute)) {
		t.Errorf("%s", at)
	}
	set := newMerchant(t, sandbox.Config{Speed: 3600})
	must(t, set.box.SetSpeed(60))
	set.passes(time.Minute)
	must(t, set.box.Forget())
	set.passes(time.Minute)
	if at := set.box.Now(); !at.Equal(noon().Add(2 * time.Hour)) {
		t.Errorf("%s", at)
	}
}

// A clock that is set back does not undo anything, nor do anything twice, and
// answers are not older than their requests.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa-3ds")
	m.delivers(1)
	must(t, m.box.Advance(time.Hour))
	m.delivers(1)
	must(t, m.box.SetTime(noon().Add(-10*day)))
	m.is("a", "SUCCESS", "SUCCESS")
	m.is("b", "FAIL", "ORDER_IS_CLOSED")
	m.capture("SUCCESS", "c", payment, "1000")
	m.delivers(1)
	must(t, m.box.SetTime(noon().Add(day)))
	m.delivers(0)
	if n := len(r.all()); n != 3 {
		t.Errorf("%d deliveries", n)
	}
}

// The clock is of the state: other processes have it at once, and later ones too.
func TestClockIsShared(t *testing.T) {
	t.Parallel()
	c := sandbox.Config{State: filepath.Join(t.TempDir(), "state.db"), Seed: "clock"}
	m, other := newMerchant(t, c), newMerchant(t, c)
	m.pay("SUCCESS", "a", "1000", "visa")
	must(t, other.box.Advance(7*day))
	m.is("a", "CANCELLED", "AUTH_EXPIRED")
	third := newMerchant(t, c)
	if at := third.box.Now(); !at.Equal(noon().Add(7 * day)) {
		t.Errorf("%s", at)
	}
	c.Time = noon()
	fourth := newMerchant(t, c)
	if clock, err := m.box.Clock(); err != nil || clock.Speed != 0 || !m.box.Now().Equal(fourth.box.Now()) {
		t.Errorf("%+v %v", clock, err)
	}
}

// recorder writes down what goes over a transport.
type recorder struct {
	to  http.RoundTripper
	log bytes.Buffer
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	resp, err := r.to.RoundTrip(request)
	if err != nil {
		fmt.Fprintf(&r.log, "%s: %v\n", request.URL.Path, err)
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	fmt.Fprintf(&r.log, "%s: %d %v\n", request.URL.Path, resp.StatusCode, err)
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		if name == "Apo-Sandbox" { // names the state, and each has its own
			continue
		}
		fmt.Fprintf(&r.log, "%s: %q\n", name, resp.Header[name])
	}
	fmt.Fprintf(&r.log, "%s\n", body)
	end := io.Reader(bytes.NewReader(body))
	if err != nil {
		end = io.MultiReader(end, failing{err})
	}
	resp.Body = io.NopCloser(end)
	return resp, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// story is all bytes of a long story.
func story(t *testing.T, c sandbox.Config) string {
	t.Helper()
	c.Time = noon()
	c.Rules = []sandbox.Rule{
		{API: "pay", Rate: 0.3, Outcome: sandbox.Outcome{Result: "DO_NOT_HONOR"}},
		{API: "pay", Rate: 0.2, Outcome: sandbox.Outcome{Then: "SUCCESS", After: time.Minute}},
		{API: "pay", Rate: 0.1, Outcome: sandbox.Outcome{Fault: "html-502"}},
		{API: "capture", Rate: 0.5, Outcome: sandbox.Outcome{Fault: "cut-mid-answer"}},
		{API: "notify", Rate: 0.3, Outcome: sandbox.Outcome{Fault: "notify-reordered"}},
		{API: "notify", Rate: 0.3, Outcome: sandbox.Outcome{Fault: "capture-twice"}},
	}
	m, r := newPassiveShop(t, c)
	r.answer = func(n int) (int, string) {
		if n%3 == 0 {
			return 500, "broken"
		}
		return 200, acknowledgement
	}
	wire := &recorder{to: m.client.HTTP.Transport}
	m.client.HTTP = &http.Client{Transport: wire}
	ctx := context.Background()
	step := func(i int) {
		request := m.request(fmt.Sprint("p", i), "1000", []string{"visa", "amex", "visa-3ds", "visa-refund-processing"}[i%4])
		request.PaymentMethod.PaymentMethodMetaData.TokenizeMode = "ASKFORCONSENT"
		request.PaymentFactor.CaptureMode = []string{"MANUAL", "AUTOMATIC"}[i/2%2]
		_, _ = m.client.Pay(ctx, request)
		if p, found, err := m.box.Payment(request.PaymentRequestID); err == nil && found {
			amount := apo.Amount{Currency: "SGD", Value: "400"}
			_, _ = m.client.Capture(ctx, apo.CaptureRequest{CaptureRequestID: fmt.Sprint("c", i), PaymentID: p.PaymentID, CaptureAmount: amount})
			_, _ = m.client.Refund(ctx, apo.RefundRequest{RefundRequestID: fmt.Sprint("r", i), PaymentID: p.PaymentID, RefundAmount: amount})
		}
	}
	for i := range 16 {
		step(i)
	}
	_, err := m.box.DeliverDue(ctx)
	must(t, err)
	must(t, m.box.Advance(26*time.Hour))
	_, err = m.box.DeliverDue(ctx)
	must(t, err)
	for i := range 16 {
		_, _ = m.client.InquiryPayment(ctx, apo.PaymentKey{PaymentRequestID: fmt.Sprint("p", i)})
	}
	for _, d := range r.all() {
		fmt.Fprintf(&wire.log, "%s %v\n%s\n", d.url, d.header, d.body)
	}
	export := json.NewEncoder(&wire.log)
	must(t, m.box.AllPayments(func(p sandbox.Payment) bool {
		whole, _, err := m.box.Payment(p.PaymentID)
		return err == nil && export.Encode(p) == nil && export.Encode(whole) == nil
	}))
	list, err := m.box.Notifications(1000)
	must(t, err)
	must(t, export.Encode(list))
	rules, err := m.box.Rules()
	must(t, err)
	must(t, export.Encode(rules))
	return wire.log.String()
}

// The same seed and time make the same bytes, of answers, notifications and
// payments, signatures included.
func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	first := story(t, sandbox.Config{Seed: "story"})
	if n := strings.Count(first, "notifyType"); len(first) < 50000 || n < 40 {
		t.Fatalf("a short story: %d bytes, %d notifications", len(first), n)
	}
	for name, c := range map[string]sandbox.Config{
		"again":     {Seed: "story"},
		"in a file": {Seed: "story", State: filepath.Join(t.TempDir(), "state.db")},
	} {
		again := story(t, c)
		if again == first {
			continue
		}
		a, b := strings.Split(first, "\n"), strings.Split(again, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("%s, line %d:\n%s\n%s", name, i, a[i], b[i])
			}
		}
		t.Fatalf("%s: %d lines and %d", name, len(a), len(b))
	}
	if other := story(t, sandbox.Config{Seed: "another"}); other == first {
		t.Error("another seed tells the same story")
	}
}

// In whatever order requests come, a payment has its numbers.
func TestNumbersDoNotHangOnTheOrder(t *testing.T) {
	t.Parallel()
	ids := func(list ...string) map[string]string {
		m := newMerchant(t, sandbox.Config{Seed: "order", Time: noon()})
		of := map[string]string{}
		for _, id := range list {
			p := apo.ReadPayment(m.pay("SUCCESS", id, "1000", "visa"))
			of[id] = p.PaymentID + p.Acquirer.Name + p.Acquirer.TransactionID
			of["c"+id] = m.capture("SUCCESS", id, p.PaymentID, "1000").Get("captureId")
		}
		return of
	}
	if a, b := ids("a", "b", "c"), ids("c", "a", "b"); !maps.Equal(a, b) {
		t.Errorf("%v\n%v", a, b)
	}
}

// The newest payments come first, wherever the clock was when they were made.
func TestNewestPayments(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for i, at := range []time.Time{
		noon(), noon().Add(500 * time.Millisecond), noon().Add(time.Second).In(time.FixedZone("", 8*3600)),
		noon().Add(2 * time.Second).In(time.FixedZone("", -8*3600)), noon().Add(1900 * time.Millisecond),
	} {
		must(t, m.box.SetTime(at))
		m.pay("SUCCESS", fmt.Sprint("p", i), "1000", "visa")
	}
	list, err := m.box.Payments(4)
	must(t, err)
	var got []string
	for _, p := range list {
		got = append(got, p.PaymentRequestID)
	}
	if want := []string{"p3", "p4", "p2", "p1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
