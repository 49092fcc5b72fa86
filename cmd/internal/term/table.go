package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// WriteTable writes rows under a header: aligned on a terminal, separated by
// tabs and without header in a pipe.
func (s *Streams) WriteTable(header []string, rows [][]string) error {
	if !s.OutTTY {
		var b strings.Builder
		for _, row := range rows {
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
		return s.WriteText(b.String())
	}
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], lipgloss.Width(oneLine(cell)))
		}
	}
	p := newPalette(s.colors.out)
	var b strings.Builder
	line := func(row []string, style func(string) string) {
		var cells []string
		for i, cell := range row {
			cell = oneLine(cell)
			pad := strings.Repeat(" ", widths[i]-lipgloss.Width(cell))
			if i == len(row)-1 {
				pad = ""
			}
			cells = append(cells, style(cell)+pad)
		}
		b.WriteString(strings.Join(cells, "  ") + "\n")
	}
	line(header, p.strong)
	for _, row := range rows {
		line(row, func(cell string) string {
			if strings.HasPrefix(cell, "✖") {
				return p.bad(cell)
			}
			return cell
		})
	}
	_, err := s.Out.Write([]byte(b.String()))
	return err
}
