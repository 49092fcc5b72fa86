package cmd

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// What an inquiry told outweighs an answer that nothing vouched for: a charge
// that was settled as done is one, whatever was said before.
func TestTookEffect(t *testing.T) {
	refused := apo.Result{Status: "F", Code: "DO_NOT_HONOR"}
	for name, c := range map[string]struct {
		end  journal.Ending
		want bool
	}{
		"authorized":                 {journal.Ending{State: journal.Answered, Result: apo.Result{Status: "S", Code: "SUCCESS"}}, true},
		"declined":                   {journal.Ending{State: journal.Answered, Result: refused, Exit: 3}, false},
		"unsigned F, and it is done": {journal.Ending{State: journal.Settled, Result: refused, Verification: "unsigned"}, true},
		"never arrived":              {journal.Ending{State: journal.Settled, Exit: 6}, false},
		"in doubt":                   {journal.Ending{State: journal.InDoubt, Exit: 6}, true},
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
	s := &session{deps: &deps{now: func() time.Time { return now }}, journal: j}
	op := operation{
		endpoint: apo.Endpoint{Name: "pay"}, id: "p-2", idName: "paymentRequestId", amount: apo.Amount{Currency: "SGD", Value: "4200"},
		body: []byte(`{"paymentRequestId":"p-2","order":{"referenceOrderId":"A-17"}}`),
	}
	for name, c := range map[string]struct {
		end     journal.Ending
		ago     time.Duration
		refused bool
	}{
		"in doubt for an hour":    {journal.Ending{State: journal.InDoubt, Exit: 6}, time.Hour, true},
		"begun an hour ago":       {journal.Ending{State: journal.Begun}, time.Hour, true},
		"pending for a minute":    {journal.Ending{State: journal.Pending, Exit: 8}, time.Minute, true},
		"pending for an hour":     {journal.Ending{State: journal.Pending, Exit: 8}, time.Hour, false},
		"authorized a minute ago": {journal.Ending{State: journal.Answered}, time.Minute, true},
		"authorized an hour ago":  {journal.Ending{State: journal.Answered}, time.Hour, false},
	} {
		earlier := journal.Record{
			Time: now.Add(-c.ago), Endpoint: "pay", Amount: op.amount, Card: "VISA 0768", Ending: c.end,
			Numbers: journal.Numbers{PaymentRequestID: "p-1", ReferenceOrderID: "A-17"},
		}
		if err := s.repetition(op, "VISA 0768", false, []journal.Record{earlier}); (err != nil) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.repetition(op, "VISA 0768", true, []journal.Record{earlier}); err != nil {
			t.Errorf("%s, with --again: %v", name, err)
		}
	}
}
