package journal_test

import (
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

func TestAddUp(t *testing.T) {
	all, err := journal.AddUp(func(yield func(journal.Record, error) bool) {
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
