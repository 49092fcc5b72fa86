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
	if slices.Contains(payTexts(), path) {
		return false, true
	}
	whole = slices.ContainsFunc(payTexts(), func(text string) bool { return strings.HasPrefix(text, path+".") })
	table := payFields()
	for i := 0; i < len(names); i++ {
		at := slices.IndexFunc(table, func(f field) bool { return f.name == names[i] })
		if at < 0 {
			return whole, whole
		}
		f := table[at]
		if table = f.in; f.kind == anAmount {
			table = []field{{name: "currency"}, {name: "value"}}
		}
		if f.kind == aList && i+1 < len(names) {
			if i++; !isDigits(names[i]) || len(names[i]) > 2 {
				return false, false
			}
			if i+1 == len(names) {
				return true, true
			}
		}
		if i+1 == len(names) {
			return len(table) > 0 || f.kind == anObject, true
		}
	}
	return whole, whole
}

// payTexts are the fields of pay that [validation.pay] looks at one by one.
func payTexts() []string {
	return []string{
		"productCode", "paymentRequestId", "paymentAmount.currency", "paymentAmount.value", "paymentRedirectUrl", "paymentNotifyUrl", "paymentExpiryTime",
		"order.referenceOrderId", "order.orderDescription", "order.orderAmount.currency", "order.orderAmount.value",
		"paymentMethod.paymentMethodType", "paymentMethod.paymentMethodId",
		"paymentMethod.paymentMethodMetaData.cardNo", "paymentMethod.paymentMethodMetaData.cvv",
		"paymentMethod.paymentMethodMetaData.expiryYear", "paymentMethod.paymentMethodMetaData.expiryMonth",
		"paymentMethod.paymentMethodMetaData.cardholderName.firstName", "paymentMethod.paymentMethodMetaData.cardholderName.middleName",
		"paymentMethod.paymentMethodMetaData.cardholderName.lastName", "paymentMethod.paymentMethodMetaData.cardholderName.fullName",
		"paymentFactor.isAuthorization", "paymentFactor.captureMode", "settlementStrategy.settlementCurrency",
		"creditPayPlan.installmentNum", "metadata", "extendInfo", "env.terminalType", "env.osType", "env.clientIp", "env.colorDepth", "env.timeZoneOffset",
	}
}
