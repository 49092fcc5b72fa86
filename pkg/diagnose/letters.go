package diagnose

// letters puts one letter, or one letter each, back in the place of question marks.
// A charset that lacks a letter has written them: one for each letter, or one for
// each of its bytes.
func (v *values) letters(try func(...splice) bool, deep bool) bool {
	if len(v.asked) == 0 || len(v.asked) > 4 {
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
	var each []splice // one letter for each mark
	for _, p := range v.asked {
		for at := p.at; at < p.end; at++ {
			each = append(each, splice{at, at + 1, ""})
		}
	}
	letters := []rune(commonLetters)
	switch {
	case !deep || len(each) < 2 || len(each) > 3:
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
