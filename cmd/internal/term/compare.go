package term

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
)

// Compared are two texts of which one was signed, as is proven, and the other
// given instead.
type Compared struct {
	Signed, Given []byte
	Label         string // what the position is called: "byte %d of the body"; empty: no line for it
	Offset        int    // of the first difference, as it is told
}

// Compare draws both at their first difference, one below the other, with a
// mark under it. Both are masked as a whole before a part of them is shown.
func (s *Streams) Compare(c Compared) {
	signed, given := s.shownText(c.Signed, c.Offset), s.shownText(c.Given, c.Offset)
	at := 0
	for at < len(signed) && at < len(given) && signed[at] == given[at] {
		at++
	}
	for at > 0 && at < len(given) && !utf8.RuneStart(given[at]) {
		at--
	}
	p := newPalette(s.colors.err)
	if at == len(signed) && at == len(given) {
		s.styled("  " + p.dim("they differ in what is masked, which is not shown"))
		return
	}
	before := window(signed[:min(at, len(signed))], -36)
	line := func(label, text string, paint func(string) string) {
		first, rest := firstVisible(text[min(at, len(text)):])
		if first == "" {
			first = "∎" // here the text ends
		}
		s.styled("  " + p.dim(label) + before + paint(first) + window(rest, 36))
	}
	line("signed      ", signed, p.good)
	line("UNVERIFIED  ", given, p.bad)
	if c.Label != "" {
		s.styled("  " + strings.Repeat(" ", 12+lipgloss.Width(before)) + p.bad("^ "+fmt.Sprintf(c.Label, c.Offset)))
	}
}

const maxCompared = 1 << 20 // bytes that are masked to show a line of them

func (s *Streams) shownText(b []byte, offset int) string {
	if len(b) > maxCompared {
		const around = 4 << 10
		b = b[min(len(b), max(0, offset-around)):min(len(b), max(0, offset)+around)]
	}
	return string(s.Masker.JSON(b))
}

// window returns up to so many visible characters from the beginning, or for a
// negative number from the end, of a text.
func window(text string, most int) string {
	if most >= 0 {
		var b strings.Builder
		for range most {
			first, rest := firstVisible(text)
			b.WriteString(first)
			text = rest
		}
		if text != "" {
			b.WriteString("…")
		}
		return b.String()
	}
	start := len(text)
	for i := 0; i < -most && start > 0; i++ {
		_, size := utf8.DecodeLastRuneInString(text[:start])
		start -= size
	}
	head := ""
	if start > 0 {
		head = "…"
	}
	return head + window(text[start:], len(text))
}

// firstVisible takes the first character off, as something to see: \n, \r, \t,
// \ufeff, \xE9 for what is no UTF-8.
func firstVisible(text string) (first, rest string) {
	if text == "" {
		return "", ""
	}
	r, size := utf8.DecodeRuneInString(text)
	rest = text[size:]
	switch {
	case r == '\n':
		return `\n`, rest
	case r == '\r':
		return `\r`, rest
	case r == '\t':
		return `\t`, rest
	case r == utf8.RuneError && size == 1:
		return `\x` + strings.ToUpper(hex.EncodeToString([]byte(text[:1]))), rest
	case hostile(r):
		return fmt.Sprintf(`\u%04x`, r), rest
	}
	return text[:size], rest
}

// Below writes a line that belongs to the one above: a repair, a snippet.
func (s *Streams) Below(label, text string) {
	p := newPalette(s.colors.err)
	s.styled("  " + p.dim(fmt.Sprintf("%-12s", label)) + s.Masker.Text(clean(text)))
}
