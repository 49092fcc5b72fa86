package sandbox

import (
	"cmp"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// PaymentLife is the time after which a payment that is not finished is closed.
const PaymentLife = 14 * time.Minute

const (
	authorizationLife = 7 * 24 * time.Hour   // Antom's; other acquirers have their own
	refundLife        = 365 * 24 * time.Hour // from the payment on

	// cancelLife is how long a payment may be cancelled, from paymentTime on. It is a
	// matter of the contract with the acquirer, and no page tells a number for cards;
	// this one is long enough for any, and shorter than refundLife.
	cancelLife = 90 * 24 * time.Hour
)

// ledger is what the APIs do to the records, inside one transaction. Its
// methods take a valid request and return the answer; an error is one of the
// store, never of the business.
type ledger struct {
	*tx
	now   time.Time // of what happens; that of the transaction, unless time catches up
	pages string    // scheme and host of the 3DS pages

	secrets *secrets // of the request that is worked on; nil: none was learnt
}

func (s *Sandbox) ledger(t *tx) ledger { return ledger{tx: t, now: t.now, pages: *s.pages.Load()} }

func amountOf(r gjson.Result) apo.Amount { return apo.AmountOf([]byte(r.Raw)) }

// find looks a payment up by paymentId, which wins, or paymentRequestId.
func (l ledger) find(r gjson.Result) (b paymentRecord, found bool, err error) {
	if id := r.Get("paymentId").String(); id != "" {
		return l.paymentByID(id)
	}
	return l.paymentByRequestID(r.Get("paymentRequestId").String())
}

func (l ledger) inquiryPayment(r gjson.Result) (any, error) {
	b, found, err := l.find(r)
	if err != nil {
		return nil, err
	}
	if o, err := l.outcome(call{"inquiryPayment", b.Card.Behaviour, b.Acquirer.Name, cmp.Or(b.RequestID, r.Get("paymentRequestId").String()), factsOf(b.payment)}); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return answerFor(o.Result), nil
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no payment has this ID"), nil
	}
	return l.inquiryAnswer(b), nil
}

func (l ledger) inquiryRefund(r gjson.Result) (any, error) {
	column, key := "id", r.Get("refundId").String()
	if key == "" {
		column, key = "request_id", r.Get("refundRequestId").String()
	}
	t, found, err := l.transaction("REFUND", column, key)
	if err != nil {
		return nil, err
	}
	c, err := l.callOf("inquiryRefund", cmp.Or(t.RequestID, r.Get("refundRequestId").String()), t.PaymentID, r)
	if err != nil {
		return nil, err
	}
	if c.acquirer = t.Acquirer.Name; found {
		c.amount = t.Amount
	}
	if o, err := l.outcome(c); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return answerFor(o.Result), nil
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no refund has this ID"), nil
	}
	a := refundAnswerOf(t)
	a.PaymentID, a.AcquirerReference, a.RefundStatus, a.Result = "", "", t.Status, resultOf("SUCCESS")
	return a, nil
}
