package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// A request that the gateway does not know may still be on its way. If no
// verified answer to it ever came, it has never arrived when so many inquiries
// over so long found nothing. The embedded sandbox, which has nothing on its
// way, is believed at once.
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

// asking is a series of inquiries after one request.
type asking struct {
	session *session
	op      operation
	final   func(learnt) bool

	told   heard     // so far
	absent int       // inquiries that found nothing, in a row
	since  time.Time // the first of them
}

// once asks once more, and reports whether that ends the series.
func (a *asking) once(ctx context.Context) (ended bool) {
	told, err := a.op.ask(ctx)
	told = a.op.weigh(told)
	missing := err == nil && (told.answer.Outcome() == apo.NotFound || told.absent)
	switch {
	case err != nil:
		a.told.nothing = err.Error()
	case a.final(told):
		a.told = heard{learnt: told}
		return true
	case missing:
		a.told.learnt, a.told.nothing = told, "the gateway does not know it yet"
	default:
		a.told.learnt, a.told.nothing = told, "the inquiry does not tell"
	}
	if told.outcome == apo.Pending {
		a.op.arrived = true // whatever a later inquiry finds
	}
	now := a.session.now()
	if !missing {
		a.absent = 0
	} else if a.absent++; a.absent == 1 {
		a.since = now
	}
	a.told.never = missing && !a.op.arrived &&
		(a.session.box != nil || a.absent >= absentTimes && now.Sub(a.since) >= absentFor)
	return a.told.never
}

// learn asks every two seconds what became of a request, until the answer is
// final, the request has never arrived, or the time is up.
func (s *session) learn(ctx context.Context, op operation, within time.Duration, final func(learnt) bool) heard {
	defer s.io.EndLive()
	a := &asking{session: s, op: op, final: final}
	a.told.nothing = "no inquiry was answered"
	for begin := s.now(); ; {
		if a.once(ctx) {
			return a.told
		}
		waited := s.now().Sub(begin)
		if waited+pollEvery > within {
			return a.told
		}
		s.io.Live(fmt.Sprintf("asking what became of %s %s … %s", op.idName, op.id, waited.Round(time.Second)))
		if !sleep(ctx, pollEvery) {
			return a.told
		}
	}
}

// sleep waits, unless it is interrupted.
func sleep(ctx context.Context, long time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(long):
		return true
	}
}

// never is the end of a run whose request the gateway does not know. It may be
// sent again under its own ID, and under no other: should it be on its way all
// the same, it cannot happen twice.
func (s *session) never(op operation) *say.Failure {
	f := say.Fail(say.InDoubt, "%s: %s: %d inquiries over %s found nothing", op.endpoint.Name, neverArrived, absentTimes, absentFor)
	if s.box != nil {
		f.Text = op.endpoint.Name + ": " + neverArrived + ": the embedded sandbox does not know it"
	}
	if op.code != "" {
		f.Hint("it was answered with %s, and nothing is on the books", op.code)
	}
	f.RequestID, f.MoneyMayHaveMoved = op.id, true
	unknown := "the gateway does not know it"
	if op.endpoint.Name == "cancel" {
		unknown = "the payment is not cancelled"
	}
	f.Verdict = s.words().Verdict(term.Waiting, neverArrived, say.Amount(op.amount), say.Fact(op.idName, op.id), unknown)
	if f.Verdict.Next = s.repeat(op); f.Verdict.Next == "" {
		return f.Hint("repeat the command with the same %s: so it cannot happen twice", op.idName)
	}
	return f.Hint("that repeats it with the same %s: so it cannot happen twice", op.idName)
}

// settleWith writes down what was learnt and says it in words.
func (s *session) settleWith(op operation, h heard) (journal.State, string) {
	switch {
	case h.never:
		s.resolved(op.record, journal.Resolution{Outcome: apo.NeverArrived, By: s.recorded})
		return journal.Resolved, neverArrived
	case h.outcome == apo.Succeeded:
		s.resolved(op.record, journal.Resolution{Outcome: apo.Succeeded, By: s.recorded})
		return journal.Resolved, tookEffectInWords(op.endpoint.Name)
	case h.outcome == apo.Declined:
		s.resolved(op.record, journal.Resolution{Outcome: apo.Declined, Code: h.code, By: s.recorded})
		return journal.Resolved, "declined: " + h.code
	case h.outcome == apo.Pending:
		s.resolved(op.record, journal.Resolution{Outcome: apo.Pending, By: s.recorded, Note: "an inquiry told that it is still in process"})
		return journal.Pending, "still in process"
	}
	if h.outcome == apo.Different {
		return journal.InDoubt, "its ID belongs to a request with other values; look at it"
	}
	return journal.InDoubt, h.nothing
}
