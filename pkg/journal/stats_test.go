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

// A capture or refund that no call here made counts once a verified message tells of it:
// once, however often that is told, on the day it was made.
func TestAddUpWhatWasTold(t *testing.T) {
	const inquiry = `{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentStatus":"SUCCESS","paymentId":"P1","paymentRequestId":"r-1","transactions":[
		{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"r-1","transactionAmount":{"currency":"SGD","value":"4200"},"transactionTime":"2026-11-30T12:00:00Z"},
		{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"own","transactionAmount":{"currency":"SGD","value":"5"},"transactionTime":"2026-11-30T12:00:00Z"},
		{"transactionType":"CAPTURE","transactionStatus":"FAIL","transactionRequestId":"failed","transactionAmount":{"currency":"SGD","value":"7"},"transactionTime":"2026-11-30T12:00:00Z"},
		{"transactionType":"REFUND","transactionStatus":"SUCCESS","transactionRequestId":"rf-1","transactionAmount":{"currency":"SGD","value":"100"},"transactionTime":"2031-01-01T00:00:00Z"}]}`
	const notice = `{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentId":"P1","captureRequestId":"r-1","captureId":"C1","captureAmount":{"currency":"SGD","value":"4200"}}`
	const refund = `{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"refundStatus":"SUCCESS","refundRequestId":"rf-1","paymentId":"P1","refundAmount":{"currency":"SGD","value":"100"}}`
	noon := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	record := func(endpoint, answer string) journal.Record {
		return journal.Record{Time: noon, Endpoint: endpoint, Ending: journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Verification: "verified", Answer: []byte(answer)}}
	}
	capture := record("capture", "")
	capture.Amount, capture.Numbers = apo.Amount{Currency: "SGD", Value: "5"}, apo.Numbers{PaymentID: "P1", CaptureRequestID: "own"}
	list := []journal.Record{record("inquiryPayment", inquiry), record("notifyCapture", notice), record("inquiryRefund", refund), record("inquiryPayment", inquiry), capture}
	each := func(yield func(journal.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
	sum, err := journal.AddUp(each)
	if got := fmt.Sprint(sum.Total.Captured, sum.Total.Refunded, len(sum.Days)); err != nil || got != "map[SGD:4205] map[SGD:100] 2" {
		t.Errorf("%s, %v", got, err)
	}
	if sum, err = journal.AddUpSince(each, noon.Add(-time.Hour)); err != nil || fmt.Sprint(sum.Total.Captured, sum.Total.Refunded) != "map[SGD:5] map[SGD:100]" {
		t.Errorf("since: %v %v, %v", sum.Total.Captured, sum.Total.Refunded, err)
	}
}
