package term

import "strings"

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
	Next  string   // a command to paste
}

// Say writes a verdict.
func (s *Streams) Say(v Verdict) {
	p := newPalette(s.colors.err)
	var parts []string
	switch v.Mode {
	case "":
	case "LIVE":
		parts = append(parts, p.alarm(v.Mode))
	default:
		parts = append(parts, p.strong(v.Mode))
	}
	switch what := s.said(v.What); v.Mood {
	case Good:
		parts = append(parts, p.good("✔ "+what))
	case Bad:
		parts = append(parts, p.bad("✖ "+what))
	case Waiting:
		parts = append(parts, p.warn("… "+what))
	}
	line := strings.Join(parts, " ")
	for _, fact := range v.Facts {
		if fact = s.said(fact); fact != "" {
			line += "  " + fact
		}
	}
	if v.Next != "" {
		line += "   " + p.dim("next:") + " " + p.link(s.said(v.Next))
	}
	s.styled(line)
}

// Note writes one line of talk.
func (s *Streams) Note(text string) { s.label("", text) }

// Warn writes a warning.
func (s *Streams) Warn(text string) { s.label(newPalette(s.colors.err).warn("warning:")+" ", text) }

// Hint writes advice: mostly a command to paste.
func (s *Streams) Hint(text string) {
	if !s.Quiet {
		s.label(newPalette(s.colors.err).link("hint:")+" ", text)
	}
}

// Item writes one line of a list below an error.
func (s *Streams) Item(text string) { s.styled("     " + s.said("- "+text)) }

// Error writes what failed.
func (s *Streams) Error(text string) { s.label(newPalette(s.colors.err).bad("error:")+" ", text) }

func (s *Streams) label(label, text string) {
	s.styled(newPalette(s.colors.err).dim("apo:") + " " + label + s.said(text))
}

// Live replaces the last line of talk on a terminal; elsewhere it says nothing.
func (s *Streams) Live(text string) {
	if !s.ErrTTY || s.Quiet {
		return
	}
	if t, ok := s.Err.(*talk); ok {
		_, _ = t.to.Write([]byte("\r\x1b[K" + newPalette(s.colors.err).dim(s.said(text))))
	}
}

// EndLive clears the line that Live wrote.
func (s *Streams) EndLive() {
	if t, ok := s.Err.(*talk); ok && s.ErrTTY {
		_, _ = t.to.Write([]byte("\r\x1b[K"))
	}
}

// SayJSON writes one JSON document on standard error, on one line.
func (s *Streams) SayJSON(data []byte) {
	s.styled(string(escapeJSON(s.Masker.JSON(data))))
}
