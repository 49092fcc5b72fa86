package apo

import (
	"strings"
	"unicode/utf8"
)

// decodedNumbers hides the card numbers that a text shows only once its escapes are
// undone, or in digits of another script: "4054\u00a06957\u00a02310\u00a00768",
// ４０５４６９５７２３１００７６８. A text that is printed was quoted before.
func (m Masker) decodedNumbers(s string) string {
	v := decoded(s)
	if look(v.text).digits < shortestCard {
		return s
	}
	var b strings.Builder
	copied := 0
	for i := nextDigits(v.text, 0); i < len(v.text); i = nextDigits(v.text, i) {
		end, digits := digitRun(v.text, i)
		if IsCardNumber(digits) && !namesAnID(v.text[:i]) {
			from, to := int(v.at[i]), int(v.at[end])
			m.wrote(s[from:to], digits)
			b.WriteString(s[copied:from] + lastFour(digits))
			copied = to
		}
		i = end
	}
	if copied == 0 {
		return s
	}
	return b.String() + s[copied:]
}

// decoded is a text without its escapes, with digits of other scripts as those of
// ASCII, and everything else as it is.
func decoded(s string) view {
	out, at := make([]byte, 0, len(s)), make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		text, size := decodedCharacter(s[i:])
		for j := range len(text) {
			if at = append(at, int32(i)); len(text) == size { // as it stands
				at[len(at)-1] += int32(j)
			}
		}
		out = append(out, text...)
		i += size
	}
	return view{text: string(out), at: append(at, int32(len(s)))}
}

// decodedCharacter is the character with which s begins, once its escape is undone, and
// how many bytes it takes in s.
func decodedCharacter(s string) (text string, size int) {
	switch c := s[0]; {
	case c == '\\':
		escape := strings.TrimLeft(s, `\`) // of an escape, too
		n := len(s) - len(escape)
		if escape == "" {
			return s, n
		}
		if letter := strings.IndexByte("abtvfrn/", escape[0]); letter >= 0 {
			return "\a\b\t\v\f\r\n/"[letter : letter+1], n + 1
		}
		for _, kind := range []struct {
			letter byte
			digits int
		}{{'u', 4}, {'x', 2}, {'U', 8}} {
			if r, end := hexIn(escape, 1, kind.digits); escape[0] == kind.letter && end > 0 {
				if kind.letter == 'x' && r >= utf8.RuneSelf {
					if char, end := bytesIn(s[n-1:], `\x`); end > 0 {
						return plainRune(char), n - 1 + end
					}
				}
				return plainRune(r), n + end
			}
		}
		return s[:n], n
	case c == '%':
		if char, end := bytesIn(s, "%"); end > 0 {
			return plainRune(char), end
		}
	case c == '&':
		if plain, end := entity(s); end > 1 {
			return string(rune(plain)), end
		}
	case c >= utf8.RuneSelf:
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			break
		}
		return plainRune(r), n
	}
	return s[:1], 1
}

// bytesIn reads one character that is written byte by byte, each behind a mark.
func bytesIn(s, mark string) (r rune, size int) {
	var raw []byte
	for len(raw) < utf8.UTFMax && strings.HasPrefix(s[size:], mark) {
		b, end := hexIn(s[size:], len(mark), 2)
		if end == 0 {
			break
		}
		raw, size = append(raw, byte(b)), size+end
		if utf8.FullRune(raw) {
			break
		}
	}
	if r, n := utf8.DecodeRune(raw); n == len(raw) && n > 0 && (r != utf8.RuneError || n > 1) {
		return r, size
	}
	return 0, 0
}

// plainRune is a character, of which a digit of another script is one of ASCII.
func plainRune(r rune) string {
	if plain := folded(r); plain >= '0' && plain <= '9' {
		return string(rune(plain))
	}
	return string(r)
}
