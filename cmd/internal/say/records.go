package say

import (
	"cmp"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// StateOf says what became of a call.
func StateOf(r journal.Record) string {
	switch r.State {
	case journal.Resolved:
		return "resolved: " + ResolvedOf(r)
	case journal.InDoubt:
		return "in doubt: " + ResultOf(r)
	case journal.Begun:
		return "begun, no end known yet"
	case journal.Pending:
		return "pending: " + cmp.Or(r.Result.Code, NoteOf(r))
	}
	return ResultOf(r)
}

// ResultOf is what a call was answered with, or why there is no answer.
// What nothing vouches for is called so.
func ResultOf(r journal.Record) string {
	words := strings.TrimSpace(r.Result.Status + " " + cmp.Or(r.Result.Code, NoteOf(r)))
	if r.Verification == "unsigned" {
		return "UNSIGNED " + words
	}
	return words
}

// NoteOf is the newest note on a call.
func NoteOf(r journal.Record) string {
	if r.State.Open() {
		return cmp.Or(r.Resolved.Note, r.Note)
	}
	return r.Note
}

// ResolvedOf says what was told of a call that is resolved, and by whom where
// no record has it; empty of others.
func ResolvedOf(r journal.Record) string {
	if r.State != journal.Resolved {
		return ""
	}
	if r.Resolved.By == 0 && r.Resolved.Note != "" {
		word := "failed"
		if r.Resolved.Outcome == apo.Succeeded {
			word = "done"
		}
		return word + ", by hand: " + r.Resolved.Note
	}
	switch r.Resolved.Outcome {
	case apo.Succeeded:
		return DoneOf(r.Endpoint)
	case apo.NeverArrived:
		return "never arrived"
	}
	return strings.TrimSuffix(string(r.Resolved.Outcome)+": "+r.Resolved.Code, ": ")
}

// DoneOf says what a call has done that worked.
func DoneOf(endpoint string) string {
	switch endpoint {
	case "pay":
		return "authorized"
	case "capture":
		return "captured"
	case "cancel":
		return "cancelled"
	case "refund":
		return "refunded"
	}
	return "done"
}
