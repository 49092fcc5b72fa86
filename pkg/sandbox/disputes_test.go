package sandbox_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// captured is the paymentId of a payment that was captured.
func (m *merchant) captured(id, amount string) string {
	m.Helper()
	payment := m.pay("SUCCESS", id, "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", id+"-c", payment, amount)
	return payment
}

func (m *merchant) dispute(of, amount string) sandbox.Dispute {
	m.Helper()
	n := sandbox.NewDispute{Of: of}
	if amount != "" {
		n.Amount = apo.Amount{Currency: "SGD", Value: amount}
	}
	d, err := m.box.OpenDispute(n)
	must(m.T, err)
	return d
}

func (m *merchant) judged(id, result string) sandbox.Dispute {
	m.Helper()
	d, err := m.box.JudgeDispute(id, result)
	must(m.T, err)
	return d
}

// While a dispute is open nothing is refunded; after it, what it left.
func TestRefundsWaitForDisputes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, amount, result, left string
	}{
		{"whole, lost", "", sandbox.JudgedForCustomer, "0"},
		{"whole, won", "", sandbox.JudgedForMerchant, "700"},
		{"a part, lost", "250", sandbox.JudgedForCustomer, "450"},
		{"a part, won", "250", sandbox.JudgedForMerchant, "700"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, sandbox.Config{})
			payment := m.captured("p", "800")
			m.refund("SUCCESS", "r1", payment, "100")
			d := m.dispute("p", c.amount)
			m.refund("ORDER_STATUS_INVALID", "r2", payment, "1")
			m.refund("SUCCESS", "r1", payment, "100") // as it was answered
			m.cancel("ORDER_STATUS_INVALID", "p")
			m.capture("SUCCESS", "c2", payment, "1") // what was not captured nobody disputes
			m.capture("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "c3", payment, "200")
			if p, _, err := m.box.Payment("p"); err != nil || p.Dispute != d.ID {
				t.Errorf("%+v %v", p, err)
			}
			if d = m.judged(d.ID, c.result); d.Status != "JUDGED" || d.Result != c.result || fmt.Sprint(d.Left-1) != c.left {
				t.Errorf("%+v", d)
			}
			m.refund("REFUND_AMOUNT_EXCEED", "r2", payment, fmt.Sprint(d.Left+1))
			m.refund("SUCCESS", "r2", payment, fmt.Sprint(d.Left))
			m.refund("REFUND_AMOUNT_EXCEED", "r3", payment, "1")
			m.cancel("ORDER_STATUS_INVALID", "p")
			if _, err := m.box.OpenDispute(sandbox.NewDispute{Of: "p"}); !errors.Is(err, sandbox.ErrNotDisputable) {
				t.Errorf("disputed again: %v", err)
			}
		})
	}
}

// What is not captured cannot be disputed, nor more than is left of it, nor twice at once.
func TestWhatCannotBeDisputed(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Rules: []sandbox.Rule{{API: "capture", RequestID: "slow-c", Outcome: sandbox.Outcome{Result: "CAPTURE_IN_PROCESS", Then: "SUCCESS", After: time.Hour}}}})
	m.pay("SUCCESS", "held", "1000", "visa")
	m.pay("DO_NOT_HONOR", "declined", "1000", "visa-declined")
	m.pay("SUCCESS", "given-up", "1000", "visa")
	m.cancel("SUCCESS", "given-up")
	slow := m.pay("SUCCESS", "slow", "1000", "visa").Get("paymentId")
	m.capture("CAPTURE_IN_PROCESS", "slow-c", slow, "1000")
	m.refund("SUCCESS", "back-r", m.captured("back", "1000"), "1000")
	m.captured("fine", "600")
	for of, n := range map[string]sandbox.NewDispute{
		"nothing of the payment was captured": {Of: "held"}, "is FAIL": {Of: "declined"}, "is CANCELLED": {Of: "given-up"},
		"so nothing can be disputed": {Of: "slow"}, "nothing is left": {Of: "back"},
		"is at most SGD 6.00, not SGD 6.01": {Of: "fine", Amount: apo.Amount{Currency: "SGD", Value: "601"}},
		"not SGD 0.00":                      {Of: "fine", Amount: apo.Amount{Currency: "SGD", Value: "0"}},
		"not USD 1.00":                      {Of: "fine", Amount: apo.Amount{Currency: "USD", Value: "100"}},
		"not SGD x":                         {Of: "fine", Amount: apo.Amount{Currency: "SGD", Value: "x"}},
		"no payment of this number":         {Of: "nobody"},
		`"": the sandbox has no payment`:    {},
		"a disputeReasonCode is":            {Of: "fine", Reason: "for fun"},
	} {
		if d, err := m.box.OpenDispute(n); err == nil || !strings.Contains(err.Error(), of) {
			t.Errorf("%+v is %+v, %v; want %s", n, d, err, of)
		}
	}
	d := m.dispute("fine", "100")
	if _, err := m.box.OpenDispute(sandbox.NewDispute{Of: "fine"}); !errors.Is(err, sandbox.ErrNotDisputable) || !strings.Contains(err.Error(), d.ID) {
		t.Error(err)
	}
	for id, want := range map[string]string{"nobody": "no dispute of this number", "held": "no dispute of this number", d.ID: "is judged"} {
		if _, err := m.box.JudgeDispute(id, "MAYBE"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	m.judged("fine", sandbox.JudgedForMerchant) // by the payment's number
	if _, err := m.box.JudgeDispute(d.ID, sandbox.JudgedForCustomer); !errors.Is(err, sandbox.ErrNotDisputable) {
		t.Error(err)
	}
	if again := m.dispute("fine", ""); again.ID == d.ID || again.Amount.Value != "600" {
		t.Errorf("%+v after %+v", again, d)
	}
	if list, err := m.box.Disputes(10); err != nil || len(list) != 2 {
		t.Errorf("%+v %v", list, err)
	}
	must(t, m.box.Reset())
	if list, err := m.box.Disputes(10); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// The merchant is told of a dispute twice, at the dashboard's address alone, and what
// trigger tells of it has the same body.
func TestDisputesAreNotified(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{Seed: "disputes", Acquirers: []sandbox.Acquirer{{Name: "ADYEN", Weight: 1}}})
	request := m.request("p", "1000", "mastercard")
	request.PaymentNotifyURL = "http://elsewhere.example/hooks"
	answer, err := m.client.Pay(t.Context(), request)
	payment := m.wants("SUCCESS", answer, err).Get("paymentId")
	m.capture("SUCCESS", "c", payment, "1000")
	m.delivers(2)
	m.passes(24 * time.Hour)
	d, err := m.box.OpenDispute(sandbox.NewDispute{Of: "p", Reason: "2206"})
	must(t, err)
	if made, err := m.box.Compose(sandbox.News{Kind: "dispute.created", Of: d.ID, URL: hooks}); err != nil || !bytes.Equal(made.Body, m.news().Body) {
		t.Errorf("%s\n%s %v", made.Body, m.news().Body, err)
	}
	m.passes(time.Hour)
	m.judged(d.ID, sandbox.JudgedForCustomer)
	if made, err := m.box.Compose(sandbox.News{Kind: "dispute.judged", Of: "p", URL: hooks}); err != nil || !bytes.Equal(made.Body, m.news().Body) {
		t.Errorf("%s\n%s %v", made.Body, m.news().Body, err)
	}
	m.delivers(2)
	got := r.all()[2:]
	common := []string{"disputeReasonCode", "disputeSource", "paymentRequestId", "disputeId", "paymentId", "disputeNotificationType", "acquirerInfo.acquirerName", "acquirerInfo.acquirerMerchantId", "acquirerInfo.acquirerTransactionId"}
	created := []string{"disputeTime", "disputeAmount.value", "defenseDueTime", "disputeReasonMsg", "disputeType", "defendable", "acquirerInfo.acquirerReasonCode", "acquirerInfo.acquirerReasonDescription"}
	judgement := []string{"disputeJudgedTime", "disputeJudgedAmount.currency", "disputeJudgedResult"}
	m.has(got[0].body, slices.Concat(common, created), append(judgement, "notifyType", "result"))
	m.has(got[1].body, slices.Concat(common, judgement), append(created, "notifyType", "result"))
	for path, want := range map[string]string{
		"disputeTime": "2026-03-02T04:00:00-08:00", "defenseDueTime": "2026-03-09T05:00:00-07:00", "disputeReasonMsg": "Duplicate Processing/Paid by Other Means",
		"acquirerInfo.acquirerReasonCode": "4834", "disputeId": d.ID, "disputeSource": "MASTERCARD", "disputeAmount": `{"currency":"SGD","value":"1000"}`,
		"acquirerInfo.acquirerTransactionId": answer.Get("acquirerInfo.acquirerTransactionId"),
	} {
		if got[0].get(path) != want {
			t.Errorf("%s is %s, want %s", path, got[0].get(path), want)
		}
	}
	if got[1].get("disputeJudgedTime") != "2026-03-02T05:00:00-08:00" || len(d.ID) != 28 || !strings.HasPrefix(d.ID, "20260302") {
		t.Errorf("%s %s", d.ID, got[1].body)
	}
	for i, want := range []notify.Meaning{notify.DisputeOpened, notify.DisputeLost} {
		m.verified(got[i], "request-time")
		if n, err := notify.Read(got[i].body); err != nil || n.Meaning() != want || !strings.Contains(got[i].url.Host, "shop") {
			t.Errorf("%s is %s, %v", got[i].body, n.Meaning(), err)
		}
	}
	m.passes(30 * 24 * time.Hour)
	m.delivers(0) // APO tells nothing else
}

// Of which acquirers disputes are told an option says; they are booked all the same.
func TestDisputesOfAcquirers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		option, acquirer string
		told             bool
	}{{"all", "CHECKOUT", true}, {"all", "ALIPAY", true}, {"antom-paypal", "CHECKOUT", false}, {"antom-paypal", "ALIPAY", true}} {
		m, _ := newPassiveShop(t, sandbox.Config{Options: sandbox.Options{"dispute-acquirers": c.option}, Acquirers: []sandbox.Acquirer{{Name: c.acquirer, Weight: 1}}})
		payment := m.captured("p", "1000")
		d := m.dispute("p", "")
		if told := m.news().Type == "DISPUTE_CREATED"; told != c.told || d.Status != "OPEN" {
			t.Errorf("%+v: told %t, %+v", c, told, d)
		}
		m.refund("ORDER_STATUS_INVALID", "r", payment, "1")
	}
}

// AMS's APIs are there where the option says so.
func TestAMSAPIsAreAnOption(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"consult":                 `{"productCode":"CASHIER_PAYMENT","paymentAmount":{"currency":"SGD","value":"1000"},"env":{"terminalType":"WEB"}}`,
		"updateAmount":            `{"updateRequestId":"u","paymentId":"nobody","amount":{"currency":"SGD","value":"1000"}}`,
		"acceptDispute":           `{"disputeId":"nobody"}`,
		"supplyDefenseDocument":   `{"disputeId":"nobody","disputeEvidence":"AAAA"}`,
		"downloadDisputeEvidence": `{"disputeId":"nobody","disputeEvidenceType":"DISPUTE_EVIDENCE_FILE"}`,
	}
	off, on := newMerchant(t, sandbox.Config{}), newMerchant(t, sandbox.Config{Options: sandbox.Options{"ams-apis": "on"}})
	for api, body := range bodies {
		off.wants("NO_INTERFACE_DEF", off.call(api, body), nil)
		want := map[string]string{"consult": "SUCCESS", "updateAmount": "ORDER_NOT_EXIST"}[api]
		if want == "" {
			want = "PARAM_ILLEGAL"
		}
		on.wants(want, on.call(api, body), nil)
		on.wants("PARAM_ILLEGAL", on.call(api, `{}`), nil)
	}
	on.will("consult", sandbox.Outcome{Result: "SYSTEM_ERROR"})
	on.wants("SYSTEM_ERROR", on.call("consult", bodies["consult"]), nil)
}

// A merchant of AMS accepts a dispute, defends it once, or lets its time pass.
func TestDisputesOfAMS(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{Options: sandbox.Options{"ams-apis": "on"}})
	accept := func(code, id string) *apo.Answer {
		return m.wants(code, m.call("acceptDispute", `{"disputeId":"`+id+`"}`), nil)
	}
	supply := func(code, id string) *apo.Answer {
		return m.wants(code, m.call("supplyDefenseDocument", `{"disputeId":"`+id+`","disputeEvidence":"NDA1NDY5NTcyMzEwMDc2OA=="}`), nil)
	}
	told := func(want ...string) {
		t.Helper()
		before := len(r.all())
		if _, err := m.box.DeliverDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, d := range r.all()[before:] {
			if kind := d.get("disputeNotificationType"); kind != "" {
				kinds = append(kinds, kind+" "+d.get("disputeAcceptReason"))
			}
		}
		if fmt.Sprint(kinds) != fmt.Sprint(want) {
			t.Errorf("told %q, want %q", kinds, want)
		}
	}

	payment := m.captured("accepted", "1000")
	d := m.dispute("accepted", "400")
	answer := accept("SUCCESS", d.ID)
	m.has(answer.Raw, []string{"disputeId", "disputeResolutionTime"}, nil)
	accept("REPEAT_REQUEST", d.ID)
	supply("REPEAT_REQUEST", d.ID)
	told("DISPUTE_CREATED ", "DISPUTE_ACCEPTED MERCHANT_ACCEPTED")
	m.refund("REFUND_AMOUNT_EXCEED", "r", payment, "601")
	m.refund("SUCCESS", "r", payment, "600")

	m.captured("defended", "1000")
	d = m.dispute("defended", "")
	supply("SUCCESS", d.ID)
	supply("REPEAT_REQUEST", d.ID)
	accept("REPEAT_REQUEST", d.ID)
	m.passes(8 * 24 * time.Hour)
	told("DISPUTE_CREATED ", "DEFENSE_SUPPLIED ")
	if d = m.judged(d.ID, sandbox.JudgedForMerchant); d.Left != 1000 {
		t.Errorf("%+v", d)
	}
	told("DISPUTE_JUDGED ")

	m.captured("late", "1000")
	d = m.dispute("late", "")
	m.passes(6 * 24 * time.Hour)
	told("DISPUTE_CREATED ", "DEFENSE_DUE_ALERT ")
	m.passes(24 * time.Hour)
	accept("TIME_EXCEEDS_LIMIT", d.ID)
	supply("TIME_EXCEEDS_LIMIT", d.ID)
	told("DISPUTE_ACCEPTED TIMEOUT")
	if _, err := m.box.CancelDispute(d.ID); !errors.Is(err, sandbox.ErrNotDisputable) {
		t.Error(err)
	}

	m.captured("taken-back", "1000")
	d = m.dispute("taken-back", "")
	d, err := m.box.CancelDispute(d.ID)
	if err != nil || d.Status != "CANCELLED" || d.Left != 1000 {
		t.Errorf("%+v %v", d, err)
	}
	told("DISPUTE_CREATED ", "DISPUTE_CANCELLED ")
	apos := newMerchant(t, sandbox.Config{})
	apos.captured("p", "1000")
	if _, err := apos.box.CancelDispute(apos.dispute("p", "").ID); !errors.Is(err, sandbox.ErrNotDisputable) {
		t.Error(err)
	}
}

// A document about a dispute is one that can be opened.
func TestDisputeEvidence(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Options: sandbox.Options{"ams-apis": "on"}})
	m.captured("p", "1000")
	d := m.dispute("p", "")
	for kind, want := range map[string]string{"DISPUTE_EVIDENCE_FILE": "(What the cardholder says in dispute " + d.ID + ")", "DISPUTE_EVIDENCE_TEMPLATE": "(Your defense in dispute "} {
		answer := m.wants("SUCCESS", m.call("downloadDisputeEvidence", `{"disputeId":"`+d.ID+`","disputeEvidenceType":"`+kind+`"}`), nil)
		text, err := base64.StdEncoding.DecodeString(answer.Get("disputeEvidence"))
		must(t, err)
		if answer.Get("disputeEvidenceFormat") != "PDF" || !strings.HasPrefix(string(text), "%PDF-1.4\n") || !strings.Contains(string(text), want) {
			t.Errorf("%s: %s", kind, text)
		}
		table := strings.Index(string(text), "xref\n0 6\n")
		if !strings.HasSuffix(string(text), fmt.Sprintf("startxref\n%d\n%%%%EOF\n", table)) {
			t.Errorf("%s", text)
		}
		for i, line := range strings.Split(string(text[table:]), "\n")[3:8] {
			var at int
			fmt.Sscanf(line, "%d", &at)
			if !strings.HasPrefix(string(text[at:]), fmt.Sprintf("%d 0 obj", i+1)) {
				t.Errorf("object %d is not at %s", i+1, line)
			}
		}
	}
}

// The amount of an authorization changes until it is captured, once under each ID.
func TestUpdateAmount(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Options: sandbox.Options{"ams-apis": "on"}})
	update := func(code, id, payment, currency, value string) *apo.Answer {
		t.Helper()
		return m.wants(code, m.call("updateAmount", fmt.Sprintf(`{"updateRequestId":"%s","paymentId":"%s","amount":{"currency":"%s","value":"%s"}}`, id, payment, currency, value)), nil)
	}
	p := m.pay("SUCCESS", "p", "1000", "visa").Get("paymentId")
	other := m.pay("SUCCESS", "other", "1000", "visa").Get("paymentId")
	first := update("SUCCESS", "u1", p, "SGD", "1100")
	update("REPEAT_REQ_INCONSISTENT", "u1", p, "SGD", "1600")
	update("REPEAT_REQ_INCONSISTENT", "u1", other, "SGD", "1100")
	update("CURRENCY_NOT_SUPPORT", "u2", p, "USD", "1500")
	update("PARAM_ILLEGAL", "u2", p, "SGD", "1100")
	update("PARAM_ILLEGAL", "u2", p, "SGD", "99999999999999999999")
	update("SUCCESS", "u3", p, "SGD", "1200")
	if again := update("SUCCESS", "u1", p, "SGD", "1100"); !bytes.Equal(again.Raw, first.Raw) {
		t.Errorf("%s, and again %s", first.Raw, again.Raw)
	}
	m.pay("SUCCESS", "p", "1000", "visa") // with the amount that it asked for
	m.pay("REPEAT_REQ_INCONSISTENT", "p", "1200", "visa")
	if got := m.inquire("SUCCESS", "p").Amount; got.Value != "1200" {
		t.Errorf("it is %s", got)
	}
	m.capture("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "c", p, "1201")
	m.capture("SUCCESS", "c", p, "1200")
	update("INCREMENTAL_NOT_SUPPORT", "u4", p, "SGD", "1300")
	for n := range 10 {
		update("SUCCESS", fmt.Sprint("n", n), other, "SGD", fmt.Sprint(1001+n))
	}
	update("INCREMENTAL_NOT_SUPPORT", "n10", other, "SGD", "1500")
	m.cancel("SUCCESS", "other")
	update("ORDER_IS_CANCELED", "u5", other, "SGD", "1")
	m.passes(8 * 24 * time.Hour)
	lapsed := m.pay("SUCCESS", "lapsed", "1000", "visa").Get("paymentId")
	m.passes(8 * 24 * time.Hour)
	update("AUTH_EXPIRED", "u6", lapsed, "SGD", "1")
	m.pay("DO_NOT_HONOR", "declined", "1000", "visa-declined")
	declined, _, err := m.box.Payment("declined")
	must(t, err)
	update("ORDER_STATUS_INVALID", "u7", declined.PaymentID, "SGD", "1")
}

// consult tells the methods of regions, and which of them take the currency.
func TestConsult(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Options: sandbox.Options{"ams-apis": "on"}})
	for more, want := range map[string]string{
		``:                   "CARD APPLEPAY PAYPAL KREDIVO_ID:off PAYPAY:off ALIPAY_CN",
		`,"userRegion":"MY"`: "CARD APPLEPAY PAYPAL TNG:off -PAYPAY -KREDIVO_ID",
		`,"userRegion":"CN"`: "CARD ALIPAY_CN -TNG",
		`,"allowedPaymentMethodRegions":["GLOBAL"]`:      "CARD -ALIPAY_CN",
		`,"allowedPaymentMethodRegions":["JP","GLOBAL"]`: "CARD PAYPAY:off KONBINI:off -EPS",
	} {
		answer := m.wants("SUCCESS", m.call("consult", `{"productCode":"CASHIER_PAYMENT","paymentAmount":{"currency":"SGD","value":"1000"},"env":{"terminalType":"WEB"}`+more+`}`), nil)
		is := map[string]gjson.Result{}
		for _, o := range gjson.GetBytes(answer.Raw, "paymentOptions").Array() {
			is[o.Get("paymentMethodType").String()] = o
		}
		for name := range strings.FieldsSeq(want) {
			name, off := strings.CutSuffix(name, ":off")
			name, absent := strings.CutPrefix(name, "-")
			o := is[name]
			if o.Exists() == absent || !absent && o.Get("enabled").Bool() == off || off != (o.Get("disableReason").String() == "CHANNEL_NOT_SUPPORT_CURRENCY") {
				t.Errorf("%s: %s is %s", more, name, o.Raw)
			}
		}
		if !json.Valid(answer.Raw) || is["CARD"].Get("paymentOptionDetail.supportCardBrands.#").Int() < 5 {
			t.Errorf("%s", answer.Raw)
		}
	}
}
