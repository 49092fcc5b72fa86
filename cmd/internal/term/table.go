package term

import (
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// WriteTable is [Streams.WriteCells] of plain texts.
func (s *Streams) WriteTable(header []string, rows [][]string) error {
	list := make([][]Cell, len(rows))
	for i, row := range rows {
		list[i] = Cells(row...)
	}
	return s.WriteCells(header, list)
}

// WriteCells writes rows under a header: aligned on a terminal, and wherever a
// table was asked for; else separated by tabs and without header.
func (s *Streams) WriteCells(header []string, rows [][]Cell) error {
	p := newPalette(s.colors.out)
	if !s.OutTTY && !s.AsTable {
		var b strings.Builder
		for _, row := range rows {
			for i, cell := range row {
				if i > 0 {
					b.WriteByte('\t')
				}
				b.WriteString(p.toned(inCell(cell.Text), cell.Tone))
			}
			b.WriteByte('\n')
		}
		return s.writeStyled(b.String())
	}
	lines := make([][]Cell, len(rows))
	for i, row := range rows {
		lines[i] = make([]Cell, len(row))
		for j, cell := range row {
			lines[i][j] = Cell{s.shown(cell.Text), cell.Tone}
		}
	}
	l := layoutOf(header, lines, s.tableWidth())
	var b strings.Builder
	b.WriteString(l.row(p, Cells(header...), true))
	for _, row := range lines {
		b.WriteString(l.row(p, row, false))
	}
	return s.writeStyled(b.String())
}

// writeStyled writes what was cleaned cell by cell and then colored.
func (s *Streams) writeStyled(text string) error {
	_, err := io.WriteString(s.Out, text)
	return err
}

// shown is a text as one line of a table has it. It is masked once more where
// characters were left out: without them groups of digits may be one number.
func (s *Streams) shown(text string) string {
	line := oneLine(text)
	if line != text {
		return s.forOutput().Text(line)
	}
	return line
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
	header []string
	widths []int // a row with a wider cell has that and what follows below
	width  int   // 0: lines are as long as they are
	beside int   // so many columns stand side by side; the others follow below, each behind its name
	hangs  int   // where the last column begins if it is broken in itself, else 0
}

// least is how wide a column of text must be to be read as a column.
const least = 20

func layoutOf(header []string, rows [][]Cell, width int) layout {
	l := layout{header: header, widths: make([]int, len(header)), width: width, beside: len(header)}
	for _, row := range append([][]Cell{Cells(header...)}, rows...) {
		for i, cell := range row {
			l.widths[i] = max(l.widths[i], lipgloss.Width(cell.Text))
		}
	}
	if width <= 0 {
		return l
	}
	begin := 0
	for i, w := range l.widths {
		last := i == len(l.widths)-1
		switch {
		case i == 0 || begin+w <= width:
		case last && width-begin >= least && longestWord(header[i], rows, i) <= width-begin:
			l.hangs = begin
		default:
			if l.widths[i] = widestOfMost(header[i], rows, i, width-begin); l.widths[i] == 0 {
				l.beside = i
				return l
			}
		}
		begin += l.widths[i] + 2
	}
	return l
}

// widestOfMost is the width of a column without the few cells that have no room in
// it; 0 where those are not few.
func widestOfMost(name string, rows [][]Cell, column, room int) (widest int) {
	if widest = lipgloss.Width(name); widest > room {
		return 0
	}
	few := 0
	for _, row := range rows {
		if w := lipgloss.Width(row[column].Text); w <= room {
			widest = max(widest, w)
		} else if few++; few > len(rows)/3 {
			return 0
		}
	}
	return widest
}

func longestWord(name string, rows [][]Cell, column int) int {
	longest := lipgloss.Width(name)
	for _, row := range rows {
		for _, word := range words(row[column].Text) {
			longest = max(longest, lipgloss.Width(word))
		}
	}
	return longest
}

// row is one row with what follows below it.
func (l layout) row(p palette, cells []Cell, isHeader bool) string {
	style := func(c Cell) func(string) string {
		return func(text string) string {
			if isHeader && text != "" {
				return p.strong(text)
			}
			return p.toned(text, c.Tone)
		}
	}
	beside := l.besideOf(cells)
	last := lastOf(cells[:beside])
	var b strings.Builder
	for i, cell := range cells[:last+1] {
		if i == len(cells)-1 && l.hangs > 0 {
			for j, part := range folded(cell.Text, l.width, l.hangs, l.hangs) {
				if j > 0 {
					b.WriteString("\n" + strings.Repeat(" ", l.hangs))
				}
				b.WriteString(style(cell)(part))
			}
			continue
		}
		b.WriteString(style(cell)(cell.Text))
		if i < last {
			b.WriteString(strings.Repeat(" ", l.widths[i]-lipgloss.Width(cell.Text)+2))
		}
	}
	if isHeader {
		return b.String() + "\n"
	}
	return b.String() + l.below(p, cells, beside, style) + "\n"
}

// besideOf is how many cells of a row stand side by side.
func (l layout) besideOf(cells []Cell) int {
	for i, cell := range cells[:l.beside] {
		if hangs := i == len(cells)-1 && l.hangs > 0; i > 0 && !hangs && lipgloss.Width(cell.Text) > l.widths[i] {
			return i
		}
	}
	return l.beside
}

// lastOf is the last cell of a line that holds anything: nothing is padded behind
// it.
func lastOf(cells []Cell) int {
	last := len(cells) - 1
	for last > 0 && cells[last].Text == "" {
		last--
	}
	return last
}

// below are the columns that found no place, each behind its name.
func (l layout) below(p palette, cells []Cell, beside int, style func(Cell) func(string) string) string {
	line := packed{width: l.width, indent: min(l.widths[0]+2, 4)}
	for i, cell := range cells[beside:] {
		if cell.Text == "" {
			continue
		}
		name := l.header[beside+i]
		if !l.fitsBehind(name, cell.Text, line.indent) {
			name = "" // it would stand on a line alone, or part what is one
		}
		if name != "" {
			name += " "
		}
		if !line.begun || line.at+2+lipgloss.Width(name+cell.Text) > l.width {
			line.newline()
		}
		gap := "  "
		if name != "" {
			line.whole(gap, strings.TrimSpace(name), p.dim)
			gap = " "
		}
		if line.begun && line.at+len(gap)+longestIn(cell.Text) > l.width {
			line.newline()
		}
		line.flowing(gap, cell.Text, style(cell))
	}
	return line.b.String()
}

// fitsBehind reports whether a text has room behind its name, on one line or broken
// between words. It does not where only the name keeps it from being one line.
func (l layout) fitsBehind(name, text string, indent int) bool {
	behind := indent + lipgloss.Width(name) + len(" ")
	if l.width <= 0 || behind+lipgloss.Width(text) <= l.width {
		return true
	}
	return behind+longestIn(text) <= l.width && indent+lipgloss.Width(text) > l.width
}

func longestIn(text string) int {
	list := words(text)
	if len(list) == 0 {
		return 0
	}
	return lipgloss.Width(slices.MaxFunc(list, func(a, b string) int { return lipgloss.Width(a) - lipgloss.Width(b) }))
}
