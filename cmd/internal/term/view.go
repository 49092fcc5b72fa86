package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Field is one line of a view: what it is, and what it says.
type Field struct {
	Name string
	Cell
}

// WriteView writes a thing field by field, the names beside their values, and
// leaves out fields that say nothing. Where a terminal is too narrow for both,
// the value stands below its name.
func (s *Streams) WriteView(fields []Field) error {
	p := newPalette(s.colors.out)
	width, names, longest := s.tableWidth(), 0, 0
	for _, f := range fields {
		if f.Text != "" {
			names = max(names, lipgloss.Width(f.Name))
			longest = max(longest, longestIn(f.Text))
		}
	}
	margin := names + 2
	below := width > 0 && margin+max(longest, least) > width
	if below {
		margin = 2
	}
	var b strings.Builder
	for _, f := range fields {
		text := s.shown(f.Text)
		if text == "" {
			continue
		}
		b.WriteString(p.dim(f.Name))
		switch {
		case below && lipgloss.Width(f.Name)+1+lipgloss.Width(text) <= width:
			b.WriteString(" ")
		case below:
			b.WriteString("\n" + strings.Repeat(" ", margin))
		default:
			b.WriteString(strings.Repeat(" ", margin-lipgloss.Width(f.Name)))
		}
		for i, line := range folded(text, width, margin, margin) {
			if i > 0 {
				b.WriteString("\n" + strings.Repeat(" ", margin))
			}
			b.WriteString(p.toned(line, f.Tone))
		}
		b.WriteString("\n")
	}
	return s.writeStyled(b.String())
}
