package sandbox

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// facts are what a rule is held against beside a call's names: what the call, or its
// payment, is about.
type facts struct {
	amount apo.Amount
	order  string // referenceOrderId
	buyer  string // referenceBuyerId
	bin    string // the first six digits of the card
}

// asksFacts reports whether a rule is for some calls by what they are about.
func (r Rule) asksFacts() bool {
	return r.Amount != "" || r.Currency != "" || r.Order != "" || r.Buyer != "" || r.Bin != ""
}

// fitsFacts reports whether all facts that a rule names are those of a call.
func (r Rule) fitsFacts(f facts) bool {
	is := func(wanted, has string) bool { return wanted == "" || wanted == has }
	return is(r.Amount, f.amount.Value) && is(r.Currency, f.amount.Currency) && is(r.Order, f.order) && is(r.Buyer, f.buyer) &&
		strings.HasPrefix(f.bin, r.Bin)
}

// factsOf are those of a payment.
func factsOf(p payment) facts { return facts{p.Amount, p.OrderID, p.Buyer, p.Card.Bin} }

// of is the facts of a part of a payment: a capture or refund.
func (f facts) of(amount apo.Amount) facts {
	f.amount = amount
	return f
}

// callOf is a call of which no more is known than its request; of a notification, its
// body. paymentID is its payment where the request does not name it. The books are
// asked where a rule wants to know of them.
func (l ledger) callOf(api, id, paymentID string, request gjson.Result) (call, error) {
	c := call{api: api, requestID: id}
	rules, err := l.rules()
	if err != nil || !slices.ContainsFunc(rules, Rule.asksFacts) {
		return c, err
	}
	if paymentID == "" {
		if t, found, err := l.transaction("REFUND", "request_id", id); api == "inquiryRefund" && found || err != nil {
			paymentID = t.PaymentID
		}
	}
	b, found, err := l.paymentByID(cmp.Or(paymentID, request.Get("paymentId").String()))
	if err == nil && !found {
		b, _, err = l.paymentByRequestID(request.Get("paymentRequestId").String())
	}
	c.facts = factsOf(b.payment)
	for _, name := range []string{"paymentAmount", "captureAmount", "refundAmount"} {
		if v := request.Get(name); v.IsObject() {
			c.amount = amountOf(v)
		}
	}
	c.order = cmp.Or(request.Get("order.referenceOrderId").String(), c.order)
	c.buyer = cmp.Or(request.Get("order.buyer.referenceBuyerId").String(), c.buyer)
	if number := request.Get(cardMeta + "cardNo").String(); len(number) >= 12 {
		c.bin = number[:6]
	}
	return c, err
}
