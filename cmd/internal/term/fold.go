package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// folded breaks a text between its words, so that no line reaches beyond
// width: the first begins at column at, the others at column indent. A word
// wider than a line, such as an ID, stays whole, since it is there to be
// copied.
func folded(text string, width, at, indent int) []string {
	if width <= 0 || at+lipgloss.Width(text) <= width {
		return []string{text}
	}
	if code, remark, found := strings.Cut(text, remarkGap); found { // they would run into each other
		return append(folded(code, width, at, indent), folded(strings.TrimLeft(remark, " "), width, indent, indent)...)
	}
	var lines []string
	line := ""
	for _, word := range words(text) {
		w := lipgloss.Width(word)
		if line != "" && at+1+w > width {
			lines = append(lines, line)
			line, at = "", indent
		}
		if line != "" {
			line += " "
			at++
		}
		line += word
		at += w
	}
	return append(lines, line)
}

// remarkGap stands between a line of code and what is to be said of it.
const remarkGap = "    "

// words are the words of a text, where an amount with its currency is one.
func words(text string) []string {
	var list []string
	for _, word := range strings.Fields(text) {
		if last := len(list) - 1; last >= 0 && isCurrency(list[last]) && word[0] >= '0' && word[0] <= '9' {
			list[last] += " " + word
			continue
		}
		list = append(list, word)
	}
	return list
}

func isCurrency(word string) bool {
	return len(word) == 3 && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// hanging is a text behind a label that takes so many columns. Where a word has no
// room beside the label, the text goes on below it.
func hanging(text string, width, label int) string {
	if width <= 0 || label+lipgloss.Width(text) <= width {
		return text
	}
	indent, first := label, ""
	if label+longestIn(text) > width {
		indent = 4
		first = "\n" + strings.Repeat(" ", indent)
	}
	return first + strings.Join(folded(text, width, indent, indent), "\n"+strings.Repeat(" ", indent))
}

// Wrap breaks a text into lines of at most width characters where it has spaces.
func Wrap(text string, width int) string {
	return strings.Join(folded(oneLine(text), width, 0, 0), "\n") + "\n"
}

// WriteFacts writes a line of masked facts as data. A narrow terminal gets the
// later ones on lines below, behind an indent.
func (s *Streams) WriteFacts(indent int, facts ...Cell) error {
	for i, fact := range facts {
		facts[i].Text = s.Masker.Text(inCell(fact.Text))
	}
	return s.WriteRow(indent, facts...)
}

// WriteRow is WriteFacts without the masking, for what was masked when it was
// written down.
func (s *Streams) WriteRow(indent int, cells ...Cell) error {
	p := newPalette(s.colors.out)
	line := packed{indent: indent, width: columns(s.outWidth)}
	for _, cell := range cells {
		line.words("  ", inCell(cell.Text), func(text string) string { return p.toned(text, cell.Tone) })
	}
	return s.writeStyled(line.b.String() + "\n")
}

// packed puts pieces side by side for as long as they fit, and goes on below.
type packed struct {
	b      strings.Builder
	width  int // 0: all on one line
	indent int // of the second line and those after it
	at     int
	begun  bool // something stands on this line
}

// whole adds a piece that is never broken, behind a gap or on a new line.
func (p *packed) whole(gap, text string, render func(string) string) {
	w := lipgloss.Width(text)
	if p.begun && p.width > 0 && p.at+len(gap)+w > p.width {
		p.newline()
	}
	if p.begun {
		p.b.WriteString(gap)
		p.at += len(gap)
	}
	p.b.WriteString(render(text))
	p.at += w
	p.begun = true
}

// words adds a piece like whole, and breaks it where no line could hold it.
func (p *packed) words(gap, text string, render func(string) string) {
	if p.width == 0 || p.indent+lipgloss.Width(text) <= p.width {
		p.whole(gap, text, render)
		return
	}
	p.flowing(gap, text, render)
}

// flowing adds a piece that begins here and goes on below.
func (p *packed) flowing(gap, text string, render func(string) string) {
	for i, line := range folded(text, p.width, p.at+len(gap), p.indent) {
		if i > 0 {
			p.newline()
		}
		p.whole(gap, line, render)
	}
}

func (p *packed) newline() {
	p.b.WriteString("\n" + strings.Repeat(" ", p.indent))
	p.at, p.begun = p.indent, false
}

// shortened leaves out of the middle what a line cannot hold.
func shortened(text string, width int) string {
	const tail = 10
	runes := []rune(text)
	if width <= tail+2 || len(runes) < width {
		return text
	}
	return string(runes[:width-tail-2]) + "…" + string(runes[len(runes)-tail:])
}
