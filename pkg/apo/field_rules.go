package apo

import (
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// FieldRule is what is documented of one field of a request, as [Validate] checks it.
type FieldRule struct {
	API      string // "pay"
	Path     string // "order.goods[].goodsName"; [] is any of a list
	Required bool
	Form     FieldForm
	Most     int      // characters of a text, or items of a list; 0: no end is documented
	Least    int      // of a number
	Greatest int      // of a number; 0: no end is documented
	Words    []string // that it may be; nil: no words are fixed
	Beside   string   // what else is checked: a lower-case phrase; empty: nothing
}

// FieldForm is what a value looks like.
type FieldForm string

const (
	FormText      FieldForm = "text"
	FormEnglish   FieldForm = "english"    // characters of ASCII alone
	FormWord      FieldForm = "word"       // one of Words
	FormRequestID FieldForm = "request-id" // visible ASCII, no spaces
	FormNumber    FieldForm = "number"     // without a fraction
	FormAmount    FieldForm = "amount"     // an object of currency and value
	FormUnits     FieldForm = "units"      // a whole number of the smallest unit, as a text
	FormCurrency  FieldForm = "currency"   // ISO 4217
	FormCountry   FieldForm = "country"    // ISO 3166, two capital letters
	FormTime      FieldForm = "time"       // "2025-01-01T08:00:00+08:00"
	FormDay       FieldForm = "day"        // "2000-01-31"
	FormURL       FieldForm = "url"        // of any scheme, absolute
	FormWebURL    FieldForm = "web-url"    // http or https
	FormObject    FieldForm = "object"
	FormList      FieldForm = "list"
	FormAny       FieldForm = "any" // its name alone is documented
)

// FieldSource says where the rules of fields come from.
const FieldSource = "APO's guide for cards server to server, and the field lengths of the official SDKs"

// Fields are the fields that [Validate] checks of an API's request, in its order; none
// of an API that it does not know. They are read off the checks themselves.
func Fields(endpoint string) []FieldRule {
	v := validation{doc: gjson.Parse("{}"), now: time.Unix(0, 0), rules: &rules{}}
	v.check(endpoint)
	for i := range v.rules.list {
		r := &v.rules.list[i]
		r.API = endpoint
		r.also()
	}
	return v.rules.list
}

// rules are what a validation of nothing was asked to look at. nil takes none.
type rules struct{ list []FieldRule }

// note takes a rule in. Of two about one field the first says more.
func (r *rules) note(rule FieldRule) {
	if r != nil && !slices.ContainsFunc(r.list, func(known FieldRule) bool { return known.Path == rule.Path }) {
		r.list = append(r.list, rule)
	}
}

func (r *rules) amount(path string, must bool) {
	r.note(FieldRule{Path: path, Required: must, Form: FormAmount})
	r.note(FieldRule{Path: path + ".currency", Required: must, Form: FormCurrency})
	r.note(FieldRule{Path: path + ".value", Required: must, Form: FormUnits, Most: maxDigits})
}

func (r *rules) table(within string, table []field) {
	if r == nil {
		return
	}
	forms := map[kind]FieldForm{
		aText: FormText, aWord: FormWord, yesOrNo: FormWord, aNumber: FormNumber, anAmount: FormAmount, aTime: FormTime,
		aDay: FormDay, aCountry: FormCountry, anObject: FormObject, aList: FormList,
	}
	for _, f := range table {
		rule := FieldRule{Path: within + f.name, Form: forms[f.kind], Most: f.most, Words: strings.Fields(f.words)}
		switch f.kind {
		case yesOrNo:
			rule.Words = []string{"true", "false"}
		case aNumber:
			rule.Most, rule.Greatest = 0, f.most
		case anAmount:
			r.amount(rule.Path, optional)
			continue
		}
		if len(rule.Words) == 0 {
			rule.Words = nil
		}
		r.note(rule)
		if f.kind == aList {
			rule.Path += "[]"
		}
		r.table(rule.Path+".", f.in)
	}
}

// also adds what is checked of some fields beside their form.
func (r *FieldRule) also() {
	name := r.Path[strings.LastIndexByte(r.Path, '.')+1:]
	beside := map[string]string{
		"cardNo":      "digits whose check digit is right",
		"cvv":         "three or four digits",
		"expiryYear":  "the last two digits of the year; the card must not have expired",
		"expiryMonth": "from 01 to 12",
		"clientIp":    "the buyer's IP address",
		"colorDepth":  "1, 4, 8, 15, 16, 24, 30, 32 or 48",
		"osType":      "needed where terminalType is WAP",

		"timeZoneOffset":     "a number of minutes from -720 to 720",
		"settlementCurrency": "a currency of ISO 4217",
		"cardholderName":     "firstName and lastName, or fullName",
		"orderAmount":        "where it is there, the same as paymentAmount",
		"disputeEvidence":    "base64",
	}
	if text := beside[name]; text != "" && r.Beside == "" {
		r.Beside = text
	}
	switch {
	case strings.HasSuffix(r.Path, "billingAddress.region"):
		r.Beside = "needed where there is a billingAddress"
	case r.API == "pay" && r.Required && strings.HasPrefix(r.Path, "paymentMethod.paymentMethodMetaData."):
		r.Beside = strings.TrimPrefix(r.Beside+"; not needed where paymentMethodId names a saved card", "; ")
	case r.Path == "order.buyer":
		r.Beside = "needed in pay: referenceBuyerId, buyerPhoneNo or buyerEmail"
	}
}
