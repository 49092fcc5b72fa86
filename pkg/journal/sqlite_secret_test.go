package journal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Somebody asks by a card's number, or a notification repeats one: in no form of it
// is it written down, neither in the messages nor among the numbers.
func TestNoFormOfACardIsAnID(t *testing.T) {
	forms := []string{
		card, `"` + card + `"`, `"` + card, card + `"`, `a"b` + card, `\` + card, "a/" + card, card + "<", "4054 6957 2310 0768", "4,054,695,723,100,768",
		`{"cardNo":"` + card + `","cvv":"917"}`, base64.StdEncoding.EncodeToString([]byte(card)), hex.EncodeToString([]byte(card)),
		"%34%30%35%34%36%39%35%37%32%33%31%30%30%37%36%38", "4054\u00a06957\u00a02310\u00a00768",
	}
	folder := t.TempDir()
	j := open(t, filepath.Join(folder, "journal.db"))
	for _, form := range forms {
		id, err := json.Marshal(form)
		must(t, err)
		for _, name := range []string{"paymentRequestId", "paymentId", "refundRequestId", "refundId", "captureRequestId"} {
			message := `{"` + name + `":` + string(id) + `,"order":{"referenceOrderId":` + strings.Replace(string(id), "4", `\u0034`, 1) + `}}`
			r := begin(t, j, "inquiryPayment", message)
			must(t, j.End(t.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.NotFound, Answer: []byte(message)}))
			_, _, err = j.Receive(t.Context(), journal.Record{
				Account: journal.Account{ClientID: "SANDBOX_5Y"}, Endpoint: "notifyPayment", Notice: journal.Notice{Type: name},
				Numbers: apo.Numbers{PaymentRequestID: form, RefundID: form}, Ending: journal.Ending{Answer: []byte(message)},
			})
			must(t, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "journal.db*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // a folder
		}
		for _, secret := range append(forms, "917") {
			inJSON, err := json.Marshal(secret)
			must(t, err)
			if bytes.Contains(data, []byte(secret)) || bytes.Contains(data, bytes.Trim(inJSON, `"`)) {
				t.Errorf("%s holds %s", filepath.Base(name), secret)
			}
		}
	}
}

// The card scheme's number may be as long as a card's, and APO's IDs are longer.
func TestIDsAreKept(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal.db"))
	r := begin(t, j, "inquiryPayment", `{"paymentId":"20261130441881558430623643833471376"}`)
	must(t, j.End(t.Context(), r.ID, journal.Ending{
		State: journal.Answered, Outcome: apo.Succeeded,
		Answer: []byte(`{"paymentRequestId":"019ad3f0-4539-7578-9763-621486000000","paymentResultInfo":{"networkTransactionId":"` + card + `"}}`),
	}))
	got, err := j.Get(t.Context(), r.ID)
	must(t, err)
	if want := (apo.Numbers{PaymentID: "20261130441881558430623643833471376", PaymentRequestID: "019ad3f0-4539-7578-9763-621486000000", NetworkTransactionID: card}); got.Numbers != want {
		t.Errorf("%+v", got.Numbers)
	}
}
