package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
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
	if x.secrets == nil {
		x.secrets = secretsOf(x.body)
	}
	mask := apo.Masker{IDs: true, Known: x.secrets.known}
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
