package sign

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
	CauseSignatureHeader       Cause = "signature-header"
	CauseSignatureNotDecoded   Cause = "signature-not-decoded"
	CauseSignatureEncodedTwice Cause = "signature-encoded-twice"
	CauseSignaturePlusSpace    Cause = "signature-plus-space"
	CauseSignatureAlphabet     Cause = "signature-alphabet"
	CauseSignatureTruncated    Cause = "signature-truncated"
	CauseKeyOwnPublic          Cause = "key-own-public"
	CauseKeyOtherProfile       Cause = "key-other-profile"
	CauseKeyUnknown            Cause = "key-unknown"
	CauseAlgorithm             Cause = "algorithm"
	CauseMethod                Cause = "method"
	CauseURIHost               Cause = "uri-host"
	CauseURIQuery              Cause = "uri-query"
	CauseURISlash              Cause = "uri-slash"
	CauseURIPrefix             Cause = "uri-prefix"
	CauseURIEncoding           Cause = "uri-encoding"
	CauseClientID              Cause = "client-id"
	CauseTimeFormat            Cause = "time-format"
	CauseSeparator             Cause = "separator"
	CauseBodyTrailingNewline   Cause = "body-trailing-newline"
	CauseBodyEncoding          Cause = "body-encoding"
	CauseBodyReserialized      Cause = "body-reserialized"
	CauseBodyEscaping          Cause = "body-escaping"
	CauseBodyCharset           Cause = "body-charset"
	CauseBodyTruncated         Cause = "body-truncated"
	CauseBodyEdited            Cause = "body-edited"
	CauseContentUnexplained    Cause = "content-unexplained"
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
