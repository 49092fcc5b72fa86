package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// hosted is a pay as the guide's Java sample sends it: tokenizeMode alone.
func (m *merchant) hosted(id string, change func(*apo.PayRequest)) *apo.Answer {
	m.Helper()
	r := m.request(id, "1000", "visa")
	r.PaymentMethod = &apo.Method{PaymentMethodType: "CARD", PaymentMethodMetaData: &apo.CardData{TokenizeMode: "ASKFORCONSENT"}}
	r.PaymentRedirectURL = "https://shop.test/return?order=1"
	if change != nil {
		change(&r)
	}
	answer, err := m.client.Pay(context.Background(), r)
	if err != nil {
		m.Fatal(err)
	}
	return answer
}

// page asks for a page of the sandbox as a browser does; with a form it is posted.
func (m *merchant) page(address string, form url.Values) *httptest.ResponseRecorder {
	m.Helper()
	method, body := "GET", ""
	if form != nil {
		method, body = "POST", form.Encode()
	}
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	r.Host = sandbox.DefaultAddress
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.box.ServeHTTP(w, r)
	return w
}

func typed(number string) url.Values {
	return url.Values{"cc-number": {number}, "cc-exp": {"12/35"}, "cc-csc": {"123"}, "cc-name": {"Ada Example"}}
}

func TestPayWithoutACard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form   url.Values
		three  bool
		status string // PAYMENT's
		code   string
		next   string // the beginning of where the buyer goes
	}{
		"a card":             {form: typed("4054 6957 2310 0768"), status: "SUCCESS", code: "SUCCESS", next: "https://shop.test/return?order=1"},
		"a test card":        {form: url.Values{"test-card": {"amex"}}, status: "SUCCESS", code: "SUCCESS", next: "https://shop.test/return?order=1"},
		"two expiry fields":  {form: url.Values{"cc-number": {"4054-6957-2310-0768"}, "cc-exp-month": {"2"}, "cc-exp-year": {"2035"}, "cc-csc": {"123"}, "cc-name": {"Ada"}}, status: "SUCCESS", code: "SUCCESS", next: "https://shop.test/"},
		"declined":           {form: url.Values{"test-card": {"visa-declined"}}, status: "FAIL", code: "DO_NOT_HONOR", next: "https://shop.test/"},
		"takes its time":     {form: url.Values{"test-card": {"visa-processing"}}, status: "PROCESSING", code: "PAYMENT_IN_PROCESS", next: "https://shop.test/"},
		"3DS by the card":    {form: url.Values{"test-card": {"visa-3ds"}}, status: "PROCESSING", code: "PAYMENT_IN_PROCESS", next: "/3ds/"},
		"3DS by the request": {form: typed("4054695723100768"), three: true, status: "PROCESSING", code: "PAYMENT_IN_PROCESS", next: "/3ds/"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMerchant(t, sandbox.Config{NotifyURL: "http://127.0.0.1:1/"})
			first := m.hosted("a", func(r *apo.PayRequest) { r.PaymentMethod.PaymentMethodMetaData.Is3DSAuthenticated = c.three })
			page := first.Get("normalUrl")
			if first.Result.Status != "U" || first.Result.Code != "PAYMENT_IN_PROCESS" || !strings.Contains(page, "/card/pay/") || first.Get("paymentId") == "" {
				t.Fatalf("%s", first.Raw)
			}
			if again := m.hosted("a", nil); string(again.Raw) != string(first.Raw) {
				t.Errorf("a repeat was answered\n%s, not\n%s", again.Raw, first.Raw)
			}
			m.is("a", "PROCESSING", "PAYMENT_IN_PROCESS")
			if w := m.page(strings.Replace(page, "/card/pay/", "/3ds/", 1), url.Values{"answer": {"approve"}}); w.Code != http.StatusNotFound {
				t.Errorf("the 3DS page before the card: %d", w.Code)
			}
			for range 2 { // and twice is once
				m.passes(time.Second)
				if w := m.page(page, c.form); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), c.next) {
					t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
				}
			}
			p := m.is("a", c.status, c.code)
			if p.PaymentID != first.Get("paymentId") {
				t.Errorf("it became another payment: %s", p.PaymentID)
			}
			if list, err := m.box.Payments(10); err != nil || len(list) != 1 {
				t.Errorf("there are %d payments, %v", len(list), err)
			}
			m.page(page, url.Values{"test-card": {"visa-lost"}})
			m.is("a", c.status, c.code) // final, or another card does not count
			if c.next != "/3ds/" {
				return
			}
			three := "http://127.0.0.1:4242" + m.page(page, nil).Header().Get("Location")
			m.answerPage(three, "approve")
			m.is("a", "SUCCESS", "SUCCESS")
		})
	}
}

// The page says what is wrong beside the fields, and repeats nothing of the card.
func TestCardPageRefuses(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	page := m.hosted("a", nil).Get("normalUrl")
	good := typed("4054695723100768")
	for name, c := range map[string]struct{ field, value, says string }{
		"no number":       {"cc-number", "", "Enter the card number."},
		"letters":         {"cc-number", "4054 6957 2310 O768", "digits alone"},
		"another digit":   {"cc-number", "4054695723100769", "one of its digits is wrong"},
		"a short one":     {"cc-number", "405469572310", "one of its digits is wrong"},
		"a long one":      {"cc-number", "40546957231007684054", "12 to 19 digits"},
		"no expiry":       {"cc-exp", "", "Enter the month and year"},
		"month 13":        {"cc-exp", "13/35", "MM/YY"},
		"no month":        {"cc-exp", "2035", "MM/YY"},
		"an expired card": {"cc-exp", "02/26", "has expired"},
		"no code":         {"cc-csc", "", "Enter the security code."},
		"a short code":    {"cc-csc", "99", "three digits on the back"},
		"a code of amex":  {"cc-csc", "1234", "three digits on the back"},
		"no name":         {"cc-name", " ", "Enter the name"},
		"not English":     {"cc-name", "Zoë Example", "English letters"},
		"a number in it":  {"cc-name", "4054695723100768", "no digits"},
		"no such card":    {"test-card", "visa-<b>", "no test card"},
		"none is offered": {"saved-card", "ALIPAYx", "none of those"},
	} {
		form := url.Values{}
		for field, values := range good {
			form[field] = values
		}
		form.Set(c.field, c.value)
		w := m.page(page, form)
		text := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, c.says) || !strings.Contains(text, "<title>Error: ") {
			t.Errorf("%s: %d\n%s", name, w.Code, text)
		}
		if strings.HasPrefix(c.field, "cc-") && (strings.Count(text, `aria-invalid="true"`) != 1 || !strings.Contains(text, `aria-describedby="`+c.field+`-wrong"`)) {
			t.Errorf("%s: the field is not marked\n%s", name, text)
		}
		for _, secret := range []string{"4054695723100768", "4054 6957", `"123"`, "12/35", "visa-<b>"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the page repeats %s", name, secret)
			}
		}
	}
	m.is("a", "PROCESSING", "PAYMENT_IN_PROCESS")
	for _, method := range []string{"DELETE", "OPTIONS", "HEAD"} {
		r := httptest.NewRequest(method, page, nil)
		w := httptest.NewRecorder()
		r.Host = sandbox.DefaultAddress
		m.box.ServeHTTP(w, r)
		if want := map[string]int{"HEAD": 200}[method]; w.Code != want && (want != 0 || w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD, POST") {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
	}
	if w := m.page(page, url.Values{"cc-name": {strings.Repeat("x", 5000)}}); w.Code != http.StatusBadRequest {
		t.Errorf("a long form: %d", w.Code)
	}
	for path, want := range map[string]int{"/card/pay/": 404, "/card/pay/zebra": 404, "/card/": 404, "/card/other/x": 404} {
		if w := m.page("http://127.0.0.1:4242"+path, nil); w.Code != want || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestCardPageHasNoCardOnceItIsOver(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	closed := m.hosted("closed", nil).Get("normalUrl")
	m.passes(open + tick)
	cancelled := m.hosted("cancelled", nil).Get("normalUrl")
	m.cancel("SUCCESS", "cancelled")
	for page, says := range map[string]string{closed: "Too late", cancelled: "Payment cancelled"} {
		for _, form := range []url.Values{nil, typed("4054695723100768")} {
			w := m.page(page, form)
			if text := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(text, says) || strings.Contains(text, "cc-number") ||
				!strings.Contains(text, `href="https://shop.test/return?order=1"`) {
				t.Errorf("%d\n%s", w.Code, text)
			}
		}
	}
	p := m.is("closed", "FAIL", "ORDER_IS_CLOSED")
	if strings.Contains(string(p.PaymentID), "*") {
		t.Error("a card is told of")
	}
}

// The card is saved where the buyer ticked the box, and only there.
func TestConsent(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for id, c := range map[string]struct {
		mode, tick string
		box, saved bool
	}{
		"ticked":  {"ASKFORCONSENT", "yes", true, true},
		"asked":   {"ASKFORCONSENT", "", true, false},
		"unasked": {"", "yes", false, false},
	} {
		page := m.hosted(id, func(r *apo.PayRequest) { r.PaymentMethod.PaymentMethodMetaData.TokenizeMode = c.mode }).Get("normalUrl")
		if has := strings.Contains(m.page(page, nil).Body.String(), `name="save"`); has != c.box {
			t.Errorf("%s: the box is there: %v", id, has)
		}
		m.page(page, url.Values{"test-card": {"visa"}, "save": {c.tick}})
		answer, err := m.client.InquiryPayment(context.Background(), apo.PaymentKey{PaymentRequestID: id})
		if token := m.wants("SUCCESS", answer, err).Get("paymentResultInfo.cardToken"); (token != "") != c.saved {
			t.Errorf("%s: the token is %q", id, token)
		}
	}
}

// Nothing of a card is written to the state, whatever was typed where.
func TestCardPageStoresNoNumber(t *testing.T) {
	t.Parallel()
	const number = "4054695723100768"
	file := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: file})
	page := m.hosted("a", func(r *apo.PayRequest) {
		r.Order.OrderDescription, r.Order.Buyer.BuyerEmail = "pay "+number, number+"@shop.test"
	}).Get("normalUrl")
	form := typed(number)
	form.Set("cc-name", number)
	m.page(page, form)
	m.page(page, typed(number))
	m.is("a", "SUCCESS", "SUCCESS")
	if err := m.box.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, file + "-wal"} {
		if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), number) {
			t.Errorf("%s holds the number", filepath.Base(name))
		}
	}
}

// A rule may turn the call away; what is for the card counts when the card is there.
func TestRulesOfHostedPayments(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	m.rule(sandbox.Rule{API: "pay", RequestID: "turned", Outcome: sandbox.Outcome{Result: "ORDER_STATUS_INVALID"}})
	m.rule(sandbox.Rule{API: "pay", RequestID: "later", Outcome: sandbox.Outcome{Result: "STOLEN_CARD"}})
	m.rule(sandbox.Rule{API: "pay", Card: "amex", Outcome: sandbox.Outcome{Result: "PARAM_ILLEGAL"}})
	if a := m.hosted("turned", nil); a.Result.Code != "ORDER_STATUS_INVALID" {
		t.Errorf("%s", a.Raw)
	}
	for id, c := range map[string]struct{ card, code string }{"later": {"visa", "STOLEN_CARD"}, "rejected": {"amex", "PARAM_ILLEGAL"}} {
		m.page(m.hosted(id, nil).Get("normalUrl"), url.Values{"test-card": {c.card}})
		m.is(id, "FAIL", c.code)
	}
}

// Of many cards at once, one counts: there is one payment, and everybody goes the same
// way.
func TestFirstCardCounts(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{NotifyURL: "http://127.0.0.1:1/"})
	page := m.hosted("a", nil).Get("normalUrl")
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			card := []string{"visa", "visa-declined", "mastercard"}[i%3]
			if w := m.page(page, url.Values{"test-card": {card}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://shop.test/return?order=1" {
				t.Errorf("%s: %d %v", card, w.Code, w.Header())
			}
		})
	}
	all.Wait()
	list, err := m.box.Notifications(9)
	if err != nil || len(list) != 1 {
		t.Errorf("told are %d things, %v", len(list), err)
	}
	if list, err := m.box.Payments(10); err != nil || len(list) != 1 || list[0].Status == "PROCESSING" {
		t.Errorf("%+v, %v", list, err)
	}
}
