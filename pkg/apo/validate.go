package apo

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Violation is one field of a request that breaks a rule of the API.
type Violation struct {
	Path  string // "paymentMethod.paymentMethodMetaData.cardNo"
	Rule  string // stable name: "required", "length", "luhn", "expired", …
	Text  string // the rule in words: "is not a card number: its check digit is wrong"
	Value string // the value, masked; "" where it is missing

	Meant []Amount // of the rule "amount": what the value may mean, the likelier first
}

func (v Violation) String() string {
	if v.Value == "" {
		return v.Path + " " + v.Text
	}
	return fmt.Sprintf("%s %s (%s)", v.Path, v.Text, v.Value)
}

// Validate checks the body of a request against what is documented of its
// API and returns all violations at once, in the order of the rules. APIs and
// fields that it does not know pass. body is strict JSON already ([CheckJSON]).
//
// Sources: APO's guide for cards server to server, and the field lengths of
// the official SDKs.
func Validate(endpoint string, body []byte, now time.Time) []Violation {
	v := validation{doc: gjson.ParseBytes(body), now: now}
	v.check(endpoint)
	return v.found
}

func (v *validation) check(endpoint string) {
	switch endpoint {
	case "pay":
		v.pay()
	case "createPaymentSession":
		v.session()
	case "retrievePaymentSession":
		v.oneOf("paymentSessionId", "paymentRequestId")
	case "submitPay":
		v.submitPay()
	case "inquiryPayment", "cancel":
		v.oneOf("paymentId", "paymentRequestId")
		v.text("merchantAccountId", optional, 32)
	case "capture":
		v.requestID("captureRequestId")
		v.text("paymentId", required, 64)
		v.amount("captureAmount", required)
		v.fields(v.doc, "", []field{{name: "isLastCapture", kind: yesOrNo}, {name: "captureType"}})
	case "refund":
		v.requestID("refundRequestId")
		v.text("paymentId", required, 64)
		v.amount("refundAmount", required)
		v.text("refundReason", optional, 256)
		v.text("referenceRefundId", optional, 64)
		v.url("refundNotifyUrl", optional, 1024, webOnly)
		v.fields(v.doc, "", []field{
			{name: "captureId", most: 64},
			{name: "isAsyncRefund", kind: yesOrNo},
			{name: "actualRefundAmount", kind: anAmount},
			{name: "refundDetails", kind: aList, in: []field{
				{name: "refundAmount", kind: anAmount}, {name: "refundFrom", kind: aWord, words: "SELLER MARKETPLACE UNSETTLED_FUNDS"},
			}},
		})
	case "verifyAndCompletePayment":
		v.completion()
	case "inquiryRefund":
		v.oneOf("refundId", "refundRequestId")
		v.plain("refundId")
		v.plain("refundRequestId")
		v.text("merchantAccountId", optional, 32)
	case "vaultPaymentMethod":
		v.vaultPaymentMethod()
	case "createVaultingSession":
		v.createVaultingSession()
	case "inquireVaulting":
		v.text("vaultingRequestId", required, 64)
	case "consult", "updateAmount", "acceptDispute", "supplyDefenseDocument", "downloadDisputeEvidence":
		v.ams(endpoint)
	}
}

const (
	required = true
	optional = false
	webOnly  = true
	anyApp   = false
)

type validation struct {
	doc   gjson.Result
	now   time.Time
	found []Violation
	rules *rules // nil, unless they are asked for: see [Fields]
}

func (v *validation) fail(path, rule, text string) {
	value := v.doc.Get(path)
	shown := value.String()
	name := path[strings.LastIndexByte(path, '.')+1:]
	if value.Type == gjson.JSON || !value.Exists() {
		shown = ""
	}
	shown = Masker{}.one(name, shown, hidingOf(name))
	if runes := []rune(shown); len(runes) > 80 {
		shown = string(runes[:80]) + "…"
	}
	if shown != "" {
		shown = strconv.Quote(shown)
	}
	v.found = append(v.found, Violation{Path: path, Rule: rule, Text: text, Value: shown})
}

// get returns the value as text and whether it is there, and complains where
// it must be and is not, or is no scalar.
func (v *validation) get(path string, must bool) (string, bool) {
	v.rules.note(FieldRule{Path: path, Required: must, Form: FormText})
	value := v.doc.Get(path)
	switch {
	case !value.Exists() || value.Type == gjson.Null:
		if must {
			v.fail(path, "required", "is missing")
		}
		return "", false
	case value.Type == gjson.JSON:
		v.fail(path, "type", "is an object or a list; wanted is a text")
		return "", false
	}
	if value.Type == gjson.Number {
		return value.Raw, true
	}
	return value.String(), true
}

// word is get for what is a text: a number may be one, true is none.
func (v *validation) word(path string, must bool) (string, bool) {
	s, ok := v.get(path, must)
	if (s == "true" || s == "false") && v.doc.Get(path).Type != gjson.String {
		v.fail(path, "type", "is "+s+"; wanted is a text")
		return "", false
	}
	return s, ok
}

// text is a text of at most so many characters; 0: of any length.
func (v *validation) text(path string, must bool, most int) (string, bool) {
	v.rules.note(FieldRule{Path: path, Required: must, Form: FormText, Most: most})
	s, ok := v.word(path, must)
	switch n := utf8.RuneCountInString(s); {
	case !ok:
		return "", false
	case s == "" && must:
		v.fail(path, "required", "is empty")
		return "", false
	case most > 0 && n > most:
		v.fail(path, "length", fmt.Sprintf("has %d characters, %d more than the %d allowed", n, n-most, most))
		return "", false
	}
	return s, s != ""
}

func (v *validation) oneOf(a, b string) {
	v.rules.note(FieldRule{Path: a, Form: FormText, Most: 64, Beside: "needed unless " + b + " is there"})
	v.rules.note(FieldRule{Path: b, Form: FormText, Most: 64, Beside: "needed unless " + a + " is there"})
	if v.doc.Get(a).String() == "" && v.doc.Get(b).String() == "" {
		v.fail(a, "required", "is missing, and so is "+b+": one of them is needed")
		return
	}
	v.text(a, optional, 64)
	v.text(b, optional, 64)
}

// plain is an ID without special characters.
func (v *validation) plain(path string) {
	id := v.doc.Get(path).String()
	if problem := specialIn(id); problem != "" && utf8.RuneCountInString(id) <= 64 {
		v.fail(path, "format", problem)
	}
}

// specialIn says which character of an ID may not be in one; "" where all may.
func specialIn(id string) string {
	at := strings.IndexFunc(id, special)
	if at < 0 {
		return ""
	}
	const rule = "may hold visible ASCII characters alone, no spaces"
	r, _ := utf8.DecodeRuneInString(id[at:])
	n := utf8.RuneCountInString(id[:at]) + 1
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.M, r) && r != utf8.RuneError {
		return fmt.Sprintf("%s: character %d is %c (%U)", rule, n, r, r)
	}
	return fmt.Sprintf("%s: character %d is %U", rule, n, r)
}

func special(r rune) bool { return r <= ' ' || r >= 0x7f }

func (v *validation) requestID(path string) {
	v.rules.note(FieldRule{Path: path, Required: required, Form: FormRequestID, Most: 64})
	s, ok := v.word(path, required)
	if !ok {
		return
	}
	if problem := checkRequestID(s); problem != "" {
		rule := "format"
		if strings.HasPrefix(s, "-") && utf8.RuneCountInString(s) <= 64 && specialIn(s) == "" {
			rule = "dash" // apo's own: a gateway takes it
		}
		if s == "" {
			rule = "required"
		} else if utf8.RuneCountInString(s) > 64 {
			rule = "length"
		}
		v.fail(path, rule, problem)
	}
}

func checkRequestID(id string) string {
	switch n := utf8.RuneCountInString(id); {
	case id == "":
		return "is empty"
	case n > 64:
		return fmt.Sprintf("has %d characters, %d more than the 64 allowed", n, n-64)
	case strings.HasPrefix(id, "-") && specialIn(id) == "":
		return "begins with '-', so that every command would take it for a flag"
	}
	return specialIn(id)
}

func (v *validation) amount(path string, must bool) (Amount, bool) {
	v.rules.amount(path, must)
	if at := v.doc.Get(path); !at.Exists() || at.Type == gjson.Null {
		if must {
			v.fail(path, "required", "is missing")
		}
		return Amount{}, false
	}
	currency, hasCurrency := v.get(path+".currency", required)
	value, hasValue := v.get(path+".value", required)
	ok := hasCurrency && hasValue
	if hasCurrency && !v.currency(path+".currency", currency) {
		ok = false
	}
	if hasValue {
		if err := checkDigits(value); err != nil {
			v.fail(path+".value", "amount", err.Error())
			if digits, err := CurrencyDigits(currency); err == nil {
				v.found[len(v.found)-1].Meant = meant(value, currency, digits)
			}
			ok = false
		}
	}
	return Amount{currency, value}, ok
}

func (v *validation) currency(path, currency string) (ok bool) {
	if _, err := CurrencyDigits(currency); err != nil {
		says := "is not a currency of ISO 4217 in capitals"
		if upper := strings.ToUpper(currency); upper != currency {
			if _, err := CurrencyDigits(upper); err == nil {
				says += "; it is written " + upper
			}
		}
		v.fail(path, "currency", says)
		return false
	}
	return true
}

func (v *validation) url(path string, must bool, most int, web bool) {
	form := FormURL
	if web {
		form = FormWebURL
	}
	v.rules.note(FieldRule{Path: path, Required: must, Form: form, Most: most})
	s, ok := v.text(path, must, most)
	if !ok {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" || strings.ContainsAny(s, " \t\r\n") {
		v.fail(path, "url", "is not an absolute URL")
		return
	}
	switch ofWeb := u.Scheme == "https" || u.Scheme == "http"; {
	case web && !ofWeb:
		v.fail(path, "url", "is not an http or https URL")
	case ofWeb && u.Hostname() == "":
		v.fail(path, "url", "names no host")
	}
}

func (v *validation) enum(path string, must bool, values ...string) (string, bool) {
	if v.rules != nil {
		v.rules.note(FieldRule{Path: path, Required: must, Form: FormWord, Words: slices.Clone(values)})
	}
	s, ok := v.get(path, must)
	if !ok {
		return "", false
	}
	for _, value := range values {
		if s == value {
			return s, true
		}
	}
	v.fail(path, "value", "is not "+list(values))
	return "", false
}

// english is a text in what the guide calls English characters: those of ASCII.
func (v *validation) english(path string, most int) {
	v.rules.note(FieldRule{Path: path, Form: FormEnglish, Most: most})
	s, ok := v.text(path, optional, most)
	if ok && strings.ContainsFunc(s, func(r rune) bool { return r >= 0x7f || r < ' ' }) {
		v.fail(path, "english", "may hold English letters alone")
	}
}

func (v *validation) time(path string) {
	v.rules.note(FieldRule{Path: path, Form: FormTime, Most: 64})
	if s, ok := v.text(path, optional, 64); ok {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			v.fail(path, "time", "is not a time such as 2025-01-01T08:00:00+08:00")
		}
	}
}

func (v *validation) pay() {
	v.enum("productCode", required, "CASHIER_PAYMENT")
	v.requestID("paymentRequestId")
	amount, amountOK := v.amount("paymentAmount", required)
	v.order(amount, amountOK)
	v.method()
	v.enum("paymentFactor.isAuthorization", required, "true")
	v.enum("paymentFactor.captureMode", optional, "AUTOMATIC", "MANUAL")
	v.url("paymentRedirectUrl", required, 2048, anyApp)
	v.url("paymentNotifyUrl", optional, 2048, webOnly)
	if s, ok := v.get("settlementStrategy.settlementCurrency", optional); ok {
		v.currency("settlementStrategy.settlementCurrency", s)
	}
	v.time("paymentExpiryTime")
	v.env()
	v.fields(v.doc, "", payFields())
	v.whole("creditPayPlan.installmentNum", 2, 36)
}

func (v *validation) order(amount Amount, amountOK bool) {
	v.text("order.referenceOrderId", required, 64)
	v.text("order.orderDescription", required, 256)
	v.orderAmount(amount, amountOK)
	buyer := v.doc.Get("order.buyer")
	if buyer.Get("referenceBuyerId").String()+buyer.Get("buyerPhoneNo").String()+buyer.Get("buyerEmail").String() == "" {
		v.fail("order.buyer", "required", "identifies nobody: referenceBuyerId, buyerPhoneNo or buyerEmail is needed")
	}
	v.goodsQuantities()
}

// orderAmount is that of the payment, where it is given.
func (v *validation) orderAmount(amount Amount, amountOK bool) {
	if of, ok := v.amount("order.orderAmount", optional); ok && amountOK && of != amount {
		v.fail("order.orderAmount.value", "same-amount", fmt.Sprintf("differs from paymentAmount: %s, not %s", of, amount))
	}
}

// goodsQuantities: where there are goods, there is one at least.
func (v *validation) goodsQuantities() {
	v.rules.note(FieldRule{Path: "order.goods[].goodsQuantity", Form: FormNumber, Least: 1})
	for i, item := range v.doc.Get("order.goods").Array() {
		if item.IsObject() {
			v.whole(fmt.Sprintf("order.goods.%d.goodsQuantity", i), 1, 0)
		}
	}
}

func (v *validation) method() {
	const meta = "paymentMethod.paymentMethodMetaData."
	v.enum("paymentMethod.paymentMethodType", required, "CARD")
	saved, _ := v.text("paymentMethod.paymentMethodId", optional, 2048)
	if number, ok := v.text(meta+"cardNo", saved == "", 32); ok {
		switch {
		case !isDigits(number):
			v.fail(meta+"cardNo", "card-number", "is not a card number: it holds more than digits")
		case !Luhn(number) || len(number) < 12:
			v.fail(meta+"cardNo", "luhn", "is not a card number: its check digit is wrong")
		}
	}
	v.expiry(meta+"expiryYear", meta+"expiryMonth", saved == "")
	if cvv, ok := v.text(meta+"cvv", optional, 4); ok && (!isDigits(cvv) || len(cvv) < 3) {
		v.fail(meta+"cvv", "cvv", "is not three or four digits")
	}
	v.cardholder(meta+"cardholderName", saved == "")
	if v.doc.Get(meta + "billingAddress").IsObject() {
		v.text(meta+"billingAddress.region", required, 0)
	}
}

// cardholder is a first and a last name, or a whole one.
func (v *validation) cardholder(path string, must bool) {
	v.rules.note(FieldRule{Path: path, Required: must, Form: FormObject})
	for _, f := range nameFields() {
		v.rules.note(FieldRule{Path: path + "." + f.name, Form: FormEnglish, Most: f.most})
	}
	name := v.doc.Get(path)
	switch there := name.Exists() && name.Type != gjson.Null; {
	case there && !name.IsObject():
		v.fail(path, "type", "is not an object with firstName and lastName")
		return
	case !there && must:
		v.fail(path, "required", "is missing")
		return
	}
	given := func(part string) bool { return strings.TrimSpace(name.Get(part).String()) != "" }
	if must && !given("fullName") {
		switch {
		case !given("firstName") && !given("lastName"):
			v.fail(path, "required", "is empty: firstName and lastName are needed")
		case !given("firstName"):
			v.fail(path+".firstName", "required", "is missing")
		case !given("lastName"):
			v.fail(path+".lastName", "required", "is missing")
		}
	}
	for _, f := range nameFields() {
		v.english(path+"."+f.name, f.most)
	}
}

func (v *validation) expiry(yearPath, monthPath string, must bool) {
	year, hasYear := v.text(yearPath, must, 4)
	month, hasMonth := v.text(monthPath, must, 2)
	if hasYear && (!isDigits(year) || len(year) != 2 && len(year) != 4) {
		v.fail(yearPath, "expiry", "is not the last two digits of a year")
		hasYear = false
	}
	if hasMonth && (len(month) != 2 || month < "01" || month > "12" || !isDigits(month)) {
		v.fail(monthPath, "expiry", "is not a month from 01 to 12")
		hasMonth = false
	}
	if hasYear && hasMonth && !v.now.Before(CardEnd(year, month)) {
		v.fail(yearPath, "expired", "and expiryMonth lie in the past: the card has expired")
	}
}

func (v *validation) env() {
	terminal, _ := v.enum("env.terminalType", required, "WEB", "WAP", "APP", "MINI_APP")
	v.enum("env.osType", optional, "IOS", "ANDROID")
	if os := v.doc.Get("env.osType").String(); terminal == "WAP" && os == "" {
		v.fail("env.osType", "required", "is missing: terminalType WAP needs IOS or ANDROID")
	}
	if ip, ok := v.get("env.clientIp", required); ok {
		if _, err := netip.ParseAddr(ip); err != nil {
			v.fail("env.clientIp", "ip", "is not the buyer's IP address")
		}
	}
	if s, ok := v.get("env.colorDepth", optional); ok && !slices.Contains([]string{"1", "4", "8", "15", "16", "24", "30", "32", "48"}, s) {
		v.fail("env.colorDepth", "value", "is not 1, 4, 8, 15, 16, 24, 30, 32 or 48")
	}
	if s, ok := v.get("env.timeZoneOffset", optional); ok {
		if n, err := strconv.Atoi(s); err != nil || n < -720 || n > 720 {
			v.fail("env.timeZoneOffset", "value", "is not a number of minutes from -720 to 720")
		}
	}
}

// object complains of something else than an object, and reports whether one is
// there.
func (v *validation) object(path string) bool {
	switch value := v.doc.Get(path); {
	case !value.Exists() || value.Type == gjson.Null:
		return false
	case !value.IsObject():
		v.fail(path, "type", "is not an object")
		return false
	}
	return true
}

// whole checks a number without a fraction, which may be written as a text; 0:
// it has no end.
func (v *validation) whole(path string, from, to int) {
	v.rules.note(FieldRule{Path: path, Form: FormNumber, Least: from, Greatest: to})
	s, ok := v.text(path, optional, 16)
	n, err := strconv.Atoi(s)
	switch {
	case !ok:
	case to == 0 && (err != nil || n < from):
		v.fail(path, "value", fmt.Sprintf("is not a whole number from %d on", from))
	case to > 0 && (err != nil || n < from || n > to):
		v.fail(path, "value", fmt.Sprintf("is not a whole number from %d to %d", from, to))
	}
}

func list(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}
