package apo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// document masks JSON that is known to be valid.
func (m Masker) document(text string, edits []edit) []byte {
	w := jsonMask{Masker: m, in: text, edits: edits, out: make([]byte, 0, len(text)+16)}
	w.space()
	w.value("", asText)
	return append(w.out, w.in[w.pos:]...)
}

// jsonMask copies JSON from in to out.
type jsonMask struct {
	Masker
	in    string
	pos   int
	edits []edit // places of known values, from pos on
	out   []byte
}

func (w *jsonMask) space() {
	for w.pos < len(w.in) && !notSpace(rune(w.in[w.pos])) {
		w.copy(1)
	}
}

func (w *jsonMask) copy(n int) {
	w.out = append(w.out, w.in[w.pos:w.pos+n]...)
	w.pos += n
}

// value copies one value; how is what the field's name, or that of a field
// around it, asks for.
func (w *jsonMask) value(name string, how hiding) {
	switch w.in[w.pos] {
	case '{':
		w.object(name, how)
	case '[':
		w.copy(1)
		for w.space(); w.in[w.pos] != ']'; w.space() {
			if w.in[w.pos] == ',' {
				w.copy(1)
				continue
			}
			w.value(name, how)
		}
		w.copy(1)
	case '"':
		w.scalar(name, w.stringEnd(), how)
	default:
		end := w.pos
		for end < len(w.in) && strings.IndexByte(",]} \t\r\n", w.in[end]) < 0 {
			end++
		}
		w.scalar(name, end, how)
	}
}

// object copies an object. Where one of its values is a secret field's name, as in
// {"name":"cvv","value":"917"}, the values behind it are hidden as that field's.
func (w *jsonMask) object(outer string, how hiding) {
	w.copy(1)
	named := asText
	for w.space(); w.in[w.pos] != '}'; w.space() {
		if w.in[w.pos] == ',' {
			w.copy(1)
			continue
		}
		end := w.stringEnd()
		name := unquote(w.in[w.pos:end])
		w.scalar("", end, asText)
		w.space()
		w.copy(1) // the colon
		w.space()
		inner := hidingOfMember(outer, name, how, named)
		if w.in[w.pos] == '"' && isNameWord(name) {
			named = hidingOf(unquote(w.in[w.pos:w.stringEnd()]))
		}
		w.value(name, inner)
	}
	w.copy(1)
}

// hidingOfMember is what is asked for of a member of an object: how of the object, named
// of a member before it.
func hidingOfMember(outer, name string, how, named hiding) hiding {
	inner := hidingIn(outer, name)
	if inner < asNumber && named.hides() && isValueName(name) {
		inner = named
	}
	if how == asSecret || how == asCode || !inner.hides() && how.hides() {
		inner = how // an object in a secret field is secret throughout
	}
	return inner
}

func isValueName(name string) bool {
	switch strings.ToLower(name) {
	case "value", "val", "rejectedvalue", "actualvalue", "actual", "input", "content", "number":
		return true
	}
	return false
}

func isNameWord(name string) bool {
	if len(name) > len("parameter") {
		return false
	}
	switch strings.ToLower(name) {
	case "name", "key", "field", "param", "parameter", "property", "path", "fieldname":
		return true
	}
	return false
}

// scalar copies a string, a number or a literal that ends at end.
func (w *jsonMask) scalar(name string, end int, how hiding) {
	raw := w.in[w.pos:end]
	keeps := w.KeepTokens && (w.KnownOnly || how == asToken && strings.HasSuffix(strings.ToLower(name), "cardtoken"))
	edited, beside := w.edited(end, keeps)
	w.pos = end
	isString := raw[0] == '"'
	s := edited
	if isString {
		if edited != raw && !json.Valid([]byte(edited)) { // an escape is cut
			edited = `"` + numberMark + `"`
		}
		s = unquote(edited)
	}
	masked := s
	switch {
	case w.KnownOnly:
	case !isString && !how.hides() && edited == raw && strings.ContainsAny(raw, ".eE"):
		if digits := wholeNumber(raw); (how == asText || w.IDs && isTypedID(name)) && IsCardNumber(digits) { // else a measure, and no number in groups
			masked = lastFour(digits)
		}
	default:
		masked = w.one(name, s, how)
		if beside {
			masked = w.Known.besides(masked)
		}
	}
	switch {
	case masked != s || !isString && edited != raw:
		w.out = append(w.out, quote(masked)...)
	default:
		w.out = append(w.out, edited...)
	}
}

// edited is the raw value up to end without the known values in it, and whether a
// card number was among those.
func (w *jsonMask) edited(end int, keepTokens bool) (raw string, beside bool) {
	raw = w.in[w.pos:end]
	if len(w.edits) == 0 || w.edits[0].from >= end {
		return raw, false
	}
	var here []edit
	for len(w.edits) > 0 && w.edits[0].from < end {
		e := w.edits[0]
		w.edits = w.edits[1:]
		if e.from >= w.pos {
			here = append(here, edit{e.from - w.pos, min(e.to, end) - w.pos, e.kind})
		}
	}
	return apply(raw, here, keepTokens), holdsNumber(here)
}

// wholeNumber is what a number such as 4.054695723100768e15 or 4054695723100768.0
// is in digits; empty for a fraction, and for one that was rounded.
func wholeNumber(raw string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(raw), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	fraction = strings.TrimRight(fraction, "0")
	shift, err := strconv.Atoi(cmp.Or(exponent, "0"))
	if err != nil || shift < len(fraction) || shift > 19 || len(whole)+len(fraction) < shortestCard {
		return ""
	}
	return whole + fraction + strings.Repeat("0", shift-len(fraction))
}

func (w *jsonMask) stringEnd() int {
	for i := w.pos + 1; ; i++ {
		switch w.in[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// one masks the value of one field.
func (m Masker) one(name, s string, how hiding) string {
	if strings.Trim(s, "*") == "" || s == "null" || s == "true" || s == "false" {
		return s
	}
	switch how {
	case asNumber:
		m.tell(name, how, s)
		return lastFour(s)
	case asSecret, asCode:
		m.tell(name, how, s)
		return "***"
	case asExpiry:
		if strings.EqualFold(name, "exp") && len(s) > len("12/2035") {
			break // of something that ends at a second
		}
		m.tell(name, how, s)
		return "**"
	case asToken:
		if m.KeepTokens {
			return m.numbers(m.Known.plain(s)) // a card number is no token
		}
		m.tell(name, how, s)
		return "***"
	case asBin:
		return m.Known.bin(s)
	case asID:
		if m.IDs && isTypedID(name) {
			return m.ID(s)
		}
		return m.Known.plain(s)
	case asResult:
		if codeEnd(s, 0) == len(s) {
			return "***"
		}
	}
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "{") && CheckJSON([]byte(t)) == nil {
		return string(m.document(s, nil)) // JSON inside a string, as extendInfo has it
	}
	return m.text(s, false)
}

// tell passes on what is hidden, to whoever learns from it.
func (m Masker) tell(name string, how hiding, value string) {
	if m.hid != nil {
		m.hid(name, how, value)
	}
}

// unquote reads a JSON string that is known to be valid.
func unquote[T string | []byte](raw T) string {
	if strings.IndexByte(string(raw), '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal([]byte(raw), &s)
	return s
}

func quote(s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(fmt.Sprintf("apo: a string does not encode: %v", err)) // unreachable
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
