package apo

// pattern is a form of a known value: its signs without what may stand between
// them. It is found where least of them stand together; those before the position
// ends are hidden.
type pattern struct {
	signs       string
	least, ends int
	kind        editKind
}

// anchor are twelve signs of a pattern, from the position at on.
type anchor struct {
	pattern *pattern
	at      int
}

// anchors find patterns by the hash of twelve of their signs.
type anchors struct {
	ofDigits bool // a text's signs are its digits; else its letters and digits
	byHash   map[uint64][]anchor
	filter   *[256]uint64 // most of a text passes it by
}

func newAnchors(ofDigits bool, size int) anchors {
	return anchors{ofDigits, make(map[uint64][]anchor, size), new([256]uint64)}
}

// read hands out the signs of a text, and where they stand; -1: nowhere.
func (a anchors) read(text string, do func(at int, sign byte)) {
	if a.ofDigits {
		digitsOf(text, do)
	} else {
		signsIn(text, do)
	}
}

// mostAnchors bounds how often a place is compared.
const mostAnchors = 8

// add adds a pattern, unless it is too short. A stretch of least signs of it holds
// one anchor at least.
func (a anchors) add(p *pattern) {
	if len(p.signs) < shortestForm {
		return
	}
	p.least = max(p.least, shortestForm)
	for at := 0; at+shortestForm <= len(p.signs); at += p.least - shortestForm + 1 {
		hash := hashOf(p.signs[at : at+shortestForm])
		list := a.byHash[hash]
		if len(list) >= mostAnchors || len(list) > 0 && list[len(list)-1].pattern == p { // what repeats itself has few
			continue
		}
		a.byHash[hash] = append(list, anchor{p, at})
		bit := spread(hash)
		a.filter[bit>>6] |= 1 << (bit & 63)
	}
}

// at returns the anchors of a hash.
func (a anchors) at(hash uint64) []anchor {
	if bit := spread(hash); a.filter[bit>>6]&(1<<(bit&63)) == 0 {
		return nil
	}
	return a.byHash[hash]
}

func spread(hash uint64) uint64 { return hash * 0x9e3779b97f4a7c15 >> 50 }

const hashBase = 0x100000001b3

func hashOf[T string | []byte](signs T) (hash uint64) {
	for i := range len(signs) {
		hash = hash*hashBase + uint64(signs[i])
	}
	return hash
}

// search finds all patterns of a text.
func (a anchors) search(v view, edits *[]edit) {
	if len(a.byHash) == 0 || !a.any(v.text) {
		return
	}
	signs, at := make([]byte, 0, len(v.text)), make([]int32, 0, len(v.text))
	a.read(v.text, func(i int, sign byte) { signs, at = append(signs, sign), append(at, int32(i)) })
	done := 0 // so many signs were hidden, or not
	for i := 0; i+shortestForm <= len(signs); i++ {
		for _, found := range a.at(hashOf(signs[i : i+shortestForm])) {
			begin, end := found.around(signs, i)
			if end-begin < found.pattern.least {
				continue
			}
			for j := max(begin, done); j < end; j++ {
				if from := found.at + j - i; (from < found.pattern.ends || v.packed) && at[j] >= 0 {
					*edits = append(*edits, v.edit(int(at[j]), found.pattern.kind))
				}
			}
			done = end
			i = max(i, end-shortestForm)
			break
		}
	}
}

// any reports whether a text may have a pattern in it.
func (a anchors) any(text string) (found bool) {
	if a.ofDigits && !mayHoldDigits(text) {
		return false
	}
	power := uint64(1) // of the sign that leaves
	for range shortestForm {
		power *= hashBase
	}
	var last [16]byte
	hash, count := uint64(0), 0
	if a.ofDigits {
		digitsOf(text, func(_ int, digit byte) {
			hash = hash*hashBase + uint64(digit) - power*uint64(last[(count-shortestForm)&15])
			last[count&15] = digit
			if count++; count >= shortestForm && !found {
				found = len(a.at(hash)) > 0
			}
		})
		return found
	}
	for i := 0; i < len(text) && !found; i++ { // this is most of what finding costs
		if sign := signOf(text[i]); sign != 0 {
			hash = hash*hashBase + uint64(sign) - power*uint64(last[(count-shortestForm)&15])
			last[count&15] = sign
			if count++; count >= shortestForm {
				found = len(a.at(hash)) > 0
			}
		}
	}
	return found
}

// mayHoldDigits reports whether a text has the digits of a pattern, those that an
// exponent stands for among them.
func mayHoldDigits(text string) bool {
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			n++
		case c|0x20 == 'e' && i > 0 && isDigit(text[i-1]):
			return true
		}
	}
	return n >= shortestForm
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
