package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sandbox"
)

const vaultHook = "http://127.0.0.1:9/hooks/vault"

// vaultBody asks to save a test card; change is merged into the card.
func vaultBody(id, card, change string) string {
	test, _ := sandbox.FindTestCard(card)
	return fmt.Sprintf(`{"vaultingRequestId":%q,"vaultingNotificationUrl":%q,"redirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"},`+
		`"paymentMethodDetail":{"paymentMethodType":"CARD","card":{"cardNo":%q,"expiryYear":"35","expiryMonth":"12","cvv":%q,"cardholderName":{"firstName":"Ada","lastName":"Example"}%s}}}`,
		id, vaultHook, test.Number, test.CVV(), change)
}

func (m *merchant) vault(code, id, card, change string) *apo.Answer {
	m.Helper()
	return m.wants(code, m.call("vaultPaymentMethod", vaultBody(id, card, change)), nil)
}

func (m *merchant) vaulting(id string) *apo.Answer {
	m.Helper()
	return m.wants("SUCCESS", m.call("inquireVaulting", `{"vaultingRequestId":"`+id+`"}`), nil)
}

// vaultingIs checks where a vaulting stands, in all that tells of it.
func (m *merchant) vaultingIs(id, status, code string) *apo.Answer {
	m.Helper()
	a := m.vaulting(id)
	if a.Get("vaultingStatus") != status || a.Get("vaultingResultCode") != code || a.Get("vaultingRequestId") != id || a.Get("vaultingResultMessage") == "" {
		m.Errorf("%s: %s, want %s %s", id, a.Raw, status, code)
	}
	if has := gjson.GetBytes(a.Raw, "paymentMethodDetail").Exists(); has != (status == "SUCCESS") {
		m.Errorf("%s is %s, and tells of a saved card: %v", id, status, has)
	}
	return a
}

// visit asks a page, and posts a form where there is one.
func (m *merchant) visit(url, form string) *httptest.ResponseRecorder {
	m.Helper()
	method := "GET"
	if form != "" {
		method = "POST"
	}
	r := httptest.NewRequest(method, url, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.box.ServeHTTP(w, r)
	return w
}

// newsOfVaulting are the notifications of a vaulting, the oldest first.
func (m *merchant) newsOfVaulting(id string) (list []notify.Notification) {
	m.Helper()
	all, err := m.box.Notifications(1000)
	if err != nil {
		m.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		n, err := notify.Read(all[i].Body)
		if err != nil {
			m.Fatal(err)
		}
		if n.VaultingRequestID == id {
			list = append(list, n)
		}
		if n.VaultingRequestID == id && (all[i].Type != "VAULTING" || all[i].URL != vaultHook || gjson.GetBytes(all[i].Body, "notifyType").Exists()) {
			m.Errorf("%s is told as %s to %s: %s", id, all[i].Type, all[i].URL, all[i].Body)
		}
	}
	return list
}

func TestVaultedCardPays(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	saved := m.vault("SUCCESS", "v-1", "visa", "")
	card := gjson.GetBytes(saved.Raw, "paymentMethodDetail.card")
	for name, want := range map[string]string{
		"brand": "VISA", "maskedCardNo": "************0768", "bin": "405469", "lastFour": "0768", "funding": "CREDIT", "issuingCountry": "SG",
	} {
		if got := card.Get(name).String(); got != want {
			t.Errorf("card.%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"cardToken", "fingerprint", "avsResultRaw", "cvvResultRaw", "issuerName"} {
		if card.Get(name).String() == "" {
			t.Errorf("card has no %s: %s", name, card.Raw)
		}
	}
	token := card.Get("cardToken").String()
	if again := m.vault("SUCCESS", "v-1", "visa", ""); string(again.Raw) != string(saved.Raw) {
		t.Errorf("the same request is answered\n%s\nand then\n%s", saved.Raw, again.Raw)
	}
	if asked := m.vaultingIs("v-1", "SUCCESS", "SUCCESS"); asked.Get("paymentMethodDetail.card.cardToken") != token {
		t.Errorf("the inquiry tells of another token: %s", asked.Raw)
	}
	news := m.newsOfVaulting("v-1")
	if len(news) != 1 || news[0].Meaning() != notify.Vaulted || !strings.Contains(string(news[0].Body), token) {
		t.Errorf("told: %+v", news)
	}

	// The token pays; another one does not, and the card's own number is nowhere.
	r := m.request("p-1", "1000", "visa")
	r.PaymentMethod = &apo.Method{PaymentMethodType: "CARD", PaymentMethodID: token}
	answer, err := m.client.Pay(context.Background(), r)
	if paid := m.wants("SUCCESS", answer, err); paid.Get("paymentResultInfo.cardNo") != "************0768" {
		t.Errorf("paid with %s", paid.Raw)
	}
	r.PaymentRequestID, r.PaymentMethod.PaymentMethodID = "p-2", token+"x"
	answer, err = m.client.Pay(context.Background(), r)
	m.wants("INVALID_PAYMENT_METHOD_META_DATA", answer, err)
}

func TestVaultingsAreRefused(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	m.wants("VAULTING_NOT_EXIST", m.call("inquireVaulting", `{"vaultingRequestId":"v-0"}`), nil)
	m.wants("PARAM_ILLEGAL", m.call("inquireVaulting", `{}`), nil)
	m.wants("PARAM_ILLEGAL", m.call("createVaultingSession", `{"vaultingRequestId":"v-0","paymentMethodType":"WALLET","vaultingNotificationUrl":"https://shop.test/h"}`), nil)
	body := vaultBody("v-0", "visa", "")
	for _, missing := range []string{"vaultingRequestId", "vaultingNotificationUrl", "redirectUrl", "cardNo", "expiryMonth", "env", "paymentMethodType"} {
		m.wants("PARAM_ILLEGAL", m.call("vaultPaymentMethod", strings.Replace(body, `"`+missing+`"`, `"x"`, 1)), nil)
	}
	m.wants("INVALID_CARD_NUMBER", m.call("vaultPaymentMethod", strings.Replace(body, "0768", "0769", 1)), nil)
	m.wants("INVALID_EXPIRATION_DATE", m.call("vaultPaymentMethod", strings.Replace(body, `"35"`, `"25"`, 1)), nil)
	if answer := m.call("inquireVaulting", `{"vaultingRequestId":"v-0"}`); answer.Result.Code != "VAULTING_NOT_EXIST" {
		t.Errorf("what was refused is in the books: %s", answer.Raw)
	}

	m.vault("SUCCESS", "v-1", "visa", "")
	m.vault("REPEAT_REQ_INCONSISTENT", "v-1", "mastercard", "")
	m.vault("REPEAT_REQ_INCONSISTENT", "v-1", "visa", `,"is3DSAuthentication":true`)
	m.wants("REPEAT_REQ_INCONSISTENT", m.call("createVaultingSession", sessionBody("v-1")), nil)
	m.wants("SUCCESS", m.call("createVaultingSession", sessionBody("s-1")), nil)
	m.vault("REPEAT_REQ_INCONSISTENT", "s-1", "visa", "")
}

func sessionBody(id string) string {
	return fmt.Sprintf(`{"vaultingRequestId":%q,"paymentMethodType":"CARD","vaultingNotificationUrl":%q,"redirectUrl":"https://shop.test/return"}`, id, vaultHook)
}

// A card does what it does when it is paid with.
func TestVaultedCardsAreDeclined(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	for card, code := range map[string]string{"visa-declined": "DO_NOT_HONOR", "visa-lost": "LOST_CARD", "visa-cvv": "INVALID_CVV"} {
		m.vault(code, card, card, "")
		m.vault(code, card, card, "") // final is final
		m.vaultingIs(card, "FAIL", code)
		if news := m.newsOfVaulting(card); len(news) != 1 || news[0].Meaning() != notify.VaultingFailed || news[0].Result.Code != code {
			t.Errorf("%s: told %+v", card, news)
		}
	}

	m.vault("VERIFICATION_IN_PROCESS", "slow", "visa-processing", "")
	if m.vaultingIs("slow", "PROCESSING", "VERIFICATION_IN_PROCESS").Get("normalUrl") != "" || len(m.newsOfVaulting("slow")) != 0 {
		t.Error("a card that is in process has a page, or is told")
	}
	m.clock = m.clock.Add(3 * time.Second)
	m.vaultingIs("slow", "SUCCESS", "SUCCESS")
	if news := m.newsOfVaulting("slow"); len(news) != 1 || news[0].Meaning() != notify.Vaulted {
		t.Errorf("told %+v", news)
	}
}

func TestVaultingRules(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	rule := func(r sandbox.Rule) func() {
		added := m.rule(r)
		return func() { m.unrule(added.ID) }
	}
	undo := rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{Result: "DO_NOT_HONOR"}})
	m.vault("DO_NOT_HONOR", "r-1", "visa", "")
	undo()
	m.vaultingIs("r-1", "FAIL", "DO_NOT_HONOR")

	undo = rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{Result: "SYSTEM_ERROR", Then: "SUCCESS"}})
	m.vault("SYSTEM_ERROR", "r-2", "visa", "")
	undo()
	m.vaultingIs("r-2", "SUCCESS", "SUCCESS")

	undo = rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{Result: "VERIFICATION_IN_PROCESS"}})
	m.vault("VERIFICATION_IN_PROCESS", "r-3", "visa", "")
	undo()
	m.clock = m.clock.Add(sandbox.PaymentLife - time.Second)
	m.vaultingIs("r-3", "PROCESSING", "VERIFICATION_IN_PROCESS")
	m.clock = m.clock.Add(time.Second)
	m.vaultingIs("r-3", "FAIL", "ORDER_IS_CLOSED")

	undo = rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{ThreeDS: "page"}})
	if m.vault("VERIFICATION_IN_PROCESS", "r-4", "visa", "").Get("normalUrl") == "" {
		t.Error("3DS page was asked for, and there is none")
	}
	undo()

	undo = rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{Fault: "u-then-f"}})
	m.vault("VERIFICATION_IN_PROCESS", "r-5", "visa", "")
	undo()
	m.clock = m.clock.Add(5 * time.Second)
	m.vaultingIs("r-5", "FAIL", "PROCESS_FAIL")

	for _, api := range []string{"createVaultingSession", "inquireVaulting"} {
		undo = rule(sandbox.Rule{API: api, Outcome: sandbox.Outcome{Result: "UNKNOWN_EXCEPTION"}})
		m.wants("UNKNOWN_EXCEPTION", m.call(api, sessionBody("r-6")), nil)
		undo()
	}
	m.wants("VAULTING_NOT_EXIST", m.call("inquireVaulting", `{"vaultingRequestId":"r-6"}`), nil)

	undo = rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{Fault: "cut-after-commit"}})
	e, _ := apo.FindEndpoint("vaultPaymentMethod")
	if _, err := m.client.Call(context.Background(), e, []byte(vaultBody("r-7", "visa", ""))); err == nil {
		t.Error("the answer was not cut off")
	}
	undo()
	m.vault("SUCCESS", "r-7", "visa", "")
}

func TestVaultingPage(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	for i, c := range []struct {
		card, change, answer string
		status, code         string
	}{
		{"visa-3ds", "", "approve", "SUCCESS", "SUCCESS"},
		{"visa", `,"is3DSAuthentication":true`, "approve", "SUCCESS", "SUCCESS"},
		{"visa", `,"is3DSAuthentication":"true"`, "fail", "FAIL", "USER_PAYMENT_VERIFICATION_FAILED"},
		{"visa-3ds-declined", "", "approve", "FAIL", "DO_NOT_HONOR"},
	} {
		id := fmt.Sprint("v-", i)
		page := m.vault("VERIFICATION_IN_PROCESS", id, c.card, c.change).Get("normalUrl")
		if asked := m.vaultingIs(id, "PROCESSING", "VERIFICATION_IN_PROCESS"); page == "" || asked.Get("normalUrl") != page {
			t.Fatalf("%s: pages %q and %q", id, page, asked.Get("normalUrl"))
		}
		if w := m.visit(page, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Approve saving this card?") {
			t.Errorf("%s: %d %s", id, w.Code, w.Body)
		}
		if w := m.visit(page, "answer=maybe"); w.Code != http.StatusBadRequest {
			t.Errorf("%s: answer=maybe is answered with %d", id, w.Code)
		}
		for _, answer := range []string{c.answer, "approve", "fail"} { // the first counts
			m.visit(page, "answer="+answer)
		}
		if m.vaultingIs(id, c.status, c.code).Get("normalUrl") != "" {
			t.Errorf("%s is done, and has a page", id)
		}
		if w := m.visit(page, ""); strings.Contains(w.Body.String(), "<form") {
			t.Errorf("%s is done, and its page asks: %s", id, w.Body)
		}
		if news := m.newsOfVaulting(id); len(news) != 1 {
			t.Errorf("%s is told %d times", id, len(news))
		}
	}
	if w := m.visit("http://127.0.0.1:4242/vault/unknown", ""); w.Code != http.StatusNotFound {
		t.Errorf("an unknown page: %d", w.Code)
	}
	page := strings.Replace(m.vault("VERIFICATION_IN_PROCESS", "v-9", "visa-3ds", "").Get("normalUrl"), "127.0.0.1", "open-sea-global.alipay.com", 1)
	if w := m.visit(page, ""); w.Code != http.StatusForbidden {
		t.Errorf("a page under Antom's name: %d", w.Code)
	}
}

// A card that frictionless 3DS lets pass has no page, and so has one that the merchant
// has authenticated itself.
func TestVaultingWithoutPage(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	m.vault("SUCCESS", "v-1", "visa-frictionless", `,"is3DSAuthentication":true`)
	m.vault("SUCCESS", "v-2", "visa", `,"is3DSAuthentication":true,"mpiData":{"threeDSVersion":"2.2.0","eci":"05","cavv":"AAABBBCCCDDDEEEFFFGGGHHHIII="}`)
}

// The address differs by terminal, and leads to the same page.
func TestVaultingPageOfTerminals(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	for terminal, part := range map[string]string{"WEB": "/vault/", "WAP": "/vault/wap/", "APP": "/vault/app/"} {
		body := strings.Replace(vaultBody(terminal, "visa-3ds", ""), `"terminalType":"WEB"`, `"terminalType":"`+terminal+`","osType":"IOS"`, 1)
		a := m.wants("VERIFICATION_IN_PROCESS", m.call("vaultPaymentMethod", body), nil)
		if !strings.Contains(a.Get("normalUrl"), part) || (a.Get("schemeUrl") != "") != (terminal == "APP") || (a.Get("applinkUrl") != "") != (terminal == "APP") {
			t.Errorf("%s: %s", terminal, a.Raw)
		}
		if w := m.visit(a.Get("normalUrl"), "answer=approve"); w.Code != http.StatusOK {
			t.Errorf("%s: %d", terminal, w.Code)
		}
		m.vaultingIs(terminal, "SUCCESS", "SUCCESS")
	}
}

// A session's page collects the card, and goes on as if the merchant had.
func TestVaultingSessionPage(t *testing.T) {
	for name, c := range map[string]struct {
		form, more   string // more is a field of the session
		next         string // the beginning of where the buyer goes
		status, code string
	}{
		"saved":          {typed("4054 6957 2310 0768").Encode(), "", "https://shop.test/return", "SUCCESS", "SUCCESS"},
		"a test card":    {"test-card=mastercard", "", "https://shop.test/return", "SUCCESS", "SUCCESS"},
		"declined":       {"test-card=visa-lost", "", "https://shop.test/return", "FAIL", "LOST_CARD"},
		"takes its time": {"test-card=visa-processing", "", "https://shop.test/return", "PROCESSING", "VERIFICATION_IN_PROCESS"},
		"3DS by card":    {"test-card=visa-3ds", "", "/vault/", "PROCESSING", "VERIFICATION_IN_PROCESS"},
		"3DS by request": {"test-card=visa", `"is3DSAuthentication":true,`, "/vault/", "PROCESSING", "VERIFICATION_IN_PROCESS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, sandbox.Config{})
			page := m.wants("SUCCESS", m.call("createVaultingSession", "{"+c.more+sessionBody("s-1")[1:]), nil).Get("normalUrl")
			if w := m.visit(page, ""); !strings.Contains(w.Body.String(), `name="cc-number"`) || !strings.Contains(w.Body.String(), "Save this card") || strings.Contains(w.Body.String(), `name="save"`) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if w := m.visit(strings.Replace(page, "/card/vault/", "/vault/", 1), ""); w.Code != http.StatusSeeOther {
				t.Errorf("the 3DS page before the card: %d", w.Code)
			}
			if w := m.visit(page, "cc-number=4054695723100769"); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "4054695723100769") {
				t.Errorf("a wrong card: %d %s", w.Code, w.Body)
			}
			for _, form := range []string{c.form, c.form, "test-card=visa-declined"} { // the first card counts
				if w := m.visit(page, form); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), c.next) {
					t.Errorf("%s: %d, to %s", form, w.Code, w.Header().Get("Location"))
				}
			}
			asked := m.vaultingIs("s-1", c.status, c.code)
			if c.next != "/vault/" {
				return
			}
			if w := m.visit(asked.Get("normalUrl"), "answer=approve"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://shop.test/return" {
				t.Errorf("after 3DS: %d, to %s", w.Code, w.Header().Get("Location"))
			}
			m.vaultingIs("s-1", "SUCCESS", "SUCCESS")
			if w := m.visit(page, ""); !strings.Contains(w.Body.String(), "Card saved") {
				t.Errorf("the page then: %s", w.Body)
			}
		})
	}
}

// Of a page nobody is turned away: what a rule rejects is declined.
func TestVaultingSessionRejected(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	page := m.wants("SUCCESS", m.call("createVaultingSession", sessionBody("s-1")), nil).Get("normalUrl")
	m.rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{Result: "SYSTEM_ERROR"}})
	m.visit(page, "test-card=visa")
	m.vaultingIs("s-1", "FAIL", "SYSTEM_ERROR")
}

func TestVaultingSessionCloses(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	session := m.wants("SUCCESS", m.call("createVaultingSession", sessionBody("s-1")), nil)
	for _, name := range []string{"vaultingSessionId", "vaultingSessionData", "vaultingSessionExpiryTime", "normalUrl"} {
		if session.Get(name) == "" {
			t.Errorf("the session has no %s: %s", name, session.Raw)
		}
	}
	if at, err := apo.ParseTime(session.Get("vaultingSessionExpiryTime")); err != nil || !at.Equal(m.clock.Add(sandbox.VaultingLife)) {
		t.Errorf("it expires at %s, %v", at, err)
	}
	m.clock = m.clock.Add(sandbox.VaultingLife - time.Second)
	if asked := m.vaultingIs("s-1", "PROCESSING", "VERIFICATION_IN_PROCESS"); asked.Get("normalUrl") != session.Get("normalUrl") {
		t.Errorf("asked: %s", asked.Raw)
	}
	m.clock = m.clock.Add(time.Second)
	m.vaultingIs("s-1", "FAIL", "ORDER_IS_CLOSED")
	if w := m.visit(session.Get("normalUrl"), ""); !strings.Contains(w.Body.String(), "Too late") || strings.Contains(w.Body.String(), "<form") {
		t.Errorf("the page of a closed session: %s", w.Body)
	}
	if again := m.call("createVaultingSession", sessionBody("s-1")); again.Result.Code != "ORDER_IS_CLOSED" {
		t.Errorf("the closed session is answered with %s", again.Raw)
	}
	if news := m.newsOfVaulting("s-1"); len(news) != 1 || news[0].Meaning() != notify.VaultingFailed || news[0].Result.Code != "ORDER_IS_CLOSED" {
		t.Errorf("told: %+v", news)
	}
}

// What apo trigger sends of a vaulting is what the sandbox itself sends.
func TestTriggeredVaulting(t *testing.T) {
	m := newMerchant(t, sandbox.Config{})
	m.vault("SUCCESS", "v-1", "mastercard", "")
	told := m.newsOfVaulting("v-1")[0].Body
	made, err := m.box.Compose(sandbox.News{Kind: "vaulting", Of: "v-1"})
	if err != nil || string(made.Body) != string(told) || made.URL != vaultHook {
		t.Errorf("made for %s: %s\nwant %s (%v)", made.URL, made.Body, told, err)
	}
	made, err = m.box.Compose(sandbox.News{Kind: "vaulting.failed", Of: "v-1", Code: "LOST_CARD"})
	if err != nil || gjson.GetBytes(made.Body, "result.resultCode").Str != "LOST_CARD" || gjson.GetBytes(made.Body, "paymentMethodDetail.card").Exists() {
		t.Errorf("made: %s (%v)", made.Body, err)
	}
	if _, err = m.box.Compose(sandbox.News{Kind: "payment", Of: "v-1"}); err == nil {
		t.Error("a payment is told of by the ID of a vaulting")
	}
	made, err = m.box.Compose(sandbox.News{Kind: "vaulting", URL: vaultHook})
	if err != nil || !json.Valid(made.Body) {
		t.Fatal(err)
	}
	if shape, want := shapeOf(made.Body), shapeOf(told); shape != want {
		t.Errorf("one that is made up has\n%s\nnot\n%s", shape, want)
	}
}

// shapeOf are the names of a document in their order.
func shapeOf(body []byte) string {
	var b strings.Builder
	var walk func(v gjson.Result)
	walk = func(v gjson.Result) {
		v.ForEach(func(key, inner gjson.Result) bool {
			b.WriteString(key.Str + " ")
			if inner.IsObject() {
				b.WriteString("{ ")
				walk(inner)
				b.WriteString("} ")
			}
			return true
		})
	}
	walk(gjson.ParseBytes(body))
	return b.String()
}

// Of a card that is no test card the state keeps no number, whichever way it came.
func TestVaultingKeepsNoNumber(t *testing.T) {
	const number = "4539578763621486"
	dir := t.TempDir()
	m := newMerchant(t, sandbox.Config{State: filepath.Join(dir, "state.db")})
	m.wants("SUCCESS", m.call("vaultPaymentMethod", strings.Replace(vaultBody("v-1", "visa", ""), "4054695723100768", number, 1)), nil)
	page := m.wants("SUCCESS", m.call("createVaultingSession", sessionBody("s-1")), nil).Get("normalUrl")
	m.visit(page, typed(number).Encode())
	m.vaultingIs("s-1", "SUCCESS", "SUCCESS")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err != nil || bytes.Contains(text, []byte(number)) {
			t.Errorf("%s holds the number (%v)", file, err)
		}
	}
}

// Every code that the tables have for a card to be saved can be produced, and is final
// where it is a refusal of the card.
func TestEveryVaultingCodeCanBeProduced(t *testing.T) {
	t.Parallel()
	m, produced := newMerchant(t, sandbox.Config{}), 0
	for _, code := range apo.Codes() {
		listed := slices.Contains(code.APIs, "vaultPaymentMethod") || slices.Contains(code.APIs, "inquireVaulting")
		if !listed || code.Name == "VAULTING_NOT_EXIST" {
			continue
		}
		produced++
		r := m.rule(sandbox.Rule{API: "vaultPaymentMethod", Outcome: sandbox.Outcome{Result: code.Name}})
		a := m.call("vaultPaymentMethod", vaultBody(code.Name, "visa", ""))
		m.unrule(r.ID)
		if a.Unsigned || a.Result.Code != code.Name || a.Result.Status != code.Status {
			t.Errorf("%s: answered %+v", code.Name, a.Result)
		}
		after := m.call("inquireVaulting", `{"vaultingRequestId":"`+code.Name+`"}`)
		status, known := after.Get("vaultingStatus"), after.Result.Code == "SUCCESS"
		switch want := map[string]string{"S": "SUCCESS", "F": "FAIL", "U": "PROCESSING"}[code.Status]; {
		case !known && declined(code.Name):
			t.Errorf("%s is not recorded", code.Name)
		case known && (status != want || after.Get("vaultingResultCode") != code.Name):
			t.Errorf("%s: recorded %s %s", code.Name, status, after.Get("vaultingResultCode"))
		}
	}
	if produced < 10 {
		t.Fatalf("only %d codes are documented; what was looked for?", produced)
	}
}
