package pasted

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// alone reports whether a text says nothing beside the number that was read in it: no
// word but labels, no sign but quotes, brackets and the like, and no other number but
// those that were noted beside it. A text that says more may mean the opposite: "not
// A-1017", "~~A-1017~~", "A-1017?".
func (n Number) alone(text string) bool {
	struck := crossedOut().MatchString(text)
	text, harmless := withoutTags(joined(plainText(text)))
	if struck || !harmless || n.Cut || n.Text == "" {
		return false
	}
	text = slackLink().ReplaceAllString(linkWithTitle().ReplaceAllString(text, " $1 $2 $3 "), " $2 $1 ")
	for _, word := range strings.Fields(text) {
		if word = trimmed(word); word == n.Text || !isLink(word) {
			continue
		}
		if !n.isAll(word) {
			return false
		}
		text = strings.ReplaceAll(text, word, aNumber)
	}
	if strings.Contains(text, "=") {
		text = strings.TrimPrefix(text, "?") // a query
	}
	for _, number := range longestFirst(append(slices.Clone(n.Others), n.Text)) {
		text = without(text, number)
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(harmlessSigns, r) })
	for i, word := range words {
		if !n.isHarmless(word, words[:i], words[i+1:]) {
			return false
		}
	}
	return true
}

// aNumber stands where one was, while the rest of a text is looked at.
const aNumber = " \x00 "

// crossedOut is the style of a terminal that strikes a text out.
func crossedOut() *regexp.Regexp { return regexp.MustCompile(`\x1b\[(?:[0-9]+;)*9(?:;[0-9]+)*m`) }

// harmlessSigns are those around numbers and labels that say nothing.
const harmlessSigns = " \t\"'`«»‹›「」『』〈〉《》【】()[]{}<>|•·,;:=&/"

// isHarmless reports whether a word says nothing but which number follows. Behind the last
// number none does.
func (n Number) isHarmless(word string, before, behind []string) bool {
	if word == strings.TrimSpace(aNumber) {
		return true
	}
	word = strings.Trim(strings.TrimSuffix(word, "."), "#№_\\")
	follows := slices.Contains(behind, strings.TrimSpace(aNumber))
	switch plain := plainLabel(word); {
	case word == "", word == "-" && len(before) == 0:
		return true
	case plain == "", !follows, strings.HasPrefix(word, "-"), strings.HasPrefix(word, "."):
		return false
	case plain == "no": // "Order No. A-1017", but neither "no A-1017" nor "no order A-1017"
		return len(before) > 0 && behind[0] == strings.TrimSpace(aNumber)
	case plain == "map", plain == "b" && len(before) == 0: // what Go and Python print
		return true
	}
	return namesPayment(word) || slices.Contains(names(), plainName(word)) && (n.Name != "" || len(n.Others) > 0)
}

// without is a text with aNumber in place of a number, where no sign of a number stands
// beside it.
func without(text, number string) string {
	for from := 0; ; {
		at := strings.Index(text[from:], number)
		if at < 0 || number == "" {
			return text
		}
		at += from
		end := at + len(number)
		first, _ := utf8.DecodeLastRuneInString(text[:at])
		last, _ := utf8.DecodeRuneInString(text[end:])
		if wordSign(first) || wordSign(last) {
			from = at + 1
			continue
		}
		text = text[:at] + aNumber + text[end:]
		from = at + len(aNumber)
	}
}

func wordSign(r rune) bool {
	return r != utf8.RuneError && r == '-' || unicode.In(r, unicode.L, unicode.N, unicode.M)
}

func longestFirst(list []string) []string {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

// linkWithTitle is one in Markdown: its text, its target and its title.
func linkWithTitle() *regexp.Regexp {
	return regexp.MustCompile(`!?\[([^\]]+)\]\(([^)\s]+)([^)]*)\)`)
}

// bareAnchor is a link in HTML that says nothing but its target and its text.
func bareAnchor() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<a\s+href=["']?([^"'<>\s]+)["']?\s*>([^<]*)</a>`)
}

// plainTag is one of HTML that says nothing of what it holds.
func plainTag() *regexp.Regexp {
	return regexp.MustCompile(`(?i)</?(?:b|strong|i|em|u|code|pre|kbd|tt|p|span|div|td|th|tr|table|tbody|li|ul|ol|br|a|font)\s*/?>`)
}

// withoutTags is a text without tags of HTML; harmless where none of them may say what
// the number means: "<s>A-1017</s>" is struck out.
func withoutTags(text string) (plain string, harmless bool) {
	text = bareAnchor().ReplaceAllString(text, " $2 $1 ")
	text = plainTag().ReplaceAllString(text, " ")
	rest := regexp.MustCompile(`</|<[a-zA-Z][^<>]*\s[^<>]*=[^<>]*>|<(?:s|del|strike)\b`).MatchString(text)
	return text, !rest
}

// isAll reports whether a link leads to the number, and names no other.
func (n Number) isAll(link string) bool {
	mine := func(value string) bool { return value == n.Text || slices.Contains(n.Others, value) }
	u, err := url.Parse(strings.TrimRight(link, ".,;:)"))
	if err != nil || u.User != nil || strings.ContainsAny(link, "*~…|") || manyDigits().MatchString(u.Hostname()) && !address().MatchString(u.Hostname()) {
		return false
	}
	fragment, more, _ := strings.Cut(u.Fragment, "?")
	query, err := url.ParseQuery(strings.Trim(u.RawQuery+"&"+more, "&"))
	if err != nil {
		return false
	}
	path := strings.Split(u.EscapedPath()+"/"+fragment, "/")
	if u.Host == "" && !strings.HasPrefix(link, "/") { // without a scheme it begins with the host
		path = path[1:]
	}
	if whole, err := url.PathUnescape(strings.Trim(u.EscapedPath(), "/")); err == nil && mine(whole) {
		path = nil
	}
	for _, segment := range path {
		plain, err := url.PathUnescape(segment)
		plain = pageEnd().ReplaceAllString(plain, "$1")
		if err != nil || !mine(plain) && strings.ContainsFunc(plain, unicode.IsDigit) && !version().MatchString(plain) {
			return false
		}
	}
	for name, list := range query {
		if strings.ContainsFunc(name, unicode.IsDigit) {
			return false
		}
		const short = 3 // characters of the number of a page
		for _, value := range list {
			of := strings.ContainsFunc(value, unicode.IsDigit) || slices.Contains(names(), plainName(name))
			ofPage := len(value) <= short && slices.Contains(ofPages(), plainName(name))
			if of && !mine(value) && !ofPage {
				return false
			}
		}
	}
	return true
}

// manyDigits are as many as no name of a machine has.
func manyDigits() *regexp.Regexp { return regexp.MustCompile(`[0-9]{3}`) }

// address is that of a machine.
func address() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$`) }

// version is that of an API in its paths: "v1".
func version() *regexp.Regexp { return regexp.MustCompile(`^v[0-9]{1,2}$`) }

// ofPages are what parameters are called that say how a page is shown.
func ofPages() []string {
	return []string{"tab", "page", "size", "limit", "offset", "sort", "lang", "locale", "v", "version", "x", "utmsource", "utmmedium", "utmcampaign"}
}
