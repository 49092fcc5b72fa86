package sandbox

import (
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

const (
	authorizationLife = 7 * 24 * time.Hour   // Antom's; other acquirers have their own
	paymentLife       = 14 * time.Minute     // until an unfinished payment is closed
	refundLife        = 365 * 24 * time.Hour // from the payment on
)

// ledger is what the APIs do to the records, inside one transaction. Its
// methods take a valid request and return the answer; an error is one of the
// store, never of the business.
type ledger struct {
	*tx
	ids   ids
	now   time.Time
	pages string // scheme and host of the 3DS pages
}

func amountOf(r gjson.Result) apo.Amount {
	value := r.Get("value")
	a := apo.Amount{Currency: r.Get("currency").String(), Value: value.String()}
	if value.Type == gjson.Number {
		a.Value = value.Raw
	}
	return a
}

// pay books a payment, or answers as before when its request ID is known.
func (l ledger) pay(r gjson.Result) (any, error) {
	requestID, amount := r.Get("paymentRequestId").String(), amountOf(r.Get("paymentAmount"))
	methodID := r.Get("paymentMethod.paymentMethodId").String()

	known, found, err := l.paymentByRequestID(requestID)
	if err != nil {
		return nil, err
	}
	if found {
		if err := l.catchUp(&known); err != nil {
			return nil, err
		}
		switch {
		case known.Amount != amount || known.MethodID != methodID:
			return refuse("REPEAT_REQ_INCONSISTENT", "paymentRequestId is in use with another amount or payment method"), nil
		case known.Status == cancelled:
			return refuse("ORDER_IS_CANCELED", "the payment under this paymentRequestId was cancelled"), nil
		case known.Closed:
			return refuse("ORDER_IS_CLOSED", "the payment under this paymentRequestId was closed unpaid"), nil
		}
		return l.payAnswer(known.payment), nil
	}

	p := payment{
		ID: l.ids.transaction(l.now), RequestID: requestID, MethodID: methodID, Amount: amount,
		OrderID:     r.Get("order.referenceOrderId").String(),
		CaptureMode: r.Get("paymentFactor.captureMode").String(),
		RedirectURL: r.Get("paymentRedirectUrl").String(),
		NotifyURL:   r.Get("paymentNotifyUrl").String(),
		Code:        "PAYMENT_IN_PROCESS", Created: l.now,
	}
	var ok bool
	if p.Card, ok, err = l.cardOf(r.Get("paymentMethod")); err != nil {
		return nil, err
	} else if !ok {
		return refuse("INVALID_PAYMENT_METHOD_META_DATA", "paymentMethodId is not the token of a saved card"), nil
	}
	p.Acquirer = l.ids.acquirerOf(p.ID, p.RequestID, l.now)
	p.step(accept)

	act := behaviour(p.Card.Behaviour)
	wants3DS := r.Get("paymentMethod.paymentMethodMetaData.is3DSAuthentication").Bool() // true and "true" alike
	switch {
	case act.late > 0:
		p.Final = l.now.Add(act.late)
	case act.page, wants3DS && !act.quiet && act.code == "":
		p.ThreeDS.Nonce = l.ids.nonce()
	default:
		if act.quiet || wants3DS {
			p.ThreeDS.Result = "frictionless"
		}
		return l.decide(&books{payment: p})
	}
	return l.payAnswer(p), l.savePayment(&p)
}

// decide is the acquirer's answer.
func (l ledger) decide(b *books) (any, error) {
	act := behaviour(b.Card.Behaviour)
	if act.code != "" || b.ThreeDS.Result == "failed" {
		b.step(decline)
		b.Code, b.Refusal = act.code, act.refusal
		if b.ThreeDS.Result == "failed" {
			b.Code, b.Refusal = "USER_PAYMENT_VERIFICATION_FAILED", ""
		}
		return l.payAnswer(b.payment), l.savePayment(&b.payment)
	}
	b.step(authorize)
	b.Code, b.Paid, b.AuthExpires = "SUCCESS", l.now, l.now.Add(authorizationLife)
	if err := l.savePayment(&b.payment); err != nil {
		return nil, err
	}
	if b.CaptureMode == "AUTOMATIC" {
		// APO uses the payment's own request ID for its automatic capture.
		if _, err := l.book(b, "CAPTURE", b.RequestID, b.Amount); err != nil {
			return nil, err
		}
	}
	return l.payAnswer(b.payment), nil
}

// cardOf keeps what may be kept of the card, or finds the saved one.
func (l ledger) cardOf(method gjson.Result) (c card, ok bool, err error) {
	if token := method.Get("paymentMethodId").String(); token != "" {
		return l.cardByToken(token)
	}
	meta := method.Get("paymentMethodMetaData")
	number := meta.Get("cardNo").String()
	test, _ := testCard(func(c TestCard) bool { return c.Number == number })
	c = card{
		Brand: apo.Brand(number), Bin: number[:6], LastFour: number[len(number)-4:],
		Funding: "CREDIT", Issuer: "SANDBOX BANK", Region: "SG",
		Behaviour: test.Name, AVS: "Y", Network: l.ids.digits(15),
	}
	if test.funding != "" {
		c.Funding = test.funding
	}
	if meta.Get("cvv").String() != "" {
		c.CVV = "Y"
	}
	if meta.Get("tokenizeMode").String() == "" && !meta.Get("tokenize").Bool() {
		return c, true, nil
	}
	c.Token = l.ids.token()
	return c, true, l.saveCard(c)
}

// catchUp lets happen what time has brought: the acquirer decided, a buyer
// never finished 3DS, an authorization was never captured.
func (l ledger) catchUp(b *books) error {
	switch {
	case b.Status == processing && !b.Final.IsZero() && !l.now.Before(b.Final):
		_, err := l.decide(b)
		return err
	case b.Status == processing && l.now.After(b.Created.Add(paymentLife)):
		b.step(lapse)
		b.Code, b.Closed = "ORDER_IS_CLOSED", true
	case b.Status == success && b.sum("CAPTURE") == 0 && l.now.After(b.AuthExpires):
		b.step(lapse)
		b.Code, b.Cancelled = "AUTH_EXPIRED", b.AuthExpires
	default:
		return nil
	}
	return l.savePayment(&b.payment)
}

// find looks a payment up by paymentId, which wins, or paymentRequestId.
func (l ledger) find(r gjson.Result) (b books, found bool, err error) {
	if id := r.Get("paymentId").String(); id != "" {
		b, found, err = l.paymentByID(id)
	} else {
		b, found, err = l.paymentByRequestID(r.Get("paymentRequestId").String())
	}
	if found && err == nil {
		err = l.catchUp(&b)
	}
	return b, found, err
}

func (l ledger) inquiryPayment(r gjson.Result) (any, error) {
	b, found, err := l.find(r)
	if err != nil {
		return nil, err
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no payment has this ID"), nil
	}
	return inquiryAnswerOf(b), nil
}

func (l ledger) capture(r gjson.Result) (any, error) {
	requestID, amount := r.Get("captureRequestId").String(), amountOf(r.Get("captureAmount"))
	b, found, err := l.find(r)
	if err != nil {
		return nil, err
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no payment has this paymentId"), nil
	}
	earlier, repeated, err := l.transaction("CAPTURE", "request_id", requestID)
	if err != nil {
		return nil, err
	}
	units, _ := amount.Units()
	authorized, _ := b.Amount.Units()
	switch {
	case repeated && (earlier.PaymentID != b.ID || earlier.Amount != amount):
		return refuse("REPEAT_REQ_INCONSISTENT", "captureRequestId is in use with another amount or payment"), nil
	case repeated:
		return captureAnswerOf(earlier), nil
	case b.Status == cancelled && b.Code == "AUTH_EXPIRED":
		return refuse("AUTH_EXPIRED", "the authorization ended on "+isoTime(b.AuthExpires)), nil
	case b.Status == cancelled:
		return refuse("AUTH_CANCELLED", "the payment was cancelled"), nil
	case b.Status != success:
		return refuse("ORDER_STATUS_INVALID", "the payment is "+string(b.Status)), nil
	case amount.Currency != b.Amount.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in "+b.Amount.Currency), nil
	case b.sum("CAPTURE")+units > authorized:
		left := apo.Units64(b.Amount.Currency, authorized-b.sum("CAPTURE"))
		return refuse("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "left to capture is "+left.String()), nil
	}
	t, err := l.book(&b, "CAPTURE", requestID, amount)
	if err != nil {
		return nil, err
	}
	return captureAnswerOf(t), nil
}

func captureAnswerOf(t transaction) captureAnswer {
	return captureAnswer{
		AcquirerReference: t.Acquirer.TransactionID, CaptureAmount: t.Amount, CaptureID: t.ID,
		CaptureRequestID: t.RequestID, CaptureTime: isoTime(t.Time), PaymentID: t.PaymentID, Result: resultOf(t.Code),
	}
}

// book adds a capture or refund to a payment.
func (l ledger) book(b *books, kind, requestID string, amount apo.Amount) (transaction, error) {
	prefix := "act_"
	t := transaction{
		Kind: kind, ID: l.ids.transaction(l.now), RequestID: requestID, PaymentID: b.ID,
		Amount: amount, Status: success, Code: "SUCCESS", Time: l.now,
	}
	t.Acquirer = l.ids.acquirer(b.Acquirer.Name, prefix, t.ID, requestID, l.now)
	t.Acquirer.MerchantID = b.Acquirer.MerchantID
	b.transactions = append(b.transactions, t)
	return t, l.saveTransaction(&t)
}

func (l ledger) cancel(r gjson.Result) (any, error) {
	b, found, err := l.find(r)
	if err != nil {
		return nil, err
	}
	switch {
	case !found:
		return refuse("ORDER_NOT_EXIST", "no payment has this ID"), nil
	case b.Status == cancelled:
		return cancelAnswerOf(b), nil
	case !b.can(cancel):
		return refuse("ORDER_STATUS_INVALID", "the payment is "+string(b.Status)), nil
	case b.sum("REFUND") > 0:
		return refuse("ORDER_STATUS_INVALID", "the payment was refunded, in part or whole"), nil
	}
	b.step(cancel)
	b.Code, b.Cancelled = "ORDER_IS_CANCELED", l.now
	return cancelAnswerOf(b), l.savePayment(&b.payment)
}

func cancelAnswerOf(b books) cancelAnswer {
	return cancelAnswer{isoTime(b.Cancelled), b.ID, b.RequestID, resultOf("SUCCESS")}
}

func (l ledger) refund(r gjson.Result) (any, error) {
	requestID, amount := r.Get("refundRequestId").String(), amountOf(r.Get("refundAmount"))
	b, found, err := l.find(r)
	if err != nil {
		return nil, err
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no payment has this paymentId"), nil
	}
	earlier, repeated, err := l.transaction("REFUND", "request_id", requestID)
	if err != nil {
		return nil, err
	}
	units, _ := amount.Units()
	refundable := b.sum("CAPTURE") - b.sum("REFUND")
	switch {
	case repeated && (earlier.PaymentID != b.ID || earlier.Amount != amount):
		return refuse("REPEAT_REQ_INCONSISTENT", "refundRequestId is in use with another amount or payment"), nil
	case repeated:
		return refundAnswerOf(earlier), nil
	case b.Status == cancelled:
		return refuse("ORDER_IS_CANCELED", "the payment was cancelled; nothing is left to refund"), nil
	case b.Status != success:
		return refuse("ORDER_STATUS_INVALID", "the payment is "+string(b.Status)), nil
	case b.sum("CAPTURE") == 0:
		return refuse("ORDER_STATUS_INVALID", "nothing was captured; cancel the payment instead"), nil
	case amount.Currency != b.Amount.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in "+b.Amount.Currency), nil
	case units > refundable:
		return refuse("REFUND_AMOUNT_EXCEED", "left to refund is "+apo.Units64(b.Amount.Currency, refundable).String()), nil
	case l.now.After(b.Paid.Add(refundLife)):
		return refuse("REFUND_WINDOW_EXCEED", "the payment is older than a year"), nil
	}
	t, err := l.book(&b, "REFUND", requestID, amount)
	if err != nil {
		return nil, err
	}
	return refundAnswerOf(t), nil
}

func refundAnswerOf(t transaction) refundAnswer {
	return refundAnswer{
		Acquirer: acquirerAnswer(t.Acquirer, t.Status == success), AcquirerReference: t.Acquirer.TransactionID,
		PaymentID: t.PaymentID, RefundAmount: t.Amount, RefundID: t.ID, RefundRequestID: t.RequestID,
		RefundTime: isoTime(t.Time), Result: resultOf(t.Code),
	}
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
	if !found {
		return refuse("ORDER_NOT_EXIST", "no refund has this ID"), nil
	}
	a := refundAnswerOf(t)
	a.PaymentID, a.RefundStatus, a.Result = "", t.Status, resultOf("SUCCESS")
	return a, nil
}

// answerChallenge is what the buyer did on the 3DS page.
func (l ledger) answerChallenge(nonce string, passed bool) (b books, found bool, err error) {
	b, found, err = l.paymentByNonce(nonce)
	if !found || err != nil {
		return b, found, err
	}
	if err := l.catchUp(&b); err != nil || b.Status != processing || b.ThreeDS.Result != "" {
		return b, true, err // too late, or answered before: the first answer counts
	}
	if b.ThreeDS.Result = "failed"; passed {
		b.ThreeDS.Result = "passed"
	}
	_, err = l.decide(&b)
	return b, true, err
}

func sortByTime(ts []transaction) {
	slices.SortStableFunc(ts, func(a, b transaction) int { return a.Time.Compare(b.Time) })
}
