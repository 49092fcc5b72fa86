package operate

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/wait"
	"github.com/apo-cli/apo/pkg/journal"
)

// learnt is what a series of inquiries told.
type learnt struct {
	finding
	err      error         // of the last inquiry, where no answer could be had
	absences int           // inquiries in a row that found nothing
	over     time.Duration // since the sending, until the last of them

	confirmed bool // it was refused, and the inquiry found nothing
}

// series asks again and again what became of one request.
type series struct {
	operator *Operator
	request  request
	past     past

	contradicted bool // its notifications contradict each other: none of them counts

	arrived     bool     // a verified message knew of it: then it has not got lost on its way
	refusal     *refusal // a final F that does not say of which request it is; one inquiry confirms it
	pendingEnds bool     // what is not final ends the series too

	learnt learnt
}

// refusal is a verified, final F that does not say of which request it is.
type refusal struct {
	code string
	at   time.Time // by the gateway's clock
}

// run asks until the answer is final, the request has never arrived, or the time
// is up. It asks at least once.
func (s *series) run(ctx context.Context, within time.Duration) learnt {
	every := s.operator.Patience.every()
	for begin := s.operator.now(); ; {
		if s.poll(ctx) {
			return s.learnt
		}
		waited := s.operator.now().Sub(begin)
		if waited+every > within {
			return s.learnt
		}
		s.operator.tell(Event{Stage: Asking, Result: s.told(), Waited: waited, Open: 1})
		if !wait.For(ctx, every) {
			return s.learnt
		}
	}
}

// told is what is known between two inquiries.
func (s *series) told() Result {
	r := Result{ID: s.request.id, Endpoint: s.request.endpoint, Outcome: s.learnt.outcome, Code: s.learnt.code}
	if s.learnt.problem != "" {
		r.Cause = errors.New(s.learnt.problem)
	}
	return r
}

// poll asks once, and reports whether that ends the series.
func (s *series) poll(ctx context.Context) (ended bool) {
	f, err := s.operator.inquire(ctx, s.request)
	if err == nil && s.past.knew(f.answer, s.operator.masker(nil)) {
		err = ErrPlayedAgain
	}
	if s.learnt.err = err; err != nil {
		s.learnt.absences = 0
		if s.learnt.outcome == "" {
			s.learnt.problem = err.Error()
		}
		return s.hear(ctx)
	}
	if !f.absent {
		s.learnt.absences = 0
	}
	switch {
	case f.absent:
		return s.hear(ctx) || s.missing(f)
	case f.outcome == "":
		if s.learnt.outcome == "" {
			s.learnt.problem = f.problem
		}
		return s.hear(ctx)
	case f.outcome == apo.Pending:
		s.arrived = true // whatever a later inquiry finds
	case f.outcome == apo.Declined && s.refusal != nil:
		f.code = s.refusal.code
	}
	s.learnt.finding = f
	return f.outcome != apo.Pending || s.pendingEnds
}

// hear looks at the notifications that the journal has by now, where an inquiry told
// nothing, and reports whether they end the series.
func (s *series) hear(ctx context.Context) (ended bool) {
	f, named := s.operator.heardSince(ctx, s.request)
	s.arrived = s.arrived || named
	switch {
	case f.outcome == apo.InDoubt || s.contradicted && named:
		s.learnt.problem = contradicted
		return false
	case f.outcome == "":
		return false
	}
	s.learnt.finding = f
	return f.outcome != apo.Pending || s.pendingEnds
}

// missing deals with an inquiry that found nothing. It confirms a refusal; else it
// counts where the gateway is that to which the request was sent, and nothing
// ever knew of it.
func (s *series) missing(f finding) (ended bool) {
	if s.confirmed(f.answer) {
		f.outcome, f.code = apo.Declined, s.refusal.code
		s.learnt.finding, s.learnt.confirmed = f, true
		return true
	}
	s.refusal = nil // it is older than the request, so it was never about it
	s.learnt.absences++
	s.learnt.over = s.operator.now().Sub(s.request.sent)
	if s.learnt.outcome == "" {
		s.learnt.problem = "the gateway does not know it yet"
	}
	enough := s.operator.Patience.Absent
	if enough.Times == 0 || s.arrived || s.learnt.absences < enough.Times || s.learnt.over < enough.After {
		return false
	}
	if s.operator.Gateway != s.request.gateway {
		s.learnt.problem = "this gateway does not know it, and it was sent to another: " + s.request.gateway
		return false
	}
	s.learnt.finding = finding{reading: reading{outcome: apo.NeverArrived}, answer: f.answer, record: f.record}
	return true
}

// confirmed reports whether an inquiry that found nothing confirms a refusal: one
// that is not older than the sending, so that it cannot be of an earlier request,
// where it was sent to, and where nothing ever knew of the request.
func (s *series) confirmed(inquiry *apo.Answer) bool {
	return s.refusal != nil && (!s.arrived || s.request.ended) && s.operator.Gateway == s.request.gateway &&
		!s.refusal.at.Before(gatewaysTime(inquiry, s.request.sent))
}

// ErrInFlight says that somebody sends a call at this moment, or asks about it.
var ErrInFlight = errors.New("somebody sends it, or asks about it, at this moment")

// ErrNoInquiry says that no inquiry can tell of a call of this API.
var ErrNoInquiry = errors.New("there is no inquiry for this API")

// Resolve asks what became of one open call, for as long as within says and at
// least once, and writes it down.
func (o *Operator) Resolve(ctx context.Context, r journal.Record, within time.Duration) Result {
	s, result := o.open(r)
	if s == nil {
		return result
	}
	if err := o.claim(ctx, r); err != nil {
		result.Cause = err
		return result
	}
	defer o.release(r)
	s.knows(ctx, r)
	found := s.run(ctx, within)
	o.resolve(ctx, r, s.request, found)
	return result.with(found)
}

// open makes ready to ask about an open call; without a series nobody can be
// asked.
func (o *Operator) open(r journal.Record) (*series, Result) {
	e, err := apo.FindEndpoint(r.Endpoint)
	q := readRequest(e, r.Request, r.Time)
	q.gateway, q.numbers = r.Gateway, r.Numbers.Or(q.numbers)
	if q.amount.IsZero() {
		q.amount = r.Amount
	}
	q.card = cmp.Or(r.Card, q.card)
	q = o.recorded(q, r)
	result := Result{Endpoint: e, ID: q.id, Amount: q.amount, Numbers: q.numbers, Body: r.Request, Record: r.ID, Outcome: r.Outcome, Code: r.Result.Code}
	if result.Outcome == "" || result.Outcome == apo.Unrecognised {
		result.Outcome = apo.InDoubt
	}
	switch {
	case err != nil || !q.canAsk():
		result.Cause = ErrNoInquiry
		return nil, result
	case r.Verification == "verified" && ofAnother(r.Result.Code):
		result.Outcome = apo.Different
		return nil, result
	}
	q.numbers = o.ownNumbers(context.Background(), q)
	s := &series{operator: o, request: q, arrived: q.arrived([]journal.Record{r}), contradicted: r.Resolved.Contradicted}
	if needsConfirmation(r) {
		s.refusal = &refusal{r.Result.Code, r.GatewayTime}
	}
	return s, result
}

// knows takes in what was known before the call, and of it.
func (s *series) knows(ctx context.Context, r journal.Record) {
	before, arrived := s.operator.before(ctx, r, s.request)
	s.past, s.arrived = before, s.arrived || arrived
}

// claim makes sure that nobody else asks. What its sender left behind as begun is
// in doubt: its answer will not come.
func (o *Operator) claim(ctx context.Context, r journal.Record) error {
	free, err := o.Journal.Claim(ctx, r.ID)
	if err == nil && !free {
		err = ErrInFlight
	}
	if err == nil && r.State == journal.Begun {
		err = o.Journal.Resolve(ctx, r.ID, journal.Resolution{Outcome: apo.InDoubt, Note: "the process that sent it ended before the answer came"})
	}
	return err
}

// release ends a claim, even where the caller has given up.
func (o *Operator) release(r journal.Record) {
	if err := o.Journal.Release(context.Background(), r.ID); err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
	}
}

// resolve writes down what was learnt of a request: with its own record, and with
// every other open one of the same request ID.
func (o *Operator) resolve(ctx context.Context, own journal.Record, q request, found learnt) {
	if o.Journal == nil || found.outcome == "" {
		return
	}
	if own.ID != 0 {
		o.write(ctx, own.ID, found)
	}
	o.resolveAlike(ctx, own, q, found)
}

// resolveAlike writes down with every other open record of a request ID what was
// learnt of the request. That one try was refused, or never arrived, says nothing
// of a later one.
func (o *Operator) resolveAlike(ctx context.Context, own journal.Record, q request, found learnt) {
	if o.Journal == nil || found.outcome == "" || found.confirmed {
		return
	}
	others, err := o.Journal.Sharing(context.WithoutCancel(ctx), o.Account.ClientID, q.keys())
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	for _, r := range others {
		later := found.outcome == apo.NeverArrived && r.Time.After(own.Time)
		if r.ID != own.ID && q.same(r) && r.State.Open() && !r.InFlight && !later {
			o.write(ctx, r.ID, found)
		}
	}
}

// write writes down what was learnt, even where the caller has given up.
func (o *Operator) write(ctx context.Context, id int64, found learnt) {
	word := journal.Resolution{Outcome: found.outcome, Code: found.code, By: found.record}
	if err := o.Journal.Resolve(context.WithoutCancel(ctx), id, word); err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
	}
}
