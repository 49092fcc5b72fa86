package cmd

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What a call came to, by its answer or for want of one.
func TestEndings(t *testing.T) {
	signed := func(status, code string) *apo.Answer {
		return &apo.Answer{Result: apo.Result{Status: status, Code: code}, Raw: []byte(`{"said":"this"}`)}
	}
	unsigned := func(status, code string) *apo.Answer {
		a := signed(status, code)
		a.Unsigned = true
		return a
	}
	for name, c := range map[string]struct {
		api    string
		answer *apo.Answer
		err    error
		want   journal.Ending
	}{
		"done":               {"pay", signed("S", "SUCCESS"), nil, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Verification: "verified"}},
		"pending":            {"pay", signed("U", "PAYMENT_IN_PROCESS"), nil, journal.Ending{State: journal.Pending, Outcome: apo.Pending, Verification: "verified"}},
		"declined":           {"pay", signed("F", "DO_NOT_HONOR"), nil, journal.Ending{State: journal.Answered, Outcome: apo.Declined, Verification: "verified"}},
		"an F that is open":  {"pay", signed("F", "SYSTEM_ERROR"), nil, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Verification: "verified"}},
		"unsigned, an F":     {"pay", unsigned("F", "DO_NOT_HONOR"), nil, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Verification: "unsigned"}},
		"unsigned, a U":      {"pay", unsigned("U", "PAYMENT_IN_PROCESS"), nil, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Verification: "unsigned"}},
		"not recognised":     {"pay", unsigned("F", "INVALID_SIGNATURE"), nil, journal.Ending{State: journal.Answered, Outcome: apo.Unrecognised, Verification: "unsigned"}},
		"asked":              {"inquiryPayment", signed("S", "SUCCESS"), nil, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Verification: "verified"}},
		"nothing found":      {"inquiryPayment", signed("F", "ORDER_NOT_EXIST"), nil, journal.Ending{State: journal.Answered, Outcome: apo.NotFound, Verification: "verified"}},
		"lost":               {"pay", nil, &apo.Error{Kind: apo.NoAnswer}, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}},
		"not trusted":        {"pay", nil, &apo.Error{Kind: apo.Untrusted}, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Verification: "untrusted"}},
		"nobody there":       {"pay", nil, &apo.Error{Kind: apo.Unreachable}, journal.Ending{State: journal.Answered, Outcome: apo.NotSent}},
		"stopped before":     {"pay", nil, &apo.Error{Kind: apo.Interrupted}, journal.Ending{State: journal.Answered, Outcome: apo.NotSent}},
		"an inquiry is lost": {"inquiryPayment", nil, &apo.Error{Kind: apo.NoAnswer}, journal.Ending{State: journal.Answered, Outcome: apo.InDoubt}},
	} {
		e, err := apo.FindEndpoint(c.api)
		if err != nil {
			t.Fatal(err)
		}
		if c.answer != nil {
			c.answer.Endpoint = e
		}
		got := endingOf(e, c.answer, c.err)
		if got.State != c.want.State || got.Outcome != c.want.Outcome || got.Verification != c.want.Verification {
			t.Errorf("%s: %s, %s, %q; want %s, %s, %q", name, got.State, got.Outcome, got.Verification, c.want.State, c.want.Outcome, c.want.Verification)
		}
		if kept := len(got.Answer) > 0; kept != (c.want.Verification == "verified") {
			t.Errorf("%s: its answer is kept: %v", name, kept)
		}
	}
}

// Of what was recorded counts what was verified, and what an inquiry has found.
func TestRecordedAs(t *testing.T) {
	s, _ := scriptedSession(t)
	for name, c := range map[string]struct {
		end     journal.Ending
		arrived bool
		code    string
	}{
		"a U":                       {journal.Ending{State: journal.Pending, Outcome: apo.Pending, Verification: "verified", Result: apo.Result{Status: "U", Code: "PAYMENT_IN_PROCESS"}}, true, "PAYMENT_IN_PROCESS"},
		"an F":                      {journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Verification: "verified", Result: apo.Result{Status: "F", Code: "SYSTEM_ERROR"}}, false, "SYSTEM_ERROR"},
		"an unsigned U":             {journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt, Verification: "unsigned", Result: apo.Result{Status: "U", Code: "PAYMENT_IN_PROCESS"}}, false, ""},
		"lost, and nothing is told": {journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}, false, ""},
		"lost, and found":           {journal.Ending{State: journal.Pending, Outcome: apo.Pending}, true, ""},
	} {
		op, err := s.recordedAs(journal.Record{ID: 7, Endpoint: "pay", Request: []byte(`{"paymentRequestId":"p-1"}`), Ending: c.end})
		if err != nil || op.arrived != c.arrived || op.code != c.code || op.record != 7 || op.id != "p-1" {
			t.Errorf("%s: arrived %v, code %q, %v; want %v, %q", name, op.arrived, op.code, err, c.arrived, c.code)
		}
	}
}

// What has been in doubt for over a minute is said in one line; what is
// younger, pending or being sent is not.
func TestReminder(t *testing.T) {
	for name, c := range map[string]struct {
		states []journal.State
		age    time.Duration
		want   string
		alive  bool // who sent them
	}{
		"nothing":           {nil, time.Hour, "", false},
		"one":               {[]journal.State{journal.InDoubt}, 2 * time.Minute, "in doubt since an earlier run: pay demo-0; apo resume asks what became of it", false},
		"two":               {[]journal.State{journal.InDoubt, journal.InDoubt}, 2 * time.Minute, "2 calls in doubt since earlier runs; apo resume asks what became of them", false},
		"young":             {[]journal.State{journal.InDoubt}, 30 * time.Second, "", false},
		"pending, answered": {[]journal.State{journal.Pending, journal.Answered}, time.Hour, "", false},
		"being sent":        {[]journal.State{journal.Begun}, time.Hour, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			file := filepath.Join(t.TempDir(), "journal.db")
			j, err := journal.Open(file, func() time.Time { return now.Add(-c.age) })
			if err != nil {
				t.Fatal(err)
			}
			for i, state := range c.states {
				r, err := j.Begin(context.Background(), journal.Record{Endpoint: "pay", Numbers: apo.Numbers{PaymentRequestID: "demo-" + string(rune('0'+i))}}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if state == journal.Begun {
					continue
				}
				if err := j.End(context.Background(), r.ID, journal.Ending{State: state}); err != nil {
					t.Fatal(err)
				}
			}
			if c.alive {
				defer j.Close()
			} else {
				j.Close()
			}
			if j, err = journal.Open(file, time.Now); err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			var said, data strings.Builder
			d := &deps{io: term.New(strings.NewReader(""), &data, &said), now: func() time.Time { return now }}
			d.remind(j)
			if got := strings.TrimPrefix(strings.TrimSpace(said.String()), "apo: hint: "); got != c.want || data.Len() > 0 {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}
