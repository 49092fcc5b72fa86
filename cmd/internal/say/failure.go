package say

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// Kind is how a run ended, in the word that scripts see.
type Kind string

const (
	Error         Kind = "error"
	Usage         Kind = "usage"
	Config        Kind = "config"
	Unrecognised  Kind = "unrecognised-caller"
	Declined      Kind = "declined"
	NotFound      Kind = "not-found"
	InquiryFailed Kind = "inquiry-failed"
	Signature     Kind = "signature"
	InDoubt       Kind = "in-doubt"
	Unreachable   Kind = "unreachable"
	Pending       Kind = "pending"
	Refused       Kind = "refused"
	Interrupted   Kind = "interrupted"
)

// Failure is every way to end other than well. It says nothing of exit codes.
type Failure struct {
	Kind              Kind
	Text              string
	RequestID         string
	MoneyMayHaveMoved bool
	Next              []string // commands or advice
	Problems          []string // all that is wrong with an input, a line each
	Cause             error    // that the text quotes; may be nil

	Verdict *term.Verdict       // the line that says it on a terminal; nil: an error line
	Detail  func(*term.Streams) // what stands below that line, for people; may be nil
}

func (f *Failure) Error() string { return f.Text }
func (f *Failure) Unwrap() error { return f.Cause }

// Fail makes a failure of a sentence. An error among what it quotes is its cause, and is
// quoted [InWords].
func Fail(k Kind, format string, args ...any) *Failure {
	f := &Failure{Kind: k}
	quoted := slices.Clone(args)
	for i, a := range args {
		if err, ok := a.(error); ok {
			f.Cause, quoted[i] = err, InWords(err)
		}
	}
	f.Text = fmt.Sprintf(format, quoted...)
	return f
}

// About says which request failed, where the failure itself does not. What is refused as
// it was typed is repeated in no field of its own: it may be anything.
func (f *Failure) About(requestID string) *Failure {
	if f.RequestID == "" && f.Kind != Usage {
		f.RequestID = requestID
	}
	return f
}

// Hint adds advice.
func (f *Failure) Hint(format string, args ...any) *Failure {
	f.Next = append(f.Next, fmt.Sprintf(format, args...))
	return f
}

// Report tells how a run failed: in words, or as the one JSON object of an error
// where the run talks JSON. A quiet run says one line.
func Report(s *term.Streams, f *Failure, exit int) {
	switch {
	case s.TalksJSON:
		reportJSON(s, f, exit)
		return
	case f.Verdict != nil:
		s.Failed(*f.Verdict)
	case s.Quiet && len(f.Problems) > 0:
		s.Error(f.Text + ": " + strings.Join(f.Problems, "; "))
	default:
		s.Error(f.Text)
	}
	if s.Quiet {
		return
	}
	for _, problem := range f.Problems {
		s.Item(problem)
	}
	if f.Detail != nil {
		f.Detail(s)
	}
	for _, next := range f.Next {
		s.Hint(next)
	}
}

func reportJSON(s *term.Streams, f *Failure, exit int) {
	type object struct {
		Kind              Kind     `json:"kind"`
		Exit              int      `json:"exit"`
		Message           string   `json:"message"`
		RequestID         string   `json:"requestId,omitempty"`
		MoneyMayHaveMoved bool     `json:"moneyMayHaveMoved"`
		Problems          []string `json:"problems,omitempty"`
		Next              []string `json:"next"`
	}
	o := object{f.Kind, exit, f.Text, f.RequestID, f.MoneyMayHaveMoved, f.Problems, f.Next}
	if o.Next == nil {
		o.Next = []string{}
	}
	if f.Verdict != nil && f.Verdict.Next != "" {
		o.Next = append([]string{f.Verdict.Next}, o.Next...)
	}
	text, err := json.Marshal(map[string]object{"error": o})
	if err != nil {
		s.Error(f.Text)
		return
	}
	s.SayJSON(text)
}

// Invalid makes one failure of all violations; nil of none.
func Invalid(what string, violations []apo.Violation) error {
	if len(violations) == 0 {
		return nil
	}
	var lines []string
	for _, v := range violations {
		v.Text += amountsMeant(v.Meant)
		lines = append(lines, v.String())
	}
	f := Fail(Usage, "%s is not valid; nothing was sent", what)
	f.Problems = lines
	if violations[0].Path == "paymentAmount" {
		f.Hint("apo pay --amount 4200 --currency SGD is SGD 42.00")
	}
	return f
}
