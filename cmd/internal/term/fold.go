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

// words are the words of a text, where those that are read together are one: an
// amount with its currency, a code with its count, a time with its date and zone.
func words(text string) []string {
	var list []string
	before := ""
	for _, word := range strings.Fields(text) {
		if last := len(list) - 1; last >= 0 && together(before, word) {
			list[last] += " " + word
		} else {
			list = append(list, word)
		}
		before = word
	}
	return list
}

// together reports whether a word is read with the one before it: "SGD" "42.00",
// "2026-11-30" "12:00:03", "12:00:03" "UTC".
func together(before, word string) bool {
	switch {
	case word[0] >= '0' && word[0] <= '9' && strings.Trim(before, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "":
		return len(before) > 2
	case looksLike("0000-00-00", before):
		return looksLike("00:00:00", word) || word == "UTC"
	case looksLike("00:00:00", before):
		return strings.HasPrefix(word, "UTC") || looksLike("+00:00", word) || looksLike("-00:00", word)
	}
	return false
}

// looksLike reports whether a word begins as a pattern, where 0 stands for any digit.
func looksLike(pattern, word string) bool {
	if len(word) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		isDigit := word[i] >= '0' && word[i] <= '9'
		if isDigit != (pattern[i] == '0') || !isDigit && word[i] != pattern[i] {
			return false
		}
	}
	return true
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
	if list := words(text); p.begun && p.width > 0 && len(list) > 0 && p.at+len(gap)+lipgloss.Width(list[0]) > p.width {
		p.newline() // or the first word stood alone on a line
		gap = ""
	}
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

// shortened leaves words out of the middle, where a line cannot hold them all. None is
// cut: half an ID is another one.
func shortened(text string, width int) string {
	if width <= 0 || lipgloss.Width(text) < width {
		return text
	}
	list := words(text)
	room := width - len(" …  ")
	end := len(list)
	for tail := 0; end > 0; end-- {
		if tail += lipgloss.Width(list[end-1]) + 1; tail > room/2 {
			break
		}
	}
	behind := strings.Join(list[end:], " ")
	room -= lipgloss.Width(behind)
	begin := 0
	for head := 0; begin < end; begin++ {
		if head += lipgloss.Width(list[begin]) + 1; head > room {
			break
		}
	}
	return strings.TrimSpace(strings.Join(list[:begin], " ") + " … " + strings.TrimPrefix(behind, "… "))
}

// Padded is a text that takes so many columns at least.
func Padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-lipgloss.Width(text)))
}
