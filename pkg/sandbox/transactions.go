package sandbox

import (
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

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
	last := r.Get("isLastCapture").Bool() // true and "true" alike
	switch {
	case repeated && (earlier.PaymentID != b.ID || earlier.Amount != amount || earlier.Last != last):
		return refuse("REPEAT_REQ_INCONSISTENT", "captureRequestId is in use with another amount, payment or isLastCapture"), nil
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
	case b.lastCapture() != "":
		return refuse("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "nothing is left to capture: "+b.lastCapture()+" was the last capture, and released the rest"), nil
	case b.sum("CAPTURE")+units > authorized:
		left := apo.Units64(b.Amount.Currency, authorized-b.sum("CAPTURE"))
		return refuse("CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT", "left to capture is "+left.String()), nil
	}
	if refusal := l.partly(b, units); refusal != nil {
		return refusal, nil
	}
	return l.createTransaction(&b, transaction{Kind: "CAPTURE", RequestID: requestID, Amount: amount, Last: last})
}

// partly holds a capture against what the acquirer allows of parts.
func (l ledger) partly(b paymentRecord, units int64) any {
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
	paid, _ := b.Amount.Units()
	of := r.Get("captureId").String()
	refundable := b.refundable()
	switch { // currency, amount, state, period: the order of APO's page
	case repeated && (earlier.PaymentID != b.ID || earlier.Amount != amount || earlier.CaptureID != of):
		return refuse("REPEAT_REQ_INCONSISTENT", "refundRequestId is in use with another amount, payment or capture"), nil
	case repeated:
		return refundAnswerOf(earlier), nil
	case amount.Currency != b.Amount.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the payment is in "+b.Amount.Currency), nil
	case units > paid:
		return refuse("REFUND_AMOUNT_EXCEED", "the payment is of "+b.Amount.String()), nil
	case b.Status == cancelled:
		return l.cancelled("the payment was cancelled; nothing is left to refund"), nil
	case b.Status != success:
		return refuse("ORDER_STATUS_INVALID", "the payment is "+string(b.Status)), nil
	case b.Dispute != "":
		return refuse("ORDER_STATUS_INVALID", "dispute "+b.Dispute+" is open: no refund until it is judged"), nil
	case b.done("CAPTURE") == 0:
		return refuse("ORDER_STATUS_INVALID", "nothing was captured; cancel the payment instead"), nil
	case units > refundable:
		return refuse("REFUND_AMOUNT_EXCEED", "left to refund is "+apo.Units64(b.Amount.Currency, refundable).String()), nil
	case l.now.After(b.Paid.Add(refundLife)):
		return refuse("REFUND_WINDOW_EXCEED", "the payment is older than a year"), nil
	}
	if refusal := l.ofCapture(b, of, units); refusal != nil {
		return refusal, nil
	}
	_, address := l.masks(r)
	return l.createTransaction(&b, transaction{
		Kind: "REFUND", RequestID: requestID, Amount: amount, CaptureID: of, NotifyURL: notifyAddress(address, r, "refundNotifyUrl"),
	})
}

// createTransaction records the capture or refund that is wanted as the rules will
// have it, and answers.
func (l ledger) createTransaction(b *paymentRecord, wanted transaction) (any, error) {
	t, err := l.record(b, wanted)
	var no rejection
	if errors.As(err, &no) {
		return answerFor(no.code), nil
	}
	if err != nil {
		return nil, err
	}
	if wanted.Kind == "REFUND" {
		return refundAnswerOf(t), nil
	}
	return captureAnswerOf(t), nil
}

// rejection is a capture or refund that was not taken, or whose answer is not
// what was recorded.
type rejection struct{ code string }

func (t rejection) Error() string { return t.code }

// record adds the capture or refund t to a payment, of which is given what the
// merchant wants.
func (l ledger) record(b *paymentRecord, t transaction) (transaction, error) {
	api := strings.ToLower(t.Kind)
	asked := call{api, b.Card.Behaviour, b.Acquirer.Name, t.RequestID, factsOf(b.payment).of(t.Amount)}
	plan, ruled, err := l.ruled(asked)
	if err != nil {
		return transaction{}, err
	}
	if !ruled {
		plan = l.byCard(asked)
	}
	if plan.rejects() {
		return transaction{}, rejection{plan.Result}
	}
	numbers := l.ids.of(t.Kind, t.RequestID)
	t.ID, t.PaymentID = numbers.transaction(l.now), b.ID
	t.Code, t.Time, t.Number = notYet(api), l.now, len(b.transactions)
	t.Acquirer = numbers.acquirer(b.Acquirer.Name, "act_", t.ID, t.RequestID, l.now)
	t.Acquirer.MerchantID = b.Acquirer.MerchantID
	t.transition(accept)
	switch {
	case plan.After > 0:
		t.Then = plan.final()
		err = l.scheduleAt(l.now.Add(plan.After), scheduledResult, t.ID)
	case plan.undecided(): // for good
		if ruled && t.Kind == "CAPTURE" { // which is how news with a U can be tried
			err = l.notifyCapture(t, *b)
		}
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
		return t, rejection{plan.Result}
	case plan.After == 0 && plan.waits() && plan.Then != "":
		t.Status, t.Code = processing, notYet(api)
	}
	return t, nil
}

// finish gives a capture or refund its result, and tells it.
func (l ledger) finish(t *transaction, b *paymentRecord, code string) error {
	t.Code, t.Time = code, l.now
	if code == "SUCCESS" {
		t.transition(complete)
	} else {
		t.transition(refuseIt)
	}
	if t.Kind == "REFUND" {
		return l.notifyRefund(*t, *b)
	}
	return l.notifyCapture(*t, *b)
}

// complete lets a capture or refund that was in process come to its end.
func (l ledger) complete(id string) error {
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
		return l.scheduleAt(l.now, scheduledExpiry, b.ID) // nothing keeps the authorization any more
	}
	return nil
}

func captureAnswerOf(t transaction) captureAnswer {
	return captureAnswer{
		AcquirerReference: t.Acquirer.TransactionID, CaptureAmount: t.Amount, CaptureID: t.ID,
		CaptureRequestID: t.RequestID, CaptureTime: isoTime(t.done()), PaymentID: t.PaymentID, Result: resultOf(t.Code),
	}
}

func refundAnswerOf(t transaction) refundAnswer {
	return refundAnswer{
		Acquirer: acquirerAnswer(t.Acquirer), AcquirerReference: t.Acquirer.TransactionID,
		PaymentID: t.PaymentID, RefundAmount: t.Amount, RefundID: t.ID, RefundRequestID: t.RequestID,
		RefundTime: isoTime(t.done()), Result: resultOf(t.Code),
	}
}
