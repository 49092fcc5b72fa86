package journal_test

import (
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// A number of a capture leads to the capture, not to what merely names it.
func TestForemost(t *testing.T) {
	of := func(id int64, endpoint string, reads bool, n apo.Numbers) journal.Record {
		return journal.Record{ID: id, Endpoint: endpoint, Reads: reads, Numbers: n}
	}
	list := []journal.Record{
		of(4, "inquiryPayment", true, apo.Numbers{PaymentID: "p", CaptureID: "c"}),
		of(3, "refund", false, apo.Numbers{PaymentID: "p", RefundRequestID: "r", CaptureID: "c"}),
		of(2, "capture", false, apo.Numbers{PaymentID: "p", CaptureID: "c"}),
		of(1, "pay", false, apo.Numbers{PaymentID: "p"}),
	}
	for number, want := range map[string]int64{"c": 2, "p": 1, "r": 3, "other": 3} {
		if got := journal.Foremost(list, number).ID; got != want {
			t.Errorf("%s is about record %d, want %d", number, got, want)
		}
	}
	if got := journal.Foremost(list[:1], "p").ID; got != 4 {
		t.Errorf("of an inquiry alone: record %d", got)
	}
}
