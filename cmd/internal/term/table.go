package term

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// WriteTable writes rows under a header: aligned on a terminal, separated by
// tabs and without header in a pipe.
func (s *Streams) WriteTable(header []string, rows [][]string) error {
	if !s.OutTTY {
		var b strings.Builder
		for _, row := range rows {
			for i, cell := range row {
				if i > 0 {
					b.WriteByte('\t')
				}
				b.WriteString(inCell(cell))
			}
			b.WriteByte('\n')
		}
		return s.WriteText(b.String())
	}
	lines := [][]string{header}
	lines = append(lines, rows...)
	for i, row := range lines {
		lines[i] = make([]string, len(row))
		for j, cell := range row {
			lines[i][j] = oneLine(cell)
		}
	}
	p := newPalette(s.colors.out)
	l := layoutOf(lines, s.width())
	var b strings.Builder
	for i, row := range lines {
		b.WriteString(l.row(row, func(cell string) string {
			switch {
			case i == 0:
				return p.strong(cell)
			case strings.HasPrefix(cell, "✖"):
				return p.bad(cell)
			}
			return cell
		}))
	}
	_, err := io.WriteString(s.Out, b.String())
	return err
}

// inCell keeps a text from outside in its cell: what would begin another cell or
// row, or move a cursor, is a space.
func inCell(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || Hostile(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// layout is how the columns of a table share the width of a terminal.
type layout struct {
	widths []int
	width  int
	beside int // so many columns stand side by side; the others follow below
	hangs  int // where the last column begins if it is broken in itself, else 0
}

// least is how wide a column of text must be to be read as a column.
const least = 20

func layoutOf(rows [][]string, width int) layout {
	l := layout{widths: make([]int, len(rows[0])), width: width, beside: len(rows[0])}
	for _, row := range rows {
		for i, cell := range row {
			l.widths[i] = max(l.widths[i], lipgloss.Width(cell))
		}
	}
	begin := 0
	for i, w := range l.widths {
		last := i == len(l.widths)-1
		switch {
		case i == 0 || begin+w <= width:
		case last && width-begin >= least && longestWord(rows, i) <= width-begin:
			l.hangs = begin
		default:
			l.beside = i
			return l
		}
		begin += w + 2
	}
	return l
}

func longestWord(rows [][]string, column int) (longest int) {
	for _, row := range rows {
		for _, word := range strings.Fields(row[column]) {
			longest = max(longest, lipgloss.Width(word))
		}
	}
	return longest
}

func (l layout) row(cells []string, style func(string) string) string {
	var b strings.Builder
	for i, cell := range cells[:l.beside] {
		if i == len(cells)-1 && l.hangs > 0 {
			for j, part := range folded(cell, l.width, l.hangs, l.hangs) {
				if j > 0 {
					b.WriteString("\n" + strings.Repeat(" ", l.hangs))
				}
				b.WriteString(style(part))
			}
			continue
		}
		b.WriteString(style(cell))
		if i < l.beside-1 {
			b.WriteString(strings.Repeat(" ", l.widths[i]-lipgloss.Width(cell)+2))
		}
	}
	below := packed{width: l.width, indent: min(l.widths[0]+2, 4)}
	for _, cell := range cells[l.beside:] {
		if cell == "" {
			continue
		}
		if !below.begun || below.at+2+lipgloss.Width(cell) > l.width {
			below.newline()
		}
		below.words("  ", cell, style)
	}
	return b.String() + below.b.String() + "\n"
}
