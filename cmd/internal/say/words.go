package say

import (
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// Words is what sentences need to know of a run: where it talks to, and how to
// run apo again.
type Words struct {
	Mode        string   // "LOCAL", "SANDBOX" or "LIVE"
	Profile     string   // that --profile names; empty: the default
	ProfileName string   // of the profile that is used
	Config      string   // that --config names; empty: the default
	Where       string   // the gateway: "the embedded sandbox", "https://open-sea-global.alipay.com"
	Args        []string // of this run
	NamesID     bool     // the command of this run has a flag for the request ID
	PageEnds    bool     // nobody serves a 3DS page once this run has ended
	Now         time.Time
	Masker      apo.Masker // hides what this run knows
}

// Command is how to run apo again for the same profile.
func (w Words) Command(args ...string) string { return w.commandIn(w.Profile, args...) }

// commandIn is Command for another profile; without a name it is the default.
func (w Words) commandIn(profile string, args ...string) string {
	words := []string{"apo"}
	for _, a := range args {
		words = append(words, Quoted(a))
	}
	if profile != "" {
		words = append(words, "--profile", Quoted(profile))
	}
	if w.Config != "" {
		words = append(words, "--config", Quoted(w.Config))
	}
	return strings.Join(words, " ")
}

// Verdict begins a verdict line.
func (w Words) Verdict(mood term.Mood, what string, facts ...string) *term.Verdict {
	return &term.Verdict{Mode: w.Mode, Mood: mood, What: what, Facts: facts}
}

// Quoted makes an argument safe to paste into a shell.
func Quoted(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Amount writes an amount in both of its forms, since people think in one and
// APO in the other; nothing for none.
func Amount(a apo.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.String()
}

// Fact is a name with its value; nothing without a value.
func Fact(name, value string) string {
	if value == "" {
		return ""
	}
	return name + " " + value
}
