package notify_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/notify"
)

func TestCheckAcknowledgement(t *testing.T) {
	const success = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`
	for _, c := range []struct {
		status int
		body   string
		why    string // empty: it ends the deliveries
	}{
		{200, success, ""},
		{200, " \n" + success + "\n", ""},
		{200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"more":1}`, ""},
		{201, success, "HTTP 201"},
		{204, "", "HTTP 204"},
		{302, success, "HTTP 302"},
		{500, success, "HTTP 500"},
		{200, "", "empty"},
		{200, " \r\n", "empty"},
		{200, "success", "not JSON"},
		{200, success + "x", "not JSON"},
		{200, `[]`, "no object result"},
		{200, `{"result":"S"}`, "no object result"},
		{200, `{"resultCode":"SUCCESS","resultStatus":"S"}`, "no object result"},
		{200, `{"result":{"resultCode":"SUCCESS"}}`, "result.resultStatus is missing"},
		{200, `{"result":{"resultStatus":"S"}}`, "result.resultCode is missing"},
		{200, `{"result":{"resultStatus":"s","resultCode":"SUCCESS"}}`, `result.resultStatus is "s"`},
		{200, `{"result":{"resultStatus":"S","resultCode":"OK"}}`, `result.resultCode is "OK"`},
		{200, `{"result":{"resultStatus":1,"resultCode":"SUCCESS"}}`, "result.resultStatus is 1"},
		{200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"result":{}}`, "not strict JSON"},
		{200, "\ufeff" + success, "not JSON"},
	} {
		err := notify.CheckAcknowledgement(c.status, []byte(c.body))
		if (err == nil) != (c.why == "") || err != nil && !strings.Contains(err.Error(), c.why) {
			t.Errorf("HTTP %d %q: %v, want %q", c.status, c.body, err, c.why)
		}
	}
}
