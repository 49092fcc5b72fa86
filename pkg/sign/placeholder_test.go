package sign_test

import (
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

func TestPlaceholder(t *testing.T) {
	for text, want := range map[string]string{
		"{{orderId}}": "{{orderId}}", "{{ order.id }}": "{{ order.id }}", "order-{{$guid}}": "{{$guid}}", "${ID}": "${ID}", "a-${ID:-x}": "${ID:-x}",
		"#{id}": "#{id}", "<%= id %>": "<%= id %>", "{id}": "{id}", "https://shop.example/{orderId}/back": "{orderId}", "$ID": "$ID", "<your ID>": "<your ID>", "https://<host>/x": "<host>", "order-$ID": "$ID", "https://$HOST/x": "$HOST",
		"%ORDER_ID%": "%ORDER_ID%", "YOUR_ORDER_ID": "YOUR_ORDER_ID", "SANDBOX_YOUR_CLIENT_ID": "SANDBOX_YOUR_CLIENT_ID", "your-client-id": "your-client-id",
		"undefined": "undefined", " null": "null", "None": "None", "NaN": "NaN", "[object Object]": "[object Object]", "xxx": "xxx", "XXXXXXXX": "XXXXXXXX", "%s": "%s", "$(uuidgen)": "$(uuidgen)",
	} {
		if got := sign.Placeholder(text); got != want {
			t.Errorf("%q holds %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{
		"", "X", "xx", "demo-0001", "A-1017", "2026112019401080010018881020471123400", "SANDBOX_5Y0000000000001", "<b>1</b>", "%20a%20", "order$1", "$5", "a$B", "order$id", "a<b", "50%", "null-0001", "nones",
		"{}", `{"a":1}`, "https://shop.example/back?x={1}", "order_{20261120}", "a_b__c",
	} {
		if got := sign.Placeholder(text); got != "" {
			t.Errorf("%q holds %q", text, got)
		}
	}
}
