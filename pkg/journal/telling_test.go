package journal

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Of a payment that was sent from here inquiries say nothing new; of another one the
// newest does.
func TestTelling(t *testing.T) {
	record := func(id int64, endpoint string, outcome apo.Outcome, n apo.Numbers) Record {
		return Record{ID: id, Account: Account{ClientID: "c"}, Endpoint: endpoint, Reads: endpoint != "pay", Numbers: n, Ending: Ending{Outcome: outcome}}
	}
	here, elsewhere := apo.Numbers{PaymentRequestID: "A-1", PaymentID: "2026"}, apo.Numbers{PaymentRequestID: "A-2", PaymentID: "2027"}
	list := []Record{
		record(8, "inquiryPayment", apo.Succeeded, here),
		record(7, "notifyPayment", "", here),
		record(6, "inquiryPayment", apo.Pending, elsewhere),
		record(5, "inquiryPayment", apo.Succeeded, elsewhere),
		record(4, "inquiryPayment", apo.NotFound, apo.Numbers{PaymentRequestID: "A-3"}),
		record(3, "inquiryPayment", apo.Succeeded, apo.Numbers{PaymentRequestID: "A-4"}),
		record(2, "pay", apo.NotSent, apo.Numbers{PaymentRequestID: "A-4"}),
		record(1, "pay", apo.Succeeded, here),
	}
	var ids []int64
	for _, r := range Telling(list) {
		ids = append(ids, r.ID)
	}
	if got := fmt.Sprint(ids); got != "[7 6 3 2 1]" {
		t.Error(got)
	}
}

// A capture, and the notification of its result, are found with the payment's own ID.
func TestWithPayments(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	written(t, j, Record{Endpoint: "pay", Numbers: apo.Numbers{PaymentRequestID: "A-1"}}, `{"paymentId":"2026"}`)
	written(t, j, Record{Endpoint: "capture", Numbers: apo.Numbers{PaymentID: "2026", CaptureRequestID: "c-1"}}, `{"captureId":"2027"}`)
	_, _, err = j.Receive(t.Context(), Record{Account: Account{ClientID: "c"}, Endpoint: "notifyCapture", Notice: Notice{"CAPTURE_RESULT", "1"}, Ending: Ending{Answer: []byte(`{"captureRequestId":"c-1","paymentId":"2026"}`)}})
	must(t, err)
	written(t, j, Record{Endpoint: "refund", Numbers: apo.Numbers{PaymentID: "2026", RefundRequestID: "r-1"}}, `{"refundId":"2028"}`)
	_, _, err = j.Receive(t.Context(), Record{Account: Account{ClientID: "c"}, Endpoint: "notifyRefund", Notice: Notice{"REFUND_RESULT", "1"}, Ending: Ending{Verification: "verified", Answer: []byte(`{"refundRequestId":"r-1"}`)}})
	must(t, err)
	told, err := List(t.Context(), j, Filter{Endpoint: "notifyRefund"})
	must(t, err)
	told, err = WithPayments(t.Context(), j, told)
	must(t, err)
	if len(told) != 1 || told[0].Numbers.PaymentRequestID != "A-1" || told[0].Numbers.PaymentID != "2026" || told[0].Number() != "r-1" {
		t.Errorf("%+v", told)
	}
	list, err := j.Find(t.Context(), "c-1")
	must(t, err)
	list, err = WithPayments(t.Context(), j, list)
	must(t, err)
	if len(list) != 2 || list[0].Number() != "A-1" || list[1].Numbers.PaymentRequestID != "A-1" {
		t.Errorf("%+v", list)
	}
}
