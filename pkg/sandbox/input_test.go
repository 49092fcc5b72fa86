package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

const paymentsPath = "/ams/sandbox/api/v1/payments/"

// raw sends a body with a valid signature, and returns what came.
func raw(t testing.TB, box *sandbox.Sandbox, path string, body []byte, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	m := sign.Message{Method: "POST", Path: path, ClientID: sandbox.ClientID, Time: strconv.FormatInt(noon().UnixMilli(), 10), Body: body}
	signature, err := sign.Sign(box.Credentials().Key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(m.Method, "http://127.0.0.1"+path, bytes.NewReader(body))
	r.Header.Set("Client-Id", m.ClientID)
	r.Header.Set("Request-Time", m.Time)
	r.Header.Set("Signature", signature)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	box.ServeHTTP(w, r)
	return w
}

// sane checks what must hold of every answer, whatever was asked, and returns
// its code.
func sane(t testing.TB, box *sandbox.Sandbox, path string, w *httptest.ResponseRecorder) string {
	t.Helper()
	body := w.Body.Bytes()
	if w.Code != 200 {
		t.Fatalf("HTTP %d: %s", w.Code, body)
	}
	if err := apo.CheckJSON(body); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	result := gjson.GetBytes(body, "result")
	code, known := apo.Lookup(result.Get("resultCode").Str)
	if !known || code.Status != result.Get("resultStatus").Str {
		t.Fatalf("the result is %s", result.Raw)
	}
	if code.Name == "UNKNOWN_EXCEPTION" || code.Name == "SYSTEM_ERROR" {
		t.Fatalf("it failed: %s", body)
	}
	m := sign.Message{Method: "POST", Path: path, ClientID: sandbox.ClientID, Time: get(w, "response-time"), Body: body}
	if header := get(w, "signature"); header != "" {
		if err := sign.Verify(box.Credentials().AntomKey, m, header); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
	} else if code.Status == "S" {
		t.Fatalf("an S is not signed: %s", body)
	}
	return code.Name
}

func get(w *httptest.ResponseRecorder, name string) string {
	return strings.Join(w.Header()[name], "")
}

// wellKept checks that money adds up, whatever was asked before.
func wellKept(t testing.TB, box *sandbox.Sandbox) {
	t.Helper()
	err := box.AllPayments(func(p sandbox.Payment) bool {
		units, err := p.Amount.Units()
		if err != nil || p.Captured > units || p.Refunded > p.Captured || p.Captured < 0 || p.Refunded < 0 {
			t.Errorf("%+v %v", p, err)
		}
		path := paymentsPath + "inquiryPayment"
		key, err := json.Marshal(apo.PaymentKey{PaymentID: p.PaymentID})
		if err != nil {
			t.Fatal(err)
		}
		w := raw(t, box, path, key, nil)
		if code := sane(t, box, path, w); code != "SUCCESS" {
			t.Errorf("inquiring %s: %s", p.PaymentID, w.Body)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

func openForInput(t testing.TB) (box *sandbox.Sandbox, bodies map[string]string) {
	t.Helper()
	box, err := sandbox.Open(sandbox.Config{
		Seed: "input", Time: noon(), Passive: true, Now: time.Now, Keys: publishedKeys(t), NotifyURL: "http://127.0.0.1:1/",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	pay := string(payBody(1))
	first := raw(t, box, paymentsPath+"pay", []byte(pay), nil)
	payment := gjson.GetBytes(first.Body.Bytes(), "paymentId").Str
	if payment == "" {
		t.Fatalf("%s", first.Body)
	}
	bodies = map[string]string{
		"pay":            strings.Replace(strings.Replace(pay, `"bench-1"`, `"bench-2"`, 1), "{", `{"paymentNotifyUrl":"http://127.0.0.1:1/n","paymentExpiryTime":"2026-03-01T12:10:00Z","settlementStrategy":{"settlementCurrency":"SGD"},`, 1),
		"inquiryPayment": `{"paymentId":"` + payment + `","paymentRequestId":"bench-1"}`,
		"capture":        `{"captureRequestId":"c1","paymentId":"` + payment + `","captureAmount":{"currency":"SGD","value":"400"}}`,
		"cancel":         `{"paymentRequestId":"bench-2"}`,
		"refund":         `{"refundRequestId":"r1","paymentId":"` + payment + `","refundAmount":{"currency":"SGD","value":"100"},"refundNotifyUrl":"http://127.0.0.1:1/r"}`,
		"inquiryRefund":  `{"refundRequestId":"r1"}`,
	}
	for _, api := range []string{"pay", "inquiryPayment", "capture", "refund", "inquiryRefund"} {
		w := raw(t, box, paymentsPath+api, []byte(bodies[api]), nil)
		if code := sane(t, box, paymentsPath+api, w); code != "SUCCESS" {
			t.Fatalf("%s: %s", api, w.Body)
		}
	}
	return box, bodies
}

// odd are values that nobody expects, as they are written.
func odd() []string {
	return []string{
		`null`, `true`, `0`, `-1`, `1.5`, `1e3`, `1e999`, `99999999999999999999999`, `""`, `"\u0000"`, `"'; DROP TABLE payments; --"`,
		`"\ud800"`, `"4054695723100768"`, `"9223372036854775808"`, `"00"`, `[]`, `{}`, `[1,"a",null]`, `"http://"`,
		`"` + strings.Repeat("x", 3000) + `"`,
	}
}

// variants are a body with each of its values replaced, removed, and doubled.
func variants(body string, yield func(string)) {
	var walk func(v gjson.Result)
	replace := func(v gjson.Result, with string) { yield(body[:v.Index] + with + body[v.Index+len(v.Raw):]) }
	walk = func(v gjson.Result) {
		for _, value := range odd() {
			replace(v, value)
		}
		if v.IsObject() {
			v.ForEach(func(key, value gjson.Result) bool {
				value.Index = strings.Index(body, key.Raw+":") + len(key.Raw) + 1
				yield(strings.Replace(body, key.Raw+":"+value.Raw, `"removed":1`, 1))
				yield(strings.Replace(body, key.Raw+":", key.Raw+":1,"+key.Raw+":", 1))
				walk(value)
				return true
			})
		}
	}
	walk(gjson.Parse(body))
}

// Every value of every request, replaced by what nobody expects.
func TestOddValues(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes it many times as long")
	}
	t.Parallel()
	box, bodies := openForInput(t)
	codes, sent := map[string]int{}, 0
	for _, api := range slices.Sorted(maps.Keys(bodies)) {
		if api == "cancel" {
			continue // it would end the payment of the others
		}
		variants(bodies[api], func(body string) {
			sent++
			codes[sane(t, box, paymentsPath+api, raw(t, box, paymentsPath+api, []byte(body), nil))]++
		})
	}
	if sent < 600 || codes["PARAM_ILLEGAL"] < sent/2 || codes["SUCCESS"] == 0 {
		t.Errorf("%d requests: %v", sent, codes)
	}
	variants(bodies["cancel"], func(body string) {
		sane(t, box, paymentsPath+"cancel", raw(t, box, paymentsPath+"cancel", []byte(body), nil))
	})
	wellKept(t, box)
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	box, bodies := openForInput(t)
	fine := bodies["inquiryPayment"]
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	padded := func(size int) string { return fine + strings.Repeat(" ", size-len(fine)) }
	for name, c := range map[string]struct {
		path, body string
		change     func(*http.Request)
		want       string
		unsigned   bool
	}{
		"nothing wrong":            {"", fine, nil, "SUCCESS", false},
		"production's path":        {"/ams/api/v1/payments/inquiryPayment", fine, nil, "SUCCESS", false},
		"with a query":             {paymentsPath + "inquiryPayment?a=b%2F", fine, nil, "SUCCESS", false},
		"as long as may be":        {"", padded(1 << 20), nil, "SUCCESS", false},
		"too long":                 {"", padded(1<<20 + 1), nil, "PARAM_ILLEGAL", true},
		"much too long":            {"", padded(8 << 20), nil, "PARAM_ILLEGAL", true},
		"empty":                    {"", "", nil, "PARAM_ILLEGAL", false},
		"white":                    {"", " \n", nil, "PARAM_ILLEGAL", false},
		"null":                     {"", "null", nil, "PARAM_ILLEGAL", false},
		"a list":                   {"", "[" + fine + "]", nil, "PARAM_ILLEGAL", false},
		"a string":                 {"", `"` + "x" + `"`, nil, "PARAM_ILLEGAL", false},
		"cut":                      {"", fine[:len(fine)-1], nil, "PARAM_ILLEGAL", false},
		"more behind it":           {"", fine + "}", nil, "PARAM_ILLEGAL", false},
		"two":                      {"", fine + fine, nil, "PARAM_ILLEGAL", false},
		"a key twice":              {"", `{"paymentId":"1","paymentId":"2"}`, nil, "PARAM_ILLEGAL", false},
		"no UTF-8":                 {"", "{\"paymentId\":\"\xff\"}", nil, "PARAM_ILLEGAL", false},
		"deep":                     {"", strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000), nil, "PARAM_ILLEGAL", false},
		"deep lists":               {"", `{"paymentId":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}", nil, "PARAM_ILLEGAL", false},
		"no such API":              {paymentsPath + "payout", fine, nil, "NO_INTERFACE_DEF", false},
		"no such path":             {"/", fine, nil, "NO_INTERFACE_DEF", false},
		"an API's name in capital": {paymentsPath + "InquiryPayment", fine, nil, "NO_INTERFACE_DEF", false},
		"a path with more":         {paymentsPath + "inquiryPayment/", fine, nil, "NO_INTERFACE_DEF", false},
		"read":                     {"", fine, func(r *http.Request) { r.Method = "GET" }, "METHOD_NOT_SUPPORTED", true},
		"deleted":                  {"", fine, func(r *http.Request) { r.Method = "DELETE" }, "METHOD_NOT_SUPPORTED", true},
		"another client":           {"", fine, header("Client-Id", "SANDBOX_5Y00000000000000"), "CLIENT_INVALID", true},
		"no client":                {"", fine, header("Client-Id", ""), "CLIENT_INVALID", true},
		"no time":                  {"", fine, header("Request-Time", ""), "PARAM_ILLEGAL", true},
		"no time at all":           {"", fine, header("Request-Time", "yesterday"), "PARAM_ILLEGAL", true},
		"another time":             {"", fine, header("Request-Time", "1"), "INVALID_SIGNATURE", true},
		"no signature":             {"", fine, header("Signature", ""), "INVALID_SIGNATURE", true},
		"half a signature":         {"", fine, header("Signature", "algorithm=RSA256,keyVersion=1"), "INVALID_SIGNATURE", true},
		"rubbish for a signature":  {"", fine, header("Signature", "algorithm=RSA256,keyVersion=1,signature="+strings.Repeat("%", 1000)), "INVALID_SIGNATURE", true},
		"another body":             {"", fine, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(fine + " ")) }, "INVALID_SIGNATURE", true},
		"broken off":               {"", fine, func(r *http.Request) { r.Body = io.NopCloser(failing{io.ErrUnexpectedEOF}) }, "PARAM_ILLEGAL", true},
	} {
		path := c.path
		if path == "" {
			path = paymentsPath + "inquiryPayment"
		}
		w := raw(t, box, path, []byte(c.body), c.change)
		if code := sane(t, box, path, w); code != c.want || (get(w, "signature") == "") != c.unsigned || (get(w, "response-time") == "") != c.unsigned {
			t.Errorf("%s: %s, signature %q: %s", name, code, get(w, "signature"), w.Body)
		}
	}
	wellKept(t, box)
}

// What anybody sends is in the log on one line, short, and without control
// characters and card numbers.
func TestLogOfOddRequests(t *testing.T) {
	t.Parallel()
	var log []sandbox.Event
	box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, Log: func(e sandbox.Event) { log = append(log, e) }})
	must(t, err)
	defer box.Close()
	raw(t, box, "/x%0aFAKE%1b%5b2J"+strings.Repeat("y", 1000), nil, nil)
	raw(t, box, paymentsPath+"%0aFAKE", nil, nil)
	for _, id := range []string{`"a\nFAKE\u001b[2J\u202e"`, `"` + strings.Repeat("x", 100000) + `"`, `{"cvv":"737"}`, `"4054695723100768"`} {
		raw(t, box, payPath, []byte(`{"paymentRequestId":`+id+`}`), nil)
	}
	if len(log) != 6 {
		t.Fatalf("%d events", len(log))
	}
	for _, e := range log {
		text := e.Endpoint + e.ID
		if len(text) > 400 || strings.ContainsFunc(text, unicode.IsControl) || strings.ContainsAny(text, "\u202e") || strings.Contains(text, "737") || strings.Contains(text, "69572310") {
			t.Errorf("%.500q", text)
		}
	}
}

// A number in a text of the order is not in the state, and one in an unreadable
// body not in the refusal, which is no longer than a resultMessage may be.
func TestCardNumbersWhereNobodyExpectsThem(t *testing.T) {
	t.Parallel()
	const number = "4054695723100768"
	file := filepath.Join(t.TempDir(), "state.db")
	box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, State: file})
	must(t, err)
	defer box.Close()
	body := bytes.Replace(payBody(1), []byte(`"orderDescription":"`), []byte(`"orderDescription":"card `+number+` `), 1)
	if !bytes.Contains(body, []byte("card "+number)) {
		t.Fatalf("%s", body)
	}
	if code := sane(t, box, payPath, raw(t, box, payPath, body, nil)); code != "SUCCESS" {
		t.Error(code)
	}
	for _, name := range []string{file, file + "-wal"} {
		if text, err := os.ReadFile(name); err != nil || bytes.Contains(text, []byte(number)) {
			t.Errorf("%s: %v, or the number is in it", name, err)
		}
	}
	for _, key := range []string{number, strings.Repeat("k", 100000)} {
		w := raw(t, box, payPath, fmt.Appendf(nil, `{"%s":1,"%[1]s":2}`, key), nil)
		sane(t, box, payPath, w)
		if message := gjson.GetBytes(w.Body.Bytes(), "result.resultMessage").Str; strings.Contains(message, number) || len(message) > 256 || message == "" {
			t.Errorf("%.400s", message)
		}
	}
}

func TestAgentToken(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for token, want := range map[string]string{"": "SUCCESS", strings.Repeat("7", 128): "SUCCESS", strings.Repeat("7", 129): "PARAM_ILLEGAL"} {
		w := raw(t, m.box, payPath, payBody(1), func(r *http.Request) { r.Header.Set("agent-token", token) })
		if code := sane(t, m.box, payPath, w); code != want {
			t.Errorf("%d characters: %s", len(token), w.Body)
		}
	}
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for kind, want := range map[string]string{
		"": "SUCCESS", "application/json; charset=UTF-8": "SUCCESS", "Application/JSON": "SUCCESS", "text/plain;charset=UTF-8": "SUCCESS",
		"application/x-www-form-urlencoded": "SUCCESS", "text/xml": "MEDIA_TYPE_NOT_ACCEPTABLE", "multipart/form-data; boundary=x": "MEDIA_TYPE_NOT_ACCEPTABLE",
	} {
		w := raw(t, m.box, payPath, payBody(1), func(r *http.Request) { r.Header.Set("Content-Type", kind) })
		if code := sane(t, m.box, payPath, w); code != want {
			t.Errorf("%q: %s", kind, w.Body)
		}
	}
}

// Options refuse what only some sources allow.
func TestOptionsOfRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, code string }{
		{"paths", "sandbox", "SUCCESS"},
		{"paths", "production", "NO_INTERFACE_DEF"},
		{"request-time", "milliseconds", "SUCCESS"},
		{"request-time", "iso", "PARAM_ILLEGAL"},
		{"values", "strings", "PARAM_ILLEGAL"}, // isAuthorization is true
		{"values", "typed", "SUCCESS"},
		{"expiry-year", "2", "SUCCESS"},
		{"expiry-year", "4", "PARAM_ILLEGAL"},
	} {
		m := newMerchant(t, sandbox.Config{Options: sandbox.Options{c.name: c.value}})
		w := raw(t, m.box, payPath, payBody(1), nil)
		if code := sane(t, m.box, payPath, w); code != c.code {
			t.Errorf("%s %s: %s", c.name, c.value, w.Body)
		}
	}
	m := newMerchant(t, sandbox.Config{Options: sandbox.Options{"values": "typed"}})
	body := bytes.Replace(payBody(1), []byte(`"isAuthorization":true`), []byte(`"isAuthorization":"true"`), 1)
	if code := sane(t, m.box, payPath, raw(t, m.box, payPath, body, nil)); code != "PARAM_ILLEGAL" {
		t.Errorf("%s", code)
	}
	body = bytes.Replace(payBody(1), []byte(`"env":{`), []byte(`"env":{"colorDepth":"24",`), 1)
	if code := sane(t, m.box, payPath, raw(t, m.box, payPath, body, nil)); code != "PARAM_ILLEGAL" {
		t.Errorf("a colorDepth that is a string: %s", code)
	}
	m = newMerchant(t, sandbox.Config{Options: sandbox.Options{"values": "strings"}})
	texts := bytes.Replace(payBody(1), []byte(`"isAuthorization":true`), []byte(`"isAuthorization":"true"`), 1)
	texts = bytes.Replace(texts, []byte(`"is3DSAuthentication":false`), []byte(`"is3DSAuthentication":"false"`), 1)
	for value, code := range map[string]string{`"false"`: "SUCCESS", "false": "PARAM_ILLEGAL"} {
		body := bytes.Replace(texts, []byte(`"env":{`), []byte(`"env":{"browserInfo":{"javaEnabled":`+value+`},`), 1)
		if got := sane(t, m.box, payPath, raw(t, m.box, payPath, body, nil)); got != code {
			t.Errorf("javaEnabled %s: %s, want %s", value, got, code)
		}
	}
	m = newMerchant(t, sandbox.Config{Options: sandbox.Options{"method-id": "128"}})
	for length, code := range map[int]string{128: "INVALID_PAYMENT_METHOD_META_DATA", 129: "PARAM_ILLEGAL"} {
		r := m.request("token", "1000", "visa")
		r.PaymentMethod = &apo.Method{PaymentMethodType: "CARD", PaymentMethodID: strings.Repeat("T", length)}
		answer, err := m.client.Pay(t.Context(), r)
		m.wants(code, answer, err)
	}
	m = newMerchant(t, sandbox.Config{Options: sandbox.Options{"signature-code": "SIGNATURE_INVALID"}})
	w := raw(t, m.box, payPath, payBody(1), func(r *http.Request) { r.Header.Set("Signature", "x") })
	if code := sane(t, m.box, payPath, w); code != "SIGNATURE_INVALID" {
		t.Errorf("%s", code)
	}
}

// FuzzGateway sends bodies with valid signatures, whatever is in them.
func FuzzGateway(f *testing.F) {
	box, bodies := openForInput(f)
	apis := slices.Sorted(maps.Keys(bodies))
	for i, api := range apis {
		f.Add(i, []byte(bodies[api]))
		for j, value := range odd() {
			f.Add(i, fmt.Appendf(nil, `{"paymentRequestId":%s,"paymentId":%s,"n":%d}`, value, value, j))
		}
	}
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		api := apis[((which%len(apis))+len(apis))%len(apis)]
		sane(t, box, paymentsPath+api, raw(t, box, paymentsPath+api, body, nil))
		for _, ask := range []string{"inquiryPayment", "inquiryRefund"} {
			w := raw(t, box, paymentsPath+ask, []byte(bodies[ask]), nil)
			if code := sane(t, box, paymentsPath+ask, w); code != "SUCCESS" {
				t.Errorf("after %s: %s", body, w.Body)
			}
		}
		if p, found, err := box.Payment("bench-1"); err != nil || !found || p.Captured > 4200 || p.Refunded > p.Captured {
			t.Errorf("after %s: %+v %v", body, p, err)
		}
	})
}
