package apo

import (
	"encoding/hex"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sign"
)

// Result is what every answer says of itself.
type Result struct {
	Status  string // "S", "F" or "U"
	Code    string // "SUCCESS"; the catalogue explains it
	Message string // free text of the gateway
}

func (r Result) valid() bool {
	return (r.Status == "S" || r.Status == "F" || r.Status == "U") && r.Code != ""
}

// Answer is an answer of the gateway: verified, or unsigned and said so.
type Answer struct {
	Endpoint   Endpoint
	Raw        []byte // the exact bytes received: strict JSON
	Result     Result
	Unsigned   bool // nothing vouches for it; it proves nothing
	Repeated   bool // to another try of a call of which an earlier one may have taken effect
	SentAt     time.Time
	ReceivedAt time.Time

	GatewayTime time.Time // Response-Time; zero in an unsigned answer

	Timing Timing
	Signed Signed // what of the request was signed; zero where the gateway recognised the caller
}

// Signed says what was signed to make a request, for the case that the gateway
// takes its signature for a wrong one.
type Signed struct {
	Method, Path, ClientID, Time string

	Length int    // of the whole content, in bytes
	Digest string // SHA-256 of the content in hex; empty where the body holds card data, which could be searched
}

func signedOf(m sign.Message) Signed {
	s := Signed{Method: m.Method, Path: m.Path, ClientID: m.ClientID, Time: m.Time}
	empty := m
	empty.Body = nil
	s.Length = len(empty.Content()) + len(m.Body)
	if !MayHoldCard(string(m.Body)) {
		sum := m.Digest()
		s.Digest = hex.EncodeToString(sum[:])
	}
	return s
}

// Get returns the value at a gjson path as text, "" where there is none.
func (a *Answer) Get(path string) string { return gjson.GetBytes(a.Raw, path).String() }

func readResult(raw []byte) Result {
	r := gjson.GetBytes(raw, "result")
	field := func(name string) string {
		if v := r.Get(name); v.Type == gjson.String {
			return v.Str
		}
		return ""
	}
	return Result{field("resultStatus"), field("resultCode"), field("resultMessage")}
}
