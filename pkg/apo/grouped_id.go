package apo

import "strings"

// ungrouped is a squeezed text with the paymentIds in it in one piece that are written in
// groups of three or four digits, as people and spreadsheets do: a part of one may look
// like a card's number, and is none.
func ungrouped(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		run := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '-' })
		if run < 0 {
			run = len(s)
		}
		b.WriteString(joinedID(s[:run], b.Len() > 0 && isAlnum(b.String()[b.Len()-1]), run < len(s) && isAlnum(s[run])))
		if s = s[run:]; len(s) > 0 {
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String()
}

// joinedID is a run of digits and dashes without the dashes in it, where it is a paymentId;
// before and behind say whether letters stand there.
func joinedID(run string, before, behind bool) string {
	inner := strings.Trim(run, "-")
	groups := strings.Split(inner, "-")
	if before && strings.HasPrefix(run, inner) || behind && strings.HasSuffix(run, inner) || !isGroupedID(groups) {
		return run
	}
	return strings.Replace(run, inner, strings.Join(groups, ""), 1)
}

// digitsOfID is how many digits a paymentId has.
const digitsOfID = 35

// isGroupedID reports whether groups of digits are a paymentId: 35 digits that begin with
// a day, the groups of one length but for the first and the last.
func isGroupedID(groups []string) bool {
	const shortest, longest = 3, 4
	if len(groups) < digitsOfID/longest || len(groups[1]) < shortest || len(groups[1]) > longest {
		return false
	}
	for i, group := range groups {
		if inside := i > 0 && i < len(groups)-1; len(group) > len(groups[1]) || inside && len(group) < len(groups[1]) {
			return false
		}
	}
	id := strings.Join(groups, "")
	return len(id) == digitsOfID && id[:2] == "20" && id[4:6] >= "01" && id[4:6] <= "12" && id[6:8] >= "01" && id[6:8] <= "31"
}
