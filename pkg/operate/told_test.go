package operate_test

import (
	"testing"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

// A verified answer alone says what it says, and nothing where it contradicts itself or
// leaves it open.
func TestOutcomeInAnAnswer(t *testing.T) {
	body := func(status, code, more string) string {
		return `{"result":{"resultStatus":"` + status + `","resultCode":"` + code + `"},"paymentRequestId":"p-1","paymentId":"1","paymentAmount":{"currency":"SGD","value":"4200"}` + more + `}`
	}
	for _, c := range []struct {
		api, body string
		want      apo.Outcome
	}{
		{"pay", body("S", "SUCCESS", ""), apo.Succeeded},
		{"pay", body("F", "DO_NOT_HONOR", ""), apo.Declined},
		{"pay", `{"result":{"resultStatus":"F","resultCode":"DO_NOT_HONOR"}}`, ""}, // of which request?
		{"pay", body("F", "SYSTEM_ERROR", ""), ""},
		{"pay", body("F", "NO_SUCH_CODE", ""), ""},
		{"pay", body("F", "SUCCESS", ""), ""},
		{"pay", body("S", "DO_NOT_HONOR", ""), ""},
		{"pay", body("S", "SUCCESS", `,"paymentStatus":"FAIL"`), ""},
		{"pay", body("F", "DO_NOT_HONOR", `,"paymentStatus":"SUCCESS"`), ""},
		{"pay", body("U", "PAYMENT_IN_PROCESS", ""), apo.Pending},
		{"pay", body("F", "KEY_NOT_FOUND", ""), apo.Unrecognised},
		{"pay", body("F", "REPEAT_REQ_INCONSISTENT", ""), apo.Different},
		{"inquiryPayment", body("S", "SUCCESS", `,"paymentStatus":"SUCCESS","paymentResultCode":"SUCCESS"`), apo.Succeeded},
		{"inquiryPayment", body("S", "SUCCESS", `,"paymentStatus":"FAIL","paymentResultCode":"DO_NOT_HONOR"`), apo.Declined},
		{"inquiryPayment", body("S", "SUCCESS", `,"paymentStatus":"FAIL","paymentResultCode":"SUCCESS"`), ""},
		{"inquiryPayment", body("S", "SUCCESS", `,"paymentStatus":"CANCELLED","paymentResultCode":"SUCCESS"`), apo.Cancelled},
		{"inquiryPayment", body("S", "SUCCESS", `,"paymentStatus":"PROCESSING"`), apo.Pending},
		{"inquiryPayment", body("S", "SUCCESS", ""), ""},
		{"inquiryPayment", body("F", "ORDER_NOT_EXIST", ""), ""},
		{"inquiryPayment", body("F", "PARAM_ILLEGAL", ""), ""},
		{"inquiryRefund", body("S", "SUCCESS", `,"refundRequestId":"r-1","refundStatus":"SUCCESS"`), apo.Succeeded},
		{"inquiryRefund", body("S", "SUCCESS", `,"refundRequestId":"r-1","refundStatus":"PROCESSING"`), apo.Pending},
		{"inquiryRefund", body("S", "SUCCESS", `,"refundRequestId":"r-1"`), ""},
		{"consult", body("S", "SUCCESS", ""), ""},
	} {
		e, err := apo.FindEndpoint(c.api)
		if err != nil {
			t.Fatal(err)
		}
		r := gjson.Get(c.body, "result")
		a := &apo.Answer{Endpoint: e, Raw: []byte(c.body), Result: apo.Result{Status: r.Get("resultStatus").Str, Code: r.Get("resultCode").Str}}
		if got, _ := operate.OutcomeIn(a); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.api, c.body, got, c.want)
		}
	}
}
