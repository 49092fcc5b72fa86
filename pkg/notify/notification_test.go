package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
)

// What each notification means, a row each; the last column is the proof that it
// is of a request.
func TestRead(t *testing.T) {
	const (
		pay     = `"paymentRequestId":"o-1","paymentId":"P","paymentAmount":{"currency":"SGD","value":"4200"}`
		capture = `"captureRequestId":"c-1","paymentId":"P","captureId":"C","captureAmount":{"currency":"SGD","value":"4200"}`
		refund  = `"refundRequestId":"r-1","refundId":"R","refundAmount":{"currency":"SGD","value":4200}`
		vault   = `"vaultingRequestId":"v-1"`
		dispute = `"disputeId":"D","paymentRequestId":"o-1","paymentId":"P"`
	)
	result := func(status, code string) string {
		return fmt.Sprintf(`"result":{"resultStatus":%q,"resultCode":%q,"resultMessage":"m"}`, status, code)
	}
	tests := []struct {
		body    string // without its braces
		meaning notify.Meaning
		doubt   notify.Doubt
		proof   string
	}{
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("S", "SUCCESS"), notify.Authorized, "", "pay o-1 succeeded"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("S", "NEW_CODE"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "DO_NOT_HONOR"), notify.PaymentFailed, "", "pay o-1 declined"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "RISK_REJECT"), notify.PaymentFailed, "", "pay o-1 declined"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "NEW_CODE"), notify.PaymentPending, notify.OpenCode, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "SYSTEM_ERROR"), notify.PaymentPending, notify.OpenCode, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "ORDER_STATUS_INVALID"), notify.PaymentPending, notify.OpenCode, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "INVALID_SIGNATURE"), notify.PaymentPending, notify.OpenCode, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "ORDER_NOT_EXIST"), notify.PaymentPending, notify.OpenCode, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + `"transactions":[{"transactionType":"CAPTURE","transactionStatus":"SUCCESS"}],` + result("F", "DO_NOT_HONOR"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"transactions":[{"transactionType":"CAPTURE","transactionStatus":"FAIL"}],` + result("F", "DO_NOT_HONOR"), notify.PaymentFailed, "", "pay o-1 declined"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "FRAUD_REJECT"), notify.PaymentFailed, "", "pay o-1 declined"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"FAIL",` + result("F", "SYSTEM_ERROR"), notify.PaymentFailed, "", "pay o-1 declined"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"PROCESSING",` + result("F", "SYSTEM_ERROR"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"SUCCESS",` + result("F", "RISK_REJECT"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_PENDING",` + pay + `,` + result("F", "SYSTEM_ERROR"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"CAPTURE_RESULT",` + capture + `,` + result("F", "RISK_REJECT"), notify.CapturePending, notify.OpenCode, "capture c-1 "},
		{`"notifyType":"CAPTURE_RESULT",` + capture + `,` + result("F", "SYSTEM_ERROR"), notify.CapturePending, notify.OpenCode, "capture c-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,` + result("F", "SYSTEM_ERROR"), notify.RefundPending, notify.OpenCode, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"FAIL",` + result("F", "SYSTEM_ERROR"), notify.RefundFailed, "", "refund r-1 declined"},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"SUCCESS",` + result("F", "SYSTEM_ERROR"), notify.RefundPending, notify.Contradiction, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"PROCESSING",` + result("F", "SYSTEM_ERROR"), notify.RefundPending, notify.Contradiction, "refund r-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("U", "PAYMENT_IN_PROCESS"), notify.PaymentPending, notify.InProcess, "pay o-1 pending"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("S", "DO_NOT_HONOR"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "SUCCESS"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", "UNKNOWN_EXCEPTION"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("s", "SUCCESS"), notify.PaymentPending, notify.UnknownStatus, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,` + result("F", ""), notify.PaymentPending, notify.NoResult, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"result":{"resultStatus":null,"resultCode":"SUCCESS"}`, notify.PaymentPending, notify.NoResult, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"result":{"resultStatus":true,"resultCode":"SUCCESS"}`, notify.PaymentPending, notify.UnknownStatus, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"result":null`, notify.PaymentPending, notify.NoResult, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"result":"S"`, notify.PaymentPending, notify.NoResult, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay, notify.PaymentPending, notify.NoResult, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"FAIL",` + result("S", "SUCCESS"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"SUCCESS",` + result("F", "DO_NOT_HONOR"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"CANCELLED",` + result("F", "DO_NOT_HONOR"), notify.PaymentFailed, "", "pay o-1 declined"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"SUCCESS",` + result("S", "SUCCESS"), notify.Authorized, "", "pay o-1 succeeded"},
		{`"notifyType":"PAYMENT_RESULT",` + pay + `,"paymentStatus":"WHAT",` + result("F", "DO_NOT_HONOR"), notify.PaymentPending, notify.UnknownStatus, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT","disputeNotificationType":"DISPUTE_CREATED",` + pay + `,` + result("F", "DO_NOT_HONOR"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT","paymentRequestId":"o-1",` + result("S", "SUCCESS"), notify.Authorized, "", "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT","paymentAmount":{"currency":"SGD","value":"4200"},` + result("S", "SUCCESS"), notify.Authorized, "", "pay  "},
		{`"notifyType":"PAYMENT_RESULT","paymentRequestId":"o-1","paymentAmount":{"value":"4200"},` + result("S", "SUCCESS"), notify.Authorized, "", "pay o-1 "},
		{`"notifyType":"PAYMENT_RESULT","paymentRequestId":"o-1","paymentAmount":{"currency":"SGD","value":"42.00"},` + result("S", "SUCCESS"), notify.Authorized, "", "pay o-1 "},

		{`"notifyType":"PAYMENT_PENDING",` + pay + `,` + result("S", "SUCCESS"), notify.BuyerPaid, notify.InProcess, "pay o-1 pending"},
		{`"notifyType":"PAYMENT_PENDING",` + pay + `,` + result("U", "PAYMENT_IN_PROCESS"), notify.BuyerPaid, notify.InProcess, "pay o-1 pending"},
		{`"notifyType":"PAYMENT_PENDING",` + pay, notify.BuyerPaid, notify.InProcess, "pay o-1 pending"},
		{`"notifyType":"PAYMENT_PENDING",` + pay + `,` + result("F", "DO_NOT_HONOR"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},
		{`"notifyType":"PAYMENT_PENDING",` + pay + `,"paymentStatus":"FAIL",` + result("U", "PAYMENT_IN_PROCESS"), notify.PaymentPending, notify.Contradiction, "pay o-1 "},

		{`"notifyType":"CAPTURE_RESULT",` + capture + `,` + result("S", "SUCCESS"), notify.Captured, "", "capture c-1 succeeded"},
		{`"notifyType":"CAPTURE_RESULT",` + capture + `,` + result("U", "CAPTURE_IN_PROCESS"), notify.CapturePending, notify.InProcess, "capture c-1 pending"},
		{`"notifyType":"CAPTURE_RESULT",` + capture + `,` + result("F", "AUTH_EXPIRED"), notify.CaptureFailed, "", "capture c-1 declined"},
		{`"notifyType":"CAPTURE_RESULT",` + capture + `,` + result("F", "REPEAT_REQ_INCONSISTENT"), notify.CapturePending, notify.OtherValues, "capture c-1 "},
		{`"notifyType":"CAPTURE_RESULT","captureRequestId":"c-1","paymentAmount":{"currency":"SGD","value":"4200"},` + result("S", "SUCCESS"), notify.Captured, "", "capture c-1 "},

		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"SUCCESS",` + result("S", "SUCCESS"), notify.Refunded, "", "refund r-1 succeeded"},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"FAIL",` + result("S", "SUCCESS"), notify.RefundFailed, "", "refund r-1 declined"},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"FAIL",` + result("F", "PROCESS_FAIL"), notify.RefundFailed, "", "refund r-1 declined"},
		{`"notifyType":"REFUND_RESULT",` + refund + `,` + result("F", "PROCESS_FAIL"), notify.RefundFailed, "", "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"PROCESSING",` + result("S", "SUCCESS"), notify.RefundPending, notify.InProcess, "refund r-1 pending"},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"PROCESSING",` + result("U", "REFUND_IN_PROCESS"), notify.RefundPending, notify.InProcess, "refund r-1 pending"},
		{`"notifyType":"REFUND_RESULT",` + refund + `,` + result("U", "REFUND_IN_PROCESS"), notify.RefundPending, notify.InProcess, "refund r-1 pending"},
		{`"notifyType":"REFUND_RESULT",` + refund + `,` + result("S", "SUCCESS"), notify.RefundPending, notify.NoResult, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":null,` + result("S", "SUCCESS"), notify.RefundPending, notify.NoResult, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"DONE",` + result("S", "SUCCESS"), notify.RefundPending, notify.UnknownStatus, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"SUCCESS",` + result("F", "PROCESS_FAIL"), notify.RefundPending, notify.Contradiction, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"FAIL",` + result("U", "REFUND_IN_PROCESS"), notify.RefundPending, notify.Contradiction, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"SUCCESS",` + result("S", "PROCESS_FAIL"), notify.RefundPending, notify.Contradiction, "refund r-1 "},
		{`"notifyType":"REFUND_RESULT",` + refund + `,"refundStatus":"FAIL"`, notify.RefundPending, notify.NoResult, "refund r-1 "},

		{vault + `,"vaultingStatus":"SUCCESS",` + result("S", "SUCCESS"), notify.Vaulted, "", "vaultPaymentMethod v-1 succeeded"},
		{vault + `,` + result("S", "SUCCESS"), notify.Vaulted, "", "vaultPaymentMethod v-1 succeeded"}, // as older pages have it
		{`"notifyType":"VAULTING_RESULT",` + vault + `,` + result("S", "SUCCESS"), notify.Vaulted, "", "vaultPaymentMethod v-1 succeeded"},
		{vault + `,"vaultingStatus":"FAIL",` + result("S", "SUCCESS"), notify.VaultingFailed, "", "vaultPaymentMethod v-1 declined"},
		{vault + `,` + result("F", "INVALID_CVV"), notify.VaultingFailed, "", "vaultPaymentMethod v-1 declined"},
		{vault + `,"vaultingStatus":"PROCESSING",` + result("S", "SUCCESS"), notify.VaultingPending, notify.InProcess, "vaultPaymentMethod v-1 pending"},
		{vault + `,"vaultingStatus":"SUCCESS",` + result("F", "INVALID_CVV"), notify.VaultingPending, notify.Contradiction, "vaultPaymentMethod v-1 "},
		{vault, notify.VaultingPending, notify.NoResult, "vaultPaymentMethod v-1 "},

		{dispute + `,"disputeNotificationType":"DISPUTE_CREATED","disputeAmount":{"currency":"SGD","value":"4200"}`, notify.DisputeOpened, notify.InProcess, ""},
		{dispute + `,"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_CUSTOMER"`, notify.DisputeWon, "", ""},
		{dispute + `,"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_MERCHANT"`, notify.DisputeLost, "", ""},
		{dispute + `,"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"VALIDATE_FAIL"`, notify.DisputePending, notify.UnknownStatus, ""},
		{dispute + `,"disputeNotificationType":"DISPUTE_JUDGED"`, notify.DisputePending, notify.NoResult, ""},
		{dispute + `,"disputeNotificationType":"DISPUTE_CANCELLED"`, notify.DisputeWon, "", ""},
		{dispute + `,"disputeNotificationType":"RDR_RESOLVED"`, notify.DisputeLost, "", ""},
		{dispute + `,"disputeNotificationType":"DEFENSE_SUPPLIED"`, notify.DisputePending, notify.UnknownStatus, ""},
		{dispute + `,"notifyType":"DISPUTE_CREATED"`, notify.DisputeOpened, notify.InProcess, ""},
		{dispute, notify.DisputePending, notify.UnknownStatus, ""},
		{dispute + `,"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_MERCHANT",` + result("U", "UNKNOWN_EXCEPTION"), notify.DisputePending, notify.InProcess, ""},
		{dispute + `,"disputeNotificationType":"DISPUTE_CREATED",` + vault, notify.DisputePending, notify.Contradiction, ""},

		{pay + `,` + result("F", "DO_NOT_HONOR"), notify.Unknown, notify.UnknownStatus, ""},
		{`"notifyType":"UPDATE_AMOUNT_RESULT",` + pay + `,` + result("S", "SUCCESS"), notify.Unknown, notify.UnknownStatus, ""},
		{`"notifyType":["PAYMENT_RESULT"],` + pay + `,` + result("S", "SUCCESS"), notify.Unknown, notify.UnknownStatus, ""},
		{`"notifyType":"payment_result",` + pay + `,` + result("S", "SUCCESS"), notify.Unknown, notify.UnknownStatus, ""},
	}
	for _, test := range tests {
		n, err := notify.Read([]byte("{" + test.body + "}"))
		if err != nil {
			t.Errorf("%s: %v", test.body, err)
			continue
		}
		e := n.Evidence()
		proof := strings.TrimLeft(fmt.Sprintf("%s %s %s", e.Endpoint, e.RequestID, e.Outcome), " ")
		if got := n.Meaning(); got != test.meaning || n.Doubt != test.doubt || proof != test.proof {
			t.Errorf("{%s}\n\tmeans %s (%s), proves %q; want %s (%s), %q", test.body, got, n.Doubt, proof, test.meaning, test.doubt, test.proof)
		}
	}
}

// All combinations: what is not final is never a failure, nor a success.
func TestNeverMoreThanItSays(t *testing.T) {
	types := []string{`"PAYMENT_RESULT"`, `"PAYMENT_PENDING"`, `"CAPTURE_RESULT"`, `"REFUND_RESULT"`, `"OTHER"`, `null`, `7`, ``}
	statuses := []string{`"S"`, `"F"`, `"U"`, `"s"`, `""`, `null`, `true`, `{}`, ``}
	codes := []string{`"SUCCESS"`, `"DO_NOT_HONOR"`, `"PAYMENT_IN_PROCESS"`, `"UNKNOWN_EXCEPTION"`, `"REPEAT_REQ_INCONSISTENT"`, `"NEW"`, `null`, ``}
	states := []string{`"SUCCESS"`, `"FAIL"`, `"PROCESSING"`, `"NEW"`, `""`, `null`, `0`, ``}
	member := func(list []string, name, value string) []string {
		if value == "" {
			return list
		}
		return append(list, fmt.Sprintf("%q:%s", name, value))
	}
	tried := 0
	for _, kind := range types {
		for _, status := range statuses {
			for _, code := range codes {
				for _, state := range states {
					for _, own := range []string{`"paymentRequestId":"x"`, `"captureRequestId":"x"`, `"refundRequestId":"x"`, `"vaultingRequestId":"x"`, ``} {
						result := strings.Join(member(member(nil, "resultStatus", status), "resultCode", code), ",")
						list := member(member(nil, "notifyType", kind), "result", "{"+result+"}")
						list = member(list, "refundStatus", state)
						if strings.Contains(own, "vaulting") {
							list = member(list, "vaultingStatus", state)
						}
						if own != "" {
							list = append(list, own, `"paymentAmount":{"currency":"SGD","value":"1"}`, `"captureAmount":{"currency":"SGD","value":"1"}`, `"refundAmount":{"currency":"SGD","value":"1"}`)
						}
						body := "{" + strings.Join(list, ",") + "}"
						n, err := notify.Read([]byte(body))
						if err != nil {
							t.Fatalf("%s: %v", body, err)
						}
						tried++
						mayFail := status == `"F"` && slices.Contains([]string{`"DO_NOT_HONOR"`, `"NEW"`}, code) ||
							status == `"S"` && state == `"FAIL"` && (n.Kind == notify.KindRefundResult || n.Kind == notify.KindVaulting)
						maySucceed := status == `"S"` && slices.Contains([]string{`"SUCCESS"`, `"NEW"`}, code) &&
							(n.Kind != notify.KindRefundResult || state == `"SUCCESS"`)
						if n.Status == notify.Failed && !mayFail || n.Status == notify.Succeeded && !maySucceed || (n.Status == notify.NotFinal) != (n.Doubt != "") {
							t.Errorf("%s: %s %q", body, n.Status, n.Doubt)
						}
						if failed := strings.HasSuffix(string(n.Meaning()), "-failed"); failed != (n.Status == notify.Failed) {
							t.Errorf("%s: %s means %s", body, n.Status, n.Meaning())
						}
						proves := map[notify.Status]apo.Outcome{notify.Succeeded: apo.Succeeded, notify.Failed: apo.Declined, notify.NotFinal: apo.Pending}
						if e := n.Evidence(); e.Outcome != "" && (e.Outcome != proves[n.Status] || e.RequestID != "x" || e.Amount.IsZero() != (n.Kind == notify.KindVaulting)) {
							t.Errorf("%s: %s, and proves %+v", body, n.Status, e)
						}
					}
				}
			}
		}
	}
	if tried < 20000 {
		t.Errorf("only %d were tried", tried)
	}
}

// A kind by its own fields, whatever the amounts of others beside it say.
func TestReadFields(t *testing.T) {
	n, err := notify.Read([]byte(`{"notifyType":"CAPTURE_RESULT","captureRequestId":17,"captureId":"C","paymentId":"P","paymentRequestId":"o","refundRequestId":{"a":1},` +
		`"captureAmount":{"currency":"JPY","value":500},"paymentAmount":{"currency":"JPY","value":"900"},"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"fine"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if n.Kind != notify.KindCaptureResult || n.Type != "CAPTURE_RESULT" || n.Amount != (apo.Amount{Currency: "JPY", Value: "500"}) ||
		n.CaptureRequestID != "17" || n.CaptureID != "C" || n.PaymentID != "P" || n.PaymentRequestID != "o" || n.RefundRequestID != "" || n.Result.Message != "fine" {
		t.Errorf("%+v", n)
	}
	n, err = notify.Read([]byte(`{"disputeId":"D","disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_MERCHANT","defenseDueTime":"2026-12-01T00:00:00Z",` +
		`"disputeAmount":{"currency":"KRW","value":"14204"},"disputeJudgedAmount":{"currency":"KRW","value":"4204"}}`))
	if err != nil || n.DisputeID != "D" || n.State != "ACCEPT_BY_MERCHANT" || n.Amount.Value != "4204" || n.DefenseDueTime == "" || n.Kind.API() != "notifyDispute" {
		t.Errorf("%+v, %v", n, err)
	}
	for _, body := range []string{`{"result":{"resultStatus":"S"},"result":{"resultStatus":"F"}}`, `{"result":{"resultStatus":"S","resultStatus":"F"}}`, `[]`, ``, `{"notifyType":"PAYMENT_RESULT"} ` + "\x00", `{"notifyType":"\ud800"}`} {
		if n, err := notify.Read([]byte(body)); err == nil || n.Kind != "" {
			t.Errorf("%q was read: %+v", body, n)
		}
	}
}
