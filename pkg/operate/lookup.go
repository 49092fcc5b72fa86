package operate

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/wait"
	"github.com/apo-cli/apo/pkg/journal"
)

// Found is a payment as a verified inquiry told it.
type Found struct {
	Answer  *apo.Answer
	Payment apo.Payment
	Key     apo.PaymentKey // that found it
	Problem string         // why it proves nothing: it contradicts itself, or what was sent; "": it does not
	Other   string         // why it is not the payment that the journal has under its paymentRequestId; "": it is
}

// ErrUnnamed says that an inquiry's answer does not carry the number that was asked
// for: it tells of something, not of this.
var ErrUnnamed = errors.New("the inquiry's answer does not carry the ID that was asked for")

// ErrNotFound says that the gateway knows none of the numbers.
var ErrNotFound = errors.New("the gateway does not know it")

// Lookup asks for a payment by one key after another until one is known. Open
// calls of it are resolved by the way. The error is an [*apo.Error], an
// [*InquiryError], a [*Refusal], ErrPlayedAgain, ErrUnnamed or ErrNotFound; the
// answer that says so, if any, is in Found.
func (o *Operator) Lookup(ctx context.Context, keys ...apo.PaymentKey) (Found, error) {
	var f Found
	for _, key := range keys {
		p, told, err := o.inquirePayment(ctx, key)
		if told.answer != nil {
			f = Found{Answer: told.answer, Payment: p, Key: key}
		}
		switch {
		case err != nil:
			return f, err
		case told.absent:
			o.reconcileAbsent(ctx, key, told)
			continue
		}
		f.Other = o.otherThanSent(ctx, f.Payment)
		f.Problem = cmp.Or(bookProblem(f.Payment), f.Other)
		o.reconcile(ctx, f.Payment, told)
		return f, nil
	}
	return f, ErrNotFound
}

// otherThanSent says in which value a payment differs from the pay that was sent under
// its request ID; "" where it does not differ, or the journal has no such pay.
func (o *Operator) otherThanSent(ctx context.Context, p apo.Payment) (problem string) {
	if o.Journal == nil || p.PaymentRequestID == "" {
		return ""
	}
	list, err := o.Journal.Sharing(ctx, o.Account.ClientID, apo.Numbers{PaymentRequestID: p.PaymentRequestID, PaymentID: p.PaymentID})
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return ""
	}
	updated := func(r journal.Record) bool {
		return journal.UpdatedAmount(r) == p.Amount && r.Numbers.PaymentID == p.PaymentID
	}
	for _, r := range list {
		if r.Endpoint != "pay" || r.RequestID() != p.PaymentRequestID || r.Outcome == apo.NotSent || r.Amount.IsZero() || elsewhere(r.Gateway, o.Gateway) {
			continue
		}
		q := request{endpoint: endpoint("pay"), id: ownID(r), numbers: r.Numbers, amount: r.Amount}
		if !p.Amount.IsZero() && slices.ContainsFunc(list, updated) {
			q.amount = p.Amount
		}
		if q.numbers = o.ownNumbers(ctx, q); o.anothers(ctx, q, p.PaymentID) != "" {
			return "the inquiry names the paymentId of another request"
		}
		said := readPayment(q, p)
		switch {
		case said.outcome == apo.Different:
			problem = "it is of " + p.Amount.String() + ", and the journal has it as " + r.Amount.String()
		case said.outcome == "" && knownStatus(p.Status):
			problem = said.problem
		default:
			return ""
		}
	}
	return problem
}

// FoundRefund is a refund as a verified inquiry told it.
type FoundRefund struct {
	Answer  *apo.Answer
	Refund  apo.Refund
	Problem string // as of Found
}

// LookupRefund asks for a refund by either of its IDs, and resolves open calls of
// it by the way. Errors are those of Lookup.
func (o *Operator) LookupRefund(ctx context.Context, key apo.RefundKey) (FoundRefund, error) {
	a, record, err := o.askFor(ctx, "inquiryRefund", key)
	f := FoundRefund{Answer: a}
	if err != nil {
		return f, err
	}
	f.Refund = apo.ReadRefund(a)
	if key.RefundID != "" && f.Refund.RefundID != key.RefundID || key.RefundID == "" && f.Refund.RefundRequestID != key.RefundRequestID {
		return f, ErrUnnamed
	}
	if contradictsRefund(apo.ReadPayment(a), f.Refund) {
		f.Problem = saysTwoThings
	}
	o.reconcileRefund(ctx, a, f.Refund, record)
	return f, nil
}

// reconcileRefund resolves the calls of a refund that inquiryRefund told of.
func (o *Operator) reconcileRefund(ctx context.Context, a *apo.Answer, got apo.Refund, record int64) {
	if o.Journal == nil || got.RefundRequestID == "" {
		return
	}
	calls, err := o.Journal.Sharing(ctx, o.Account.ClientID, apo.Numbers{RefundRequestID: got.RefundRequestID})
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
		return
	}
	for _, r := range calls {
		if r.Endpoint == "refund" && r.State.Open() && !r.InFlight {
			o.reconcileCall(ctx, r, finding{answer: a, record: record}, func(q request) reading { return readRefund(q, a, apo.Payment{}) })
		}
	}
}

// Await looks a payment up again until it is final, the time is up, or ctx ends;
// within 0 has no end. An inquiry in between that tells nothing is passed over.
func (o *Operator) Await(ctx context.Context, f Found, within time.Duration) Found {
	every := o.Patience.every()
	for begin := o.now(); ; {
		if s := f.Payment.Status; s != apo.StatusProcessing && s != apo.StatusPending {
			return f
		}
		waited := o.now().Sub(begin)
		if within > 0 && waited+every > within {
			return f
		}
		o.tell(Event{Stage: Asking, Waited: waited, Result: Result{Amount: f.Payment.Amount}})
		if !wait.For(ctx, every) {
			return f
		}
		if next, err := o.Lookup(ctx, f.Key); err == nil {
			f = next
		}
	}
}

// Ask calls an API that reads and keeps a record of it. Errors are those of Lookup;
// the answer, if any, comes with them.
func (o *Operator) Ask(ctx context.Context, e apo.Endpoint, body []byte) (*apo.Answer, error) {
	a, _, err := o.ask(ctx, e, body)
	return a, err
}

// Outcome is what the answer says of the inquiry itself: Pending, Unrecognised or
// Failed.
func (e *InquiryError) Outcome() apo.Outcome { return inquiryOutcome(e.Answer) }
