package apo

import "strings"

// withoutControls takes the control sequences of a terminal out of a text. They
// are not seen there, and so what stands around them is read as one. found is
// false where there are none.
func withoutControls(v view) (plain view, found bool) {
	s := v.text
	if strings.IndexByte(s, escape) < 0 && strings.IndexByte(s, c1Lead) < 0 {
		return view{}, false
	}
	out, at := make([]byte, 0, len(s)), make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		if size := controlSequence(s[i:]); size > 0 {
			out, at = append(out, ' '), append(at, v.begin(i))
			i += size
			found = true
			continue
		}
		out, at = append(out, s[i]), append(at, v.begin(i))
		i++
	}
	return view{string(out), append(at, v.begin(len(s))), v.packed}, found
}

const (
	escape = 0x1b
	bell   = 0x07
	c1Lead = 0xc2 // the first byte of U+0080 to U+009F

	longestControl = 4096 // bytes of one sequence that are looked at
)

// controlSequence is how many bytes the control sequence takes that a text begins
// with: one that colors or moves (CSI), a title or a link (OSC) or another string,
// a change of the character set. It is 0 where there is none, or where it does not
// end.
func controlSequence(s string) int {
	introducer, i := introducerOf(s)
	switch {
	case i == 0:
		return 0
	case introducer == '[':
		return endOf(s, i, 0x20, 0x3f)
	case strings.IndexByte("]PX^_", introducer) >= 0:
		return stringEnd(s, i)
	case introducer == 'N' || introducer == 'O': // the next character is of another set
		return min(i+1, len(s))
	case introducer >= 0x20 && introducer <= 0x2f:
		return endOf(s, i, 0x20, 0x2f)
	}
	return i
}

// introducerOf reads how a sequence begins, ESC and a byte or the one character
// that stands for both, and where it goes on.
func introducerOf(s string) (introducer byte, next int) {
	switch {
	case len(s) < 2:
	case s[0] == escape && s[1] >= ' ' && s[1] < 0x7f:
		return s[1], 2
	case s[0] == c1Lead && s[1] >= 0x80 && s[1] <= 0x9f:
		return s[1] - 0x40, 2
	}
	return 0, 0
}

// endOf is where a sequence ends whose inner bytes lie between two: behind the
// first other one.
func endOf(s string, i int, low, high byte) int {
	for ; i < min(len(s), longestControl); i++ {
		if s[i] < low || s[i] > high {
			if s[i] < 0x40 && high == 0x3f || s[i] >= 0x7f {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

// stringEnd is where a control string ends: with a bell, ESC \ or U+009C.
func stringEnd(s string, i int) int {
	for ; i < min(len(s), longestControl); i++ {
		switch {
		case s[i] == bell:
			return i + 1
		case s[i] != escape && s[i] != c1Lead:
			continue
		}
		switch next, end := introducerOf(s[i:]); {
		case next == '\\':
			return i + end
		case next != 0: // cut off by another
			return i
		}
	}
	return 0
}
