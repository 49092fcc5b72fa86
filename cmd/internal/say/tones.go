package say

import (
	"strings"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Status is a cell with the value of a status: of a payment, a transaction, a
// result, a notification's delivery or a record.
func Status(word string) term.Cell { return term.Cell{Text: word, Tone: toneOf(word)} }

// toneOf is how the value of a status is meant. One that apo does not know is no
// success.
func toneOf(word string) term.Tone {
	switch strings.ToUpper(word) {
	case "S", apo.StatusSuccess, "SUCCEEDED", "ACCEPTED", "VERIFIED":
		return term.Success
	case "F", apo.StatusFail, "FAILED", "DECLINED", "UNRECOGNISED", "NOT-FOUND", "REFUSED", "GIVEN-UP":
		return term.Failure
	case "U", apo.StatusProcessing, apo.StatusPending, "BEGUN", "IN-DOUBT", "NEVER-ARRIVED", "DIFFERENT", "QUEUED":
		return term.Doubt
	case apo.StatusCancelled, "NOT-SENT":
		return term.Over
	}
	return term.Plain
}

// resultTone is how a result is meant. An F that leaves open whether money moved is
// not known to be a failure.
func resultTone(r apo.Result) term.Tone {
	if r.Status == "F" {
		if entry, known := apo.Lookup(r.Code); !known || entry.Money != apo.MoneyNone {
			return term.Doubt
		}
	}
	return toneOf(r.Status)
}

// RecordTone is how what became of a call is meant: of an inquiry that was answered, how
// what it told is.
func RecordTone(r journal.Record) term.Tone {
	switch {
	case r.State.Open():
		return term.Doubt
	case r.IsNotification():
		if why, tone := notBelieved(r); why != "" {
			return tone
		}
		if told, tone := toldBeside(r); told != "" {
			return tone
		}
		return toneOf(r.Result.Status)
	case r.Reads && r.Result.Status == "S":
		_, status := asked(r)
		return toneOf(status)
	case r.Outcome != "":
		return toneOf(string(r.Outcome))
	}
	return toneOf(r.Result.Status)
}

// StateCell is what became of a call, as it is meant.
func StateCell(r journal.Record) term.Cell { return term.Cell{Text: StateOf(r), Tone: RecordTone(r)} }
