package say

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// A capture or refund that failed is told while anything is left to do, and nobody is
// sent to repeat what failed.
func TestPaymentTellsWhatFailed(t *testing.T) {
	money := func(value string) apo.Amount { return apo.Amount{Currency: "SGD", Value: value} }
	part := func(kind, status, value, code string) apo.Transaction {
		return apo.Transaction{Type: kind, Status: status, Amount: money(value), Result: apo.Result{Code: code}}
	}
	captured := part("CAPTURE", "SUCCESS", "4200", "SUCCESS")
	for want, parts := range map[string][]apo.Transaction{
		"authorized SGD 42.00, nothing captured|apo capture p-1": nil,
		"authorized SGD 42.00, nothing captured, a capture of SGD 42.00 failed (PROCESS_FAIL)|apo explain PROCESS_FAIL": {
			part("CAPTURE", "FAIL", "4200", "PROCESS_FAIL"),
		},
		"authorized SGD 42.00, nothing captured, a capture of SGD 10.00 failed|apo timeline p-1": {part("CAPTURE", "FAIL", "1000", "")},
		"captured SGD 42.00 of SGD 42.00, a refund of SGD 10.00 failed (PROCESS_FAIL)|": {
			captured, part("REFUND", "FAIL", "1000", "PROCESS_FAIL"),
		},
		"captured SGD 42.00 of SGD 42.00|": {part("CAPTURE", "FAIL", "4200", "PROCESS_FAIL"), captured},
	} {
		v := Words{}.Payment(apo.Payment{PaymentID: "p-1", Status: apo.StatusSuccess, Amount: money("4200"), Transactions: parts})
		if got := v.What + "|" + v.Next; got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// Only a payment that ended gives back what it took: a cancel that was refused, or a
// capture or refund, leaves the money where it was.
func TestDeclinedSaysWhereTheMoneyIs(t *testing.T) {
	for _, c := range []struct {
		api     string
		outcome apo.Outcome
		code    string
		want    string
	}{
		{"cancel", apo.Declined, "ORDER_STATUS_INVALID", "nothing was cancelled"},
		{"refund", apo.Declined, "ORDER_STATUS_INVALID", "no money moved"},
		{"capture", apo.Declined, "SYSTEM_ERROR", "no money moved"},
		{"pay", apo.Declined, "DO_NOT_HONOR", "no money moved"},
		{"pay", apo.Declined, "FRAUD_REJECT", "what was taken is returned"},
		{"pay", apo.Cancelled, "", "what was taken is returned"},
	} {
		e, err := apo.FindEndpoint(c.api)
		if err != nil {
			t.Fatal(err)
		}
		got := atStake(operate.Result{Endpoint: e, Outcome: c.outcome, Code: c.code})
		if got != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.api, c.outcome, c.code, got, c.want)
		}
	}
}
