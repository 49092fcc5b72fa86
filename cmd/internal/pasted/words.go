package pasted

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reader reads a text, and notes what makes the number in it uncertain.
type reader struct {
	others   []string
	guessed  bool
	nameless bool // there is a link, or an address, without a number in it

	kinds    map[string]string // of numbers that labels stand before
	label    string            // that stood at the word that was read last: "order" of "order:1017"
	linkName string            // the kind of number that was found in a link
}

// wordsOf are the words of a text that can be the number: one, where the others are a
// label or talk.
func (r *reader) wordsOf(text string) []string {
	var words []string
	r.kinds = map[string]string{}
	for _, word := range r.mended(strings.Fields(trim(text))) {
		parts := []string{word}
		if w := r.bare(word); !scientific(w) && !isLink(word) {
			parts = strings.FieldsFunc(word, func(r rune) bool { return r == ',' || r == ';' || r == '|' })
		}
		for _, part := range parts {
			if r.label, r.linkName = "", ""; isAddress(part) {
				r.nameless = true
				continue
			}
			if part = r.bare(part); part == "" {
				continue
			}
			before := words
			if r.label != "" {
				before = append(slices.Clone(words), r.label)
			}
			if kind := cmp.Or(r.linkName, kindBefore(before)); r.kinds[part] == "" {
				r.kinds[part] = kind
			}
			words = append(words, part)
		}
	}
	for len(words) > 1 && isLabel(words[0]) {
		r.guessed = r.guessed || !namesPayment(words[0])
		words = words[1:]
	}
	if whole := rejoin(words); len(whole) < len(words) {
		r.kinds[whole[0]], words = r.kinds[words[0]], whole
	}
	words = distinct(words)
	if talk := slices.DeleteFunc(slices.Clone(words), isLabelOrJoins); len(talk) > 0 && len(talk) < len(words) {
		words, r.guessed = talk, true
	}
	numbers := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !strings.ContainsFunc(word, unicode.IsDigit) })
	if len(numbers) > 0 {
		r.guessed = r.guessed || len(numbers) < len(words)
		return numbers
	}
	if r.nameless { // "POST /v1/payments/pay"
		return nil
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

// around are signs that stand around a number, and never begin or end one.
const around = " \t\"'`«»‹›「」『』〈〉《》【】()[]{}<>|*~•·,;"

// trimmed is a word without the signs around it. A bracket that was opened in the word
// stays: "SO-10[01]".
func trimmed(word string) string {
	word = strings.TrimLeft(word, around)
	for word != "" {
		last, size := utf8.DecodeLastRuneInString(word)
		if !strings.ContainsRune(around, last) {
			break
		}
		if i := strings.IndexRune(")]}>", last); i >= 0 && strings.Contains(word, "([{<"[i:i+1]) {
			break
		}
		word = word[:len(word)-size]
	}
	return word
}

// isAddress reports whether a word is that of a mailbox, which is no payment's number.
func isAddress(word string) bool {
	return regexp.MustCompile(`^(?:mailto:)?[^@\s/]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$`).MatchString(trimmed(word))
}

// isLabelOrJoins reports whether a word names or joins numbers, and is none.
func isLabelOrJoins(word string) bool {
	return isLabel(word) || slices.Contains([]string{"and", "or", "und", "oder", "vs"}, strings.ToLower(word))
}

// trim removes what stands around a text as a whole.
func trim(text string) string {
	text = trimmed(text)
	if !strings.HasPrefix(text, "=") {
		return text
	}
	if inner := formula().FindStringSubmatch(text); inner != nil {
		text = trimmed(inner[1])
	}
	return text
}

// bare is a word without signs around it, without its label, and the number in it
// where it is a link.
func (r *reader) bare(word string) string {
	for before := ""; word != before; {
		before = word
		word = trimmed(word)
		if isLink(word) {
			return trimmed(r.inLink(word))
		}
		word = strings.Trim(unescaped(word), "/")
		if end := strings.TrimRight(word, ".…"); !strings.HasSuffix(word, "...") && !strings.HasSuffix(word, "…") {
			word = end
		}
		word = strings.TrimRight(strings.TrimLeft(word, "#№?&"), ":!?=&")
		if end := pageEnd().FindStringSubmatch(word); end != nil && strings.ContainsFunc(word, unicode.IsLetter) {
			word, r.guessed = end[1], true // a file
		}
		if i := strings.IndexAny(word, ":=#([{"); i > 0 && i < len(word)-1 && (isLabel(word[:i]) || word[i] == '=' && word[i+1] == '"') {
			r.guessed = r.guessed || !namesPayment(word[:i])
			r.label, word = word[:i], word[i+1:]
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

// likely leaves the one paymentId among words, and else those that are no dates, times
// and amounts. Whoever moves money is told to give the number alone.
func (r *reader) likely(words []string) []string {
	of := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !isPaymentID(word) })
	if len(words) < 2 || len(of) > 1 {
		return words
	}
	if len(of) == 0 {
		if of = slices.DeleteFunc(slices.Clone(words), isWhenOrAmount); len(of) == 0 {
			return words
		}
		r.guessed = r.guessed || len(of) < len(words)
		return of
	}
	const least = 4 // characters of a number
	for _, word := range words {
		if len(word) >= least && !isWhenOrAmount(word) {
			r.others = append(r.others, word)
		}
	}
	r.guessed = true
	return of
}

// unwrapped is the paymentId in a word that a program printed around it: "Optional[2026…]".
func (r *reader) unwrapped(word string) string {
	if !strings.ContainsAny(word, `()[]{}<>'"\`) {
		return word
	}
	of := slices.DeleteFunc(strings.FieldsFunc(word, func(r rune) bool { return r < '0' || r > '9' }), func(run string) bool { return !isPaymentID(run) })
	if len(of) != 1 {
		return word
	}
	r.guessed = true
	return of[0]
}

// isName reports whether a text is what numbers are called, without one: "Payment ID:".
func isName(text string, words []string) bool {
	if strings.ContainsFunc(text, unicode.IsDigit) || !isLabel(words[0]) || len(words) > 1 {
		return false
	}
	return strings.ContainsAny(text, " :=[]<>") || slices.Contains(names(), plainName(text)) && !slices.Contains(loose(), plainName(text)) && plainName(text) != "order"
}
