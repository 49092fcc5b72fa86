package apo

import (
	"math/bits"
	"strings"
)

const (
	keyBegin = "-----BEGIN" // of PEM
	derBegin = "MII"        // of an RSA key in base64
	hexBegin = "30"         // of one in hexadecimal
	keyMark  = "[key]"
)

// withoutKeys hides PEM blocks, and the base64 and the hexadecimal of RSA keys.
func withoutKeys(s string) string {
	s = replaceAt(s, hexBegin, hexKeyEnd)
	return replaceAt(replaceAt(s, keyBegin, pemEnd), derBegin, func(s string, begin int) int {
		if begin > 0 && isAlnum(s[begin-1]) {
			return begin // in the middle of a word
		}
		if end, length := keyEnd(s, begin); length >= 64 {
			return end
		}
		return begin
	})
}

// replaceAt puts [key] for each stretch that begins with mark and that end
// finds the end of; where end returns the beginning there is none.
func replaceAt(s, mark string, end func(s string, begin int) int) string {
	var b strings.Builder
	copied := 0
	for from := 0; ; {
		i := strings.Index(s[from:], mark)
		if i < 0 {
			break
		}
		begin := from + i
		stop := end(s, begin)
		if stop == begin {
			from = begin + len(mark)
			continue
		}
		b.WriteString(s[copied:begin] + keyMark)
		copied, from = stop, stop
	}
	if copied == 0 {
		return s
	}
	b.WriteString(s[copied:])
	return b.String()
}

// pemEnd finds the end of a PEM block: behind its END line, or the end of the
// text.
func pemEnd(s string, begin int) int {
	i := strings.Index(s[begin:], "-----END")
	if i < 0 {
		return len(s)
	}
	end := begin + i + len("-----END")
	if j := strings.Index(s[end:], "-----"); j >= 0 {
		return end + j + len("-----")
	}
	return len(s)
}

// keyEnd follows the base64 of a key over the breaks that it may have: lines,
// literal \n, escaped slashes, percent-encoding. length counts its characters.
func keyEnd(s string, i int) (end, length int) {
	for i < len(s) {
		switch next := s[i:]; {
		case isBase64(s[i]):
			i++
			length++
		case strings.HasPrefix(next, `\/`), strings.HasPrefix(next, `\n`), strings.HasPrefix(next, `\r`):
			i += 2
		case strings.HasPrefix(next, `\\`):
			i++
		case len(next) > 2 && s[i] == '%' && isHex(s[i+1]) && isHex(s[i+2]):
			i += 3
		default:
			line := strings.TrimLeft(next, " \t\r\n")
			run := 0
			for run < len(line) && isBase64(line[run]) {
				run++
			}
			if len(line) == len(next) || run < 16 {
				return i, length
			}
			i += len(next) - len(line)
		}
	}
	return i, length
}

// hexKeyEnd finds the end of a private key in hexadecimal, in one piece or with
// single signs and line breaks between its bytes: a sequence of two bytes' length
// that begins with the version 0.
func hexKeyEnd(s string, begin int) int {
	const (
		least = 128 // bytes of the smallest key
		most  = 4   // signs between two bytes, with an indented line's
	)
	if begin > 0 && isHex(s[begin-1]) {
		return begin
	}
	end, count, between := begin, 0, 0
	for i := begin; i < len(s); {
		if i+1 >= len(s) || !isHex(s[i]) || !isHex(s[i+1]) {
			if between++; between > most || strings.IndexByte(": \t\r\n", s[i]) < 0 {
				break
			}
			i++
			continue
		}
		between = 0
		if at := count; at == 1 && s[i:i+2] != "82" || at == 4 && s[i:i+2] != "02" || at == 5 && s[i:i+2] != "01" || at == 6 && s[i:i+2] != "00" {
			return begin
		}
		i += 2
		end, count = i, count+1
	}
	if count < least {
		return begin
	}
	return end
}

func mayBeHexKey(s string) bool {
	return len(s) > 5 && s[1] == '0' && (s[2] == '8' || s[3] == '8' && !isHex(s[2]))
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func isAlnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isBase64(c byte) bool { return isAlnum(c) || c == '+' || c == '/' || c == '=' }

// LooksLikeKey reports whether a text is that of a key, or a line or another
// piece of one: PEM, or base64 without anything else. It is for places where a
// name or an ID belongs.
func LooksLikeKey(text string) bool {
	text = strings.TrimSpace(text)
	if strings.Contains(text, keyBegin) || strings.Contains(text, "PRIVATE KEY-----") || withoutKeys(text) != text {
		return true
	}
	if holdsNumbers(text) || len(text) >= 256 && strings.IndexFunc(text, func(r rune) bool { return r > 0x7f || !isHex(byte(r)) }) < 0 { // no digest is that long
		return true
	}
	if len(text) > longestID && strings.ContainsAny(text, "-_") { // the base64 of URLs
		return LooksLikeKey(strings.NewReplacer("-", "+", "_", "/").Replace(text))
	}
	const (
		short = 40 // a line of PEM has 64
		whole = 24 // random base64 goes that far without a slash, and names of folders do not
	)
	signs := strings.NewReplacer("\n", "", "\r", "", " ", "", `\n`, "").Replace(text)
	if len(signs) < short || strings.IndexFunc(signs, func(r rune) bool { return r > 0x7f || !isBase64(byte(r)) }) >= 0 {
		return false
	}
	for part := range strings.SplitSeq(signs, "/") {
		if len(part) >= whole && isRandom(part) {
			return true
		}
	}
	all := strings.ReplaceAll(signs, "/", "")
	kinds, changes := changesIn(all)
	return kinds == 3 && changes*5 >= len(all)*2
}

// KeysIn lists the words of a text that look like keys, or like lines of one: the value
// of NAME=VALUE, a part of an address. A text that is one itself it lists alone.
func KeysIn(text string) []string {
	if LooksLikeKey(text) {
		return []string{text}
	}
	if plain := percentDecoded(text); plain != text {
		return KeysIn(plain)
	}
	ends := func(r rune) bool { return r > 0x7f || r == '=' || !isBase64(byte(r)) }
	var list []string
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return ends(r) && r != '\n' && r != '\r' }) {
		if LooksLikeKey(part) { // lines, and the last one may be short
			list = append(list, part)
			continue
		}
		for word := range strings.FieldsFuncSeq(part, ends) {
			if LooksLikeKey(word) {
				list = append(list, word)
			}
		}
	}
	return list
}

// longestID is longer than any ID of ours, in characters.
const longestID = 100

// holdsNumbers reports whether a text has the numbers of a key, as a JWK and .NET's
// XML do.
func holdsNumbers(text string) bool {
	for _, mark := range []string{`"kty"`, `\"kty\"`, "RSAKeyValue", "Modulus>", `"Modulus"`} {
		if len(text) > longestID && strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// isRandom reports whether a word changes between capitals, small letters and
// digits as often as base64 does, and no name.
func isRandom(word string) bool {
	kinds, changes := changesIn(word)
	return kinds == 3 && changes*5 >= len(word)*2
}

// changesIn counts which of digits, small letters and capitals a word has, and how
// often it changes between them.
func changesIn(word string) (kinds, changes int) {
	seen := 0
	before := 0
	for i := range len(word) {
		kind := 4
		switch c := word[i]; {
		case c >= '0' && c <= '9':
			kind = 1
		case c >= 'a' && c <= 'z':
			kind = 2
		case c >= 'A' && c <= 'Z':
			kind = 3
		}
		if kind != before && i > 0 {
			changes++
		}
		before = kind
		seen |= 1 << kind
	}
	return bits.OnesCount(uint(seen & 0b1110)), changes
}
