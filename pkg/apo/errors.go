package apo

import (
	"fmt"
	"strings"

	"github.com/apo-cli/apo/pkg/sign"
)

// Kind says what a call without a usable answer means for the request.
type Kind int

const (
	// Unreachable: not one byte of the request was written. It is safe to
	// say that nothing happened.
	Unreachable Kind = iota + 1

	// NoAnswer: bytes may have left, and no usable answer came. The request
	// may have taken effect.
	NoAnswer

	// Untrusted: an answer came whose signature is missing or wrong. The
	// request may have taken effect.
	Untrusted

	// Interrupted: the context ended before anything was written.
	Interrupted
)

// Error is a call without a usable answer.
type Error struct {
	Kind     Kind
	Endpoint string // "pay"
	Problem  string // "no answer within 30s"
	Status   int    // HTTP status, 0 without an answer
	Excerpt  string // first bytes of what came, masked; nothing has vouched for it
	Err      error  // cause, or nil
	Timing   Timing

	unverified *unverified
}

// unverified is a signed answer that does not verify. It is kept for its
// diagnosis alone.
type unverified struct {
	message   sign.Message
	signature string
}

// Unverified returns an answer whose signature does not verify, for a diagnosis
// and nothing else. ok is false where there is no answer with a signature to
// look at.
func (e *Error) Unverified() (m sign.Message, signature string, ok bool) {
	if e.unverified == nil {
		return sign.Message{}, "", false
	}
	return e.unverified.message, e.unverified.signature, true
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Endpoint + ": " + e.Problem)
	if e.Status != 0 && e.Status != 200 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }
