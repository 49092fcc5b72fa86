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
	records := 0
	for _, c := range []struct {
		clientID, endpoint, time, body string
		records                        int // from then on; one more where it is fresh
	}{
		{"mine", "notifyPayment", "1", `{"paymentId":"2025","holder":"` + card + `"}`, 1},
		{"mine", "notifyPayment", "1", `{"paymentId":"2025","holder":"` + card + `"}`, 1},
		{"mine", "notifyPayment", "2", `{"paymentId":"2025","holder":"` + card + `"}`, 2},
		{"mine", "notifyPayment", "1", `{"paymentId":"2025","holder":"-"}`, 3},
		{"mine", "notifyCapture", "1", `{"paymentId":"2025","holder":"-"}`, 4},
		{"other", "notifyPayment", "1", `{"paymentId":"2025","holder":"-"}`, 5},
	} {
		got, fresh, err := j.Receive(t.Context(), journal.Record{
			Account: journal.Account{ClientID: c.clientID}, Endpoint: c.endpoint, Notice: journal.Notice{Type: "PAYMENT_RESULT", Time: c.time},
			Ending: journal.Ending{Verification: "verified", Answer: []byte(c.body)},
		})
		must(t, err)
		if want := c.records > records; fresh != want || !fresh && got.ID != 1 || fresh && got.ID != int64(c.records) {
			t.Errorf("%+v: fresh %v, record %d", c, fresh, got.ID)
		}
		records = c.records
		list, err := journal.List(t.Context(), j, journal.Filter{})
		if err != nil || len(list) != c.records {
			t.Fatalf("%+v: %d records, %v", c, len(list), err)
		}
		if r := list[0]; r.State != journal.Answered || r.Outcome != "" || r.Notice.Type != "PAYMENT_RESULT" || r.Notice.Time != c.time || !r.Reads || r.Numbers.PaymentID != "2025" || strings.Contains(string(r.Answer), card) {
			t.Errorf("%+v", r)
		}
	}
}
