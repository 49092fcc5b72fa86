package diagnose

import (
	"slices"
	"strings"
)

// Cause names why a signature does not verify, in lower kebab case. The names
// are stable; [Describe] says what each means.
type Cause string

// The causes, in the order in which a diagnosis prefers them where several are
// equally simple.
const (
	SignatureHeader       Cause = "signature-header"
	SignatureNotDecoded   Cause = "signature-not-decoded"
	SignatureEncodedTwice Cause = "signature-encoded-twice"
	SignaturePlusSpace    Cause = "signature-plus-space"
	SignatureAlphabet     Cause = "signature-alphabet"
	SignatureTruncated    Cause = "signature-truncated"
	KeyOwnPublic          Cause = "key-own-public"
	KeyOtherProfile       Cause = "key-other-profile"
	KeyUnknown            Cause = "key-unknown"
	Algorithm             Cause = "algorithm"
	Method                Cause = "method"
	URIHost               Cause = "uri-host"
	URIMissing            Cause = "uri-missing"
	URIQuery              Cause = "uri-query"
	URISlash              Cause = "uri-slash"
	URIPrefix             Cause = "uri-prefix"
	URIEncoding           Cause = "uri-encoding"
	ClientID              Cause = "client-id"
	TimeFormat            Cause = "time-format"
	Separator             Cause = "separator"
	BodyTrailingNewline   Cause = "body-trailing-newline"
	BodyEncoding          Cause = "body-encoding"
	BodyReserialized      Cause = "body-reserialized"
	BodyEscaping          Cause = "body-escaping"
	BodyValues            Cause = "body-values"
	BodyCharset           Cause = "body-charset"
	BodyTruncated         Cause = "body-truncated"
	BodyParsed            Cause = "body-parsed"
	BodyEdited            Cause = "body-edited"
	ContentUnexplained    Cause = "content-unexplained"
)

// Description is what there is to say about a cause whatever the case at hand.
type Description struct {
	Cause   Cause
	Summary string // one sentence: "the body ends in white space that was not signed"
	Example string // what was signed, and what was verified
	Why     string // how it comes about
	Repair  string // what to do, for whoever verifies
	Sender  string // what to do, for whoever signs; empty: the same
}

// Causes returns all causes.
func Causes() []Cause {
	var all []Cause
	for _, d := range descriptions() {
		all = append(all, d.Cause)
	}
	return all
}

// Describe finds the description of a cause.
func Describe(c Cause) (Description, bool) {
	all := descriptions()
	i := slices.IndexFunc(all, func(d Description) bool { return d.Cause == c })
	if i < 0 {
		return Description{}, false
	}
	return all[i], true
}

// isOf reports whether a cause is of a family: "body", "uri", "key", "signature".
func (c Cause) isOf(family string) bool { return strings.HasPrefix(string(c), family+"-") }
