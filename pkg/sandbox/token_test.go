package sandbox_test

import (
	"context"
	"net/url"
	"regexp"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// payWithToken pays as Antom's plugins do: with a token that a browser made.
func (m *merchant) payWithToken(code, id, token, mode string) *apo.Answer {
	m.Helper()
	r := m.request(id, "1000", "visa")
	r.PaymentMethod = &apo.Method{PaymentMethodType: "CARD", PaymentMethodID: token}
	if mode != "" {
		r.PaymentMethod.PaymentMethodMetaData = &apo.CardData{TokenizeMode: mode}
	}
	answer, err := m.client.Pay(context.Background(), r)
	return m.wants(code, answer, err)
}

func TestBrowserTokens(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Seed: "x"})
	token := func(card string) string {
		t.Helper()
		text, err := m.box.CardToken(card)
		if err != nil || !regexp.MustCompile(`^ALIPAY[A-Z2-7]{42}$`).MatchString(text) {
			t.Fatalf("%q, %v", text, err)
		}
		return text
	}
	first, second := token(""), token("")
	if first == second {
		t.Error("two tokens are the same")
	}
	paid := m.payWithToken("SUCCESS", "a", first, "")
	if paid.Get("paymentResultInfo.cardToken") != "" || paid.Get("paymentResultInfo.cardNo") != "************0768" {
		t.Errorf("%s", paid.Raw)
	}
	m.payWithToken("SUCCESS", "a", first, "") // the same payment
	m.payWithToken("INVALID_PAYMENT_METHOD_META_DATA", "b", first, "")
	saved := m.payWithToken("SUCCESS", "c", second, "ASKFORCONSENT").Get("paymentResultInfo.cardToken")
	if saved == "" || saved == second {
		t.Errorf("the card was saved as %q", saved)
	}
	m.payWithToken("SUCCESS", "d", saved, "")
	m.payWithToken("SUCCESS", "e", saved, "") // that one is for good
	another := m.request("x", "1000", "visa")
	another.PaymentMethod = &apo.Method{PaymentMethodType: "CARD", PaymentMethodID: saved}
	another.Order.Buyer.ReferenceBuyerID = "buyer-2"
	answer, err := m.client.Pay(context.Background(), another)
	m.wants("INVALID_PAYMENT_METHOD_META_DATA", answer, err) // and its buyer's alone
	m.payWithToken("DO_NOT_HONOR", "f", token("visa-declined"), "")
	m.rule(sandbox.Rule{API: "pay", Times: 1, Outcome: sandbox.Outcome{Result: "SYSTEM_ERROR"}})
	third := token("mastercard")
	m.payWithToken("SYSTEM_ERROR", "g", third, "")
	m.payWithToken("SUCCESS", "g", third, "") // who was turned away comes again with it
	if _, err := m.box.CardToken("nosuch"); err == nil {
		t.Error("a card that there is not has a token")
	}
}

func TestTokenPage(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	const page = "http://127.0.0.1:4242/card/token"
	if w := m.page(page, nil); w.Code != 200 {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
	if w := m.page(page+"/x", typed("4054695723100768")); w.Code != 404 {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
	w := m.page(page, typed("4054695723100768"))
	token := regexp.MustCompile(`ALIPAY[A-Z2-7]{42}`).FindString(w.Body.String())
	if w.Code != 200 || token == "" {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	m.payWithToken("SUCCESS", "a", token, "")
	if w := m.page(page, url.Values{"cc-number": {"1"}}); w.Code != 422 {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
}
