package diagnose

import (
	"bytes"
	"iter"
	"slices"
	"strings"
)

// A framework that changes values changes several. revalued undoes what it may have
// done in steps, the simplest first:
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
func (e effort) most() int { return [...]int{40 << 20, 120 << 20, 60 << 20, 240 << 20}[e] }

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
				_ = d.letters(try, true) && d.members(try)
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
		c.fault = Fault{Cause: d.outer.cause, Part: "body", What: "the body " + d.outer.what, Offset: -1}
		c.inner = d.outer.body
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
		if !inner.guess && !bytes.Equal(inner.body, given) {
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

// anew are the documents in the layouts that are likely.
func anew(documents []document) []document {
	var list []document
	for _, d := range documents[:min(1, len(documents))] {
		n, _, ok := parseJSON(d.text)
		if !ok || len(d.text) > maxEdited {
			continue
		}
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
					list = append(list, document{valuesOf(text, m), d.outer})
				}
			}
		}
	}
	return list
}

const (
	manyPlaces = 6   // of a habit, up to which every choice of them is tried alone
	somePlaces = 3   // up to which it is tried with another habit
	fewPlaces  = 64  // of all habits, up to which two at a time are tried
	manyTrims  = 100 // white space around strings, up to which three at a time are tried
)

// combined undoes up to three habits everywhere, and each in some of its places.
func (v *values) combined(try func(...splice) bool) bool {
	for i, a := range v.habits {
		if len(a) == 0 {
			continue
		}
		if !try(a...) {
			return false
		}
		for j, b := range v.habits[:i] {
			if len(b) == 0 {
				continue
			}
			if !try(slices.Concat(a, b)...) {
				return false
			}
			for _, c := range v.habits[:j] {
				if len(c) > 0 && !try(slices.Concat(a, b, c)...) {
					return false
				}
			}
		}
	}
	for _, a := range v.habits {
		for _, some := range choices(a, manyPlaces) {
			if !try(some...) {
				return false
			}
		}
	}
	for _, some := range v.cleaned() {
		if !try(some...) {
			return false
		}
	}
	return true
}

// choices are all parts of a habit that has at most so many places.
func choices(h habit, most int) []habit {
	var list []habit
	for set := 1; len(h) <= most && set < 1<<len(h); set++ {
		var some habit
		for i, p := range h {
			if set>>i&1 == 1 {
				some = append(some, p)
			}
		}
		list = append(list, some)
	}
	return list
}

// cleaned undoes what Laravel does to values that are empty, where some of those
// that look so now were so before: null and [] in every choice.
func (v *values) cleaned() []habit {
	const most = 4
	nulls, lists := choices(v.habits[nullWasEmpty], most), choices(v.habits[listWasObject], most)
	list := slices.Concat(nulls, lists)
	for _, a := range nulls {
		for _, b := range lists {
			list = append(list, slices.Concat(a, b))
		}
	}
	return list
}

// single makes one change alone, and one beside a habit that was at work
// everywhere.
func (v *values) single(try func(...splice) bool) bool {
	for _, p := range v.places() {
		if !try(p) {
			return false
		}
		for _, a := range v.habits {
			if len(a) > 0 && !try(append(slices.Clone(a), p)...) {
				return false
			}
		}
	}
	return true
}

// alone makes one change: a habit everywhere, in some places, or one value.
func (v *values) alone(try func(...splice) bool) bool {
	for _, h := range v.habits {
		for _, some := range append(v.some(h), h) {
			if !try(some...) {
				return false
			}
		}
	}
	for _, p := range v.places() {
		if !try(p) {
			return false
		}
	}
	return true
}

// places are all changes of one value.
func (v *values) places() []splice {
	list := slices.Clone(v.blanks)
	for _, a := range v.habits {
		list = append(list, a...)
	}
	return list
}

// plainBlanks are single blanks, which people type by accident.
func (v *values) plainBlanks() []splice {
	var list []splice
	for _, p := range v.blanks {
		if p.with == " " {
			list = append(list, p)
		}
	}
	return list
}

// double makes two changes: two habits in some places each, one in some places and
// one change more, two changes of one value, and what Laravel does with a blank.
func (v *values) double(try func(...splice) bool) bool {
	for i, h := range v.habits {
		for _, a := range v.some(h) {
			for _, other := range v.habits[:i] {
				for _, b := range v.some(other) {
					if !try(slices.Concat(a, b)...) {
						return false
					}
				}
			}
		}
	}
	for _, h := range v.habits {
		for _, a := range v.some(h) {
			for _, p := range v.plainBlanks() {
				if !try(append(slices.Clone(a), p)...) {
					return false
				}
			}
		}
	}
	places := v.plainBlanks()
	for _, a := range v.habits {
		if len(places)+len(a) <= 2*fewPlaces {
			places = append(places, a...)
		}
	}
	for i, a := range places {
		for _, b := range places[:i] {
			if !try(a, b) {
				return false
			}
		}
	}
	return v.twoBesides(places, try)
}

// some are a habit everywhere, and in some of its places where these are few.
func (v *values) some(h habit) []habit {
	if len(h) == 0 {
		return nil
	}
	if list := choices(h, somePlaces); list != nil {
		return list
	}
	return []habit{h}
}

// twoBesides makes a change or two beside what Laravel does to values that are
// empty.
func (v *values) twoBesides(places []splice, try func(...splice) bool) bool {
	for _, some := range v.cleaned() {
		for _, p := range v.plainBlanks() {
			if !try(append(slices.Clone(some), p)...) {
				return false
			}
		}
	}
	all := slices.Concat(v.habits[nullWasEmpty], v.habits[listWasObject])
	if len(all) == 0 || len(all) > fewPlaces {
		return true
	}
	for i, a := range places {
		for _, b := range places[:i] {
			if !try(append(slices.Clone(all), a, b)...) {
				return false
			}
		}
	}
	return true
}

// triple puts three blanks back.
func (v *values) triple(try func(...splice) bool) bool {
	blanks := v.plainBlanks()
	if len(blanks) > manyTrims {
		return true
	}
	for i, a := range blanks {
		for j, b := range blanks[:i] {
			for _, c := range blanks[:j] {
				if !try(a, b, c) {
					return false
				}
			}
		}
	}
	return true
}
