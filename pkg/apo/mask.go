package apo

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Masker hides card data, tokens and keys. Nothing else in apo does, and all
// that is shown, logged or stored passes through it. The zero value is the
// strict one, and knows nothing of this run.
//
// What is known goes first: the values that Known has learnt are hidden in every
// form, wherever they stand. Then it works by field, whatever the spelling of the
// field's name; and then by number: a free run of 12 to 19 digits that
// [IsCardNumber] takes for a card's is hidden wherever it stands, except in IDs,
// times and references. A long hexadecimal or base64 word, such as a digest, holds
// no free run. The last four digits of a card stay, its expiry and CVV do not.
type Masker struct {
	Known      *Known // nil: nothing is known
	KeepTokens bool   // leave cardToken and paymentMethodId readable: on standard output they are needed

	// IDs hides card numbers in the IDs by which a call is found too; see [Masker.ID].
	IDs bool

	// KnownOnly hides what is known and nothing else: for what apo made itself,
	// such as a public key.
	KnownOnly bool

	hid func(name string, how hiding, value string) // told of what is hidden by field and by number; see [Known.Learn]

	number func(written, digits string) // told of card numbers in free text; see [Known.LearnMessage]
}

// JSON masks a JSON document. Order, spacing and everything that is not hidden
// stay as they are. What is not JSON is masked as text.
func (m Masker) JSON(data []byte) []byte {
	if m.hidesNothing(data) {
		return bytes.Clone(data)
	}
	return m.whole(data)
}

// whole masks a document that may hold anything.
func (m Masker) whole(data []byte) []byte {
	if !json.Valid(data) || !utf8.Valid(data) || checkDepth(data) != nil {
		return []byte(m.Text(string(data)))
	}
	text := string(data)
	edits := m.Known.find(text)
	if m.KnownOnly && len(edits) == 0 {
		return data
	}
	return m.document(text, edits)
}

// Text masks free text: messages, excerpts, whatever is not whole JSON.
func (m Masker) Text(s string) string {
	edits := m.Known.find(s)
	if m.KnownOnly {
		return m.Known.plain(apply(s, edits, m.KeepTokens))
	}
	return m.text(apply(s, edits, false), holdsNumber(edits))
}

// text masks what is not known: by the names of fields, and by number. beside
// says that a card number stood in it.
func (m Masker) text(s string, beside bool) string {
	plain := s
	if strings.Contains(s, `\u00`) { // JSON that is cut off, and so cannot be read as JSON
		plain = unescapeASCII(s)
	}
	masked := m.Known.plain(plain)
	seen := look(masked)
	if seen.keys {
		masked = withoutKeys(masked)
	}
	if seen.fields {
		masked = m.fields(masked)
	}
	if seen.digits >= shortestCard || seen.stars {
		masked = m.numbers(masked)
	}
	if seen.escapes {
		masked = m.decodedNumbers(masked)
	}
	if beside {
		masked = m.Known.besides(masked)
	}
	if masked != plain {
		return masked
	}
	return s
}

// shortestCard is how many digits the shortest card number has.
const shortestCard = 12

// sight is what a first look at a text finds, so that most texts need no second.
type sight struct {
	digits int  // how many there are
	stars  bool // something was hidden already
	keys   bool // a key may stand in it
	fields bool // a field's name may, with its value

	escapes bool // something may stand for other characters
}

// any reports whether there is anything to look into, but for a digit or two.
func (seen sight) any() bool { return seen.stars || seen.keys || seen.fields || seen.escapes }

func look(s string) (seen sight) {
	assigned := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
		case c >= '0' && c <= '9':
			seen.digits++
			seen.keys = seen.keys || c == '3' && mayBeHexKey(s[i:])
		case c == '*':
			seen.stars = true
		case c == '\\' || c == '%' || c == '&' || c >= utf8.RuneSelf:
			seen.escapes = true
		case c == ':' || c == '=' || c == '>':
			assigned = true
		case c == '-' && strings.HasPrefix(s[i:], keyBegin), c == 'M' && strings.HasPrefix(s[i:], derBegin):
			seen.keys = true
		}
	}
	seen.fields = assigned || seen.digits >= 3
	return seen
}
