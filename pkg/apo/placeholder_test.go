package apo

import (
	"strings"
	"testing"
)

func TestPlaceholdersInARequest(t *testing.T) {
	found := Placeholders([]byte(`{"paymentRequestId":"{{id}}","order":{"referenceOrderId":"undefined","orderDescription":"none, or <b>null</b> of $X",
		"goods":[{"referenceGoodsId":"1","goodsName":"Tea {{name}}"}],"buyer":{"buyerName":{"lastName":"Null","firstName":"None"}},"extendInfo":"{\"a\":{\"b\":{}}}"},
		"paymentAmount":{"currency":"${CUR}","value":"1"},"paymentNotifyUrl":"https://<host>/x","paymentRedirectUrl":null}`))
	var paths []string
	for _, v := range found {
		paths = append(paths, v.Path)
		if !strings.Contains(v.String(), "a placeholder that nothing was put in for") {
			t.Errorf("%s", v)
		}
	}
	if got, want := strings.Join(paths, " "), "paymentRequestId order.referenceOrderId order.goods.0.goodsName paymentAmount.currency paymentNotifyUrl"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}
