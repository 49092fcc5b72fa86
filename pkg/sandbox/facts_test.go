package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

func at(acquirer string) []sandbox.Acquirer { return []sandbox.Acquirer{{Name: acquirer, Weight: 1}} }

// paysChanged pays with changes of the request, path and JSON value in turns.
func (m *merchant) paysChanged(code, id, card string, changes ...string) *apo.Answer {
	m.Helper()
	body, err := apo.Encode(m.request(id, "1000", card))
	if err != nil {
		m.Fatal(err)
	}
	var doc map[string]any
	must(m.T, json.Unmarshal(body, &doc))
	for i := 0; i < len(changes); i += 2 {
		at, names := doc, strings.Split(changes[i], ".")
		for _, name := range names[:len(names)-1] {
			at = at[name].(map[string]any)
		}
		at[names[len(names)-1]] = json.RawMessage(changes[i+1])
	}
	body, err = json.Marshal(doc)
	must(m.T, err)
	return m.wants(code, m.call("pay", string(body)), nil)
}

func (m *merchant) info(id, field string) string {
	m.Helper()
	answer, err := m.client.InquiryPayment(m.Context(), apo.PaymentKey{PaymentRequestID: id})
	return m.wants("SUCCESS", answer, err).Get("paymentResultInfo." + field)
}

// What the checks of address and security code come to depends on what was sent, on
// the card and on the acquirer.
func TestChecksOfAddressAndCode(t *testing.T) {
	t.Parallel()
	const meta = "paymentMethod.paymentMethodMetaData."
	const whole, street, postcode = `{"region":"SG","address1":"1 Way","zipCode":"123456"}`, `{"region":"SG","address1":"1 Way"}`, `{"region":"SG","zipCode":"123456"}`
	for acquirer, want := range map[string]string{ // nothing, both, street alone, postcode alone; the cards that mismatch
		"ALIPAY": "U/ Y/Y A/Y Z/Y N/Y Y/D", "ADYEN": "U/ Y/M A/M Z/M N/M Y/N", "CHECKOUT": "I/ Y/Y A/Y Z/Y N/Y Y/N",
		"STRIPE": "U/ Y/M A/M Z/M N/M Y/N", "BRAINTREE": "I/I M/M A/M Z/M N/M M/N", "PAYPAL": "U/ Y/M A/M Z/M N/M Y/N", "2C2P": "U/ Y/M A/M Z/M N/M Y/N",
	} {
		m := newMerchant(t, sandbox.Config{Acquirers: at(acquirer)})
		var got []string
		for i, c := range [][]string{
			{"visa", meta + "cvv", "null"},
			{"visa", meta + "billingAddress", whole},
			{"visa", meta + "billingAddress", street},
			{"visa", meta + "billingAddress", postcode},
			{"visa-avs-mismatch", meta + "billingAddress", whole},
			{"visa-cvv-mismatch", meta + "billingAddress", whole},
		} {
			a := m.paysChanged("SUCCESS", fmt.Sprint("p", i), c[0], c[1:]...)
			got = append(got, a.Get("paymentResultInfo.avsResultRaw")+"/"+a.Get("paymentResultInfo.cvvResultRaw"))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s answers %s, want %s", acquirer, text, want)
		}
	}
}

// A fingerprint knows a card again in one state, also after a restart and when it
// was saved; it is none of another card, and of a number that is no secret alone the
// same for a seed.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	const number = "paymentMethod.paymentMethodMetaData.cardNo"
	print := func(m *merchant, id, card string) string {
		m.paysChanged("SUCCESS", id, "visa", number, `"`+card+`"`)
		return m.info(id, "fingerprint")
	}
	state := filepath.Join(t.TempDir(), "state.db")
	m := newMerchant(t, sandbox.Config{State: state, Seed: "same"})
	first, test := print(m, "a", "4929000000006"), print(m, "b", "4054695723100768")
	if len(first) != 64 || print(m, "c", "4929000000006") != first || print(m, "d", "4929000005559") == first {
		t.Errorf("the fingerprint is %q", first)
	}
	m.box.Close()
	if again := print(newMerchant(t, sandbox.Config{State: state}), "e", "4929000000006"); again != first {
		t.Error("another fingerprint after a restart")
	}
	other := newMerchant(t, sandbox.Config{Seed: "same"})
	if print(other, "a", "4929000000006") == first {
		t.Error("the fingerprint of a number that may be secret is a function of the seed")
	}
	if print(other, "b", "4054695723100768") != test {
		t.Error("a seed gives a test card another fingerprint")
	}
	must(t, other.box.Reset())
	if print(other, "again", "4054695723100768") != test {
		t.Error("a seed gives a test card another fingerprint after a reset")
	}
	plain := newMerchant(t, sandbox.Config{})
	before := print(plain, "a", "4054695723100768")
	if must(t, plain.box.Reset()); print(plain, "a", "4054695723100768") == before {
		t.Error("what is left after a reset has the fingerprints of before")
	}
	if print(other, "c", "4929000000006") == print(m.with(sandbox.Config{}), "c", "4929000000006") {
		t.Error("two states have one fingerprint")
	}
}

// The name is in capitals, the family's first, and holds no digit whatever was sent.
func TestHoldName(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for name, want := range map[string]string{
		`{"firstName":"Shunsuke","lastName":"Nihei"}`:                     "NIHEI SHUNSUKE",
		`{"firstName":" Ada ","middleName":"B.","lastName":"O'Ex-am"}`:    "O'EX-AM ADA B.",
		`{"fullName":"Ada Bea Example"}`:                                  "EXAMPLE ADA BEA",
		`{"fullName":"Ada"}`:                                              "ADA",
		`{"firstName":"4054 6957","lastName":"23100768 Ada"}`:             "ADA",
		`{"firstName":"A","lastName":"B","fullName":"Somebody Else"}`:     "B A",
		`{"firstName":"<b>","lastName":"x\" y","fullName":"Someone Two"}`: "X Y B",
	} {
		id := fmt.Sprint("p", len(name), want[:1])
		m.paysChanged("SUCCESS", id, "visa", "paymentMethod.paymentMethodMetaData.cardholderName", name)
		if got := m.info(id, "holdName"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// A check that the merchant made elsewhere counts: no page, and its values are told.
// One that proves nothing counts for nothing.
func TestExternal3DS(t *testing.T) {
	t.Parallel()
	const mpi = "paymentMethod.paymentMethodMetaData.mpiData"
	const is3DS = "paymentMethod.paymentMethodMetaData.is3DSAuthentication"
	const good = `{"threeDSVersion":"2.1.0","eci":"05","cavv":"AAABBEg0VhI0VniQEjRWAAAAAAA=","dsTransactionId":"f25084f0-5b16-4c0a-ae5d-b24808a95e4b"}`
	m, r := newPassiveShop(t, sandbox.Config{})
	a := m.paysChanged("SUCCESS", "a", "visa-3ds", mpi, good, is3DS, "true")
	if three := a.Get("paymentResultInfo.threeDSResult"); three != `{"cavv":"AAABBEg0VhI0VniQEjRWAAAAAAA=","eci":"05"}` {
		t.Errorf("pay answers %s", three)
	}
	const want = `{"cavv":"AAABBEg0VhI0VniQEjRWAAAAAAA=","xid":"f25084f0-5b16-4c0a-ae5d-b24808a95e4b","threeDSType":"EXTERNAL","eci":"05","threeDSVersion":"2.1.0","paResStatus":"Y","liabilityShift":"Y"}`
	if three := m.info("a", "threeDSResult"); three != want {
		t.Errorf("inquiryPayment answers %s", three)
	}
	m.delivers(1)
	if three := r.all()[0].get("paymentResultInfo.threeDSResult.threeDSType"); three != "EXTERNAL" {
		t.Errorf("notified is %s", three)
	}
	m.paysChanged("SUCCESS", "attempted", "mastercard", mpi, strings.Replace(good, "05", "01", 1), is3DS, "true")
	if status := m.info("attempted", "threeDSResult.paResStatus"); status != "A" {
		t.Errorf("an attempt is told as %s", status)
	}
	for name, data := range map[string]string{
		"no cavv": strings.Replace(good, "AAABBEg0VhI0VniQEjRWAAAAAAA=", "", 1), "no version": `{"eci":"05","cavv":"AAAA"}`,
		"not authenticated": strings.Replace(good, `"05"`, `"07"`, 1), "another brand's": strings.Replace(good, `"05"`, `"02"`, 1), "nothing": `{}`,
	} {
		m.paysChanged("PAYMENT_IN_PROCESS", strings.ReplaceAll(name, " ", "-"), "visa", mpi, data, is3DS, "true")
	}
}

// Each terminal has an address of its own, and an app two more; the page is the same.
func TestPagesByTerminal(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for terminal, want := range map[string]string{"WEB": "/3ds/", "WAP": "/3ds/wap/", "APP": "/3ds/app/", "MINI_APP": "/3ds/app/"} {
		a := m.paysChanged("PAYMENT_IN_PROCESS", terminal, "visa-3ds", "env.terminalType", `"`+terminal+`"`, "env.osType", `"IOS"`)
		page := a.Get("normalUrl")
		prefix := "http://" + sandbox.DefaultAddress + want
		if nonce, found := strings.CutPrefix(page, prefix); !found || len(nonce) != 32 {
			t.Errorf("%s is sent to %s", terminal, page)
		}
		app := strings.HasSuffix(want, "app/")
		if (a.Get("applinkUrl") == page) != app || strings.HasPrefix(a.Get("schemeUrl"), "apo-sandbox://3ds/") != app {
			t.Errorf("%s: %s", terminal, a.Raw)
		}
		m.answerPage(page, "approve")
		m.is(terminal, "SUCCESS", "SUCCESS")
	}
}

// Antom's published cards do what it says of them.
func TestAntomsCards(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	const is3DS = "paymentMethod.paymentMethodMetaData.is3DSAuthentication"
	for name, want := range map[string]string{
		"visa": "VISA SG", "antom-hyundai-kr": "HYUNDAI KR", "antom-visa-br": "VISA BR", "antom-visa-mx": "VISA MX", "antom-visa-cl": "VISA CL", "antom-visa-pe": "VISA PE", "antom-mastercard": "MASTERCARD SG",
	} {
		m.pay("SUCCESS", name, "1000", name)
		if got := m.info(name, "cardBrand") + " " + m.info(name, "issuingCountry"); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	m.pay("DO_NOT_HONOR", "v", "1000", "antom-visa-fails")
	m.pay("DO_NOT_HONOR", "m", "1000", "antom-mastercard-fails")
	m.paysChanged("SUCCESS", "e", "antom-visa-exempt", is3DS, "true")
	if got := m.info("e", "threeDSResult.eci"); got != "N/A" {
		t.Errorf("a card that is exempt has eci %s", got)
	}
	m.paysChanged("PAYMENT_IN_PROCESS", "w", "visa", is3DS, "true")
	for i, v := range sandbox.TestValues() {
		m.paysChanged("PARAM_ILLEGAL", fmt.Sprint("x", i), "visa", v.Path, `"`+v.Value+`"`)
	}
	for _, c := range sandbox.TestCards() {
		if !apo.Luhn(c.Number) || c.Source == "" || !sandbox.IsTestCard(c.Number) {
			t.Errorf("%+v", c)
		}
	}
}

// A gateway takes an ID that begins with a dash, though the command line does not.
func TestIDsThatBeginWithADash(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.paysChanged("SUCCESS", "-abc123", "visa").Get("paymentId")
	m.wants("SUCCESS", m.call("capture", `{"captureRequestId":"-c","paymentId":"`+payment+`","captureAmount":{"currency":"SGD","value":"1000"}}`), nil)
	m.wants("SUCCESS", m.call("refund", `{"refundRequestId":"-r","paymentId":"`+payment+`","refundAmount":{"currency":"SGD","value":"1000"}}`), nil)
	m.wants("PARAM_ILLEGAL", m.call("refund", `{"refundRequestId":"-r r","paymentId":"`+payment+`","refundAmount":{"currency":"SGD","value":"1000"}}`), nil)
	if !gjson.ValidBytes(m.call("inquiryPayment", `{"paymentRequestId":"-abc123"}`).Raw) {
		t.Error("it is not found")
	}
}

// However far away a time lies, a payment stays open until then, and an answer has a
// time that can be read.
func TestFarTimes(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{State: filepath.Join(t.TempDir(), "state.db")})
	for i, expiry := range []string{
		"2027-06-01T00:00:00Z", "2199-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "2261-01-01T00:00:00Z", "2263-01-01T00:00:00Z",
		"9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+14:00", "2030-01-01T00:00:00+23:59",
	} {
		id := fmt.Sprint("p", i)
		m.paysChanged("PAYMENT_IN_PROCESS", id, "visa-3ds", "paymentExpiryTime", `"`+expiry+`"`)
		m.is(id, "PROCESSING", "PAYMENT_IN_PROCESS")
		if _, found, err := m.box.Payment(id); !found || err != nil {
			t.Errorf("%s: %v %v", expiry, found, err)
		}
	}
	must(t, m.box.SetTime(time.Date(2199, 12, 31, 23, 59, 59, 0, time.UTC)))
	m.is("p0", "FAIL", "ORDER_IS_CLOSED")
	m.is("p5", "PROCESSING", "PAYMENT_IN_PROCESS")
	for sent, code := range map[string]string{
		"253402300799999": "SUCCESS", "253402300800000": "PARAM_ILLEGAL", "999999999999999": "PARAM_ILLEGAL", "9999-12-31T23:59:59-14:00": "PARAM_ILLEGAL",
		"0": "SUCCESS", "0000-01-01T00:00:00Z": "SUCCESS", "9223372036854775807": "PARAM_ILLEGAL",
	} {
		w := m.sentAt(sent)
		if got := gjson.GetBytes(w.Body.Bytes(), "result.resultCode").Str; got != code {
			t.Errorf("sent at %s: %s", sent, w.Body)
		}
		name := "response-time" // in lower case, as it is sent
		if at := strings.Join(w.Header()[name], ""); code == "SUCCESS" {
			if _, err := time.Parse(time.RFC3339, at); err != nil {
				t.Errorf("sent at %s, answered at %q", sent, at)
			}
		}
	}
}

// sentAt asks for a payment with a Request-Time.
func (m *merchant) sentAt(when string) *httptest.ResponseRecorder {
	m.Helper()
	who, body := m.box.Credentials(), `{"paymentRequestId":"p1"}`
	s := sign.Message{Method: "POST", Path: "/ams/sandbox/api/v1/payments/inquiryPayment", ClientID: who.ClientID, Time: when, Body: []byte(body)}
	header, err := sign.Sign(who.Key, "1", s)
	must(m.T, err)
	r := httptest.NewRequest(s.Method, "http://"+sandbox.DefaultAddress+s.Path, strings.NewReader(body))
	r.Header.Set("Client-Id", s.ClientID)
	r.Header.Set("Request-Time", when)
	r.Header.Set("Signature", header)
	w := httptest.NewRecorder()
	m.box.ServeHTTP(w, r)
	return w
}

// A payment that was closed before its buyer named a card has none to tell of; the code
// that was typed in a browser counts though the payment names a token alone.
func TestCardsOfPages(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Acquirers: at("ADYEN")})
	m.wants("PAYMENT_IN_PROCESS", m.hosted("a", nil), nil)
	m.passes(open)
	m.is("a", "FAIL", "ORDER_IS_CLOSED")
	if info := m.inquired("a"); info.Exists() {
		t.Errorf("no card is told as %s", info.Raw)
	}
	token, err := m.box.CardToken("visa")
	must(t, err)
	if cvv := m.payWithToken("SUCCESS", "b", token, "").Get("paymentResultInfo.cvvResultRaw"); cvv != "M" {
		t.Errorf("the code that was typed in a browser is answered with %q", cvv)
	}
}
