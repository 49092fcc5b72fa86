package app

import (
	"errors"
	"fmt"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// exitCode is the one place where the end of a run becomes a number. The table in
// "apo help exit-codes" says the same in words.
func exitCode(k say.Kind) int {
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
func report(s *term.Streams, err error) int {
	if err == nil {
		return 0
	}
	var f *say.Failure
	if !errors.As(err, &f) {
		f = say.Fail(say.Error, "%s", err)
	}
	code := exitCode(f.Kind)
	say.Report(s, f, code)
	return code
}

// RecordExit is the exit code of a command whose request ended as in a record.
func RecordExit(r journal.Record) int {
	if r.State == journal.Begun { // being sent, or left behind by a process that was killed
		return exitCode(say.InDoubt)
	}
	if r.IsNotification() && r.Verification == "untrusted" {
		return exitCode(say.Signature)
	}
	switch r.Outcome {
	case apo.Declined, apo.Cancelled:
		return exitCode(say.Declined)
	case apo.Unrecognised:
		return exitCode(say.Unrecognised)
	case apo.InDoubt:
		if r.Verification == "untrusted" {
			return exitCode(say.Signature)
		}
		return exitCode(say.InDoubt)
	case apo.NeverArrived, apo.Different:
		return exitCode(say.InDoubt)
	case apo.NotSent:
		return exitCode(say.Unreachable)
	case apo.Pending:
		return exitCode(say.Pending)
	case apo.Refused:
		return exitCode(say.Refused)
	case apo.NotFound, apo.Failed:
		return exitCode(say.Error)
	}
	return 0
}

// ExitWith ends apo with the code of the command that it ran, and says nothing.
type ExitWith struct{ Code int }

func (e ExitWith) Error() string { return fmt.Sprintf("exit code %d", e.Code) }
