package apo

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// numbers hides card numbers, in one piece or in groups.
func (m Masker) numbers(s string) string {
	var b strings.Builder
	copied := 0
	for i := nextDigits(s, 0); i < len(s); i = nextDigits(s, i) {
		end, digits := digitRun(s, i)
		isCard := IsCardNumber(digits) && !namesAnID(s[:i])
		if isCard {
			m.wrote(s[i:end], digits)
			b.WriteString(s[copied:i] + lastFour(digits))
			copied = end
		}
		hasTail := isCard || isEnd(s, i, end)
		i = end
		for from, to := tail(s, i); hasTail && from < to; from, to = tail(s, i) {
			b.WriteString(s[copied:from] + strings.Repeat("*", to-from))
			copied, i = to, to
		}
	}
	if copied == 0 {
		return s
	}
	return b.String() + s[copied:]
}

// nextDigits finds where the next digits begin, from i on, that are not those of a
// digest; it is the end of s where there are none.
func nextDigits(s string, i int) int {
	for i < len(s) {
		if end := digestEnd(s, i); end > i {
			i = end
			continue
		}
		if s[i] >= '0' && s[i] <= '9' {
			return i
		}
		i++
	}
	return len(s)
}

// isEnd reports whether digits are the four that are left of a number that was
// hidden before.
func isEnd(s string, i, end int) bool {
	const stars = "***"
	return end-i == 4 && i > 0 && (strings.HasSuffix(s[:i], stars) || strings.HasSuffix(s[:i-1], stars))
}

// tail finds the next digits of what is written behind a card number, as on a
// magnetic stripe or in a list: =3512101, |12|35|917, ^NAME^3512101.
func tail(s string, i int) (from, to int) {
	if i == len(s) || strings.IndexByte("=|^;", s[i]) < 0 {
		return 0, 0
	}
	from = i + 1
	if s[i] == '^' { // the name is between
		const most = 40
		if j := strings.IndexByte(s[from:min(len(s), from+most)], '^'); j >= 0 {
			from += j + 1
		}
	}
	to = from
	for to < len(s) && s[to] >= '0' && s[to] <= '9' {
		to++
	}
	return from, to
}

// digestEnd finds the end of a word that begins at i and is a digest, a UUID or
// the like: i where there is none. Its digits are those of something else.
func digestEnd(s string, i int) int {
	if !isAlnum(s[i]) || i > 0 && isAlnum(s[i-1]) {
		return i
	}
	if end := uuidEnd(s, i); end > i {
		return end
	}
	end, groups, inHex := i, 0, true
	for end < len(s) && isAlnum(s[end]) {
		inHex = inHex && isHex(s[end])
		if s[end] > '9' && (end == i || s[end-1] <= '9') {
			groups++
		}
		end++
	}
	switch length := end - i; {
	case length >= 32 && inHex && groups >= 3:
		return end
	case length >= 40 && isRandom(s[i:end]):
		return end
	}
	return i
}

func uuidEnd(s string, i int) int {
	const length = 36
	if len(s)-i < length || len(s)-i > length && isAlnum(s[i+length]) {
		return i
	}
	for j, c := range []byte(s[i : i+length]) {
		if dash := j == 8 || j == 13 || j == 18 || j == 23; dash != (c == '-') || !dash && !isHex(c) {
			return i
		}
	}
	return i + length
}

// digitRun returns how far the number goes that begins at begin, and its digits:
// the longest card number in groups of digits with single separators between, else
// the first group.
func digitRun(s string, begin int) (end int, digits string) {
	const most = 19
	var all [most + 1]byte
	count := 0
	for i := begin; i < len(s) && count <= most; {
		first := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' && count <= most {
			all[count] = s[i]
			count++
			i++
		}
		for count > most && i < len(s) && s[i] >= '0' && s[i] <= '9' { // too long for a card
			i++
		}
		if end == 0 || count <= most && IsCardNumber(string(all[:count])) {
			end, digits = i, string(all[:count])
		}
		if begin+len(digits) == i && IsCardNumber(digits) {
			break // whole in one piece; what follows is another number
		}
		between := separator(s[i:], i-first)
		if between == 0 || i+between == len(s) || s[i+between] < '0' || s[i+between] > '9' {
			break
		}
		if i += between; digestEnd(s, i) > i {
			break
		}
	}
	return end, digits
}

// separator is how many bytes stand between two groups of one number: a sign with
// a space or two beside it, or what cannot be seen. Spaces on both sides of a sign
// are those of a range or a sum, but between groups of four digits. group is how many
// digits stand before.
func separator(s string, group int) int {
	const most = 24 // bytes that cannot be seen
	i, signs, before, after := 0, 0, 0, 0
	for i < len(s) && i < most {
		switch sign := max(signBetween(s[i:]), listSign(s[i:], group)); {
		case s[i] == ' ':
			if signs > 0 {
				after++
			} else {
				before++
			}
			if before+after > 2 || before > 0 && after > 0 && group != 4 {
				return 0
			}
			i++
		case sign > 0:
			if signs++; signs > 1 {
				return 0
			}
			i += sign
		default:
			size := max(controlSequence(s[i:]), invisible(s[i:]))
			if size == 0 {
				return i
			}
			i += size
		}
	}
	return i
}

// signBetween is how many bytes a sign at the beginning of a text takes that
// people and programs write between the groups of a number.
func signBetween(s string) int {
	if strings.IndexByte("-./_\t+", s[0]) >= 0 {
		return 1
	}
	if strings.HasPrefix(s, "%20") {
		return 3
	}
	if r, size := utf8.DecodeRuneInString(s); r >= utf8.RuneSelf && (unicode.Is(unicode.Pd, r) || strings.ContainsRune("\u00b7\u2022\u2212", r)) {
		return size
	}
	return 0
}

// listSign is how many bytes the end of a line takes, or a sign between the members of
// a list, or both. Many numbers stand in lists: it may be within one only behind a group as
// cards have them, of four digits or of six.
func listSign(s string, group int) int {
	if group != 4 && group != 6 {
		return 0
	}
	sign := 0
	if strings.IndexByte(",;:|~#'`", s[0]) >= 0 {
		sign = 1
	}
	return sign + lineEnd(s[sign:])
}

// lineEnd is how many bytes the end of a line takes at the beginning of a text.
func lineEnd(s string) int {
	switch r, size := utf8.DecodeRuneInString(s); {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case r == '\n' || r == '\r' || unicode.In(r, unicode.Zl, unicode.Zp):
		return size
	}
	return 0
}

// invisible is how many bytes a character at the beginning of a text takes that
// cannot be seen: a control, a space that is none of ASCII, a mark on another
// character.
func invisible(s string) int {
	switch r, size := utf8.DecodeRuneInString(s); {
	case r == '\n', r >= '!' && r <= '~', size == 1 && r == utf8.RuneError:
		return 0
	case r < ' ', r >= 0x7f && r <= 0xa0, unicode.In(r, unicode.Cf, unicode.Zs, unicode.Mn, unicode.Me):
		return size
	}
	return 0
}

// namesAnID reports whether the text before a number ends in the name of an ID.
func namesAnID(before string) bool {
	before = before[max(0, len(before)-2*longestName):]
	trimmed := strings.TrimRight(before, `"'\:= `)
	assigned := strings.ContainsAny(before[len(trimmed):], ":=")
	before = trimmed
	start := len(before)
	for start > 0 && isWord(before[start-1]) {
		start--
	}
	name := before[start:]
	// "at that time 4054…" is prose; "paymentId 4054…" and "time: 4054…" name a field.
	return name != "" && hidingOf(name) == asID && (assigned || name != strings.ToLower(name))
}

func lastFour(s string) string {
	if strings.Trim(s, "*") == "" || len(s) < 8 {
		return strings.Repeat("*", len(s))
	}
	tail := s[len(s)-4:]
	if !isDigits(tail) {
		return strings.Repeat("*", 8)
	}
	return strings.Repeat("*", min(len(s)-4, 15)) + tail
}
