package say

import (
	"errors"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

func TestAsking(t *testing.T) {
	pay, err := apo.FindEndpoint("pay")
	if err != nil {
		t.Fatal(err)
	}
	result := operate.Result{Endpoint: pay, ID: operate.ID{Name: "paymentRequestId", Value: "demo-1"}}
	pending, lost := result, result
	pending.Outcome, pending.Code = apo.Pending, "PAYMENT_IN_PROCESS"
	lost.Cause = errors.New("the gateway does not know it yet")
	record := &journal.Record{ID: 7, Endpoint: "capture", Numbers: apo.Numbers{CaptureRequestID: "c-1"}}
	for _, c := range []struct {
		event operate.Event
		want  string
	}{
		{operate.Event{Result: result}, "asking what became of pay demo-1: in doubt"},
		{operate.Event{Result: pending, Open: 1}, "waiting for pay demo-1: pending, PAYMENT_IN_PROCESS"},
		{operate.Event{Result: lost, Open: 1}, "asking what became of pay demo-1: in doubt, the gateway does not know it yet"},
		{operate.Event{Result: lost, Open: 3, Record: record}, "asking what became of capture c-1 (record 7) and 2 more: in doubt, the gateway does not know it yet"},
	} {
		if got := Asking(c.event); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
	p := apo.Payment{PaymentRequestID: "demo-1", Status: "PROCESSING", Amount: apo.Amount{Currency: "SGD", Value: "4200"}}
	if got, want := Awaiting(p), "waiting for payment demo-1, SGD 42.00: PROCESSING"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
