package sandbox_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/sjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

const cardData = "paymentMethod.paymentMethodMetaData."

// changed is the pay of an ID with other values at some paths; nil takes a value away.
func (m *merchant) changed(id, card string, changes map[string]any) string {
	m.Helper()
	body, err := apo.Encode(m.request(id, "1000", card))
	for path, value := range changes {
		if err == nil && value == nil {
			body, err = sjson.DeleteBytes(body, path)
		} else if err == nil {
			body, err = sjson.SetBytes(body, path, value)
		}
	}
	if err != nil {
		m.Fatal(err)
	}
	return string(body)
}

// saves saves a card of a buyer, which is good until 04/26.
func (m *merchant) saves(id, card, buyer string) (token string) {
	m.Helper()
	answer := m.asks("SUCCESS", "pay", m.changed(id, card, map[string]any{
		cardData + "tokenizeMode": "ASKFORCONSENT", cardData + "expiryYear": "26", cardData + "expiryMonth": "04",
		"order.buyer": map[string]string{"referenceBuyerId": buyer, "buyerEmail": "ada@shop.example"},
	}))
	if token = answer.Get("paymentResultInfo.cardToken"); token == "" {
		m.Fatalf("no token in %s", answer.Raw)
	}
	return token
}

// paysWith is a pay with a saved card.
func (m *merchant) paysWith(id, token string, changes map[string]any) string {
	m.Helper()
	all := map[string]any{"paymentMethod": map[string]any{"paymentMethodType": "CARD", "paymentMethodId": token}}
	body := m.changed(id, "visa", all)
	var err error
	for path, value := range changes {
		if body, err = sjson.Set(body, path, value); err != nil {
			m.Fatal(err)
		}
	}
	return body
}

func buyer(id string) map[string]any {
	return map[string]any{"order.buyer": map[string]string{"referenceBuyerId": id, "buyerEmail": "eve@shop.example"}}
}

// A saved card is its buyer's. Who names no referenceBuyerId is not compared.
func TestSavedCardOfABuyer(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	adas, anyones := m.saves("s1", "visa", "ada"), m.saves("s2", "visa", "")
	for name, c := range map[string]struct{ token, buyer, code string }{
		"her own":           {adas, "ada", "SUCCESS"},
		"another's":         {adas, "eve", "INVALID_PAYMENT_METHOD_META_DATA"},
		"nobody says":       {adas, "", "SUCCESS"},
		"of nobody":         {anyones, "eve", "SUCCESS"},
		"neither says":      {anyones, "", "SUCCESS"},
		"no token":          {"ALIPAYnone", "ada", "INVALID_PAYMENT_METHOD_META_DATA"},
		"in other capitals": {adas, "Ada", "INVALID_PAYMENT_METHOD_META_DATA"},
	} {
		m.asks(c.code, "pay", m.paysWith(strings.ReplaceAll(name, " ", "-"), c.token, buyer(c.buyer)))
	}
	// What was refused is not recorded: the right buyer may use the ID.
	m.inquire("ORDER_NOT_EXIST", "another's")
	m.asks("SUCCESS", "pay", m.paysWith("another's", adas, buyer("ada")))
}

// A saved card is good until its date, whatever was paid with it before.
func TestSavedCardExpires(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	token := m.saves("s", "visa", "buyer-1")
	end := apo.CardEnd("26", "04")
	m.passes(end.Sub(m.clock) - tick)
	paid := m.asks("SUCCESS", "pay", m.paysWith("a", token, nil))
	m.passes(tick)
	m.asks("CARD_EXPIRED", "pay", m.paysWith("b", token, nil))
	if p := m.is("b", "FAIL", "CARD_EXPIRED"); p.Card.Refusal != "Expired card" {
		t.Errorf("%+v", p.Card)
	}
	if again := m.asks("SUCCESS", "pay", m.paysWith("a", token, nil)); !bytes.Equal(again.Raw, paid.Raw) {
		t.Errorf("repeated: %s", again.Raw)
	}
	renewed := map[string]any{cardData + "expiryYear": "30", cardData + "expiryMonth": "04"}
	m.asks("SUCCESS", "pay", m.paysWith("c", token, renewed))
	m.asks("INVALID_EXPIRATION_DATE", "pay", m.paysWith("d", token, map[string]any{cardData + "expiryYear": "26", cardData + "expiryMonth": "04"}))
	rule := m.will("pay", sandbox.Outcome{Result: "SUCCESS"}) // a rule comes first
	m.asks("SUCCESS", "pay", m.paysWith("e", token, nil))
	m.unrule(rule)
}

// Both ways to ask for it save a card; a mode that nobody knows is refused.
func TestTokenizeMode(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for name, c := range map[string]struct {
		changes map[string]any
		code    string
		saved   bool
	}{
		"mode":           {map[string]any{cardData + "tokenizeMode": "ASKFORCONSENT"}, "SUCCESS", true},
		"tokenize":       {map[string]any{cardData + "tokenize": true}, "SUCCESS", true},
		"tokenize text":  {map[string]any{cardData + "tokenize": "true"}, "SUCCESS", true},
		"tokenize false": {map[string]any{cardData + "tokenize": false}, "SUCCESS", false},
		"both":           {map[string]any{cardData + "tokenizeMode": "ASKFORCONSENT", cardData + "tokenize": true}, "SUCCESS", true},
		"empty":          {map[string]any{cardData + "tokenizeMode": ""}, "SUCCESS", false},
		"unknown":        {map[string]any{cardData + "tokenizeMode": "ALWAYS"}, "PARAM_ILLEGAL", false},
		"small letters":  {map[string]any{cardData + "tokenizeMode": "askForConsent"}, "PARAM_ILLEGAL", false},
	} {
		answer := m.asks(c.code, "pay", m.changed(strings.ReplaceAll(name, " ", "-"), "visa", c.changes))
		if got := answer.Get("paymentResultInfo.cardToken") != ""; got != c.saved {
			t.Errorf("%s: saved %v", name, got)
		}
	}
}

// Where no buyer is there, nobody can be sent to a 3DS page.
func TestMerchantInitiated(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	alone := map[string]any{cardData + "isCardOnFile": true, cardData + "recurringType": "SCHEDULED"}
	m.asks("SUCCESS", "pay", m.changed("a", "visa", alone))
	m.asks("SUCCESS", "pay", m.changed("b", "visa-frictionless", alone))
	m.asks("LOST_CARD", "pay", m.changed("c", "visa-lost", alone))
	answer := m.asks("AUTHENTICATION_REQUIRED", "pay", m.changed("d", "visa-3ds", alone))
	m.has(answer.Raw, nil, []string{"normalUrl"})
	m.is("d", "FAIL", "AUTHENTICATION_REQUIRED")
	alone[cardData+"is3DSAuthentication"] = true
	m.asks("AUTHENTICATION_REQUIRED", "pay", m.changed("e", "visa", alone))
	delete(alone, cardData+"recurringType") // the buyer may be there
	m.asks("PAYMENT_IN_PROCESS", "pay", m.changed("f", "visa", alone))
}

// What is kept of a saved card is neither its number nor what looks like one.
func TestSavedCardInTheState(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: file})
	number := "5555555555554444"
	token := m.saves("s", "visa", number)
	m.asks("SUCCESS", "pay", m.paysWith("a", token, buyer(number)))
	m.asks("INVALID_PAYMENT_METHOD_META_DATA", "pay", m.paysWith("b", token, buyer("4242424242424242")))
	files, err := filepath.Glob(file + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range []string{number, "4242424242424242", "4054695723100768"} {
			if bytes.Contains(data, []byte(number)) {
				t.Errorf("%s holds a card number", name)
			}
		}
	}
	// Another process knows whose the card is, and until when.
	other := newMerchant(t, sandbox.Config{State: file})
	other.asks("INVALID_PAYMENT_METHOD_META_DATA", "pay", other.paysWith("c", token, buyer("eve")))
	other.asks("SUCCESS", "pay", other.paysWith("d", token, buyer(number)))
	other.passes(70 * day)
	other.asks("CARD_EXPIRED", "pay", other.paysWith("e", token, buyer(number)))
}
