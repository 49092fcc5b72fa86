package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Mood is how a verdict is meant.
type Mood int

const (
	Good    Mood = iota // it worked
	Bad                 // it did not
	Waiting             // it is not known yet
)

// Verdict is the one line that says what happened.
type Verdict struct {
	Mode  string   // "LOCAL", "SANDBOX" or "LIVE"; empty where no gateway is meant
	Mood  Mood     //
	What  string   // "authorized"
	Facts []string // "SGD 42.00", "paymentId 2026…"
	Next  string   // a command to paste; left out where it holds what is never shown
}

// Say writes the verdict of what went well, or is waited for.
func (s *Streams) Say(v Verdict) {
	switch {
	case s.Quiet:
	case s.TalksJSON:
		s.verdictObject(v)
	default:
		s.verdict(v)
	}
}

// Failed writes the verdict of what did not go well. It is said in any case.
func (s *Streams) Failed(v Verdict) {
	if s.Quiet {
		v.Next = ""
	}
	s.verdict(v)
}

// verdict writes one line, which a narrow terminal gets as several that break
// between the facts. What is to be pasted stays whole.
func (s *Streams) verdict(v Verdict) {
	p := newPalette(s.colors.err)
	line := packed{width: columns(s.errWidth), indent: 2}
	switch v.Mode {
	case "":
	case "LIVE":
		line.whole("", v.Mode, p.alarm)
	default:
		line.whole("", v.Mode, p.strong)
	}
	switch what := s.said(v.What); v.Mood {
	case Good:
		line.flowing(" ", "✔ "+what, p.good)
	case Bad:
		line.flowing(" ", "✖ "+what, p.bad)
	case Waiting:
		line.flowing(" ", "… "+what, p.warn)
	}
	for _, fact := range v.Facts {
		if fact = s.said(fact); fact != "" {
			line.words("  ", fact, func(text string) string { return text })
		}
	}
	if next := s.said(v.Next); next != "" && next == oneLine(v.Next) {
		first := true
		line.command("   ", "next: "+next, func(text string) string {
			label, command, found := strings.Cut(text, " ")
			if !first || !found {
				return p.link(text)
			}
			first = false
			return p.dim(label) + " " + p.link(command)
		})
	}
	s.styled(line.b.String())
}

// Note writes one line of talk.
func (s *Streams) Note(text string) {
	if !s.Quiet && !s.sayAs("note", text) {
		s.label("", text)
	}
}

// Warn writes a warning.
func (s *Streams) Warn(text string) {
	if !s.Quiet && !s.sayAs("warning", text) {
		s.label(newPalette(s.colors.err).warn("warning:")+" ", text)
	}
}

// Hint writes advice. A command to paste that it begins with, or ends with, is
// broken as [commandLines] does.
func (s *Streams) Hint(text string) {
	if s.Quiet || s.sayAs("hint", text) {
		return
	}
	before := s.prefix() + newPalette(s.colors.err).link("hint:") + " "
	line := packed{width: columns(s.errWidth), indent: len("apo: "), at: lipgloss.Width(before)}
	render := func(text string) string { return text }
	text = s.said(text)
	advice, command, found := strings.Cut(text, ": apo ")
	switch {
	case isSentence(text):
		line.flowing("", text, render)
	case strings.HasPrefix(text, "apo "):
		line.command("", text, render)
	case found:
		line.flowing("", advice+":", render)
		line.command(" ", "apo "+command, render)
	default:
		line.flowing("", text, render)
	}
	s.styled(before + line.b.String())
}

// Item writes one line of a list below an error.
func (s *Streams) Item(text string) {
	s.styled("     - " + s.broken(text, len("     - "), len("     - ")))
}

// Error writes what failed.
func (s *Streams) Error(text string) { s.label(newPalette(s.colors.err).bad("error:")+" ", text) }

func (s *Streams) prefix() string { return newPalette(s.colors.err).dim("apo:") + " " }

func (s *Streams) label(label, text string) {
	before := s.prefix() + label
	s.styled(before + s.broken(text, lipgloss.Width(before), len("apo: ")))
}

// broken is text in lines that fit the terminal.
func (s *Streams) broken(text string, at, indent int) string {
	lines := folded(s.said(text), columns(s.errWidth), at, indent)
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// Live replaces the last line of talk on a terminal; elsewhere it says nothing.
func (s *Streams) Live(text string) {
	if !s.ErrTTY || s.Quiet || s.TalksJSON {
		return
	}
	if t, ok := s.Err.(*talk); ok {
		_, _ = t.to.Write([]byte("\r\x1b[K" + newPalette(s.colors.err).dim(shortened(s.said(text), columns(s.errWidth)))))
	}
}

// EndLive ends a wait, and clears the line that Live wrote.
func (s *Streams) EndLive() {
	s.wait = nil
	if t, ok := s.Err.(*talk); ok && s.ErrTTY && !s.TalksJSON {
		_, _ = t.to.Write([]byte("\r\x1b[K"))
	}
}

// SayJSON writes one JSON document on standard error, on one line.
func (s *Streams) SayJSON(data []byte) {
	s.styled(string(escapeJSON(s.Masker.JSON(data))))
}
