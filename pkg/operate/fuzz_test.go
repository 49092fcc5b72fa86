package operate

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// What a request says is read as it is written: no digit is made up or lost, and
// whatever the order of its members, it is the same request.
func FuzzReadRequest(f *testing.F) {
	for _, body := range []string{
		`{}`,
		`{"paymentRequestId":"p-1","paymentAmount":{"currency":"SGD","value":"4200"},"order":{"referenceOrderId":"o-1","orderAmount":{"currency":"SGD","value":"1"}}}`,
		`{"captureRequestId":"c-1","paymentId":"2025","captureAmount":{"currency":"SGD","value":4.2e3},"split":[{"currency":"JPY","value":1e300}]}`,
		`{"refundRequestId":["r-1"],"refundAmount":{"value":{"value":"1","currency":"X"},"currency":null}}`,
		`{"a.b":1,"a":{"b":2},"c":[[],{},[{"d":""}]],"e":"***"}`,
		`{"paymentMethod":{"paymentMethodMetaData":{"cardNo":4054695723100768}},"paymentAmount":{"currency":"SGD","value":9007199254740993}}`,
	} {
		for _, api := range []string{"pay", "capture", "refund", "cancel"} {
			f.Add(api, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, api string, body []byte) {
		if apo.CheckJSON(body) != nil {
			t.Skip("it would be refused")
		}
		e, err := apo.FindEndpoint(api)
		if err != nil {
			t.Skip("no API")
		}
		q := readRequest(e, body, time.Time{})
		literal := !bytes.ContainsRune(body, '\\')
		for _, a := range q.amounts() {
			if literal && !bytes.Contains(body, []byte(a.Value)) {
				t.Errorf("the amount %q does not stand in %s", a.Value, body)
			}
		}
		if list := q.amounts(); !q.amount.IsZero() && q.amount.Value != "0" && (len(list) == 0 || list[0] != q.amount) {
			t.Errorf("its own amount %v is not the first of %v", q.amount, list)
		}
		if literal && !bytes.Contains(body, []byte(q.id.Value)) {
			t.Errorf("the ID %q does not stand in %s", q.id.Value, body)
		}
		if other, ok := rewritten(body); ok && !maps.Equal(flatten(body), flatten(other)) {
			t.Errorf("%v and %v of %s and %s", flatten(body), flatten(other), body, other)
		}
	})
}

// rewritten is the same document with its members in the order of their names.
func rewritten(body []byte) ([]byte, bool) {
	if bytes.Contains(body, []byte(`\u`)) { // of which readers make different things where it is half a character
		return nil, false
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil, false
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return nil, false
	}
	return b.Bytes(), true
}

// What is hidden can have been anything, and nothing else can.
func FuzzAlike(f *testing.F) {
	for _, pair := range [][2]string{{"", ""}, {"*", ""}, {"***", "abc"}, {"a*c", "abc"}, {"a*b*c", "aXbXbXc"}, {"**a", "a"}, {"a*", "a"}, {"a[secret]c", "abc"}, {"*a*", "bab"}, {"*b", "ab b"}} {
		f.Add(pair[0], pair[1])
	}
	stars := regexp.MustCompile(`\*+`)
	f.Fuzz(func(t *testing.T, masked, text string) {
		if strings.ContainsAny(text, "*[") || strings.Contains(masked, "[") {
			t.Skip("both are hidden")
		}
		var pattern strings.Builder
		for i, part := range stars.Split(masked, -1) {
			if i > 0 {
				pattern.WriteString(`[\s\S]+`)
			}
			for _, c := range []byte(part) { // bytes, whatever they are of
				pattern.WriteString(regexp.QuoteMeta(string(rune(c))))
			}
		}
		latin := func(s string) string {
			runes := make([]rune, 0, len(s))
			for _, c := range []byte(s) {
				runes = append(runes, rune(c))
			}
			return string(runes)
		}
		want := regexp.MustCompile(`\A` + pattern.String() + `\z`).MatchString(latin(text))
		if got := alike(masked, text); got != want || got != alike(text, masked) {
			t.Errorf("%q and %q: %v, want %v", masked, text, got, want)
		}
	})
}

// Whatever a verified answer says, it is believed only of the request that it
// names, and only what it says.
func FuzzReadings(f *testing.F) {
	entry := `{"transactionType":"CAPTURE","transactionStatus":"SUCCESS","transactionRequestId":"c-1","transactionAmount":{"currency":"SGD","value":"4200"}}`
	for _, answer := range []string{
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"x"},"paymentRequestId":"p-1"}`,
		`{"result":{"resultStatus":"F","resultCode":"DO_NOT_HONOR","resultMessage":"x"},"captureRequestId":"c-1"}`,
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentRequestId":"p-1","paymentId":"2025","paymentStatus":"SUCCESS","paymentAmount":{"currency":"SGD","value":"4200"},"transactions":[` + entry + `]}`,
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentId":"2025","paymentStatus":"FAIL","paymentResultCode":"X","paymentAmount":{"currency":"SGD","value":4200},"transactions":[` + entry + `,` + entry + `]}`,
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentId":"2025","paymentStatus":"CANCELLED","transactions":{"a":` + entry + `}}`,
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"refundRequestId":"r-1","refundStatus":"SUCCESS","refundTime":"2030-01-01T00:00:00Z","refundAmount":{"currency":"SGD","value":"4200"}}`,
	} {
		for _, api := range []string{"pay", "capture", "refund", "cancel"} {
			f.Add(api, []byte(answer), false, false)
			f.Add(api, []byte(answer), true, true)
		}
	}
	bodies := map[string]string{
		"pay":     `{"paymentRequestId":"p-1","paymentAmount":{"currency":"SGD","value":"4200"}}`,
		"capture": `{"captureRequestId":"c-1","paymentId":"2025","captureAmount":{"currency":"SGD","value":"4200"}}`,
		"refund":  `{"refundRequestId":"r-1","paymentId":"2025","refundAmount":{"currency":"SGD","value":"4200"}}`,
		"cancel":  `{"paymentId":"2025"}`,
	}
	f.Fuzz(func(t *testing.T, api string, answer []byte, unsigned, earlier bool) {
		if bodies[api] == "" || apo.CheckJSON(answer) != nil {
			t.Skip("it would be refused")
		}
		q := readRequest(endpoint(api), []byte(bodies[api]), time.Unix(1, 0))
		a := &apo.Answer{Raw: answer, Unsigned: unsigned, GatewayTime: time.Unix(1, 0), ReceivedAt: time.Unix(1, 0)}
		a.Result = apo.Result{Status: a.Get("result.resultStatus"), Code: a.Get("result.resultCode")}
		if !strings.Contains("S F U", a.Result.Status) || a.Result.Status == "" || a.Result.Code == "" || unsigned && a.Result.Status == "S" {
			t.Skip("the client would refuse it")
		}
		switch r := readAnswer(q, a, earlier); {
		case r.outcome == apo.Succeeded && (unsigned || a.Result.Status != "S"),
			r.outcome == apo.Pending && (unsigned || a.Result.Status != "U"),
			r.outcome == apo.Declined && (unsigned || earlier || a.Result.Status != "F" || !saysNoMoneyMoved(a.Result.Code)),
			r.outcome == apo.Unrecognised && earlier, r.confirm && (unsigned || earlier),
			r.outcome == "" && !r.confirm && r.problem == "":
			t.Errorf("%s: %+v of %s", api, r, answer)
		}
		p := apo.ReadPayment(a)
		r := readPayment(q, p)
		if r.outcome != "" && (bookProblem(p) != "" || p.PaymentID != "" && q.numbers.PaymentID != "" && p.PaymentID != q.numbers.PaymentID) {
			t.Errorf("%s: %+v of %s", api, r, answer)
		}
		final := []apo.Outcome{apo.Succeeded, apo.Declined, apo.Cancelled}
		if api == "pay" && slices.Contains(final, r.outcome) && p.Amount != q.amount || api != "pay" && r.outcome == apo.Cancelled {
			t.Errorf("%s: %+v of %s", api, r, answer)
		}
		if r := readRefund(q, a, p); api == "refund" && slices.Contains(final, r.outcome) && (a.Get("refundRequestId") != "r-1" || apo.ReadRefund(a).Amount != q.amount) {
			t.Errorf("%+v of %s", r, answer)
		}
		p.Balance()
		_, _, _ = CaptureOf(p, Part{})
		_, _, _ = RefundOf(p, Part{})
	})
}
