package notify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
)

func TestJudge(t *testing.T) {
	const success = `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for _, c := range []struct {
		status int
		header http.Header
		body   string
		why    string // empty: it ends the deliveries
	}{
		{200, nil, success, ""},
		{200, http.Header{"Content-Type": {"text/html"}}, success, ""},
		{200, http.Header{"Content-Encoding": {"identity"}}, success, ""},
		{200, nil, " \n" + success + "\n", ""},
		{200, nil, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"more":1}`, ""},
		{200, nil, `{"result":{"resultStatus":"\u0053","resultCode":"SUCCESS"}}`, ""},
		{201, nil, success, "HTTP 201"},
		{204, nil, "", "HTTP 204"},
		{302, nil, success, "a redirect is not followed"},
		{500, nil, success, "HTTP 500"},
		{0, nil, success, "HTTP 0"},
		{200, nil, "", "empty"},
		{200, nil, " \r\n", "empty"},
		{200, http.Header{"Content-Encoding": {"gzip"}}, "\x1f\x8b", "compressed"},
		{200, nil, "success", "one word"},
		{200, nil, "SUCCESS\n", "one word"},
		{200, nil, "<html>", "a page"},
		{200, form, "resultStatus=S&resultCode=SUCCESS", "a form"},
		{200, nil, "resultStatus=S", "not JSON"},
		{200, nil, success + "x", "not JSON"},
		{200, nil, success + success, "not JSON"},
		{200, nil, "\ufeff" + success, "byte order mark"},
		{200, nil, `[]`, "no object itself"},
		{200, nil, `null`, "no object itself"},
		{200, nil, `"{\"result\":{}}"`, "JSON twice"},
		{200, nil, `{}`, "no object result"},
		{200, nil, `{"result":null}`, "something else"},
		{200, nil, `{"result":"S"}`, "something else"},
		{200, nil, `{"resultCode":"SUCCESS","resultStatus":"S"}`, "belong into it"},
		{200, nil, `{"result":{"resultCode":"SUCCESS"}}`, "result.resultStatus is missing"},
		{200, nil, `{"result":{"resultStatus":"S"}}`, "result.resultCode is missing"},
		{200, nil, `{"result":{"resultStatus":"s","resultCode":"SUCCESS"}}`, `result.resultStatus is "s"`},
		{200, nil, `{"result":{"resultStatus":"S","resultCode":"OK"}}`, `result.resultCode is "OK"`},
		{200, nil, `{"result":{"resultStatus":"F","resultCode":"ERROR"}}`, `result.resultStatus is "F"`},
		{200, nil, `{"result":{"resultStatus":1,"resultCode":"SUCCESS"}}`, "result.resultStatus is 1"},
		{200, nil, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"result":{}}`, "not strict JSON"},
		{200, nil, `{"result":{"resultStatus":"S","resultCode":"4929123456789015"}}`, "9015"},
	} {
		got := notify.Judge(c.status, c.header, []byte(c.body))
		if got.Received != (c.why == "") || !strings.Contains(got.Why, c.why) || got.Received != (got.Why == "") {
			t.Errorf("HTTP %d %q: %+v, want %q", c.status, c.body, got, c.why)
		}
		if strings.Contains(got.Why, "492912345678") {
			t.Errorf("%q shows a card number", got.Why)
		}
	}
}

// What is not received comes again, eight times within a day; what is received
// does not.
func TestAgain(t *testing.T) {
	refused := notify.Judge(500, nil, nil)
	for n, want := range map[int]time.Duration{0: 0, 1: 2 * time.Minute, 2: 10 * time.Minute, 7: 15 * time.Hour, 8: 0, 9: 0} {
		if wait, again := refused.Again(n); wait != want || again != (want != 0) {
			t.Errorf("after delivery %d: %s, %t", n, wait, again)
		}
	}
	if wait, again := (notify.Judgement{Received: true}).Again(1); again || wait != 0 {
		t.Error("what was received comes again")
	}
}

func FuzzJudge(f *testing.F) {
	for _, body := range []string{`{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, `{"result":`, "\"a\"", "", " x", `{"result":[]}`} {
		f.Add(200, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		got := notify.Judge(status, nil, []byte(body))
		if got.Received != (got.Why == "") || got.Received && (status != 200 || !strings.Contains(body, "result")) {
			t.Errorf("%+v", got)
		}
	})
}
