package sandbox_test

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// sessionOf is a createPaymentSession with what APO's page demands; more is put behind
// it.
func sessionOf(id, amount, scene, more string) string {
	return fmt.Sprintf(`{"productCode":"CASHIER_PAYMENT","productScene":%q,"paymentRequestId":%q,"paymentAmount":{"currency":"SGD","value":%q},`+
		`"order":{"referenceOrderId":"order-1","orderDescription":"demo","orderAmount":{"currency":"SGD","value":%[3]q},`+
		`"goods":[{"referenceGoodsId":"g1","goodsName":"Tea","goodsQuantity":"2"}],"buyer":{"referenceBuyerId":"buyer-1"}},"paymentMethod":{"paymentMethodType":"CARD"},`+
		`"paymentRedirectUrl":"https://shop.test/return?order=1","settlementStrategy":{"settlementCurrency":"SGD"}%s}`, scene, id, amount, more)
}

func (m *merchant) session(code, body string) *apo.Answer {
	m.Helper()
	a := m.call("createPaymentSession", body)
	if a.Result.Code != code || a.Unsigned {
		m.Fatalf("%s, want %s", a.Raw, code)
	}
	return a
}

func TestCheckoutSession(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	body := sessionOf("a", "1000", "CHECKOUT_PAYMENT", "")
	first := m.session("SUCCESS", body)
	page, id := first.Get("normalUrl"), first.Get("paymentSessionId")
	if !regexp.MustCompile(`^PAYMENT_SESSIONID_\d{17}_AUTO$`).MatchString(id) || !strings.Contains(page, "/card/session/") ||
		!strings.HasSuffix(first.Get("paymentSessionData"), "&&SG&&111") || len(first.Get("paymentSessionData")) > 4096 ||
		first.Get("paymentSessionExpiryTime") != "2026-03-01T05:00:00-08:00" {
		t.Errorf("%s", first.Raw)
	}
	if again := m.session("SUCCESS", body); string(again.Raw) != string(first.Raw) {
		t.Errorf("a repeat was answered\n%s, not\n%s", again.Raw, first.Raw)
	}
	m.session("REPEAT_REQ_INCONSISTENT", sessionOf("a", "1001", "CHECKOUT_PAYMENT", ""))
	m.session("REPEAT_REQ_INCONSISTENT", sessionOf("a", "1000", "ELEMENT_PAYMENT", ""))
	m.pay("REPEAT_REQ_INCONSISTENT", "a", "1000", "visa")
	m.inquire("ORDER_NOT_EXIST", "a") // until the buyer submits
	for _, by := range []string{`{"paymentSessionId":"` + id + `","paymentRequestId":"another"}`, `{"paymentRequestId":"a"}`} {
		a := m.call("retrievePaymentSession", by)
		if a.Result.Code != "SUCCESS" || a.Get("order.goods.0.goodsName") != "Tea" || a.Get("order.orderAmount.value") != "1000" {
			t.Errorf("%s: %s", by, a.Raw)
		}
	}
	if text := m.page(page, nil).Body.String(); !strings.Contains(text, "SGD 10.00") || !strings.Contains(text, "order-1") || strings.Contains(text, `name="save"`) {
		t.Errorf("the page says\n%s", text)
	}
	for range 2 {
		w := m.page(page, url.Values{"test-card": {"visa-3ds"}})
		if w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/3ds/") {
			t.Fatalf("%d %v\n%s", w.Code, w.Header(), w.Body)
		}
		m.is("a", "PROCESSING", "PAYMENT_IN_PROCESS")
	}
	m.answerPage("http://127.0.0.1:4242"+m.page(page, nil).Header().Get("Location"), "approve")
	m.is("a", "SUCCESS", "SUCCESS")
	if again := m.session("SUCCESS", body); string(again.Raw) != string(first.Raw) {
		t.Errorf("after the payment a repeat is answered\n%s", again.Raw)
	}
	if text := m.page(page, nil).Body.String(); !strings.Contains(text, "Payment approved") {
		t.Errorf("the page says\n%s", text)
	}
	m.capture("SUCCESS", "c", m.inquire("SUCCESS", "a").PaymentID, "1000")
}

// A session of elements has no page of its own: submitPay begins the payment, with an
// amount that may have changed, and a page collects the card.
func TestSubmitPay(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	s := m.session("SUCCESS", sessionOf("a", "1000", "ELEMENT_PAYMENT", ""))
	if s.Get("normalUrl") != "" || s.Get("paymentSessionData") == "" {
		t.Errorf("%s", s.Raw)
	}
	submit := func(code, amount string) *apo.Answer {
		t.Helper()
		a := m.call("submitPay", fmt.Sprintf(`{"paymentSessionId":%q%s}`, s.Get("paymentSessionId"), amount))
		if a.Result.Code != code {
			t.Fatalf("%s, want %s", a.Raw, code)
		}
		return a
	}
	submit("CURRENCY_NOT_SUPPORT", `,"paymentAmount":{"currency":"USD","value":"1"}`)
	first := submit("PAYMENT_IN_PROCESS", `,"paymentAmount":{"currency":"SGD","value":"1090"}`)
	if first.Get("paymentRequestId") != "a" || first.Get("paymentAmount.value") != "1090" || first.Get("paymentId") == "" || first.Get("paymentCreateTime") == "" {
		t.Errorf("%s", first.Raw)
	}
	if again := submit("PAYMENT_IN_PROCESS", ""); string(again.Raw) != string(first.Raw) {
		t.Errorf("a repeat was answered\n%s", again.Raw)
	}
	submit("REPEAT_REQ_INCONSISTENT", `,"paymentAmount":{"currency":"SGD","value":"1000"}`)
	m.page(first.Get("normalUrl"), url.Values{"test-card": {"visa"}})
	m.is("a", "SUCCESS", "SUCCESS")
	submit("SUCCESS", "")
	for api, body := range map[string]string{"submitPay": `{"paymentSessionId":"x"}`, "retrievePaymentSession": `{"paymentRequestId":"x"}`} {
		if a := m.call(api, body); a.Result.Code != "ORDER_NOT_EXIST" {
			t.Errorf("%s: %s", api, a.Raw)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	soon := sessionOf("soon", "1000", "CHECKOUT_PAYMENT", `,"paymentSessionExpiryTime":"2026-03-01T12:10:00Z"`)
	payment := sessionOf("payment", "1000", "CHECKOUT_PAYMENT", `,"paymentExpiryTime":"2026-03-01T12:10:00Z","paymentSessionExpiryTime":"2026-03-01T12:30:00Z"`)
	for id, after := range map[string]time.Duration{"soon": 10 * time.Minute, "payment": 10 * time.Minute, "usual": time.Hour} {
		m := newMerchant(t, sandbox.Config{})
		body := cmp.Or(map[string]string{"soon": soon, "payment": payment}[id], sessionOf(id, "1000", "CHECKOUT_PAYMENT", ""))
		s := m.session("SUCCESS", body)
		m.passes(after - tick)
		if text := m.page(s.Get("normalUrl"), nil).Body.String(); !strings.Contains(text, "cc-number") {
			t.Errorf("%s: the page says\n%s", id, text)
		}
		m.passes(tick)
		for range 2 {
			w := m.page(s.Get("normalUrl"), url.Values{"test-card": {"visa"}})
			if text := w.Body.String(); w.Code != 200 || !strings.Contains(text, "Too late") || strings.Contains(text, "cc-number") {
				t.Errorf("%s: %d\n%s", id, w.Code, text)
			}
		}
		m.session("ORDER_IS_CLOSED", body)
		if a := m.call("submitPay", `{"paymentSessionId":"`+s.Get("paymentSessionId")+`"}`); a.Result.Code != "ORDER_IS_CLOSED" {
			t.Errorf("%s: %s", id, a.Raw)
		}
		m.inquire("ORDER_NOT_EXIST", id)
		m.passes(day)
		m.session("ORDER_IS_CLOSED", body)
	}
}

// What a session says of the card counts for its payment.
func TestSessionsCardOptions(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	const ask = `,"availablePaymentMethod":{"paymentMethodMetaData":{"tokenizeMode":"ASKFORCONSENT"}},"paymentFactor":{"captureMode":"AUTOMATIC"},"paymentNotifyUrl":"http://127.0.0.1:1/hooks?a=b"`
	page := m.session("SUCCESS", sessionOf("a", "1000", "CHECKOUT_PAYMENT", ask)).Get("normalUrl")
	m.page(page, url.Values{"test-card": {"visa"}, "save": {"yes"}})
	inquiry := m.call("inquiryPayment", `{"paymentRequestId":"a"}`)
	token := inquiry.Get("paymentResultInfo.cardToken")
	if token == "" || gjson.GetBytes(inquiry.Raw, "transactions.#").Int() != 1 {
		t.Fatalf("%s", inquiry.Raw)
	}
	told, err := m.box.Notifications(9)
	if err != nil || len(told) != 2 || told[1].Type != "PAYMENT_RESULT" || told[0].Type != "CAPTURE_RESULT" || told[0].URL != "http://127.0.0.1:1/hooks?a=b" {
		t.Errorf("%+v, %v", told, err)
	}
	saved := `,"savedPaymentMethods":[{"paymentMethodType":"CARD","paymentMethodId":"` + token + `"},{"paymentMethodType":"CARD","paymentMethodId":"ALIPAYunknown"}]`
	page = m.session("SUCCESS", sessionOf("b", "1000", "CHECKOUT_PAYMENT", saved)).Get("normalUrl")
	if text := m.page(page, nil).Body.String(); strings.Count(text, `name="saved-card"`) != 1 || !strings.Contains(text, "VISA ending in 0768") {
		t.Errorf("the page says\n%s", text)
	}
	m.page(page, url.Values{"saved-card": {"1"}})
	m.is("b", "SUCCESS", "SUCCESS")
}

func TestSessionsAreChecked(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	good := sessionOf("a", "1000", "CHECKOUT_PAYMENT", "")
	for name, c := range map[string]struct{ old, new, code string }{
		"another product": {`"productCode":"CASHIER_PAYMENT"`, `"productCode":"AGREEMENT_PAYMENT"`, "PARAM_ILLEGAL"},
		"another scene":   {"CHECKOUT_PAYMENT", "POPUP", "PARAM_ILLEGAL"},
		"no order":        {`"order":`, `"ordr":`, "PARAM_ILLEGAL"},
		"no redirect":     {"paymentRedirectUrl", "redirectUrl", "PARAM_ILLEGAL"},
		"no amount":       {`"paymentAmount":`, `"amount":`, "PARAM_ILLEGAL"},
		"a wallet":        {`"paymentMethodType":"CARD"`, `"paymentMethodType":"GCASH"`, "NO_PAY_OPTIONS"},
		"an end too late": {`"settlementStrategy"`, `"paymentSessionExpiryTime":"2026-03-01T13:00:01Z","settlementStrategy"`, "PARAM_ILLEGAL"},
		"an end in 9999":  {`"settlementStrategy"`, `"paymentSessionExpiryTime":"9999-12-31T23:59:59Z","settlementStrategy"`, "PARAM_ILLEGAL"},
		"an end that was": {`"settlementStrategy"`, `"paymentSessionExpiryTime":"2026-03-01T12:00:00Z","settlementStrategy"`, "PARAM_ILLEGAL"},
		"an end of words": {`"settlementStrategy"`, `"paymentSessionExpiryTime":"soon","settlementStrategy"`, "PARAM_ILLEGAL"},
		"a payment's end": {`"settlementStrategy"`, `"paymentExpiryTime":"2026-03-01T12:00:00Z","settlementStrategy"`, "PARAM_ILLEGAL"},
		"no settlement":   {`"settlementStrategy":{"settlementCurrency":"SGD"}`, `"locale":"en_US"`, "SUCCESS"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMerchant(t, sandbox.Config{})
			if a := m.call("createPaymentSession", strings.Replace(good, c.old, c.new, 1)); a.Result.Code != c.code {
				t.Errorf("%s", a.Raw)
			}
		})
	}
	for _, path := range []string{"/ams/sandbox/api//v1/payments/retrievePaymentSession", apo.SDKRetrievePath} { // as the SDKs do
		if a := m.call(path, `{"paymentRequestId":"x"}`); a.Result.Code != "ORDER_NOT_EXIST" {
			t.Errorf("%s: %s", path, a.Raw)
		}
	}
	m.pay("SUCCESS", "a", "1000", "visa")
	m.session("REPEAT_REQ_INCONSISTENT", good) // a payment has the ID
	m.rule(sandbox.Rule{API: "createPaymentSession", Outcome: sandbox.Outcome{Result: "PROCESS_FAIL"}})
	m.session("PROCESS_FAIL", sessionOf("b", "1000", "CHECKOUT_PAYMENT", ""))
	for _, body := range []string{`{}`, `{"paymentSessionId":""}`, `{"paymentSessionId":"x","paymentAmount":{"currency":"SGD","value":"0"}}`} {
		if a := m.call("submitPay", body); a.Result.Code != "PARAM_ILLEGAL" {
			t.Errorf("%s: %s", body, a.Raw)
		}
	}
}

// Each session has an ID of its own, however many come at one moment, and none takes
// the place of another.
func TestSessionsOfOneMoment(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Seed: "7", Time: noon()})
	owner := map[string]string{}
	for i := range 400 {
		request := fmt.Sprint("s", i)
		id := m.session("SUCCESS", sessionOf(request, fmt.Sprint(1000+i), "CHECKOUT_PAYMENT", "")).Get("paymentSessionId")
		if other := owner[id]; other != "" {
			t.Fatalf("%s and %s are both %s", other, request, id)
		}
		owner[id] = request
	}
}
