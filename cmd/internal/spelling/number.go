package spelling

import (
	"errors"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/apo-cli/apo/pkg/apo"
)

// Pasted is a number of a payment as somebody meant it, out of a ticket, a mail or a
// spreadsheet.
type Pasted struct {
	Number   string // "A-1017"; what is left of one that was cut off: "2026"
	Cut      bool   // an ellipsis stands for the rest
	End      string // what stood behind that ellipsis: "4821"; "" for nothing
	LastFour string // of a card that is masked: "**** 0768"; then Number is empty

	Others  []string // the text names these numbers too: all may be of one payment
	Guessed bool     // something beside it, or where it stood, may mean something else: "Ticket 1017"
}

// Why a text is no number.
var (
	ErrBlank       = errors.New("there is nothing in it but signs")
	ErrSpreadsheet = errors.New("a spreadsheet destroyed it: it kept the first digits alone, and nobody can tell the others")
	ErrBeginCut    = errors.New("its beginning is cut off, and a number is found by its beginning")
)

// ManyError is a text that holds several numbers.
type ManyError struct{ Numbers []string }

func (e *ManyError) Error() string { return "it holds several: " + strings.Join(e.Numbers, ", ") }

// PlaceholderError is a text with the place of a template that nothing was put in for.
type PlaceholderError struct{ Held string }

func (e *PlaceholderError) Error() string {
	return "it holds " + e.Held + ", a placeholder that nothing was put in for"
}

// Number undoes what tickets, mails, spreadsheets, logs and browsers add to a number:
// quotes, brackets, blanks, marks, labels, formulas, links, JSON. The error is one of
// those above, a [*PlaceholderError] or a [*ManyError].
func Number(text string) (Pasted, error) {
	if plain(text) {
		return Pasted{Number: text}, nil
	}
	text = plainText(text)
	if held := apo.Placeholder(text); held != "" && !bracketed(held) {
		return Pasted{}, &PlaceholderError{held}
	}
	for _, masked := range []*regexp.Regexp{maskedCard(), crossedCard()} {
		if four := masked.FindStringSubmatch(text); four != nil {
			return Pasted{LastFour: four[1]}, nil
		}
	}
	if p, found, err := inMembers(text); found {
		return p, err
	}
	var r reader
	words := r.wordsOf(wildcard().ReplaceAllString(text, "$1…"))
	switch {
	case len(words) == 0:
		return Pasted{}, ErrBlank
	case len(words) > 1:
		return Pasted{}, &ManyError{words}
	case scientific(words[0]):
		return Pasted{}, ErrSpreadsheet
	}
	p, err := cut(words[0])
	p.Guessed, p.Others = r.guessed, slices.DeleteFunc(distinct(r.others), func(n string) bool { return n == p.Number })
	return p, err
}

// reader reads a text, and notes what makes the number in it uncertain.
type reader struct {
	others  []string
	guessed bool
}

// wordsOf are the words of a text that can be the number: one, where the others are a
// label or talk.
func (r *reader) wordsOf(text string) []string {
	var words []string
	for _, word := range r.mended(strings.Fields(trim(text))) {
		parts := []string{word}
		if w := r.bare(word); !scientific(w) && !strings.Contains(word, "://") {
			parts = strings.FieldsFunc(word, func(r rune) bool { return r == ',' || r == ';' || r == '|' })
		}
		for _, part := range parts {
			if part = r.bare(part); part != "" {
				words = append(words, part)
			}
		}
	}
	for len(words) > 1 && isLabel(words[0]) {
		r.guessed = r.guessed || !namesPayment(words[0])
		words = words[1:]
	}
	words = distinct(rejoin(words))
	numbers := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !strings.ContainsFunc(word, unicode.IsDigit) })
	if len(numbers) > 0 {
		r.guessed = r.guessed || len(numbers) < len(words)
		return numbers
	}
	return words
}

// mended puts a number together that was broken at its dash: "A-", "1017".
func (r *reader) mended(fields []string) (list []string) {
	for i, f := range fields {
		last := len(list) - 1
		if f == "-" && last >= 0 && i+1 < len(fields) && isPrefix(list[last]) { // "A - 1017"
			list[last] += f
			continue
		}
		if last >= 0 && !isLabel(list[last]) && brokenAtDash(list[last], f) {
			list[last], r.guessed = list[last]+f, true
			continue
		}
		list = append(list, f)
	}
	return list
}

// isPrefix reports whether a word looks as what numbers begin with: "A", "INV24".
func isPrefix(word string) bool {
	const most = 5
	return len(word) <= most && !isLabel(word) && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"+digits) == ""
}

// brokenAtDash reports whether two words can be one: the first ends, or the second
// begins, with a single dash.
func brokenAtDash(first, second string) bool {
	sign := func(c byte) bool { return c < 0x80 && !unicode.IsLetter(rune(c)) && !unicode.IsDigit(rune(c)) }
	ends := len(first) > 1 && first[len(first)-1] == '-' && !sign(first[len(first)-2]) && !sign(second[0])
	begins := len(second) > 1 && second[0] == '-' && !sign(second[1]) && !sign(first[len(first)-1])
	return ends || begins
}

// RoundedBySpreadsheet reports whether a number looks as a spreadsheet writes one of
// more digits than the 15 that it keeps.
func RoundedBySpreadsheet(number string) bool {
	const kept, least = 15, 25 // digits
	return len(number) >= least && number[0] > '0' && number[0] <= '9' && strings.Trim(number[:kept], digits) == "" && strings.Trim(number[kept:], "0") == ""
}

const digits = "0123456789"

// plain reports whether a text is a number as it stands, which most are: letters and
// digits with single dashes and underscores between.
func plain(text string) bool {
	between, digit := true, false
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			between, digit = false, true
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			between = false
		case (c == '-' || c == '_') && !between:
			between = true
		default:
			return false
		}
	}
	return digit && !between && !strings.Contains(strings.ToLower(text), "xx")
}

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

// member is one of JSON, or of what looks so, with its name and its value.
func member() *regexp.Regexp {
	return regexp.MustCompile(`["']?([A-Za-z][A-Za-z0-9_]*)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([0-9][0-9A-Za-z.+_-]*))`)
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

// around are signs that stand around a number, and never begin or end one.
const around = " \t\"'`«»‹›「」『』〈〉《》【】()[]{}<>|*~•·,;"

// trim removes what stands around a text as a whole.
func trim(text string) string {
	text = strings.Trim(text, around)
	if !strings.HasPrefix(text, "=") {
		return text
	}
	if inner := formula().FindStringSubmatch(text); inner != nil {
		text = strings.Trim(inner[1], around)
	}
	return text
}

// bare is a word without signs around it, without its label, and the number in it
// where it is a link.
func (r *reader) bare(word string) string {
	for before := ""; word != before; {
		before = word
		word = strings.Trim(word, around)
		if strings.Contains(word, "://") {
			return strings.Trim(r.inLink(word), around)
		}
		if end := strings.TrimRight(word, ".…"); !strings.HasSuffix(word, "...") && !strings.HasSuffix(word, "…") {
			word = end
		}
		word = strings.TrimRight(strings.TrimLeft(word, "#№"), ":!?=")
		if i := strings.IndexAny(word, ":=#"); i > 0 && i < len(word)-1 && (isLabel(word[:i]) || word[i] == '=' && word[i+1] == '"') {
			r.guessed = r.guessed || !namesPayment(word[:i])
			word = word[i+1:]
		}
		if len(word) > 2 && word[0] == '_' && word[len(word)-1] == '_' { // Markdown
			word = word[1 : len(word)-1]
		}
	}
	return word
}

// labels are words that stand before a number, in lower case without blanks and dashes.
const labels = " payment paymentid paymentrequest paymentrequestid capture captureid capturerequestid refund refundid refundrequestid" +
	" order orderid orderno ordernr ordernumber referenceorder referenceorderid reference ref refno referenceno referencenumber referencerequestid" +
	" transaction transactionid transactionno trx trxid txn txnid tx txid acquirer acquirerid acquirertransactionid acquirerreferenceno" +
	" network networktransactionid scheme arn rrn psp pspreference request requestid id ids no nr num number code key " +
	" purchase invoice your our the for of is with nb nº n° apo antom "

// named are those of them that name a payment's own numbers, or nothing else.
const named = " payment paymentid paymentrequest paymentrequestid order orderid orderno ordernr ordernumber referenceorder referenceorderid" +
	" reference ref refno referenceno referencenumber request requestid id no nr num number the for of is with your our nb nº n° "

// namesPayment reports whether a label names a payment.
func namesPayment(word string) bool {
	word = plainLabel(word)
	return word == "" || strings.Contains(named, " "+word+" ")
}

func plainLabel(word string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "", "#", "").Replace(strings.Trim(word, `:="'`)))
}

// isLabel reports whether a word names what follows it.
func isLabel(word string) bool {
	word = plainLabel(word)
	return word == "" || strings.Contains(labels, " "+word+" ")
}

// rejoin puts a paymentId together that was wrapped, or written in groups.
func rejoin(words []string) []string {
	whole := strings.Join(words, "")
	if len(words) > 1 && isPaymentID(whole) {
		return []string{whole}
	}
	return words
}

func distinct(words []string) (list []string) {
	for _, w := range words {
		if !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// cut takes the ellipsis from a number that something had no room for.
func cut(word string) (Pasted, error) {
	for _, dots := range []string{"…", "..."} {
		begin, end, found := strings.Cut(word, dots)
		if !found {
			continue
		}
		end = strings.Trim(end, ".…")
		switch {
		case begin == "" && end == "":
			return Pasted{}, ErrBlank
		case begin == "":
			return Pasted{}, ErrBeginCut
		}
		return Pasted{Number: begin, Cut: true, End: end}, nil
	}
	return Pasted{Number: word}, nil
}

// names are what a number is called in JSON and in links, the best first.
func names() []string {
	return []string{
		"paymentid", "paymentrequestid", "capturerequestid", "captureid", "refundrequestid", "refundid", "referenceorderid", "orderid", "order",
		"transactionid", "transactionrequestid", "acquirertransactionid", "acquirerreferenceno", "networktransactionid", "arn", "rrn", "reference", "ref", "id", "number", "q", "query", "search",
	}
}

func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// loose are those of them that may name anything else.
func loose() []string { return []string{"reference", "ref", "id", "number", "q", "query", "search"} }

// best is the value of the best name that there is, and beside it those of the others.
// Several different ones of one name are too many.
func best(values map[string][]string) (p Pasted, found bool, err error) {
	for _, name := range names() {
		list := distinct(values[name])
		switch {
		case len(list) == 0:
		case found:
			p.Others = append(p.Others, list...)
		case len(list) > 1:
			return Pasted{}, true, &ManyError{list}
		default:
			p, found = Pasted{Number: list[0], Guessed: slices.Contains(loose(), name)}, true
		}
	}
	p.Others = slices.DeleteFunc(distinct(p.Others), func(n string) bool { return n == p.Number })
	return p, found, nil
}

// inMembers finds the number in members of JSON: a whole object, or a line of it.
func inMembers(text string) (p Pasted, found bool, err error) {
	if !strings.ContainsAny(text, `"'{`) {
		return Pasted{}, false, nil
	}
	values := map[string][]string{}
	for _, m := range member().FindAllStringSubmatch(text, -1) {
		value := strings.TrimSpace(m[2] + m[3] + m[4])
		if scientific(value) {
			return Pasted{}, true, ErrSpreadsheet
		}
		if name := plainName(m[1]); value != "" {
			values[name] = append(values[name], value)
		}
	}
	return best(values)
}

// inLink finds the number in a link: in its query, its fragment or its path.
func (r *reader) inLink(link string) string {
	u, err := url.Parse(strings.TrimRight(link, ".,;:!?)"))
	if err != nil {
		return link
	}
	query := u.Query()
	path := u.EscapedPath()
	if fragment, more, _ := strings.Cut(u.Fragment, "?"); fragment != "" {
		path += "/" + fragment
		if q, err := url.ParseQuery(more); err == nil {
			for name, list := range q {
				query[name] = append(query[name], list...)
			}
		}
	}
	values := map[string][]string{}
	for name, list := range query {
		values[plainName(name)] = append(values[plainName(name)], list...)
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = plain
		}
	}
	segments = slices.DeleteFunc(segments, func(segment string) bool { return segment == "" })
	withDigits := slices.DeleteFunc(slices.Clone(segments), func(segment string) bool { return !strings.ContainsFunc(segment, unicode.IsDigit) })
	p, found, err := best(values)
	found = found && err == nil // a search for something else is no better than a path that ends in a number
	for _, name := range names() {
		r.others = append(r.others, values[name]...)
	}
	r.others = append(r.others, slices.DeleteFunc(slices.Clone(withDigits), func(segment string) bool { return len(segment) < 4 })...)
	of := slices.IndexFunc(withDigits, isPaymentID)
	switch {
	case found && (of < 0 || len(values["paymentid"]) > 0):
		r.guessed = r.guessed || p.Guessed
		return p.Number
	case of >= 0:
		return withDigits[of]
	}
	r.guessed = true
	switch {
	case len(withDigits) > 0:
		return withDigits[len(withDigits)-1]
	case len(segments) > 0:
		return segments[len(segments)-1]
	}
	return link
}

// isPaymentID reports whether a word looks as APO's paymentIds do.
func isPaymentID(word string) bool {
	return len(word) == 35 && strings.HasPrefix(word, "20") && strings.Trim(word, digits) == ""
}
