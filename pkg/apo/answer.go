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
	Unsigned   bool // nothing vouches for it; it settles nothing
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
	if !HoldsCard(string(m.Body)) {
		sum := m.Digest()
		s.Digest = hex.EncodeToString(sum[:])
	}
	return s
}

// Get returns the value at a gjson path as text, "" where there is none.
func (a *Answer) Get(path string) string { return gjson.GetBytes(a.Raw, path).String() }

// Verdict says what an answer settles.
type Verdict int

const (
	// Succeeded: a verified S.
	Succeeded Verdict = iota + 1

	// Pending: a verified U. The outcome is not known yet.
	Pending

	// Declined: a verified F to a request that moves money, of which the
	// catalogue says that no money moved.
	Declined

	// Open: an F, or an unsigned answer, that does not say whether money
	// moved. Ask before concluding anything.
	Open

	// Unrecognised: the gateway did not recognise the caller, or could not
	// read the request. No money moved.
	Unrecognised

	// NotFound: an inquiry found nothing.
	NotFound

	// Failed: an inquiry itself failed. It says nothing of a payment.
	Failed
)

// Verdict weighs the answer by its status, its code's entry in the catalogue
// and the kind of its endpoint. A code that the catalogue does not know is
// weighed by its status alone, the cautious way.
func (a *Answer) Verdict() Verdict {
	code, known := Lookup(a.Result.Code)
	switch {
	case a.Unsigned && a.Result.Status == "F" && known && (code.Caller || code.Name == "PARAM_ILLEGAL"):
		return Unrecognised
	case a.Unsigned && a.Endpoint.Reads:
		return Failed
	case a.Unsigned:
		return Open
	case a.Result.Status == "S":
		return Succeeded
	case a.Result.Status == "U":
		return Pending
	case known && code.Caller:
		return Unrecognised
	case a.Endpoint.Reads && code.Name == "ORDER_NOT_EXIST":
		return NotFound
	case a.Endpoint.Reads:
		return Failed
	case a.Repeated && a.Endpoint.Name != "pay":
		return Open // what an earlier try has captured or refunded may stand in its way
	case known && code.Status == "F" && code.Money == MoneyNone:
		return Declined
	}
	return Open
}

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

// readAmount takes the value as text or as a number, whose digits are kept.
func readAmount(r gjson.Result) Amount {
	value := r.Get("value")
	a := Amount{Currency: r.Get("currency").String(), Value: value.String()}
	if value.Type == gjson.Number {
		a.Value = value.Raw
	}
	return a
}
