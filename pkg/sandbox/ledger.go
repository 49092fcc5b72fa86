package sandbox

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// PaymentLife is the time after which a payment that is not finished is closed.
const PaymentLife = 14 * time.Minute

const (
	authorizationLife = 7 * 24 * time.Hour   // Antom's; other acquirers have their own
	refundLife        = 365 * 24 * time.Hour // from the payment on
)

// ledger is what the APIs do to the records, inside one transaction. Its
// methods take a valid request and return the answer; an error is one of the
// store, never of the business.
type ledger struct {
	*tx
	now   time.Time // of what happens; that of the transaction, unless time catches up
	pages string    // scheme and host of the 3DS pages
}

func (s *Sandbox) ledger(t *tx) ledger { return ledger{t, t.now, *s.pages.Load()} }

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
		switch {
		case known.Amount != amount || known.MethodID != methodID:
			return refuse("REPEAT_REQ_INCONSISTENT", "paymentRequestId is in use with another amount or payment method"), nil
		case known.Status == cancelled:
			return l.cancelled("the payment under this paymentRequestId was cancelled"), nil
		case known.Closed:
			return refuse("ORDER_IS_CLOSED", "the payment under this paymentRequestId was closed unpaid"), nil
		}
		return l.payAnswer(known.payment), nil
	}

	if refusal := l.late(r); refusal != nil {
		return refusal, nil
	}
	numbers := l.ids.of("payment", requestID)
	p := payment{
		ID: numbers.transaction(l.now), RequestID: requestID, MethodID: methodID, Amount: amount,
		OrderID:     r.Get("order.referenceOrderId").String(),
		Description: apo.Masker{}.Text(r.Get("order.orderDescription").String()),
		CaptureMode: cmp.Or(r.Get("paymentFactor.captureMode").String(), strings.ToUpper(l.settings.Options.value("capture-mode"))),
		RedirectURL: r.Get("paymentRedirectUrl").String(),
		NotifyURL:   r.Get("paymentNotifyUrl").String(),
		Code:        "PAYMENT_IN_PROCESS", Created: l.now, Closes: l.closing(r.Get("paymentExpiryTime").String()),
	}
	var ok bool
	if p.Card, ok, err = l.cardOf(requestID, r.Get("paymentMethod")); err != nil {
		return nil, err
	} else if !ok {
		return refuse("INVALID_PAYMENT_METHOD_META_DATA", "paymentMethodId is not the token of a saved card"), nil
	}
	name := numbers.route(l.settings.Acquirers)
	if p.Plan, err = l.outcome(call{"pay", p.Card.Behaviour, name, requestID}); err != nil {
		return nil, err
	}
	if p.Plan.turnsAway() {
		return told(p.Plan.Result), nil
	}
	if p.Card.Token != "" && methodID == "" { // not before: who is turned away comes again with the same ID
		if err := l.saveCard(p.Card); err != nil {
			return nil, err
		}
	}
	p.Acquirer = numbers.acquirer(name, "pay_", p.ID, p.RequestID, l.now)
	p.step(accept)
	inProcess, authorized := l.payAnswer(p), l.authorized(p)

	b := &books{payment: p}
	answer, err := l.begin(b, r.Get("paymentMethod.paymentMethodMetaData.is3DSAuthentication").Bool(), numbers) // true and "true" alike
	switch {
	case err != nil:
		return nil, err
	case p.Plan.untrue() && p.Plan.Result == "SUCCESS":
		return l.payAnswer(authorized), nil
	case p.Plan.untrue():
		return told(p.Plan.Result), nil
	case p.Plan.waits() && b.Status != processing:
		return inProcess, nil
	}
	return answer, nil
}

// late refuses a pay that comes after the end of its card or its own.
func (l ledger) late(r gjson.Result) any {
	for _, v := range apo.Validate("pay", []byte(r.Raw), l.now) {
		if v.Rule == "expired" {
			return refuse("INVALID_EXPIRATION_DATE", v.Path+" "+v.Text)
		}
	}
	if expiry := r.Get("paymentExpiryTime").String(); expiry != "" {
		if at, err := apo.ParseTime(expiry); err != nil || !at.After(l.now) {
			return refuse("PARAM_ILLEGAL", "paymentExpiryTime must be an ISO 8601 time that is still to come")
		}
	}
	return nil
}

// begin is the first step of a payment: to the 3DS page, to an acquirer that
// takes its time, or to its decision.
func (l ledger) begin(b *books, wants3DS bool, numbers numbers) (any, error) {
	plan := b.Plan
	page := plan.ThreeDS == "page" || wants3DS && plan.ThreeDS == "" && plan.final() == "SUCCESS"
	if !page && plan.waits() && l.settings.Options.is("no-url", "failed") {
		plan = Outcome{Result: plan.Result, Then: "PROCESS_FAIL"}
		b.Plan = plan
	}
	switch {
	case page:
		b.ThreeDS.Nonce = numbers.nonce()
	case plan.After > 0:
		b.Final = l.now.Add(plan.After)
	case plan.undecided(): // to its end
	default:
		if plan.ThreeDS == "frictionless" || wants3DS {
			b.ThreeDS.Result = "frictionless"
		}
		return l.decide(b)
	}
	if err := l.savePayment(&b.payment); err != nil {
		return nil, err
	}
	return l.payAnswer(b.payment), l.schedule(&b.payment)
}

// closing is when a payment that is not finished is closed.
func (l ledger) closing(expiry string) time.Time {
	if at, err := apo.ParseTime(expiry); err == nil {
		return at
	}
	return l.now.Add(PaymentLife)
}

// decide is the acquirer's answer.
func (l ledger) decide(b *books) (any, error) {
	code := l.planOf(b.payment).final()
	if b.ThreeDS.Result == "failed" {
		code = "USER_PAYMENT_VERIFICATION_FAILED"
	}
	if b.Code = code; code != "SUCCESS" {
		b.step(decline)
		if test, found := l.testCard(b.Card.Behaviour); found && b.ThreeDS.Result != "failed" {
			b.Refusal = test.refusal
		}
		err := errors.Join(l.savePayment(&b.payment), l.schedule(&b.payment))
		if err == nil && b.ThreeDS.Result != "failed" { // that is told when the order closes
			err = l.notifyPayment(b.payment)
		}
		return l.payAnswer(b.payment), err
	}
	b.payment = l.authorized(b.payment)
	err := errors.Join(l.savePayment(&b.payment), l.schedule(&b.payment), l.notifyPayment(b.payment))
	if err == nil && b.CaptureMode == "AUTOMATIC" {
		err = l.captureAutomatically(b)
		var away turnedAway
		if errors.As(err, &away) { // nobody waits for its answer, and the payment stands
			err = nil
		}
	}
	return l.payAnswer(b.payment), err
}

// authorized is a payment to which the acquirer says yes now.
func (l ledger) authorized(p payment) payment {
	p.step(authorize)
	p.Code, p.Paid, p.AuthExpires = "SUCCESS", l.now, l.now.Add(authorizationLife)
	return p
}

// captureAutomatically is APO's own capture. Its request ID is the payment's,
// unless the merchant has used that for another capture before.
func (l ledger) captureAutomatically(b *books) error {
	id := b.RequestID
	_, taken, err := l.transaction("CAPTURE", "request_id", id)
	if err != nil {
		return err
	}
	if taken {
		id = l.ids.of("automatic capture", id).digits(32)
	}
	_, err = l.book(b, "CAPTURE", id, b.Amount, "")
	return err
}

// planOf is what was planned for a payment when it was made; before there were
// plans, its card's.
func (l ledger) planOf(p payment) Outcome {
	if p.Plan != (Outcome{}) {
		return p.Plan
	}
	test, _ := l.testCard(p.Card.Behaviour)
	for _, r := range test.Rules {
		if r.API == "pay" {
			return r.Outcome
		}
	}
	return Outcome{}
}

// cardOf picks what may be kept of the card, with a token if it is to be saved,
// or finds the saved one.
func (l ledger) cardOf(requestID string, method gjson.Result) (c card, ok bool, err error) {
	meta, numbers := method.Get("paymentMethodMetaData"), l.ids.of("card", requestID)
	cvv := ""
	if meta.Get("cvv").String() != "" {
		cvv = "Y"
	}
	if token := method.Get("paymentMethodId").String(); token != "" {
		c, ok, err = l.cardByToken(token)
		c.CVV, c.Network = cvv, numbers.digits(15) // each payment's own
		return c, ok, err
	}
	number := meta.Get("cardNo").String()
	var test TestCard
	if i := slices.IndexFunc(l.cards, func(c TestCard) bool { return c.Number == number }); i >= 0 {
		test = l.cards[i]
	}
	c = card{
		Brand: apo.Brand(number), Bin: number[:6], LastFour: number[len(number)-4:],
		Funding: "CREDIT", Issuer: "SANDBOX BANK", Region: "SG",
		Behaviour: test.Name, AVS: "Y", CVV: cvv, Network: numbers.digits(15),
	}
	if test.funding != "" {
		c.Funding = test.funding
	}
	if meta.Get("tokenizeMode").String() != "" || meta.Get("tokenize").Bool() {
		c.Token = numbers.token()
	}
	return c, true, nil
}

// testCard finds a test card by its name.
func (l ledger) testCard(name string) (TestCard, bool) {
	i := slices.IndexFunc(l.cards, func(c TestCard) bool { return c.Name == name })
	if i < 0 {
		return TestCard{}, false
	}
	return l.cards[i], true
}

// find looks a payment up by paymentId, which wins, or paymentRequestId.
func (l ledger) find(r gjson.Result) (b books, found bool, err error) {
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
	if o, err := l.outcome(call{"inquiryPayment", b.Card.Behaviour, b.Acquirer.Name, b.RequestID}); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return told(o.Result), nil
	}
	if !found {
		return refuse("ORDER_NOT_EXIST", "no payment has this ID"), nil
	}
	return l.inquiryAnswer(b), nil
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
	case !l.now.Before(b.AuthExpires): // it was captured in part
		return refuse("AUTH_EXPIRED", "the authorization ended on "+isoTime(b.AuthExpires)), nil
	case amount.Currency != b.Amount.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in "+b.Amount.Currency), nil
	case b.sum("CAPTURE")+units > authorized:
		left := apo.Units64(b.Amount.Currency, authorized-b.sum("CAPTURE"))
		return refuse("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "left to capture is "+left.String()), nil
	}
	if refusal := l.partly(b, units); refusal != nil {
		return refusal, nil
	}
	return l.move(&b, "CAPTURE", requestID, amount, "")
}

// partly holds a capture against what the acquirer allows of parts.
func (l ledger) partly(b books, units int64) any {
	authorized, _ := b.Amount.Units()
	switch l.settings.Options.value("capture-parts") {
	case "whole":
		if units != authorized {
			return refuse("PARAM_ILLEGAL", "captureAmount.value must be the payment's: this acquirer takes no part")
		}
	case "once":
		if b.sum("CAPTURE") > 0 {
			return refuse("MULTI_CAPTURE_NOT_SUPPORTED", "the payment was captured before")
		}
	}
	return nil
}

func captureAnswerOf(t transaction) captureAnswer {
	return captureAnswer{
		AcquirerReference: t.Acquirer.TransactionID, CaptureAmount: t.Amount, CaptureID: t.ID,
		CaptureRequestID: t.RequestID, CaptureTime: isoTime(t.done()), PaymentID: t.PaymentID, Result: resultOf(t.Code),
	}
}

// move books a capture or refund as the rules will have it, and answers.
func (l ledger) move(b *books, kind, requestID string, amount apo.Amount, notifyURL string) (any, error) {
	t, err := l.book(b, kind, requestID, amount, notifyURL)
	var away turnedAway
	if errors.As(err, &away) {
		return told(away.code), nil
	}
	if err != nil {
		return nil, err
	}
	if kind == "REFUND" {
		return refundAnswerOf(t), nil
	}
	return captureAnswerOf(t), nil
}

// turnedAway is a capture or refund that was not taken, or whose answer is not
// what was booked.
type turnedAway struct{ code string }

func (t turnedAway) Error() string { return t.code }

// book adds a capture or refund to a payment.
func (l ledger) book(b *books, kind, requestID string, amount apo.Amount, notifyURL string) (transaction, error) {
	api := strings.ToLower(kind)
	plan, err := l.outcome(call{api, b.Card.Behaviour, b.Acquirer.Name, requestID})
	if err != nil {
		return transaction{}, err
	}
	if plan.turnsAway() {
		return transaction{}, turnedAway{plan.Result}
	}
	numbers := l.ids.of(kind, requestID)
	t := transaction{
		Kind: kind, ID: numbers.transaction(l.now), RequestID: requestID, PaymentID: b.ID,
		Amount: amount, NotifyURL: notifyURL, Code: notYet(api), Time: l.now, Number: len(b.transactions),
	}
	t.Acquirer = numbers.acquirer(b.Acquirer.Name, "act_", t.ID, requestID, l.now)
	t.Acquirer.MerchantID = b.Acquirer.MerchantID
	t.step(accept)
	switch {
	case plan.After > 0:
		t.Then = plan.final()
		err = l.dueAt(l.now.Add(plan.After), dueResult, t.ID)
	case plan.undecided(): // for good
	default:
		err = l.finish(&t, b, plan.final())
	}
	if err == nil {
		err = l.saveTransaction(&t)
	}
	if err != nil {
		return t, err
	}
	b.transactions = append(b.transactions, t)
	switch { // what the answer says
	case plan.untrue() && plan.Result == "SUCCESS":
		t.Status, t.Code = success, plan.Result
	case plan.untrue():
		return t, turnedAway{plan.Result}
	case plan.After == 0 && plan.waits() && plan.Then != "":
		t.Status, t.Code = processing, notYet(api)
	}
	return t, nil
}

// finish gives a capture or refund its result, and tells it.
func (l ledger) finish(t *transaction, b *books, code string) error {
	t.Code, t.Time = code, l.now
	if code == "SUCCESS" {
		t.step(complete)
	} else {
		t.step(refuseIt)
	}
	if t.Kind == "REFUND" {
		return l.notifyRefund(*t, *b)
	}
	return l.notifyCapture(*t, *b)
}

// conclude lets a capture or refund that was in process come to its end.
func (l ledger) conclude(id string) error {
	t, found, err := l.transactionByID(id)
	if err != nil || !found || t.Status != processing {
		return err
	}
	b, found, err := l.paymentByID(t.PaymentID)
	if err != nil || !found {
		return err
	}
	code := t.Then
	if t.Kind == "CAPTURE" && b.Status == cancelled { // nothing is held any more
		code = "AUTH_CANCELLED"
	}
	if err := errors.Join(l.finish(&t, &b, code), l.saveTransaction(&t)); err != nil {
		return err
	}
	if t.Status == failed && b.Status == success && l.now.After(b.AuthExpires) {
		return l.dueAt(l.now, dueExpiry, b.ID) // nothing keeps the authorization any more
	}
	return nil
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
	plan, err := l.outcome(call{"cancel", b.Card.Behaviour, b.Acquirer.Name, b.RequestID})
	if err != nil {
		return nil, err
	}
	says := cmp.Or(plan.Result, plan.final())
	b.Cancelled = l.now
	answer := told(says)
	if says == "SUCCESS" {
		answer = cancelAnswerOf(b)
	}
	if plan.final() == "SUCCESS" {
		b.step(cancel)
		b.Code = "ORDER_IS_CANCELED"
		err = l.savePayment(&b.payment)
	}
	return answer, err
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
	refundable := b.done("CAPTURE") - b.sum("REFUND")
	switch {
	case repeated && (earlier.PaymentID != b.ID || earlier.Amount != amount):
		return refuse("REPEAT_REQ_INCONSISTENT", "refundRequestId is in use with another amount or payment"), nil
	case repeated:
		return refundAnswerOf(earlier), nil
	case b.Status == cancelled:
		return l.cancelled("the payment was cancelled; nothing is left to refund"), nil
	case b.Status != success:
		return refuse("ORDER_STATUS_INVALID", "the payment is "+string(b.Status)), nil
	case b.done("CAPTURE") == 0:
		return refuse("ORDER_STATUS_INVALID", "nothing was captured; cancel the payment instead"), nil
	case amount.Currency != b.Amount.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in "+b.Amount.Currency), nil
	case units > refundable:
		return refuse("REFUND_AMOUNT_EXCEED", "left to refund is "+apo.Units64(b.Amount.Currency, refundable).String()), nil
	case l.now.After(b.Paid.Add(refundLife)):
		return refuse("REFUND_WINDOW_EXCEED", "the payment is older than a year"), nil
	}
	return l.move(&b, "REFUND", requestID, amount, r.Get("refundNotifyUrl").String())
}

func refundAnswerOf(t transaction) refundAnswer {
	return refundAnswer{
		Acquirer: acquirerAnswer(t.Acquirer, t.Status == success), AcquirerReference: t.Acquirer.TransactionID,
		PaymentID: t.PaymentID, RefundAmount: t.Amount, RefundID: t.ID, RefundRequestID: t.RequestID,
		RefundTime: isoTime(t.done()), Result: resultOf(t.Code),
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
	if o, err := l.outcome(call{"inquiryRefund", "", t.Acquirer.Name, t.RequestID}); err != nil {
		return nil, err
	} else if o.Result != "" && o.Result != "SUCCESS" {
		return told(o.Result), nil
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
	if b.Status != processing || b.ThreeDS.Result != "" {
		return b, true, nil // too late, or answered before: the first answer counts
	}
	if b.ThreeDS.Result = "failed"; passed {
		b.ThreeDS.Result = "passed"
	}
	if after := b.Plan.After; passed && (after > 0 || b.Plan.undecided()) {
		if after > 0 {
			b.Final = l.now.Add(after)
		}
		return b, true, errors.Join(l.savePayment(&b.payment), l.schedule(&b.payment))
	}
	_, err = l.decide(&b)
	return b, true, err
}

func sortByTime(ts []transaction) {
	slices.SortStableFunc(ts, func(a, b transaction) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Number, b.Number)) })
}
