package apo

import (
	"net/netip"
)

const vaultedCard = "paymentMethodDetail.card."

// vaultPaymentMethod saves a card that the merchant has collected. The security code
// has four digits at most: APO's page says three, which no AMEX card has.
func (v *validation) vaultPaymentMethod() {
	v.requestID("vaultingRequestId")
	v.url("vaultingNotificationUrl", required, 2048, webOnly)
	v.url("redirectUrl", required, 2048, anyApp)
	v.enum("paymentMethodDetail.paymentMethodType", required, "CARD")
	if number, ok := v.text(vaultedCard+"cardNo", required, 32); ok {
		switch {
		case !isDigits(number):
			v.fail(vaultedCard+"cardNo", "card-number", "is not a card number: it holds more than digits")
		case !Luhn(number) || len(number) < 12:
			v.fail(vaultedCard+"cardNo", "luhn", "is not a card number: its check digit is wrong")
		}
	}
	v.expiry(vaultedCard+"expiryYear", vaultedCard+"expiryMonth", required)
	if cvv, ok := v.text(vaultedCard+"cvv", optional, 4); ok && (!isDigits(cvv) || len(cvv) < 3) {
		v.fail(vaultedCard+"cvv", "cvv", "is not three or four digits")
	}
	v.cardholder(vaultedCard+"cardholderName", optional)
	v.enum("env.terminalType", required, "WEB", "WAP", "APP", "MINI_APP")
	if ip, ok := v.get("env.clientIp", optional); ok {
		if _, err := netip.ParseAddr(ip); err != nil {
			v.fail("env.clientIp", "ip", "is not the buyer's IP address")
		}
	}
	v.fields(v.doc, "", vaultFields())
}

// createVaultingSession has a card saved that APO collects itself.
func (v *validation) createVaultingSession() {
	v.requestID("vaultingRequestId")
	v.enum("paymentMethodType", required, "CARD")
	v.url("vaultingNotificationUrl", required, 2048, webOnly)
	v.url("redirectUrl", optional, 2048, anyApp)
	v.fields(v.doc, "", []field{
		{name: "merchantRegion", kind: aCountry},
		{name: "is3DSAuthentication", kind: yesOrNo},
		{name: "passThroughMetadata", most: 2048},
	})
}

// vaultFields are those of vaultPaymentMethod that need not be there.
func vaultFields() []field {
	return []field{
		{name: "paymentMethodDetail", kind: anObject, in: []field{{name: "card", kind: anObject, in: cardFields()}}},
		{name: "env", kind: anObject, in: []field{{name: "osType", kind: aWord, words: "IOS ANDROID"}}},
		{name: "merchantRegion", kind: aCountry},
		{name: "merchantAccountId", most: 32},
	}
}
