package apo_test

import (
	"testing"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

func TestPayField(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"paymentRequestId": "text", "paymentAmount": "whole", "paymentAmount.value": "text", "paymentAmount.valeu": "", "paymentAmount.value.x": "",
		"order": "whole", "order.goods": "whole", "order.goods.0": "whole", "order.goods.17.goodsName": "text", "order.goods.17.goodsBrand": "text",
		"order.goods.goodsName": "", "order.goods.x.goodsName": "", "order.goods.100.goodsName": "", "order.goods.0.nothing": "",
		"order.goods.1.goodsUnitAmount": "whole", "order.goods.1.goodsUnitAmount.currency": "text", "order.goods.1.goodsUnitAmount.sum": "",
		"order.shipping.shippingAddress.region": "text", "order.buyer.buyerEmail": "text", "order.buyer.email": "", "order.buyer.buyerEmail.x": "",
		"paymentMethod.paymentMethodMetaData.billingAddress.region": "text", "env.browserInfo.language": "text", "settlementStrategy": "whole",
		"customizedInfo": "whole", "customizedInfo.anything.at.all": "text", "customizedInfo.": "", "customizedInfo..x": "", "customizedInformation": "",
		"": "", ".": "", "order.": "", "order..buyer": "", "merchantRegion": "text", "nothing": "",
	} {
		got := ""
		switch whole, known := apo.PayField(path); {
		case known && whole:
			got = "whole"
		case known:
			got = "text"
		}
		if got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
	}
	// Whatever a request of this package's own type can have is known.
	body, err := apo.Encode(apo.PayRequest{
		ProductCode: "x", PaymentRequestID: "x", PaymentAmount: &apo.Amount{Currency: "SGD", Value: "1"},
		Order:         &apo.Order{ReferenceOrderID: "x", OrderDescription: "x", OrderAmount: &apo.Amount{Currency: "SGD", Value: "1"}, Buyer: &apo.Buyer{ReferenceBuyerID: "x", BuyerPhoneNo: "x", BuyerEmail: "x"}},
		PaymentMethod: &apo.Method{PaymentMethodID: "x", PaymentMethodMetaData: &apo.CardData{CardNo: "x", ExpiryYear: "x", ExpiryMonth: "x", CVV: "x", CardholderName: &apo.PersonName{FirstName: "x", LastName: "x"}, TokenizeMode: "x"}},
		PaymentFactor: &apo.Factor{CaptureMode: "x"}, PaymentRedirectURL: "x", PaymentNotifyURL: "x", SettlementStrategy: &apo.Settlement{SettlementCurrency: "x"},
		Env: &apo.Env{TerminalType: "x", OSType: "x", ClientIP: "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	known(t, "", gjson.ParseBytes(body))
}

func known(t *testing.T, path string, value gjson.Result) {
	t.Helper()
	if whole, found := apo.PayField(path); path != "" && (!found || whole != value.IsObject()) {
		t.Errorf("%s: known %v, whole %v", path, found, whole)
	}
	if value.IsObject() {
		value.ForEach(func(name, inner gjson.Result) bool {
			if path != "" {
				name.Str = path + "." + name.Str
			}
			known(t, name.Str, inner)
			return true
		})
	}
}
