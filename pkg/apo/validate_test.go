package apo_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"github.com/apo-cli/apo/pkg/apo"
)

const (
	card  = "paymentMethod.paymentMethodMetaData."
	order = "order."
)

func payRequest(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/requests/pay.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// change sets a field of JSON to raw JSON, or deletes it where raw is "".
func change(t testing.TB, document, path, raw string) string {
	t.Helper()
	var err error
	if raw == "" {
		document, err = sjson.Delete(document, path)
	} else {
		document, err = sjson.SetRaw(document, path, raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := apo.CheckJSON([]byte(document)); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return document
}

func text(n int) string { return `"` + strings.Repeat("x", n) + `"` }

// payRules breaks the rules of pay one by one.
func payRules() []struct{ path, raw, at, rule string } {
	return []struct{ path, raw, at, rule string }{
		{"productCode", ``, "productCode", "required"},
		{"productCode", `"IN_STORE"`, "productCode", "value"},
		{"productCode", `["CASHIER_PAYMENT"]`, "productCode", "type"},

		{"paymentRequestId", ``, "paymentRequestId", "required"},
		{"paymentRequestId", `null`, "paymentRequestId", "required"},
		{"paymentRequestId", `""`, "paymentRequestId", "required"},
		{"paymentRequestId", `{}`, "paymentRequestId", "type"},
		{"paymentRequestId", `true`, "paymentRequestId", "type"},
		{"order.orderDescription", `false`, order + "orderDescription", "type"},
		{card + "tokenizeMode", `true`, card + "tokenizeMode", "type"},
		{"paymentRequestId", text(65), "paymentRequestId", "length"},
		{"paymentRequestId", `"demo 0001"`, "paymentRequestId", "format"},
		{"paymentRequestId", `" demo"`, "paymentRequestId", "format"},
		{"paymentRequestId", `"demo\n"`, "paymentRequestId", "format"},
		{"paymentRequestId", `"-demo"`, "paymentRequestId", "dash"},
		{"paymentRequestId", `"démo"`, "paymentRequestId", "format"},
		{"paymentRequestId", `"demo\u007f"`, "paymentRequestId", "format"},

		{"paymentAmount", ``, "paymentAmount", "required"},
		{"paymentAmount.currency", ``, "paymentAmount.currency", "required"},
		{"paymentAmount.currency", `"sgd"`, "paymentAmount.currency", "currency"},
		{"paymentAmount.currency", `"XXX"`, "paymentAmount.currency", "currency"},
		{"paymentAmount.currency", `702`, "paymentAmount.currency", "currency"},
		{"paymentAmount.value", ``, "paymentAmount.value", "required"},
		{"paymentAmount.value", `"0"`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `"-1"`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `"0042"`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `"4,200"`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `"42.00"`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `42.5`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `42e2`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `"４２００"`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `"10000000000000000"`, "paymentAmount.value", "amount"},
		{"paymentAmount.value", `""`, "paymentAmount.value", "amount"},

		{"order.referenceOrderId", ``, order + "referenceOrderId", "required"},
		{"order.referenceOrderId", `""`, order + "referenceOrderId", "required"},
		{"order.referenceOrderId", text(65), order + "referenceOrderId", "length"},
		{"order.orderDescription", ``, order + "orderDescription", "required"},
		{"order.orderDescription", text(257), order + "orderDescription", "length"},
		{"order.orderAmount.value", `"4201"`, order + "orderAmount.value", "same-amount"},
		{"order.orderAmount.currency", `"USD"`, order + "orderAmount.value", "same-amount"},
		{"order.orderAmount.value", `"42.00"`, order + "orderAmount.value", "amount"},
		{"order.buyer", ``, order + "buyer", "required"},
		{"order.buyer", `{}`, order + "buyer", "required"},
		{"order.buyer", `{"buyerName":{"firstName":"Ada"}}`, order + "buyer", "required"},
		{"order.buyer", `{"referenceBuyerId":""}`, order + "buyer", "required"},
		{"order.buyer", `{"buyerEmail":null}`, order + "buyer", "required"},
		{"order.buyer.referenceBuyerId", text(65), order + "buyer.referenceBuyerId", "length"},
		{"order.buyer.buyerPhoneNo", text(25), order + "buyer.buyerPhoneNo", "length"},
		{"order.buyer.buyerEmail", text(65), order + "buyer.buyerEmail", "length"},
		{"order.goods", `[` + strings.Repeat(`{},`, 100) + `{}]`, order + "goods", "length"},
		{"order.goods", `{"goodsName":"Cap"}`, order + "goods", "type"},
		{"order.goods", `["Cap"]`, order + "goods.0", "type"},
		{"order.goods", `[{},{"goodsName":` + text(257) + `}]`, order + "goods.1.goodsName", "length"},
		{"order.goods", `[{"referenceGoodsId":` + text(65) + `}]`, order + "goods.0.referenceGoodsId", "length"},
		{"order.goods", `[{"goodsCategory":` + text(65) + `}]`, order + "goods.0.goodsCategory", "length"},
		{"order.goods", `[{"goodsUrl":` + text(2049) + `}]`, order + "goods.0.goodsUrl", "length"},
		{"order.goods", `[{"goodsUnitAmount":"10"}]`, order + "goods.0.goodsUnitAmount", "type"},
		{"order.goods", `[{"goodsQuantity":"0"}]`, order + "goods.0.goodsQuantity", "value"},
		{"order.goods", `[{"goodsQuantity":1.5}]`, order + "goods.0.goodsQuantity", "value"},
		{"order.goods", `[{"deliveryMethodType":"POST"}]`, order + "goods.0.deliveryMethodType", "value"},
		{"order.buyer.buyerName", `"Ada"`, order + "buyer.buyerName", "type"},
		{"order.buyer.buyerName", `{"firstName":` + text(33) + `}`, order + "buyer.buyerName.firstName", "length"},
		{"order.buyer.buyerRegistrationTime", `"2022-01-10"`, order + "buyer.buyerRegistrationTime", "time"},
		{"order.shipping", `"here"`, order + "shipping", "type"},
		{"order.shipping", `{"shippingName":{"fullName":` + text(129) + `}}`, order + "shipping.shippingName.fullName", "length"},
		{"order.shipping", `{"shippingPhoneNo":` + text(17) + `}`, order + "shipping.shippingPhoneNo", "length"},
		{"order.shipping", `{"shipToEmail":` + text(65) + `}`, order + "shipping.shipToEmail", "length"},
		{"order.shipping", `{"shippingAddress":{"region":"SGP"}}`, order + "shipping.shippingAddress.region", "length"},
		{"order.shipping", `{"shippingAddress":{"state":` + text(9) + `}}`, order + "shipping.shippingAddress.state", "length"},
		{"order.shipping", `{"shippingAddress":{"city":` + text(33) + `}}`, order + "shipping.shippingAddress.city", "length"},
		{"order.shipping", `{"shippingAddress":{"zipCode":` + text(33) + `}}`, order + "shipping.shippingAddress.zipCode", "length"},
		{"order.goods", `[{"goodsUnitAmount":{"currency":"XXX","value":"1"}}]`, order + "goods.0.goodsUnitAmount.currency", "currency"},
		{"order.goods", `[{"goodsUnitAmount":{"currency":"SGD","value":"1.5"}}]`, order + "goods.0.goodsUnitAmount.value", "amount"},
		{"order.goods", `[{"goodsDiscountAmount":{"value":"0"}}]`, order + "goods.0.goodsDiscountAmount.currency", "required"},
		{"order.shipping", `{"shippingFee":{"currency":"SGD","value":"-1"}}`, order + "shipping.shippingFee.value", "amount"},
		{"order.shipping", `{"shippingAddress":{"region":"sg"}}`, order + "shipping.shippingAddress.region", "region"},
		{"order.subTotalOrderAmount", `"42"`, order + "subTotalOrderAmount", "type"},
		{"order.buyer.isAccountVerified", `"maybe"`, order + "buyer.isAccountVerified", "value"},
		{"order.buyer.successfulOrderCount", `-1`, order + "buyer.successfulOrderCount", "value"},
		{"paymentMethod.customerId", text(33), "paymentMethod.customerId", "length"},
		{"paymentMethod.requireIssuerAuthentication", `"maybe"`, "paymentMethod.requireIssuerAuthentication", "value"},
		{"paymentMethod.extendInfo", text(2049), "paymentMethod.extendInfo", "length"},
		{card + "networkTransactionId", text(257), card + "networkTransactionId", "length"},
		{card + "selectedCardBrand", text(65), card + "selectedCardBrand", "length"},
		{card + "paymentMethodRegion", text(7), card + "paymentMethodRegion", "length"},
		{card + "recurringType", `"DAILY"`, card + "recurringType", "value"},
		{card + "tokenize", `"maybe"`, card + "tokenize", "value"},
		{card + "isCardOnFile", `2`, card + "isCardOnFile", "value"},
		{card + "mpiData", `"05"`, card + "mpiData", "type"},
		{card + "mpiData", `{"threeDSVersion":"3"}`, card + "mpiData.threeDSVersion", "value"},
		{card + "mpiData", `{"eci":"09"}`, card + "mpiData.eci", "value"},
		{card + "mpiData", `{"cavv":` + text(65) + `}`, card + "mpiData.cavv", "length"},
		{card + "mpiData", `{"dsTransactionId":` + text(65) + `}`, card + "mpiData.dsTransactionId", "length"},
		{card + "cpf", text(12), card + "cpf", "length"},
		{card + "dateOfBirth", `"2000-13-40"`, card + "dateOfBirth", "time"},
		{card + "dateOfBirth", `"31.01.2000"`, card + "dateOfBirth", "time"},
		{card + "businessNo", text(11), card + "businessNo", "length"},
		{card + "cardPasswordDigest", text(3), card + "cardPasswordDigest", "length"},
		{card + "payerEmail", text(65), card + "payerEmail", "length"},
		{card + "billingAddress", `{"region":"sg"}`, card + "billingAddress.region", "region"},
		{"paymentFactor.isPaymentEvaluation", `"maybe"`, "paymentFactor.isPaymentEvaluation", "value"},
		{"creditPayPlan", `"monthly"`, "creditPayPlan", "type"},
		{"creditPayPlan", `{"interval":"DAY"}`, "creditPayPlan.interval", "value"},
		{"creditPayPlan", `{"creditPayFeeType":"FIXED"}`, "creditPayPlan.creditPayFeeType", "value"},
		{"creditPayPlan", `{"feePercentage":101}`, "creditPayPlan.feePercentage", "value"},
		{"env.browserInfo", `"Firefox"`, "env.browserInfo", "type"},
		{"env.browserInfo", `{"javaEnabled":"maybe"}`, "env.browserInfo.javaEnabled", "value"},
		{"env.browserInfo", `{"userAgent":{}}`, "env.browserInfo.userAgent", "type"},
		{"env.screenHeight", `"tall"`, "env.screenHeight", "value"},
		{"env.storeTerminalRequestTime", `"now"`, "env.storeTerminalRequestTime", "time"},
		{"merchantAccountId", text(33), "merchantAccountId", "length"},
		{"appId", text(33), "appId", "length"},
		{"processingAmount", `{"currency":"sgd","value":"1"}`, "processingAmount.currency", "currency"},
		{"merchantRegion", `"S1"`, "merchantRegion", "region"},
		{"merchantRegion", `"SGP"`, "merchantRegion", "length"},
		{"userRegion", `"SGP"`, "userRegion", "length"},
		{"creditPayPlan", `{"installmentNum":"99"}`, "creditPayPlan.installmentNum", "value"},
		{"env.deviceBrand", text(65), "env.deviceBrand", "length"},
		{"settlementStrategy", `"SGD"`, "settlementStrategy", "type"},

		{"paymentMethod.paymentMethodType", ``, "paymentMethod.paymentMethodType", "required"},
		{"paymentMethod.paymentMethodType", `"ALIPAY_CN"`, "paymentMethod.paymentMethodType", "value"},
		{"paymentMethod.paymentMethodId", text(2049), "paymentMethod.paymentMethodId", "length"},
		{card + "cardNo", ``, card + "cardNo", "required"},
		{card + "cardNo", `""`, card + "cardNo", "required"},
		{card + "cardNo", `"4054 6957 2310 0768"`, card + "cardNo", "card-number"},
		{card + "cardNo", `"４０５４６９５７２３１００７６８"`, card + "cardNo", "card-number"},
		{card + "cardNo", `"4054695723100769"`, card + "cardNo", "luhn"},
		{card + "cardNo", `"40546957231"`, card + "cardNo", "luhn"},
		{card + "cardNo", `"` + strings.Repeat("4", 33) + `"`, card + "cardNo", "length"},
		{card + "expiryYear", ``, card + "expiryYear", "required"},
		{card + "expiryYear", `"3"`, card + "expiryYear", "expiry"},
		{card + "expiryYear", `"203"`, card + "expiryYear", "expiry"},
		{card + "expiryYear", `"3O"`, card + "expiryYear", "expiry"},
		{card + "expiryYear", `"20300"`, card + "expiryYear", "length"},
		{card + "expiryYear", `"24"`, card + "expiryYear", "expired"},
		{card + "expiryYear", `"2024"`, card + "expiryYear", "expired"},
		{card + "expiryMonth", ``, card + "expiryMonth", "required"},
		{card + "expiryMonth", `"00"`, card + "expiryMonth", "expiry"},
		{card + "expiryMonth", `"13"`, card + "expiryMonth", "expiry"},
		{card + "expiryMonth", `"1"`, card + "expiryMonth", "expiry"},
		{card + "expiryMonth", `"1x"`, card + "expiryMonth", "expiry"},
		{card + "cvv", `"73"`, card + "cvv", "cvv"},
		{card + "cvv", `"73x"`, card + "cvv", "cvv"},
		{card + "cvv", `"73777"`, card + "cvv", "length"},
		{card + "cvv", `["737"]`, card + "cvv", "type"},
		{card + "cardholderName", ``, card + "cardholderName", "required"},
		{card + "cardholderName", `{"firstName":"","lastName":""}`, card + "cardholderName", "required"},
		{card + "cardholderName", `"Ada Example"`, card + "cardholderName", "type"},
		{card + "cardholderName", `{"firstName":"Ada"}`, card + "cardholderName.lastName", "required"},
		{card + "cardholderName", `{"lastName":"Example"}`, card + "cardholderName.firstName", "required"},
		{card + "cardholderName", `{"firstName":" ","lastName":" "}`, card + "cardholderName", "required"},
		{card + "cardholderName", `{"firstName":{},"lastName":"Example"}`, card + "cardholderName.firstName", "type"},
		{card + "cardholderName.firstName", `"Adä"`, card + "cardholderName.firstName", "english"},
		{card + "cardholderName.lastName", `"例"`, card + "cardholderName.lastName", "english"},
		{card + "cardholderName.lastName", `"Ex\tample"`, card + "cardholderName.lastName", "english"},
		{card + "cardholderName.firstName", text(33), card + "cardholderName.firstName", "length"},
		{card + "cardholderName.middleName", text(33), card + "cardholderName.middleName", "length"},
		{card + "cardholderName.fullName", text(129), card + "cardholderName.fullName", "length"},
		{card + "is3DSAuthentication", `"yes"`, card + "is3DSAuthentication", "value"},
		{card + "is3DSAuthentication", `1`, card + "is3DSAuthentication", "value"},
		{card + "enableAuthenticationUpgrade", `"TRUE"`, card + "enableAuthenticationUpgrade", "value"},
		{card + "billingAddress", `{"city":"Singapore"}`, card + "billingAddress.region", "required"},
		{card + "billingAddress.region", `"SGP"`, card + "billingAddress.region", "length"},
		{card + "billingAddress", `"here"`, card + "billingAddress", "type"},
		{card + "billingAddress.city", text(33), card + "billingAddress.city", "length"},
		{card + "billingAddress.address1", text(257), card + "billingAddress.address1", "length"},
		{card + "tokenizeMode", `{}`, card + "tokenizeMode", "type"},

		{"paymentFactor.isAuthorization", ``, "paymentFactor.isAuthorization", "required"},
		{"paymentFactor.isAuthorization", `false`, "paymentFactor.isAuthorization", "value"},
		{"paymentFactor", ``, "paymentFactor.isAuthorization", "required"},
		{"paymentFactor.captureMode", `"manual"`, "paymentFactor.captureMode", "value"},

		{"paymentRedirectUrl", ``, "paymentRedirectUrl", "required"},
		{"paymentRedirectUrl", `"/return"`, "paymentRedirectUrl", "url"},
		{"paymentRedirectUrl", `"shop.example/return"`, "paymentRedirectUrl", "url"},
		{"paymentRedirectUrl", `"https://shop.example/a b"`, "paymentRedirectUrl", "url"},
		{"paymentRedirectUrl", `"https:///return"`, "paymentRedirectUrl", "url"},
		{"paymentRedirectUrl", `"https://shop.example/` + strings.Repeat("x", 2028) + `"`, "paymentRedirectUrl", "length"},
		{"paymentNotifyUrl", `"shop://hooks"`, "paymentNotifyUrl", "url"},
		{"paymentNotifyUrl", `"http:hooks"`, "paymentNotifyUrl", "url"},
		{"paymentNotifyUrl", `"http://:8080/hooks"`, "paymentNotifyUrl", "url"},
		{"paymentRedirectUrl", `"https:shop.example"`, "paymentRedirectUrl", "url"},
		{"paymentNotifyUrl", `"/hooks"`, "paymentNotifyUrl", "url"},
		{"paymentNotifyUrl", `"%zz"`, "paymentNotifyUrl", "url"},
		{"settlementStrategy.settlementCurrency", `"usd"`, "settlementStrategy.settlementCurrency", "currency"},
		{"paymentExpiryTime", `"tomorrow"`, "paymentExpiryTime", "time"},
		{"paymentExpiryTime", `"2025-06-01T12:00:00"`, "paymentExpiryTime", "time"},

		{"env.terminalType", ``, "env.terminalType", "required"},
		{"env.terminalType", `"web"`, "env.terminalType", "value"},
		{"env.terminalType", `"WAP"`, "env.osType", "required"},
		{"env.osType", `"LINUX"`, "env.osType", "value"},
		{"env.clientIp", ``, "env.clientIp", "required"},
		{"env.clientIp", `"172.*.*.*"`, "env.clientIp", "ip"},
		{"env.clientIp", `"203.0.113.7:443"`, "env.clientIp", "ip"},
		{"env.clientIp", `""`, "env.clientIp", "ip"},
		{"env.colorDepth", `23`, "env.colorDepth", "value"},
		{"env.colorDepth", `"1 4"`, "env.colorDepth", "value"},
		{"env.timeZoneOffset", `721`, "env.timeZoneOffset", "value"},
		{"env.timeZoneOffset", `"-721"`, "env.timeZoneOffset", "value"},
		{"env.timeZoneOffset", `"UTC+8"`, "env.timeZoneOffset", "value"},
	}
}

func TestPayRulesOneByOne(t *testing.T) {
	good := payRequest(t)
	if found := apo.Validate("pay", []byte(good), noon()); len(found) != 0 {
		t.Fatalf("the good request has violations: %v", found)
	}
	for _, tt := range payRules() {
		t.Run(fmt.Sprintf("%s %.40s", tt.path, tt.raw), func(t *testing.T) {
			wantViolations(t, apo.Validate("pay", []byte(change(t, good, tt.path, tt.raw)), noon()), tt.at+" "+tt.rule)
		})
	}
}

func wantViolations(t *testing.T, found []apo.Violation, want ...string) {
	t.Helper()
	var got []string
	for _, v := range found {
		got = append(got, v.Path+" "+v.Rule)
		if v.Text == "" || strings.HasSuffix(v.Text, ".") {
			t.Errorf("%s: text %q", v.Path, v.Text)
		}
		for _, shown := range []string{v.Value, v.Text, v.String()} {
			if strings.Contains(shown, visa[:9]) || strings.Contains(shown, "4054 6957") || strings.Contains(shown, "737") {
				t.Errorf("%s shows card data: %s", v.Path, shown)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAllPayRulesAtOnce(t *testing.T) {
	body := payRequest(t)
	var want []string
	for _, broken := range []struct{ path, raw, at string }{
		{"productCode", `"IN_STORE"`, "productCode value"},
		{"paymentRequestId", `"-demo"`, "paymentRequestId dash"},
		{"paymentAmount.currency", `"sgd"`, "paymentAmount.currency currency"},
		{"paymentAmount.value", `"42.00"`, "paymentAmount.value amount"},
		{"order.referenceOrderId", ``, "order.referenceOrderId required"},
		{"order.orderDescription", text(257), "order.orderDescription length"},
		{"order.orderAmount.value", `"0"`, "order.orderAmount.value amount"},
		{"order.buyer", `{}`, "order.buyer required"},
		{"paymentMethod.paymentMethodType", `"ALIPAY_CN"`, "paymentMethod.paymentMethodType value"},
		{card + "cardNo", `"4054695723100769"`, card + "cardNo luhn"},
		{card + "expiryYear", `"24"`, card + "expiryYear expired"},
		{card + "cvv", `"73"`, card + "cvv cvv"},
		{card + "cardholderName.firstName", `"Adä"`, card + "cardholderName.firstName english"},
		{"paymentFactor.isAuthorization", `"false"`, "paymentFactor.isAuthorization value"},
		{"paymentFactor.captureMode", `"LATER"`, "paymentFactor.captureMode value"},
		{"paymentRedirectUrl", `"return"`, "paymentRedirectUrl url"},
		{"paymentNotifyUrl", `"hooks"`, "paymentNotifyUrl url"},
		{"settlementStrategy.settlementCurrency", `"XXX"`, "settlementStrategy.settlementCurrency currency"},
		{"paymentExpiryTime", `"soon"`, "paymentExpiryTime time"},
		{"env.terminalType", `"TV"`, "env.terminalType value"},
		{"env.osType", `"BEOS"`, "env.osType value"},
		{"env.clientIp", `"here"`, "env.clientIp ip"},
		{"env.colorDepth", `2`, "env.colorDepth value"},
		{"env.timeZoneOffset", `9999`, "env.timeZoneOffset value"},
		{card + "is3DSAuthentication", `"no"`, card + "is3DSAuthentication value"},
		{"env.screenWidth", `"wide"`, "env.screenWidth value"},
	} {
		body = change(t, body, broken.path, broken.raw)
		want = append(want, broken.at)
	}
	wantViolations(t, apo.Validate("pay", []byte(body), noon()), want...)
}

func TestAnEmptyPayRequest(t *testing.T) {
	wantViolations(t, apo.Validate("pay", []byte(`{}`), noon()),
		"productCode required", "paymentRequestId required", "paymentAmount required",
		"order.referenceOrderId required", "order.orderDescription required", "order.buyer required",
		"paymentMethod.paymentMethodType required", card+"cardNo required", card+"expiryYear required", card+"expiryMonth required",
		card+"cardholderName required", "paymentFactor.isAuthorization required", "paymentRedirectUrl required",
		"env.terminalType required", "env.clientIp required")
}

// The documentation quotes all values, its samples and SDKs do not.
func TestPayAcceptsBothSpellings(t *testing.T) {
	good := payRequest(t)
	for _, tt := range []struct{ path, raw string }{
		{"paymentFactor.isAuthorization", `"true"`},
		{"paymentFactor.captureMode", `"AUTOMATIC"`},
		{"paymentFactor.captureMode", ``},
		{card + "is3DSAuthentication", `"false"`},
		{card + "is3DSAuthentication", `true`},
		{card + "enableAuthenticationUpgrade", `"true"`},
		{card + "cardNo", visa},
		{card + "cardNo", `"` + amex + `"`},
		{card + "cardNo", `"30569309025904"`},
		{card + "expiryYear", `30`},
		{card + "expiryYear", `"2030"`},
		{card + "expiryMonth", `12`},
		{card + "cvv", `"1234"`},
		{card + "cvv", `737`},
		{card + "cvv", ``},
		{card + "cvv", `""`},
		{card + "cardholderName", `{"fullName":"Ada Example-O'Neill"}`},
		{card + "billingAddress", `{"region":"SG"}`},
		{"paymentAmount.value", `4200`},
		{"order.orderAmount", ``},
		{"order.orderAmount.value", `4200`},
		{"order.buyer", `{"buyerPhoneNo":"7040000017"}`},
		{"order.buyer", `{"buyerEmail":"ada@shop.example"}`},
		{"order.orderDescription", `"` + strings.Repeat("ü", 256) + `"`},
		{"order.goods", `[` + strings.Repeat(`{},`, 99) + `{}]`},
		{"env.terminalType", `"APP"`},
		{"env.clientIp", `"2001:db8::7"`},
		{"env.colorDepth", `"24"`},
		{"env.colorDepth", `24`},
		{"env.timeZoneOffset", `"-720"`},
		{"env.timeZoneOffset", `0`},
		{"env", `{"terminalType":"WAP","osType":"IOS","clientIp":"203.0.113.7"}`},
		{"paymentRequestId", text(64)},
		{"paymentRequestId", `20250601`},
		{"paymentRedirectUrl", `"shop://return"`},
		{"paymentRedirectUrl", `"https://shop.example/` + strings.Repeat("x", 2027) + `"`},
		{"paymentNotifyUrl", `"http://127.0.0.1:8080/hooks"`},
		{"paymentNotifyUrl", ``},
		{"paymentExpiryTime", `"2025-06-01T12:00:00+08:00"`},
		{"fieldOfTomorrow", `{"a":[1,2]}`},
		{"order.goods", `[{"fieldOfTomorrow":1}]`},
		{"order.goods", `[{"goodsUnitAmount":{"currency":"SGD","value":"0"}}]`}, // a present
		{"order.shipping", `{"shippingFee":{"currency":"SGD","value":"0"}}`},
		{"order.buyer.successfulOrderCount", `"0"`},
		{"creditPayPlan", `{"installmentNum":"3","interval":"MONTH","creditPayFeeType":"PERCENTAGE","feePercentage":"100"}`},
		{card + "mpiData", `{"threeDSVersion":"2.2.0","eci":"05"}`},
		{card + "dateOfBirth", `"2000-01-31"`},
		{card + "recurringType", `"SCHEDULED"`},
		{"env.browserInfo", `{"javaEnabled":"false","javaScriptEnabled":true}`},
		{"env.screenWidth", `"1536"`},
	} {
		t.Run(fmt.Sprintf("%s %.40s", tt.path, tt.raw), func(t *testing.T) {
			wantViolations(t, apo.Validate("pay", []byte(change(t, good, tt.path, tt.raw)), noon()))
		})
	}
}

// A saved card is paid with by its token alone.
func TestPayWithASavedCard(t *testing.T) {
	body := change(t, payRequest(t), "paymentMethod", `{"paymentMethodType":"CARD","paymentMethodId":"ALIPAYabc"}`)
	wantViolations(t, apo.Validate("pay", []byte(body), noon()))

	body = change(t, body, card+"cvv", `"73"`)
	wantViolations(t, apo.Validate("pay", []byte(body), noon()), card+"cvv cvv")

	body = change(t, body, "paymentMethod.paymentMethodId", `""`)
	wantViolations(t, apo.Validate("pay", []byte(body), noon()), card+"cardNo required", card+"expiryYear required",
		card+"expiryMonth required", card+"cvv cvv", card+"cardholderName required")
}

// A card is good to the end of its month, in the last time zone to see it end.
func TestACardAtTheEdgeOfItsMonth(t *testing.T) {
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, tt := range []struct {
		year, month string
		now         string
		expired     bool
	}{
		{"25", "06", "2025-06-01T00:00:00Z", false},
		{"25", "06", "2025-06-30T23:59:59Z", false},
		{"25", "06", "2025-06-30T23:59:59-12:00", false},
		{"25", "06", "2025-07-01T00:00:00-12:00", true},
		{"25", "06", "2025-07-01T12:00:00Z", true},
		{"25", "06", "2025-07-01T11:59:59Z", false},
		{"25", "06", "2025-07-02T01:59:59+14:00", false},
		{"25", "12", "2025-12-31T23:59:59-12:00", false},
		{"25", "12", "2026-01-01T12:00:00Z", true},
		{"2025", "12", "2026-01-01T12:00:00Z", true},
		{"24", "02", "2024-02-29T23:00:00Z", false},
		{"99", "12", "2025-06-01T00:00:00Z", false},
		{"00", "01", "2025-06-01T00:00:00Z", true},
	} {
		body := change(t, payRequest(t), card+"expiryYear", `"`+tt.year+`"`)
		body = change(t, body, card+"expiryMonth", `"`+tt.month+`"`)
		found := apo.Validate("pay", []byte(body), at(tt.now))
		if tt.expired {
			wantViolations(t, found, card+"expiryYear expired")
		} else {
			wantViolations(t, found)
		}
	}
}

// Wherever a card number is put by mistake, the complaint about it does not
// repeat it.
func TestViolationsNeverShowACard(t *testing.T) {
	good := payRequest(t)
	for _, path := range []string{
		"productCode", card + "cardNo", card + "cvv", card + "expiryYear", card + "expiryMonth", card + "cardholderName.firstName",
		card + "is3DSAuthentication", "paymentFactor.captureMode", "paymentRedirectUrl", "paymentNotifyUrl", "env.terminalType", "env.osType",
		"env.clientIp", "env.colorDepth", "paymentAmount.currency", "paymentAmount.value", "paymentMethod.paymentMethodType",
	} {
		for _, value := range []string{visa + "x", "4054 6957 2310 0768", "card " + visa, visa + visa, "cvv=737"} {
			body := change(t, good, path, gjson.Parse(quoted(value)).Raw)
			for _, v := range apo.Validate("pay", []byte(body), noon()) {
				for _, shown := range []string{v.Value, v.Text, v.String()} {
					if strings.Contains(shown, visa[:9]) || strings.Contains(shown, "4054 6957") || strings.Contains(shown, "737") {
						if value == visa+visa && path != card+"cardNo" {
							continue // 32 digits are no card number
						}
						t.Errorf("%s = %q: %s", path, value, shown)
					}
				}
			}
		}
	}
	for shift := range 30 {
		long := strings.Repeat("x", 85-shift) + " " + visa + strings.Repeat(" x", 128)
		for _, v := range apo.Validate("pay", []byte(change(t, good, "order.orderDescription", quoted(long))), noon()) {
			if strings.Contains(v.String(), visa[:7]) {
				t.Errorf("cut in two, it shows: %s", v)
			}
		}
	}
}

func TestViolationsReadLikeSentences(t *testing.T) {
	good := payRequest(t)
	for _, tt := range []struct{ path, raw, want string }{
		{"paymentAmount.value", `"42.00"`, `paymentAmount.value is not an integer in the smallest unit, in the digits 0 to 9 ("42.00")`},
		{"env.clientIp", ``, "env.clientIp is missing"},
		{"env.terminalType", `"TV"`, `env.terminalType is not WEB, WAP, APP or MINI_APP ("TV")`},
		{card + "cardNo", `"4054695723100769"`, card + `cardNo is not a card number: its check digit is wrong ("************0769")`},
		{"paymentRequestId", text(66), `paymentRequestId has 66 characters, 2 more than the 64 allowed ("` + strings.Repeat("x", 66) + `")`},
		{"order.orderAmount.value", `"4201"`, `order.orderAmount.value differs from paymentAmount: SGD 42.01, not SGD 42.00 ("4201")`},
	} {
		found := apo.Validate("pay", []byte(change(t, good, tt.path, tt.raw)), noon())
		if len(found) != 1 || found[0].String() != tt.want {
			t.Errorf("got  %v\nwant %s", found, tt.want)
		}
	}
}

func TestOtherRequests(t *testing.T) {
	const (
		capture = `{"captureRequestId":"capture-1","paymentId":"1","captureAmount":{"currency":"SGD","value":"4200"}}`
		refund  = `{"refundRequestId":"refund-1","paymentId":"1","refundAmount":{"currency":"SGD","value":"4200"}}`
	)
	for _, tt := range []struct {
		api, body string
		want      []string
	}{
		{"capture", capture, nil},
		{"capture", `{}`, []string{"captureRequestId required", "paymentId required", "captureAmount required"}},
		{"capture", change(t, capture, "captureRequestId", `"a b"`), []string{"captureRequestId format"}},
		{"capture", change(t, capture, "captureRequestId", text(65)), []string{"captureRequestId length"}},
		{"capture", change(t, capture, "paymentId", `""`), []string{"paymentId required"}},
		{"capture", change(t, capture, "paymentId", text(65)), []string{"paymentId length"}},
		{"capture", change(t, capture, "paymentId", `{}`), []string{"paymentId type"}},
		{"capture", change(t, capture, "captureAmount.value", `"0"`), []string{"captureAmount.value amount"}},
		{"capture", change(t, capture, "captureAmount.value", `4200`), nil},
		{"capture", change(t, capture, "captureAmount", `"SGD 42.00"`), []string{"captureAmount.currency required", "captureAmount.value required"}},
		{"capture", change(t, capture, "captureAmount.currency", `"sgd"`), []string{"captureAmount.currency currency"}},
		{"capture", change(t, capture, "isLastCapture", `"true"`), nil},
		{"capture", change(t, capture, "isLastCapture", `"maybe"`), []string{"isLastCapture value"}},
		{"capture", change(t, capture, "isLastCapture", `1`), []string{"isLastCapture value"}},
		{"capture", change(t, capture, "captureType", `{}`), []string{"captureType type"}},

		{"refund", refund, nil},
		{"refund", `{}`, []string{"refundRequestId required", "paymentId required", "refundAmount required"}},
		{"refund", change(t, refund, "refundRequestId", `"-1"`), []string{"refundRequestId dash"}},
		{"refund", change(t, refund, "refundAmount.value", `"-1"`), []string{"refundAmount.value amount"}},
		{"refund", change(t, refund, "refundReason", text(257)), []string{"refundReason length"}},
		{"refund", change(t, refund, "referenceRefundId", text(65)), []string{"referenceRefundId length"}},
		{"refund", change(t, refund, "captureId", text(65)), []string{"captureId length"}},
		{"refund", change(t, refund, "isAsyncRefund", `"maybe"`), []string{"isAsyncRefund value"}},
		{"refund", change(t, refund, "refundDetails", `"all"`), []string{"refundDetails type"}},
		{"refund", change(t, refund, "refundDetails", `[{"refundFrom":"SELLER","refundAmount":{"currency":"SGD","value":"10"}}]`), nil},
		{"refund", change(t, refund, "refundDetails", `[{"refundFrom":"BUYER"}]`), []string{"refundDetails.0.refundFrom value"}},
		{"refund", change(t, refund, "refundNotifyUrl", `"hooks"`), []string{"refundNotifyUrl url"}},
		{"refund", change(t, refund, "refundNotifyUrl", `"https://shop.example/`+strings.Repeat("x", 1004)+`"`), []string{"refundNotifyUrl length"}},

		{"cancel", `{"paymentId":"1"}`, nil},
		{"cancel", `{"paymentRequestId":"1"}`, nil},
		{"cancel", `{"paymentId":"1","paymentRequestId":"2"}`, nil},
		{"cancel", `{}`, []string{"paymentId required"}},
		{"cancel", `{"paymentId":""}`, []string{"paymentId required"}},
		{"cancel", `{"paymentId":null}`, []string{"paymentId required"}},
		{"cancel", `{"paymentId":"","paymentRequestId":""}`, []string{"paymentId required"}},
		{"cancel", `{"paymentId":` + text(65) + `}`, []string{"paymentId length"}},

		{"cancel", `{"paymentId":"1","merchantAccountId":` + text(33) + `}`, []string{"merchantAccountId length"}},
		{"inquiryPayment", `{"paymentId":"1"}`, nil},
		{"inquiryPayment", `{"paymentId":"1","merchantAccountId":` + text(33) + `}`, []string{"merchantAccountId length"}},
		{"inquiryPayment", `{"paymentRequestId":"1","fieldOfTomorrow":1}`, nil},
		{"inquiryPayment", `{"captureId":"1"}`, []string{"paymentId required"}},
		{"inquiryPayment", `{"paymentRequestId":` + text(65) + `}`, []string{"paymentRequestId length"}},
		{"inquiryPayment", `{"paymentRequestId":["1"]}`, []string{"paymentRequestId type"}},

		{"inquiryRefund", `{"refundId":"1"}`, nil},
		{"inquiryRefund", `{"refundRequestId":"1"}`, nil},
		{"inquiryRefund", `{"refundRequestId":"a b"}`, []string{"refundRequestId format"}},
		{"inquiryRefund", `{"refundId":"é"}`, []string{"refundId format"}},
		{"inquiryRefund", `{"refundId":"1","merchantAccountId":` + text(33) + `}`, []string{"merchantAccountId length"}},
		{"inquiryRefund", `{}`, []string{"refundId required"}},
		{"inquiryRefund", `{"refundRequestId":""}`, []string{"refundId required"}},
		{"inquiryRefund", `{"refundRequestId":` + text(65) + `}`, []string{"refundRequestId length"}},

		{"syncArrear", `{}`, nil},
		{"/ams/api/v1/payments/new", `{}`, nil},
	} {
		t.Run(fmt.Sprintf("%s %.60s", tt.api, tt.body), func(t *testing.T) {
			wantViolations(t, apo.Validate(tt.api, []byte(tt.body), noon()), tt.want...)
		})
	}
}

func TestCheckRequestID(t *testing.T) {
	for _, id := range []string{"a", "demo-0001", "A_b.c:d/e", "20250601141372000148000038000", strings.Repeat("x", 64), "~!"} {
		if problem := apo.CheckRequestID(id); problem != "" {
			t.Errorf("%q %s", id, problem)
		}
	}
	for _, id := range []string{"", " ", "a b", "-", "-a", "a\n", "\x00", "é", "a\u00a0", "\u202e", strings.Repeat("x", 65), strings.Repeat("ü", 65)} {
		if apo.CheckRequestID(id) == "" {
			t.Errorf("%q is accepted", id)
		}
	}
}
