package operate

import (
	"context"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// reconcile resolves earlier calls by an inquiry that was made for another reason: calls
// that are open, and calls that ended otherwise and succeeded all the same. told.record
// is the record of the inquiry: a call that began after it may be newer than the books.
func (o *Operator) reconcile(ctx context.Context, p apo.Payment, told finding) {
	o.reconcileBy(ctx, apo.Numbers{PaymentID: p.PaymentID, PaymentRequestID: p.PaymentRequestID}, told, func(q request) reading {
		if problem := o.anothers(ctx, q, p.PaymentID); problem != "" {
			return reading{problem: problem}
		}
		return readPayment(q, p)
	})
}

// reconcileAbsent does so with an inquiry that found nothing: it may confirm a
// refusal.
func (o *Operator) reconcileAbsent(ctx context.Context, key apo.PaymentKey, told finding) {
	o.reconcileBy(ctx, apo.Numbers{PaymentID: key.PaymentID, PaymentRequestID: key.PaymentRequestID}, told, func(request) reading {
		return reading{absent: true}
	})
}

// reconcileBy reads one message for every earlier call of a payment.
func (o *Operator) reconcileBy(ctx context.Context, n apo.Numbers, told finding, read func(request) reading) {
	if o.Journal == nil || told.record == 0 {
		return
	}
	list, err := o.Journal.Payment(ctx, o.Account.ClientID, n)
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	done := map[ID]bool{} // by a call that was made again under its own ID
	for _, r := range list {
		if !r.Reads && r.Outcome == apo.Succeeded && !r.State.Open() {
			done[ownID(r)] = true
		}
	}
	for _, r := range list {
		if r.ID == told.record {
			return
		}
		if r.Reads || r.State.Open() && r.InFlight || !r.State.Open() && done[ownID(r)] || r.Outcome == apo.NotSent {
			continue
		}
		if r.State.Open() {
			if before, _ := o.before(ctx, r, request{numbers: n}); before.knew(told.answer, o.masker(nil)) {
				continue
			}
		}
		o.reconcileCall(ctx, r, told, read)
	}
}

func (o *Operator) reconcileCall(ctx context.Context, r journal.Record, told finding, read func(request) reading) {
	s, _ := o.open(r)
	if s == nil {
		return
	}
	said := read(s.request)
	if said.absent && r.Endpoint != "refund" && s.confirmed(told.answer) { // of a refund its payment does not know all
		said = reading{outcome: apo.Declined, code: s.refusal.code}
	}
	late := !r.State.Open() && r.Outcome != apo.Succeeded && said.outcome == apo.Succeeded
	if said.outcome == "" || !r.State.Open() && !late {
		return
	}
	word := journal.Resolution{Outcome: said.outcome, Code: said.code, By: told.record}
	if err := o.Journal.Resolve(context.WithoutCancel(ctx), r.ID, word); err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	if late {
		o.tell(Event{Stage: Reconciled, Record: &r})
	}
}

// ownID is the request ID of a recorded call.
func ownID(r journal.Record) ID { return ID{r.Endpoint, r.RequestID()} }
