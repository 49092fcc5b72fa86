package sandbox

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sign"
)

// Message is a notification as it goes over the wire.
type Message struct {
	Method string      // "POST"
	URL    string      // as it is sent: what is not ASCII is percent-encoded
	Header http.Header // its names as they are written: "client-id", "request-time", "signature"
	Body   []byte

	Type      string // "PAYMENT_RESULT", "VAULTING", "DISPUTE_CREATED"
	Of        string // "paymentRequestId demo-0001"
	PaymentID string // empty of a vaulting
}

// Request is the message as an HTTP request.
func (m Message) Request() (*http.Request, error) {
	r, err := http.NewRequest(m.Method, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return nil, err
	}
	r.Header = m.Header.Clone()
	return r, nil
}

// Corruption is a way in which a message is spoiled once it was made right.
type Corruption struct {
	Name    string // "signature"
	Meaning string // one line: what is wrong with the message then
}

// Corruptions lists them. None of the messages verifies.
func Corruptions() []Corruption {
	return []Corruption{
		{corruptSignature, "one character of the signature is another"},
		{corruptKey, "signed with another key than Antom's"},
		{corruptBody, "a value of the body was changed after signing; it still is JSON"},
		{corruptPath, "signed for another path than it is sent to"},
		{corruptTime, "the header of the time says another one than was signed"},
		{corruptClientID, "the header client-id says another one than was signed"},
		{corruptHeader, "the signature header has no signature= in it"},
		{corruptUnsigned, "there is no signature header"},
	}
}

const (
	corruptSignature = "signature"
	corruptKey       = "key"
	corruptBody      = "body"
	corruptPath      = "path"
	corruptTime      = "time"
	corruptClientID  = "client-id"
	corruptHeader    = "header"
	corruptUnsigned  = "unsigned"

	// What is spoiled here verifies, and is all the same not to be acted upon.
	spoilStale       = "stale"
	spoilOtherClient = "other-client"
)

// OtherClientID is another merchant's, to whom the sandbox's faults address news.
const OtherClientID = "SANDBOX_5YAPO00000000002"

// staleBy is how old a notification is that comes stale.
const staleBy = 30 * 24 * time.Hour

// seal signs a body for an address, at a time, and spoils what shall be spoiled.
func (s *Sandbox) seal(address string, body []byte, at time.Time, w way, spoil string) (Message, error) {
	u, err := wireURL(address)
	if err != nil {
		return Message{}, err
	}
	signed := sign.Message{Method: http.MethodPost, Path: cmp.Or(u.EscapedPath(), "/"), ClientID: s.clientID, Time: isoTime(at), Body: body}
	if w.query {
		signed.Path = u.RequestURI()
	}
	key, path := s.keys.Antom, signed.Path
	switch spoil {
	case corruptKey:
		key = s.keys.Merchant
	case corruptPath:
		path, _, _ = strings.Cut(path, "?")
		signed.Path = strings.TrimSuffix(path, "/") + "/other"
	case spoilStale:
		signed.Time = isoTime(at.Add(-staleBy))
	case spoilOtherClient:
		signed.ClientID = OtherClientID
	}
	signature, err := sign.Sign(key, "1", signed)
	if err != nil {
		return Message{}, err
	}
	m := Message{Method: signed.Method, URL: u.String(), Body: body, Header: http.Header{
		"Content-Type": {"application/json; charset=UTF-8"}, "User-Agent": {"apo-sandbox"},
		"client-id": {signed.ClientID}, w.header: {signed.Time}, "signature": {signature},
	}}
	switch spoil {
	case corruptSignature:
		m.Header["signature"] = []string{otherSignature(signature)}
	case corruptBody:
		m.Body, err = otherBody(body)
	case corruptTime:
		m.Header[w.header] = []string{isoTime(at.Add(time.Minute))}
	case corruptClientID:
		m.Header["client-id"] = []string{OtherClientID}
	case corruptHeader:
		before, _, _ := strings.Cut(signature, ",signature=")
		m.Header["signature"] = []string{before}
	case corruptUnsigned:
		delete(m.Header, "signature")
	}
	return m, err
}

// wireURL is an address as HTTP has it: what is not ASCII is percent-encoded; a
// fragment is left out, and so are a user and a password.
func wireURL(text string) (*url.URL, error) {
	u, err := url.Parse(withoutUser(text))
	if err != nil {
		return nil, err
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = percentEncoded(u.RawQuery)
	raw := percentEncoded(cmp.Or(u.RawPath, u.EscapedPath()))
	if u.Path, err = url.PathUnescape(raw); err != nil {
		return nil, err
	}
	u.RawPath = raw
	return u, nil
}

// percentEncoded encodes what no address may hold as it is, byte by byte.
func percentEncoded(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// otherSignature has one character of the signature changed, in its middle and
// not in an escape.
func otherSignature(header string) string {
	const name = "signature="
	b := []byte(header)
	for i := strings.Index(header, name) + len(name) + 20; i < len(b)-3; i++ {
		if b[i] == '%' || b[i-1] == '%' || b[i-2] == '%' {
			continue
		}
		if b[i] == 'A' {
			b[i] = 'B'
		} else {
			b[i] = 'A'
		}
		return string(b)
	}
	return header + "A"
}

// otherBody has the first amount changed by its last digit or, where there is
// none, an ID.
func otherBody(body []byte) ([]byte, error) {
	for _, path := range []string{"paymentAmount.value", "captureAmount.value", "refundAmount.value", "disputeAmount.value", "disputeJudgedAmount.value"} {
		if v := gjson.GetBytes(body, path).String(); v != "" {
			last := v[len(v)-1]
			return replaced(body, path, v[:len(v)-1]+string('0'+(last-'0'+1)%10))
		}
	}
	for _, path := range []string{"vaultingRequestId", "paymentRequestId", "disputeId"} {
		if v := gjson.GetBytes(body, path); v.Exists() {
			return replaced(body, path, v.String()+"1")
		}
	}
	return append(bytes.TrimSuffix(bytes.TrimSpace(body), []byte("}")), `,"added":"1"}`...), nil
}
