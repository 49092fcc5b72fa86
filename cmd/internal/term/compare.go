package term

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"github.com/apo-cli/apo/pkg/apo"
)

// Compared are two texts of which one was signed, as is proven, and the other
// given instead.
type Compared struct {
	Signed, Given []byte
	Label         string // what the position is called: "byte %d of the body"; empty: no line for it
	Offset        int    // of the first difference, as it is told
}

// Compare draws both at their first difference, one below the other, with a
// mark under it. If either of them has, or may have, anything that is masked,
// all digits of both are hidden, and long words: two texts side by side tell
// more than each alone. No line is wider than the terminal, so that the mark
// stays below its place.
func (s *Streams) Compare(c Compared) {
	signed, given, at := around(c.Signed, c.Given)
	if s.sensitive(c.Signed, signed) || s.sensitive(c.Given, given) {
		signed, given = apo.Starred(signed), apo.Starred(given)
	}
	const indent, side = 14, 36 // columns: in front of both, and shown on each side
	left, right := side, side
	width := columns(s.errWidth)
	if width > 0 {
		left = max(4, min(side, (width-indent)/2))
	}
	before := tail(signed[:min(at, len(signed))], left)
	column := indent + lipgloss.Width(before)
	if width > 0 {
		right = max(4, min(side, width-column-1))
	}
	show := visible
	signedHere, givenHere := signed[min(at, len(signed)):], given[min(at, len(given)):]
	if lookAlike(signedHere, givenHere, right) {
		show = named
	}
	p := newPalette(s.colors.err)
	line := func(label, text string, paint func(string) string) {
		first, rest := show(text)
		if joins(text) {
			first, rest = named(text)
		}
		if first == "" {
			first = "∎" // here the text ends
		}
		s.styled("  " + p.dim(label) + before + paint(first) + head(rest, right-lipgloss.Width(first), show))
	}
	line("signed      ", signedHere, p.good)
	line("UNVERIFIED  ", givenHere, p.bad)
	if c.Label != "" && c.Offset >= 0 {
		s.styled(p.bad(pointer(column, fmt.Sprintf(c.Label, c.Offset), width)))
	}
}

// pointer puts a mark into a column, and what it is called on the side that has
// room.
func pointer(column int, label string, width int) string {
	if width > 0 && column+2+len(label) > width && column > len(label) {
		return strings.Repeat(" ", column-len(label)-1) + label + " ^"
	}
	return strings.Repeat(" ", column) + "^ " + label
}

// around cuts both texts to what is near their first difference, which is then
// at the offset at.
func around(a, b []byte) (string, string, int) {
	const near = 8 << 10
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	inside := func(t []byte) bool { return at < len(t) && !utf8.RuneStart(t[at]) }
	for at > 0 && (inside(a) || inside(b)) {
		at--
	}
	start := max(0, at-near)
	cut := func(t []byte) string { return string(t[start:min(len(t), at+near)]) }
	return cut(a), cut(b), at - start
}

// sensitive reports whether a text has anything that must not be shown. Of one
// that is no JSON, or too long to be looked at whole, nobody can tell.
func (s *Streams) sensitive(whole []byte, shown string) bool {
	const most = 256 << 10
	t := strings.TrimSpace(string(whole[:min(len(whole), most)]))
	if strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") || len(whole) > most {
		if len(whole) > most || apo.CheckJSON([]byte(t)) != nil {
			return true
		}
	} else if strings.ContainsAny(t, "{<&%\x00") || len(t) > 300 {
		return true // a body in some other form
	}
	return string(s.Masker.JSON(whole)) != string(whole) || apo.MayHoldCard(t) || apo.MayHoldCard(shown)
}

// Below writes a line that belongs to the one above: a repair, a snippet.
func (s *Streams) Below(label, text string) {
	p := newPalette(s.colors.err)
	s.styled("  " + p.dim(fmt.Sprintf("%-12s", label)) + hanging(s.Masker.Text(clean(text)), columns(s.errWidth), 14))
}
