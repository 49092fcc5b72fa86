package operate

import (
	"context"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// reconcile resolves what the books of a payment happen to tell of earlier calls:
// those that are open, and those that came to something else and succeeded all
// the same. record is that of the inquiry: what began after it may be newer than
// the books.
func (o *Operator) reconcile(ctx context.Context, p apo.Payment, record int64) {
	o.reconcileBy(ctx, apo.Numbers{PaymentID: p.PaymentID, PaymentRequestID: p.PaymentRequestID}, record, func(q request) reading {
		return readPayment(q, p)
	})
}

// reconcileBy reads one message for every earlier call of a payment.
func (o *Operator) reconcileBy(ctx context.Context, n apo.Numbers, record int64, read func(request) reading) {
	if o.Journal == nil || record == 0 {
		return
	}
	list, err := o.Journal.Payment(ctx, o.Account.ClientID, n)
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	var told journal.Record
	for _, r := range list {
		if r.ID == record {
			told = r
		}
	}
	done := map[ID]bool{} // by a call that was made again under its own ID
	for _, r := range list {
		if !r.Reads && r.Outcome == apo.Succeeded && !r.State.Open() {
			done[ownID(r)] = true
		}
	}
	for _, r := range list {
		if r.ID == record {
			return
		}
		if r.Reads || r.State.Open() && r.InFlight || !r.State.Open() && done[ownID(r)] || r.Outcome == apo.NotSent {
			continue
		}
		if !pastOf(list, r).older(toldAt(told)) {
			o.reconcileCall(ctx, r, record, read)
		}
	}
}

func (o *Operator) reconcileCall(ctx context.Context, r journal.Record, record int64, read func(request) reading) {
	s, _ := o.open(r)
	if s == nil {
		return
	}
	said := read(s.request)
	late := !r.State.Open() && r.Outcome != apo.Succeeded && said.outcome == apo.Succeeded
	if said.outcome == "" || !r.State.Open() && !late {
		return
	}
	word := journal.Resolution{Outcome: said.outcome, Code: said.code, By: record}
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
