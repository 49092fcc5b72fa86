package diagnose

import "slices"

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
