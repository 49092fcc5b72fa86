package journal_test

import (
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// How far a payment got is told by all that is known of it, and in doubt is said
// before anything else is.
func TestStateOfAPayment(t *testing.T) {
	id := 0
	call := func(endpoint, value string, state journal.State, outcome apo.Outcome) journal.Record {
		id++
		r := journal.Record{Endpoint: endpoint, Amount: apo.Amount{Currency: "SGD", Value: value}, Ending: journal.Ending{State: state, Outcome: outcome}}
		r.ID = int64(id)
		switch endpoint {
		case "capture":
			r.Numbers.CaptureRequestID = string(rune('a' + id))
		case "refund":
			r.Numbers.RefundRequestID = string(rune('a' + id))
		}
		return r
	}
	done := func(endpoint, value string) journal.Record {
		return call(endpoint, value, journal.Answered, apo.Succeeded)
	}
	told := func(answer string) journal.Record {
		r := done("inquiryPayment", "")
		r.Reads, r.Answer = true, []byte(answer)
		return r
	}
	const of = `"paymentAmount":{"currency":"SGD","value":"4200"}`
	pay, lost := done("pay", "4200"), call("pay", "4200", journal.InDoubt, apo.InDoubt)
	for _, c := range []struct {
		name string
		want journal.PaymentState
		list []journal.Record
	}{
		{"nothing", journal.IsUnknown, nil},
		{"paid", journal.IsAuthorized, []journal.Record{pay}},
		{"a lost pay", journal.IsDoubted, []journal.Record{lost}},
		{"a U", journal.IsNotFinal, []journal.Record{call("pay", "4200", journal.Pending, apo.Pending)}},
		{"a decline", journal.IsDeclined, []journal.Record{call("pay", "4200", journal.Answered, apo.Declined)}},
		{"a pay that never arrived", journal.IsNeverArrived, []journal.Record{call("pay", "4200", journal.Resolved, apo.NeverArrived)}},
		{"a pay that was not sent", journal.IsNotSent, []journal.Record{call("pay", "4200", journal.Answered, apo.NotSent)}},
		{"captured whole", journal.IsCaptured, []journal.Record{pay, done("capture", "4200")}},
		{"captured in two parts", journal.IsCaptured, []journal.Record{pay, done("capture", "1000"), done("capture", "3200")}},
		{"a part captured", journal.IsCapturedInPart, []journal.Record{pay, done("capture", "100")}},
		{"a part refunded", journal.IsRefundedInPart, []journal.Record{pay, done("capture", "4200"), done("refund", "200")}},
		{"refunded in two parts", journal.IsRefunded, []journal.Record{pay, done("capture", "4200"), done("refund", "2100"), done("refund", "2100")}},
		{"all that was captured is refunded", journal.IsRefunded, []journal.Record{pay, done("capture", "3000"), done("refund", "3000")}},
		{"a part of what was captured elsewhere is refunded", journal.IsRefundedInPart, []journal.Record{pay, done("refund", "3000")}},
		{"a lost refund", journal.IsDoubted, []journal.Record{pay, done("capture", "4200"), call("refund", "200", journal.InDoubt, apo.InDoubt)}},
		{"a declined capture", journal.IsAuthorized, []journal.Record{pay, call("capture", "4200", journal.Answered, apo.Declined)}},
		{"cancelled", journal.IsCancelled, []journal.Record{pay, done("cancel", "")}},
		{"an inquiry: processing", journal.IsNotFinal, []journal.Record{told(`{"paymentStatus":"PROCESSING",` + of + `}`)}},
		{"an inquiry: failed", journal.IsDeclined, []journal.Record{told(`{"paymentStatus":"FAIL",` + of + `}`)}},
		{"an inquiry: paid", journal.IsAuthorized, []journal.Record{told(`{"paymentStatus":"SUCCESS",` + of + `}`)}},
		{"a lost pay, whatever an inquiry told", journal.IsDoubted, []journal.Record{lost, told(`{"paymentStatus":"FAIL",` + of + `}`)}},
	} {
		if got := journal.BooksOf(journal.History(c.list, time.Now())).State(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
