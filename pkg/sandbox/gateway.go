package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// maxRequest is the size above which a request is refused, in bytes.
const maxRequest = 1 << 20

// mostAgentToken is how many characters the header agent-token has at most.
const mostAgentToken = 128

// ServeHTTP answers like APO's gateway: whatever is wrong with a request is
// said in a result, with HTTP 200.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isHealth(r.URL.Path) {
		s.serveHealth(w, r)
		return
	}
	if !s.guard.allow(w, r) {
		return
	}
	if s.serveWindow(w, r) {
		return
	}
	if isControl(r.URL.Path) {
		s.serveControl(w, r)
		return
	}
	w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat)) // or net/http writes that of the real clock
	if isPage(r.URL.Path) {
		s.serveBuyer(w, r)
		return
	}
	start, began := time.Now(), s.Now()
	out := &listener{ResponseWriter: w}
	x := &exchange{w: out, r: r}
	a := s.gateway(x)
	defer func() { s.hear(x, out, a, began, time.Since(start)) }()
	result := gjson.GetBytes(a.body, "result")
	message := ""
	if result.Get("resultStatus").Str != "S" {
		message = apo.Masker{}.Text(result.Get("resultMessage").Str)
	}
	s.log(Event{
		Time: s.Now(), Endpoint: x.api, Message: message, Took: time.Since(start), ID: idOf(x.body), Fault: x.fault.Fault,
		Status: result.Get("resultStatus").Str, Code: result.Get("resultCode").Str,
	})
	s.inject(x, a)
}

// exchange is one request, and what shall go wrong with it.
type exchange struct {
	w       http.ResponseWriter
	r       *http.Request
	secrets *secrets // that the body holds; nil until they are learnt
	body    []byte
	api     string
	fault   Outcome // of the wire or of the answer; the zero value: none
	drawn   bool    // whether a rule said so, or none did
	first   []int64 // notifications that go before the answer

	verified bool
	doubt    string // why it is not
}

// answer is what is about to be sent: a body, and how it is signed.
type answer struct {
	body       []byte
	key        *sign.PrivateKey // nil: not at all
	keyVersion string
	time       time.Time
	timeless   bool // without its time, so that nobody can verify it
	sandbox    string
}

// gateway does what the gateway does before any business: who is calling, with
// which signature, for which API. Only after the signature verified is an
// answer signed.
func (s *Sandbox) gateway(x *exchange) answer {
	reply, signed := s.reply(x)
	if signed && !x.drawn {
		s.spoilRefusal(x)
	}
	text, err := json.Marshal(reply)
	if err != nil {
		text, signed = []byte(`{"result":{"resultCode":"SYSTEM_ERROR","resultStatus":"F","resultMessage":"the sandbox failed"}}`), false
	}
	a := answer{body: text, keyVersion: "1", time: s.Now(), sandbox: s.Identity()}
	if sent, err := apo.ParseTime(x.r.Header.Get("Request-Time")); err == nil && sent.After(a.time) {
		a.time = sent // a clock that is set back must not make answers older than their requests
	}
	if signed {
		a.key = s.keys.Antom
	}
	return a
}

// spoilRefusal decides what goes wrong with the answer to a verified call that was
// refused before any business.
func (s *Sandbox) spoilRefusal(x *exchange) {
	api, _, _ := apiAt(x.r.URL.Path) // of none there is, rules for all APIs speak
	rules, err := s.Rules()
	if err != nil || !slices.ContainsFunc(rules, isOfTheWire) {
		return
	}
	var request gjson.Result
	if apo.CheckJSON(x.body) == nil {
		request = gjson.ParseBytes(x.body)
	}
	var met Outcome
	err = s.store.do(func(t *tx) error {
		l := s.ledger(t)
		id, err := api.idOf(l, request)
		if err != nil {
			return err
		}
		c, err := l.callOf(api.name, id, "", request)
		if err == nil {
			met, _, err = l.draw(c, isOfTheWire)
		}
		return err
	})
	if err == nil {
		x.fault = met
	}
}

func (s *Sandbox) reply(x *exchange) (reply any, signed bool) {
	options := s.options()
	api, path, known := apiAt(x.r.URL.Path)
	if x.api = api.name; !known {
		x.api = loggable(x.r.URL.Path)
	}
	if x.r.Method != http.MethodPost {
		return refuse("METHOD_NOT_SUPPORTED", "only POST is supported, not "+x.r.Method), false
	}
	var err error
	if x.body, err = io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxRequest)); err != nil {
		return refuse("PARAM_ILLEGAL", "the body is longer than 1 MiB, or broke off"), false
	}
	id := x.r.Header.Get("Client-Id")
	if id != s.clientID {
		return refuse("CLIENT_INVALID", "this sandbox knows the client ID "+s.clientID+" alone"), false
	}
	m := sign.Message{
		Method: x.r.Method, Path: x.r.URL.RequestURI(), ClientID: id,
		Time: x.r.Header.Get("Request-Time"), Body: x.body,
	}
	if problem := timeProblem(m.Time, options.value("request-time")); problem != "" {
		return refuse("PARAM_ILLEGAL", problem), false
	}
	if err := sign.Verify(s.merchant, m, x.r.Header.Get("Signature")); err != nil {
		x.doubt = err.Error()
		return refuse(options.value("signature-code"), err.Error()), false
	}
	x.verified = true
	if problem := s.ageProblem(m.Time, options.value("request-time-window")); problem != "" {
		return refuse("PARAM_ILLEGAL", problem), true
	}
	if kind := x.r.Header.Get("Content-Type"); !isReadable(kind) {
		return refuse("MEDIA_TYPE_NOT_ACCEPTABLE", "the body is JSON, and not "+loggable(kind)), true
	}
	if len(x.r.Header.Get("agent-token")) > mostAgentToken {
		return refuse("PARAM_ILLEGAL", fmt.Sprintf("the header agent-token is longer than %d characters", mostAgentToken)), true
	}
	if wanted := options.value("paths"); !known || !options.offers(api.name) || wanted != "both" && wanted != path {
		return refuse("NO_INTERFACE_DEF", "no API at "+x.r.URL.Path), true
	}
	if err := apo.CheckJSON(x.body); err != nil {
		return refuse("PARAM_ILLEGAL", "the body is unreadable: "+err.Error()), true
	}
	return s.call(x, api, gjson.ParseBytes(x.body), options), true
}

// isReadable reports whether a Content-Type is JSON, which need not be said, or
// what libraries of HTTP write of their own accord.
func isReadable(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); kind {
	case "", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream":
		return true
	}
	return strings.HasSuffix(kind, "+json")
}

func timeProblem(text, wanted string) string {
	at, err := apo.ParseTime(text)
	milliseconds := strings.Trim(text, "0123456789") == ""
	switch {
	case err != nil:
		return "the header Request-Time is missing, or neither milliseconds nor ISO 8601"
	case at.UTC().Year() > 9999: // no answer could be written at such a time
		return "the header Request-Time lies behind the year 9999"
	case wanted == "milliseconds" && !milliseconds:
		return "the header Request-Time is not in milliseconds"
	case wanted == "iso" && milliseconds:
		return "the header Request-Time is not ISO 8601"
	}
	return ""
}

// ageProblem says how far a Request-Time is beyond a window. It is the client's clock
// that wrote it, which goes with the real one, or with the sandbox's in a test that
// moves both.
func (s *Sandbox) ageProblem(text, window string) string {
	within, err := time.ParseDuration(window)
	if err != nil { // "off"
		return ""
	}
	sent, err := apo.ParseTime(text)
	if err != nil {
		return ""
	}
	if off := min(s.real().Sub(sent).Abs(), s.Now().Sub(sent).Abs()); off > within {
		return fmt.Sprintf("the header Request-Time is %s off the time; %s is allowed", off.Round(time.Second), window)
	}
	return ""
}

func (s *Sandbox) call(x *exchange, api api, request gjson.Result, options Options) any {
	if refusal := validate(x.api, x.body, options); refusal != nil {
		return refusal
	}
	behind := s.delivery.brings(request.Get("paymentId").String())
	x.secrets = secretsOf(x.body)
	var reply any
	err := s.store.do(func(t *tx) (err error) {
		l := s.ledger(t)
		l.secrets = x.secrets
		reply, err = l.work(x, api, request, behind)
		return err
	})
	if err != nil {
		// Whether the records took it is not known: U, never F.
		return resultOnly{result{"UNKNOWN_EXCEPTION", "the sandbox's state failed: " + err.Error(), "U"}}
	}
	return reply
}

// work does a call, unless a fault keeps it from being recorded, and decides what goes
// wrong with its answer. behind says that its news stand behind others.
func (l ledger) work(x *exchange, api api, request gjson.Result, behind bool) (reply any, err error) {
	x.first = nil
	id, err := api.idOf(l, request)
	if err != nil {
		return nil, err
	}
	x.drawn = true
	c, err := l.callOf(x.api, id, "", request)
	if err != nil {
		return nil, err
	}
	if x.fault, _, err = l.draw(c, isOfTheWire); err != nil || !recorded(x.fault.Fault, l.ids, x.body) {
		return nil, err
	}
	before := len(l.fresh)
	reply, err = api.do(l, request)
	if news := l.fresh[before:]; err == nil && len(news) > 0 && !behind {
		var early Outcome
		c.api = "notify"
		early, _, err = l.draw(c, isFault("notify-first"))
		if early.Fault != "" {
			x.first = slices.Clone(news)
		}
	}
	return reply, err
}

// validate turns the first broken rule into APO's code for it. What time makes
// wrong is the ledger's to say: it knows which requests are repeated ones.
func validate(api string, body []byte, options Options) any {
	for _, v := range apo.Validate(api, body, time.Time{}) {
		switch {
		case v.Rule == "same-amount", v.Rule == "dash": // APO does not compare the order's amount, and takes any ID
			continue
		case options.waives(v), isCollected(api, gjson.ParseBytes(body), v):
			continue
		case v.Rule == "luhn", v.Rule == "card-number":
			return refuse("INVALID_CARD_NUMBER", v.Path+" "+v.Text)
		}
		return refuse("PARAM_ILLEGAL", v.Path+" "+v.Text)
	}
	if refusal := tokenizeProblem(body); refusal != nil {
		return refusal
	}
	return options.validate(api, body)
}

// head signs an answer. The names of its headers are in lower case and the
// items of its signature in the order algorithm, keyVersion, signature: there
// are SDKs that read nothing else.
func (x *exchange) head(a answer) {
	h := x.w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h["apo-sandbox"] = []string{a.sandbox}
	if a.key == nil {
		return
	}
	m := sign.Message{
		Method: x.r.Method, Path: x.r.URL.RequestURI(), ClientID: x.r.Header.Get("Client-Id"),
		Time: isoTime(a.time), Body: a.body,
	}
	signature, err := sign.Sign(a.key, a.keyVersion, m)
	if err != nil {
		return
	}
	h["client-id"] = []string{m.ClientID}
	if !a.timeless {
		h["response-time"] = []string{m.Time}
	}
	h["signature"] = []string{signature}
}

// idOf names the request in the log.
func idOf(body []byte) string {
	for _, name := range []string{"captureRequestId", "refundRequestId", "paymentRequestId", "vaultingRequestId", "paymentId", "refundId", "disputeId"} {
		if v := gjson.GetBytes(body, name); v.Type == gjson.String {
			return name + " " + loggable(v.Str)
		}
	}
	return ""
}

// loggable is the beginning of what anybody sent, as one line without control
// characters: a log is read by people, on terminals.
func loggable(text string) string { return visible(excerpt(text, 64)) }
