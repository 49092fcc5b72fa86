package term

import (
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
type colors struct{ out, err bool }

// SetColor takes the value of --color: auto, always or never. auto follows
// NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM and whether a stream is a terminal.
func (s *Streams) SetColor(mode string, getenv func(string) string) error {
	switch mode {
	case "always":
		s.colors = colors{true, true}
	case "never":
		s.colors = colors{}
	case "auto":
		force := getenv("CLICOLOR_FORCE")
		switch {
		case getenv("NO_COLOR") != "":
			s.colors = colors{}
		case force != "" && force != "0":
			s.colors = colors{true, true}
		case getenv("TERM") == "dumb", getenv("CLICOLOR") == "0":
			s.colors = colors{}
		default:
			s.colors = colors{s.OutTTY, s.ErrTTY}
		}
	default:
		return fmt.Errorf("--color %q is not auto, always or never", mode)
	}
	return nil
}

// palette names what is colored, not how.
type palette struct {
	good, bad, warn, dim, strong, mode, link lipgloss.Style
	renderer                                 *lipgloss.Renderer
}

func newPalette(colored bool) palette {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetHasDarkBackground(true) // said, so that nobody asks the terminal
	if colored {
		r.SetColorProfile(termenv.ANSI)
	} else {
		r.SetColorProfile(termenv.Ascii)
	}
	color := func(c string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(c)) }
	return palette{
		good: color("2").Bold(true), bad: color("1").Bold(true), warn: color("3").Bold(true),
		dim: r.NewStyle().Faint(true), strong: r.NewStyle().Bold(true), mode: r.NewStyle().Bold(true).Reverse(true),
		link: color("6"), renderer: r,
	}
}

// paint wraps the tokens of JSON in colors and changes none of them.
func paint(data []byte) []byte {
	p := newPalette(true)
	wrap := func(c string) [2]string {
		const mark = "\x00"
		before, after, _ := strings.Cut(p.renderer.NewStyle().Foreground(lipgloss.Color(c)).Render(mark), mark)
		return [2]string{before, after}
	}
	plain := [2]string{}
	return pretty.Color(data, &pretty.Style{
		Key: wrap("4"), String: wrap("2"), Number: wrap("6"), True: wrap("3"), False: wrap("3"), Null: wrap("5"),
		Escape: plain, Brackets: plain,
		Append: func(dst []byte, c byte) []byte { return append(dst, c) },
	})
}
