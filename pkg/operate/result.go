package operate

import (
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Result is all that is known of a request. There is no error beside it.
type Result struct {
	Endpoint    apo.Endpoint
	Outcome     apo.Outcome
	Code        string // result code of the request, wherever it was learnt; "" where none was
	ID          ID
	Amount      apo.Amount
	Numbers     apo.Numbers
	Body        []byte      // as it was sent
	Answer      *apo.Answer // the request's own, verified or marked Unsigned; nil: none came
	Evidence    Evidence
	Cause       error        // why the outcome is no better: a *Refusal, an *apo.Error, or why no inquiry told; else nil
	Lost        *apo.Error   // the request's own answer, where none that is usable came
	Record      int64        // of the journal; 0: none
	Paid        *apo.Payment // of a session that was made again: the payment that came of it; nil: none
	PaidUnknown bool         // nobody could tell whether it was paid
	Waited      bool         // a wait for the end of what is pending ran out
}

// Evidence is the verified message that proves an outcome: an inquiry's answer,
// and where the journal has it. Without an Answer it is a notification, the request's
// own answer, or, of what never arrived, Times inquiries that found nothing.
type Evidence struct {
	Answer *apo.Answer
	Record int64
	Times  int
	Over   time.Duration

	Notified bool // Record is a notification
}

// MoneyMayHaveMoved is false only where something proves that none has, nothing was
// sent, or the API saves a card and moves none.
func (r Result) MoneyMayHaveMoved() bool {
	if IsVaulting(r.Endpoint.Name) {
		return false
	}
	switch r.Outcome {
	case apo.NotSent, apo.Refused, apo.Declined, apo.Cancelled:
		return false
	case apo.Unrecognised:
		return r.Answer == nil || r.Answer.Unsigned
	}
	return true
}
