package operate

import (
	"context"
	"errors"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Found is a payment as a verified inquiry told it.
type Found struct {
	Answer  *apo.Answer
	Payment apo.Payment
	Key     apo.PaymentKey // that found it
	Problem string         // how the answer contradicts itself; "": it does not
}

// ErrUnnamed says that an inquiry's answer does not carry the number that was asked
// for: it tells of something, not of this.
var ErrUnnamed = errors.New("the inquiry's answer does not carry the ID that was asked for")

// ErrNotFound says that the gateway knows none of the numbers.
var ErrNotFound = errors.New("the gateway does not know it")

// Lookup asks for a payment by one key after another until one is known. Open
// calls of it are resolved by the way. The error is an [*apo.Error], an
// [*InquiryError], a [*Refusal], ErrUnnamed or ErrNotFound; the answer that says
// so, if any, is in Found.
func (o *Operator) Lookup(ctx context.Context, keys ...apo.PaymentKey) (Found, error) {
	var f Found
	for _, key := range keys {
		body, err := apo.Encode(key)
		if err != nil {
			return f, err
		}
		a, record, err := o.read(ctx, endpoint("inquiryPayment"), body)
		if err != nil {
			return f, err
		}
		f = Found{Answer: a, Key: key}
		told := finding{answer: a, record: record}
		switch inquiryOutcome(a) {
		case apo.NotFound:
			o.reconcileAbsent(ctx, key, told)
			continue
		case apo.Succeeded:
		default:
			return f, &InquiryError{Answer: a}
		}
		if f.Payment = apo.ReadPayment(a); !names(f.Payment, key) {
			return f, ErrUnnamed
		}
		f.Problem = bookProblem(f.Payment)
		o.reconcile(ctx, f.Payment, told)
		return f, nil
	}
	return f, ErrNotFound
}

// LookupRefund asks for a refund by either of its IDs, and resolves open calls of
// it by the way. Errors are those of Lookup.
func (o *Operator) LookupRefund(ctx context.Context, key apo.RefundKey) (*apo.Answer, error) {
	body, err := apo.Encode(key)
	if err != nil {
		return nil, err
	}
	a, record, err := o.read(ctx, endpoint("inquiryRefund"), body)
	if err != nil {
		return nil, err
	}
	switch inquiryOutcome(a) {
	case apo.NotFound:
		return a, ErrNotFound
	case apo.Succeeded:
	default:
		return a, &InquiryError{Answer: a}
	}
	got := apo.ReadRefund(a)
	if key.RefundID != "" && got.RefundID != key.RefundID || key.RefundID == "" && got.RefundRequestID != key.RefundRequestID {
		return a, ErrUnnamed
	}
	o.reconcileRefund(ctx, a, got, record)
	return a, nil
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
		if !sleep(ctx, every) {
			return f
		}
		if next, err := o.Lookup(ctx, f.Key); err == nil {
			f = next
		}
	}
}

// Ask calls an API that reads and keeps a record of it. An answer that is none,
// of status U, or not found, comes with an error as that of Lookup.
func (o *Operator) Ask(ctx context.Context, e apo.Endpoint, body []byte) (*apo.Answer, error) {
	a, _, err := o.read(ctx, e, body)
	if err != nil {
		return nil, err
	}
	switch inquiryOutcome(a) {
	case apo.Succeeded:
		return a, nil
	case apo.NotFound:
		return a, ErrNotFound
	}
	return a, &InquiryError{Answer: a}
}

// Outcome is what the answer says of the inquiry itself: Pending, Unrecognised or
// Failed.
func (e *InquiryError) Outcome() apo.Outcome { return inquiryOutcome(e.Answer) }
