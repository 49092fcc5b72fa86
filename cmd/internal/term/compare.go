package term

import (
	"encoding/hex"
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
// more than each alone.
func (s *Streams) Compare(c Compared) {
	signed, given, at := around(c.Signed, c.Given)
	if s.sensitive(c.Signed, signed) || s.sensitive(c.Given, given) {
		signed, given = apo.Starred(signed), apo.Starred(given)
	}
	p := newPalette(s.colors.err)
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
	if c.Label != "" && c.Offset >= 0 {
		s.styled("  " + strings.Repeat(" ", 12+lipgloss.Width(before)) + p.bad("^ "+fmt.Sprintf(c.Label, c.Offset)))
	}
}

// around cuts both texts to what is near their first difference, which is then
// at the offset at.
func around(a, b []byte) (string, string, int) {
	const near = 8 << 10
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	for at > 0 && at < len(b) && !utf8.RuneStart(b[at]) {
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
	case Hostile(r):
		return fmt.Sprintf(`\u%04x`, r), rest
	}
	return text[:size], rest
}

// Below writes a line that belongs to the one above: a repair, a snippet.
func (s *Streams) Below(label, text string) {
	p := newPalette(s.colors.err)
	s.styled("  " + p.dim(fmt.Sprintf("%-12s", label)) + hanging(s.Masker.Text(clean(text)), columns(s.errWidth), 14))
}
