package apo

import (
	"cmp"
	"slices"
	"strings"
)

// editKind is what stands at a place that is hidden.
type editKind byte

const (
	editDigit  editKind = iota // one digit of a card number
	editNumber                 // a card number in another form
	editToken                  // a token of a saved card
	editSecret                 // an agent token, or a part of a key
)

const (
	secretMark = "[secret]"
	numberMark = "***"
)

// edit is a place to hide, in bytes of the text.
type edit struct {
	from, to int
	kind     editKind
}

// deepest is how many wrappings are undone: escapes in escapes, base64 in
// base64.
const deepest = 4

// find returns the places at which a known value stands, in any form, in their
// order. It may be called on nil.
func (k *Known) find(text string) (edits []edit) {
	if k == nil || !mayHoldKnown(text) {
		return nil
	}
	k.each(func(x *index) {
		if len(x.digits.byHash)+len(x.signs.byHash) > 0 {
			x.search(view{text: text}, deepest, &edits)
		}
	})
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return edits
}

// mayHoldKnown reports whether a known value may stand in a text: it has twelve signs,
// of which a text has one a byte at most, but for the zeros of an exponent.
func mayHoldKnown(text string) bool {
	if len(text) >= shortestForm {
		return true
	}
	for i := range len(text) {
		switch c := text[i]; {
		case mayEscape(c), c == escape, c|0x20 == 'e' && i > 0 && isDigit(text[i-1]):
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digitsIn counts the digits of a text.
func digitsIn(text string) (n int) {
	for i := range len(text) {
		if isDigit(text[i]) {
			n++
		}
	}
	return n
}

func holdsNumber(edits []edit) bool {
	return slices.ContainsFunc(edits, func(e edit) bool { return e.kind <= editNumber })
}

// apply hides the places that edits name. A digit becomes a star, so that what
// stands between digits stays as it is.
func apply(s string, edits []edit, keepTokens bool) string {
	if len(edits) == 0 {
		return s
	}
	var b strings.Builder
	copied, marked := 0, -1 // marked: where the last mark ends, which the next place may continue
	for _, e := range edits {
		if e.kind == editToken && keepTokens || e.to <= copied {
			continue
		}
		from := max(e.from, copied)
		if between := s[copied:from]; e.kind == editSecret && marked == copied && len(between) < 4 && strings.Trim(between, "+/= \r\n") == "" {
			marked = from // one secret goes on, a key's text in base64
		}
		if e.kind == editDigit || from != marked {
			b.WriteString(s[copied:from] + [...]string{"*", numberMark, secretMark, secretMark}[e.kind])
		}
		copied, marked = e.to, e.to
		if e.kind == editDigit {
			marked = -1
		}
	}
	return b.String() + s[copied:]
}

// search looks for known values in a text, and in what it is an encoding of.
func (x *index) search(v view, deep int, edits *[]edit) {
	walk(v, deep, func(v view) {
		x.digits.search(v, edits)
		x.signs.search(v, edits)
	})
}

// walk calls do with a text, and with what it is an encoding of.
func walk(v view, deep int, do func(view)) {
	do(v)
	if deep == 0 {
		return
	}
	if plain, found := unescaped(v); found {
		walk(plain, deep-1, do)
	}
	if plain, found := withoutControls(v); found {
		walk(plain, deep-1, do)
	}
	packed(v, func(inner view, isText bool) {
		if isText {
			walk(inner, deep-1, do)
		} else {
			walk(inner, 0, do)
		}
	})
}

func signsIn(text string, do func(at int, sign byte)) {
	for i := range len(text) {
		if s := signOf(text[i]); s != 0 {
			do(i, s)
		}
	}
}

// digitsOf hands out the digits of a text. Those of an exponent are none: the zeros
// count that it stands for, which stand nowhere.
func digitsOf(text string, do func(at int, digit byte)) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			do(i, c)
		case c|0x20 == 'e' && i > 0 && text[i-1] >= '0' && text[i-1] <= '9':
			zeros, end := exponent(text, i)
			for range zeros {
				do(-1, '0')
			}
			i = end - 1
		}
	}
}

// exponent reads the exponent of a decimal number, whose e stands at i: how many
// zeros follow its digits for it, and where it ends. It ends at i+1 if there is
// none.
func exponent(text string, i int) (zeros, end int) {
	end = i + 1
	if end < len(text) && (text[end] == '+' || text[end] == '-') {
		end++
	}
	first := end
	for end < len(text) && end-first < 3 && text[end] >= '0' && text[end] <= '9' {
		zeros = zeros*10 + int(text[end]-'0')
		end++
	}
	if end == first || end < len(text) && (isAlnum(text[end]) || text[end] == '.') {
		return 0, i + 1
	}
	if text[first-1] == '-' {
		return 0, end
	}
	for j := i - 1; j >= 0 && i-j < 40; j-- { // the digits behind the point are some of them
		if text[j] == '.' {
			zeros -= i - j - 1
			break
		}
		if text[j] < '0' || text[j] > '9' {
			break
		}
	}
	return min(max(zeros, 0), 19), end
}
