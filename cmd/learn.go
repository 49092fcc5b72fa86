package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// A request that the gateway does not know may still be on its way. If no
// verified answer to it ever came it has
// never arrived when so many inquiries over so long found nothing; the embedded
// sandbox, which has nothing on its way, is believed at once.
const (
	absentTimes = 3
	absentFor   = 45 * time.Second
)

// heard is what a series of inquiries told.
type heard struct {
	learnt
	never   bool   // it has never arrived
	nothing string // why nothing is known
}

// neverArrived is what a request came to that the gateway does not know.
const neverArrived = "never arrived"

// learn asks every two seconds what became of a request, until the answer is
// final, the request has never arrived, or the time is up.
func (s *session) learn(ctx context.Context, op operation, within time.Duration, final func(learnt) bool) (h heard) {
	defer s.io.EndLive()
	h.nothing = "no inquiry was answered"
	var firstAbsent time.Time
	absent := 0
	for begin := s.now(); ; {
		told, err := op.ask(ctx)
		missing := err == nil && (told.answer.Verdict() == apo.NotFound || told.absent)
		switch {
		case err != nil:
			h.nothing = err.Error()
		case final(told):
			return heard{learnt: told}
		case missing:
			h.learnt, h.nothing = told, "the gateway does not know it yet"
		default:
			h.learnt, h.nothing = told, "the inquiry does not tell"
		}
		if !missing {
			absent = 0
		} else if absent++; absent == 1 {
			firstAbsent = s.now()
		}
		if missing && !op.arrived && (s.box != nil || absent >= absentTimes && s.now().Sub(firstAbsent) >= absentFor) {
			h.never = true
			return h
		}
		waited := s.now().Sub(begin)
		if waited+pollEvery > within {
			return h
		}
		s.io.Live(fmt.Sprintf("asking what became of %s %s … %s", op.idName, op.id, waited.Round(time.Second)))
		select {
		case <-ctx.Done():
			return h
		case <-time.After(pollEvery):
		}
	}
}

// never is the end of a run whose request the gateway does not know. It moved
// nothing; it may be sent again under its own ID, and under no other.
func (s *session) never(op operation) *failure {
	f := fail(kindInDoubt, "%s: %s: %d inquiries over %s found nothing", op.endpoint.Name, neverArrived, absentTimes, absentFor)
	if s.box != nil {
		f.text = op.endpoint.Name + ": " + neverArrived + ": the embedded sandbox does not know it"
	}
	f.requestID = op.id
	f.verdict = s.verdict(term.Waiting, neverArrived, amountFact(op.amount), fact(op.idName, op.id), "the gateway does not know it")
	f.hint("repeat the command with --request-id %s: under its own ID it cannot happen twice", quoted(op.id))
	return f
}

// settleWith writes down what was learnt and says it in words.
func (s *session) settleWith(op operation, h heard) (journal.State, string) {
	switch {
	case h.never:
		s.settled(op.record, neverArrived, kindInDoubt.exitCode())
		return journal.Settled, neverArrived
	case h.outcome == apo.Done:
		what := s.succeeded(op, h.answer).What
		s.settled(op.record, what, 0)
		return journal.Settled, what
	case h.outcome == apo.Refused:
		what := "declined: " + h.code
		s.settled(op.record, what, kindDeclined.exitCode())
		return journal.Settled, what
	case h.outcome == apo.Processing:
		s.mark(op.record, journal.Pending, kindPending, "an inquiry told that it is still in process")
		return journal.Pending, "still in process"
	}
	if h.outcome == apo.Different {
		return journal.InDoubt, "its ID belongs to a request with other values; look at it"
	}
	return journal.InDoubt, h.nothing
}
