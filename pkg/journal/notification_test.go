package journal_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/journal"
)

// A notification is written down once, however often the same one is verified;
// one that was sent again, or says something else, is another.
func TestReceive(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	for _, c := range []struct {
		clientID, endpoint, note, body string
		records                        int // from then on
	}{
		{"mine", "notifyPayment", "PAYMENT_RESULT, request-time 1", `{"paymentId":"2025","holder":"` + card + `"}`, 1},
		{"mine", "notifyPayment", "PAYMENT_RESULT, request-time 1", `{"paymentId":"2025","holder":"` + card + `"}`, 1},
		{"mine", "notifyPayment", "PAYMENT_RESULT, request-time 2", `{"paymentId":"2025","holder":"` + card + `"}`, 2},
		{"mine", "notifyPayment", "PAYMENT_RESULT, request-time 1", `{"paymentId":"2025","holder":"-"}`, 3},
		{"mine", "notifyCapture", "PAYMENT_RESULT, request-time 1", `{"paymentId":"2025","holder":"-"}`, 4},
		{"other", "notifyPayment", "PAYMENT_RESULT, request-time 1", `{"paymentId":"2025","holder":"-"}`, 5},
	} {
		must(t, j.Receive(journal.Record{
			ClientID: c.clientID, Endpoint: c.endpoint, Ending: journal.Ending{Note: c.note, Verification: "verified", Answer: []byte(c.body)},
		}))
		list, err := j.List(journal.Filter{})
		if err != nil || len(list) != c.records {
			t.Fatalf("%+v: %d records, %v", c, len(list), err)
		}
		if r := list[0]; r.State != journal.Answered || !r.Reads || r.Numbers.PaymentID != "2025" || strings.Contains(string(r.Answer), card) {
			t.Errorf("%+v", r)
		}
	}
}
