package say

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// The verdict begins with what the number is that somebody had.
func TestLedTo(t *testing.T) {
	n := apo.Numbers{
		PaymentRequestID: "p-1", PaymentID: "2026", CaptureRequestID: "c-1", CaptureID: "2027", RefundRequestID: "r-1", RefundID: "2028",
		ReferenceOrderID: "A-17", AcquirerTransactionID: "T-1", NetworkTransactionID: "5704", ARN: "740", RRN: "633",
	}
	for _, c := range []struct {
		typed, number string
		way           journal.Way
		want          string
	}{
		{"p-1", "p-1", journal.Exactly, ""},
		{"2026", "2026", journal.Exactly, ""},
		{"A-17", "A-17", journal.Exactly, "order A-17 is payment 2026"},
		{"2027", "2027", journal.Exactly, "capture 2027 is of payment 2026"},
		{"r-1", "r-1", journal.Exactly, "refund r-1 is of payment 2026"},
		{"T-1", "T-1", journal.Exactly, "the acquirer's number T-1 is of payment 2026"},
		{"5704", "5704", journal.Exactly, "networkTransactionId 5704 is of payment 2026"},
		{"740", "740", journal.Exactly, "ARN 740 is of payment 2026"},
		{"633", "633", journal.Exactly, "RRN 633 is of payment 2026"},
		{"a-17", "A-17", journal.CaseAside, "a-17 stands for order A-17, which is payment 2026"},
		{"P-1", "p-1", journal.CaseAside, "P-1 stands for paymentRequestId p-1, which is payment 2026"},
		{"20…", "2026", journal.Begins, "20… stands for paymentId 2026"},
		{"0768", "", journal.ByCard, "the card ending 0768 paid payment 2026"},
	} {
		m := journal.Match{
			Payment: journal.PaymentID{PaymentID: "2026", PaymentRequestID: "p-1"}, Number: c.number, Way: c.way,
			Record: journal.Record{Numbers: n, Card: "VISA 0768"},
		}
		if got := (Words{}).LedTo(c.typed, m); got != c.want {
			t.Errorf("%s: %q, want %q", c.typed, got, c.want)
		}
	}
}

// How far a payment got is told by the last that is known, whoever said it.
func TestStateOfPayment(t *testing.T) {
	call := func(endpoint string, value string, state journal.State, outcome apo.Outcome) journal.Record {
		return journal.Record{Endpoint: endpoint, Amount: apo.Amount{Currency: "SGD", Value: value}, Ending: journal.Ending{State: state, Outcome: outcome}}
	}
	done := func(endpoint, value string) journal.Record {
		return call(endpoint, value, journal.Answered, apo.Succeeded)
	}
	told := func(answer string) journal.Record {
		r := done("inquiryPayment", "")
		r.Reads, r.Answer = true, []byte(answer)
		return r
	}
	pay := done("pay", "4200")
	lost := call("pay", "4200", journal.InDoubt, apo.InDoubt)
	for want, list := range map[string][]journal.Record{
		"not known":        {},
		"authorized":       {pay},
		"pay in doubt":     {lost},
		"pay pending":      {call("pay", "4200", journal.Pending, apo.Pending)},
		"declined":         {call("pay", "4200", journal.Answered, apo.Declined)},
		"never arrived":    {call("pay", "4200", journal.Resolved, apo.NeverArrived)},
		"captured":         {pay, done("capture", "4200")},
		"captured in part": {pay, done("capture", "100")},
		"refunded in part": {pay, done("capture", "4200"), done("refund", "200")},
		"refunded":         {pay, done("capture", "4200"), done("refund", "200"), done("refund", "4000")},
		"refund in doubt":  {pay, done("capture", "4200"), call("refund", "200", journal.InDoubt, apo.InDoubt)},
		"cancelled":        {pay, done("cancel", "")},
		"processing":       {told(`{"paymentStatus":"PROCESSING"}`)},
	} {
		if got := stateOfPayment(list); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := stateOfPayment([]journal.Record{lost, told(`{"paymentStatus":"FAIL"}`)}); got != "declined" {
		t.Errorf("an inquiry told that it failed: %s", got)
	}
	if got := stateOfPayment([]journal.Record{pay, call("capture", "4200", journal.Answered, apo.Declined)}); got != "authorized" {
		t.Errorf("a capture was declined: %s", got)
	}
}
