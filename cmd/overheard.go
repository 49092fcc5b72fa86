package cmd

import (
	"context"
	"fmt"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// overheard settles what an inquiry of a payment happens to tell of earlier
// calls: those that are open, and those that were refused and are done all the
// same.
func (s *session) overheard(answer *apo.Answer) {
	if s.journal == nil || answer.Outcome() != apo.Succeeded {
		return
	}
	p := apo.ReadPayment(answer)
	list, err := s.journal.Payment(context.Background(), s.client.ClientID, apo.Numbers{PaymentID: p.PaymentID, PaymentRequestID: p.PaymentRequestID})
	if err != nil {
		s.io.Warn(err.Error())
		return
	}
	done := map[string]bool{} // by a call that was made again under its own ID
	for _, r := range list {
		if !r.Reads && r.Outcome == apo.Succeeded && !r.State.Open() {
			done[r.Endpoint+" "+ownID(r)] = true
		}
	}
	for _, r := range list {
		younger := r.ID > s.recorded // the answer may be older than it is
		if r.Reads || younger || r.InFlight {
			continue
		}
		if !r.State.Open() && done[r.Endpoint+" "+ownID(r)] {
			continue
		}
		if op, err := s.recordedAs(r); err == nil {
			s.overheardOf(op, r, p, answer)
		}
	}
}

func (s *session) overheardOf(op operation, r journal.Record, p apo.Payment, answer *apo.Answer) {
	if op.read == nil {
		return
	}
	told := op.weigh(op.read(p))
	told.answer = answer
	refused := r.State == journal.Answered && r.Outcome == apo.Declined || r.State == journal.Resolved && r.Outcome != apo.Succeeded
	switch {
	case r.State.Open():
		s.settleWith(op, heard{learnt: told})
	case refused && told.outcome == apo.Succeeded:
		s.settleWith(op, heard{learnt: told})
		s.io.Warn(fmt.Sprintf("%s %s (record %d) is done, although it came to: %s", r.Endpoint, mainNumber(r), r.ID, stateInWords(r)))
	}
}
