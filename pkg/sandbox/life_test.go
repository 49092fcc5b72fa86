package sandbox_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

const (
	day  = 24 * time.Hour
	tick = time.Second
	open = 14 * time.Minute // how long a payment is
)

func (m *merchant) passes(d time.Duration) { m.clock = m.clock.Add(d) }

// is checks a payment's state.
func (m *merchant) is(id, status, code string) apo.Payment {
	m.Helper()
	p := m.inquire("SUCCESS", id)
	if p.Status != status || p.ResultCode != code {
		m.Errorf("%s is %s %s, want %s %s", id, p.Status, p.ResultCode, status, code)
	}
	return p
}

// call sends a body as it is.
func (m *merchant) call(api, body string) *apo.Answer {
	m.Helper()
	e, err := apo.FindEndpoint(api)
	if err != nil {
		m.Fatal(err)
	}
	answer, err := m.client.Call(context.Background(), e, []byte(body))
	if err != nil {
		m.Fatal(err)
	}
	return answer
}

func (m *merchant) will(api string, o sandbox.Outcome) int64 {
	m.Helper()
	return m.rule(sandbox.Rule{API: api, Outcome: o}).ID
}

// answerPage does on the 3DS page what the buyer does.
func (m *merchant) answerPage(page, answer string) {
	m.Helper()
	r := httptest.NewRequest("POST", page, strings.NewReader("answer="+answer))
	r.Host = sandbox.DefaultAddress
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.box.ServeHTTP(w, r)
	if w.Code != 303 && w.Code != 200 {
		m.Fatalf("the page answered HTTP %d", w.Code)
	}
}

func TestLateDecisions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		o      sandbox.Outcome
		at     time.Duration
		status string
		code   string
	}{
		{"success", sandbox.Outcome{Then: "SUCCESS", After: time.Minute}, time.Minute, "SUCCESS", "SUCCESS"},
		{"decline", sandbox.Outcome{Then: "LOST_CARD", After: time.Minute}, time.Minute, "FAIL", "LOST_CARD"},
		{"at the moment of closing, the decision counts", sandbox.Outcome{Then: "SUCCESS", After: open}, open, "SUCCESS", "SUCCESS"},
		{"too late", sandbox.Outcome{Then: "SUCCESS", After: open + tick}, open, "FAIL", "ORDER_IS_CLOSED"},
		{"never", sandbox.Outcome{Result: "PAYMENT_IN_PROCESS"}, open, "FAIL", "ORDER_IS_CLOSED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMerchant(t, sandbox.Config{})
			m.will("pay", c.o)
			first := m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa")
			if first.Get("paymentId") == "" || first.Get("normalUrl") != "" || first.Get("paymentTime") != "" {
				t.Errorf("%s", first.Raw)
			}
			m.passes(c.at - tick)
			m.is("a", "PROCESSING", "PAYMENT_IN_PROCESS")
			if again := m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa"); !bytes.Equal(again.Raw, first.Raw) {
				t.Errorf("a repeat was answered\n%s, not\n%s", again.Raw, first.Raw)
			}
			m.passes(tick)
			p := m.is("a", c.status, c.code)
			m.passes(open + 2*tick) // and final is final
			m.is("a", c.status, c.code)
			if c.status == "SUCCESS" {
				if at, _ := apo.ParseTime(p.Time); !at.Equal(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(c.at)) {
					t.Errorf("paid at %s", p.Time)
				}
			}
			m.pay(c.code, "a", "1000", "visa")
		})
	}
}

// What happened is dated when it happened, not when somebody asked.
func TestTimesAreThoseOfTheEvents(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	m.will("pay", sandbox.Outcome{Then: "SUCCESS", After: time.Minute})
	m.will("capture", sandbox.Outcome{Then: "SUCCESS", After: 3 * day})
	payment := m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa").Get("paymentId")
	m.passes(time.Hour)
	m.capture("CAPTURE_IN_PROCESS", "c", payment, "1000")
	m.passes(30 * day)
	p := m.is("a", "SUCCESS", "SUCCESS")
	tr, _ := p.Find("CAPTURE", "c")
	held := m.pay("SUCCESS", "a", "1000", "visa").Get("authExpiryTime")
	if p.Time != "2026-03-01T04:01:00-08:00" || held != "2026-03-08T05:01:00-07:00" || p.AuthExpiryTime != "" || tr.Time != "2026-03-04T05:00:00-08:00" {
		t.Errorf("paid %s, held until %s, captured %s", p.Time, held, tr.Time)
	}
}

func TestPaymentExpiryTime(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Scenario: "never-decided"})
	for expiry, closes := range map[string]time.Duration{
		"2026-03-01T13:05:00+01:00": 5 * time.Minute,
		"2026-03-01T12:00:01Z":      tick,
		"2026-03-01T14:00:00Z":      2 * time.Hour,
		"":                          open,
	} {
		r, start := m.request("a"+expiry, "1000", "visa"), m.clock
		body, err := apo.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		answer := m.call("pay", strings.Replace(string(body), "{", `{"paymentExpiryTime":"`+expiry+`",`, 1))
		m.wants("PAYMENT_IN_PROCESS", answer, nil)
		m.passes(closes - tick)
		m.is(r.PaymentRequestID, "PROCESSING", "PAYMENT_IN_PROCESS")
		m.passes(tick)
		m.is(r.PaymentRequestID, "FAIL", "ORDER_IS_CLOSED")
		m.pay("ORDER_IS_CLOSED", r.PaymentRequestID, "1000", "visa")
		m.cancel("ORDER_STATUS_INVALID", r.PaymentRequestID)
		m.clock = start
	}
	for _, expiry := range []string{"2026-03-01T12:00:00Z", "2020-01-01T00:00:00Z", "tomorrow"} { // none is still to come
		body, err := apo.Encode(m.request("b"+expiry, "1000", "visa"))
		if err != nil {
			t.Fatal(err)
		}
		answer := m.call("pay", strings.Replace(string(body), "{", `{"paymentExpiryTime":"`+expiry+`",`, 1))
		m.wants("PARAM_ILLEGAL", answer, nil)
	}
	// What lies beyond the end of all clocks is far away, not long gone.
	for _, expiry := range []string{"2199-12-31T23:59:59Z", "2263-01-01T00:00:00Z", "9999-12-31T00:00:00Z"} {
		body, err := apo.Encode(m.request("c"+expiry, "1000", "visa"))
		if err != nil {
			t.Fatal(err)
		}
		m.wants("PAYMENT_IN_PROCESS", m.call("pay", strings.Replace(string(body), "{", `{"paymentExpiryTime":"`+expiry+`",`, 1)), nil)
		m.is("c"+expiry, "PROCESSING", "PAYMENT_IN_PROCESS")
	}
	// What a pay without captureMode means is a matter of opinion.
	for mode, captured := range map[string]int{"manual": 0, "automatic": 1} {
		m := newMerchant(t, sandbox.Config{Options: sandbox.Options{"capture-mode": mode}})
		r := m.request("c", "1000", "visa")
		r.PaymentFactor.CaptureMode = ""
		answer, err := m.client.Pay(t.Context(), r)
		m.wants("SUCCESS", answer, err)
		if p := m.inquire("SUCCESS", "c"); len(p.Transactions) != captured {
			t.Errorf("%s: %+v", mode, p.Transactions)
		}
	}
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		o      sandbox.Outcome
		card   string
		answer string
		now    string // right after the answer
		later  string // ten minutes later
		code   string
	}{
		{"passed", sandbox.Outcome{}, "visa-3ds", "approve", "SUCCESS", "SUCCESS", "SUCCESS"},
		{"failed", sandbox.Outcome{}, "visa-3ds", "fail", "FAIL", "FAIL", "USER_PAYMENT_VERIFICATION_FAILED"},
		{"declined", sandbox.Outcome{}, "visa-3ds-declined", "approve", "FAIL", "FAIL", "DO_NOT_HONOR"},
		{"failed before the decline", sandbox.Outcome{}, "visa-3ds-declined", "fail", "FAIL", "FAIL", "USER_PAYMENT_VERIFICATION_FAILED"},
		{"slow", sandbox.Outcome{ThreeDS: "page", Then: "SUCCESS", After: time.Minute}, "visa", "approve", "PROCESSING", "SUCCESS", "SUCCESS"},
		{"slow and failed", sandbox.Outcome{ThreeDS: "page", Then: "SUCCESS", After: time.Minute}, "visa", "fail", "FAIL", "FAIL", "USER_PAYMENT_VERIFICATION_FAILED"},
		{"slow and declined", sandbox.Outcome{ThreeDS: "page", Then: "LOST_CARD", After: time.Minute}, "visa", "approve", "PROCESSING", "FAIL", "LOST_CARD"},
		{"never decided", sandbox.Outcome{ThreeDS: "page", Result: "PAYMENT_IN_PROCESS"}, "visa", "approve", "PROCESSING", "PROCESSING", "PAYMENT_IN_PROCESS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMerchant(t, sandbox.Config{})
			if c.o != (sandbox.Outcome{}) {
				m.will("pay", c.o)
			}
			page := m.pay("PAYMENT_IN_PROCESS", "a", "1000", c.card).Get("normalUrl")
			m.passes(time.Minute)
			m.answerPage(page, c.answer)
			if p := m.inquire("SUCCESS", "a"); p.Status != c.now {
				t.Errorf("then it is %s, want %s", p.Status, c.now)
			}
			m.passes(10 * time.Minute)
			m.answerPage(page, map[string]string{"approve": "fail", "fail": "approve"}[c.answer]) // the first answer counts
			m.is("a", c.later, c.code)
		})
	}
}

// A card that is declined anyway is declined without a page, with 3DS passed. Who
// fails on the page was not refused by the issuer: its words are not told.
func TestDeclinesAnd3DS(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	r := m.request("a", "1000", "visa-declined")
	r.PaymentMethod.PaymentMethodMetaData.Is3DSAuthenticated = true
	answer, err := m.client.Pay(t.Context(), r)
	if m.wants("DO_NOT_HONOR", answer, err); answer.Get("paymentResultInfo.threeDSResult.eci") != "05" {
		t.Errorf("%s", answer.Raw)
	}
	m.has(answer.Raw, []string{"paymentResultInfo.refusalReasonRaw"}, []string{"paymentResultInfo.networkTransactionId", "paymentTime", "authExpiryTime"})
	for choice, refusal := range map[string]string{"approve": "Do not honor", "fail": ""} {
		m.answerPage(m.pay("PAYMENT_IN_PROCESS", choice, "1000", "visa-3ds-declined").Get("normalUrl"), choice)
		if p := m.inquire("SUCCESS", choice); p.Card.Refusal != refusal {
			t.Errorf("%s: refused with %q", choice, p.Card.Refusal)
		}
	}
}

func TestChallengeTooLate(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	page := m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa-3ds").Get("normalUrl")
	m.passes(open)
	m.answerPage(page, "approve")
	m.is("a", "FAIL", "ORDER_IS_CLOSED")
	page = m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa-3ds").Get("normalUrl")
	m.cancel("SUCCESS", "b")
	m.answerPage(page, "approve")
	m.is("b", "CANCELLED", "ORDER_IS_CANCELED")
}

func TestAuthorizationEnds(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	none := m.pay("SUCCESS", "none", "1000", "visa").Get("paymentId")
	part := m.pay("SUCCESS", "part", "1000", "visa").Get("paymentId")
	slow := m.pay("SUCCESS", "slow", "1000", "visa").Get("paymentId")
	fails := m.pay("SUCCESS", "fails", "1000", "visa").Get("paymentId")
	m.passes(7*day - time.Minute)
	m.capture("SUCCESS", "c-part", part, "1")
	for id, o := range map[string]sandbox.Outcome{"slow": {Then: "SUCCESS", After: time.Hour}, "fails": {Then: "PROCESS_FAIL", After: time.Hour}} {
		rule := m.will("capture", o)
		m.capture("CAPTURE_IN_PROCESS", "c-"+id, map[string]string{"slow": slow, "fails": fails}[id], "1000")
		m.unrule(rule)
	}
	m.passes(time.Minute - tick)
	m.is("none", "SUCCESS", "SUCCESS")
	m.passes(tick)
	m.is("none", "CANCELLED", "AUTH_EXPIRED")
	m.capture("AUTH_EXPIRED", "late", none, "1000")
	m.refund("ORDER_IS_CANCELED", "late", none, "1000")
	m.cancel("SUCCESS", "none") // it is
	m.is("part", "SUCCESS", "SUCCESS")
	m.capture("AUTH_EXPIRED", "c-part2", part, "999")
	m.is("fails", "SUCCESS", "SUCCESS") // a capture under way keeps it
	m.passes(time.Hour)
	m.is("slow", "SUCCESS", "SUCCESS")
	p := m.is("fails", "CANCELLED", "AUTH_EXPIRED")
	if tr, _ := p.Find("CAPTURE", "c-fails"); tr.Status != "FAIL" {
		t.Errorf("its capture is %s", tr.Status)
	}
	m.capture("PROCESS_FAIL", "c-fails", fails, "1000") // the same request has the same answer for ever
	m.capture("AUTH_EXPIRED", "new", fails, "1000")
}

// A capture that fails exactly when the authorization ends does not keep it.
func TestCaptureFailsAsTheAuthorizationEnds(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.will("capture", sandbox.Outcome{Then: "PROCESS_FAIL", After: 7 * day})
	m.capture("CAPTURE_IN_PROCESS", "c", payment, "1000")
	m.passes(7 * day)
	m.is("a", "CANCELLED", "AUTH_EXPIRED")
}

// What is under way counts: it is held back from the authorization, and is not
// there to be refunded.
func TestCapturesUnderWay(t *testing.T) {
	t.Parallel()
	for parts, code := range map[string]string{"several": "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "once": "MULTI_CAPTURE_NOT_SUPPORTED"} {
		m := newMerchant(t, sandbox.Config{Options: sandbox.Options{"capture-parts": parts}})
		payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
		m.rule(sandbox.Rule{API: "capture", RequestID: "slow", Outcome: sandbox.Outcome{Then: "PROCESS_FAIL", After: time.Minute}})
		m.capture("CAPTURE_IN_PROCESS", "slow", payment, "600")
		rest := map[string]string{"several": "401", "once": "400"}[parts]
		m.capture(code, "c", payment, rest)
		m.passes(time.Minute)
		m.capture("SUCCESS", "c", payment, rest) // it failed, and is to be had again
	}
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c1", payment, "100")
	m.will("capture", sandbox.Outcome{Then: "SUCCESS", After: time.Minute})
	m.capture("CAPTURE_IN_PROCESS", "c2", payment, "600")
	m.refund("REFUND_AMOUNT_EXCEED", "r", payment, "101")
	m.passes(time.Minute)
	m.refund("SUCCESS", "r", payment, "700")
}

func TestRefundsUnderWay(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	slow := m.will("capture", sandbox.Outcome{Then: "SUCCESS", After: time.Minute})
	m.capture("CAPTURE_IN_PROCESS", "c1", payment, "600")
	m.refund("ORDER_STATUS_INVALID", "r0", payment, "1") // nothing was captured yet
	m.passes(time.Minute)
	m.unrule(slow)
	m.capture("SUCCESS", "c2", payment, "400")

	rule := m.will("refund", sandbox.Outcome{Then: "PROCESS_FAIL", After: time.Hour})
	answer := m.refund("REFUND_IN_PROCESS", "r1", payment, "700")
	m.unrule(rule)
	m.cancel("ORDER_STATUS_INVALID", "a")
	m.refund("REFUND_AMOUNT_EXCEED", "r2", payment, "301")
	m.refund("SUCCESS", "r2", payment, "300")
	m.refund("REFUND_IN_PROCESS", "r1", payment, "700")
	m.refund("REPEAT_REQ_INCONSISTENT", "r1", payment, "699")
	other := m.pay("SUCCESS", "other", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c3", other, "1000")
	m.refund("REPEAT_REQ_INCONSISTENT", "r1", other, "700")
	m.cancel("ORDER_STATUS_INVALID", "a")
	if r := m.refundOf("r1"); r.Status != "PROCESSING" || r.RefundID != answer.Get("refundId") {
		t.Errorf("%+v", r)
	}
	m.passes(time.Hour)
	if r := m.refundOf("r1"); r.Status != "FAIL" {
		t.Errorf("%+v", r)
	}
	m.refund("PROCESS_FAIL", "r1", payment, "700")
	m.refund("REFUND_AMOUNT_EXCEED", "r3", payment, "701")
	m.refund("SUCCESS", "r3", payment, "700") // what failed is to be had again
	m.refund("REFUND_AMOUNT_EXCEED", "r4", payment, "1")
	if b := m.inquire("SUCCESS", "a").Balance(); b.Captured != 1000 || b.Refunded != 1000 {
		t.Errorf("%+v", b)
	}
}

func (m *merchant) refundOf(id string) apo.Refund {
	m.Helper()
	answer, err := m.client.InquiryRefund(context.Background(), apo.RefundKey{RefundRequestID: id})
	m.wants("SUCCESS", answer, err)
	for _, field := range []string{"acquirerReferenceNo", "paymentId"} { // refund's answer has them, this one's has not
		if answer.Get(field) != "" {
			m.Errorf("%s is in %s", field, answer.Raw)
		}
	}
	if at := answer.Get("refundTime"); (at != "") != (answer.Get("refundStatus") == "SUCCESS") {
		m.Errorf("refundTime is %q with refundStatus %s", at, answer.Get("refundStatus"))
	}
	return apo.ReadRefund(answer)
}

func TestRefundWindow(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c", payment, "1000")
	m.passes(365 * day)
	m.refund("SUCCESS", "r1", payment, "1")
	m.passes(tick)
	m.refund("REFUND_WINDOW_EXCEED", "r2", payment, "1")
	m.refund("SUCCESS", "r1", payment, "1")
}

func TestManyPartsAndOptions(t *testing.T) {
	t.Parallel()
	several := newMerchant(t, sandbox.Config{})
	payment := several.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	for i := range 10 {
		several.capture("SUCCESS", fmt.Sprint("c", i), payment, "100")
		several.refund("SUCCESS", fmt.Sprint("r", i), payment, "100")
		several.refund("REFUND_AMOUNT_EXCEED", "more", payment, "1")
	}
	several.capture("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "more", payment, "1")
	if n := len(several.inquire("SUCCESS", "a").Transactions); n != 20 {
		t.Errorf("%d transactions", n)
	}

	once := newMerchant(t, sandbox.Config{Options: sandbox.Options{"capture-parts": "once"}})
	payment = once.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	rule := once.will("capture", sandbox.Outcome{Result: "PROCESS_FAIL"})
	once.capture("PROCESS_FAIL", "c0", payment, "400")
	once.unrule(rule)
	once.capture("SUCCESS", "c1", payment, "400") // one that failed was none
	once.capture("MULTI_CAPTURE_NOT_SUPPORTED", "c2", payment, "100")
	once.capture("SUCCESS", "c1", payment, "400")
	once.capture("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "c3", payment, "601")

	whole := newMerchant(t, sandbox.Config{Options: sandbox.Options{"capture-parts": "whole"}})
	payment = whole.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	whole.capture("PARAM_ILLEGAL", "c1", payment, "999")
	whole.capture("SUCCESS", "c1", payment, "1000")

	for name, value := range map[string]string{"capture-parts": "twice", "no-such": "once", "paths": ""} {
		if box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, Options: sandbox.Options{name: value}}); err == nil {
			box.Close()
			t.Errorf("the option %s took %q", name, value)
		}
	}
}

// Only of money that moved is it said when.
func TestTimesOfWhatIsNotDone(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c", payment, "500")
	later, never := sandbox.Outcome{Then: "SUCCESS", After: time.Hour}, sandbox.Outcome{Result: "PROCESS_FAIL"}
	for _, c := range []struct {
		outcome         sandbox.Outcome
		id              string
		capture, refund string // their codes
	}{
		{later, "later", "CAPTURE_IN_PROCESS", "REFUND_IN_PROCESS"},
		{never, "never", "PROCESS_FAIL", "PROCESS_FAIL"},
	} {
		rules := []int64{m.will("capture", c.outcome), m.will("refund", c.outcome)}
		if a := m.capture(c.capture, c.id, payment, "100"); a.Get("captureTime") != "" {
			t.Errorf("%s", a.Raw)
		}
		if a := m.refund(c.refund, c.id, payment, "100"); a.Get("refundTime") != "" {
			t.Errorf("%s", a.Raw)
		}
		m.unrule(rules[0])
		m.unrule(rules[1])
	}
	m.passes(time.Hour)
	if a := m.capture("SUCCESS", "later", payment, "100"); a.Get("captureTime") == "" {
		t.Errorf("%s", a.Raw)
	}
	if a := m.refund("SUCCESS", "later", payment, "100"); a.Get("refundTime") == "" {
		t.Errorf("%s", a.Raw)
	}
}

func TestCancels(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	// Before it is paid: what the acquirer says later changes nothing.
	rule := m.will("pay", sandbox.Outcome{Then: "SUCCESS", After: time.Minute})
	m.pay("PAYMENT_IN_PROCESS", "early", "1000", "visa")
	m.unrule(rule)
	m.cancel("SUCCESS", "early")
	m.passes(time.Hour)
	m.is("early", "CANCELLED", "ORDER_IS_CANCELED")
	m.pay("ORDER_IS_CANCELED", "early", "1000", "visa")
	m.pay("REPEAT_REQ_INCONSISTENT", "early", "1001", "visa")
	// After a capture: all goes back, and nothing more is captured or refunded.
	payment := m.pay("SUCCESS", "late", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c1", payment, "600")
	m.cancel("SUCCESS", "late")
	m.capture("AUTH_CANCELLED", "c2", payment, "400")
	m.capture("SUCCESS", "c1", payment, "600")
	m.refund("ORDER_IS_CANCELED", "r1", payment, "600")
	// While a capture is under way: it does not succeed after that.
	payment = m.pay("SUCCESS", "between", "1000", "visa").Get("paymentId")
	rule = m.will("capture", sandbox.Outcome{Then: "SUCCESS", After: time.Minute})
	m.capture("CAPTURE_IN_PROCESS", "c3", payment, "1000")
	m.unrule(rule)
	m.cancel("SUCCESS", "between")
	m.passes(time.Minute)
	tr, _ := m.is("between", "CANCELLED", "ORDER_IS_CANCELED").Find("CAPTURE", "c3")
	if tr.Status != "FAIL" || tr.Result.Code != "AUTH_CANCELLED" {
		t.Errorf("the capture of a cancelled payment is %s %s", tr.Status, tr.Result.Code)
	}
	// A decline cannot be cancelled, nor what is not there.
	m.pay("LOST_CARD", "declined", "1000", "visa-lost")
	m.cancel("ORDER_STATUS_INVALID", "declined")
	m.cancel("ORDER_NOT_EXIST", "nothing")
	first := m.answered("cancel", "", payment)
	m.passes(day)
	if again := m.answered("cancel", "", payment); !bytes.Equal(first.Raw, again.Raw) || first.Get("cancelTime") == "" {
		t.Errorf("a repeated cancel answers\n%s, not\n%s", again.Raw, first.Raw)
	}
}

func TestUnknownPayments(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	m.capture("ORDER_NOT_EXIST", "c", "2026030100000000000000000000000000000", "1")
	m.refund("ORDER_NOT_EXIST", "r", "2026030100000000000000000000000000000", "1")
	m.inquire("ORDER_NOT_EXIST", "a")
	// paymentId wins over paymentRequestId.
	m.pay("SUCCESS", "a", "1000", "visa")
	answer, err := m.client.InquiryPayment(context.Background(), apo.PaymentKey{PaymentID: "no-such", PaymentRequestID: "a"})
	m.wants("ORDER_NOT_EXIST", answer, err)
	payment := m.inquire("SUCCESS", "a").PaymentID
	m.capture("ORDER_STATUS_INVALID", "c", m.pay("LOST_CARD", "b", "1000", "visa-lost").Get("paymentId"), "1000")
	m.capture("SUCCESS", "c", payment, "1000") // a request that was refused is not remembered
}

// Each option does what its meaning says.
func TestOptionsOfAnswers(t *testing.T) {
	t.Parallel()
	box := func(name, value string) *merchant {
		return newMerchant(t, sandbox.Config{Options: sandbox.Options{name: value}})
	}
	m := box("pay-ids", "in-process")
	a := m.pay("SUCCESS", "a", "1000", "visa")
	for _, name := range []string{"paymentId", "paymentRequestId", "paymentAmount", "paymentCreateTime"} {
		if strings.Contains(string(a.Raw), `"`+name+`"`) {
			t.Errorf("pay-ids: %s is in %s", name, a.Raw)
		}
	}
	if a := m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa-3ds"); a.Get("paymentId") == "" || a.Get("paymentAmount.value") != "1000" {
		t.Errorf("pay-ids: %s", a.Raw)
	}
	m = box("auth-expiry", "payment-time")
	if a := m.pay("SUCCESS", "a", "1000", "visa"); a.Get("authExpiryTime") != a.Get("paymentTime") {
		t.Errorf("auth-expiry: %s", a.Raw)
	}
	m.passes(6 * day)
	m.is("a", "SUCCESS", "SUCCESS") // it is only what is said
	m = box("no-url", "failed")
	m.pay("PAYMENT_IN_PROCESS", "a", "1000", "visa-processing")
	m.is("a", "FAIL", "PROCESS_FAIL")
	m.pay("PROCESS_FAIL", "a", "1000", "visa-processing")
	m.pay("PAYMENT_IN_PROCESS", "b", "1000", "visa-3ds") // it has one
	m.is("b", "PROCESSING", "PAYMENT_IN_PROCESS")
	m.pay("SUCCESS", "c", "1000", "visa")
	m = box("cancelled-code", "ORDER_IS_CANCELLED")
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.cancel("SUCCESS", "a")
	m.is("a", "CANCELLED", "ORDER_IS_CANCELLED")
	m.pay("ORDER_IS_CANCELLED", "a", "1000", "visa")
	m.refund("ORDER_IS_CANCELLED", "r", payment, "1")
}

// What was not captured of an authorization when it ends cannot be captured any
// more, though what was keeps the payment.
func TestNoCaptureAfterTheEndOfAPartlyCapturedAuthorization(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "demo", "4200", "visa").Get("paymentId")
	m.capture("SUCCESS", "c1", payment, "100")
	m.passes(7*day - tick)
	m.capture("SUCCESS", "c2", payment, "100")
	m.passes(tick)
	m.capture("AUTH_EXPIRED", "c3", payment, "100")
	m.capture("SUCCESS", "c2", payment, "100") // repeated
	if p := m.is("demo", "SUCCESS", "SUCCESS"); len(p.Transactions) != 2 {
		t.Errorf("%+v", p.Transactions)
	}
	m.refund("SUCCESS", "r1", payment, "200")
}

// A merchant may have used the ID of a payment as a captureRequestId before. The
// automatic capture of that payment then leaves the other capture alone.
func TestAutomaticCaptureWhoseRequestIDIsTaken(t *testing.T) {
	t.Parallel()
	for name, later := range map[string]time.Duration{"the same day": 0, "another day": 26 * time.Hour} {
		for _, card := range []string{"visa", "visa-processing"} {
			m := newMerchant(t, sandbox.Config{})
			first := m.pay("SUCCESS", "first", "4200", "visa").Get("paymentId")
			m.capture("SUCCESS", "second", first, "100")
			m.passes(later)
			r := m.request("second", "7700", card)
			r.PaymentFactor.CaptureMode = "AUTOMATIC"
			if answer, err := m.client.Pay(context.Background(), r); err != nil || answer.Result.Status == "F" {
				t.Fatal(name, answer, err)
			}
			m.passes(5 * tick)
			for id, want := range map[string]string{"first": "100", "second": "7700"} {
				p := m.is(id, "SUCCESS", "SUCCESS")
				if len(p.Transactions) != 1 || p.Transactions[0].Amount.Value != want || p.Transactions[0].Status != "SUCCESS" {
					t.Errorf("%s, %s: %s has %+v, want a capture of %s", name, card, id, p.Transactions, want)
				}
			}
		}
	}
}
