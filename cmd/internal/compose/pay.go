package compose

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sandbox"
)

const cardPath = "paymentMethod.paymentMethodMetaData."

// PayOptions are what the flags of a payment say.
type PayOptions struct {
	Amount, Currency   string
	File               string
	Changes            []Change // --set and --set-json, in their order
	Card, CardFile     string
	ThreeDS            bool
	Capture            string // "auto", "manual" or empty
	RedirectURL        string
	NotifyURL          string
	OrderID            string
	Description        string
	BuyerID            string
	BuyerEmail         string
	BuyerPhone         string
	Cardholder         string
	Terminal, OS       string
	ClientIP           string
	SettlementCurrency string
	SavedCard          string
	Tokenize           bool
	RequestID          string // empty: a new one
	DryRun             bool   // nothing will be sent, so nobody is asked for a card
	NoCard             bool   // a page will collect it
}

// Check finds what is wrong with the flags alone.
func (o *PayOptions) Check() error {
	switch {
	case o.File == "-" && o.Card == "-":
		return say.Fail(say.Usage, "--file - and --card - both read standard input; give one of them a file")
	case o.Card != "" && o.CardFile != "":
		return say.Fail(say.Usage, "--card and --card-file both give the card; keep one")
	case o.Amount == "" && o.Currency != "" && o.File == "":
		return say.Fail(say.Usage, "--currency without --amount")
	case o.Capture != "" && o.Capture != "auto" && o.Capture != "manual":
		return say.Fail(say.Usage, "--capture %q is not auto or manual", o.Capture)
	}
	return nil
}

// Pay makes the request: what was asked for first, and then, except on
// live, whatever is still missing.
func (src Source) Pay(o *PayOptions) ([]byte, error) { return src.composed(o, src.payDefaults) }

// composed makes a request with what missing finds that it lacks.
func (src Source) composed(o *PayOptions, lacks func(asked []byte) ([]Change, error)) ([]byte, error) {
	asked := []byte("{}")
	var err error
	if o.File != "" {
		if asked, err = src.readObject("--file", o.File); err != nil {
			return nil, err
		}
	}
	defaults, err := profileDefaults(src.Profile.Defaults)
	if err != nil {
		return nil, err
	}
	for _, c := range defaults {
		if gjson.GetBytes(asked, c.path).Exists() {
			continue // the file is nearer than the profile
		}
		if asked, err = apply(asked, []Change{c}); err != nil {
			return nil, err
		}
	}
	flags, err := src.payFlags(o)
	if err != nil {
		return nil, err
	}
	for _, c := range o.Changes {
		if err := src.TypedCard(c.path+"="+c.value, c.flag); err != nil {
			return nil, err
		}
	}
	if asked, err = apply(asked, append(flags, o.Changes...)); err != nil {
		return nil, err
	}
	src.IO.Masker.Known.Learn(asked)
	if err := apo.CheckJSON(asked); err != nil {
		return nil, say.Fail(say.Usage, "the request cannot be sent: %v", err)
	}
	missing, err := lacks(asked)
	if err != nil {
		return nil, err
	}
	if o.File != "" {
		return fill(asked, missing)
	}
	// Without a file the order of the fields is ours: that of APO's guide.
	return merge(missing, asked)
}

// NameFlags names the flags that amount and currency came from, as the commands do that
// have them in no other form.
func (o *PayOptions) NameFlags(found []apo.Violation) []apo.Violation {
	for i, v := range found {
		switch {
		case v.Path == "paymentAmount.value" && o.Amount != "" && v.Value == strconv.Quote(o.Amount):
			found[i].Path = "--amount (" + v.Path + ")"
		case v.Path == "paymentAmount.currency" && o.Currency != "" && v.Value == strconv.Quote(o.Currency):
			found[i].Path = "--currency (" + v.Path + ")"
		}
	}
	return found
}

// payFlags turns the flags that were given into changes.
func (src Source) payFlags(o *PayOptions) (list []Change, err error) {
	set := func(path, value string) {
		if value != "" {
			list = append(list, Change{flag: "flags", path: path, value: value})
		}
	}
	setJSON := func(path, value string) {
		list = append(list, Change{flag: "flags", path: path, value: value, json: true})
	}
	if o.Amount != "" {
		a, err := apo.ParseAmount(o.Amount, o.Currency)
		switch {
		case err == nil:
		case o.Currency != "" && strings.Trim(o.Amount, "0123456789.,-") == "":
			// Left to the validation, which tells of everything at once.
			a = apo.Amount{Currency: o.Currency, Value: o.Amount}
		default:
			return nil, say.Fail(say.Usage, "--%v", err)
		}
		set("paymentAmount.currency", a.Currency)
		set("paymentAmount.value", a.Value)
	} else if o.Currency != "" {
		set("paymentAmount.currency", o.Currency)
	}
	set("paymentRequestId", o.RequestID)
	set("order.referenceOrderId", o.OrderID)
	set("order.orderDescription", o.Description)
	set("order.buyer.referenceBuyerId", o.BuyerID)
	set("order.buyer.buyerEmail", o.BuyerEmail)
	set("order.buyer.buyerPhoneNo", o.BuyerPhone)
	set("paymentRedirectUrl", o.RedirectURL)
	set("paymentNotifyUrl", o.NotifyURL)
	set("settlementStrategy.settlementCurrency", o.SettlementCurrency)
	set("env.terminalType", o.Terminal)
	set("env.osType", o.OS)
	set("env.clientIp", o.ClientIP)
	set("paymentMethod.paymentMethodId", o.SavedCard)
	if o.Capture != "" {
		set("paymentFactor.captureMode", map[string]string{"auto": "AUTOMATIC", "manual": "MANUAL"}[o.Capture])
	}
	card, err := src.card(o)
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
	if o.Cardholder != "" {
		given, family, _ := cutLast(strings.TrimSpace(o.Cardholder), " ")
		set(cardPath+"cardholderName.firstName", given)
		set(cardPath+"cardholderName.lastName", family)
	}
	if o.ThreeDS {
		setJSON(cardPath+"is3DSAuthentication", "true")
	}
	if o.Tokenize {
		set(cardPath+"tokenizeMode", "ASKFORCONSENT")
	}
	return list, nil
}

// payDefaults lists the fields that are missing, in the order of APO's guide,
// with what apo would fill in. All of it is a function of the request ID, so
// that a repetition is the same request.
func (src Source) payDefaults(asked []byte) ([]Change, error) {
	doc := gjson.ParseBytes(asked)
	requestID := doc.Get("paymentRequestId").String()
	if !doc.Get("paymentRequestId").Exists() {
		var err error
		if requestID, err = operate.NewID(); err != nil {
			return nil, err
		}
	}
	var list []Change
	text := func(path, value string) { list = append(list, Change{"default", path, value, false}) }
	raw := func(path, value string) { list = append(list, Change{"default", path, value, true}) }

	text("productCode", "CASHIER_PAYMENT")
	text("paymentRequestId", requestID)
	text("paymentAmount.currency", doc.Get("paymentAmount.currency").String())
	text("paymentAmount.value", doc.Get("paymentAmount.value").String())
	if list[len(list)-1].value == "" {
		list = list[:len(list)-2] // nothing can be said of an amount that is missing
	}
	invent := !src.Profile.Live()
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
	saved := doc.Get("paymentMethod.paymentMethodId").Exists()
	buyer := doc.Get("order.buyer")
	if invent && !buyer.Get("referenceBuyerId").Exists() && !buyer.Get("buyerEmail").Exists() && !buyer.Get("buyerPhoneNo").Exists() {
		id := "buyer-" + operate.DerivedID("buyer", requestID)[:18]
		if saved || doc.Get(cardPath+"tokenizeMode").Exists() || doc.Get(cardPath+"tokenize").Bool() {
			id = "buyer-of-saved-cards" // a saved card is its buyer's: who saved it has to be who pays with it
		}
		text("order.buyer.referenceBuyerId", id)
	}
	text("paymentMethod.paymentMethodType", "CARD")
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
func testCardChanges() []Change {
	test, _ := sandbox.FindTestCard("visa")
	card := cardOfTest(test)
	var list []Change
	for _, f := range cardData(card) {
		list = append(list, Change{"default", cardPath + f[0], f[1], false})
	}
	return list
}

// fill sets what is missing and touches nothing else.
func fill(doc []byte, missing []Change) ([]byte, error) {
	for _, c := range missing {
		if present(doc, c.path) {
			continue
		}
		var err error
		if doc, err = apply(doc, []Change{c}); err != nil {
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
func merge(defaults []Change, asked []byte) ([]byte, error) {
	doc := []byte("{}")
	var err error
	for _, c := range defaults {
		if v := gjson.GetBytes(asked, c.path); v.Exists() {
			c = Change{c.flag, c.path, v.Raw, true}
		} else if present(asked, c.path) {
			continue
		}
		if doc, err = apply(doc, []Change{c}); err != nil {
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
