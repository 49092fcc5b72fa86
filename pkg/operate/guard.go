package operate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// DuplicateWindow is how long the same purchase under another ID looks like a mistake.
const DuplicateWindow = 10 * time.Minute

// Wanted is what has to confirm a request on live: the amounts that it moves, its
// own first, as in "SGD 42.00", or the API's name where none moves.
func (o *Operator) Wanted(r Request) string {
	list := moving(r)
	if len(list) == 0 {
		return r.Endpoint.Name
	}
	var words []string
	for _, a := range list {
		words = append(words, a.String())
	}
	return strings.Join(words, " + ")
}

// Check says what Send would refuse without looking at journal or gateway; nil:
// nothing.
func (o *Operator) Check(r Request) *Refusal {
	q := readRequest(r.Endpoint, r.Body, time.Time{})
	list := moving(r)
	if o.Limits.ReadOnly {
		return &Refusal{Reason: ReadOnly}
	}
	movesNone := len(list) == 0 && IsVaulting(q.endpoint.Name)
	if refusal := o.withinLimits(list); refusal != nil && !movesNone {
		return refusal
	}
	if !o.Limits.Live {
		return nil
	}
	if o.Journal == nil {
		return &Refusal{Reason: NoJournal}
	}
	if (q.canAsk() || leadsToPayment(q.endpoint.Name)) && len(list) == 0 && !movesNone {
		return &Refusal{Reason: AmountUnclear}
	}
	if r.Confirmed == "" || r.Confirmed != o.Wanted(r) {
		return &Refusal{Reason: Unconfirmed, Amount: q.amount}
	}
	return nil
}

// moving are the amounts that a request moves, its own first.
func moving(r Request) []apo.Amount {
	q := readRequest(r.Endpoint, r.Body, time.Time{})
	list := q.amounts()
	submits := leadsToPayment(r.Endpoint.Name) && q.amount.IsZero() // so what stands in it is a part at most
	switch {
	case submits && r.Amount.IsZero():
		return nil
	case !r.Amount.IsZero() && (submits || len(list) == 0):
		return append([]apo.Amount{r.Amount}, slices.DeleteFunc(list, func(a apo.Amount) bool { return a == r.Amount })...)
	}
	return list
}

// withinLimits holds what moves against the most that may.
func (o *Operator) withinLimits(list []apo.Amount) *Refusal {
	if o.Limits.MaxAmount == nil && !o.Limits.Live {
		return nil
	}
	for _, a := range list {
		if _, err := a.Units(); err != nil {
			return &Refusal{Reason: BadAmount, Amount: a, Err: err}
		}
	}
	if o.Limits.MaxAmount == nil {
		return nil
	}
	if len(list) == 0 {
		return &Refusal{Reason: AmountUnclear}
	}
	for _, a := range list {
		most, listed := o.Limits.MaxAmount[a.Currency]
		if !listed {
			return &Refusal{Reason: NoLimit, Amount: a}
		}
		limit := apo.Amount{Currency: a.Currency, Value: most}
		n, _ := a.Units()
		if m, err := limit.Units(); err != nil || n > m {
			return &Refusal{Reason: OverLimit, Amount: a, Limit: limit}
		}
	}
	return nil
}

// begin writes a request down, unless a guard says no. The guards are asked in the
// transaction that writes it, so that two processes cannot both be first. Calls that
// they find open are asked about first: a request is compared with no call that may be
// over.
func (o *Operator) begin(ctx context.Context, q request, r Request) (*call, error) {
	c := &call{operator: o, request: q, masker: o.masker(q.body)}
	entry := c.entry()
	if q.hasSecretNumber(entry.Request) {
		return nil, &Refusal{Reason: SecretNumber}
	}
	if o.Journal == nil {
		o.recall(ctx, c)
		return c, nil
	}
	asked := map[int64]bool{}
	for {
		g := &guard{call: c, again: r.Again, payment: r.Payment, asked: asked, now: o.now(), paid: o.paidSessions(ctx, q)}
		var err error
		c.record, err = o.Journal.Begin(ctx, entry, g.allow)
		var open *askFirst
		switch {
		case errors.As(err, &open):
			for _, earlier := range open.records {
				asked[earlier.ID] = true
				o.tell(Event{Stage: AskFirst, Record: &earlier})
				o.Resolve(ctx, earlier, 0)
			}
			if ctx.Err() != nil && slices.ContainsFunc(open.records, q.same) {
				return nil, errEarlierTry
			}
			continue
		case err == nil:
			c.repeated, c.past, c.arrived = g.repeated, pastOf(g.earlier, c.record), q.arrived(g.earlier)
			for _, field := range g.differing {
				o.tell(Event{Stage: Differs, Field: field.name, Record: field.earlier})
			}
			return c, nil
		}
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
			return nil, refusal
		}
		return nil, &Refusal{Reason: Unwritten, Err: err}
	}
}

// recall takes in what is known of earlier tries of a request that is not written
// down. It refuses nothing: whoever keeps no record wants no guard.
func (o *Operator) recall(ctx context.Context, c *call) {
	if o.Earlier == nil {
		return
	}
	list, err := o.Earlier.Sharing(ctx, o.Account.ClientID, c.request.keys())
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	c.past, c.arrived = pastOf(list, journal.Record{Time: o.now(), Gateway: o.Gateway}), c.request.arrived(list)
	c.repeated = slices.ContainsFunc(list, func(r journal.Record) bool {
		return c.request.same(r) && r.Outcome != apo.NotSent && !elsewhere(r.Gateway, o.Gateway) && mayStandBehind(r)
	})
}

// errEarlierTry ends a repetition that was interrupted while the try before it was
// asked about.
var errEarlierTry = errors.New("interrupted before it was repeated, and an earlier try is in doubt")

// askFirst stops a Begin: these calls are open, and stand in the way.
type askFirst struct{ records []journal.Record }

func (*askFirst) Error() string { return "open calls stand in the way" }

// guard decides whether a request may be begun beside the earlier calls that
// share a number with it.
type guard struct {
	call    *call
	again   bool
	payment *apo.Payment
	asked   map[int64]bool
	now     time.Time
	paid    map[int64]paid // what became of earlier sessions of the order, by their records

	earlier   []journal.Record
	repeated  bool
	differing []difference
}

type difference struct {
	name    string
	earlier *journal.Record
}

// allow is asked by the journal; earlier has the newest first.
func (g *guard) allow(earlier []journal.Record) error {
	g.earlier = earlier
	earlier = slices.DeleteFunc(slices.Clone(earlier), func(r journal.Record) bool {
		return r.Reads || r.Outcome == apo.NotSent || elsewhere(r.Gateway, g.call.operator.Gateway)
	})
	if open := g.unasked(earlier); len(open) > 0 {
		return &askFirst{open}
	}
	for _, r := range earlier {
		if refusal := g.anothersID(r); refusal != nil {
			return refusal
		}
		if !g.call.request.same(r) {
			continue
		}
		if refusal := g.compare(r); refusal != nil {
			return refusal
		}
		g.repeated = g.repeated || mayStandBehind(r)
	}
	if g.again {
		return nil
	}
	for _, r := range earlier {
		if refusal := g.beside(r); refusal != nil {
			return refusal
		}
	}
	if refusal := g.moreThanLeft(earlier); refusal != nil {
		return refusal
	}
	return nil
}

// elsewhere reports whether two gateways are two sandboxes, which know nothing of
// each other's requests. Of others nobody can tell: a proxy has an address of its
// own, and the books of the gateway behind it.
func elsewhere(a, b string) bool {
	return a != b && strings.HasPrefix(a, SandboxBooks) && strings.HasPrefix(b, SandboxBooks)
}

// SandboxBooks begins [Operator].Gateway where that is a sandbox, which is known by
// the identity of its state.
const SandboxBooks = "sandbox "

// unasked are the open calls that stand in the way and were not asked about yet.
func (g *guard) unasked(earlier []journal.Record) (list []journal.Record) {
	for _, r := range earlier {
		if r.State.Open() && !r.InFlight && !g.asked[r.ID] && (g.call.request.same(r) || !g.again && g.beside(r) != nil) {
			list = append(list, r)
		}
	}
	return list
}

// compare refuses a request ID that is in use, or is used for something else.
func (g *guard) compare(r journal.Record) *Refusal {
	if r.State.Open() && r.InFlight {
		return &Refusal{Reason: RequestIDInUse, Earlier: &r}
	}
	if r.Endpoint == "cancel" {
		return nil
	}
	fatal, others := g.call.request.differs(g.call.masker, r)
	if fatal != "" {
		return &Refusal{Reason: RequestIDTaken, Field: fatal, Amount: g.call.request.amount, Earlier: &r}
	}
	if len(g.differing) == 0 {
		for _, name := range others {
			g.differing = append(g.differing, difference{name, &r})
		}
	}
	return nil
}

// beside refuses what looks like doing the same thing under another ID.
func (g *guard) beside(r journal.Record) *Refusal {
	q := g.call.request
	purchases := isPurchase(r.Endpoint) && isPurchase(q.endpoint.Name)
	if q.same(r) || r.Endpoint != q.endpoint.Name && !purchases || !mayHaveMoved(r) && r.Outcome != apo.NeverArrived {
		return nil
	}
	recent := g.now.Sub(r.Time) < DuplicateWindow
	switch r.Endpoint {
	case "submitPay", "createPaymentSession":
		return g.besideSession(r)
	case "pay":
		order := q.numbers.ReferenceOrderID
		likely := r.Amount == q.amount && (r.Card == q.card || q.endpoint.Name != "pay") && recent
		switch {
		case order == "" || order != r.Numbers.ReferenceOrderID:
		case r.Outcome == apo.NeverArrived:
			return &Refusal{Reason: NotArrived, Earlier: &r}
		case r.State == journal.Begun, r.State == journal.InDoubt, r.State == journal.Pending && likely:
			return &Refusal{Reason: StillOpen, Earlier: &r}
		case !r.State.Open() && likely:
			return &Refusal{Reason: SamePurchase, Earlier: &r}
		}
	case "capture", "refund":
		switch {
		case q.numbers.PaymentID == "" || q.numbers.PaymentID != r.Numbers.PaymentID:
		case r.Outcome == apo.NeverArrived:
			return &Refusal{Reason: NotArrived, Earlier: &r}
		case r.State.Open():
			return &Refusal{Reason: StillOpen, Earlier: &r}
		case r.Amount == q.amount && recent:
			return &Refusal{Reason: SameAmount, Earlier: &r}
		}
	}
	return nil
}

// moreThanLeft refuses a capture or refund that is more than the journal knows to
// be left of its payment. earlier are the calls about it; what is open is a guard
// of its own.
func (g *guard) moreThanLeft(earlier []journal.Record) *Refusal {
	q := g.call.request
	if g.payment != nil || q.numbers.PaymentID == "" || q.endpoint.Name != "capture" && q.endpoint.Name != "refund" {
		return nil
	}
	paid, left, known := leftOf(q, earlier)
	n, err := q.amount.Units()
	if !known || err != nil || n <= left {
		return nil
	}
	return &Refusal{Reason: MoreThanLeft, Amount: q.amount, Limit: apo.Units64(q.amount.Currency, max(left, 0)), Earlier: paid}
}

// leftOf reckons what may still be captured, or refunded, of a payment: what was
// paid, or as far as is known captured, less what was taken, each request ID once.
func leftOf(q request, earlier []journal.Record) (paid *journal.Record, left int64, known bool) {
	sums := map[string]map[string]int64{"capture": {}, "refund": {}} // by request ID: a repetition takes nothing more
	for _, r := range earlier {
		n, err := r.Amount.Units()
		switch {
		case err != nil || r.Outcome != apo.Succeeded || r.State.Open() || r.Amount.Currency != q.amount.Currency:
		case r.Endpoint == "pay" && paid == nil:
			paid, left = &r, n
		case r.Endpoint == "submitPay" && r.Numbers.PaymentID == q.numbers.PaymentID && paid == nil:
			paid, left = &r, n
		case (r.Endpoint == "capture" || r.Endpoint == "refund") && r.Numbers.PaymentID == q.numbers.PaymentID && !q.same(r):
			sums[r.Endpoint][r.RequestID()] = n
		}
	}
	if paid == nil {
		return nil, 0, false
	}
	captured := int64(0)
	for _, n := range sums["capture"] {
		captured = min(captured+n, left) // the sum of all may be greater than any number
	}
	if q.endpoint.Name == "capture" {
		return paid, left - captured, true
	}
	if captured > 0 {
		left = min(left, captured) // by this machine; it may not know of others
	}
	for _, n := range sums["refund"] {
		left = max(left-n, 0)
	}
	return paid, left, true
}

// mayStandBehind reports whether an earlier try may have taken effect, and so may stand
// behind an answer to a later one.
func mayStandBehind(r journal.Record) bool { return mayHaveMoved(r) || r.Outcome == apo.NeverArrived }

// mayHaveMoved reports whether a call moved money, or may have.
func mayHaveMoved(r journal.Record) bool {
	return r.State.Open() || r.Outcome == apo.Succeeded || r.Outcome == apo.Pending || r.Outcome == apo.Different
}
