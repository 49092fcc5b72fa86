package sandbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// What one process changes counts for the next call of another, which had kept
// what it knew.
func TestWhatAnotherProcessChangesCounts(t *testing.T) {
	keys, err := sandbox.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "state.db")
	a := newMerchant(t, sandbox.Config{Keys: keys, State: file})
	b := newMerchant(t, sandbox.Config{Keys: keys, State: file})
	for round := range 3 {
		id := func(text string) string { return fmt.Sprintf("%s-%d", text, round) }
		a.pay("SUCCESS", id("before-a"), "4200", "visa")
		b.pay("SUCCESS", id("before-b"), "4200", "visa")

		rule, err := a.box.AddRule(sandbox.Rule{API: "pay", Times: 2, Outcome: sandbox.Outcome{Result: "DO_NOT_HONOR"}})
		if err != nil {
			t.Fatal(err)
		}
		b.pay("DO_NOT_HONOR", id("ruled-b"), "4200", "visa")
		a.pay("DO_NOT_HONOR", id("ruled-a"), "4200", "visa")
		b.pay("SUCCESS", id("used-up"), "4200", "visa")
		if found, err := b.box.RemoveRule(rule.ID); !found || err != nil {
			t.Fatal(found, err)
		}
		if rules, err := a.box.Rules(); err != nil || len(rules) != 0 {
			t.Fatal(rules, err)
		}

		if err := b.box.Advance(8 * 24 * time.Hour); err != nil {
			t.Fatal(err)
		}
		if p := a.inquire("SUCCESS", id("before-a")); p.Status != "CANCELLED" {
			t.Errorf("%s after the clock was moved", p.Status)
		}
		if now, want := a.box.Now(), b.box.Now(); !now.Equal(want) {
			t.Errorf("one says %s, the other %s", now, want)
		}
	}
	if err := a.box.Reset(); err != nil {
		t.Fatal(err)
	}
	if list, err := b.box.Payments(10); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if c, err := b.box.Clock(); err != nil || !c.Natural() {
		t.Error(c, err)
	}
}

// However much there is to catch up with, a call finds all of it done.
func TestCatchingUpWithMuch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: file})
	m.pay("SUCCESS", "demo", "4200", "visa")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const many = 5000
	if _, err := db.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ?)
		INSERT INTO due (at, kind, ref) SELECT ? + i, '3-close', 'nothing-' || i FROM n`, many, m.clock.UnixNano()); err != nil {
		t.Fatal(err)
	}
	m.clock = m.clock.Add(8 * 24 * time.Hour)
	if p := m.inquire("SUCCESS", "demo"); p.Status != "CANCELLED" {
		t.Errorf("%s, eight days later", p.Status)
	}
	var left int
	if err := db.QueryRow(`SELECT count(*) FROM due`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d events are left, %v", left, err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A server that waits for nothing in particular hears of what is planned, and of
// a clock that is moved.
func TestPlansWakeTheDeliverer(t *testing.T) {
	for _, where := range []string{"", filepath.Join(t.TempDir(), "state.db")} {
		got := make(chan string, 8)
		box, err := sandbox.Open(sandbox.Config{
			State: where, Speed: 10, NotifyURL: "http://127.0.0.1:1/hooks",
			Deliver: roundTripper(func(r *http.Request) (*http.Response, error) {
				text, _ := io.ReadAll(r.Body)
				got <- string(text)
				answer := `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(answer)), Header: http.Header{}, Request: r}, nil
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		time.Sleep(300 * time.Millisecond) // it has nothing to do, and sleeps
		gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
		if err != nil {
			t.Fatal(err)
		}
		who := box.Credentials()
		m := &merchant{T: t, box: box, client: &apo.Client{
			Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey, HTTP: &http.Client{Transport: box.Transport()},
		}}
		wants := func(id string) {
			t.Helper()
			select {
			case text := <-got:
				if !strings.Contains(text, id) {
					t.Errorf("notified: %s, want %s", text, id)
				}
			case <-time.After(ample):
				t.Errorf("%q: nothing of %s was notified within %s", where, id, ample)
			}
		}
		late := func(id string) {
			answer, err := m.client.Pay(context.Background(), m.request(id, "4200", "visa-processing"))
			m.wants("PAYMENT_IN_PROCESS", answer, err)
		}
		late("by-itself") // authorized after 3 s, a tenth of them in real time
		wants("by-itself")
		late("by-the-clock")
		if err := box.Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
		wants("by-the-clock")
	}
}

// A receiver that hangs holds up the news of its own payment alone, and what
// others took is written down meanwhile: a kill would not deliver it again.
func TestReceiverThatHangsHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	hung, release := make(chan bool, 8), make(chan bool)
	m := newMerchant(t, sandbox.Config{})
	m = m.with(sandbox.Config{Now: time.Now, NotifyURL: "http://127.0.0.1:1/hooks", Deliver: roundTripper(func(r *http.Request) (*http.Response, error) {
		if text, _ := io.ReadAll(r.Body); strings.Contains(string(text), `"hangs"`) {
			hung <- true
			<-release
		}
		answer := `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(answer)), Header: http.Header{}, Request: r}, nil
	})})
	let := sync.OnceFunc(func() { close(release) })
	t.Cleanup(let)
	m.pay("SUCCESS", "hangs", "1000", "visa")
	<-hung
	payment := m.pay("SUCCESS", "other", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c", payment, "1000")
	states := func() (text string) {
		list, err := m.box.Notifications(10)
		must(t, err)
		for _, n := range list {
			text += n.State + " "
		}
		return text
	}
	eventually(t, func() bool { return states() == "accepted accepted queued " })
	let()
	eventually(t, func() bool { return states() == "accepted accepted accepted " })
	if len(hung) != 0 {
		t.Error("what hung was delivered twice")
	}
}

// Many make one state at the same moment. SQLite does not wait for the one that
// makes it a database with a log.
func TestManyBeginAState(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for round := range 12 {
		c := sandbox.Config{Keys: publishedKeys(t), State: filepath.Join(folder, fmt.Sprint(round), "state.db"), Passive: true}
		var all sync.WaitGroup
		begin := make(chan bool)
		for range 8 {
			all.Go(func() {
				<-begin
				box, err := sandbox.Open(c)
				if err != nil {
					t.Error(err)
					return
				}
				box.Close()
			})
		}
		close(begin)
		if all.Wait(); t.Failed() {
			return
		}
	}
}
