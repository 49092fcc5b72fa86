package notify_test

import (
	"encoding/json"
	"testing"

	"github.com/apo-cli/apo/pkg/notify"
)

// Whatever a body is: what Read takes, every reader of JSON takes; a failure was
// said to be one; and what is doubtful is not final.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		captured,
		`{"notifyType":"REFUND_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"refundStatus":"FAIL","refundRequestId":"r","refundAmount":{"value":1,"currency":"SGD"}}`,
		`{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"F","resultCode":"DO_NOT_HONOR"},"paymentRequestId":"o"}`,
		`{"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_MERCHANT","disputeId":"D"}`,
		`{"vaultingRequestId":"v","vaultingStatus":"FAIL","result":{"resultStatus":"S","resultCode":"SUCCESS"}}`,
		`{"result":null}`, `{"result":{"resultStatus":1}}`, `{}`, `{"a":`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := notify.Read(body)
		if err != nil {
			return
		}
		var doc map[string]any
		if json.Unmarshal(body, &doc) != nil {
			t.Fatal("it is no JSON object")
		}
		result, _ := doc["result"].(map[string]any)
		saysFail := result["resultStatus"] == "F" || doc["refundStatus"] == "FAIL" || doc["vaultingStatus"] == "FAIL" || n.Kind == notify.KindDispute
		if n.Status == notify.Failed && !saysFail || n.Status == notify.Failed && result["resultStatus"] == "U" {
			t.Errorf("%s", n.Status)
		}
		if n.Status == notify.Succeeded && result["resultStatus"] != "S" && n.Kind != notify.KindDispute {
			t.Errorf("%s", n.Status)
		}
		if (n.Status == notify.NotFinal) != (n.Doubt != "") {
			t.Errorf("%s with doubt %q", n.Status, n.Doubt)
		}
		if e := n.Evidence(); e.Outcome != "" && (e.RequestID == "" || e.Amount.Currency == "" && n.Kind != notify.KindVaulting) {
			t.Errorf("%+v", e)
		}
		n.Meaning()
	})
}
