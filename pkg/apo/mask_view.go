package apo

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// view is a text, and where each of its bytes comes from in the text that is
// masked: it may be an encoding of it.
type view struct {
	text string
	at   []int32 // where each byte begins, and where the last one ends; nil: it is the text that is masked

	packed bool // in base64 or hex, which nobody reads as it stands
}

// span is the part of the masked text that a byte of the view comes from.
func (v view) span(i int) (from, to int) {
	if v.at == nil {
		return i, i + 1
	}
	return int(v.at[i]), int(v.at[i+1])
}

// edit hides a byte of the view. Of a packed one nobody reads a digit.
func (v view) edit(i int, kind editKind) edit {
	if v.packed && kind == editDigit {
		kind = editNumber
	}
	from, to := v.span(i)
	return edit{from, to, kind}
}

func (v view) begin(i int) int32 {
	if v.at == nil {
		return int32(i)
	}
	return v.at[i]
}

// unescaped undoes what stands for single characters: %34, \u0034, \x34, &#52;,
// digits and letters of other scripts. What no known value can hold becomes a
// space. found is false where there is nothing of that kind.
func unescaped(v view) (plain view, found bool) {
	s := v.text
	first := 0
	for first < len(s) && !mayEscape(s[first]) {
		first++
	}
	if first == len(s) {
		return view{}, false
	}
	out, at := make([]byte, 0, len(s)), make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		c, size := s[i], 1
		if i >= first {
			c, size = character(s[i:])
			found = found || size > 1
		}
		out, at = append(out, c), append(at, v.begin(i))
		i += size
	}
	return view{string(out), append(at, v.begin(len(s))), v.packed}, found
}

// mayEscape reports whether a byte begins what may stand for another character.
func mayEscape(c byte) bool { return c == '%' || c == '\\' || c == '&' || c >= utf8.RuneSelf }

// character reads one character, which may be escaped, and how many bytes it
// takes. Of a character that is escaped byte by byte it reads a byte.
func character(s string) (c byte, size int) {
	switch c = s[0]; {
	case c == '%':
		if r, size := hexIn(s, 1, 2); size > 0 {
			return byte(r), size
		}
		if len(s) > 1 && s[1]|0x20 == 'u' {
			if r, size := hexIn(s, 2, 4); size > 0 {
				return folded(r), size
			}
		}
	case c == '\\' && len(s) > 1:
		return backslash(s)
	case c == '&':
		return entity(s)
	case c >= utf8.RuneSelf:
		r, size := utf8.DecodeRuneInString(s)
		return folded(r), size
	}
	return c, 1
}

func backslash(s string) (c byte, size int) {
	switch next := s[1]; {
	case next == 'u':
		if r, size := hexIn(s, 2, 4); size > 0 {
			return folded(r), size
		}
	case next == 'x':
		if r, size := hexIn(s, 2, 2); size > 0 {
			return byte(r), size
		}
	case next >= '0' && next <= '1' && len(s) > 3 && isOctal(s[2]) && isOctal(s[3]):
		return (next-'0')<<6 | (s[2]-'0')<<3 | (s[3] - '0'), 4
	case strings.IndexByte("nrtbfv", next) >= 0:
		return ' ', 2
	case next == '\\' || next == '/' || next == '"' || next == '\'':
		return next, 2
	}
	return '\\', 1
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }

// hexIn reads hexadecimal digits at a position; size is where they end, 0 where
// there are not as many.
func hexIn(s string, at, digits int) (r rune, size int) {
	if len(s) < at+digits {
		return 0, 0
	}
	for _, c := range []byte(s[at : at+digits]) {
		if !isHex(c) {
			return 0, 0
		}
		r = r<<4 | rune(hexValue(c))
	}
	return r, at + digits
}

func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&7 + 9
}

// entity reads a character of HTML: &#52; or &#x34;. One with a name is a space,
// but for &amp;.
func entity(s string) (c byte, size int) {
	const most = 12
	end := strings.IndexByte(s[:min(len(s), most)], ';')
	if end < 2 {
		return '&', 1
	}
	name := s[1:end]
	if name == "amp" {
		return '&', end + 1
	}
	if name[0] != '#' {
		if strings.IndexFunc(name, func(r rune) bool { return r > 0x7f || !isAlnum(byte(r)) }) >= 0 {
			return '&', 1
		}
		return ' ', end + 1
	}
	base, digits := rune(10), name[1:]
	if digits != "" && digits[0]|0x20 == 'x' {
		base, digits = 16, digits[1:]
	}
	var r rune
	for _, d := range []byte(digits) {
		if !isHex(d) || rune(hexValue(d)) >= base {
			return '&', 1
		}
		r = r*base + rune(hexValue(d))
	}
	return folded(r), end + 1
}

// folded is a character as one byte: its own where it is ASCII, the digit or the
// letter that it stands for, else a space.
func folded(r rune) byte {
	switch {
	case r < utf8.RuneSelf:
		return byte(r)
	case r >= 0xff21 && r <= 0xff3a, r >= 0xff41 && r <= 0xff5a: // full-width letters
		return byte(r - 0xfee0)
	case r >= 0x1d7ce && r <= 0x1d7ff: // mathematical digits, in rows without a gap
		return byte('0' + (r-0x1d7ce)%10)
	case r == 0xb2, r == 0xb3:
		return byte('2' + r - 0xb2)
	case r == 0xb9:
		return '1'
	case r == 0x2070, r >= 0x2074 && r <= 0x2079:
		return byte('0' + r - 0x2070)
	case r >= 0x2080 && r <= 0x2089:
		return byte('0' + r - 0x2080)
	case r >= 0x2460 && r <= 0x2468: // in circles
		return byte('1' + r - 0x2460)
	case r == 0x24ea:
		return '0'
	case unicode.IsDigit(r):
		zero := r
		for r-zero < 9 && unicode.IsDigit(zero-1) {
			zero--
		}
		return byte('0' + r - zero)
	}
	return ' '
}

// shortestWord is how long base64 is that can hold twelve characters.
const shortestWord = 16

// packed calls do with what the words of a text are an encoding of, in base64 and
// in hex, wherever in a word the encoding begins, and whether that is text. What
// cannot hold a known value is left out.
func packed(v view, do func(inner view, isText bool)) {
	s := v.text
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && sixBits(s[end]) >= 0 {
			end++
		}
		if end-i >= shortestWord {
			for shift := range 4 {
				v.unpack(i+shift, end, false, do)
			}
		}
		if end-i >= 2*shortestForm && isHexWord(s[i:end]) {
			for shift := range 2 {
				v.unpack(i+shift, end, true, do)
			}
		}
		i = max(end, i+1)
	}
}

func isHexWord(word string) bool {
	for i := range len(word) {
		if !isHex(word[i]) {
			return false
		}
	}
	return true
}

// unpack decodes a part of a word in base64, or in hex; the last group of its signs may
// be cut. It ends as soon as what it decodes can be neither text nor a number.
func (v view) unpack(i, end int, hex bool, do func(view, bool)) {
	signs, bytes, total := 4, 3, (end-i)*3/4
	if hex {
		signs, bytes, total = 2, 1, (end-i)/2
	}
	if total < shortestForm {
		return
	}
	const usual = 96
	var room [usual]byte
	out := room[:0]
	if total+bytes > usual {
		out = make([]byte, 0, total+bytes)
	}
	digits, others := 0, 0
	for at := i; len(out) < total; at += signs {
		begin := len(out)
		if group := v.text[at:min(at+signs, end)]; hex {
			out = append(out, hexValue(group[0])<<4|hexValue(group[1]))
		} else {
			out = appendBase64(out, group)
		}
		for _, c := range out[begin:] {
			switch {
			case isDigit(c):
				digits++
			case (c < ' ' || c >= 0x7f) && c != '\n':
				others++
			}
		}
		if others*10 > total && digits+total-len(out) < shortestForm {
			return
		}
	}
	at := make([]int32, 0, len(out)+1)
	for j := range len(out) + 1 {
		at = append(at, v.begin(min(i+j*signs/bytes, end)))
	}
	do(view{string(out), at, true}, others*10 <= total)
}

// appendBase64 decodes a group of signs, the last of which may lack.
func appendBase64(out []byte, group string) []byte {
	switch len(group) {
	case 2:
		return append(out, byte(sixBits(group[0])<<2|sixBits(group[1])>>4))
	case 3:
		n := sixBits(group[0])<<12 | sixBits(group[1])<<6 | sixBits(group[2])
		return append(out, byte(n>>10), byte(n>>2))
	}
	n := sixBits(group[0])<<18 | sixBits(group[1])<<12 | sixBits(group[2])<<6 | sixBits(group[3])
	return append(out, byte(n>>16), byte(n>>8), byte(n))
}

// sixBits is what a sign of base64 stands for, in either alphabet; -1 for what is
// none.
func sixBits(c byte) int {
	const values = "" +
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x3e\xff\x3e\xff\x3f\x34\x35\x36\x37\x38\x39\x3a\x3b\x3c\x3d\xff\xff\xff\xff\xff\xff" +
		"\xff\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\xff\xff\xff\xff\x3f" +
		"\xff\x1a\x1b\x1c\x1d\x1e\x1f\x20\x21\x22\x23\x24\x25\x26\x27\x28\x29\x2a\x2b\x2c\x2d\x2e\x2f\x30\x31\x32\x33\xff\xff\xff\xff\xff"
	if int(c) >= len(values) {
		return -1
	}
	return int(int8(values[c]))
}
