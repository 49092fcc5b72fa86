package diagnose

import (
	"iter"
	"slices"
)

const (
	manyPlaces   = 6        // of a habit, up to which every choice of them is tried
	fewPlaces    = 64       // of all habits, up to which two at a time are tried
	threeAtOne   = 100      // white space around strings, up to which three at a time are tried
	maxRevalued  = 16 << 10 // bytes of a body above which its values are not looked at one by one
	manyRevalued = 40 << 20 // bytes of the bodies that are made of it at most; four times as many later
)

// revalued yields the bodies of which frameworks may have made the given one by
// changing values: habits everywhere, habits in some places, one change more. deep
// goes on where those before found nothing.
func (s *search) revalued(deep bool) iter.Seq[job] {
	return func(yield func(job) bool) {
		given := s.body.body.bytes()
		if len(given) > maxRevalued {
			return
		}
		left := manyRevalued
		if deep {
			left *= 4
		}
		for _, v := range documents(given) {
			try := func(parts ...splice) bool {
				body := v.with(slices.Clone(parts)...)
				if body == nil {
					return true
				}
				left -= len(body) + hashCost
				return left >= 0 && yield(job{candidate{body: onePiece(body), json: true}, s.alike(), false})
			}
			if !deep && !(v.combined(try) && v.single(try) && v.letters(try, false)) ||
				deep && !(v.double(try) && v.members(try) && v.letters(try, true)) {
				return
			}
		}
	}
}

// revaluedUnder yields the bodies in which one value differs, under heads of which
// each differs too.
func (s *search) revaluedUnder(heads []head) iter.Seq[job] {
	return func(yield func(job) bool) {
		given := s.body.body.bytes()
		if len(given) > maxEdited {
			return
		}
		left := manyRevalued
		for _, v := range documents(given) {
			try := func(parts ...splice) bool {
				body := v.with(parts...)
				left -= (len(body) + hashCost) * len(heads)
				return body == nil || left >= 0 && yield(job{candidate{body: onePiece(body), json: true}, heads, false})
			}
			for _, p := range v.places() {
				if !try(p) {
					return
				}
			}
			for _, p := range v.asked {
				for _, c := range commonLetters {
					if p.with = string(c); !try(p) {
						return
					}
				}
			}
		}
	}
}

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
func choices(h habit, most int) [][]splice {
	var list [][]splice
	for set := 1; len(h) <= most && set < 1<<len(h); set++ {
		var some []splice
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
func (v *values) cleaned() [][]splice {
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

// single makes one change alone, and one with a habit that was at work everywhere.
func (v *values) single(try func(...splice) bool) bool {
	for _, p := range v.places() {
		if !try(p) {
			return false
		}
		for i, a := range v.habits {
			if len(a) > 0 && (i <= wasTrimmed || i == wasDecomposed || i == wasComposed) && !try(append(slices.Clone(a), p)...) {
				return false
			}
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

// double makes two changes, and three where few are possible.
func (v *values) double(try func(...splice) bool) bool {
	places := v.plainBlanks()
	for _, a := range v.habits {
		if len(places)+len(a) <= 2*fewPlaces {
			places = append(places, a...)
		}
	}
	if len(places) > 4*fewPlaces {
		return true
	}
	for _, some := range v.cleaned() {
		for _, p := range v.plainBlanks() {
			if !try(append(slices.Clone(some), p)...) {
				return false
			}
		}
	}
	all := slices.Concat(v.habits[nullWasEmpty], v.habits[listWasObject])
	for i, a := range places {
		for _, b := range places[:i] {
			if !try(a, b) || len(all) > 0 && len(all) < fewPlaces && !try(append(slices.Clone(all), a, b)...) {
				return false
			}
		}
	}
	blanks := v.plainBlanks()
	if len(blanks) > threeAtOne {
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
