package sandbox_test

import (
	"strings"
	"testing"
)

// The SDKs' own classes for a session, and a pay as the guide's Java sample sends it; one
// path of theirs has a slash too many.
func TestSDKMakesSessions(t *testing.T) {
	shop := openShop(t)
	for _, k := range sdks() {
		t.Run(k.name, func(t *testing.T) {
			made := shop.call(t, k, "createPaymentSession", object{
				"productCode": "CASHIER_PAYMENT", "productScene": "CHECKOUT_PAYMENT", "paymentRequestId": "s-" + k.name, "paymentAmount": sgd("4200"),
				"order":         object{"referenceOrderId": "o-1", "orderDescription": "antom testing order", "orderAmount": sgd("4200")},
				"paymentMethod": object{"paymentMethodType": "CARD"}, "paymentRedirectUrl": "https://www.yourMerchantWeb.com",
				"paymentNotifyUrl": "https://www.yourNotifyUrl.com", "settlementStrategy": object{"settlementCurrency": "SGD"},
			})
			made.want(t, "result.resultStatus", "S")
			if !strings.Contains(made.get("normalUrl"), "/card/session/") || made.get("paymentSessionData") == "" {
				t.Errorf("%s", made.body)
			}
			seen := shop.callAt(t, k, "/ams/sandbox/api//v1/payments/retrievePaymentSession", object{"paymentSessionId": made.get("paymentSessionId")})
			seen.want(t, "result.resultStatus", "S")
			seen.want(t, "order.referenceOrderId", "o-1")
			sample := order("h-" + k.name)
			sample["paymentMethod"] = object{"paymentMethodType": "CARD", "paymentMethodMetaData": object{"tokenizeMode": "ASKFORCONSENT"}}
			asked := shop.call(t, k, "pay", sample)
			asked.want(t, "result.resultCode", "PAYMENT_IN_PROCESS")
			if !strings.Contains(asked.get("normalUrl"), "/card/pay/") {
				t.Errorf("%s", asked.body)
			}
			begun := shop.call(t, k, "submitPay", object{"paymentSessionId": made.get("paymentSessionId"), "paymentAmount": sgd("4200")})
			begun.want(t, "paymentRequestId", "s-"+k.name)
			begun.want(t, "result.resultStatus", "U")
		})
	}
}
