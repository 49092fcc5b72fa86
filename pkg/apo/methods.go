package apo

import (
	"slices"
	"strings"
)

// PaymentMethod is a payment method of APO.
type PaymentMethod struct {
	Type       string   // paymentMethodType: "CARD"
	Category   string   // paymentMethodCategory of AMS: "WALLET"
	Acquirers  []string // as APO's page names them: "Antom"
	Countries  []string // of its buyers, ISO 3166: "MY"; empty: of any
	Currencies []string // that it is paid in; empty: any
}

// MethodsSource is the page that [PaymentMethods] is from, as it was on the day of
// MethodsDate. It names methods and acquirers; countries and currencies are those of
// the method's own market.
const (
	MethodsSource = "docs.antom.com/ac/apo_zh-cn/payment_methods"
	MethodsDate   = "2026-11-29"
)

// PaymentMethods are the payment methods of APO: it has no API that tells them.
func PaymentMethods() []PaymentMethod {
	antom := []string{"Antom"}
	of := func(country, currency, category string, types ...string) (list []PaymentMethod) {
		for _, t := range types {
			list = append(list, PaymentMethod{t, category, antom, []string{country}, []string{currency}})
		}
		return list
	}
	europe := strings.Fields("AT BE CH CZ DE DK ES FI FR GB GR HU IE IT NL NO PL PT RO SE")
	return slices.Concat(
		[]PaymentMethod{
			{"CARD", "CARD", []string{"Antom", "Adyen", "Stripe", "Checkout.com", "Braintree"}, nil, nil},
			{"APPLEPAY", "WALLET", []string{"Adyen"}, nil, nil},
			{"PAYPAL", "WALLET", []string{"PayPal"}, nil, nil},
			{"AFTERPAY", "WALLET", []string{"Afterpay"}, []string{"AU", "CA", "NZ", "US"}, []string{"AUD", "CAD", "NZD", "USD"}},
			{"KLARNA", "WALLET", []string{"Klarna"}, append(europe, "AU", "CA", "NZ", "US"), strings.Fields("AUD CAD CHF CZK DKK EUR GBP HUF NOK NZD PLN RON SEK USD")},
		},
		of("AT", "EUR", "ONLINE_BANKING", "EPS"),
		of("BE", "EUR", "ONLINE_BANKING", "BANCONTACT"),
		of("BR", "BRL", "BANK_TRANSFER", "PIX"),
		of("BR", "BRL", "WALLET", "MERCADOPAGO_BR"),
		of("CL", "CLP", "WALLET", "MERCADOPAGO_CL"),
		of("MX", "MXN", "WALLET", "MERCADOPAGO_MX"),
		of("BR", "BRL", "WALLET", "PAGALEVE"),
		[]PaymentMethod{
			{"ALIPAY_CN", "ALIPAY_PLUS", antom, []string{"CN"}, nil},
			{"ALIPAY_HK", "ALIPAY_PLUS", antom, []string{"HK"}, nil},
		},
		of("TW", "TWD", "WALLET", "JKOPAY"),
		of("IT", "EUR", "WALLET", "BANCOMATPAY"),
		of("ID", "IDR", "ALIPAY_PLUS", "DANA", "KREDIVO_ID"),
		of("ID", "IDR", "WALLET", "OVO", "GOPAY_ID", "SHOPEEPAY_ID", "QRIS"),
		of("ID", "IDR", "BANK_TRANSFER", "BANKTRANSFER_MAYBANK", "BANKTRANSFER_BNI", "BANKTRANSFER_PERMATA", "BANKTRANSFER_BSI", "CIMBNIAGA", "ATMTRANSFER_ID"),
		of("JP", "JPY", "WALLET", "PAYPAY"),
		of("JP", "JPY", "OTC", "KONBINI"),
		of("JP", "JPY", "ONLINE_BANKING", "ONLINEBANKING_PAYEASY"),
		of("MY", "MYR", "ALIPAY_PLUS", "BOOST", "TNG"),
		of("MY", "MYR", "WALLET", "GRABPAY_MY"),
		of("MY", "MYR", "ONLINE_BANKING", "ONLINEBANKING_FPX"),
		[]PaymentMethod{{"DUITNOW", "WALLET", []string{"2C2P"}, []string{"MY"}, []string{"MYR"}}},
	)
}

// Through reports whether an acquirer takes the method: by the name of APO's page, or by
// that in acquirerInfo ("ALIPAY" is Antom).
func (m PaymentMethod) Through(acquirer string) bool {
	return slices.ContainsFunc(m.Acquirers, func(name string) bool {
		return strings.EqualFold(name, acquirer) || strings.EqualFold(acquirerName(name), acquirer)
	})
}

// acquirerName is an acquirer's in acquirerInfo.
func acquirerName(acquirer string) string {
	switch acquirer {
	case "Antom":
		return "ALIPAY"
	case "Checkout.com":
		return "CHECKOUT"
	}
	return strings.ToUpper(acquirer)
}

// In reports whether buyers of a country can use the method.
func (m PaymentMethod) In(country string) bool {
	return len(m.Countries) == 0 || slices.ContainsFunc(m.Countries, func(c string) bool { return strings.EqualFold(c, country) })
}

// Takes reports whether the method is paid in a currency.
func (m PaymentMethod) Takes(currency string) bool {
	return len(m.Currencies) == 0 || slices.Contains(m.Currencies, currency)
}
