package journal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func TestAddUp(t *testing.T) {
	sum, err := journal.AddUp(func(yield func(journal.Record, error) bool) {
		for i := range 250 { // 0.1 ms to 25 ms
			r := journal.Record{Endpoint: "pay", Numbers: apo.Numbers{Acquirer: "ADYEN"}, Ending: journal.Ending{
				State: journal.Answered, Outcome: apo.Succeeded, Result: apo.Result{Code: "SUCCESS"}, Timing: apo.Timing{Total: time.Duration(i+1) * 100 * time.Microsecond},
			}}
			switch {
			case i < 20:
				r.Result.Code, r.Outcome = "RISK_REJECT", apo.Declined
			case i < 100:
				r.State, r.Outcome = journal.Pending, apo.Pending
			}
			if !yield(r, nil) {
				return
			}
		}
		yield(journal.Record{Endpoint: "refund", Ending: journal.Ending{State: journal.InDoubt, Outcome: apo.InDoubt}}, nil)
	})
	all := sum.Groups
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	pay, refund := all[0], all[1]
	if pay.Calls != 250 || pay.Open != 80 || pay.Succeeded != 150 || pay.SuccessRate() != 150.0/170 || pay.Results["RISK_REJECT"] != 20 || pay.P50 != ms(12.5) || pay.P95 != ms(23.8) || pay.P99 != ms(24.8) {
		t.Errorf("%+v", pay)
	}
	if refund.Calls != 1 || refund.SuccessRate() != 0 || refund.Results[""] != 1 || refund.P50 != 0 {
		t.Errorf("%+v", refund)
	}
}

// A day has its payments and what was paid, captured and refunded, by currency.
// Inquiries that told nothing are nobody's calls.
func TestAddUpByDay(t *testing.T) {
	monday, tuesday := time.Date(2026, 11, 30, 0, 0, 0, 0, time.Local), time.Date(2026, 12, 1, 23, 59, 59, 0, time.Local)
	call := func(at time.Time, endpoint, currency, value string, outcome apo.Outcome, state journal.State) journal.Record {
		return journal.Record{Time: at, Endpoint: endpoint, Amount: apo.Amount{Currency: currency, Value: value}, Ending: journal.Ending{State: state, Outcome: outcome}}
	}
	poll := call(monday, "inquiryPayment", "", "", apo.Succeeded, journal.Answered)
	poll.Poll = true
	records := []journal.Record{
		call(tuesday, "pay", "SGD", "4200", apo.Succeeded, journal.Answered),
		call(tuesday, "pay", "SGD", "800", apo.Succeeded, journal.Resolved),
		call(tuesday, "pay", "JPY", "9223372036854775807", apo.Succeeded, journal.Answered),
		call(tuesday, "pay", "JPY", "1", apo.Succeeded, journal.Answered),
		call(tuesday, "pay", "SGD", "100", apo.Declined, journal.Answered),
		call(tuesday, "pay", "SGD", "100", apo.InDoubt, journal.InDoubt),
		call(tuesday, "capture", "SGD", "4200", apo.Succeeded, journal.Answered),
		call(monday, "refund", "SGD", "200", apo.Succeeded, journal.Answered),
		call(monday, "refund", "SGD", "300", apo.Declined, journal.Answered),
		call(monday, "inquiryPayment", "", "", apo.NotFound, journal.Answered),
		poll,
	}
	sum, err := journal.AddUp(func(yield func(journal.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	})
	if err != nil || len(sum.Groups) != 3 || len(sum.Days) != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
	show := func(d journal.Day) string {
		return fmt.Sprintln(d.Date, d.Payments, d.Succeeded, d.Open, d.SuccessRate(), d.Paid, d.Captured, d.Refunded)
	}
	for i, want := range []string{
		"2026-12-01 6 4 1 0.8 map[JPY:9223372036854775808 SGD:5000] map[SGD:4200] map[]\n",
		"2026-11-30 0 0 0 0 map[] map[] map[SGD:200]\n",
	} {
		if got := show(sum.Days[i]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got, want := show(sum.Total), " 6 4 1 0.8 map[JPY:9223372036854775808 SGD:5000] map[SGD:4200] map[SGD:200]\n"; got != want {
		t.Errorf("in total %s, want %s", got, want)
	}
	if got := sum.Days[0].Paid.Amounts(); len(got) != 2 || got[0].Currency != "JPY" || got[1] != (apo.Amount{Currency: "SGD", Value: "5000"}) {
		t.Errorf("%v", got)
	}
}
