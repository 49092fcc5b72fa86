package diagnose

// tier says how likely a mistake is: 1 happens every week, 3 was seen once.
type tier int

// alone is the tier of what is tried as the only mistake: there is much of it, and
// nothing is likely.
const alone tier = 4

// variant is what one part of the content may have been when it was signed.
type variant struct {
	value string
	tier  tier
	fault Fault
}

// variants collects the ways in which one part may differ, each value once.
type variants struct {
	part  string
	given string
	most  tier // unlikelier ones are left out
	seen  map[string]bool
	list  []variant
}

func newVariants(part, given string, most tier) *variants {
	return &variants{part: part, given: given, most: most, seen: map[string]bool{given: true}}
}

// add takes a value that may have been signed instead of the given one.
func (v *variants) add(t tier, c Cause, value, what string) {
	if t > v.most || v.seen[value] {
		return
	}
	v.seen[value] = true
	v.list = append(v.list, variant{value, t, Fault{
		Cause: c, Part: v.part, What: what, Offset: firstDifference(v.given, value), Given: v.given, Signed: value,
	}})
}

// ofTier returns the variants of one tier.
func (v *variants) ofTier(t tier) []variant {
	var list []variant
	for _, one := range v.list {
		if one.tier == t {
			list = append(list, one)
		}
	}
	return list
}

// firstDifference returns the offset of the first byte in which two texts
// differ: the length of the shorter one where it is the beginning of the other.
func firstDifference[T string | []byte](a, b T) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
