package apo

import "strings"

// hidesNothing reports whether a document is plain JSON in which there is nothing to
// hide: most documents are, and it looks at them once and copies none. Of anything that
// is out of the ordinary it says false, and the whole masking looks at it.
func (m Masker) hidesNothing(data []byte) bool {
	if m.hid != nil || m.number != nil || len(data) == 0 || data[0] != '{' {
		return false
	}
	r := plainJSON{Masker: m, in: string(data)}
	if !r.object("", asText, 1) {
		return false
	}
	if r.space(); r.pos < len(r.in) {
		return false
	}
	return m.Known.plain(r.in) == r.in && len(m.Known.find(r.in)) == 0
}

// plainJSON reads a document whose strings are ASCII without escapes, as far as it
// holds nothing that is hidden by field or by number.
type plainJSON struct {
	Masker
	in  string
	pos int
}

// mostPlain is how deep a plain document is.
const mostPlain = 16

// is takes one byte.
func (r *plainJSON) is(c byte) bool {
	if r.pos < len(r.in) && r.in[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

// at is the byte at the position; 0 at the end.
func (r *plainJSON) at() byte {
	if r.pos < len(r.in) {
		return r.in[r.pos]
	}
	return 0
}

func (r *plainJSON) space() {
	for r.pos < len(r.in) && r.in[r.pos] <= ' ' && !notSpace(rune(r.in[r.pos])) {
		r.pos++
	}
}

func (r *plainJSON) value(name string, how hiding, depth int) bool {
	switch c := r.at(); {
	case c == '{':
		return r.object(name, how, depth+1)
	case c == '[':
		return r.list(name, how, depth+1)
	case c == '"':
		s, seen, ok := r.text()
		return ok && r.shows(name, s, how, seen)
	case c >= '0' && c <= '9' || c == '-':
		return r.number(name, how)
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(r.in[r.pos:], word) {
			r.pos += len(word)
			return true
		}
	}
	return false
}

func (r *plainJSON) object(outer string, how hiding, depth int) bool {
	r.pos++
	if r.space(); r.is('}') {
		return true
	}
	for named := asText; depth <= mostPlain; r.space() {
		if r.at() != '"' {
			return false
		}
		name, seen, ok := r.text()
		if !ok || !r.shows("", name, asText, seen) {
			return false
		}
		if r.space(); !r.is(':') {
			return false
		}
		r.space()
		inner := hidingOfMember(outer, name, how, named)
		if r.at() == '"' && isNameWord(name) {
			begin := r.pos
			s, _, ok := r.text()
			if r.pos = begin; !ok {
				return false
			}
			named = hidingOf(s)
		}
		if !r.value(name, inner, depth) {
			return false
		}
		if r.space(); r.is('}') {
			return true
		}
		if !r.is(',') {
			return false
		}
	}
	return false
}

func (r *plainJSON) list(name string, how hiding, depth int) bool {
	r.pos++
	if r.space(); r.is(']') {
		return true
	}
	for ; depth <= mostPlain; r.space() {
		if !r.value(name, how, depth) {
			return false
		}
		if r.space(); r.is(']') {
			return true
		}
		if !r.is(',') {
			return false
		}
	}
	return false
}

// text takes a string. seen is what look sees in it.
func (r *plainJSON) text() (s string, seen sight, ok bool) {
	begin := r.pos + 1
	for i := begin; i < len(r.in); i++ {
		switch c := r.in[i]; {
		case c > '\\' && c <= '~':
		case c == '"':
			r.pos = i + 1
			s = r.in[begin:i]
			return s, look(s), true
		case c == '\\' || c < ' ' || c > '~':
			return "", seen, false
		}
	}
	return "", seen, false
}

// number takes a whole number.
func (r *plainJSON) number(name string, how hiding) bool {
	begin := r.pos
	r.is('-')
	first := r.pos
	for c := r.at(); c >= '0' && c <= '9'; c = r.at() {
		r.pos++
	}
	digits := r.in[first:r.pos]
	if c := r.at(); digits == "" || len(digits) > 1 && digits[0] == '0' || c == '.' || c|0x20 == 'e' {
		return false // none, or none that is whole
	}
	whole := r.in[begin:r.pos]
	if how == asText && len(digits) < shortestCard {
		return true
	}
	return r.shows(name, whole, how, look(whole))
}

// shows reports whether the value of a field is shown as it is.
func (r *plainJSON) shows(name, s string, how hiding, seen sight) bool {
	switch {
	case how == asID && !(r.IDs && isTypedID(name)):
		return true
	case how == asText && !seen.any() && !strings.Contains(s, "{"):
		return true
	case how == asNumber:
		return isLastFour(s)
	}
	return r.one(name, s, how) == s
}

// isLastFour reports whether lastFour leaves a value as it is.
func isLastFour(s string) bool {
	return len(s) < 20 && strings.TrimLeft(s, "*") == s[max(0, len(s)-4):] && len(s) >= 8 && isDigits(s[len(s)-4:]) || strings.Trim(s, "*") == ""
}
