package apo_test

import (
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

func sgd(value string) apo.Amount { return apo.Amount{Currency: "SGD", Value: value} }

func TestPayOutcome(t *testing.T) {
	for _, tt := range []struct {
		name    string
		payment apo.Payment
		want    apo.Outcome
	}{
		{"authorized", apo.Payment{Status: "SUCCESS", Amount: sgd("4200")}, apo.Succeeded},
		{"authorized, amount not told", apo.Payment{Status: "SUCCESS"}, ""},
		{"declined", apo.Payment{Status: "FAIL", Amount: sgd("4200")}, apo.Declined},
		{"cancelled", apo.Payment{Status: "CANCELLED", Amount: sgd("4200")}, apo.Declined},
		{"in process", apo.Payment{Status: "PROCESSING", Amount: sgd("4200")}, apo.Pending},
		{"pending", apo.Payment{Status: "PENDING", Amount: sgd("4200")}, apo.Pending},
		{"another amount", apo.Payment{Status: "SUCCESS", Amount: sgd("4201")}, apo.Different},
		{"another currency", apo.Payment{Status: "SUCCESS", Amount: apo.Amount{Currency: "USD", Value: "4200"}}, apo.Different},
		{"declined, another amount", apo.Payment{Status: "FAIL", Amount: sgd("1")}, apo.Different},
		{"no status", apo.Payment{Amount: sgd("4200")}, ""},
		{"a status that nobody knows", apo.Payment{Status: "REVIEW", Amount: sgd("4200")}, ""},
		{"a status in lower case", apo.Payment{Status: "success", Amount: sgd("4200")}, ""},
		{"nothing", apo.Payment{}, ""},
	} {
		if got := apo.PayOutcome(tt.payment, sgd("4200")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
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
		{"captured", []apo.Transaction{ours("SUCCESS", "4200")}, apo.Succeeded},
		{"captured, amount not told", []apo.Transaction{{Type: "CAPTURE", RequestID: "capture-1", Status: "SUCCESS"}}, ""},
		{"failed", []apo.Transaction{ours("FAIL", "4200")}, apo.Declined},
		{"cancelled", []apo.Transaction{ours("CANCELLED", "4200")}, apo.Declined},
		{"in process", []apo.Transaction{ours("PROCESSING", "4200")}, apo.Pending},
		{"pending", []apo.Transaction{ours("PENDING", "4200")}, apo.Pending},
		{"another amount", []apo.Transaction{ours("SUCCESS", "4199")}, apo.Different},
		{"a status that nobody knows", []apo.Transaction{ours("", "4200")}, ""},
		{"none", nil, ""},
		{"someone else's", []apo.Transaction{{Type: "CAPTURE", RequestID: "capture-2", Status: "SUCCESS", Amount: sgd("4200")}}, ""},
		{"a refund under the same ID", []apo.Transaction{{Type: "REFUND", RequestID: "capture-1", Status: "SUCCESS", Amount: sgd("4200")}}, ""},
		{"among others", []apo.Transaction{{Type: "CAPTURE", RequestID: "capture-0", Status: "FAIL"}, ours("SUCCESS", "4200")}, apo.Succeeded},
	} {
		// A payment that was captured says SUCCESS itself; that is not the capture's status.
		got := apo.CaptureOutcome(apo.Payment{Status: "SUCCESS", Amount: sgd("4200"), Transactions: tt.list}, request)
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestCancelOutcome(t *testing.T) {
	for status, want := range map[string]apo.Outcome{
		"CANCELLED": apo.Succeeded, "SUCCESS": "", "FAIL": "", "PROCESSING": "", "PENDING": "",
		"": "", "CANCELED": "",
	} {
		if got := apo.CancelOutcome(apo.Payment{Status: status}); got != want {
			t.Errorf("%q: %s, want %s", status, got, want)
		}
	}
}

// inquiryRefund does not say of which payment a refund is: one that is older than
// the request is another's, and so is one beside those that the payment lists.
func TestRefundOutcome(t *testing.T) {
	sent := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	request := apo.RefundRequest{RefundRequestID: "refund-1", PaymentID: paymentID, RefundAmount: sgd("100")}
	booked := func(status, value string) apo.Payment {
		return apo.Payment{Transactions: []apo.Transaction{{Type: "REFUND", RequestID: "refund-1", Status: status, Amount: sgd(value)}}}
	}
	for _, tt := range []struct {
		name    string
		payment apo.Payment
		refund  apo.Refund
		want    apo.Outcome
	}{
		{"booked", booked("SUCCESS", "100"), apo.Refund{}, apo.Succeeded},
		{"booked as failed", booked("FAIL", "100"), apo.Refund{Status: "SUCCESS", Amount: sgd("100")}, apo.Declined},
		{"booked, in process", booked("PROCESSING", "100"), apo.Refund{}, apo.Pending},
		{"booked with another amount", booked("SUCCESS", "1000"), apo.Refund{}, apo.Different},
		{"a capture under the same ID", apo.Payment{Transactions: []apo.Transaction{{Type: "CAPTURE", RequestID: "refund-1", Status: "SUCCESS", Amount: sgd("100")}}}, apo.Refund{}, ""},
		{"refunded since", apo.Payment{}, apo.Refund{Status: "SUCCESS", Amount: sgd("100"), Time: "2026-01-01T08:00:00+08:00"}, apo.Succeeded},
		{"refunded before", apo.Payment{}, apo.Refund{Status: "SUCCESS", Amount: sgd("100"), Time: "2026-01-01T07:59:59+08:00"}, ""},
		{"refunded, nobody says when", apo.Payment{}, apo.Refund{Status: "SUCCESS", Amount: sgd("100")}, ""},
		{"refunded, nobody says how much", apo.Payment{}, apo.Refund{Status: "SUCCESS", Time: "2026-01-01T08:00:00+08:00"}, ""},
		{"refunded beside those that are booked", apo.Payment{Transactions: []apo.Transaction{{Type: "REFUND", RequestID: "refund-0", Status: "SUCCESS", Amount: sgd("100")}}}, apo.Refund{Status: "SUCCESS", Amount: sgd("100"), Time: "2026-01-01T08:00:00+08:00"}, ""},
		{"failed", apo.Payment{}, apo.Refund{Status: "FAIL", Amount: sgd("100")}, apo.Declined},
		{"in process, not booked yet", apo.Payment{}, apo.Refund{Status: "PROCESSING", Amount: sgd("100")}, apo.Pending},
		{"pending, not booked yet", apo.Payment{}, apo.Refund{Status: "PENDING", Amount: sgd("100")}, apo.Pending},
		{"another amount", apo.Payment{}, apo.Refund{Status: "PROCESSING", Amount: sgd("1000")}, apo.Different},
		{"another payment", apo.Payment{}, apo.Refund{Status: "PROCESSING", PaymentID: "2", Amount: sgd("100")}, apo.Different},
		{"nothing", apo.Payment{}, apo.Refund{}, ""},
	} {
		if got := apo.RefundOutcome(tt.payment, tt.refund, request, sent); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestRefusedForGood(t *testing.T) {
	for _, endpoint := range apo.Endpoints() {
		for _, code := range append(apo.Codes(), apo.Code{Name: "NEW_CODE"}, apo.Code{}) {
			want := code.Name == "ORDER_STATUS_INVALID" && (endpoint.Name == "capture" || endpoint.Name == "refund" || endpoint.Name == "cancel")
			if got := apo.RefusedForGood(endpoint.Name, code.Name); got != want {
				t.Errorf("%s %s: %v", endpoint.Name, code.Name, got)
			}
		}
	}
}
