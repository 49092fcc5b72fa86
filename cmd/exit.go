package cmd

import (
	"errors"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
)

// exitOf is the one place where the end of a run becomes a number. The table in
// "apo help exit-codes" says the same in words.
func exitOf(k say.Kind) int {
	switch k {
	case say.Usage:
		return 2
	case say.Declined:
		return 3
	case say.Config, say.Unrecognised:
		return 4
	case say.Signature:
		return 5
	case say.InDoubt:
		return 6
	case say.Unreachable:
		return 7
	case say.Pending:
		return 8
	case say.Refused:
		return 9
	case say.Interrupted:
		return 130
	}
	return 1 // error, not-found, inquiry-failed
}

// report tells how a run ended and returns its exit code.
func report(s *term.Streams, format term.Format, err error) int {
	if err == nil {
		return 0
	}
	var f *say.Failure
	if !errors.As(err, &f) {
		f = say.Fail(say.Error, "%s", err)
	}
	code := exitOf(f.Kind)
	say.Report(s, format, f, code)
	return code
}
