package pasted

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wildcard finds an end that stands for anything: "A-10*", "A-10..", "A-10 …".
func wildcard() *regexp.Regexp { return regexp.MustCompile(`^([^*]*[\pL\d])(?:\*|\s*\.\.+|\s+…)$`) }

// formula is what a spreadsheet calculates a text with: ="A-1", =T("A-1").
func formula() *regexp.Regexp { return regexp.MustCompile(`^=\s*(?:[A-Z]+\()?["']?(.*?)["']?\)?$`) }

// tag is one of HTML.
func tag() *regexp.Regexp { return regexp.MustCompile(`</?[a-zA-Z][^<>]*>`) }

// markdownLink is one in Markdown, with its text.
func markdownLink() *regexp.Regexp { return regexp.MustCompile(`!?\[([^\]]+)\]\(([^)\s]+)[^)]*\)`) }

// slackLink is one as Slack writes it, with its text: <https://d.example/1|payment>.
func slackLink() *regexp.Regexp { return regexp.MustCompile(`<(https?://[^|<>\s]+)\|([^<>]*)>`) }

// anchor is one in HTML, with its target.
func anchor() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<a\s[^>]*href=["']?([^"'>\s]+)[^>]*>([^<]*)</a>`)
}

// codePoint is a character as JSON escapes it.
func codePoint() *regexp.Regexp { return regexp.MustCompile(`\\u[0-9a-fA-F]{4}`) }

// colors are those of a terminal.
func colors() *regexp.Regexp { return regexp.MustCompile(`\x1b\[[0-9;]*m`) }

// routeParameter is where a web framework puts a value: ":id".
func routeParameter() *regexp.Regexp { return regexp.MustCompile(`^:[A-Za-z_]\w*$`) }

// isEmptyCell reports whether a text stands for no value: an error of a spreadsheet, and
// what people write.
func isEmptyCell(text string) bool {
	switch strings.ToLower(strings.Trim(text, ` "'`)) {
	case "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#spill!", "#calc!", "#getting_data", "#error!", "#wert!", "#bezug!", "#nv",
		"n/a", "n.a.", "todo", "tbd", "tba", "unknown", "-", "--", "—":
		return true
	}
	return false
}

// unescaped is a text without the escapes of links, where it has any: "%22A-1%22".
func unescaped(text string) string {
	for range 2 { // twice escaped: "%2522"
		if !escape().MatchString(text) {
			break
		}
		plain, err := url.PathUnescape(text)
		if err != nil || !utf8.ValidString(plain) {
			break
		}
		text = plain
	}
	return text
}

// escape is one of a sign or a blank in a link, which numbers have none of.
func escape() *regexp.Regexp {
	return regexp.MustCompile(`(?i)%(?:0[ad]|09|2[0-9a-f]|3[a-f]|5[bdf]|7[bd]|c2%a0|e2%80%[0-9a-f]{2})`)
}

// grouped is a long number in groups: "20,261,130,…", "2026 1130 …".
func grouped() *regexp.Regexp {
	return regexp.MustCompile(`[0-9](?:[ ,.'’_\x{a0}\x{202f}-]?[0-9]){34,}`)
}

// joined puts a paymentId together that is written in groups of digits.
func joined(text string) string {
	if len(text) <= paymentIDDigits || strings.Count(strings.Map(asDigit, text), "0") < paymentIDDigits {
		return text
	}
	return grouped().ReplaceAllStringFunc(text, func(found string) string {
		if whole := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, found); isPaymentID(whole) {
			return whole
		}
		return found
	})
}

// asDigit is 0 of every digit.
func asDigit(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return ' '
}

// isWhenOrAmount reports whether a word is of a time or an amount: "2026-11-30",
// "11:52:40", "42.00".
func isWhenOrAmount(word string) bool {
	return regexp.MustCompile(`^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|[0-9,]+\.[0-9]{2,3})$`).MatchString(word)
}

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
	text = colors().ReplaceAllString(text, "")
	if !isLink(text) {
		text = unescaped(text)
	}
	text = codePoint().ReplaceAllStringFunc(text, func(found string) string {
		r, err := strconv.ParseUint(found[2:], 16, 16)
		if err != nil {
			return found
		}
		return string(rune(r))
	})
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
	return strings.TrimSpace(norm.NFC.String(text))
}

// bracketed reports whether a number of its own stands in brackets, as mails have it.
func bracketed(held string) bool {
	template := strings.HasPrefix(held, "{{") || strings.HasPrefix(held, "<%")
	return !template && (held[0] == '{' || held[0] == '<') && strings.ContainsFunc(held, unicode.IsDigit)
}
