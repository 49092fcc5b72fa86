package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// shownBooks are what a sandbox shows of its books, or a past of them.
type shownBooks interface {
	Payments(most int) ([]sandbox.Payment, error)
	Payment(id string) (sandbox.Payment, bool, error)
	Notifications(most int) ([]sandbox.Notification, error)
	Disputes(most int) ([]sandbox.Dispute, error)
	Rules() ([]sandbox.Rule, error)
}

// shown are the books as text.
func shown(t *testing.T, b shownBooks) string {
	t.Helper()
	payments, err := b.Payments(1000)
	must(t, err)
	for i, p := range payments {
		whole, found, err := b.Payment(p.PaymentID)
		if err != nil || !found {
			t.Fatalf("payment %s: found %v, %v", p.PaymentID, found, err)
		}
		payments[i] = whole
	}
	notifications, err := b.Notifications(10000)
	must(t, err)
	all := notifications
	for _, p := range payments {
		all = append(all, p.Notifications...)
	}
	for _, n := range all {
		for i := range n.Attempts {
			n.Attempts[i].TookMs = 0 // is not told where the clock was ever moved
		}
	}
	disputes, err := b.Disputes(1000)
	must(t, err)
	rules, err := b.Rules()
	must(t, err)
	text, err := json.MarshalIndent([]any{payments, notifications, disputes, rules}, "", " ")
	must(t, err)
	return string(text)
}

func past(t *testing.T, box *sandbox.Sandbox, m sandbox.Moment) *sandbox.Past {
	t.Helper()
	p, err := box.At(m)
	must(t, err)
	t.Cleanup(func() { p.Close() })
	return p
}

func lastEvent(t *testing.T, box *sandbox.Sandbox) int64 {
	t.Helper()
	n, err := box.LastEvent()
	must(t, err)
	return n
}

// sameText fails where two texts differ, and shows where.
func sameText(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s: line %d of %d is %.300s, want %.300s", what, i, len(a), a[i], b[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", what, len(a), len(b))
}

// Whatever happens, the books at any event are what they were when it was written, in
// memory too; a view that was opened before shows the same after it.
func TestPastOfRandomWalks(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes it many times as long")
	}
	t.Parallel()
	for seed := range uint64(4) {
		w := newWalk(t, 1000+seed)
		early := past(t, w.box, sandbox.Moment{Event: 1})
		wasEarly := shown(t, early)
		books, times := map[int64]string{}, map[int64]time.Time{}
		for step := range 40 {
			w.step()
			switch {
			case step%7 == 3:
				_, err := w.box.DeliverDue(context.Background())
				must(t, err)
			case step%7 == 5:
				w.rule(sandbox.Rule{API: "capture", Times: 2, Outcome: sandbox.Outcome{Result: "PROCESS_FAIL"}})
			}
			text := shown(t, w.box)
			n := lastEvent(t, w.box)
			books[n], times[n] = text, w.clock
		}
		for n, want := range books {
			what := fmt.Sprintf("seed %d, event %d of %d", seed, n, lastEvent(t, w.box))
			sameText(t, what, shown(t, past(t, w.box, sandbox.Moment{Event: n})), want)
		}
		sameText(t, "opened before", shown(t, early), wasEarly)
		file := filepath.Join(t.TempDir(), "fork.db")
		_, err := w.box.Fork(sandbox.Moment{Time: w.clock}, file)
		must(t, err)
		fork := newMerchant(t, sandbox.Config{State: file})
		fork.clock = w.clock
		sameText(t, "forked from memory", shown(t, fork.box), shown(t, w.box))
		if len(books) < 8 {
			t.Errorf("%d events alone", len(books))
		}
	}
}

// script is what a merchant, a buyer and time do, the same each time.
func script() (acts []func(m *merchant)) {
	card := []string{"visa", "visa-3ds", "visa-processing", "visa-capture-processing", "visa-lost", "visa-refund-processing"}
	payment := func(m *merchant, id string) string {
		p, _, err := m.box.Payment(id)
		must(m.T, err)
		return p.PaymentID
	}
	for i := range 12 {
		id := fmt.Sprint("s-", i)
		acts = append(
			acts,
			func(m *merchant) {
				_, err := m.client.Pay(context.Background(), m.request(id, "4200", card[i%len(card)]))
				must(m.T, err)
			},
			func(m *merchant) { m.call("capture", captureBody("c-"+id, payment(m, id), "1000", "")) },
			func(m *merchant) { m.passes(4 * time.Second) },
			func(m *merchant) { m.call("refund", refundBody("r-"+id, payment(m, id), "400", "")) },
		)
		switch i {
		case 3:
			acts = append(acts, func(m *merchant) {
				m.rule(sandbox.Rule{API: "pay", Rate: 0.5, Outcome: sandbox.Outcome{Result: "DO_NOT_HONOR"}})
			})
		case 5:
			acts = append(acts, func(m *merchant) { _, err := m.box.OpenDispute(sandbox.NewDispute{Of: "s-0"}); must(m.T, err) })
		case 7:
			acts = append(acts, func(m *merchant) { m.passes(20 * time.Minute) })
		case 9:
			acts = append(acts, func(m *merchant) { _, err := m.box.DeliverDue(context.Background()); must(m.T, err) })
		}
	}
	return acts
}

// Who forks at any event, or rewinds to it, and does the rest again has the same
// books, with the same numbers; and the history up to there.
func TestForkAndDoTheRestAgain(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes it many times as long")
	}
	t.Parallel()
	acts := script()
	m, r := newPassiveShop(t, sandbox.Config{State: filepath.Join(t.TempDir(), "state.db")})
	ends, clocks, books := make([]int64, len(acts)), make([]time.Time, len(acts)), make([]string, len(acts))
	for i, act := range acts {
		act(m)
		books[i] = shown(t, m.box)
		ends[i], clocks[i] = lastEvent(t, m.box), m.clock
	}
	identities := map[string]bool{m.box.Identity(): true}
	for i := 0; i < len(acts); i += 5 {
		file := filepath.Join(t.TempDir(), "forks", fmt.Sprint(i, ".db"))
		_, err := m.box.Fork(sandbox.Moment{Event: ends[i], Time: clocks[i]}, file)
		must(t, err)
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		fork := newMerchant(t, sandbox.Config{State: file, Deliver: r})
		if identities[fork.box.Identity()] {
			t.Errorf("fork %d has the identity of another", i)
		}
		identities[fork.box.Identity()] = true
		fork.clock = m.clock // its own goes on from the moment of the fork
		sameText(t, "forked", shown(t, fork.box), books[i])
		for _, act := range acts[i+1:] {
			act(fork)
		}
		sameText(t, fmt.Sprintf("fork of act %d", i), shown(t, fork.box), books[len(acts)-1])
		for j := range i {
			sameText(t, "before the fork", shown(t, past(t, fork.box, sandbox.Moment{Event: ends[j]})), books[j])
		}
	}
	for i := len(acts) - 1; i >= 0; i -= 7 {
		before := m.box.Identity()
		open := past(t, m.box, sandbox.Moment{Event: ends[0]})
		_, err := m.box.Rewind(sandbox.Moment{Event: ends[i]})
		must(t, err)
		sameText(t, fmt.Sprintf("rewound to act %d", i), shown(t, m.box), books[i])
		if m.box.Identity() == before {
			t.Error("what was rewound has the same identity")
		}
		if _, err := open.Payments(1); !errors.Is(err, sandbox.ErrPutBack) {
			t.Errorf("a past of before: %v", err)
		}
		if n := lastEvent(t, m.box); n != ends[i] {
			t.Errorf("the last event is %d, want %d", n, ends[i])
		}
	}
}

// A state that was kept comes back with its history, which goes on from there; a reset
// leaves none.
func TestHistoryOfWhatIsPutInPlace(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{State: filepath.Join(t.TempDir(), "state.db")})
	m.pay("SUCCESS", "a", "4200", "visa")
	n, was := lastEvent(t, m.box), shown(t, m.box)
	id, err := m.box.Snapshot()
	must(t, err)
	m.pay("SUCCESS", "b", "4200", "visa")
	must(t, m.box.Restore(id))
	m.pay("SUCCESS", "c", "4200", "visa")
	sameText(t, "before what was kept", shown(t, past(t, m.box, sandbox.Moment{Event: n})), was)
	if last := lastEvent(t, m.box); last <= n {
		t.Errorf("event %d, want more than %d", last, n)
	}
	must(t, m.box.Reset())
	if last := lastEvent(t, m.box); last != 1 {
		t.Errorf("event %d after a reset", last)
	}
	m.pay("SUCCESS", "d", "4200", "visa")
	sameText(t, "a reset", shown(t, past(t, m.box, sandbox.Moment{Event: 1})), shown(t, newMerchant(t, sandbox.Config{}).box))
}
