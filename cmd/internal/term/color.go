package term

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/tidwall/pretty"
)

// colors says which of the two streams is colored. Only the sixteen colors of
// the terminal's own palette are used, which its owner chose to be readable on
// its background: so nothing needs to ask the terminal for it.
type colors struct {
	out, err bool
	forced   bool // by CLICOLOR_FORCE, which is set for all programs: who asks for JSON in a pipe means a program
}

// paints reports whether JSON of a format is colored.
func (s *Streams) paints(format Format) bool {
	asked := format == JSON || format == NDJSON
	return s.colors.out && format != Raw && !(asked && s.colors.forced && !s.OutTTY)
}

// SetColor takes the value of --color: auto, always or never. auto follows
// NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM and whether a stream is a terminal.
func (s *Streams) SetColor(mode string, getenv func(string) string) error {
	switch mode {
	case "always":
		s.colors = colors{out: true, err: true}
	case "never":
		s.colors = colors{}
	case "auto":
		force := getenv("CLICOLOR_FORCE")
		switch {
		case getenv("NO_COLOR") != "":
			s.colors = colors{}
		case force != "" && force != "0":
			s.colors = colors{out: true, err: true, forced: true}
		case getenv("TERM") == "dumb", getenv("CLICOLOR") == "0":
			s.colors = colors{}
		default:
			s.colors = colors{out: s.OutTTY, err: s.ErrTTY}
		}
	default:
		return fmt.Errorf("--color %q is not auto, always or never", mode)
	}
	return nil
}

// palette names what is colored, not how. Without colors it is nil inside and
// loads nothing: most runs are in scripts.
type palette struct{ renderer *lipgloss.Renderer }

func newPalette(colored bool) palette {
	if !colored {
		return palette{}
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetHasDarkBackground(true) // said, so that nobody asks the terminal
	r.SetColorProfile(termenv.ANSI)
	return palette{r}
}

func (p palette) render(text string, change func(lipgloss.Style) lipgloss.Style) string {
	if p.renderer == nil {
		return text
	}
	return change(p.renderer.NewStyle()).Render(text)
}

func (p palette) color(text, color string, bold bool) string {
	return p.render(text, func(s lipgloss.Style) lipgloss.Style { return s.Foreground(lipgloss.Color(color)).Bold(bold) })
}

func (p palette) good(text string) string { return p.color(text, "2", true) }
func (p palette) bad(text string) string  { return p.color(text, "1", true) }
func (p palette) warn(text string) string { return p.color(text, "3", false) } // bold it is bright on many terminals, and lost on white
func (p palette) link(text string) string { return p.color(text, "6", false) }
func (p palette) dim(text string) string {
	return p.render(text, func(s lipgloss.Style) lipgloss.Style { return s.Faint(true) })
}

func (p palette) strong(text string) string {
	return p.render(text, func(s lipgloss.Style) lipgloss.Style { return s.Bold(true) })
}

func (p palette) alarm(text string) string {
	return p.render(text, func(s lipgloss.Style) lipgloss.Style {
		return s.Foreground(lipgloss.Color("1")).Bold(true).Reverse(true)
	})
}

// paint wraps the tokens of JSON in colors and changes none of them.
func paint(data []byte) []byte {
	p := newPalette(true)
	wrap := func(c string) [2]string {
		const mark = "\x00"
		before, after, _ := strings.Cut(p.color(mark, c, false), mark)
		return [2]string{before, after}
	}
	plain := [2]string{}
	style := &pretty.Style{
		Key: wrap("6"), String: wrap("2"), Number: wrap("3"), True: wrap("5"), False: wrap("5"), Null: wrap("1"),
		Escape: plain, Brackets: plain,
		Append: func(dst []byte, c byte) []byte { return append(dst, c) },
	}
	return paintStates(pretty.Color(data, style), style.String, wrap)
}

// paintStates gives the states that are no success another color than other texts: a
// decline must not look like one.
func paintStates(data []byte, text [2]string, wrap func(string) [2]string) []byte {
	for state, color := range map[string]string{"FAIL": "1", "F": "1", "PROCESSING": "3", "PENDING": "3", "U": "3", "CANCELLED": "3"} {
		is := wrap(color)
		data = bytes.ReplaceAll(data, []byte(text[0]+`"`+state+`"`+text[1]), []byte(is[0]+`"`+state+`"`+is[1]))
	}
	return data
}
