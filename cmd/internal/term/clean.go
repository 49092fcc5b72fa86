package term

import (
	"fmt"
	"strings"
)

// Hostile reports whether a character could do something to a terminal rather
// than be shown: C0 and C1 controls, DEL, and what re-orders text.
func Hostile(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff:
		return true
	}
	return false
}

// clean drops hostile characters. Without its ESC the rest of an escape
// sequence is harmless text.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD") // a lone 0x9B is a control on some terminals
	if strings.IndexFunc(s, Hostile) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if Hostile(r) {
			return -1
		}
		return r
	}, s)
}

// oneLine makes any text fit into one line of talk.
func oneLine(s string) string {
	return strings.Join(strings.Fields(clean(s)), " ")
}

// escapeJSON writes hostile characters of a JSON text as \u escapes, which
// means the same to every reader of JSON.
func escapeJSON(data []byte) []byte {
	s := string(data)
	if strings.IndexFunc(s, Hostile) < 0 {
		return data
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !Hostile(r), r == '\r':
			b.WriteRune(r)
		case r < 0x20: // never inside strict JSON
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}
