package operate

import (
	"context"
	"errors"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// finding is what the inquiries after a request told at one time.
type finding struct {
	reading
	answer *apo.Answer // that told; verified
	record int64       // of that inquiry in the journal; 0: none

	notified bool // a notification told, and there is no answer
}

// canAsk reports whether an inquiry can tell of a request.
func (q request) canAsk() bool {
	switch q.endpoint.Name {
	case "pay", "capture", "cancel", "refund":
		return true
	}
	if leadsToPayment(q.endpoint.Name) {
		return q.payment() != apo.PaymentKey{}
	}
	return IsVaulting(q.endpoint.Name)
}

// payment is the key of the payment in whose books a request stands.
func (q request) payment() apo.PaymentKey {
	if q.numbers.PaymentID != "" && !isPurchase(q.endpoint.Name) {
		return apo.PaymentKey{PaymentID: q.numbers.PaymentID}
	}
	return apo.PaymentKey{PaymentRequestID: q.numbers.PaymentRequestID}
}

// inquire asks once what became of a request. The error says why no verified
// answer could be had.
func (o *Operator) inquire(ctx context.Context, q request) (finding, error) {
	switch {
	case q.endpoint.Name == "refund":
		return o.inquireRefund(ctx, q)
	case IsVaulting(q.endpoint.Name):
		return o.inquireVaulting(ctx, q)
	case q.isSession():
		return o.inquireSession(ctx, q)
	}
	p, f, err := o.inquirePayment(ctx, q.payment())
	if err != nil {
		return f, err
	}
	if f.absent {
		return f, nil
	}
	f.reading = readPayment(q, p)
	if problem := o.anothers(ctx, q, p.PaymentID); problem != "" {
		f.reading = reading{problem: problem}
	}
	return f, nil
}

// inquireRefund asks the payment, in whose books a refund stands for certain, and
// then inquiryRefund for one that is not there, or whose payment cannot be asked.
func (o *Operator) inquireRefund(ctx context.Context, q request) (finding, error) {
	p, books, paymentErr := o.inquirePayment(ctx, q.payment())
	if _, listed := p.Find("REFUND", q.id.Value); listed || paymentErr == nil && bookProblem(p) != "" {
		books.reading = readPayment(q, p)
		return books, nil
	}
	a, record, err := o.askFor(ctx, "inquiryRefund", apo.RefundKey{RefundRequestID: q.id.Value})
	f := finding{answer: a, record: record}
	switch absent := errors.Is(err, ErrNotFound); {
	case absent && paymentErr != nil:
		return f, paymentErr
	case absent:
		f.absent = books.absent || knownStatus(p.Status)
		return f, nil
	case err != nil:
		return f, err
	}
	f.reading = readRefund(q, a, p)
	return f, nil
}

// inquirePayment asks for a payment; absent says that the gateway does not know
// it. An answer without the ID that was asked for tells of some payment, and not of
// this one.
func (o *Operator) inquirePayment(ctx context.Context, key apo.PaymentKey) (apo.Payment, finding, error) {
	a, record, err := o.askFor(ctx, "inquiryPayment", key)
	f := finding{answer: a, record: record}
	if errors.Is(err, ErrNotFound) {
		f.absent = true
		return apo.Payment{}, f, nil
	}
	if err != nil {
		return apo.Payment{}, f, err
	}
	p := apo.ReadPayment(a)
	if !names(p, key) {
		return apo.Payment{}, f, ErrUnnamed
	}
	return p, f, nil
}

func names(p apo.Payment, key apo.PaymentKey) bool {
	if key.PaymentID != "" {
		return p.PaymentID == key.PaymentID
	}
	return key.PaymentRequestID != "" && p.PaymentRequestID == key.PaymentRequestID
}

// askFor is ask for an inquiry by a key.
func (o *Operator) askFor(ctx context.Context, api string, key any) (*apo.Answer, int64, error) {
	body, err := apo.Encode(key)
	if err != nil {
		return nil, 0, err
	}
	return o.ask(ctx, endpoint(api), body)
}

// ask calls an API that reads, and keeps a record of it. An answer that is no
// verified S comes with an error: ErrNotFound, ErrPlayedAgain or an
// [*InquiryError].
func (o *Operator) ask(ctx context.Context, e apo.Endpoint, body []byte) (*apo.Answer, int64, error) {
	a, record, err := o.read(ctx, e, body)
	if err != nil {
		return nil, record, err
	}
	switch inquiryOutcome(a) {
	case apo.Succeeded:
		return a, record, nil
	case apo.NotFound:
		if o.heard(ctx, a, record) {
			return a, record, ErrPlayedAgain
		}
		return a, record, ErrNotFound
	}
	return a, record, &InquiryError{Answer: a}
}

// InquiryError is an inquiry that was answered, and tells nothing.
type InquiryError struct{ Answer *apo.Answer }

func (e *InquiryError) Error() string {
	text := "the inquiry itself was answered with " + e.Answer.Result.Code
	if e.Answer.Unsigned {
		text += ", unsigned, which proves nothing"
	}
	return text
}

// inquiryOutcome is what the answer of an API that reads says of the inquiry:
// Succeeded, NotFound, Pending, Unrecognised or Failed.
func inquiryOutcome(a *apo.Answer) apo.Outcome {
	code, known := apo.Lookup(a.Result.Code)
	caller := known && code.Caller
	switch {
	case a.Unsigned && caller:
		return apo.Unrecognised
	case a.Unsigned:
		return apo.Failed
	case a.Result.Status == "S" && (!known || code.Status != "S"):
		return apo.Failed // it contradicts itself
	case a.Result.Status == "S":
		return apo.Succeeded
	case a.Result.Status == "U":
		return apo.Pending
	case caller:
		return apo.Unrecognised
	case a.Endpoint.Name == "inquireVaulting":
		if a.Result.Code == "VAULTING_NOT_EXIST" && a.Get("vaultingStatus") == "" {
			return apo.NotFound
		}
	case a.Result.Code == "ORDER_NOT_EXIST" && a.Get("paymentStatus") == "" && a.Get("refundStatus") == "":
		return apo.NotFound
	}
	return apo.Failed
}

// gatewaysTime is a time of ours on the gateway's clock, which an answer tells,
// to the second.
func gatewaysTime(a *apo.Answer, ours time.Time) time.Time {
	return ours.Add(a.GatewayTime.Sub(a.ReceivedAt)).Add(-2 * time.Second)
}

// endpoint is an API that is known by its name.
func endpoint(name string) apo.Endpoint {
	e, _ := apo.FindEndpoint(name)
	return e
}
