package cmd

import (
	"cmp"
	"strings"
	"time"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// waitForBuyer is how long the embedded sandbox serves a 3DS page.
const waitForBuyer = 5 * time.Minute

const cardPath = "paymentMethod.paymentMethodMetaData."

// payBody makes the request: what was asked for first, and then, except on
// live, whatever is still missing.
func (s *session) payBody(o *payOptions) ([]byte, error) {
	asked := []byte("{}")
	var err error
	if o.file != "" {
		if asked, err = s.readObject("--file", o.file); err != nil {
			return nil, err
		}
	}
	defaults, err := profileDefaults(s.profile.Defaults)
	if err != nil {
		return nil, err
	}
	for _, c := range defaults {
		if gjson.GetBytes(asked, c.path).Exists() {
			continue // the file is nearer than the profile
		}
		if asked, err = apply(asked, []change{c}); err != nil {
			return nil, err
		}
	}
	flags, err := s.payFlags(o)
	if err != nil {
		return nil, err
	}
	for _, c := range o.changes {
		if err := s.typedCard(s.profile, c.path+"="+c.value, c.flag); err != nil {
			return nil, err
		}
	}
	if asked, err = apply(asked, append(flags, o.changes...)); err != nil {
		return nil, err
	}
	s.io.Masker.Known.Learn(asked)
	if err := apo.CheckJSON(asked); err != nil {
		return nil, say.Fail(say.Usage, "the request cannot be sent: %v", err)
	}
	missing, err := s.payDefaults(asked)
	if err != nil {
		return nil, err
	}
	if o.file != "" {
		return fill(asked, missing)
	}
	// Without a file the order of the fields is ours: that of APO's guide.
	return merge(missing, asked)
}

// payFlags turns the flags that were given into changes.
func (s *session) payFlags(o *payOptions) (list []change, err error) {
	set := func(path, value string) {
		if value != "" {
			list = append(list, change{flag: "flags", path: path, value: value})
		}
	}
	setJSON := func(path, value string) {
		list = append(list, change{flag: "flags", path: path, value: value, json: true})
	}
	if o.amount != "" {
		a, err := apo.ParseAmount(o.amount, o.currency)
		switch {
		case err == nil:
		case o.currency != "" && strings.Trim(o.amount, "0123456789.,-") == "":
			// Left to the validation, which tells of everything at once.
			a = apo.Amount{Currency: o.currency, Value: o.amount}
		default:
			return nil, say.Fail(say.Usage, "--%v", err)
		}
		set("paymentAmount.currency", a.Currency)
		set("paymentAmount.value", a.Value)
	} else if o.currency != "" {
		set("paymentAmount.currency", o.currency)
	}
	set("paymentRequestId", o.money.requestID)
	set("order.referenceOrderId", o.orderID)
	set("order.orderDescription", o.description)
	set("order.buyer.referenceBuyerId", o.buyerID)
	set("order.buyer.buyerEmail", o.buyerEmail)
	set("order.buyer.buyerPhoneNo", o.buyerPhone)
	set("paymentRedirectUrl", o.redirectURL)
	set("paymentNotifyUrl", cmp.Or(o.notifyURL, s.getenv("APO_NOTIFY_URL")))
	set("settlementStrategy.settlementCurrency", o.settleIn)
	set("env.terminalType", o.terminal)
	set("env.osType", o.os)
	set("env.clientIp", o.clientIP)
	set("paymentMethod.paymentMethodId", o.savedCard)
	if o.capture != "" {
		set("paymentFactor.captureMode", map[string]string{"auto": "AUTOMATIC", "manual": "MANUAL"}[o.capture])
	}
	card, err := s.cardOf(o)
	if err != nil {
		return nil, err
	}
	if card != nil {
		set(cardPath+"cardNo", card.Number)
		set(cardPath+"expiryYear", card.ExpiryYear)
		set(cardPath+"expiryMonth", card.ExpiryMonth)
		set(cardPath+"cvv", card.CVV)
		set(cardPath+"cardholderName.firstName", card.FirstName)
		set(cardPath+"cardholderName.lastName", card.LastName)
	}
	if o.cardholder != "" {
		given, family, _ := cutLast(strings.TrimSpace(o.cardholder), " ")
		set(cardPath+"cardholderName.firstName", given)
		set(cardPath+"cardholderName.lastName", family)
	}
	if o.threeDS {
		setJSON(cardPath+"is3DSAuthentication", "true")
	}
	if o.tokenize {
		set(cardPath+"tokenizeMode", "ASKFORCONSENT")
	}
	return list, nil
}

// payDefaults lists the fields that are missing, in the order of APO's guide,
// with what apo would fill in. All of it is a function of the request ID, so
// that a repetition is the same request.
func (s *session) payDefaults(asked []byte) ([]change, error) {
	doc := gjson.ParseBytes(asked)
	requestID := doc.Get("paymentRequestId").String()
	if !doc.Get("paymentRequestId").Exists() {
		var err error
		if requestID, err = operate.NewID(); err != nil {
			return nil, err
		}
	}
	var list []change
	text := func(path, value string) { list = append(list, change{"default", path, value, false}) }
	raw := func(path, value string) { list = append(list, change{"default", path, value, true}) }

	text("productCode", "CASHIER_PAYMENT")
	text("paymentRequestId", requestID)
	text("paymentAmount.currency", doc.Get("paymentAmount.currency").String())
	text("paymentAmount.value", doc.Get("paymentAmount.value").String())
	if list[len(list)-1].value == "" {
		list = list[:len(list)-2] // nothing can be said of an amount that is missing
	}
	invent := !s.profile.Live()
	if invent {
		text("order.referenceOrderId", "order-"+operate.DerivedID("order", requestID)[:18])
		text("order.orderDescription", "apo pay")
	}
	if a := doc.Get("paymentAmount"); a.Exists() {
		// An amount that is wrong is told of once, not twice.
		if _, err := apo.ParseAmount(a.Get("value").String(), a.Get("currency").String()); err == nil {
			raw("order.orderAmount", a.Raw)
		}
	}
	buyer := doc.Get("order.buyer")
	if invent && !buyer.Get("referenceBuyerId").Exists() && !buyer.Get("buyerEmail").Exists() && !buyer.Get("buyerPhoneNo").Exists() {
		text("order.buyer.referenceBuyerId", "buyer-"+operate.DerivedID("buyer", requestID)[:18])
	}
	text("paymentMethod.paymentMethodType", "CARD")
	saved := doc.Get("paymentMethod.paymentMethodId").Exists()
	if invent && !saved && !doc.Get(cardPath+"cardNo").Exists() {
		list = append(list, testCardChanges()...)
	}
	if !saved {
		raw(cardPath+"is3DSAuthentication", "false")
	}
	raw("paymentFactor.isAuthorization", "true")
	text("paymentFactor.captureMode", "MANUAL")
	if invent {
		text("paymentRedirectUrl", "https://shop.example/return")
		text("env.terminalType", "WEB")
		text("env.clientIp", "203.0.113.7")
	}
	return list, nil
}

// testCardChanges is the card of payments that name none.
func testCardChanges() []change {
	test, _ := sandbox.FindTestCard("visa")
	card := cardOfTest(test)
	var list []change
	for _, f := range [][2]string{
		{"cardNo", card.Number},
		{"expiryYear", card.ExpiryYear},
		{"expiryMonth", card.ExpiryMonth},
		{"cvv", card.CVV},
		{"cardholderName.firstName", card.FirstName},
		{"cardholderName.lastName", card.LastName},
	} {
		list = append(list, change{"default", cardPath + f[0], f[1], false})
	}
	return list
}

// fill sets what is missing and touches nothing else.
func fill(doc []byte, missing []change) ([]byte, error) {
	for _, c := range missing {
		if present(doc, c.path) {
			continue
		}
		var err error
		if doc, err = apply(doc, []change{c}); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

// present reports whether a path has a value, or something that is no object
// stands where the path would go through.
func present(doc []byte, path string) bool {
	for i, c := range path {
		if c != '.' {
			continue
		}
		if v := gjson.GetBytes(doc, path[:i]); v.Exists() && !v.IsObject() {
			return true
		}
	}
	return gjson.GetBytes(doc, path).Exists()
}

// merge writes the defaults in their order, each with the value that was asked
// for where there is one, and behind them what else was asked for.
func merge(defaults []change, asked []byte) ([]byte, error) {
	doc := []byte("{}")
	var err error
	for _, c := range defaults {
		if v := gjson.GetBytes(asked, c.path); v.Exists() {
			c = change{c.flag, c.path, v.Raw, true}
		} else if present(asked, c.path) {
			continue
		}
		if doc, err = apply(doc, []change{c}); err != nil {
			return nil, err
		}
	}
	return overlay(doc, gjson.ParseBytes(asked), "")
}

// overlay sets every value of from in doc: objects field by field, all else
// whole.
func overlay(doc []byte, from gjson.Result, path string) ([]byte, error) {
	var err error
	from.ForEach(func(key, value gjson.Result) bool {
		name := key.String()
		if strings.Trim(name, "-0123456789") == "" {
			err = say.Fail(say.Usage, "a field of the request is called %q, which reads as a position of a list", name)
			return false
		}
		inner := sjsonKey(name)
		if path != "" {
			inner = path + "." + inner
		}
		// Only what the defaults began is gone into; the rest is taken whole.
		if value.IsObject() && gjson.GetBytes(doc, inner).IsObject() {
			doc, err = overlay(doc, value, inner)
		} else {
			doc, err = sjson.SetRawBytes(doc, inner, []byte(value.Raw))
		}
		return err == nil
	})
	return doc, err
}

// sjsonKey keeps the signs of a field's name from being read as a path.
func sjsonKey(name string) string {
	if !strings.ContainsAny(name, `\.*?|#@:`) {
		return name
	}
	return strings.NewReplacer(`\`, `\\`, ".", `\.`, "*", `\*`, "?", `\?`, "|", `\|`, "#", `\#`, "@", `\@`, ":", `\:`).Replace(name)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
