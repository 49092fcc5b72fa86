package pasted

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

// maskedCard finds the last four digits: "VISA **** 0768".
func maskedCard() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\pL[\pL ]*[ :]*)?(?:[*•●·]{1,4}[ -]?){1,4}([0-9]{4})$`)
}

// crossedCard finds them behind letters that stand for digits, which end no word and
// begin no number: "xxxx-xxxx-xxxx-0768".
func crossedCard() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\pL[\pL ]*[ :]+)?(?:[xX]{2,16} ?|(?:[xX]{4}[ -]?){1,4})([0-9]{4})$`)
}

// wildcard finds an end that stands for anything: "A-10*", "A-10..", "A-10 …".
func wildcard() *regexp.Regexp { return regexp.MustCompile(`^([^*]*[\pL\d])(?:\*|\s*\.\.+|\s+…)$`) }

// formula is what a spreadsheet calculates a text with: ="A-1", =T("A-1").
func formula() *regexp.Regexp { return regexp.MustCompile(`^=\s*(?:[A-Z]+\()?["']?(.*?)["']?\)?$`) }

// tag is one of HTML.
func tag() *regexp.Regexp { return regexp.MustCompile(`</?[a-zA-Z][^<>]*>`) }

// markdownLink is one in Markdown, with its text.
func markdownLink() *regexp.Regexp { return regexp.MustCompile(`!?\[([^\]]+)\]\([^)]+\)`) }

// scientific reports whether a word is a number in scientific notation: 2.02611E+34.
// Without a point and a plus it may be an ID: 12e45.
func scientific(word string) bool {
	mantissa, exponent, found := strings.Cut(strings.ToLower(word), "e")
	power := strings.TrimPrefix(exponent, "+")
	whole, fraction, point := strings.Cut(strings.Replace(mantissa, ",", ".", 1), ".")
	number := func(s string) bool { return s != "" && strings.Trim(s, digits) == "" }
	return found && len(whole) == 1 && number(whole) && number(power) && len(power) <= 3 && (point && number(fraction) || !point && power != exponent)
}

// plainText undoes what a medium does to characters.
func plainText(text string) string {
	if strings.Contains(text, "&") && strings.Contains(text, ";") {
		text = html.UnescapeString(text)
	}
	if strings.Contains(text, "</") {
		text = tag().ReplaceAllString(text, " ")
	}
	if strings.Contains(text, "](") {
		text = markdownLink().ReplaceAllString(text, " $1 ")
	}
	text = strings.NewReplacer(`\"`, `"`, `\r`, " ", `\n`, " ", `\t`, " ", `\/`, "/").Replace(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // full width
			r -= '！' - '!'
		case r == '\u00AD' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			return -1 // soft hyphens, zero width, directions
		case unicode.IsSpace(r) || r == '\u2800' || unicode.IsControl(r):
			return ' '
		case r >= '‐' && r <= '—' || r == '−' || r == '﹣':
			return '-'
		}
		switch {
		case strings.ContainsRune("“”„‟″＂", r):
			return '"'
		case strings.ContainsRune("‘’‚‛′＇´", r):
			return '\''
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// bracketed reports whether a number of its own stands in brackets, as mails have it.
func bracketed(held string) bool {
	template := strings.HasPrefix(held, "{{") || strings.HasPrefix(held, "<%")
	return !template && (held[0] == '{' || held[0] == '<') && strings.ContainsFunc(held, unicode.IsDigit)
}
