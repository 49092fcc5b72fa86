package apo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// field is what is documented of a value that need not be there.
type field struct {
	name  string
	kind  kind
	most  int     // characters of a text, items of a list, or the largest number; 0: no end
	words string  // of an enumeration, with spaces between
	in    []field // of an object, or of each object of a list
}

type kind int

const (
	aText    kind = iota
	aWord         // one of words
	yesOrNo       // true or false, as a text too
	aNumber       // a whole number, from 0
	anAmount      // an Amount, which may be nothing
	aTime         // a time with an offset
	aDay          // "2000-01-31"
	aCountry      // a country of ISO 3166
	anObject
	aList // of objects
)

// payFields are those of pay. What must be there is not among them: see
// [validation.pay].
func payFields() []field {
	return []field{
		{name: "order", kind: anObject, in: []field{
			{name: "buyer", kind: anObject, in: []field{
				{name: "referenceBuyerId", most: 64},
				{name: "buyerPhoneNo", most: 24},
				{name: "buyerEmail", most: 64},
				{name: "buyerRegistrationTime", kind: aTime},
				{name: "buyerName", kind: anObject, in: nameFields()},
				{name: "isAccountVerified", kind: yesOrNo},
				{name: "successfulOrderCount", kind: aNumber},
			}},
			{name: "goods", kind: aList, most: 100, in: goodsFields()},
			{name: "shipping", kind: anObject, in: []field{
				{name: "shippingName", kind: anObject, in: nameFields()},
				{name: "shippingAddress", kind: anObject, in: addressFields()},
				{name: "shippingCarrier", most: 128},
				{name: "shippingPhoneNo", most: 16},
				{name: "shipToEmail", most: 64},
				{name: "shippingFeeId", most: 64},
				{name: "shippingFee", kind: anAmount},
				{name: "shippingDescription", most: 64},
			}},
			{name: "orderDiscountAmount", kind: anAmount},
			{name: "subTotalOrderAmount", kind: anAmount},
			{name: "needDeclaration", kind: yesOrNo},
		}},
		{name: "paymentMethod", kind: anObject, in: []field{
			{name: "customerId", most: 32},
			{name: "requireIssuerAuthentication", kind: yesOrNo},
			{name: "extendInfo", most: 2048},
			{name: "paymentMethodMetaData", kind: anObject, in: cardFields()},
		}},
		{name: "paymentFactor", kind: anObject, in: []field{{name: "isPaymentEvaluation", kind: yesOrNo}}},
		{name: "env", kind: anObject, in: []field{
			{name: "browserInfo", kind: anObject, in: []field{
				{name: "acceptHeader"}, {name: "javaEnabled", kind: yesOrNo}, {name: "javaScriptEnabled", kind: yesOrNo}, {name: "language"}, {name: "userAgent"},
			}},
			{name: "screenHeight", kind: aNumber},
			{name: "screenWidth", kind: aNumber},
			{name: "deviceBrand", most: 64},
			{name: "deviceModel", most: 128},
			{name: "deviceTokenId", most: 64},
			{name: "extendInfo", most: 2048},
			{name: "deviceId"},
			{name: "deviceLanguage"},
			{name: "userAgent"},
			{name: "cookieId"},
			{name: "osVersion"},
			{name: "storeTerminalRequestTime", kind: aTime},
		}},
		{name: "settlementStrategy", kind: anObject},
		{name: "creditPayPlan", kind: anObject, in: []field{
			{name: "interval", kind: aWord, words: "MONTH"},
			{name: "creditPayFeeType", kind: aWord, words: "PERCENTAGE"},
			{name: "feePercentage", kind: aNumber, most: 100},
		}},
		{name: "merchantRegion", kind: aCountry},
		{name: "userRegion", kind: aCountry},
		{name: "appId", most: 32},
		{name: "merchantAccountId", most: 32},
		{name: "processingAmount", kind: anAmount},
	}
}

func nameFields() []field {
	return []field{{name: "firstName", most: 32}, {name: "middleName", most: 32}, {name: "lastName", most: 32}, {name: "fullName", most: 128}}
}

func addressFields() []field {
	return []field{
		{name: "region", kind: aCountry},
		{name: "state", most: 8},
		{name: "city", most: 32},
		{name: "address1", most: 256},
		{name: "address2", most: 256},
		{name: "zipCode", most: 32},
	}
}

func goodsFields() []field {
	return []field{
		{name: "referenceGoodsId", most: 64},
		{name: "goodsName", most: 256},
		{name: "goodsCategory", most: 64},
		{name: "goodsUrl", most: 2048},
		{name: "priceId", most: 64},
		{name: "goodsUnitAmount", kind: anAmount},
		{name: "goodsDiscountAmount", kind: anAmount},
		{name: "deliveryMethodType", kind: aWord, words: "PHYSICAL DIGITAL"},
	}
}

func cardFields() []field {
	return []field{
		{name: "is3DSAuthentication", kind: yesOrNo},
		{name: "enableAuthenticationUpgrade", kind: yesOrNo},
		{name: "tokenizeMode", most: 64},
		{name: "tokenize", kind: yesOrNo},
		{name: "isCardOnFile", kind: yesOrNo},
		{name: "recurringType", kind: aWord, words: "SCHEDULED UNSCHEDULED"},
		{name: "networkTransactionId", most: 256},
		{name: "selectedCardBrand", most: 64},
		{name: "paymentMethodRegion", most: 6},
		{name: "billingAddress", kind: anObject, in: addressFields()},
		{name: "mpiData", kind: anObject, in: mpiFields()},
		{name: "cpf", most: 11},
		{name: "dateOfBirth", kind: aDay},
		{name: "businessNo", most: 10},
		{name: "cardPasswordDigest", most: 2},
		{name: "payerEmail", most: 64},
	}
}

// fields checks what is there of a table, in its order.
func (v *validation) fields(in gjson.Result, within string, table []field) {
	if v.rules != nil {
		v.rules.table(within, table)
		return
	}
	there := make([]gjson.Result, len(table))
	in.ForEach(func(name, value gjson.Result) bool {
		if i := slices.IndexFunc(table, func(f field) bool { return f.name == name.Str }); i >= 0 {
			there[i] = value
		}
		return true
	})
	for i, f := range table {
		if there[i].Exists() && there[i].Type != gjson.Null {
			v.field(there[i], within+f.name, f)
		}
	}
}

func (v *validation) field(value gjson.Result, path string, f field) {
	switch f.kind {
	case aText:
		v.text(path, optional, f.most)
	case aWord:
		v.enum(path, optional, strings.Fields(f.words)...)
	case yesOrNo:
		v.enum(path, optional, "true", "false")
	case aNumber:
		v.whole(path, 0, f.most)
	case anAmount:
		v.money(value, path)
	case aTime:
		v.time(path)
	case aDay:
		if s, ok := v.text(path, optional, 10); ok {
			if _, err := time.Parse(time.DateOnly, s); err != nil {
				v.fail(path, "time", "is not a day such as 2000-01-31")
			}
		}
	case aCountry:
		if s, ok := v.text(path, optional, 2); ok && !isRegion(s) {
			v.fail(path, "region", "is not a country of ISO 3166, in two capital letters")
		}
	case anObject:
		if v.object(path) {
			v.fields(value, path+".", f.in)
		}
	case aList:
		v.list(value, path, f)
	}
}

func (v *validation) list(value gjson.Result, path string, f field) {
	items := value.Array()
	switch {
	case !value.IsArray():
		v.fail(path, "type", "is not a list")
		return
	case f.most > 0 && len(items) > f.most:
		v.fail(path, "length", fmt.Sprintf("lists %d of them; %d are allowed", len(items), f.most))
		return
	}
	for i, item := range items {
		at := fmt.Sprintf("%s.%d", path, i)
		if !item.IsObject() {
			v.fail(at, "type", "is not an object")
			continue
		}
		v.fields(item, at+".", f.in)
	}
}

// money checks an amount that nobody pays: it may be zero.
func (v *validation) money(value gjson.Result, path string) {
	if !v.object(path) {
		return
	}
	if zero := value.Get("value"); zero.String() != "0" {
		v.amount(path, optional)
		return
	}
	if s, ok := v.get(path+".currency", required); ok {
		v.currency(path+".currency", s)
	}
}

func isRegion(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}
