package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

const (
	mostExchanges = 5000    // that a state keeps, the newest
	mostHeard     = 8 << 10 // bytes that are kept of a body
	mostUnwritten = 256     // exchanges that wait for a commit to go along with
	unwrittenFor  = 500 * time.Millisecond
)

// heard is one call of the gateway with both sides of it, as it was on the wire, with
// card data masked.
type heard struct {
	ID       int64     `json:"id"`
	Time     time.Time `json:"time"`
	Endpoint string    `json:"endpoint"` // "pay"
	Code     string    `json:"resultCode,omitempty"`
	Status   string    `json:"resultStatus,omitempty"`
	Fault    string    `json:"fault,omitempty"`
	TookMs   float64   `json:"tookMs"`
	Request  letter    `json:"request"`
	Answer   letter    `json:"answer"`
	ref      string    // a number of the payment that it is about, masked
}

// letter is one side of an exchange, or a notification.
type letter struct {
	Line     string       `json:"line"`   // "POST /ams/api/v1/payments/pay", "200 OK"; "" where there was no answer
	Header   []headerLine `json:"header"` // masked
	Body     string       `json:"body"`   // masked, and at most 8 KiB of it
	Bytes    int          `json:"bytes"`  // of the body on the wire
	Masked   bool         `json:"masked"` // something of the body is hidden
	Cut      bool         `json:"cut,omitempty"`
	Signed   string       `json:"signed,omitempty"` // the content that is signed, up to the body
	Verified bool         `json:"verified"`
	Why      string       `json:"why,omitempty"` // it did not verify
}

type headerLine struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// letterOf keeps a message. Where something of the body is hidden, most of the
// signature is, too: whoever has it whole can tell whether a card number is the one
// that was guessed.
func letterOf(line string, header http.Header, names []string, body []byte, total int, mask apo.Masker) letter {
	masked := withoutUsers(withoutNumbers(mask.JSON(body)))
	l := letter{Line: line, Header: []headerLine{}, Bytes: total, Masked: !bytes.Equal(masked, body), Cut: total > len(body)}
	if len(masked) > mostHeard {
		masked, l.Cut = masked[:mostHeard], true
	}
	l.Body = strings.ToValidUTF8(string(masked), "\uFFFD")
	for _, name := range names {
		value := headerOf(header, name)
		if value == "" {
			continue
		}
		switch {
		case strings.EqualFold(name, "agent-token"): // a secret, whatever it looks like
			value = "***"
		case !strings.EqualFold(name, "signature"):
			value = harmless(value, 200)
		case l.Masked:
			value = harmless(value[:min(len(value), 60)], 60) + "…"
		case !plainSignature(value):
			value = harmless(value, 1000)
		}
		l.Header = append(l.Header, headerLine{name, value})
	}
	return l
}

// withoutNumbers hides card numbers in what the masker leaves readable, such as the
// reference of a buyer: there they are in nobody's way but ours.
func withoutNumbers(body []byte) []byte {
	if bytes.Contains(body, []byte(`\u003`)) { // digits that are written as escapes
		var doc any
		if json.Unmarshal(body, &doc) == nil {
			body, _ = json.Marshal(doc)
		}
	}
	var hidden []byte
	for from := 0; from < len(body); {
		if !isDigit(body[from]) {
			from++
			continue
		}
		to, digits := numberAt(body, from)
		if len(digits) >= 12 && apo.IsCardNumber(digits) {
			if hidden == nil {
				hidden = bytes.Clone(body)
			}
			for i, left := from, len(digits); i < to && left > 4; i++ {
				if isDigit(body[i]) {
					hidden[i] = '*'
					left--
				}
			}
			from = to
			continue
		}
		for from < len(body) && isDigit(body[from]) {
			from++
		}
	}
	if hidden == nil {
		return body
	}
	return hidden
}

// numberAt is the longest number from a digit on that could be a card's, with single
// characters between its groups; without one it is the digits up to the next group.
func numberAt(body []byte, from int) (to int, digits string) {
	var all []byte
	for i := from; i < len(body) && len(all) < 20; i++ {
		if !isDigit(body[i]) {
			if apo.IsCardNumber(string(all)) {
				to, digits = i, string(all)
			}
			if !isWordOf(body[i]) || i+1 == len(body) || !isDigit(body[i+1]) {
				return to, digits
			}
			continue
		}
		all = append(all, body[i])
	}
	if len(all) < 20 && apo.IsCardNumber(string(all)) {
		return len(body), string(all)
	}
	return to, digits
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// headerOf reads a header however its name is written.
func headerOf(header http.Header, name string) string {
	for key, values := range header {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// sealedAs is what was signed of a message, up to its body.
func sealedAs(path string, header http.Header, timeHeader string) string {
	m := sign.Message{Method: http.MethodPost, Path: path, ClientID: headerOf(header, "client-id"), Time: headerOf(header, timeHeader)}
	return harmless(string(m.Content()), 1000)
}

// harmless is [visible] of an excerpt, but for line ends, and quick where there is
// nothing to hide.
func harmless(text string, most int) string {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '\n' || c >= ' ' && c < 0x7f && c != '%' && c != '&' && c != '=' && c != '\\':
			if !isWordOf(c) {
				digits = 0
			}
			continue
		default:
			digits = 99
		}
		if digits >= 12 {
			lines := strings.Split(text, "\n")
			for i := range lines {
				lines[i] = visible(excerpt(lines[i], most))
			}
			return strings.Join(lines, "\n")
		}
	}
	return text[:min(len(text), most)]
}

// isWordOf reports whether a character may stand inside a number.
func isWordOf(c byte) bool { return c == ' ' || c == '-' || c == '.' }

// plainSignature reports whether a signature header is one, and nothing else.
func plainSignature(text string) bool {
	_, err := sign.ParseHeader(text)
	return err == nil && len(text) < 2048
}

// listener writes an answer, and hears what it is.
type listener struct {
	http.ResponseWriter
	status int
	header http.Header
	body   []byte
	total  int
}

// Unwrap is for [http.ResponseController].
func (l *listener) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// WriteHeader notes the status, and the header as it leaves.
func (l *listener) WriteHeader(status int) {
	if l.status == 0 {
		l.status, l.header = status, l.Header().Clone()
	}
	l.ResponseWriter.WriteHeader(status)
}

func (l *listener) Write(b []byte) (int, error) {
	if l.status == 0 {
		l.status, l.header = http.StatusOK, l.Header().Clone()
	}
	l.total += len(b)
	l.body = append(l.body, b[:min(len(b), maxRequest-len(l.body))]...)
	return l.ResponseWriter.Write(b)
}

// hear keeps an exchange that began at a time of the sandbox and is over, for a commit to take along.
func (s *Sandbox) hear(x *exchange, out *listener, a answer, began time.Time, took time.Duration) {
	h := heard{
		Time: began, Endpoint: x.api, Fault: x.fault.Fault, TookMs: float64(took.Microseconds()) / 1000,
		Code: excerpt(gjson.GetBytes(a.body, "result.resultCode").Str, 64), Status: excerpt(gjson.GetBytes(a.body, "result.resultStatus").Str, 8),
		ref: apo.Masker{}.Text(paymentNamed(a.body, x.body)),
	}
	known := new(apo.Known)
	known.Learn(x.body)
	mask := apo.Masker{IDs: true, Known: known}
	path := x.r.URL.RequestURI()
	h.Request = letterOf(visible(excerpt(x.r.Method+" "+path, 200)), x.r.Header,
		[]string{"Client-Id", "Request-Time", "Signature", "Content-Type", "agent-token", "User-Agent"}, x.body, len(x.body), mask)
	h.Request.Signed = sealedAs(path, x.r.Header, "request-time")
	h.Request.Verified, h.Request.Why = x.verified, visible(x.doubt)
	if out.status > 0 {
		names := []string{"client-id", "response-time", "signature", "Content-Type", "Content-Encoding"}
		body := out.body
		if headerOf(out.header, "Content-Encoding") == "gzip" {
			body = a.body
		}
		line := strings.TrimSpace(strconv.Itoa(out.status) + " " + http.StatusText(out.status))
		h.Answer = letterOf(line, out.header, names, body, out.total, mask)
		if headerOf(out.header, "signature") != "" {
			h.Answer.Signed = sealedAs(path, out.header, "response-time")
		}
		h.Answer.Verified, h.Answer.Why = s.answerVerifies(out, a)
	}
	s.store.heard.add(h)
}

// answerVerifies is what a merchant finds out about an answer. It is known from how the
// answer was made.
func (s *Sandbox) answerVerifies(out *listener, a answer) (verified bool, why string) {
	switch {
	case headerOf(out.header, "signature") == "":
		return false, "it is not signed"
	case headerOf(out.header, "response-time") == "":
		return false, "it has no response-time, which is a part of what is signed"
	case a.key != s.keys.Antom:
		return false, "it is signed with another key than Antom's"
	case headerOf(out.header, "Content-Encoding") == "" && out.total != len(a.body):
		return false, "a part of it is missing"
	}
	return true, ""
}

// paymentNamed is a number under which the payment of a call can be found.
func paymentNamed(answer, request []byte) string {
	for _, name := range []string{"paymentId", "paymentRequestId", "captureRequestId", "refundRequestId", "refundId", "captureId", "disputeId"} {
		for _, body := range [][]byte{answer, request} {
			if v := gjson.GetBytes(body, name); v.Type == gjson.String && v.Str != "" {
				return v.Str
			}
		}
	}
	return ""
}

// unwritten are exchanges that are not in the state yet. They go along with the next
// commit that writes, or are written once somebody asks or there are many.
type unwritten struct {
	mu   sync.Mutex
	list []heard
	last time.Time // when some were written
}

func (u *unwritten) add(h heard) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) >= 4*mostUnwritten { // the state cannot be written; what is newest counts
		u.list = append(u.list[:0], u.list[len(u.list)/2:]...)
	}
	u.list = append(u.list, h)
}

// some are those that a commit takes along. One that writes anyway takes what there
// is, but not each: what is kept of an exchange is larger than what it did.
func (u *unwritten) some(writes bool) []heard {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) < mostUnwritten && (!writes || time.Since(u.last) < unwrittenFor) {
		return nil
	}
	return u.list[:len(u.list):len(u.list)]
}

// written says that so many are in the state.
func (u *unwritten) written(count int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if count > 0 {
		u.last = time.Now()
	}
	u.list = append([]heard(nil), u.list[min(count, len(u.list)):]...)
}

// takeAlong writes exchanges, and forgets those that are too old.
func (t *tx) takeAlong(list []heard) error {
	for _, h := range list {
		if err := t.put(`INSERT INTO exchanges (ref, doc) VALUES (?, ?)`, h, h.ref); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	_, err := t.sql.Exec(`DELETE FROM exchanges WHERE id <= (SELECT max(id) FROM exchanges) - ?`, mostExchanges)
	return err
}

// exchanges are those about a payment, the oldest first, at most so many.
func (t *tx) exchanges(refs []string, most int) ([]heard, error) {
	masked := make([]string, len(refs))
	for i, ref := range refs {
		masked[i] = apo.Masker{}.Text(ref)
	}
	list, err := json.Marshal(masked)
	if err != nil {
		return nil, err
	}
	rows, err := t.sql.Query(`SELECT id, doc FROM (SELECT id, doc FROM exchanges WHERE ref IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT ?) ORDER BY id`, string(list), most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []heard{}
	for rows.Next() {
		var h heard
		var id int64
		var doc []byte
		if err := rows.Scan(&id, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &h); err != nil {
			return nil, err
		}
		h.ID = id
		all = append(all, h)
	}
	return all, rows.Err()
}

// hearAll has the commit take along what there is.
func (s *store) hearAll() func(*tx) error {
	s.heard.mu.Lock()
	s.heard.last = time.Time{}
	s.heard.mu.Unlock()
	return func(t *tx) error {
		t.sql.wrote = true
		return nil
	}
}

func (u *unwritten) any() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.list) > 0
}
