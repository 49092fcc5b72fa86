package cmd

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/profile"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// guarding is a session with a journal, at a time.
func guarding(t *testing.T, now time.Time) *session {
	t.Helper()
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return &session{profile: &profile.Profile{}, deps: &deps{now: func() time.Time { return now }}, journal: j, client: &apo.Client{ClientID: "SANDBOX_5Y"}}
}

// capturing is a capture of the payment 2025.
func capturing(id string, amount apo.Amount) operation {
	return operation{
		endpoint: apo.Endpoint{Name: "capture"}, id: id, idName: "captureRequestId", amount: amount, body: []byte(`{"paymentId":"2025"}`),
	}
}

// What an inquiry told outweighs an answer that nothing vouched for: a charge
// that was settled as done is one, whatever was said before.
func TestTookEffect(t *testing.T) {
	refused := apo.Result{Status: "F", Code: "DO_NOT_HONOR"}
	for name, c := range map[string]struct {
		end  journal.Ending
		want bool
	}{
		"authorized":                 {journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Result: apo.Result{Status: "S", Code: "SUCCESS"}}, true},
		"declined":                   {journal.Ending{State: journal.Answered, Result: refused, Outcome: apo.Declined}, false},
		"unsigned F, and it is done": {journal.Ending{State: journal.Resolved, Outcome: apo.Succeeded, Result: refused, Verification: "unsigned"}, true},
		"never arrived":              {journal.Ending{State: journal.Resolved, Outcome: apo.NeverArrived}, false},
		"in doubt":                   {journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}, true},
	} {
		if got := tookEffect(journal.Record{Ending: c.end}); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A laptop may sleep for longer than ten minutes. A payment in doubt bars another
// of its order for as long as it is; one that is known, for ten minutes.
func TestRepetitionOfAPaymentInDoubt(t *testing.T) {
	now := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s := &session{profile: &profile.Profile{}, deps: &deps{now: func() time.Time { return now }}, journal: j}
	op := operation{
		endpoint: apo.Endpoint{Name: "pay"}, id: "p-2", idName: "paymentRequestId", amount: apo.Amount{Currency: "SGD", Value: "4200"},
		body: []byte(`{"paymentRequestId":"p-2","order":{"referenceOrderId":"A-17"}}`),
	}
	for name, c := range map[string]struct {
		end     journal.Ending
		ago     time.Duration
		refused bool
	}{
		"in doubt for an hour":    {journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}, time.Hour, true},
		"begun an hour ago":       {journal.Ending{State: journal.Begun}, time.Hour, true},
		"pending for a minute":    {journal.Ending{State: journal.Pending, Outcome: apo.Pending}, time.Minute, true},
		"pending for an hour":     {journal.Ending{State: journal.Pending, Outcome: apo.Pending}, time.Hour, false},
		"authorized a minute ago": {journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}, time.Minute, true},
		"authorized an hour ago":  {journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}, time.Hour, false},
	} {
		earlier := journal.Record{
			Time: now.Add(-c.ago), Endpoint: "pay", Amount: op.amount, Card: "VISA 0768", Ending: c.end,
			Numbers: apo.Numbers{PaymentRequestID: "p-1", ReferenceOrderID: "A-17"},
		}
		if err := s.repetition(op, "VISA 0768", false, []journal.Record{earlier}); (err != nil) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.repetition(op, "VISA 0768", true, []journal.Record{earlier}); err != nil {
			t.Errorf("%s, with --again: %v", name, err)
		}
	}
}

// A capture beside another of its payment: what looks like the same one again,
// and what is the same one again.
func TestRepetitionOfACapture(t *testing.T) {
	now := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	s := guarding(t, now)
	amount := apo.Amount{Currency: "JPY", Value: "4200"}
	done, open := journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}, journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}
	for name, c := range map[string]struct {
		id, payment string // of the earlier one
		amount      apo.Amount
		end         journal.Ending
		ago         time.Duration
		refused     bool
	}{
		"the same amount a minute ago":              {"c-1", "2025", amount, done, time.Minute, true},
		"the same amount in an hour, by the clock":  {"c-1", "2025", amount, done, -time.Hour, true},
		"the same amount an hour ago":               {"c-1", "2025", amount, done, time.Hour, false},
		"another amount a minute ago":               {"c-1", "2025", apo.Amount{Currency: "JPY", Value: "1"}, done, time.Minute, false},
		"of another payment":                        {"c-1", "2024", amount, done, time.Minute, false},
		"one that is open":                          {"c-1", "2025", apo.Amount{Currency: "JPY", Value: "1"}, open, time.Hour, true},
		"one that is open, of another payment":      {"c-1", "2024", amount, open, time.Hour, false},
		"one that was declined":                     {"c-1", "2025", amount, journal.Ending{State: journal.Answered, Outcome: apo.Declined}, time.Minute, false},
		"itself":                                    {"c-2", "2025", amount, done, time.Minute, false},
		"its ID, for another amount":                {"c-2", "2025", apo.Amount{Currency: "BHD", Value: "4200"}, done, time.Hour, true},
		"its ID, for another payment":               {"c-2", "2024", amount, done, time.Hour, true},
		"its ID, for another that could not be had": {"c-2", "2024", amount, journal.Ending{State: journal.Answered, Outcome: apo.NotSent}, time.Hour, false},
		"its ID, for another that was interrupted":  {"c-2", "2024", amount, journal.Ending{State: journal.Answered, Outcome: apo.NotSent}, time.Hour, false},
		"its ID, for another that never arrived":    {"c-2", "2024", amount, journal.Ending{State: journal.Resolved, Outcome: apo.NeverArrived}, time.Hour, true},
	} {
		earlier := journal.Record{
			Time: now.Add(-c.ago), Endpoint: "capture", Amount: c.amount, Ending: c.end,
			Numbers: apo.Numbers{PaymentID: c.payment, CaptureRequestID: c.id},
		}
		if err := s.repetition(capturing("c-2", amount), "", false, []journal.Record{earlier}); (err != nil) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A request ID is in use for as long as its sender lives and does not know.
func TestARequestIDIsInUse(t *testing.T) {
	s := guarding(t, time.Now())
	amount := apo.Amount{Currency: "JPY", Value: "4200"}
	r, err := s.journal.Begin(context.Background(), journal.Record{
		Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: "capture", Amount: amount, Request: []byte(`{"captureRequestId":"c-2","paymentId":"2025"}`),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for state, refused := range map[journal.State]bool{
		journal.Begun: true, journal.InDoubt: true, journal.Pending: true, journal.Answered: false, journal.Resolved: false,
	} {
		r.State = state
		if err := s.repetition(capturing("c-2", amount), "", true, []journal.Record{r}); (err != nil) != refused {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// A refusal of what was sent before may be of the second time alone.
func TestRepeats(t *testing.T) {
	capture, cancel := operation{endpoint: apo.Endpoint{Name: "capture"}, id: "c-1"}, operation{endpoint: apo.Endpoint{Name: "cancel"}, id: "2025"}
	noID := operation{endpoint: apo.Endpoint{Name: "capture"}}
	for name, c := range map[string]struct {
		op   operation
		r    journal.Record
		want bool
	}{
		"in doubt":         {capture, journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}}, true},
		"done":             {capture, journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}}, true},
		"never arrived":    {capture, journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.Resolved, Outcome: apo.NeverArrived}}, true},
		"declined":         {capture, journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.Answered, Outcome: apo.Declined}}, false},
		"nothing was sent": {capture, journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.Answered, Outcome: apo.NotSent}}, false},
		"no ID":            {noID, journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}}, false},
		"a cancel":         {cancel, journal.Record{Endpoint: "cancel", Ending: journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}}, true},
		"not of a cancel":  {cancel, journal.Record{Endpoint: "capture", Ending: journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}}, false},
		"not by a cancel":  {capture, journal.Record{Endpoint: "cancel", Ending: journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}}, false},
	} {
		if c.r.Endpoint == "capture" && c.op.id != "" {
			c.r.Numbers.CaptureRequestID = "c-1"
		}
		if got := c.op.repeats(c.r); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What is left of a payment is what was paid less what was taken, each request ID
// once. What is open is a guard of its own.
func TestWhatIsLeft(t *testing.T) {
	s := guarding(t, time.Now())
	write := func(endpoint, request, currency, value string, end journal.Ending) {
		t.Helper()
		r, err := s.journal.Begin(context.Background(), journal.Record{
			Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: endpoint, Amount: apo.Amount{Currency: currency, Value: value}, Request: []byte(request),
		}, nil)
		if err == nil {
			err = s.journal.End(context.Background(), r.ID, end)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	done := journal.Ending{State: journal.Answered, Outcome: apo.Succeeded}
	write("capture", `{"captureRequestId":"c-0","paymentId":"2025"}`, "SGD", "1", done) // whoever paid
	for _, value := range []string{"1", "9999999999999999"} {
		if err := s.beyond(capturing("c-2", apo.Amount{Currency: "JPY", Value: value})); err != nil {
			t.Errorf("of a payment that is not known: %v", err)
		}
	}
	paid := done
	paid.Answer = []byte(`{"paymentId":"2025"}`)
	write("pay", `{"paymentRequestId":"p-1"}`, "JPY", "9999999999999999", paid)
	write("capture", `{"captureRequestId":"c-1","paymentId":"2025"}`, "JPY", "9999999999999000", done)
	write("capture", `{"captureRequestId":"c-1","paymentId":"2025"}`, "JPY", "9999999999999000", done) // once more
	write("capture", `{"captureRequestId":"c-3","paymentId":"2025"}`, "JPY", "1", journal.Ending{State: journal.Answered, Outcome: apo.Declined})
	write("capture", `{"captureRequestId":"c-4","paymentId":"2025"}`, "JPY", "1", journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt})
	write("refund", `{"refundRequestId":"r-1","paymentId":"2025"}`, "JPY", "5", done)
	write("capture", `{"captureRequestId":"c-5","paymentId":"2024"}`, "JPY", "1", done)
	for name, c := range map[string]struct {
		op      operation
		refused bool
	}{
		"all that is left":       {capturing("c-2", apo.Amount{Currency: "JPY", Value: "999"}), false},
		"one more":               {capturing("c-2", apo.Amount{Currency: "JPY", Value: "1000"}), true},
		"the same one again":     {capturing("c-1", apo.Amount{Currency: "JPY", Value: "9999999999999000"}), false},
		"of another currency":    {capturing("c-2", apo.Amount{Currency: "SGD", Value: "1000"}), false},
		"what is no amount":      {capturing("c-2", apo.Amount{Currency: "JPY", Value: "99999999999999999999"}), false},
		"what names no payment":  {operation{endpoint: apo.Endpoint{Name: "capture"}, amount: apo.Amount{Currency: "JPY", Value: "1000"}, body: []byte(`{}`)}, false},
		"what takes nothing out": {operation{endpoint: apo.Endpoint{Name: "cancel"}, amount: apo.Amount{Currency: "JPY", Value: "1000"}, body: []byte(`{"paymentId":"2025"}`)}, false},
	} {
		if err := s.beyond(c.op); (err != nil) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}
