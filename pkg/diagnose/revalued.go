package diagnose

import (
	"bytes"
	"iter"
	"slices"
	"strings"
)

// effort is a step of the search for values that changed. A framework that changes
// values changes several; the simplest is tried first:
//
//   - one thing everywhere, in some places or in one, and one of them beside
//     another that was done everywhere;
//   - two things in some places each, and up to three strings that were trimmed;
//   - one thing, where the text was written in another layout too;
//   - letters that a charset lacks, and members that are gone.
type effort int

const (
	oneValue effort = iota
	twoValues
	valuesAnew
	lostValues
)

// most is how many bytes of bodies a step makes of one document at most, and of all
// layouts of it together.
func (e effort) most() int { return [...]int{40 << 20, 120 << 20, 60 << 20, 280 << 20}[e] }

// revalued yields the bodies of which frameworks may have made the given one by
// changing values.
func (s *search) revalued(e effort) iter.Seq[job] {
	return func(yield func(job) bool) {
		heads := s.alike()
		list, most := s.documents(), e.most()
		if e == valuesAnew {
			list = anew(list)
			most /= max(1, len(list))
		}
		for _, d := range list {
			if d.outer.cause == BodyTruncated && e != oneValue { // what is missing is seldom its brackets alone
				continue
			}
			left, going := most, true
			try := func(parts ...splice) bool {
				body := d.with(slices.Clone(parts)...)
				if body == nil {
					return true
				}
				left -= len(heads) * (len(body) + hashCost)
				going = left < 0 || yield(job{d.candidate(body), heads, false})
				return going && left >= 0
			}
			switch e {
			case oneValue:
				_ = d.combined(try) && d.single(try) && d.letters(try, false)
			case twoValues:
				_ = d.double(try) && d.triple(try)
			case valuesAnew:
				_ = d.alone(try)
			case lostValues:
				_ = d.mended(try) && d.members(try)
			}
			if !going {
				return
			}
		}
	}
}

// revaluedUnder yields the bodies in which one value differs, under heads of which
// each differs too.
func (s *search) revaluedUnder(heads []head) iter.Seq[job] {
	return func(yield func(job) bool) {
		if s.body.body.len() > maxEdited {
			return
		}
		left := oneValue.most()
		for _, d := range s.documents() {
			try := func(p splice) bool {
				body := d.with(p)
				left -= (len(body) + hashCost) * len(heads)
				return body == nil || left >= 0 && yield(job{d.candidate(body), heads, false})
			}
			for _, p := range d.places() {
				if !try(p) {
					return
				}
			}
			for _, p := range d.asked {
				for _, c := range commonLetters {
					if p.with = d.spell(string(c)); !try(p) {
						return
					}
				}
			}
		}
	}
}

// document is a text of JSON, and how it was unpacked.
type document struct {
	values
	outer unpacked
}

// candidate is a body that a document may have been.
func (d document) candidate(body []byte) candidate {
	c := candidate{body: onePiece(body), json: true}
	if d.outer.what != "" {
		c.fault, c.outer, c.inner = d.outer.fault(), d.outer.before, d.outer.body
	}
	return c
}

const (
	maxRevalued  = 16 << 10 // bytes of a body above which its values are not looked at one by one
	maxDocuments = 4
)

// documents are a body in the forms of [written], and what it holds, if something
// was put around it.
func documents(given []byte) []document {
	var list []document
	add := func(outer unpacked) {
		if len(outer.body) > maxRevalued {
			return
		}
		for _, v := range written(string(outer.body)) {
			if len(list) < maxDocuments {
				list = append(list, document{v, outer})
			}
		}
	}
	add(unpacked{body: given})
	for _, inner := range unwrap(given) {
		if !inner.guess && !bytes.Equal(inner.body, given) && inner.cause != BodyTrailingNewline {
			add(inner)
		}
	}
	return list
}

// written is a text of JSON as it is, without the white space around it, and as the
// gateway would write it.
func written(text string) []values {
	n, end, ok := parseJSON(text)
	if !ok || strings.TrimSpace(text[end:]) != "" || n.kind != '{' && n.kind != '[' {
		return nil
	}
	var list []values
	for _, text := range []string{text, strings.TrimSpace(text), string(layouts()[0].write(nil, n.escaped(escaping{}), 0))} {
		known := slices.ContainsFunc(list, func(v values) bool { return v.text == text })
		if n, _, ok := parseJSON(text); ok && !known {
			list = append(list, valuesOf(text, n))
		}
	}
	return list
}

// anew is the first of some documents in the layouts that are likely.
func anew(documents []document) []document {
	if len(documents) == 0 || len(documents[0].text) > maxEdited {
		return nil
	}
	n, _, ok := parseJSON(documents[0].text)
	if !ok {
		return nil
	}
	var list []document
	seen := map[string]bool{}
	for _, e := range escapings() {
		escaped := n.escaped(e)
		for _, l := range layouts()[:likelyLayouts] {
			text := string(l.write(nil, escaped, 0))
			if seen[text] {
				continue
			}
			seen[text] = true
			if m, _, ok := parseJSON(text); ok {
				list = append(list, document{valuesOf(text, m), documents[0].outer})
			}
		}
	}
	return list
}
