package sandbox_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// By whatever way a card was saved, it expires by its date, and where its buyer is
// known it is the buyer's.
func TestWaysToSaveACard(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	saved := func(id string) string { return m.call("inquiryPayment", named(id)).Get("paymentResultInfo.cardToken") }
	browser := func() string {
		t.Helper()
		token, err := m.box.CardToken("visa")
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	m.page(m.hosted("page", nil).Get("normalUrl"), url.Values{"test-card": {"visa"}, "save": {"yes"}})
	keeps := map[string]any{cardData + "tokenizeMode": "ASKFORCONSENT"}
	m.asks("SUCCESS", "pay", m.paysWith("browser", browser(), keeps))
	vault := m.vault("SUCCESS", "v", "visa", "")
	late := browser()
	tokens := map[string]struct {
		token string
		owned bool // it belongs to a buyer
	}{
		"page": {saved("page"), true}, "kept": {saved("browser"), true},
		"vault": {gjson.GetBytes(vault.Raw, "paymentMethodDetail.card.cardToken").Str, false},
	}
	for way, c := range tokens {
		if c.token == "" {
			t.Fatalf("%s: no token", way)
		}
		code := map[bool]string{true: "INVALID_PAYMENT_METHOD_META_DATA", false: "SUCCESS"}[c.owned]
		m.asks(code, "pay", m.paysWith(way+"-eve", c.token, buyer("eve")))
		m.asks("SUCCESS", "pay", m.paysWith(way+"-own", c.token, nil))
	}
	m.passes(10 * 366 * day) // the test cards of forms and tokens are good for nine years
	for way, c := range tokens {
		m.asks("CARD_EXPIRED", "pay", m.paysWith(way+"-late", c.token, nil))
	}
	m.asks("CARD_EXPIRED", "pay", m.paysWith("late", late, nil))
}

// A session offers its buyer the cards that this buyer can pay with.
func TestSessionOffersOwnCards(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	own, eves := m.saves("s1", "visa", "buyer-1"), m.saves("s2", "mastercard", "eve")
	const saved = `,"savedPaymentMethods":[{"paymentMethodId":"%1"},{"paymentMethodId":"%2"}]`
	cards := strings.NewReplacer("%1", own, "%2", eves).Replace(saved)
	page := m.session("SUCCESS", sessionOf("a", "1000", "CHECKOUT_PAYMENT", cards)).Get("normalUrl")
	if text := m.page(page, nil).Body.String(); strings.Count(text, `name="saved-card"`) != 1 || !strings.Contains(text, "VISA ending in 0768") || strings.Contains(text, own) {
		t.Errorf("the page offers\n%s", text)
	}
	m.page(page, url.Values{"saved-card": {"2"}}) // which it did not offer
	if p := m.call("inquiryPayment", named("a")); p.Get("paymentStatus") == "SUCCESS" {
		t.Errorf("another's card paid: %s", p.Raw)
	}
	m.passes(62 * day)
	page = m.session("SUCCESS", sessionOf("b", "1000", "CHECKOUT_PAYMENT", cards)).Get("normalUrl")
	if text := m.page(page, nil).Body.String(); strings.Contains(text, `name="saved-card"`) {
		t.Errorf("an expired card is offered\n%s", text)
	}
	const mode = `,"availablePaymentMethod":{"paymentMethodMetaData":{"tokenizeMode":"ALWAYS"}}`
	m.session("PARAM_ILLEGAL", sessionOf("c", "1000", "CHECKOUT_PAYMENT", mode))
}

// A page that collects the card waits for the buyer as a 3DS page does.
func TestPayAfterCancelOnTheCardPage(t *testing.T) {
	t.Parallel()
	for value, status := range map[string]string{"no": "CANCELLED", "yes": "SUCCESS"} {
		m := newMerchant(t, with("pay-after-cancel", value))
		page := m.hosted("a", nil).Get("normalUrl")
		m.hosted("left", nil)
		m.asks("PAYMENT_IN_PROCESS", completes, named("left")) // what is missing is a card
		m.cancel("SUCCESS", "a")
		m.cancel("SUCCESS", "left")
		m.passes(time.Minute)
		m.page(page, url.Values{"test-card": {"visa"}})
		if p := m.inquire("SUCCESS", "a"); p.Status != status {
			t.Errorf("pay-after-cancel %s: %s", value, p.Status)
		}
		m.passes(open)
		m.is("left", "CANCELLED", "ORDER_IS_CANCELED")
	}
}
