package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Field is one line of a view: what it is, and what it says.
type Field struct {
	Name string
	Cell
	Whole bool // it is to be copied: no line is broken, and no blank left out
}

// WriteView writes a thing field by field, the names beside their values, and
// leaves out fields that say nothing. A value with a word that has no room beside
// its name stands below it.
func (s *Streams) WriteView(fields []Field) error {
	p := newPalette(s.colors.out)
	width, names := s.tableWidth(), 0
	for i, f := range fields {
		if fields[i].Text = s.shown(f.Text); f.Whole {
			fields[i].Text = s.whole(f.Text)
		}
		if f.Text != "" {
			names = max(names, lipgloss.Width(f.Name))
		}
	}
	if width > 0 {
		names = min(names, max(0, width-2-least)) // some text must have room beside
	}
	var b strings.Builder
	for _, f := range fields {
		if f.Text == "" {
			continue
		}
		if f.Whole && width > 0 {
			b.WriteString(p.dim(f.Name) + "\n  " + p.toned(f.Text, f.Tone) + "\n")
			continue
		}
		margin, between := placed(f, names, width)
		b.WriteString(p.dim(f.Name) + between)
		for i, line := range folded(f.Text, width, margin, margin) {
			if i > 0 {
				b.WriteString("\n" + strings.Repeat(" ", margin))
			}
			b.WriteString(p.toned(line, f.Tone))
		}
		b.WriteString("\n")
	}
	return s.writeStyled(b.String())
}

// whole is a text as it is, but for what could do something to a terminal. It is
// masked once more where something was left out. No line of it begins where names do.
func (s *Streams) whole(text string) string {
	kept := clean(text)
	if kept != text {
		kept = s.forOutput().Text(kept)
	}
	return strings.ReplaceAll(kept, "\n", "\n  ")
}

// placed is where the value of a field begins, and what is between it and its
// name: the column of all values, or close behind the name, or a line below.
func placed(f Field, names, width int) (margin int, between string) {
	margin = names + 2
	name, value := lipgloss.Width(f.Name), longestIn(f.Text)
	switch {
	case name <= names && (width <= 0 || margin+value <= width):
		return margin, strings.Repeat(" ", margin-name)
	case name+1+lipgloss.Width(f.Text) <= width:
		return name + 1, " "
	}
	return 2, "\n  "
}
