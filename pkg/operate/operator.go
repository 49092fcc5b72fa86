package operate

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Operator works in the name of one client ID. Its fields are set before its
// first use; then it is safe to share.
type Operator struct {
	Client   *apo.Client
	Journal  journal.Store // nil: nothing is written down, no duplicate is noticed, and on live nothing is sent
	Earlier  journal.Store // where there is no Journal: one that is only read, for what was sent before; nil: none is known
	Account  journal.Account
	Gateway  string // whose books are asked: a region, a host, or the identity of a sandbox
	Limits   Limits
	Patience Patience
	Watch    func(Event) // told of what happens, on the goroutine of the call; nil: nobody is
	Masker   apo.Masker  // hides what is known beforehand; a request's own card is learnt from it
}

// Limits are those of a profile.
type Limits struct {
	Live, ReadOnly bool              // Live: real money; each request must be Confirmed
	MaxAmount      map[string]string // by currency, in its smallest unit; nil: no limit; one that is not listed is refused
}

// Patience is how long an Operator asks what became of a request. The zero value asks
// nobody.
type Patience struct {
	Lost    time.Duration // after an answer that tells nothing
	Pending time.Duration // after a verified U
	Every   time.Duration // between two inquiries; 0: 2 s
	Absent  Absent
}

func (p Patience) every() time.Duration { return cmp.Or(p.Every, 2*time.Second) }

// Absent says when a request has never arrived: so many inquiries in a row found
// nothing, the last of them so long after the sending. Times 0: never.
type Absent struct {
	Times int
	After time.Duration
}

// DefaultAbsent is right for every gateway but one that answers in this process.
func DefaultAbsent() Absent { return Absent{Times: 3, After: 45 * time.Second} }

// Send guards, records, signs and sends a request, and finds out what became of
// it. The end of ctx ends the asking too, and never the record: what was sent and
// is not known stays open in the journal.
func (o *Operator) Send(ctx context.Context, r Request) (result Result) {
	q := readRequest(r.Endpoint, r.Body, o.now())
	q.gateway = o.Gateway
	if q.amount.IsZero() {
		q.amount = r.Amount
	}
	if q = o.completed(ctx, q); leadsToPayment(q.endpoint.Name) && r.Amount.IsZero() {
		r.Amount = q.amount
	}
	if p := r.Payment; p != nil && q.endpoint.Name != "pay" {
		q.about = p.PaymentRequestID
	}
	result = Result{Endpoint: q.endpoint, ID: q.id, Amount: q.amount, Numbers: q.numbers, Body: q.body}
	if refusal := o.Check(r); refusal != nil {
		return result.refused(refusal)
	}
	c, err := o.begin(ctx, q, r)
	if errors.Is(err, errEarlierTry) {
		result.Outcome, result.Cause = apo.InDoubt, err
		return result
	}
	if err != nil {
		return result.refused(err)
	}
	result.Record = c.record.ID
	defer c.release()
	defer c.survive(&result)
	o.tell(Event{Stage: Announced, Result: result})
	answer, err := o.Client.Call(ctx, q.endpoint, q.body)
	return o.conclude(ctx, c, result, answer, err)
}

// conclude turns the request's own answer into a result, and asks where that
// tells nothing.
func (o *Operator) conclude(ctx context.Context, c *call, result Result, answer *apo.Answer, err error) Result {
	if answer == nil {
		return o.lost(ctx, c, result, err)
	}
	if problem := c.request.foreign(answer); problem != "" {
		return o.lost(ctx, c, result, &apo.Error{Kind: apo.NoAnswer, Endpoint: c.request.endpoint.Name, Problem: problem})
	}
	result.Answer = answer
	said := readAnswer(c.request, answer, c.repeated || answer.Repeated)
	unnamed := answer.Result.Status == "F" || !c.request.namedBy(answer.Raw) // so it may be another's
	if c.past.knew(answer, c.masker) || unnamed && o.heard(ctx, answer, c.record.ID) {
		said = reading{problem: ErrPlayedAgain.Error()}
	}
	if problem := o.ofAnotherPayment(ctx, c.request, answer); problem != "" && said.outcome != apo.Unrecognised && said.outcome != apo.Different {
		said = reading{problem: problem}
	}
	result.Outcome, result.Code = said.outcome, said.code
	if answer.Unsigned {
		result.Code = ""
	}
	if said.outcome == "" {
		result.Outcome = apo.InDoubt
		result.Cause = errors.New(said.problem)
	}
	c.end(endingOf(answer, said))
	switch result.Outcome {
	case apo.Succeeded:
		if c.repeated { // then earlier tries may be open, and this is what became of them
			o.resolveAlike(ctx, c.record, c.request, learnt{finding: finding{reading: said, record: c.record.ID}})
		}
		if c.repeated && c.request.isSession() && o.Patience.Lost > 0 {
			result.Paid, result.PaidUnknown = o.paymentSoFar(ctx, c.request)
		}
	case apo.Pending:
		o.tell(Event{Stage: Waiting, Result: result})
		return o.follow(ctx, c, result, o.Patience.Pending, series{arrived: true})
	case apo.InDoubt:
		s := series{arrived: c.arrived || tookIn(answer)}
		if said.confirm {
			s.refusal = &refusal{answer.Result.Code, answer.GatewayTime}
			c.request.refused = true
			c.request.ended = c.request.isSession() && hasEnded(answer)
		}
		o.tellLost(c.request, result)
		return o.follow(ctx, c, result, o.Patience.Lost, s)
	}
	return result
}

// lost deals with a call that ended without a usable answer.
func (o *Operator) lost(ctx context.Context, c *call, result Result, err error) Result {
	c.end(lostEnding(err))
	result.Cause, result.Outcome = err, apo.InDoubt
	errors.As(err, &result.Lost) // else it could not even be made
	c.unsent = result.Lost == nil || result.Lost.Kind == apo.Unreachable || result.Lost.Kind == apo.Interrupted
	if c.unsent && !c.repeated {
		result.Outcome = apo.NotSent
		return result
	}
	o.tellLost(c.request, result)
	return o.follow(ctx, c, result, o.Patience.Lost, series{arrived: c.arrived})
}

// tellLost says that it is asked what became of a request, where somebody can be asked.
func (o *Operator) tellLost(q request, result Result) {
	if q.canAsk() {
		o.tell(Event{Stage: Lost, Result: result})
	}
}

// follow asks what became of a request until it is known, or the time is up, and
// writes it down.
func (o *Operator) follow(ctx context.Context, c *call, result Result, within time.Duration, s series) Result {
	s.operator, s.request, s.past = o, c.request, c.past
	if a := result.Answer; a != nil && !a.Unsigned && !(a.Result.Status == "F" && leadsToPayment(c.request.endpoint.Name)) { // whatever is found has to be what it named
		s.request.numbers = s.request.numbers.Or(apo.NumbersOf(a.Raw))
	}
	if !s.request.canAsk() || ctx.Err() != nil || within == 0 {
		return result
	}
	s.request.numbers = o.ownNumbers(ctx, s.request)
	found := s.run(ctx, within)
	if c.unsent { // so what is found is what became of an earlier try
		o.resolveAlike(ctx, c.record, c.request, found)
	} else {
		o.resolve(ctx, c.record, c.request, found)
	}
	return result.with(found)
}

// with takes in what inquiries told. What they did not tell stays as it was.
func (result Result) with(found learnt) Result {
	switch {
	case found.outcome == "":
		result.Waited = result.Outcome == apo.Pending
		if found.problem != "" && result.Lost == nil {
			result.Cause = errors.New(found.problem)
		}
		return result
	case found.outcome == apo.Pending && result.Outcome == apo.Pending:
		result.Waited = true
		return result
	}
	result.Outcome, result.Code, result.Cause = found.outcome, found.code, nil
	result.Evidence = Evidence{Answer: found.answer, Record: found.record, Times: found.absences, Over: found.over, Notified: found.notified}
	return result
}

func (result Result) refused(err error) Result {
	result.Outcome, result.Cause = apo.Refused, err
	return result
}

func (o *Operator) tell(e Event) {
	if o.Watch != nil {
		o.Watch(e)
	}
}

func (o *Operator) now() time.Time {
	if o.Client != nil && o.Client.Now != nil {
		return o.Client.Now()
	}
	return time.Now()
}
