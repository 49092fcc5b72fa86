package apo_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// trustCase is one answer of the gateway: honest, but for what the case says.
type trustCase struct {
	name   string
	api    string              // "pay" when empty
	answer string              // what is signed, and sent unless wire changes it; a success of pay when empty
	at     string              // Response-Time; noon when empty
	by     string              // whose key signs; "antom" when empty
	signs  func(*sign.Message) // spoils what is signed
	header func(http.Header)   // spoils the headers
	wire   func(string) string // spoils the body on its way

	kind   apo.Kind // of the error; 0 where an answer is wanted
	says   string   // part of Error.Problem
	cause  error    // in the chain of the error; any when nil
	status string   // of the answer's result; "S" when empty
	code   string   // "SUCCESS" when empty

	unsigned bool
}

const accepted = `{` + success + `,"paymentRequestId":"demo-0001","paymentId":"` + paymentID +
	`","paymentAmount":{"currency":"SGD","value":"4200"}}`

func requestBody(api string) string {
	switch api {
	case "pay":
		return payBody
	case "capture":
		return `{"captureRequestId":"capture-1","paymentId":"` + paymentID + `","captureAmount":{"currency":"SGD","value":"4200"}}`
	case "refund":
		return `{"refundRequestId":"refund-1","paymentId":"` + paymentID + `","refundAmount":{"currency":"SGD","value":"4200"}}`
	case "inquiryRefund":
		return `{"refundRequestId":"refund-1"}`
	}
	return `{"paymentId":"` + paymentID + `"}`
}

func result(status, code string) string {
	return fmt.Sprintf(`"result":{"resultStatus":%q,"resultCode":%q,"resultMessage":"-"}`, status, code)
}

func set(name, value string) func(http.Header) {
	return func(h http.Header) { h[name] = []string{value} }
}

func drop(names ...string) func(http.Header) {
	return func(h http.Header) {
		for _, name := range names {
			delete(h, name)
		}
	}
}

// rename sends a header under another spelling; net/http writes it as it is.
func rename(from, to string) func(http.Header) {
	return func(h http.Header) {
		values := h[from]
		delete(h, from)
		h[to] = values
	}
}

// signature rewrites the Signature header.
func signature(rewrite func(string) string) func(http.Header) {
	return func(h http.Header) { h["Signature"][0] = rewrite(h["Signature"][0]) }
}

func replace(old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic(fmt.Sprintf("the test replaces %q, which is not in %q", old, s))
		}
		return strings.Replace(s, old, new, 1)
	}
}

func trustCases() []trustCase {
	unsigned := drop("Signature", "Response-Time")
	const twoResults = `{` + success + `,"result":{"resultStatus":"F","resultCode":"PROCESS_FAIL"}}`

	return []trustCase{
		{name: "signed success"},
		{name: "signed, in process", answer: `{` + result("U", "PAYMENT_IN_PROCESS") + `}`, status: "U", code: "PAYMENT_IN_PROCESS"},
		{name: "signed decline", answer: `{` + result("F", "DO_NOT_HONOR") + `}`, status: "F", code: "DO_NOT_HONOR"},
		{name: "signed F that leaves it open", answer: `{` + result("F", "RISK_REJECT") + `}`, status: "F", code: "RISK_REJECT"},
		{name: "signed, the caller is not recognised", answer: `{` + result("F", "ACCESS_DENIED") + `}`, status: "F", code: "ACCESS_DENIED"},
		{name: "signed inquiry of an unknown payment", api: "inquiryPayment", answer: `{` + result("F", "ORDER_NOT_EXIST") + `}`, status: "F", code: "ORDER_NOT_EXIST"},

		// One header without the other.
		{name: "no Signature", header: drop("Signature"), kind: apo.Untrusted, says: "no Signature"},
		{name: "no Response-Time", header: drop("Response-Time"), kind: apo.Untrusted, says: "no Response-Time"},
		{name: "no Signature on a decline", answer: `{` + result("F", "DO_NOT_HONOR") + `}`, header: drop("Signature"), kind: apo.Untrusted, says: "no Signature"},

		// Neither.
		{name: "unsigned success", header: unsigned, kind: apo.Untrusted, says: "success but is not signed"},
		{name: "unsigned success of an inquiry", api: "inquiryPayment", answer: `{` + success + `,"paymentStatus":"SUCCESS"}`, header: unsigned, kind: apo.Untrusted, says: "not signed"},
		{name: "unsigned decline", answer: `{` + result("F", "DO_NOT_HONOR") + `}`, header: unsigned, unsigned: true, status: "F", code: "DO_NOT_HONOR"},
		{name: "unsigned bad signature", answer: `{` + result("F", "INVALID_SIGNATURE") + `}`, header: unsigned, unsigned: true, status: "F", code: "INVALID_SIGNATURE"},
		{name: "unsigned illegal parameter", answer: `{` + result("F", "PARAM_ILLEGAL") + `}`, header: unsigned, unsigned: true, status: "F", code: "PARAM_ILLEGAL"},
		{name: "unsigned, in process", answer: `{` + result("U", "PAYMENT_IN_PROCESS") + `}`, header: unsigned, unsigned: true, status: "U", code: "PAYMENT_IN_PROCESS"},
		{name: "unsigned, too many requests", answer: `{` + result("U", "REQUEST_TRAFFIC_EXCEED_LIMIT") + `}`, header: unsigned, unsigned: true, status: "U", code: "REQUEST_TRAFFIC_EXCEED_LIMIT"},
		{name: "unsigned miss of an inquiry", api: "inquiryPayment", answer: `{` + result("F", "ORDER_NOT_EXIST") + `}`, header: unsigned, unsigned: true, status: "F", code: "ORDER_NOT_EXIST"},
		{name: "unsigned without a result", answer: `{"code":"ACCESS_DENIED"}`, header: unsigned, kind: apo.NoAnswer, says: "unsigned and has no result"},
		{name: "unsigned with status X", answer: `{` + result("X", "ACCESS_DENIED") + `}`, header: unsigned, kind: apo.NoAnswer, says: "unsigned and has no result"},
		{name: "unsigned with two results", answer: `{` + result("F", "ACCESS_DENIED") + `,` + result("F", "DO_NOT_HONOR") + `}`, header: unsigned, kind: apo.NoAnswer, says: "twice"},
		{name: "unsigned and cut off", answer: `{` + result("F", "ACCESS_DENIED"), header: unsigned, kind: apo.NoAnswer, says: "ends too early"},

		// Present but empty.
		{name: "empty Signature", header: set("Signature", ""), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "empty Response-Time", header: set("Response-Time", ""), kind: apo.Untrusted, says: "does not verify"},
		{name: "both empty", header: func(h http.Header) { h["Signature"], h["Response-Time"] = []string{""}, []string{""} }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "both empty on an F", answer: `{` + result("F", "ACCESS_DENIED") + `}`, header: func(h http.Header) { h["Signature"], h["Response-Time"] = []string{""}, []string{""} }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},

		// Present twice.
		{name: "the same Signature twice", header: func(h http.Header) { h["Signature"] = append(h["Signature"], h["Signature"][0]) }, kind: apo.Untrusted, says: "two Signature"},
		{name: "a right Signature and a wrong one", header: func(h http.Header) { h["Signature"] = append(h["Signature"], "signature=AAAA") }, kind: apo.Untrusted, says: "two Signature"},
		{name: "two Response-Times", header: func(h http.Header) { h["Response-Time"] = append(h["Response-Time"], atNoon) }, kind: apo.Untrusted, says: "two Response-Time"},

		// The wrong thing signed.
		{name: "signed by a stranger", by: "stranger", kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed by ourselves", by: "merchant", kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "one digit of the amount changed on the way", wire: replace(`"4200"`, `"4201"`), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "one space added on the way", wire: replace(`,"paymentId"`, `, "paymentId"`), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "a line feed added behind", wire: func(s string) string { return s + "\n" }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed over the path of another API", signs: func(m *sign.Message) { m.Path = "/ams/sandbox/api/v1/payments/refund" }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed over the production path", signs: func(m *sign.Message) { m.Path = "/ams/api/v1/payments/pay" }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed over the request's time", signs: func(m *sign.Message) { m.Time = fmt.Sprint(noon().UnixMilli()) }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed over the time in another spelling", signs: func(m *sign.Message) { m.Time = "2025-06-01T12:00:00Z" }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed for another client ID", signs: func(m *sign.Message) { m.ClientID = "SANDBOX_5Y0000000000002" }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed over GET", signs: func(m *sign.Message) { m.Method = http.MethodGet }, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},
		{name: "signed over JSON that was encoded again", signs: func(m *sign.Message) {
			var indented bytes.Buffer
			json.Indent(&indented, m.Body, "", " ")
			m.Body = indented.Bytes()
		}, kind: apo.Untrusted, says: "does not verify", cause: sign.ErrMismatch},

		// The text of the Signature header.
		{name: "algorithm RSA1", header: signature(replace("RSA256", "RSA1")), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "algorithm none", header: signature(replace("RSA256", "none")), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "algorithm in lower case", header: signature(replace("RSA256", "rsa256"))},
		{name: "no algorithm", header: signature(replace("algorithm=RSA256,", ""))},
		{name: "another key version", header: signature(replace("keyVersion=1", "keyVersion=7"))},
		{name: "spaces behind the commas", header: signature(func(s string) string { return strings.ReplaceAll(s, ",", ", ") })},
		{name: "items in another order", header: signature(func(s string) string {
			items := strings.Split(s, ",")
			slices.Reverse(items)
			return strings.Join(items, ",")
		})},
		{name: "an item that nobody knows", header: signature(func(s string) string { return s + ",extra=1" })},
		{name: "signature= twice", header: signature(func(s string) string { return s + ",signature=AAAA" }), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "slashes and padding not url-encoded", header: signature(func(s string) string { return strings.NewReplacer("%2F", "/", "%3D", "=").Replace(s) })},
		{name: "a plus sign not url-encoded", header: signature(replace("%2B", "+")), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "url-encoded twice", header: signature(func(s string) string {
			before, value, _ := strings.Cut(s, "signature=")
			return before + "signature=" + url.QueryEscape(value)
		}), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "a broken percent sign", header: set("Signature", "algorithm=RSA256,keyVersion=1,signature=%ZZ"), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},
		{name: "the signature cut short", header: signature(func(s string) string { return s[:len(s)-40] }), kind: apo.Untrusted, says: "does not verify"},
		{name: "the bare signature", header: signature(func(s string) string { _, value, _ := strings.Cut(s, "signature="); return value }), kind: apo.Untrusted, says: "does not verify"},
		{name: "garbage", header: set("Signature", "garbage"), kind: apo.Untrusted, says: "does not verify"},
		{name: "no value", header: set("Signature", "algorithm=RSA256,keyVersion=1,signature="), kind: apo.Untrusted, says: "does not verify", cause: sign.ErrHeader},

		// The case of header names means nothing in HTTP.
		{name: "header names in lower case", header: func(h http.Header) {
			rename("Signature", "signature")(h)
			rename("Response-Time", "response-time")(h)
			rename("Client-Id", "client-id")(h)
		}},
		{name: "header names in upper case", header: func(h http.Header) {
			rename("Signature", "SIGNATURE")(h)
			rename("Response-Time", "RESPONSE-TIME")(h)
			rename("Client-Id", "CLIENT-ID")(h)
		}},
		{name: "one Signature in each case", header: func(h http.Header) { h["signature"] = h["Signature"] }, kind: apo.Untrusted, says: "two Signature"},

		// Whose answer it is.
		{name: "no client-id", header: drop("Client-Id"), kind: apo.NoAnswer, says: "not addressed to our client ID"},
		{name: "another client-id", header: set("Client-Id", "SANDBOX_5Y0000000000002"), kind: apo.NoAnswer, says: "not addressed to our client ID"},
		{name: "client-id in lower case", header: set("Client-Id", strings.ToLower(clientID)), kind: apo.NoAnswer, says: "not addressed to our client ID"},
		{name: "client-id twice", header: func(h http.Header) { h["Client-Id"] = []string{clientID, clientID} }, kind: apo.NoAnswer, says: "not addressed to our client ID"},
		{name: "an empty client-id", header: set("Client-Id", ""), kind: apo.NoAnswer, says: "not addressed to our client ID"},

		// When it was made.
		{name: "time in UTC", at: "2025-06-01T12:00:00Z"},
		{name: "time with an offset that has no colon", at: "2025-06-01T20:00:00+0800"},
		{name: "time with fractions", at: "2025-06-01T12:00:00.123Z"},
		{name: "time in milliseconds", at: fmt.Sprint(noon().UnixMilli())},
		{name: "4m59s old", at: "2025-06-01T19:55:01+08:00"},
		{name: "5m old", at: "2025-06-01T19:55:00+08:00"},
		{name: "5m01s old", at: "2025-06-01T19:54:59+08:00", kind: apo.NoAnswer, says: "5m1s older than the request"},
		{name: "5m01s old in milliseconds", at: fmt.Sprint(noon().UnixMilli() - 301_000), kind: apo.NoAnswer, says: "5m1s older than the request"},
		{name: "a year old", at: "2024-06-01T20:00:00+08:00", kind: apo.NoAnswer, says: "older than the request"},
		{name: "from the first year", at: "0001-01-01T00:00:00Z", kind: apo.NoAnswer, says: "older than the request"},
		{name: "an old decline", at: "2025-06-01T19:54:59+08:00", answer: `{` + result("F", "DO_NOT_HONOR") + `}`, kind: apo.NoAnswer, says: "older than the request"},
		{name: "from the future", at: "2025-06-01T21:00:00+08:00"},
		{name: "time without a zone", at: "2025-06-01T12:00:00", kind: apo.NoAnswer, says: "not a time"},
		{name: "time in words", at: "Sun, 01 Jun 2025 12:00:00 GMT", kind: apo.NoAnswer, says: "not a time"},
		{name: "time in seconds", at: fmt.Sprint(noon().Unix()), kind: apo.NoAnswer, says: "older than the request"},
		{name: "an empty time, signed", at: " ", signs: func(m *sign.Message) { m.Time = "" }, kind: apo.NoAnswer, says: "not a time"},

		// What it is about.
		{name: "another paymentRequestId", answer: `{` + success + `,"paymentRequestId":"demo-0002"}`, kind: apo.NoAnswer, says: "another paymentRequestId"},
		{name: "a paymentRequestId in another case", answer: `{` + success + `,"paymentRequestId":"DEMO-0001"}`, kind: apo.NoAnswer, says: "another paymentRequestId"},
		{name: "a decline of another paymentRequestId", answer: `{` + result("F", "DO_NOT_HONOR") + `,"paymentRequestId":"demo-0002"}`, kind: apo.NoAnswer, says: "another paymentRequestId"},
		{name: "another paymentId", api: "cancel", answer: `{` + success + `,"paymentId":"20250601194010890100111600255689114"}`, kind: apo.NoAnswer, says: "another paymentId"},
		{name: "another paymentId of an inquiry", api: "inquiryPayment", answer: `{` + success + `,"paymentId":"1","paymentStatus":"SUCCESS"}`, kind: apo.NoAnswer, says: "another paymentId"},
		{name: "another captureRequestId", api: "capture", answer: `{` + success + `,"captureRequestId":"capture-2"}`, kind: apo.NoAnswer, says: "another captureRequestId"},
		{name: "another refundRequestId", api: "refund", answer: `{` + success + `,"refundRequestId":"refund-2"}`, kind: apo.NoAnswer, says: "another refundRequestId"},
		{name: "another refund of an inquiry", api: "inquiryRefund", answer: `{` + success + `,"refundRequestId":"refund-2","refundStatus":"SUCCESS"}`, kind: apo.NoAnswer, says: "another refundRequestId"},
		{name: "an ID that is an object", answer: `{` + success + `,"paymentRequestId":{"demo-0001":1}}`, kind: apo.NoAnswer, says: "another paymentRequestId"},
		{name: "no ID and no amount"},
		{name: "another amount", answer: `{` + success + `,"paymentAmount":{"currency":"SGD","value":"4201"}}`, kind: apo.NoAnswer, says: "SGD 42.01 instead of SGD 42.00"},
		{name: "another currency", answer: `{` + success + `,"paymentAmount":{"currency":"USD","value":"4200"}}`, kind: apo.NoAnswer, says: "USD 42.00 instead of SGD 42.00"},
		{name: "the amount as a number", answer: `{` + success + `,"paymentAmount":{"currency":"SGD","value":4200}}`},
		{name: "another amount as a number", answer: `{` + success + `,"paymentAmount":{"currency":"SGD","value":420}}`, kind: apo.NoAnswer, says: "paymentAmount is SGD 4.20"},
		{name: "the amount as a number with an exponent", answer: `{` + success + `,"paymentAmount":{"currency":"SGD","value":42e2}}`, kind: apo.NoAnswer, says: "paymentAmount is"},
		{name: "the amount without currency", answer: `{` + success + `,"paymentAmount":{"value":"4200"}}`, kind: apo.NoAnswer, says: "paymentAmount is"},
		{name: "another captureAmount", api: "capture", answer: `{` + success + `,"captureAmount":{"currency":"SGD","value":"100"}}`, kind: apo.NoAnswer, says: "captureAmount is SGD 1.00"},
		{name: "another refundAmount", api: "refund", answer: `{` + success + `,"refundAmount":{"currency":"SGD","value":"100"}}`, kind: apo.NoAnswer, says: "refundAmount is SGD 1.00"},
		{name: "an inquiry tells an amount that it was not asked for", api: "inquiryPayment", answer: `{` + success + `,"paymentAmount":{"currency":"JPY","value":"120"}}`},

		// JSON that readers disagree about.
		{name: "two results", answer: twoResults, kind: apo.NoAnswer, says: `the key "result" comes twice`},
		{name: "two results, one of them escaped", answer: `{` + success + `,"\u0072esult":{"resultStatus":"F","resultCode":"PROCESS_FAIL"}}`, kind: apo.NoAnswer, says: `the key "result" comes twice`},
		{name: "two statuses", answer: `{"result":{"resultStatus":"F","resultStatus":"S","resultCode":"SUCCESS"}}`, kind: apo.NoAnswer, says: `"resultStatus" comes twice in result`},
		{name: "two keys deep inside", answer: `{` + success + `,"a":[{"b":{"c":1,"c":1}}]}`, kind: apo.NoAnswer, says: `"c" comes twice in a.0.b`},
		{name: "cut off", answer: accepted[:len(accepted)-20], kind: apo.NoAnswer, says: "ends too early"},
		{name: "cut off before the last brace", answer: accepted[:len(accepted)-1], kind: apo.NoAnswer, says: "ends too early"},
		{name: "text behind", answer: accepted + `x`, kind: apo.NoAnswer, says: "more text behind"},
		{name: "a second object behind", answer: accepted + `{}`, kind: apo.NoAnswer, says: "more text behind"},
		{name: "white space around", answer: "\r\n " + accepted + "\n"},
		{name: "a byte order mark", answer: "\xef\xbb\xbf" + accepted, kind: apo.NoAnswer, says: "byte order mark"},
		{name: "UTF-16", answer: asUTF16(accepted), kind: apo.NoAnswer, says: "UTF-16"},
		{name: "not UTF-8", answer: `{` + success + `,"name":"M` + "\xfc" + `ller"}`, kind: apo.NoAnswer, says: "not UTF-8"},
		{name: "a hundred thousand levels", answer: `{` + success + `,"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, kind: apo.NoAnswer, says: "nested deeper"},
		{name: "a comma too many", answer: `{` + success + `,}`, kind: apo.NoAnswer, says: "unreadable"},
		{name: "a comment", answer: `{` + success + `/* paid */}`, kind: apo.NoAnswer, says: "unreadable"},
		{name: "a NUL behind", answer: accepted + "\x00", kind: apo.NoAnswer, says: "more text behind"},

		// JSON without a result.
		{name: "a list", answer: `[` + accepted + `]`, kind: apo.NoAnswer, says: "not an object"},
		{name: "an empty object", answer: `{}`, kind: apo.NoAnswer, says: "no result"},
		{name: "no result", answer: `{"paymentId":"1"}`, kind: apo.NoAnswer, says: "no result"},
		{name: "Result in another case", answer: `{"Result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, kind: apo.NoAnswer, says: "no result"},
		{name: "result is null", answer: `{"result":null}`, kind: apo.NoAnswer, says: "no result"},
		{name: "result is text", answer: `{"result":"S"}`, kind: apo.NoAnswer, says: "no result"},
		{name: "result is JSON in a text", answer: `{"result":"{\"resultStatus\":\"S\",\"resultCode\":\"SUCCESS\"}"}`, kind: apo.NoAnswer, says: "no result"},
		{name: "result is a list", answer: `{"result":[{"resultStatus":"S","resultCode":"SUCCESS"}]}`, kind: apo.NoAnswer, says: "no result"},
		{name: "status X", answer: `{` + result("X", "SUCCESS") + `}`, kind: apo.NoAnswer, says: "no result"},
		{name: "status in lower case", answer: `{` + result("s", "SUCCESS") + `}`, kind: apo.NoAnswer, says: "no result"},
		{name: "status SUCCESS", answer: `{` + result("SUCCESS", "SUCCESS") + `}`, kind: apo.NoAnswer, says: "no result"},
		{name: "status with a space", answer: `{` + result("S ", "SUCCESS") + `}`, kind: apo.NoAnswer, says: "no result"},
		{name: "status is true", answer: `{"result":{"resultStatus":true,"resultCode":"SUCCESS"}}`, kind: apo.NoAnswer, says: "no result"},
		{name: "no status", answer: `{"result":{"resultCode":"SUCCESS"}}`, kind: apo.NoAnswer, says: "no result"},
		{name: "no code", answer: `{"result":{"resultStatus":"S"}}`, kind: apo.NoAnswer, says: "no result"},
		{name: "an empty code", answer: `{` + result("S", "") + `}`, kind: apo.NoAnswer, says: "no result"},
		{name: "code is a number", answer: `{"result":{"resultStatus":"S","resultCode":200}}`, kind: apo.NoAnswer, says: "no result"},
		{name: "message is a number", answer: `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":7}}`},
	}
}

func TestAnswersAndTrust(t *testing.T) {
	for _, tt := range trustCases() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.api == "" {
				tt.api = "pay"
			}
			client := serve(t, tt.serve(t))
			answer, err := client.Call(t.Context(), endpoint(t, tt.api), []byte(requestBody(tt.api)))
			if tt.kind != 0 {
				failed := wantError(t, err, tt.kind, http.StatusOK, tt.says)
				if tt.cause != nil && !errors.Is(failed, tt.cause) {
					t.Errorf("the cause is %v, want %v", failed.Err, tt.cause)
				}
				if answer != nil {
					t.Errorf("an answer comes with the error: %+v", answer)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			tt.check(t, answer)
		})
	}
}

func (tt trustCase) body() string {
	if tt.answer == "" {
		return accepted
	}
	return tt.answer
}

func (tt trustCase) serve(t *testing.T) http.HandlerFunc {
	key := readKey(t, "antom")
	if tt.by != "" {
		key = readKey(t, tt.by)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		at, body := tt.at, tt.body()
		if at == "" {
			at = atNoon
		}
		m := sign.Message{Method: r.Method, Path: r.RequestURI, ClientID: clientID, Time: at, Body: []byte(body)}
		if tt.signs != nil {
			tt.signs(&m)
		}
		value, err := sign.Sign(key, "1", m)
		if err != nil {
			t.Error(err)
		}
		w.Header()["Signature"], w.Header()["Response-Time"], w.Header()["Client-Id"] = []string{value}, []string{at}, []string{clientID}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		if tt.header != nil {
			tt.header(w.Header())
		}
		if tt.wire != nil {
			body = tt.wire(body)
		}
		io.WriteString(w, body)
	}
}

func (tt trustCase) check(t *testing.T, answer *apo.Answer) {
	t.Helper()
	want := apo.Result{Status: "S", Code: "SUCCESS"}
	if tt.status != "" {
		want = apo.Result{Status: tt.status, Code: tt.code}
	}
	if answer.Result.Status != want.Status || answer.Result.Code != want.Code {
		t.Errorf("result %+v, want %+v", answer.Result, want)
	}
	if answer.Unsigned != tt.unsigned {
		t.Errorf("unsigned: %v, want %v", answer.Unsigned, tt.unsigned)
	}
	if string(answer.Raw) != tt.body() {
		t.Errorf("the bytes received were not kept:\n%s\n%s", answer.Raw, tt.body())
	}
	if !answer.SentAt.Equal(noon()) || answer.GatewayTime.IsZero() != tt.unsigned {
		t.Errorf("sent at %v, gateway's time %v", answer.SentAt, answer.GatewayTime)
	}
}

func asUTF16(s string) string {
	b := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(s)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

// This is why a signed answer with a duplicate key is no answer: whoever may
// add a key to what Antom signs chooses what each of two readers sees.
func TestReadersDisagreeAboutDuplicateKeys(t *testing.T) {
	antom := readKey(t, "antom")
	declined := result("F", "DO_NOT_HONOR")
	for _, body := range []string{`{` + success + `,` + declined + `}`, `{` + declined + `,` + success + `}`} {
		first := gjson.Get(body, "result.resultStatus").String()
		var last struct {
			Result struct{ ResultStatus string }
		}
		if err := json.Unmarshal([]byte(body), &last); err != nil {
			t.Fatal(err)
		}
		if first == last.Result.ResultStatus {
			t.Fatalf("gjson and encoding/json agree on %s now; CheckJSON could be simpler", body)
		}

		client := serve(t, func(w http.ResponseWriter, r *http.Request) { write(w, r, antom, body) })
		_, err := pay(t, client)
		wantError(t, err, apo.NoAnswer, http.StatusOK, "comes twice")
	}
}

// gjson finds values in JSON that ends in the middle, so no path may be looked
// up before the whole was read.
func TestTruncatedJSONThatGjsonAnswersFrom(t *testing.T) {
	antom := readKey(t, "antom")
	cut := `{` + success + `,"paymentStatus":"SUCCESS","transactions":[{"transactionSta`
	if got := gjson.Get(cut, "paymentStatus").String(); got != "SUCCESS" {
		t.Fatalf("gjson says %q; it used to answer from truncated JSON", got)
	}
	client := serve(t, func(w http.ResponseWriter, r *http.Request) { write(w, r, antom, cut) })
	_, err := client.Call(t.Context(), endpoint(t, "inquiryPayment"), []byte(requestBody("inquiryPayment")))
	wantError(t, err, apo.NoAnswer, http.StatusOK, "ends too early")
}
