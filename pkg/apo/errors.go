package apo

import (
	"context"
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

// Diagnose finds out why an answer does not verify. ok is false where there is
// no answer with a signature to look at.
func (e *Error) Diagnose(ctx context.Context, keys []sign.KnownKey, hints sign.Hints) (d sign.Diagnosis, ok bool) {
	if e.unverified == nil {
		return d, false
	}
	hints.Side = sign.Response
	return sign.Diagnose(ctx, e.unverified.message, e.unverified.signature, keys, hints), true
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
