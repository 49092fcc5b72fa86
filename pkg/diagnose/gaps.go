package diagnose

import (
	"strings"
	"unicode/utf8"
)

// joined is a text without white space that had come into it, and in words what was
// taken out.
type joined struct{ text, what string }

const (
	aroundSignature = "there are quotes or white space around the signature"
	brokenSignature = "there are line breaks inside the signature"
	gapsInSignature = "there is white space inside the signature"
)

func isBlanks(gap string) bool { return strings.Trim(gap, " ") == "" }

// withoutGaps are the ways to read a signature that has white space inside. A
// blank may stand for a +, which it stays for here; a line break, a tab, and what
// stands beside them, never do. The likeliest comes first: that each blank was a +
// where there is nothing else, and that none was where there is.
func withoutGaps(text string) []joined {
	const manyBlanks = 24
	s, around := strings.Trim(text, "\"'`“”‘’ \t\r\n\v\f\u00a0\u200b\ufeff"), ""
	if s != text {
		around = aroundSignature
	}
	for _, literal := range []string{`\r\n`, `\n`, `\r`, `\t`} {
		s = strings.ReplaceAll(s, literal, "\n")
	}
	parts, gaps := splitAtGaps(s)
	what := around
	for _, gap := range gaps {
		switch {
		case strings.ContainsAny(gap, "\r\n"):
			what = brokenSignature
		case !isBlanks(gap) && what != brokenSignature:
			what = gapsInSignature
		}
	}
	var blanks []int
	for i, gap := range gaps {
		if isBlanks(gap) {
			blanks = append(blanks, i)
		}
	}
	with := func(keep func(i int) bool) string {
		var b strings.Builder
		for i, part := range parts {
			b.WriteString(part)
			if i < len(gaps) && isBlanks(gaps[i]) && keep(i) {
				b.WriteString(gaps[i])
			}
		}
		return b.String()
	}
	kept := joined{with(func(int) bool { return true }), what}
	if len(blanks) == 0 {
		return []joined{kept}
	}
	if what != brokenSignature {
		what = gapsInSignature
	}
	none := joined{with(func(int) bool { return false }), what}
	list := []joined{kept, none}
	if what == brokenSignature {
		list = []joined{none, kept}
	}
	for _, one := range blanks {
		if len(blanks) > 1 && len(blanks) <= manyBlanks {
			list = append(list, joined{with(func(i int) bool { return i != one }), what})
		}
	}
	return list
}

// splitAtGaps takes a text apart at its white space.
func splitAtGaps(s string) (parts, gaps []string) {
	isGap := func(r rune) bool { return strings.ContainsRune(" \t\r\n\v\f\u00a0\u200b\ufeff", r) }
	for {
		at := strings.IndexFunc(s, isGap)
		if at < 0 {
			return append(parts, s), gaps
		}
		rest := strings.TrimLeftFunc(s[at:], isGap)
		parts, gaps = append(parts, s[:at]), append(gaps, s[at:len(s)-len(rest)])
		s = rest
	}
}

// cutMark takes off what logs write where they cut a text, and what stands behind it.
func cutMark(s string) (whole, mark string) {
	at := len(s)
	for _, m := range []string{"…", "...", "***", "[", "(", "<", "•••", "XXXX"} {
		if i := strings.Index(s, m); i > 0 && i < at && (m != "XXXX" || strings.Trim(s[i:], "X=") == "") {
			at = i
		}
	}
	if at == len(s) {
		return s, ""
	}
	mark = s[at:]
	if end := strings.IndexAny(mark, "])>"); end >= 0 && strings.ContainsAny(mark[:1], "[(<") {
		return s[:at], mark[:end+1]
	}
	first, _ := utf8.DecodeRuneInString(mark)
	return s[:at], mark[:len(mark)-len(strings.TrimLeft(mark, string(first)))]
}
