package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// controls asks the control API.
func (m *merchant) controls(method, path, body string) (status int, answer gjson.Result) {
	m.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1/_apo"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+m.box.ControlToken())
	w := httptest.NewRecorder()
	m.box.ServeHTTP(w, r)
	if !json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Type") != "application/json" {
		m.Fatalf("%s %s: %d %q", method, path, w.Code, w.Body)
	}
	m.described(method, path, w)
	return w.Code, gjson.ParseBytes(w.Body.Bytes())
}

// described holds an answer against the description of the API.
func (m *merchant) described(method, path string, w *httptest.ResponseRecorder) {
	m.Helper()
	d := gjson.ParseBytes(must1(json.Marshal(sandbox.ControlDescription())))
	path, _, _ = strings.Cut(path, "?")
	var operation gjson.Result
	d.Get("paths").ForEach(func(template, methods gjson.Result) bool {
		if m, _ := regexp.MatchString("^"+regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(strings.TrimPrefix(template.Str, "/_apo"), "[^/]+")+"$", path); m {
			operation = methods.Get(strings.ToLower(method))
		}
		return !operation.Exists()
	})
	name := "responses.200"
	if w.Code != http.StatusOK {
		name = "responses.default"
		if !operation.Exists() {
			return
		}
	}
	schema := operation.Get(name + ".content.application/json.schema")
	if !schema.Exists() {
		m.Errorf("%s %s: the description has no %s", method, path, name)
		return
	}
	fitsSchema(m.T, d, schema, gjson.ParseBytes(w.Body.Bytes()), method+" "+path)
}

// fitsSchema holds a value against a schema of the description.
func fitsSchema(t *testing.T, all, schema, value gjson.Result, at string) {
	t.Helper()
	if ref := schema.Get(`$ref`); ref.Exists() {
		schema = all.Get(strings.ReplaceAll(strings.TrimPrefix(ref.Str, "#/"), "/", "."))
	}
	is := map[string]bool{
		"object": value.IsObject(), "array": value.IsArray(), "string": value.Type == gjson.String, "number": value.Type == gjson.Number,
		"boolean": value.IsBool(), "integer": value.Type == gjson.Number && !strings.ContainsAny(value.Raw, ".eE"),
	}
	if !is[schema.Get("type").Str] {
		t.Errorf("%s: %s is no %s", at, value.Raw, schema.Get("type"))
	}
	for _, key := range schema.Get("required").Array() {
		if !value.Get(key.Str).Exists() {
			t.Errorf("%s: %s is missing", at, key.Str)
		}
	}
	value.ForEach(func(key, inner gjson.Result) bool {
		switch {
		case value.IsArray():
			fitsSchema(t, all, schema.Get("items"), inner, at+"[]")
		case schema.Get("properties").Exists():
			p := schema.Get("properties").Map()[key.Str]
			if !p.Exists() {
				t.Errorf("%s: %s is not described", at, key.Str)
				return true
			}
			fitsSchema(t, all, p, inner, at+"."+key.Str)
		}
		return true
	})
}

// wanted asks the control API, and checks the status.
func (m *merchant) wanted(status int, method, path, body string) gjson.Result {
	m.Helper()
	got, answer := m.controls(method, path, body)
	if got != status {
		m.Fatalf("%s %s %s: %d %s, not %d", method, path, body, got, answer.Raw, status)
	}
	return answer
}

// A test in any language sets a sandbox up, moves its time and looks at its books.
func TestControlTellsAStory(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "demo-1", "4200", "visa").Get("paymentId")
	capture := m.capture("SUCCESS", "demo-c", payment, "4200").Get("captureId")
	for _, id := range []string{"demo-1", payment, "demo-c", capture, "order-1"} {
		if p := m.wanted(200, "GET", "/payments/"+id, ""); p.Get("paymentId").Str != payment || !p.Get("inquiry.result").Exists() {
			t.Errorf("%s is %s", id, p.Raw)
		}
		if list := m.wanted(200, "GET", "/payments?q="+id, ""); list.Get("0.paymentId").Str != payment {
			t.Errorf("%s finds %s", id, list.Raw)
		}
	}
	m.wanted(404, "GET", "/payments/nobody", "")
	if list := m.wanted(200, "GET", "/payments?q=nobody", ""); len(list.Array()) != 0 {
		t.Errorf("nobody finds %s", list.Raw)
	}
	rule := m.wanted(200, "POST", "/rules", `{"api":"refund","id-prefix":"r-","result":"REFUND_IN_PROCESS","then":"SUCCESS","after":"1h"}`)
	m.refund("REFUND_IN_PROCESS", "r-1", payment, "100")
	if again := m.wanted(200, "GET", "/rules/"+rule.Get("id").Raw, ""); again.Get("hits").Int() != 1 || again.Get("after").Str != "1h0m0s" {
		t.Errorf("the rule is %s", again.Raw)
	}
	before := len(r.all())
	if c := m.wanted(200, "POST", "/clock/advance", `{"by":"26h"}`); !c.Get("delivered").Bool() || !c.Get("moved").Bool() {
		t.Errorf("the clock is %s", c.Raw)
	}
	if after := len(r.all()); after <= before {
		t.Errorf("%d deliveries before, %d after the answer", before, after)
	}
	news := m.wanted(200, "GET", "/notifications?q=demo-1", "")
	if news.Get("#").Int() < 2 {
		t.Errorf("told was %s", news.Raw)
	}
	n := news.Get("0.id").Raw
	before = len(r.all())
	m.wanted(200, "POST", "/notifications/"+n+"/resend", "")
	if after := len(r.all()); after != before+1 {
		t.Errorf("%d deliveries before, %d after it was sent again", before, after)
	}
	m.wanted(200, "GET", "/notifications/"+n+"/message", "")
	dispute := m.wanted(200, "POST", "/disputes", `{"paymentId":"demo-1"}`).Get("disputeId").Str
	m.wanted(409, "POST", "/disputes", `{"paymentId":"demo-1"}`)
	m.wanted(200, "GET", "/disputes", "")
	m.wanted(409, "POST", "/disputes/"+dispute+"/cancel", "")
	m.wanted(200, "POST", "/disputes/"+dispute+"/judge", `{"result":"ACCEPT_BY_CUSTOMER"}`)
	m.wanted(200, "GET", "/disputes/"+dispute, "")
	m.wanted(200, "DELETE", "/rules/"+rule.Get("id").Raw, "")
	m.wanted(404, "DELETE", "/rules/"+rule.Get("id").Raw, "")
	m.wanted(200, "POST", "/faults", `{"fault":"capture=cut-after-commit@0.2"}`)
	if all := m.wanted(200, "DELETE", "/rules", ""); all.Get("removed").Int() != 1 {
		t.Errorf("removed were %s", all.Raw)
	}
	m.wanted(200, "GET", "/faults", "")
	if o := m.wanted(200, "PUT", "/options", `{"capture-mode":"automatic"}`); o.Get(`#(name=="capture-mode").value`).Str != "automatic" {
		t.Errorf("the options are %s", o.Raw)
	}
	m.wanted(200, "GET", "/options", "")
	m.wanted(200, "PUT", "/clock", `{"speed":0,"time":"2026-05-01T00:00:00Z"}`)
	m.wanted(200, "POST", "/wait", "")
	if c := m.wanted(200, "GET", "/clock", ""); c.Get("time").Str != "2026-05-01T00:00:00Z" || c.Get("speed").Num != 0 {
		t.Errorf("the clock is %s", c.Raw)
	}
	own := m.box.Identity()
	if reset := m.wanted(200, "POST", "/reset", ""); reset.Get("sandbox").Str == own || reset.Get("sandbox").Str != m.box.Identity() {
		t.Errorf("reset is %s", reset.Raw)
	}
	m.wanted(404, "GET", "/payments/demo-1", "")
}

// What is asked wrongly is refused in a sentence, and changes nothing.
func TestControlRefuses(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for _, c := range []struct {
		status             int
		method, path, body string
		says               string
	}{
		{404, "GET", "/nothing", "", "openapi.json"},
		{404, "GET", "/rules/1/more", "", "nothing at"},
		{405, "PATCH", "/rules", "", "GET and POST and DELETE"},
		{400, "POST", "/rules", `{"api":"pay","resolt":"LOST_CARD"}`, `"resolt" is not one of the keys api, `},
		{400, "POST", "/rules", `{"api":"pay","API":"pay","result":"LOST_CARD"}`, `"API" is not one`},
		{400, "POST", "/rules", `{"api":"pay","api":"capture","result":"LOST_CARD"}`, "api"},
		{400, "POST", "/rules", `{"api":"pay","times":"2","result":"LOST_CARD"}`, "times is no string"},
		{400, "POST", "/rules", `{"api":"pay","result":"NOPE"}`, "NOPE"},
		{400, "POST", "/rules", `{"api":"pay","result":"LOST_CARD"} x`, "not read"},
		{400, "POST", "/rules", `[]`, "not read"},
		{400, "POST", "/rules", `{}`, "says nothing"},
		{400, "POST", "/rules", `{"result":"REFUND_IN_PROCESS","api":"refund","then":"SUCCESS","after":"soon"}`, "soon"},
		{400, "POST", "/rules", `{"result":"LOST_CARD","amount":"SGD x"}`, "amount"},
		{404, "GET", "/rules/one", "", "one"},
		{404, "DELETE", "/rules/7", "", "no rule 7"},
		{400, "POST", "/faults", `{"fault":"nope"}`, "nope"},
		{400, "GET", "/payments?limit=0", "", "1 to 1000"},
		{400, "GET", "/payments?limit=1001", "", "1 to 1000"},
		{400, "GET", "/payments?lim=5", "", `"lim"`},
		{404, "GET", "/payments?after=nobody", "", "nobody"},
		{400, "GET", "/rules?x=1", "", "none"},
		{404, "GET", "/notifications/9", "", "no such notification"},
		{400, "GET", "/notifications?after=x", "", "after"},
		{404, "POST", "/notifications/9/resend", "", "no such"},
		{400, "POST", "/notifications/9/resend", `{"to":"ftp://x"}`, "ftp"},
		{400, "POST", "/clock/advance", "", "length of time"},
		{400, "POST", "/clock/advance", `{"by":"-1h"}`, "length of time"},
		{400, "POST", "/clock/advance", `{"by":"90000d"}`, "length of time"},
		{400, "PUT", "/clock", `{}`, "time, speed"},
		{400, "PUT", "/clock", `{"speed":-1}`, "times as fast"},
		{400, "PUT", "/clock", `{"time":"1900-01-01T00:00:00Z"}`, "1970"},
		{400, "PUT", "/options", `{"nope":"x"}`, "nope"},
		{400, "PUT", "/options", `{"capture-mode":"x"}`, "manual, automatic"},
		{400, "POST", "/disputes", `{}`, "paymentId"},
		{404, "POST", "/disputes", `{"paymentId":"x"}`, "no payment"},
		{404, "GET", "/disputes/x", "", "no dispute"},
		{400, "POST", "/disputes/x/judge", `{"result":"me"}`, "ACCEPT_BY_CUSTOMER"},
		{404, "POST", "/disputes/x/judge", `{"result":"ACCEPT_BY_CUSTOMER"}`, "no dispute"},
		{404, "POST", "/restore", `{"id":"../../state"}`, "no state"},
		{400, "POST", "/reset", `{"all":true}`, "no"},
		{413, "POST", "/rules", `{"api":"` + strings.Repeat("a", 70000) + `"}`, "64 KiB"},
	} {
		answer := m.wanted(c.status, c.method, c.path, c.body)
		if text := answer.Get("error.message").Str; !strings.Contains(text, c.says) {
			t.Errorf("%s %s %.60s says %s", c.method, c.path, c.body, text)
		}
	}
	if list := m.wanted(200, "GET", "/rules", ""); len(list.Array()) != 0 {
		t.Errorf("rules are %s", list.Raw)
	}
}

// All payments are found a page at a time, each once, the newest first.
func TestControlPages(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	want := []string{}
	for i := range 9 {
		want = append(want, m.pay("SUCCESS", fmt.Sprint("p-", i), "1000", "visa").Get("paymentId"))
		if i%3 == 0 { // some at one time
			m.passes(time.Second)
		}
	}
	got, last := []string{}, ""
	for range 10 {
		list := m.wanted(200, "GET", "/payments?limit=2&after="+last, "").Array()
		for _, p := range list {
			last = p.Get("paymentId").Str
			got = append(got, last)
		}
		if len(list) == 0 {
			break
		}
	}
	if got[0] != want[8] && got[0] != want[7] {
		t.Errorf("the newest is not first: %v of %v", got, want)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// No card's number is in an answer, whatever it was sent as.
func TestControlHidesCards(t *testing.T) {
	t.Parallel()
	const number = "4054695723100768"
	m := newMerchant(t, sandbox.Config{NotifyURL: "http://127.0.0.1:9/hooks"})
	pay := m.request(number, "4200", "visa")
	pay.Order.ReferenceOrderID, pay.Order.OrderDescription, pay.Order.Buyer.ReferenceBuyerID = number, "card "+number, number
	answer, err := m.client.Pay(t.Context(), pay)
	id := m.wants("SUCCESS", answer, err).Get("paymentId")
	for _, path := range []string{"/payments", "/payments/" + id, "/notifications", "/notifications/1", "/payments/4111111111111111"} {
		if _, answer := m.controls("GET", path, ""); strings.Contains(answer.Raw, number) || strings.Contains(answer.Raw, "4111111111111111") {
			t.Errorf("%s holds the number: %s", path, answer.Raw)
		}
	}
}

// Each route stands in the description, and whoever reads it needs no token.
func TestControlIsDescribed(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	w := httptest.NewRecorder()
	m.box.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/_apo/openapi.json", nil))
	d := gjson.ParseBytes(w.Body.Bytes())
	if w.Code != 200 || d.Get("openapi").Str != "3.1.0" {
		t.Fatalf("%d %.200s", w.Code, w.Body)
	}
	seen := map[string]bool{}
	d.Get("paths").ForEach(func(path, methods gjson.Result) bool {
		methods.ForEach(func(method, operation gjson.Result) bool {
			seen[strings.ToUpper(method.Str)+" "+path.Str] = true
			if operation.Get("summary").Str == "" || !operation.Get("responses.default").Exists() {
				t.Errorf("%s %s: %s", method, path, operation.Raw)
			}
			return true
		})
		return true
	})
	for _, route := range []string{
		"GET /_apo/payments", "GET /_apo/payments/{id}", "GET /_apo/notifications", "GET /_apo/notifications/{n}", "POST /_apo/notifications/{n}/resend",
		"GET /_apo/rules", "POST /_apo/rules", "DELETE /_apo/rules/{id}", "GET /_apo/faults", "GET /_apo/clock", "POST /_apo/clock/advance",
		"GET /_apo/options", "PUT /_apo/options", "POST /_apo/disputes", "POST /_apo/reset", "POST /_apo/snapshot", "POST /_apo/restore", "GET /_apo/events",
		"GET /_apo/openapi.json",
	} {
		if !seen[route] {
			t.Errorf("%s is not described", route)
		}
	}
	for _, ref := range regexp.MustCompile(`"#/components/schemas/(\w+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
		if !d.Get("components.schemas." + ref[1]).IsObject() {
			t.Errorf("there is no schema %s", ref[1])
		}
	}
}

// Those who move the clock at one time all move it.
func TestControlAdvancesAtOnce(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	m.wanted(200, "PUT", "/clock", `{"time":"2026-03-02T00:00:00Z","speed":0}`)
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() { m.wanted(200, "POST", "/clock/advance", `{"by":"1h"}`) })
	}
	all.Wait()
	if c := m.wanted(200, "GET", "/clock", ""); c.Get("time").Str != "2026-03-03T00:00:00Z" {
		t.Errorf("24 times an hour is %s", c.Raw)
	}
}
