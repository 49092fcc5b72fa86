package apo

import (
	"slices"
	"strings"
)

// PayField looks a field of the request of pay up by its path, such as
// "order.goods.0.goodsName". known is false where nothing of that name is documented;
// whole is true of an object or a list, which has fields and no value of its own.
func PayField(path string) (whole, known bool) {
	names := strings.Split(path, ".")
	if len(names) > 2 && names[0] == "order" && names[1] == "goods" && isDigits(names[2]) && len(names[2]) <= 2 {
		names[2] = "0"
		path = strings.Join(names, ".")
	}
	for _, object := range payObjects() {
		if inner, within := strings.CutPrefix(path+".", object+"."); within {
			return inner == "", !strings.Contains(inner, "..") && !strings.HasPrefix(inner, ".")
		}
	}
	if slices.Contains(payTexts(), path) {
		return false, true
	}
	if slices.ContainsFunc(payTexts(), func(text string) bool { return strings.HasPrefix(text, path+".") }) {
		return true, true
	}
	return fieldIn(payFields(), names)
}

// fieldIn looks a path up in a table.
func fieldIn(table []field, names []string) (whole, known bool) {
	at := slices.IndexFunc(table, func(f field) bool { return f.name == names[0] })
	if at < 0 {
		return false, false
	}
	f, names := table[at], names[1:]
	switch {
	case len(names) == 0:
		return f.kind == anObject || f.kind == aList || f.kind == anAmount, true
	case f.kind == anAmount:
		return false, len(names) == 1 && (names[0] == "currency" || names[0] == "value")
	case f.kind == aList && (!isDigits(names[0]) || len(names[0]) > 2): // a hundred at most
		return false, false
	case f.kind == aList && len(names) == 1:
		return true, true
	case f.kind == aList:
		names = names[1:]
	}
	return fieldIn(f.in, names)
}

// payTexts are fields of pay beside those of [payFields]: those that
// [validation.pay] looks at one by one, and those of which the name alone is known.
func payTexts() []string {
	const buyer, goods, shipping = "order.buyer.", "order.goods.0.", "order.shipping."
	const method, meta = "paymentMethod.", "paymentMethod.paymentMethodMetaData."
	return []string{
		"productCode", "paymentRequestId", "paymentAmount.currency", "paymentAmount.value", "paymentRedirectUrl", "paymentNotifyUrl", "paymentExpiryTime",
		"order.referenceOrderId", "order.orderDescription", "order.orderAmount.currency", "order.orderAmount.value", "order.orderType",
		buyer + "buyerPhoneNoContryCode", shipping + "shippingNumber", shipping + "notes", shipping + "shippingAddress.address3", shipping + "shippingAddress.label",
		goods + "goodsBrand", goods + "goodsQuantity", goods + "goodsSkuName", goods + "goodsImageUrl", goods + "goodsEndsOnTime",
		method + "paymentMethodType", method + "paymentMethodId", method + "funding",
		meta + "cardNo", meta + "cvv", meta + "expiryYear", meta + "expiryMonth", meta + "request3DS", meta + "scaExemptionIndicator",
		meta + "cardholderName.firstName", meta + "cardholderName.middleName", meta + "cardholderName.lastName", meta + "cardholderName.fullName",
		"paymentFactor.isAuthorization", "paymentFactor.captureMode", "paymentFactor.inStorePaymentScenario", "paymentFactor.presentmentMode",
		"settlementStrategy.settlementCurrency", "creditPayPlan.installmentNum", "metadata", "extendInfo", "subscriptionId", "taxCalculationId",
		"env.terminalType", "env.osType", "env.clientIp", "env.colorDepth", "env.timeZoneOffset", "env.storeTerminalId",
	}
}

// payObjects are objects of pay of which is not documented what is in them.
func payObjects() []string {
	return []string{
		"order.merchant", "order.env", "order.transit", "order.lodging", "order.gaming", "order.extendInfo", "order.declaration", "order.shipping.deliveryEstimate",
		"customizedInfo", "agreementInfo", "subscriptionInfo", "paymentQuote", "paymentVerificationData",
	}
}
