package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// WriteProse writes an explanation of apo's own. Where the terminal is narrower
// than its lines they break between words, commands so that they can be pasted.
func (s *Streams) WriteProse(text string) error {
	if width := columns(s.outWidth); s.OutTTY && width > 0 {
		text = paragraphs(text, width)
	}
	return s.WriteText(text)
}

// paragraphs lays a text out anew where its lines are too wide: lines at the
// margin are a paragraph, indented ones stand for themselves.
func paragraphs(text string, width int) string {
	var out, paragraph []string
	flush := func() {
		for _, line := range paragraph {
			if lipgloss.Width(line) > width {
				paragraph = folded(strings.Join(paragraph, " "), width, 0, 0)
				break
			}
		}
		out, paragraph = append(out, paragraph...), nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && line[0] != ' ' {
			paragraph = append(paragraph, line)
			continue
		}
		flush()
		out = append(out, indented(line, width)...)
	}
	flush()
	return strings.Join(out, "\n")
}

// indented breaks a line of a list, of flags or commands with what they mean,
// a comment, or a command.
func indented(line string, width int) []string {
	if lipgloss.Width(line) <= width {
		return []string{line}
	}
	text := strings.TrimLeft(line, " ")
	margin := len(line) - len(text)
	if comment, found := strings.CutPrefix(text, "# "); found {
		return prefixed(folded(comment, width, margin+2, margin+2), strings.Repeat(" ", margin)+"# ")
	}
	column := meaningAt(line, margin)
	if column == 0 && margin > 10 { // the meaning above goes on
		return prefixed(folded(text, width, margin, margin), strings.Repeat(" ", margin))
	}
	if column == 0 || line[column] == '#' {
		return broken(text, width, margin)
	}
	term, meaning := line[:column], line[column:]
	if width-column < least {
		column = margin + 4
		return append([]string{strings.TrimRight(term, " ")}, prefixed(folded(meaning, width, column, column), strings.Repeat(" ", column))...)
	}
	lines := folded(meaning, width, column, column)
	return append([]string{term + lines[0]}, prefixed(lines[1:], strings.Repeat(" ", column))...)
}

// broken breaks a line that has no column of meanings.
func broken(text string, width, margin int) []string {
	indent := strings.Repeat(" ", margin)
	if !isCommand(text) {
		return prefixed(folded(text, width, margin, margin), indent)
	}
	lines := commandLines(text, width, margin, margin+2)
	return append([]string{indent + lines[0]}, prefixed(lines[1:], indent+"  ")...)
}

// meaningAt is the column behind the last wide gap of a line's left half, or 0.
func meaningAt(line string, margin int) (column int) {
	const left = 45
	for i := margin + 2; i < len(line) && i < left; i++ {
		if line[i] != ' ' && line[i-1] == ' ' && line[i-2] == ' ' {
			column = i
		}
	}
	return column
}

func prefixed(lines []string, prefix string) []string {
	for i := range lines {
		lines[i] = prefix + lines[i]
	}
	return lines
}
