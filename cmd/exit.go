package cmd

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/apo-cli/apo/cmd/internal/term"
)

// kind is how a run ended, in the word that scripts see.
type kind string

const (
	kindError         kind = "error"
	kindUsage         kind = "usage"
	kindConfig        kind = "config"
	kindUnrecognised  kind = "unrecognised-caller"
	kindDeclined      kind = "declined"
	kindNotFound      kind = "not-found"
	kindInquiryFailed kind = "inquiry-failed"
	kindSignature     kind = "signature"
	kindInDoubt       kind = "in-doubt"
	kindUnreachable   kind = "unreachable"
	kindPending       kind = "pending"
	kindRefused       kind = "refused"
	kindInterrupted   kind = "interrupted"
)

// exitCode is the one place where an outcome becomes a number. The table in
// "apo help exit-codes" says the same in words.
func (k kind) exitCode() int {
	switch k {
	case kindUsage:
		return 2
	case kindDeclined:
		return 3
	case kindConfig, kindUnrecognised:
		return 4
	case kindSignature:
		return 5
	case kindInDoubt:
		return 6
	case kindUnreachable:
		return 7
	case kindPending:
		return 8
	case kindRefused:
		return 9
	case kindInterrupted:
		return 130
	}
	return 1 // error, not-found, inquiry-failed
}

// failure is every way to end other than well.
type failure struct {
	kind      kind
	text      string
	requestID string
	maybe     bool     // money may have moved
	next      []string // commands or advice
	problems  []string // all that is wrong with an input, a line each
	cause     error    // what the text quotes; may be nil

	verdict *term.Verdict       // the line that says it on a terminal; nil: an error line
	detail  func(*term.Streams) // what stands below that line, for people; may be nil
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

func fail(k kind, format string, args ...any) *failure {
	f := &failure{kind: k, text: fmt.Sprintf(format, args...)}
	for _, a := range args {
		if err, ok := a.(error); ok {
			f.cause = err
		}
	}
	return f
}

// hint adds advice.
func (f *failure) hint(format string, args ...any) *failure {
	f.next = append(f.next, fmt.Sprintf(format, args...))
	return f
}

// report tells how a run ended and returns its exit code.
func report(s *term.Streams, format term.Format, err error) int {
	if err == nil {
		return 0
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{kind: kindError, text: err.Error()}
	}
	if format == term.JSON || format == term.NDJSON {
		reportJSON(s, f)
		return f.kind.exitCode()
	}
	if f.verdict != nil {
		s.Say(*f.verdict)
	} else {
		s.Error(f.text)
	}
	for _, problem := range f.problems {
		s.Item(problem)
	}
	if f.detail != nil {
		f.detail(s)
	}
	for _, next := range f.next {
		s.Hint(next)
	}
	return f.kind.exitCode()
}

func reportJSON(s *term.Streams, f *failure) {
	type object struct {
		Kind              kind     `json:"kind"`
		Exit              int      `json:"exit"`
		Message           string   `json:"message"`
		RequestID         string   `json:"requestId,omitempty"`
		MoneyMayHaveMoved bool     `json:"moneyMayHaveMoved"`
		Problems          []string `json:"problems,omitempty"`
		Next              []string `json:"next"`
	}
	o := object{f.kind, f.kind.exitCode(), f.text, f.requestID, f.maybe, f.problems, f.next}
	if o.Next == nil {
		o.Next = []string{}
	}
	if f.verdict != nil && f.verdict.Next != "" {
		o.Next = append([]string{f.verdict.Next}, o.Next...)
	}
	text, err := json.Marshal(map[string]object{"error": o})
	if err != nil {
		s.Error(f.text)
		return
	}
	s.SayJSON(text)
}
