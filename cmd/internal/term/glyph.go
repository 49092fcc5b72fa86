package term

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
	"golang.org/x/text/unicode/norm"
)

// visible takes the first character off, as something to see: \n, \r, \t,
// \ufeff, \xE9 for what is no UTF-8.
func visible(text string) (first, rest string) {
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
	case Hostile(r), unseen(r):
		return fmt.Sprintf(`\u%04x`, r), rest
	}
	return text[:size], rest
}

// named takes the first character off, and names it by its number unless it is
// plain ASCII: <U+00A0>, <E9> for what is no UTF-8.
func named(text string) (first, rest string) {
	if text == "" {
		return "", ""
	}
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("<%02X>", text[0]), text[size:]
	case r < ' ' || r > '~':
		return fmt.Sprintf("<U+%04X>", r), text[size:]
	}
	return text[:size], text[size:]
}

// unseen reports whether a character has no ink of its own: blanks that are no
// space, what has no width, and what only joins others.
func unseen(r rune) bool {
	return r > '~' && (unicode.In(r, unicode.Zs, unicode.Cf, unicode.Co) || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S))
}

// joins reports whether a text begins with a character that terminals draw into the
// one before it.
func joins(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.In(r, unicode.M) || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0x1f1e6 && r <= 0x1f1ff
}

// head shows the beginning of a text in so many columns, and whether there is more.
func head(text string, most int, show func(string) (string, string)) string {
	var b strings.Builder
	used := 0
	for text != "" {
		first, rest := show(text)
		w := lipgloss.Width(first)
		room := most - used
		if rest != "" {
			room-- // for the sign that there is more
		}
		if w > room {
			return b.String() + "…"
		}
		b.WriteString(first)
		used += w
		text = rest
	}
	return b.String()
}

// tail shows the end of a text in so many columns, and whether there is more.
func tail(text string, most int) string {
	end := ""
	for text != "" {
		_, size := utf8.DecodeLastRuneInString(text)
		at := len(text) - size
		if r, _ := utf8.DecodeRuneInString(text[at:]); joins(text[at:]) && at > 0 && r < 0x1f000 { // with what it is drawn into
			_, base := utf8.DecodeLastRuneInString(text[:at])
			at -= base
		}
		shown := ""
		for piece := text[at:]; piece != ""; {
			var first string
			first, piece = visible(piece)
			shown += first
		}
		room := most
		if at > 0 {
			room--
		}
		if lipgloss.Width(shown+end) > room {
			return "…" + end
		}
		end = shown + end
		text = text[:at]
	}
	return end
}

// lookAlike reports whether two texts that differ in their first character could be
// taken for the same: both as a whole, as far as they are shown, or that character.
func lookAlike(a, b string, most int) bool {
	first, _ := visible(a)
	other, _ := visible(b)
	if first != "" && other != "" && skeleton(first) == skeleton(other) {
		return true
	}
	return a != b && skeleton(head(a, most, visible)) == skeleton(head(b, most, visible))
}

// skeleton is what a text looks like: letters composed, wide forms narrow, letters of
// other scripts in the shape of Latin ones.
func skeleton(text string) string {
	return strings.NewReplacer(shapes()...).Replace(norm.NFKC.String(text))
}

// shapes are characters and the ones that they look like, in turn.
func shapes() []string {
	var list []string
	for pair := range strings.FieldsSeq(`аa еe оo рp сc хx уy іi јj ѕs һh ԁd ԛq ԝw АA ВB ЕE КK МM НH ОO РP СC ТT ХX УY ІI ЈJ ЅS
		ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv ιi ıi ɡg ‐- ‒- –- —- −- ’' ‘' ‛' ′' ´' “" ”" ″" ‚, ⁄/ ∕/ ∶: ։:`) {
		_, size := utf8.DecodeRuneInString(pair)
		list = append(list, pair[:size], pair[size:])
	}
	return list
}
