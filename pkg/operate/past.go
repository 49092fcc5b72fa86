package operate

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// past are the verified messages that were known before a request was sent: about its
// payment, and about calls that share a number with it. A message that answers the
// request, or tells of it, is newer by the gateway's own clock. An older message was
// played again, and says nothing of the request.
type past []journal.Record

// ErrPlayedAgain says that an answer was given before, and proves nothing now.
var ErrPlayedAgain = errors.New("the answer is older than one that came before the request was sent: an old answer, played again")

// before is the past of a recorded call, and whether the gateway knew of any try of
// it; none where no journal is kept.
func (o *Operator) before(ctx context.Context, r journal.Record, q request) (p past, arrived bool) {
	if o.Journal == nil || r.ID == 0 {
		return nil, false
	}
	var list []journal.Record
	var err error
	if IsVaulting(r.Endpoint) { // it is no payment's
		list, err = o.Journal.Sharing(context.WithoutCancel(ctx), o.Account.ClientID, q.keys())
	} else {
		list, err = o.Journal.Payment(context.WithoutCancel(ctx), o.Account.ClientID, r.Numbers.Or(q.numbers))
	}
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return nil, false
	}
	return pastOf(list, r), q.arrived(list)
}

// arrived reports whether one of these records, a try of the request, proves that the
// gateway knew of it.
func (q request) arrived(list []journal.Record) bool {
	return slices.ContainsFunc(list, func(r journal.Record) bool {
		if r.Reads || !q.same(r) || elsewhere(r.Gateway, q.gateway) {
			return false
		}
		a := &apo.Answer{Raw: r.Answer, Result: r.Result, Unsigned: r.Verification != "verified"}
		return r.State == journal.Pending || r.Outcome == apo.Succeeded || tookIn(a)
	})
}

// tookIn reports whether the request's own answer, which does not end it, proves that
// it is in the gateway's books, from which nothing gets lost. An S with a code that
// nobody knows may well be a success.
func tookIn(a *apo.Answer) bool {
	_, known := apo.Lookup(a.Result.Code)
	return !a.Unsigned && (a.Result.Status == "U" || a.Result.Status == "S" && !known)
}

// pastOf picks the past of a call from records. It leaves out times that are far ahead
// of our clock: the gateway's clock may have been put right since.
func pastOf(list []journal.Record, r journal.Record) (p past) {
	for _, x := range list {
		at := toldAt(x)
		known := x.Verification == "verified" && !at.IsZero() && !at.After(r.Time.Add(clockGrace))
		if known && x.ID != r.ID && x.Time.Before(r.Time) && !elsewhere(x.Gateway, r.Gateway) {
			p = append(p, x)
		}
	}
	return p
}

// toldAt is when the message of a record was signed; zero: not known.
func toldAt(r journal.Record) time.Time {
	if at, err := apo.ParseTime(r.Notice.Time); err == nil {
		return at
	}
	return r.GatewayTime
}

// skew is how much the clocks of a gateway's hosts may differ, and the second to
// which they may round.
const skew = 5 * time.Second

// older reports whether a message that was signed then is older than one of the past.
func (p past) older(at time.Time) bool {
	for _, x := range p {
		if !at.IsZero() && at.Add(skew).Before(toldAt(x)) {
			return true
		}
	}
	return false
}

// has reports whether an earlier answer was signed at the same time and says the
// same, to the letter. An answer that follows at once may well be another one.
func (p past) has(at time.Time, masked []byte, received time.Time) bool {
	for _, x := range p {
		if at.Equal(toldAt(x)) && bytes.Equal(masked, x.Answer) && received.Sub(x.Time) > skew {
			return true
		}
	}
	return false
}

// knew reports whether a verified answer is older than the past, or part of it.
func (p past) knew(a *apo.Answer, m apo.Masker) bool {
	return len(p) > 0 && a != nil && !a.Unsigned && (p.older(a.GatewayTime) || p.has(a.GatewayTime, m.JSON(a.Raw), a.ReceivedAt))
}

// heard reports whether one of the newest calls was given the same verified answer,
// signed at the same time. One that names nothing may be about any of them.
func (o *Operator) heard(ctx context.Context, a *apo.Answer, own int64) bool {
	if o.Journal == nil || a.Unsigned {
		return false
	}
	const newest = 32
	recent := journal.Filter{Since: a.GatewayTime.Add(-2 * clockGrace), Before: a.ReceivedAt.Add(-skew), Called: true, Limit: newest}
	list, err := journal.List(context.WithoutCancel(ctx), o.Journal, recent)
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return false
	}
	list = slices.DeleteFunc(list, func(x journal.Record) bool { return x.ID == own || x.ClientID != o.Account.ClientID })
	return past(list).has(a.GatewayTime, o.masker(nil).JSON(a.Raw), a.ReceivedAt)
}
