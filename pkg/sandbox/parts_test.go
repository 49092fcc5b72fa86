package sandbox_test

import (
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// asks sends a body, and checks the code of its answer.
func (m *merchant) asks(code, api, body string) *apo.Answer {
	m.Helper()
	return m.wants(code, m.call(api, body), nil)
}

func captureBody(id, payment, value, more string) string {
	return `{"captureRequestId":"` + id + `","paymentId":"` + payment + `","captureAmount":{"currency":"SGD","value":"` + value + `"}` + more + `}`
}

func refundBody(id, payment, value, capture string) string {
	return `{"refundRequestId":"` + id + `","paymentId":"` + payment + `","captureId":"` + capture + `","refundAmount":{"currency":"SGD","value":"` + value + `"}}`
}

// After the capture that is called the last there is none, unless it failed.
func TestLastCapture(t *testing.T) {
	t.Parallel()
	for _, last := range []string{`,"isLastCapture":true`, `,"isLastCapture":"true"`} {
		m := newMerchant(t, sandbox.Config{})
		payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
		fails := m.will("capture", sandbox.Outcome{Then: "PROCESS_FAIL", After: time.Minute})
		m.asks("CAPTURE_IN_PROCESS", "capture", captureBody("c1", payment, "100", last))
		m.unrule(fails)
		m.asks("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "capture", captureBody("c2", payment, "1", ""))
		m.passes(time.Minute)
		m.asks("SUCCESS", "capture", captureBody("c2", payment, "300", `,"isLastCapture":false`))
		m.asks("SUCCESS", "capture", captureBody("c3", payment, "300", last))
		m.asks("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "capture", captureBody("c4", payment, "1", last))
		m.asks("SUCCESS", "capture", captureBody("c3", payment, "300", last)) // repeated
		m.asks("REPEAT_REQ_INCONSISTENT", "capture", captureBody("c3", payment, "300", ""))
		m.asks("REPEAT_REQ_INCONSISTENT", "capture", captureBody("c2", payment, "300", last))
		if b := m.is("a", "SUCCESS", "SUCCESS").Balance(); b.Captured != 600 {
			t.Errorf("%+v", b)
		}
		if p, _, err := m.box.Payment("a"); err != nil || p.Released != 400 {
			t.Errorf("released is %d %v", p.Released, err)
		}
		m.refund("SUCCESS", "r", payment, "600")
		m.passes(8 * day)
		m.is("a", "SUCCESS", "SUCCESS")
	}
}

// A refund that names a capture is of that capture and no other.
func TestRefundOfOneCapture(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	first, second := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId"), m.pay("SUCCESS", "b", "1000", "visa").Get("paymentId")
	big := m.capture("SUCCESS", "c1", first, "600").Get("captureId")
	small := m.capture("SUCCESS", "c2", first, "400").Get("captureId")
	other := m.capture("SUCCESS", "c3", second, "1000").Get("captureId")
	for _, none := range []string{other, "c1", second, "nothing"} {
		m.asks("PARAM_ILLEGAL", "refund", refundBody("r1", first, "1", none))
	}
	m.asks("REFUND_AMOUNT_EXCEED", "refund", refundBody("r1", first, "401", small))
	m.asks("SUCCESS", "refund", refundBody("r1", first, "100", small))
	m.asks("SUCCESS", "refund", refundBody("r1", first, "100", small))
	m.asks("REPEAT_REQ_INCONSISTENT", "refund", refundBody("r1", first, "100", big))
	m.asks("REFUND_AMOUNT_EXCEED", "refund", refundBody("r2", first, "301", small))
	m.refund("SUCCESS", "r2", first, "700") // of the payment as a whole
	m.asks("REFUND_AMOUNT_EXCEED", "refund", refundBody("r3", first, "201", big))
	m.asks("SUCCESS", "refund", refundBody("r3", first, "200", big))
	m.refund("REFUND_AMOUNT_EXCEED", "r4", first, "1")

	m.will("capture", sandbox.Outcome{Then: "SUCCESS", After: time.Minute})
	third := m.pay("SUCCESS", "d", "1000", "visa").Get("paymentId")
	m.capture("CAPTURE_IN_PROCESS", "c4", third, "500")
	m.passes(time.Minute)
	waits := m.capture("CAPTURE_IN_PROCESS", "c5", third, "500").Get("captureId")
	m.asks("ORDER_STATUS_INVALID", "refund", refundBody("r5", third, "1", waits))
}

// An option wants to know which of several captures a refund is of.
func TestRefundCaptureOption(t *testing.T) {
	t.Parallel()
	for value, code := range map[string]string{"optional": "SUCCESS", "required": "PARAM_ILLEGAL"} {
		m := newMerchant(t, sandbox.Config{Options: sandbox.Options{"refund-capture": value}})
		payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
		m.capture("SUCCESS", "c1", payment, "600")
		m.refund("SUCCESS", "r1", payment, "1") // there is but one
		capture := m.capture("SUCCESS", "c2", payment, "400").Get("captureId")
		m.refund(code, "r2", payment, "1")
		m.asks("SUCCESS", "refund", refundBody("r3", payment, "1", capture))
	}
}

// APO looks at a refund's currency first, then at its amount, the payment's state
// and its age.
func TestOrderOfChecksOfRefunds(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	usd := `{"refundRequestId":"r","paymentId":"` + payment + `","refundAmount":{"currency":"USD","value":"1001"}}`
	m.asks("CURRENCY_NOT_SUPPORT", "refund", usd)
	m.refund("REFUND_AMOUNT_EXCEED", "r", payment, "1001")
	m.refund("ORDER_STATUS_INVALID", "r", payment, "1000")
	m.capture("SUCCESS", "c", payment, "1000")
	m.passes(366 * day)
	m.refund("REFUND_WINDOW_EXCEED", "r", payment, "1000")
}

// A payment can be cancelled for 90 days; what was cancelled stays so.
func TestCancelWindow(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	m.capture("SUCCESS", "c1", m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId"), "1000")
	m.capture("SUCCESS", "c2", m.pay("SUCCESS", "b", "1000", "visa").Get("paymentId"), "1")
	m.passes(90*day - tick)
	m.cancel("SUCCESS", "a")
	m.passes(tick)
	m.cancel("CANCEL_WINDOW_EXCEED", "b")
	m.is("b", "SUCCESS", "SUCCESS")
	m.cancel("SUCCESS", "a")
	m.refund("SUCCESS", "r", m.inquire("SUCCESS", "b").PaymentID, "1")
}
