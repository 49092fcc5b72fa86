package operate

import (
	"context"
	"errors"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// createPaymentSession, submitPay and verifyAndCompletePayment lead to one payment, as
// pay does: what became of them stands in its books, under its paymentRequestId.

// leadsToPayment reports whether an API leads to a payment and is not pay itself.
func leadsToPayment(endpoint string) bool {
	switch endpoint {
	case "createPaymentSession", "submitPay", "verifyAndCompletePayment":
		return true
	}
	return false
}

// ofPayment are the numbers that a request does not name itself.
func (q request) ofPayment() apo.Numbers {
	if !leadsToPayment(q.endpoint.Name) {
		return apo.Numbers{}
	}
	return apo.Numbers{PaymentRequestID: q.numbers.PaymentRequestID, ReferenceOrderID: q.numbers.ReferenceOrderID}
}

// hasEnded reports whether a verified answer says that the session has ended, and that
// nobody can pay with it.
func hasEnded(a *apo.Answer) bool {
	return !a.Unsigned && a.Result.Status == "F" && a.Result.Code == "ORDER_IS_CLOSED"
}

// isSession reports whether a request makes a session, with which nothing moves until
// its buyer pays.
func (q request) isSession() bool { return q.endpoint.Name == "createPaymentSession" }

// requestID is the ID under which the books have a request.
func (q request) requestID() string {
	if leadsToPayment(q.endpoint.Name) {
		return q.numbers.PaymentRequestID
	}
	return q.id.Value
}

// isOf reports whether an amount is the request's. Who submits a session that is not
// known here, or completes such a payment, knows none.
func (q request) isOf(a apo.Amount) bool {
	return a == q.amount || q.amount.IsZero() && leadsToPayment(q.endpoint.Name) && !q.isSession()
}

// completed takes in what the journal knows of the payment to which a request leads: a
// session's ID, order and amount, or those of the pay that is to be completed.
func (o *Operator) completed(ctx context.Context, q request) request {
	if !leadsToPayment(q.endpoint.Name) || q.isSession() {
		return q
	}
	list := o.sources(ctx, q)
	if len(list) == 0 {
		return q
	}
	source := list[0]
	q.numbers = q.numbers.Or(apo.Numbers{PaymentRequestID: source.Numbers.PaymentRequestID, ReferenceOrderID: source.Numbers.ReferenceOrderID})
	if q.amount.IsZero() {
		q.amount = source.Amount
	}
	return q
}

// recorded is completed for a request of the journal. An F to a session that is not known
// here proves nothing of the payment that it names.
func (o *Operator) recorded(q request, r journal.Record) request {
	ctx := context.Background()
	if q.endpoint.Name == "submitPay" && r.Result.Status == "F" && len(o.sources(ctx, q)) == 0 {
		q.numbers.PaymentRequestID, q.numbers.PaymentID = "", ""
	}
	q.refused = needsConfirmation(r)
	q.ended = q.isSession() && r.Verification == "verified" && r.Result.Code == "ORDER_IS_CLOSED"
	return o.completed(ctx, q)
}

// sources are the records that made what a request submits or completes.
func (o *Operator) sources(ctx context.Context, q request) []journal.Record {
	store := o.Journal
	if store == nil {
		store = o.Earlier
	}
	if store == nil || q.id.Value == "" {
		return nil
	}
	list, err := store.Sharing(context.WithoutCancel(ctx), o.Account.ClientID, apo.Numbers{PaymentRequestID: q.id.Value})
	if err != nil {
		o.tell(Event{Stage: Unrecorded, Err: err})
	}
	return slices.DeleteFunc(list, func(r journal.Record) bool {
		if r.Outcome == apo.NotSent || elsewhere(r.Gateway, o.Gateway) {
			return true
		}
		if q.endpoint.Name == "submitPay" {
			return r.Endpoint != "createPaymentSession" || r.Verification != "verified" ||
				gjson.GetBytes(r.Answer, "paymentSessionId").String() != q.id.Value
		}
		return r.Endpoint != "pay" && r.Endpoint != "createPaymentSession" || r.Numbers.PaymentRequestID != q.id.Value && r.Numbers.PaymentID != q.id.Value
	})
}

// WithAmount adds to a request of which the body does not say how much moves what tells:
// the journal, or else the gateway, which has the order of a session and the payment that
// is to be completed. Where nothing tells, nothing is added. Errors are those of Lookup.
func (o *Operator) WithAmount(ctx context.Context, r Request) (Request, error) {
	q := readRequest(r.Endpoint, r.Body, o.now())
	if !leadsToPayment(r.Endpoint.Name) || q.isSession() || !q.amount.IsZero() || !r.Amount.IsZero() {
		return r, nil
	}
	if q = o.completed(ctx, q); !q.amount.IsZero() {
		r.Amount = q.amount
		return r, nil
	}
	if !o.Limits.Live && o.Limits.MaxAmount == nil {
		return r, nil
	}
	if r.Endpoint.Name == "submitPay" {
		a, _, err := o.askFor(ctx, "retrievePaymentSession", map[string]string{"paymentSessionId": q.id.Value})
		if err == nil {
			r.Amount = apo.AmountOf([]byte(gjson.GetBytes(a.Raw, "order.orderAmount").Raw))
		}
		return r, err
	}
	f, err := o.Lookup(ctx, numbersKey(q))
	if err == nil {
		r.Amount = f.Payment.Amount
	}
	return r, err
}

func numbersKey(q request) apo.PaymentKey {
	if q.numbers.PaymentID != "" {
		return apo.PaymentKey{PaymentID: q.numbers.PaymentID}
	}
	return apo.PaymentKey{PaymentRequestID: q.numbers.PaymentRequestID}
}

// foreign says why a verified answer to submitPay, whose body does not name the payment,
// is not its answer; "" where it may be. It is what the client asks of all that do.
func (q request) foreign(a *apo.Answer) (problem string) {
	if q.endpoint.Name != "submitPay" || a.Unsigned {
		return ""
	}
	told := apo.NumbersOf(a.Raw)
	amount := gjson.GetBytes(a.Raw, "paymentAmount")
	switch {
	case differ(q.numbers.PaymentRequestID, told.PaymentRequestID):
		return "the answer is signed but about another paymentRequestId"
	case a.Result.Status == "S" && told.PaymentRequestID == "":
		return "the answer says S, and not of which payment"
	case amount.Exists() && amount.Type != gjson.Null && !q.isOf(apo.AmountOf([]byte(amount.Raw))):
		return "the answer is signed but its paymentAmount is " + apo.AmountOf([]byte(amount.Raw)).String() + " instead of " + q.amount.String()
	}
	return ""
}

// lacks says what a success has to carry, and does not.
func lacks(a *apo.Answer) (problem string) {
	none := func(paths ...string) bool {
		return !slices.ContainsFunc(paths, func(path string) bool { return a.Get(path) != "" })
	}
	switch a.Endpoint.Name {
	case "createPaymentSession":
		if none("paymentSessionId") || none("normalUrl", "url", "paymentSessionData") {
			return "the answer says S, and has no session"
		}
	case "createVaultingSession":
		if none("normalUrl", "url", "vaultingSessionData", "vaultingSessionId") {
			return "the answer says S, and has no session"
		}
	case "vaultPaymentMethod":
		status := a.Get("vaultingStatus")
		if none("paymentMethodDetail.card.cardToken") || status != "" && status != apo.StatusSuccess {
			return "the answer says S, and has no saved card"
		}
	}
	return ""
}

// inquireSession asks what became of a session that was to be made: its payment tells,
// or else the session itself, unless that has ended.
func (o *Operator) inquireSession(ctx context.Context, q request) (finding, error) {
	p, f, err := o.inquirePayment(ctx, q.payment())
	switch {
	case err != nil || f.absent && q.ended:
		return f, err
	case !f.absent:
		f.reading = readPayment(q, p)
		return f, nil
	}
	a, record, err := o.askFor(ctx, "retrievePaymentSession", apo.PaymentKey{PaymentRequestID: q.numbers.PaymentRequestID})
	var failed *InquiryError
	if q.refused && errors.As(err, &failed) { // nobody has been given a page, and there is no payment
		return f, nil
	}
	f = finding{answer: a, record: record}
	switch {
	case errors.Is(err, ErrNotFound):
		f.absent = true
		return f, nil
	case err != nil:
		return f, err
	}
	f.reading = readSession(q, a)
	return f, nil
}

// readSession is what retrievePaymentSession says of a session. It names none, so its
// order has to be the one that was sent.
func readSession(q request, a *apo.Answer) reading {
	order := gjson.GetBytes(a.Raw, "order")
	amount := apo.AmountOf([]byte(order.Get("orderAmount").Raw))
	if !order.Get("orderAmount").IsObject() || amount != q.amount || differ(order.Get("referenceOrderId").String(), q.numbers.ReferenceOrderID) {
		return reading{problem: "retrievePaymentSession does not tell of this order"}
	}
	return reading{outcome: apo.Succeeded}
}

// readSessionPayment is what the books of a payment say of the session from which it
// came: that it was there.
func readSessionPayment(q request, p apo.Payment) reading {
	r := readPay(q, p)
	if r.problem == "" && r.outcome != apo.Different {
		r = reading{outcome: apo.Succeeded}
	}
	return r
}

// paymentSoFar asks once what became of the payment of a session that is made again: it
// may have been made meanwhile. unknown says that nobody could tell.
func (o *Operator) paymentSoFar(ctx context.Context, q request) (p *apo.Payment, unknown bool) {
	found, f, err := o.inquirePayment(ctx, q.payment())
	switch {
	case err != nil:
		return nil, true
	case f.absent:
		return nil, false
	case bookProblem(found) != "" || found.Amount != q.amount || !knownStatus(found.Status):
		return nil, true
	}
	o.reconcile(ctx, found, f)
	return &found, false
}
