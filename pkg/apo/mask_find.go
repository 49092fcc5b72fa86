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
	k.each(func(x *index) {
		if len(x.digits)+len(x.anchors) > 0 {
			x.search(view{text: text}, deepest, &edits)
		}
	})
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return edits
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
	x.searchDigits(v, edits)
	x.searchSigns(v, edits)
	if deep == 0 {
		return
	}
	if plain, found := unescaped(v); found {
		x.search(plain, deep-1, edits)
	}
	if plain, found := withoutControls(v); found {
		x.search(plain, deep-1, edits)
	}
	packed(v, func(inner view, isText bool) {
		if isText {
			x.search(inner, deep-1, edits)
		} else {
			x.search(inner, 0, edits)
		}
	})
}

// searchDigits finds numbers by any twelve of their digits, whatever stands between
// those. The last four of a card's stay where they can be read.
func (x *index) searchDigits(v view, edits *[]edit) {
	if len(x.digits) == 0 {
		return
	}
	const most = 1_000_000_000_000 // twelve digits
	var at [16]int                 // where the last digits stand; -1: nowhere
	var hidden [16]bool
	value, count := uint64(0), 0
	digitsIn(v.text, func(i int, digit byte) {
		value = (value*10 + uint64(digit)) % most
		at[count&15], hidden[count&15] = i, false
		if count++; count < shortestForm || !x.mayHave(value) {
			return
		}
		for _, found := range x.digits[value] {
			for j := range shortestForm {
				slot := (count - shortestForm + j) & 15
				if found.at+j >= found.ends && !v.packed || hidden[slot] || at[slot] < 0 {
					continue
				}
				hidden[slot] = true
				from, to := v.span(at[slot])
				kind := found.kind
				if v.packed && kind == editDigit {
					kind = editNumber
				}
				*edits = append(*edits, edit{from, to, kind})
			}
		}
	})
}

// digitsIn calls do for the digits of a text and where they stand. Those of an
// exponent are none: the zeros count that it stands for, which stand nowhere.
func digitsIn(text string, do func(at int, digit byte)) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			do(i, c-'0')
		case c|0x20 == 'e' && i > 0 && text[i-1] >= '0' && text[i-1] <= '9':
			zeros, end := exponent(text, i)
			for range zeros {
				do(-1, 0)
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

// searchSigns finds all other forms by their letters and digits, whatever stands
// between those.
func (x *index) searchSigns(v view, edits *[]edit) {
	if len(x.anchors) == 0 || !x.hasAnchor(v.text) {
		return
	}
	signs, at := make([]byte, 0, len(v.text)), make([]int32, 0, len(v.text))
	for i := range len(v.text) {
		if s := signOf(v.text[i]); s != 0 {
			signs, at = append(signs, s), append(at, int32(i))
		}
	}
	for i := 0; i+shortestForm <= len(signs); i++ {
		hash := hashOf(string(signs[i : i+shortestForm]))
		if !x.mayHave(hash) {
			continue
		}
		for _, a := range x.anchors[hash] {
			begin, end := a.around(signs, i)
			if end-begin < a.pattern.least {
				continue
			}
			for j := begin; j < end; j++ {
				from, to := v.span(int(at[j]))
				*edits = append(*edits, edit{from, to, a.pattern.kind})
			}
			i = end - 1
			break
		}
	}
}

// around is how far a pattern goes in a text whose signs are like those of the
// anchor from the position i on.
func (a anchor) around(signs []byte, i int) (begin, end int) {
	p := a.pattern.signs
	begin, end = i, i
	for end < len(signs) && a.at+end-i < len(p) && signs[end] == p[a.at+end-i] {
		end++
	}
	for begin > 0 && a.at-(i-begin) > 0 && signs[begin-1] == p[a.at-(i-begin)-1] {
		begin--
	}
	return begin, end
}

// hasAnchor reports whether a text may have any pattern in it.
func (x *index) hasAnchor(text string) bool {
	var last [16]byte
	power := uint64(1) // of the sign that leaves
	for range shortestForm {
		power *= hashBase
	}
	hash, count := uint64(0), 0
	for i := range len(text) {
		s := signOf(text[i])
		if s == 0 {
			continue
		}
		hash = hash*hashBase + uint64(s) - power*uint64(last[(count-shortestForm)&15])
		last[count&15] = s
		if count++; count >= shortestForm && x.mayHave(hash) && len(x.anchors[hash]) > 0 {
			return true
		}
	}
	return false
}
