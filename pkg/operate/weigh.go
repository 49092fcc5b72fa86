package operate

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
)

// A notification is never weighed alone: what became of a request is what all verified
// messages since its sending say of it together. Where two of them cannot both be true
// nobody knows, and a third one changes nothing: an inquiry tells.

// contradicted is what such messages come to.
const contradicted = "the verified messages about it contradict each other"

// NewsProves reports whether a notification proves what became of a call. That of a
// sandbox does not, nor that of whatever else stands on this machine: whoever has its
// keys can make one that says what he likes. Its books are asked.
func (o *Operator) NewsProves() bool {
	if strings.HasPrefix(o.Gateway, SandboxBooks) {
		return false
	}
	u, err := url.Parse(o.Gateway)
	return err != nil || !apo.IsLoopback(u.Hostname())
}

// weigh is what all news that are known say of a request together.
func (o *Operator) weigh(ctx context.Context, q request, k known) (all finding) {
	for _, n := range k.news {
		if !n.names(q) || n.Outcome == "" || o.anothers(ctx, q, n.PaymentID) != "" {
			continue
		}
		of := q
		if k.updated(n.Amount) {
			of.amount = n.Amount
		}
		said := readNotification(of, n.Evidence)
		switch {
		case all.outcome == "", all.outcome == apo.Pending:
			all = finding{reading: said, record: n.Record, notified: true}
		case k.givenUp(said.outcome, all.outcome, said.code): // it worked before
		case k.givenUp(all.outcome, said.outcome, all.code):
			all = finding{reading: said, record: n.Record, notified: true}
		case said.outcome != apo.Pending && said.outcome != all.outcome:
			return finding{reading: reading{outcome: apo.InDoubt, problem: contradicted}, record: n.Record}
		}
	}
	if all.outcome == apo.Declined && k.paid(q) {
		all.reading = reading{outcome: apo.InDoubt, problem: contradicted}
	}
	return all
}

// names reports whether a notification is about a request, and may be believed of it.
func (n News) names(q request) bool {
	return n.Endpoint == q.endpoint.Name && n.RequestID == q.id.Value && n.unbelievable(q.sent) == ""
}

// updated reports whether an amount is what a payment was changed to.
func (k known) updated(a apo.Amount) bool {
	return !a.IsZero() && slices.ContainsFunc(k.calls, func(r journal.Record) bool { return journal.UpdatedAmount(r) == a })
}

// paid reports whether anything that is known of the payment of a pay says that it was
// paid: a capture or refund that worked, a dispute, an inquiry.
func (k known) paid(q request) bool {
	if q.endpoint.Name != "pay" {
		return false
	}
	id := journal.PaymentID{PaymentID: q.numbers.PaymentID, PaymentRequestID: q.id.Value}
	for _, n := range k.news {
		if id.PaymentID == "" && n.names(q) {
			id.PaymentID = n.PaymentID
		}
	}
	for _, n := range k.news {
		theirs := journal.PaymentID{PaymentID: n.PaymentID, PaymentRequestID: n.PaymentRequestID}
		ofRefund := n.Endpoint == "refund" && n.PaymentID == "" && n.PaymentRequestID == "" // its payment's records hold it
		if (theirs.Same(id) || ofRefund) && n.takes() && n.unbelievable(q.sent) == "" {
			return true
		}
	}
	return slices.ContainsFunc(k.calls, func(r journal.Record) bool {
		theirs := journal.PaymentID{PaymentID: r.Numbers.PaymentID, PaymentRequestID: r.Numbers.PaymentRequestID}
		if !theirs.Same(id) || r.Time.Before(q.sent) || elsewhere(r.Gateway, q.gateway) {
			return false
		}
		switch r.Endpoint {
		case "capture", "refund":
			return r.Outcome == apo.Succeeded
		case "inquiryPayment":
			p := apo.PaymentIn(r.Answer)
			return r.Outcome == apo.Succeeded && bookProblem(p) == "" && slices.ContainsFunc(p.Transactions, func(t apo.Transaction) bool { return t.Status == apo.StatusSuccess })
		}
		return false
	})
}

// takes reports whether a notification tells of something that only a payment that was
// paid can have.
func (n News) takes() bool {
	return n.Disputed || n.Outcome == apo.Succeeded && (n.Endpoint == "capture" || n.Endpoint == "refund")
}

// known is what the journal has of the payment of a request, the oldest first.
type known struct {
	news  []News
	calls []journal.Record // inquiries too
}

// known reads it; news are given beside it, because the journal may lack them.
func (o *Operator) known(ctx context.Context, q request, given ...News) (k known) {
	list := o.records(ctx, q, given)
	for _, r := range list {
		if n, is := o.newsIn(r); is {
			k.news = append(k.news, n)
		} else if !r.IsNotification() {
			k.calls = append(k.calls, r)
		}
	}
	for _, n := range given {
		if !slices.ContainsFunc(k.news, func(other News) bool { return n.Record != 0 && other.Record == n.Record }) {
			k.news = append(k.news, n)
		}
	}
	return k
}

// records are those of the payment of a request, by whichever paymentId its news name.
func (o *Operator) records(ctx context.Context, q request, given []News) []journal.Record {
	ctx = context.WithoutCancel(ctx)
	if IsVaulting(q.endpoint.Name) {
		return o.ofVaulting(ctx, q)
	}
	n := apo.Numbers{PaymentID: q.numbers.PaymentID, PaymentRequestID: q.numbers.PaymentRequestID}
	for _, g := range given {
		n.PaymentID = cmp.Or(n.PaymentID, g.PaymentID)
	}
	list, err := o.Journal.Payment(ctx, o.Account.ClientID, n)
	if err == nil && n.PaymentID == "" {
		for _, r := range list {
			n.PaymentID = cmp.Or(n.PaymentID, r.Numbers.PaymentID)
		}
		if n.PaymentID != "" {
			list, err = o.Journal.Payment(ctx, o.Account.ClientID, n)
		}
	}
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
	}
	return list
}

// ofVaulting are the news and inquiries of a card to be saved, which is no payment's.
func (o *Operator) ofVaulting(ctx context.Context, q request) (list []journal.Record) {
	for _, name := range []string{notify.KindVaulting.API(), "inquireVaulting"} {
		found, err := journal.List(ctx, o.Journal, journal.Filter{Endpoint: name, Since: q.sent, Before: o.now().Add(clockGrace), Limit: 1000})
		if err != nil {
			o.tell(Event{Stage: Unrecorded, Err: err})
		}
		for _, r := range slices.Backward(found) {
			if r.ClientID == o.Account.ClientID && r.Carries(q.id.Value) {
				list = append(list, r)
			}
		}
	}
	return list
}

// newsAge is more than the time for which APO delivers a notification again.
const newsAge = 25 * time.Hour

// newsIn reads a record of the journal as news of the Operator's own profile.
func (o *Operator) newsIn(r journal.Record) (News, bool) {
	if !r.IsNews() || r.Profile != o.Account.Profile || r.ClientID != o.Account.ClientID {
		return News{}, false
	}
	n, err := notify.Read(r.Answer)
	if err != nil {
		return News{}, false
	}
	n.ClientID, n.Time = r.ClientID, r.Notice.Time
	at, err := apo.ParseTime(n.Time)
	n.Stale = err != nil || r.Time.Sub(at).Abs() > newsAge
	return News{Evidence: n.Evidence(), Record: r.ID, Received: r.Time}, true
}

// heardSince is what the verified notifications in the journal say of a request that is
// open, and whether any of them names it.
func (o *Operator) heardSince(ctx context.Context, q request) (all finding, named bool) {
	if o.Journal == nil || !o.NewsProves() {
		return finding{}, false
	}
	k := o.known(ctx, q)
	return o.weigh(ctx, q, k), slices.ContainsFunc(k.news, func(n News) bool { return n.names(q) })
}

// judged is when an inquiry told what became of a call that is closed; zero: none did.
// What was known by then it has outweighed.
func (k known) judged(r journal.Record) time.Time {
	at := slices.IndexFunc(k.calls, func(x journal.Record) bool { return x.ID == r.Resolved.By && x.Reads })
	if r.State != journal.Resolved || at < 0 {
		return time.Time{}
	}
	return k.calls[at].Time
}

// hear resolves one call by a notification that is about it, or about what was done
// with its payment.
func (o *Operator) hear(ctx context.Context, r journal.Record, n News) {
	s, _ := o.open(r)
	if s == nil || r.Resolved.Contradicted || n.unbelievable(r.Time) != "" {
		return
	}
	q := s.request
	k := o.known(ctx, q, n)
	if !r.State.Open() && k.triedAgain(q, r) {
		return // perhaps it tells of the later try
	}
	k = k.since(k.judged(r))
	said := o.weigh(ctx, q, k)
	word := journal.Resolution{Outcome: said.outcome, Code: said.code, By: said.record}
	switch {
	case k.denies(r, q, said):
		word = journal.Resolution{Outcome: apo.InDoubt, By: n.Record, Contradicted: true}
	case said.outcome == "", !r.State.Open() && (r.Outcome == apo.Succeeded || said.outcome != apo.Succeeded):
		return
	}
	if err := o.Journal.Resolve(context.WithoutCancel(ctx), r.ID, word); err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	switch {
	case word.Contradicted:
		o.tell(Event{Stage: Doubted, Record: &r})
	case !r.State.Open():
		o.tell(Event{Stage: Reconciled, Record: &r})
	}
}

// triedAgain reports whether a request was sent again later.
func (k known) triedAgain(q request, r journal.Record) bool {
	return slices.ContainsFunc(k.calls, func(x journal.Record) bool {
		return x.ID != r.ID && q.same(x) && x.Outcome != apo.NotSent && x.Time.After(r.Time)
	})
}

// denies reports whether what is said of a call contradicts itself, or the end that the
// call came to by another verified message. What a person said is no message.
func (k known) denies(r journal.Record, q request, said finding) bool {
	ended := !r.State.Open() && (r.Outcome == apo.Succeeded || r.Outcome == apo.Declined)
	byHand := r.State == journal.Resolved && r.Resolved.By == 0
	switch {
	case byHand || !r.State.Open() && !ended:
		return false
	case said.outcome == apo.InDoubt:
		return true
	case !ended || said.outcome == apo.Pending:
		return false
	case said.outcome == "":
		return r.Outcome == apo.Declined && k.paid(q)
	}
	return said.outcome != r.Outcome && !k.givenUp(said.outcome, r.Outcome, said.code)
}

// givenUp reports whether a failure with this code, beside a success of the same pay, is
// no more than its end by a cancel that is on record.
func (k known) givenUp(failed, worked apo.Outcome, code string) bool {
	ended := code == "ORDER_IS_CANCELED" || code == "ORDER_IS_CANCELLED" || code == "ORDER_IS_CLOSED"
	return failed == apo.Declined && worked == apo.Succeeded && ended && slices.ContainsFunc(k.calls, func(r journal.Record) bool {
		return r.Endpoint == "cancel" && (r.State.Open() || r.Outcome == apo.Succeeded)
	})
}

// since is what came after a time and says something that was not said until then.
func (k known) since(at time.Time) (later known) {
	if at.IsZero() {
		return k
	}
	before := map[notify.Evidence]bool{}
	for _, n := range k.news {
		said := n.Evidence
		said.Time = time.Time{}
		switch {
		case !n.Received.After(at):
			before[said] = true
		case !before[said]:
			later.news = append(later.news, n)
		}
	}
	for _, r := range k.calls {
		if r.Time.After(at) || r.Endpoint == "updateAmount" {
			later.calls = append(later.calls, r)
		}
	}
	return later
}
