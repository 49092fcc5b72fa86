package diagnose

import "slices"

// maxMarks is how many runs of question marks are looked at.
const maxMarks = 4

// mended tries all that a charset may have taken away, the likelier first.
func (v *values) mended(try func(...splice) bool) bool {
	return v.lettersEach(try, 3) && v.letters(try, true) && v.lettersBeside(try) && v.lettersBesideEmpty(try)
}

// letters puts one letter back in the place of question marks. A charset that lacks
// a letter has written them: one for each letter, or one for each of its bytes.
func (v *values) letters(try func(...splice) bool, deep bool) bool {
	if len(v.asked) > maxMarks {
		return true
	}
	for _, p := range v.asked {
		for _, r := range lettersOf(p.end-p.at, deep) {
			for c := r[0]; c <= r[1]; c++ {
				if p.with = v.spell(string(c)); !try(p) {
					return false
				}
			}
		}
		for at := p.at; p.end-p.at > 1 && at < p.end && !deep; at++ { // "é?"
			for _, c := range commonLetters {
				if !try(splice{at, at + 1, v.spell(string(c))}) {
					return false
				}
			}
		}
	}
	return true
}

// lettersBeside puts a letter back beside what else was done to the values: a habit
// everywhere or in some places, a blank that was trimmed.
func (v *values) lettersBeside(try func(...splice) bool) bool {
	if len(v.asked) == 0 {
		return true
	}
	for _, h := range v.habits {
		for _, some := range v.some(h) {
			if !v.letters(alongside(some, try), false) {
				return false
			}
		}
	}
	for _, blank := range v.plainBlanks() {
		for _, p := range v.asked[:min(len(v.asked), maxMarks)] {
			for _, c := range commonLetters {
				if p.with = v.spell(string(c)); !try(p, blank) {
					return false
				}
			}
		}
	}
	return true
}

// lettersBesideEmpty puts two letters back beside what was done to empty values.
func (v *values) lettersBesideEmpty(try func(...splice) bool) bool {
	for _, h := range v.habits[:objectWasList+1] {
		for _, some := range v.some(h) {
			if !v.lettersEach(alongside(some, try), 2) {
				return false
			}
		}
	}
	return true
}

// alongside tries what it is given together with other changes.
func alongside(other []splice, try func(...splice) bool) func(...splice) bool {
	return func(parts ...splice) bool { return try(slices.Concat(parts, other)...) }
}

// lettersEach puts a letter back for each mark, where there are so many at most.
func (v *values) lettersEach(try func(...splice) bool, most int) bool {
	var each []splice
	for _, p := range v.asked {
		for at := p.at; at < p.end; at++ {
			each = append(each, splice{at, at + 1, ""})
		}
	}
	letters := []rune(commonLetters)
	switch {
	case len(each) < 2 || len(each) > most:
		return true
	case len(each) == 3:
		letters = letters[:24]
	}
	return v.spelled(each, letters, 0, try)
}

func (v *values) spelled(each []splice, letters []rune, at int, try func(...splice) bool) bool {
	if at == len(each) {
		return try(each...)
	}
	for _, c := range letters {
		if each[at].with = v.spell(string(c)); !v.spelled(each, letters, at+1, try) {
			return false
		}
	}
	return true
}

// commonLetters are those beyond ASCII that names have most often.
const commonLetters = "éüöäñóíáçèÉßøåêãôúÜÖÄłşžčšýàâîëïõûæœìòùÿÁÇÍÓÚÑØÅğıİşŞćńśźżąęěřůőűă’“”–—…€™®°"

// lettersOf are the ranges of letters for which a run of marks may stand: each
// mark for a unit of UTF-16, or for a byte of UTF-8.
func lettersOf(run int, deep bool) [][2]rune {
	latin := [2]rune{0xa0, 0x24f}
	punctuation := [2]rune{0x2010, 0x2044}
	emoji := [2]rune{0x1f300, 0x1faff}
	switch {
	case run == 1 && !deep:
		return [][2]rune{latin, punctuation, {0x20a0, 0x20bf}, {0x2122, 0x2122}, {0x1e00, 0x1eff}}
	case run == 1:
		return [][2]rune{{0x250, 0x1dff}, {0x2045, 0x2bff}, {0x3000, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xfe0f, 0xfe0f}, {0xff01, 0xffee}, emoji}
	case run == 2 && !deep:
		return [][2]rune{latin, {0x250, 0x7ff}, emoji}
	case run == 3 && deep:
		return [][2]rune{{0x800, 0x30ff}, {0x4e00, 0x9fff}, {0xac00, 0xd7a3}, {0xff01, 0xffee}}
	case run == 4 && !deep:
		return [][2]rune{emoji}
	}
	return nil
}
