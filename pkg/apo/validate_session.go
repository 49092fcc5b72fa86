package apo

// session is what is documented of createPaymentSession. Sources differ about
// paymentMethod and settlementStrategy, which the SDKs leave out: they need not be there.
func (v *validation) session() {
	v.enum("productCode", required, "CASHIER_PAYMENT")
	v.enum("productScene", optional, "CHECKOUT_PAYMENT", "ELEMENT_PAYMENT")
	v.requestID("paymentRequestId")
	amount, amountOK := v.amount("paymentAmount", required)
	v.text("order.referenceOrderId", required, 64)
	v.text("order.orderDescription", required, 256)
	v.orderAmount(amount, amountOK)
	v.goodsQuantities()
	v.text("paymentMethod.paymentMethodType", optional, 64)
	v.enum("paymentFactor.captureMode", optional, "AUTOMATIC", "MANUAL")
	v.url("paymentRedirectUrl", required, 2048, anyApp)
	v.url("paymentNotifyUrl", optional, 2048, webOnly)
	if s, ok := v.get("settlementStrategy.settlementCurrency", optional); ok {
		v.currency("settlementStrategy.settlementCurrency", s)
	}
	v.enum("env.terminalType", optional, "WEB", "WAP", "APP", "MINI_APP")
	v.time("paymentExpiryTime")
	v.time("paymentSessionExpiryTime")
	v.text("locale", optional, 8)
	v.fields(v.doc, "", append(payFields(), []field{
		{name: "savedPaymentMethods", kind: aList, in: []field{{name: "paymentMethodType", most: 64}, {name: "paymentMethodId", most: 2048}}},
		{name: "availablePaymentMethod", kind: anObject, in: []field{{name: "paymentMethodMetaData", kind: anObject, in: cardFields()}}},
		{name: "enableInstallmentCollection", kind: yesOrNo},
	}...))
	v.whole("creditPayPlan.installmentNum", 2, 36)
}

func (v *validation) submitPay() {
	v.text("paymentSessionId", required, 64)
	amount, amountOK := v.amount("paymentAmount", optional)
	v.orderAmount(amount, amountOK)
	v.fields(v.doc, "", []field{{name: "order", kind: anObject, in: []field{
		{name: "orderAmount", kind: anAmount}, {name: "orderTaxAmount", kind: anAmount}, {name: "orderDiscountAmount", kind: anAmount},
	}}})
}
