package sandbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// with is a sandbox in which an option has a value.
func with(name, value string) sandbox.Config {
	return sandbox.Config{Options: sandbox.Options{name: value}}
}

// told are the type and result code of each notification, the oldest first.
func (m *merchant) told() (list []string) {
	m.Helper()
	all, err := m.box.Notifications(1000)
	if err != nil {
		m.Fatal(err)
	}
	for _, n := range slices.Backward(all) {
		list = append(list, n.Type+" "+gjson.GetBytes(n.Body, "result.resultCode").Str)
	}
	return list
}

func (m *merchant) heard(want ...string) {
	m.Helper()
	if got := m.told(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		m.Errorf("notified was %q, want %q", got, want)
	}
}

func TestNotifyDeclines(t *testing.T) {
	t.Parallel()
	for value, told := range map[string][]string{"yes": {"PAYMENT_RESULT DO_NOT_HONOR", "PAYMENT_RESULT DO_NOT_HONOR"}, "no": {"PAYMENT_RESULT DO_NOT_HONOR"}} { // of what pay had answered with U
		m, _ := newPassiveShop(t, with("notify-declines", value))
		m.pay("DO_NOT_HONOR", "a", "1000", "visa-declined")
		m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa-processing-declined")
		m.passes(time.Minute)
		m.is("b", "FAIL", "DO_NOT_HONOR")
		m.heard(told...)
		m.pay("PAYMENT_IN_PROCESS", "c", "1000", "visa-3ds")
		m.answerPage(m.pay("PAYMENT_IN_PROCESS", "d", "1000", "visa-3ds").Get("normalUrl"), "fail")
		m.passes(open)
		m.pay("SUCCESS", "e", "1000", "visa")
		news := m.told()
		got := strings.Join(news[len(told):], ", ")
		for _, want := range []string{"PAYMENT_RESULT ORDER_IS_CLOSED", "PAYMENT_RESULT USER_PAYMENT_VERIFICATION_FAILED", "PAYMENT_RESULT SUCCESS"} {
			if strings.Count(got, want) != 1 || len(news) != len(told)+3 {
				t.Errorf("notify-declines %s: notified was %q", value, got)
			}
		}
	}
}

func TestNotifyLapse(t *testing.T) {
	t.Parallel()
	for value, told := range map[string]bool{"no": false, "yes": true} {
		m, r := newPassiveShop(t, with("notify-lapse", value))
		part := m.pay("SUCCESS", "part", "1000", "visa").Get("paymentId")
		m.capture("SUCCESS", "taken", part, "1") // its ID is that of the other payment
		m.pay("SUCCESS", "taken", "700", "visa")
		m.pay("SUCCESS", "a", "900", "visa")
		m.passes(7 * day)
		p := m.is("a", "CANCELLED", "AUTH_EXPIRED")
		m.is("taken", "CANCELLED", "AUTH_EXPIRED")
		m.is("part", "SUCCESS", "SUCCESS")
		if len(p.Transactions) != 0 {
			t.Errorf("the books have %+v", p.Transactions)
		}
		if !told {
			m.delivers(4)
			continue
		}
		m.delivers(6)
		ids := map[string]string{}
		for _, d := range r.got {
			if d.get("result.resultCode") == "AUTH_EXPIRED" {
				ids[d.get("paymentId")] = d.get("captureRequestId")
				if d.get("notifyType") != "CAPTURE_RESULT" || d.get("captureId") == "" || d.get("captureAmount.currency") != "SGD" || d.get("result.resultStatus") != "F" {
					t.Errorf("%s", d.body)
				}
			}
		}
		if taken := ids[m.inquire("SUCCESS", "taken").PaymentID]; ids[p.PaymentID] != "a" || taken == "" || taken == "taken" || len(ids) != 2 {
			t.Errorf("%v", ids)
		}
	}
}

func TestAmountEleven(t *testing.T) {
	t.Parallel()
	off := newMerchant(t, with("amount-11", "off"))
	off.pay("SUCCESS", "a", "11", "visa")
	m := newMerchant(t, with("amount-11", "risk"))
	m.pay("RISK_REJECT", "a", "11", "visa")
	m.is("a", "FAIL", "RISK_REJECT")
	m.pay("RISK_REJECT", "b", "11", "visa-3ds") // before anybody sees a page
	m.pay("SUCCESS", "c", "1100", "visa")
	rule := m.will("pay", sandbox.Outcome{Result: "LOST_CARD"})
	m.pay("LOST_CARD", "d", "11", "visa") // a rule comes first
	m.unrule(rule)
}

func TestWAPOSType(t *testing.T) {
	t.Parallel()
	for value, code := range map[string]string{"required": "PARAM_ILLEGAL", "optional": "SUCCESS"} {
		m := newMerchant(t, with("wap-os-type", value))
		r := m.request("a", "1000", "visa")
		r.Env.TerminalType = "WAP"
		answer, err := m.client.Pay(t.Context(), r)
		m.wants(code, answer, err)
		r.PaymentRequestID, r.Env.OSType = "b", "IOS"
		answer, err = m.client.Pay(t.Context(), r)
		m.wants("SUCCESS", answer, err)
		r.PaymentRequestID, r.Env.OSType = "c", "BEOS"
		answer, err = m.client.Pay(t.Context(), r)
		m.wants("PARAM_ILLEGAL", answer, err)
	}
}

func TestPayAfterCancel(t *testing.T) {
	t.Parallel()
	for value, status := range map[string]string{"no": "CANCELLED", "yes": "PROCESSING"} {
		m := newMerchant(t, with("pay-after-cancel", value))
		page := m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa-3ds").Get("normalUrl")
		m.pay("PAYMENT_IN_PROCESS", "left", "1000", "visa-3ds")
		first := m.asks("SUCCESS", "cancel", `{"paymentRequestId":"a"}`)
		m.cancel("SUCCESS", "left")
		m.passes(time.Minute)
		if again := m.asks("SUCCESS", "cancel", `{"paymentRequestId":"a"}`); again.Get("cancelTime") != first.Get("cancelTime") {
			t.Errorf("%s: cancelled at %s, and repeated at %s", value, first.Get("cancelTime"), again.Get("cancelTime"))
		}
		if p := m.inquire("SUCCESS", "a"); p.Status != status {
			t.Errorf("%s: %s after the cancel, want %s", value, p.Status, status)
		}
		m.answerPage(page, "approve")
		if value == "no" {
			m.is("a", "CANCELLED", "ORDER_IS_CANCELED")
		} else {
			m.capture("SUCCESS", "c", m.is("a", "SUCCESS", "SUCCESS").PaymentID, "1000")
			m.passes(time.Minute)
			m.cancel("SUCCESS", "a") // in earnest
			m.is("a", "CANCELLED", "ORDER_IS_CANCELED")
		}
		page = m.pay("PAYMENT_IN_PROCESS", "fails", "1000", "visa-3ds").Get("normalUrl")
		m.cancel("SUCCESS", "fails")
		m.answerPage(page, "fail")
		m.cancel("SUCCESS", "fails") // nothing was paid, before and after
		m.passes(open)
		m.is("left", "CANCELLED", "ORDER_IS_CANCELED")
		// Where no page waits, a cancel is the end of it.
		m.pay("PAYMENT_IN_PROCESS", "slow", "1000", "visa-processing")
		m.cancel("SUCCESS", "slow")
		m.passes(time.Minute)
		m.is("slow", "CANCELLED", "ORDER_IS_CANCELED")
	}
}

func TestRequestTimeWindow(t *testing.T) {
	t.Parallel()
	for value, window := range map[string]time.Duration{"off": 1000 * day, "5m": 5 * time.Minute, "1h": time.Hour} {
		m := newMerchant(t, with("request-time-window", value))
		for _, off := range []time.Duration{0, window, -window, window + tick, -window - tick} {
			m.client.Now = func() time.Time { return m.clock.Add(off) }
			code := "ORDER_NOT_EXIST"
			if off.Abs() > window && value != "off" {
				code = "PARAM_ILLEGAL"
			}
			m.inquire(code, "none")
		}
		// The client's clock goes with the real one, wherever the sandbox's is.
		m.client.Now = func() time.Time { return m.clock }
		if err := m.box.Advance(400 * day); err != nil {
			t.Fatal(err)
		}
		m.inquire("ORDER_NOT_EXIST", "none")
		m.client.Now = m.box.Now
		m.inquire("ORDER_NOT_EXIST", "none")
	}
}
