package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// maxRequest is the size above which a request is refused, in bytes.
const maxRequest = 1 << 20

// pacificSeconds is the offset that the times of the samples of APO have.
const pacificSeconds = -8 * 60 * 60

// ServeHTTP answers like APO's gateway: whatever is wrong with a request is
// said in a result, with HTTP 200.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !admit(w, r, nil) {
		return
	}
	if strings.HasPrefix(r.URL.Path, pagePrefix) {
		s.servePage(w, r)
		return
	}
	start := time.Now()
	body, name, answer, signed := s.gateway(w, r)
	text, err := json.Marshal(answer)
	if err != nil {
		text, signed = []byte(`{"result":{"resultCode":"SYSTEM_ERROR","resultStatus":"F","resultMessage":"the sandbox failed"}}`), false
	}
	s.write(w, r, text, signed)

	result := gjson.GetBytes(text, "result")
	s.log(Event{
		Time: s.now(), Endpoint: name, Took: time.Since(start), ID: idOf(body),
		Status: result.Get("resultStatus").Str, Code: result.Get("resultCode").Str,
	})
}

// gateway does what the gateway does before any business: who is calling, with
// which signature, for which API. Only after the signature verified is an
// answer signed.
func (s *Sandbox) gateway(w http.ResponseWriter, r *http.Request) (body []byte, name string, answer any, signed bool) {
	api, known := apiOf(r.URL.Path)
	if api == "" {
		api = r.URL.Path
	}
	if r.Method != http.MethodPost {
		return nil, api, refuse("METHOD_NOT_SUPPORTED", "only POST is supported, not "+r.Method), false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return nil, api, refuse("PARAM_ILLEGAL", "the body is longer than 1 MiB, or broke off"), false
	}
	id := r.Header.Get("Client-Id")
	if id != ClientID {
		return body, api, refuse("CLIENT_INVALID", "this sandbox knows the client ID "+ClientID+" alone"), false
	}
	m := sign.Message{
		Method: r.Method, Path: r.URL.RequestURI(), ClientID: id,
		Time: r.Header.Get("Request-Time"), Body: body,
	}
	if _, err := apo.ParseTime(m.Time); err != nil {
		return body, api, refuse("PARAM_ILLEGAL", "the header Request-Time is missing, or neither milliseconds nor ISO 8601"), false
	}
	if err := sign.Verify(s.merchant, m, r.Header.Get("Signature")); err != nil {
		return body, api, refuse("INVALID_SIGNATURE", err.Error()), false
	}
	if !known {
		return body, api, refuse("NO_INTERFACE_DEF", "no API at "+r.URL.Path), true
	}
	if err := apo.CheckJSON(body); err != nil {
		return body, api, refuse("PARAM_ILLEGAL", "the body is unreadable: "+err.Error()), true
	}
	return body, api, s.call(api, gjson.ParseBytes(body), body), true
}

// apiOf finds the API of a path in both spellings, with /sandbox and without.
func apiOf(path string) (name string, known bool) {
	name, found := strings.CutPrefix(path, "/ams/sandbox/api/v1/payments/")
	if !found {
		name, found = strings.CutPrefix(path, "/ams/api/v1/payments/")
	}
	switch name {
	case "pay", "inquiryPayment", "capture", "cancel", "refund", "inquiryRefund":
		return name, found
	}
	return name, false
}

func (s *Sandbox) call(api string, request gjson.Result, body []byte) any {
	if refusal := s.validate(api, body); refusal != nil {
		return refusal
	}
	var answer any
	err := s.store.do(func(t *tx) (err error) {
		l := ledger{tx: t, ids: s.ids, now: s.now(), pages: *s.pages.Load()}
		switch api {
		case "pay":
			answer, err = l.pay(request)
		case "inquiryPayment":
			answer, err = l.inquiryPayment(request)
		case "capture":
			answer, err = l.capture(request)
		case "cancel":
			answer, err = l.cancel(request)
		case "refund":
			answer, err = l.refund(request)
		case "inquiryRefund":
			answer, err = l.inquiryRefund(request)
		}
		return err
	})
	if err != nil {
		// Whether the records took it is not known: U, never F.
		return resultOnly{result{"UNKNOWN_EXCEPTION", "the sandbox's state failed: " + err.Error(), "U"}}
	}
	return answer
}

// validate turns the first broken rule into APO's code for it.
func (s *Sandbox) validate(api string, body []byte) any {
	for _, v := range apo.Validate(api, body, s.now()) {
		switch v.Rule {
		case "same-amount": // APO does not compare the order's amount
			continue
		case "luhn", "card-number":
			return refuse("INVALID_CARD_NUMBER", v.Path+" "+v.Text)
		case "expired":
			return refuse("INVALID_EXPIRATION_DATE", v.Path+" "+v.Text)
		}
		return refuse("PARAM_ILLEGAL", v.Path+" "+v.Text)
	}
	return nil
}

// write sends an answer. The names of its headers are in lower case and the
// items of its signature in the order algorithm, keyVersion, signature: there
// are SDKs that read nothing else.
func (s *Sandbox) write(w http.ResponseWriter, r *http.Request, text []byte, signed bool) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	if signed {
		m := sign.Message{
			Method: r.Method, Path: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"),
			Time: isoTime(s.now()), Body: text,
		}
		if signature, err := sign.Sign(s.keys.Antom, "1", m); err == nil {
			h["client-id"] = []string{m.ClientID}
			h["response-time"] = []string{m.Time}
			h["signature"] = []string{signature}
		}
	}
	w.Write(text)
}

// isoTime writes a time as the gateway does: to the second, with an offset.
func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(time.FixedZone("", pacificSeconds)).Format(time.RFC3339)
}

// idOf names the request in the log.
func idOf(body []byte) string {
	for _, name := range []string{"captureRequestId", "refundRequestId", "paymentRequestId", "paymentId", "refundId"} {
		if v := gjson.GetBytes(body, name); v.Exists() {
			return name + " " + v.String()
		}
	}
	return ""
}
