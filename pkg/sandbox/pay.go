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

// pay records a payment, or answers as before when its request ID is known.
func (l ledger) pay(r gjson.Result) (any, error) {
	requestID, amount := r.Get("paymentRequestId").String(), amountOf(r.Get("paymentAmount"))
	methodID := r.Get("paymentMethod.paymentMethodId").String()
	known, found, err := l.paymentByRequestID(requestID)
	switch {
	case err != nil:
		return nil, err
	case found && (known.asked() != amount || known.MethodID != methodID):
		return refuse("REPEAT_REQ_INCONSISTENT", "paymentRequestId is in use with another amount or payment method"), nil
	case found:
		return l.payAgain(known.payment), nil
	}
	if refusal, err := l.hasSession(requestID); refusal != nil || err != nil {
		return refusal, err
	}
	if refusal := l.late(r); refusal != nil {
		return refusal, nil
	}
	if lacksCard(r) {
		return l.awaitCard(r)
	}
	return l.payWith(r, payment{})
}

// payWith records a payment with its card; waited is the payment that was waiting for
// the card, or the zero value.
func (l ledger) payWith(r gjson.Result, waited payment) (any, error) {
	requestID := cmp.Or(waited.RequestID, r.Get("paymentRequestId").String())
	methodID := r.Get("paymentMethod.paymentMethodId").String()
	card, found, err := l.cardOf(requestID, r.Get("paymentMethod"))
	if err != nil {
		return nil, err
	}
	if !found || methodID != "" && !card.isOf(r) {
		return refuse("INVALID_PAYMENT_METHOD_META_DATA", "paymentMethodId is not the token of a saved card of this buyer"), nil
	}
	p := waited
	if waited.ID == "" {
		p = l.requested(r)
		p.transition(accept)
	}
	numbers := l.ids.of("payment", requestID)
	id := numbers.transaction(l.now)
	acquirer, course := l.firstAcquirer(requestID, r, card, numbers)
	meta := r.Get("paymentMethod.paymentMethodMetaData")
	test, _ := l.testCard(card.Behaviour)
	wants3DS := meta.Get("is3DSAuthentication").Bool() && !test.exempt // true and "true" alike
	plan, err := l.outcomeOfPay(call{"pay", card.Behaviour, acquirer, requestID, facts{p.Amount, p.OrderID, p.Buyer, card.Bin}}, p.Amount, l.hasEnded(card, r))
	if err != nil {
		return nil, err
	}
	if course != nil {
		course.Asks = wants3DS
	}
	if isMerchantInitiated(r) {
		plan, wants3DS = plan.withoutBuyer(wants3DS), false
	}
	switch {
	case plan.rejects() && waited.ID == "":
		return answerFor(plan.Result), nil
	case plan.rejects(): // nobody is there to be turned away
		plan = plan.declined()
	}
	if methodID != "" {
		if card, err = l.spend(card, r, requestID); err != nil {
			return nil, err
		}
	}
	if card.Token != "" && methodID == "" { // not before: who is turned away comes again with the same ID
		card.keeps(r)
		if err := l.saveCard(card); err != nil {
			return nil, err
		}
	}
	id = cmp.Or(waited.ID, id)
	p.ID, p.MethodID, p.Card, p.Plan, p.Routing = id, methodID, card, plan, course
	p.Acquirer = numbers.acquirer(acquirer, "pay_", id, requestID, l.now)
	if mpi := meta.Get("mpiData"); mpi.Exists() {
		mask, _ := l.masks(r)
		p.ThreeDS = externalAuthentication(mpi, card.Brand, mask)
	}
	p.Wants3DS = wants3DS
	return l.begin(p, numbers)
}

// requested is a payment as its request has it, without its numbers and its card.
func (l ledger) requested(r gjson.Result) payment {
	mask, address := l.masks(r)
	return payment{
		RequestID: r.Get("paymentRequestId").String(), Amount: amountOf(r.Get("paymentAmount")),
		OrderID:     r.Get("order.referenceOrderId").String(),
		Buyer:       mask.Text(r.Get("order.buyer.referenceBuyerId").String()),
		Description: mask.Text(r.Get("order.orderDescription").String()),
		CaptureMode: cmp.Or(r.Get("paymentFactor.captureMode").String(), strings.ToUpper(l.settings.Options.value("capture-mode"))),
		Terminal:    terminalOf(r),
		RedirectURL: address.Text(r.Get("paymentRedirectUrl").String()),
		NotifyURL:   notifyAddress(address, r, "paymentNotifyUrl"),
		SettleIn:    r.Get("settlementStrategy.settlementCurrency").String(),
		Code:        "PAYMENT_IN_PROCESS", Created: l.now, Closes: l.closing(r.Get("paymentExpiryTime").String()),
	}
}

// payAgain answers a pay that is repeated.
func (l ledger) payAgain(p payment) any {
	switch {
	case p.Status == cancelled:
		return l.cancelled("the payment under this paymentRequestId was cancelled")
	case p.Closed:
		return refuse("ORDER_IS_CLOSED", "the payment under this paymentRequestId was closed unpaid")
	}
	p.Amount = p.asked()
	return l.payAnswer(p)
}

// begin records the first step of a payment, and answers what its plan says, which
// need not be what is recorded.
func (l ledger) begin(p payment, numbers numbers) (any, error) {
	b := &paymentRecord{payment: p}
	answer, err := l.firstStep(b, numbers)
	if b.Acquirer.Name != p.Acquirer.Name { // the answer is that of the acquirer who was asked last
		p.Plan, p.Acquirer = b.Plan, b.Acquirer
	}
	switch {
	case err != nil:
		return nil, err
	case p.Plan.untrue() && p.Plan.Result == "SUCCESS":
		return l.payAnswer(l.authorized(p)), nil
	case p.Plan.untrue():
		return answerFor(p.Plan.Result), nil
	case p.Plan.waits() && b.Status != processing:
		return l.payAnswer(p), nil
	}
	return answer, nil
}

// firstStep takes a payment to the 3DS page, to an acquirer that takes its time, or
// to its decision.
func (l ledger) firstStep(b *paymentRecord, numbers numbers) (any, error) {
	plan := b.Plan
	page := b.ThreeDS.Result == "" && (plan.ThreeDS == "page" || b.Wants3DS && plan.ThreeDS == "" && plan.final() == "SUCCESS")
	if !page && plan.waits() && l.settings.Options.is("no-url", "failed") {
		plan = Outcome{Result: plan.Result, Then: "PROCESS_FAIL"}
		b.Plan = plan
	}
	switch {
	case page:
		b.ThreeDS.Nonce = cmp.Or(b.Page, numbers.nonce())
	case plan.After > 0:
		b.Final = l.now.Add(plan.After)
	case plan.undecided(): // to its end
	default:
		if b.ThreeDS.Result == "" && (plan.ThreeDS == "frictionless" || b.Wants3DS) {
			b.ThreeDS.Result = "frictionless"
		}
		return l.decide(b)
	}
	if err := l.savePayment(&b.payment); err != nil {
		return nil, err
	}
	return l.payAnswer(b.payment), l.schedule(&b.payment)
}

// decide is the acquirer's answer.
func (l ledger) decide(b *paymentRecord) (any, error) {
	code := l.planOf(b.payment).final()
	if b.ThreeDS.Result == "failed" {
		code = "USER_PAYMENT_VERIFICATION_FAILED"
	}
	if b.Code = code; code != "SUCCESS" {
		if answer, done, err := l.failOver(b); done {
			return answer, err
		}
		b.transition(decline)
		if b.ThreeDS.Result != "failed" {
			b.Refusal = l.refusalOf(code)
		}
		err := errors.Join(l.savePayment(&b.payment), l.schedule(&b.payment))
		told := b.ThreeDS.Result != "failed" && !(b.answered() && l.settings.Options.is("notify-declines", "no"))
		if err == nil && told { // a failed check is told when the order closes
			err = l.notifyPayment(b.payment)
		}
		return l.payAnswer(b.payment), err
	}
	b.payment = l.authorized(b.payment)
	err := errors.Join(l.savePayment(&b.payment), l.schedule(&b.payment), l.notifyPayment(b.payment))
	if err == nil && b.CaptureMode == "AUTOMATIC" {
		err = l.captureAutomatically(b)
		var no rejection
		if errors.As(err, &no) { // nobody waits for its answer, and the payment stands
			err = nil
		}
	}
	return l.payAnswer(b.payment), err
}

// answered reports whether the answer of pay itself says that an acquirer declined.
func (p payment) answered() bool {
	return p.Final.IsZero() && p.ThreeDS.Nonce == "" && p.Page == "" && !p.Plan.waits()
}

// authorized is a payment to which the acquirer says yes now.
func (l ledger) authorized(p payment) payment {
	p.transition(authorize)
	p.Code, p.Paid, p.AuthExpires = "SUCCESS", l.now, l.now.Add(authorizationLife)
	p.Cancelled = time.Time{} // it was, and the buyer went on: that came to nothing
	return p
}

// captureAutomatically is APO's own capture.
func (l ledger) captureAutomatically(b *paymentRecord) error {
	id, err := l.automaticID(*b)
	if err != nil {
		return err
	}
	_, err = l.record(b, transaction{Kind: "CAPTURE", RequestID: id, Amount: b.Amount})
	return err
}

// automaticID is the request ID of a capture that APO does or tells by itself: the
// payment's, unless the merchant has used that for another capture before.
func (l ledger) automaticID(b paymentRecord) (string, error) {
	_, taken, err := l.transaction("CAPTURE", "request_id", b.RequestID)
	if taken {
		return l.ids.automaticCapture(b.RequestID), err
	}
	return b.RequestID, err
}

// automaticCapture is the request ID of APO's own capture where the payment's is taken.
func (n ids) automaticCapture(requestID string) string {
	return n.of("automatic capture", requestID).digits(32)
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

// late refuses a pay that comes after the end of its card or its own.
func (l ledger) late(r gjson.Result) any {
	const meta = "paymentMethod.paymentMethodMetaData."
	year, month := r.Get(meta+"expiryYear").String(), r.Get(meta+"expiryMonth").String()
	if year != "" && month != "" && !l.now.Before(apo.CardEnd(year, month)) {
		return refuse("INVALID_EXPIRATION_DATE", meta+"expiryYear: the card has expired")
	}
	if expiry := r.Get("paymentExpiryTime").String(); expiry != "" {
		if at, err := apo.ParseTime(expiry); err != nil || !at.After(l.now) {
			return refuse("PARAM_ILLEGAL", "paymentExpiryTime must be an ISO 8601 time that is still to come")
		}
	}
	return nil
}

// closing is when a payment that is not finished is closed. What lies beyond the end
// of all clocks is written down as a moment behind it: of some years and offsets there
// is no JSON.
func (l ledger) closing(expiry string) time.Time {
	if at, err := apo.ParseTime(expiry); err == nil {
		if never := latest().Add(time.Second); at.After(never) {
			return never
		}
		return at.UTC()
	}
	return l.now.Add(PaymentLife)
}

// cardOf picks what may be kept of the card, with a token if it is to be saved,
// or finds the saved one.
func (l ledger) cardOf(requestID string, method gjson.Result) (c card, ok bool, err error) {
	meta, numbers := method.Get("paymentMethodMetaData"), l.ids.of("card", requestID)
	if token := method.Get("paymentMethodId").String(); token != "" {
		c, ok, err = l.cardByToken(token)
		once, unread := l.isOfBrowser(token)
		if test, _ := l.testCard(c.Behaviour); !once { // else they were typed in beside the number
			c.checks(meta, test)
		}
		c.Network = numbers.digits(15) // each payment's own
		return c, ok, cmp.Or(err, unread)
	}
	number := meta.Get("cardNo").String()
	var test TestCard
	if i := slices.IndexFunc(l.cards, func(c TestCard) bool { return c.Number == number }); i >= 0 {
		test = l.cards[i]
	}
	c = card{
		Brand: cmp.Or(test.Brand, apo.Brand(number)), Bin: number[:6], LastFour: number[len(number)-4:],
		Funding: cmp.Or(test.funding, "CREDIT"), Issuer: "SANDBOX BANK", Region: cmp.Or(test.region, "SG"),
		Behaviour: test.Name, Network: numbers.digits(15),
		Fingerprint: l.fingerprint(number), HoldName: holdName(meta.Get("cardholderName")),
	}
	c.checks(meta, test)
	if meta.Get("tokenizeMode").String() != "" || meta.Get("tokenize").Bool() {
		c.Token = numbers.token()
	}
	return c, true, nil
}

// terminalOf is the terminal that a buyer pays at; "" is a browser on a computer.
func terminalOf(r gjson.Result) string {
	if t := r.Get("env.terminalType").String(); t != "WEB" {
		return t
	}
	return ""
}

// testCard finds a test card by its name.
func (l ledger) testCard(name string) (TestCard, bool) {
	i := slices.IndexFunc(l.cards, func(c TestCard) bool { return c.Name == name })
	if i < 0 {
		return TestCard{}, false
	}
	return l.cards[i], true
}

// refusalOf are the issuer's words for a result code: those that come with the test
// card which is declined with it; none for a code that is no issuer's.
func (l ledger) refusalOf(code string) string {
	for _, c := range l.cards {
		for _, r := range c.Rules {
			if c.refusal != "" && (r.Result == code || r.Then == code) {
				return c.refusal
			}
		}
	}
	return ""
}

// answerChallenge is what the buyer did on the 3DS page.
func (l ledger) answerChallenge(nonce string, passed bool) (b paymentRecord, found bool, err error) {
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
	return b, true, l.goOn(&b)
}

// goOn takes a payment whose 3DS check has ended to the acquirer.
func (l ledger) goOn(b *paymentRecord) error {
	if after := b.Plan.After; b.ThreeDS.Result != "failed" && (after > 0 || b.Plan.undecided()) {
		if after > 0 {
			b.Final = l.now.Add(after)
		}
		return errors.Join(l.savePayment(&b.payment), l.schedule(&b.payment))
	}
	_, err := l.decide(b)
	return err
}
