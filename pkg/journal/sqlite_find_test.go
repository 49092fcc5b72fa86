package journal

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// However often somebody asked for a number, no payment of it is hidden: neither the
// other one that carries it, nor one whose number begins so, nor one in another case.
func TestFindHidesNoPayment(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	pay := func(request, order, id string) {
		written(t, j, Record{Endpoint: "pay", Numbers: apo.Numbers{PaymentRequestID: request, ReferenceOrderID: order}}, `{"paymentId":"`+id+`"}`)
	}
	pay("r-1", "A-1", "2026")
	pay("r-2", "r-1", "2027")
	pay("Req-B", "O-1", "2028")
	pay("a-10", "O-2", "2029")
	pay("a-1", "O-3", "2030")
	for n := range MostFound + 5 {
		written(t, j, Record{Endpoint: "inquiryPayment", Reads: true, Numbers: apo.Numbers{PaymentRequestID: "r-1"}}, `{"paymentId":"2026"}`)
		written(t, j, Record{Endpoint: "inquiryPayment", Reads: true, Numbers: apo.Numbers{PaymentRequestID: "a-1"}}, `{"paymentId":"2030"}`)
		if n < 2 { // asked for in vain, and without an answer
			written(t, j, Record{Endpoint: "inquiryPayment", Reads: true, Numbers: apo.Numbers{PaymentRequestID: "req-b"}, Ending: Ending{Outcome: []apo.Outcome{apo.NotFound, apo.NotSent}[n]}}, `{}`)
		}
	}
	for number, want := range map[string]string{
		"r-1": "0: 2026 2027", "2026": "0: 2026", "req-b": "1: 2028", "REQ-B": "1: 2028", "a-": "2: 2030 2029", "A-": "2: 2026", "r-": "2: 2026 2027",
	} {
		found, err := Lookup(t.Context(), j, Key{Number: number}, nil)
		must(t, err)
		got := ""
		for i, m := range found {
			if i == 0 {
				got = fmt.Sprintf("%d:", m.Way)
			}
			got += " " + m.Payment.PaymentID
		}
		if got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
	}
}
