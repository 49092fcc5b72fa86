package apo_test

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

func outcomeName(o apo.Outcome) string {
	return []string{"Unknown", "Done", "Refused", "Processing", "Different"}[o]
}

func sgd(value string) apo.Amount { return apo.Amount{Currency: "SGD", Value: value} }

func TestPayOutcome(t *testing.T) {
	for _, tt := range []struct {
		name    string
		payment apo.Payment
		want    apo.Outcome
	}{
		{"authorized", apo.Payment{Status: "SUCCESS", Amount: sgd("4200")}, apo.Done},
		{"authorized, amount not told", apo.Payment{Status: "SUCCESS"}, apo.Done},
		{"declined", apo.Payment{Status: "FAIL", Amount: sgd("4200")}, apo.Refused},
		{"cancelled", apo.Payment{Status: "CANCELLED", Amount: sgd("4200")}, apo.Refused},
		{"in process", apo.Payment{Status: "PROCESSING", Amount: sgd("4200")}, apo.Processing},
		{"pending", apo.Payment{Status: "PENDING", Amount: sgd("4200")}, apo.Processing},
		{"another amount", apo.Payment{Status: "SUCCESS", Amount: sgd("4201")}, apo.Different},
		{"another currency", apo.Payment{Status: "SUCCESS", Amount: apo.Amount{Currency: "USD", Value: "4200"}}, apo.Different},
		{"declined, another amount", apo.Payment{Status: "FAIL", Amount: sgd("1")}, apo.Different},
		{"no status", apo.Payment{Amount: sgd("4200")}, apo.Unknown},
		{"a status that nobody knows", apo.Payment{Status: "REVIEW", Amount: sgd("4200")}, apo.Unknown},
		{"a status in lower case", apo.Payment{Status: "success", Amount: sgd("4200")}, apo.Unknown},
		{"nothing", apo.Payment{}, apo.Unknown},
	} {
		if got := apo.PayOutcome(tt.payment, sgd("4200")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, outcomeName(got), outcomeName(tt.want))
		}
	}
}

func TestCaptureOutcome(t *testing.T) {
	request := apo.CaptureRequest{CaptureRequestID: "capture-1", PaymentID: paymentID, CaptureAmount: sgd("4200")}
	ours := func(status, value string) apo.Transaction {
		return apo.Transaction{Type: "CAPTURE", RequestID: "capture-1", Status: status, Amount: sgd(value)}
	}
	for _, tt := range []struct {
		name string
		list []apo.Transaction
		want apo.Outcome
	}{
		{"captured", []apo.Transaction{ours("SUCCESS", "4200")}, apo.Done},
		{"captured, amount not told", []apo.Transaction{{Type: "CAPTURE", RequestID: "capture-1", Status: "SUCCESS"}}, apo.Done},
		{"failed", []apo.Transaction{ours("FAIL", "4200")}, apo.Refused},
		{"cancelled", []apo.Transaction{ours("CANCELLED", "4200")}, apo.Refused},
		{"in process", []apo.Transaction{ours("PROCESSING", "4200")}, apo.Processing},
		{"pending", []apo.Transaction{ours("PENDING", "4200")}, apo.Processing},
		{"another amount", []apo.Transaction{ours("SUCCESS", "4199")}, apo.Different},
		{"a status that nobody knows", []apo.Transaction{ours("", "4200")}, apo.Unknown},
		{"none", nil, apo.Unknown},
		{"someone else's", []apo.Transaction{{Type: "CAPTURE", RequestID: "capture-2", Status: "SUCCESS", Amount: sgd("4200")}}, apo.Unknown},
		{"a refund under the same ID", []apo.Transaction{{Type: "REFUND", RequestID: "capture-1", Status: "SUCCESS", Amount: sgd("4200")}}, apo.Unknown},
		{"among others", []apo.Transaction{{Type: "CAPTURE", RequestID: "capture-0", Status: "FAIL"}, ours("SUCCESS", "4200")}, apo.Done},
	} {
		// A payment that was captured says SUCCESS itself; that is not the capture's status.
		got := apo.CaptureOutcome(apo.Payment{Status: "SUCCESS", Amount: sgd("4200"), Transactions: tt.list}, request)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, outcomeName(got), outcomeName(tt.want))
		}
	}
}

func TestCancelOutcome(t *testing.T) {
	for status, want := range map[string]apo.Outcome{
		"CANCELLED": apo.Done, "SUCCESS": apo.Unknown, "FAIL": apo.Unknown, "PROCESSING": apo.Unknown, "PENDING": apo.Unknown,
		"": apo.Unknown, "CANCELED": apo.Unknown,
	} {
		if got := apo.CancelOutcome(apo.Payment{Status: status}); got != want {
			t.Errorf("%q: %s, want %s", status, outcomeName(got), outcomeName(want))
		}
	}
}

func TestRefundOutcome(t *testing.T) {
	request := apo.RefundRequest{RefundRequestID: "refund-1", PaymentID: paymentID, RefundAmount: sgd("100")}
	for _, tt := range []struct {
		name   string
		refund apo.Refund
		want   apo.Outcome
	}{
		{"refunded", apo.Refund{Status: "SUCCESS", Amount: sgd("100")}, apo.Done},
		{"refunded, amount not told", apo.Refund{Status: "SUCCESS"}, apo.Done},
		{"failed", apo.Refund{Status: "FAIL", Amount: sgd("100")}, apo.Refused},
		{"in process", apo.Refund{Status: "PROCESSING", Amount: sgd("100")}, apo.Processing},
		{"another amount", apo.Refund{Status: "SUCCESS", Amount: sgd("1000")}, apo.Different},
		{"no status", apo.Refund{Amount: sgd("100")}, apo.Unknown},
		{"nothing", apo.Refund{}, apo.Unknown},
	} {
		if got := apo.RefundOutcome(tt.refund, request); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, outcomeName(got), outcomeName(tt.want))
		}
	}
}

func TestRefusedForGood(t *testing.T) {
	for _, code := range apo.Codes() {
		if got := apo.RefusedForGood(code.Name); got != (code.Name == "ORDER_STATUS_INVALID") {
			t.Errorf("%s: %v", code.Name, got)
		}
	}
	if apo.RefusedForGood("NEW_CODE") || apo.RefusedForGood("") {
		t.Error("a code that nobody knows settles nothing")
	}
}
