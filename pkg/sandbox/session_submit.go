package sandbox

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// submitPay makes the payment of a session. Where the buyer gave no card before, the
// payment waits for it.
func (l ledger) submitPay(r gjson.Result) (any, error) {
	s, found, err := l.findSession(r)
	if err != nil {
		return nil, err
	}
	amount := amountOf(r.Get("paymentAmount"))
	if amount == (apo.Amount{}) {
		amount = s.Amount
	}
	switch {
	case !found:
		return refuse("ORDER_NOT_EXIST", "no session has this paymentSessionId"), nil
	case s.Status == expired:
		return refuse("ORDER_IS_CLOSED", "the session has ended; nobody submitted it"), nil
	case amount.Currency != s.Amount.Currency:
		return refuse("CURRENCY_NOT_SUPPORT", "the session is in "+s.Amount.Currency), nil
	case s.Status == submitted:
		return l.submitAgain(s, r, amount)
	}
	o, err := l.outcome(call{api: "submitPay", requestID: s.RequestID, facts: facts{amount: amount}})
	if err != nil {
		return nil, err
	}
	if o.Result != "" && o.Result != "SUCCESS" {
		return answerFor(o.Result), nil
	}
	if err := l.reorder(s, r.Get("order")); err != nil {
		return nil, err
	}
	p, err := l.submit(&s, amount)
	return l.payAnswer(p), err
}

// reorder puts what submitPay says of the order in place of what the session said.
func (l ledger) reorder(s session, order gjson.Result) error {
	if !order.IsObject() {
		return nil
	}
	text, err := l.form(s.Nonce)
	if err != nil {
		return err
	}
	request, err := objectOf(text)
	if err != nil {
		return err
	}
	kept, err := objectOf(request["order"])
	if err != nil {
		return err
	}
	given, err := objectOf(apo.Masker{}.JSON([]byte(order.Raw)))
	if err != nil {
		return err
	}
	for name, value := range given {
		kept[name] = value
	}
	if request["order"], err = json.Marshal(kept); err != nil {
		return err
	}
	if text, err = json.Marshal(request); err != nil {
		return err
	}
	_, err = l.sql.Exec(`UPDATE forms SET doc = ? WHERE nonce = ?`, string(text), s.Nonce)
	return err
}

func (l ledger) submitAgain(s session, r gjson.Result, amount apo.Amount) (any, error) {
	b, _, err := l.paymentByID(s.PaymentID)
	if err == nil && r.Get("paymentAmount").Exists() && b.Amount != amount {
		return refuse("REPEAT_REQ_INCONSISTENT", "the session was submitted with another amount"), nil
	}
	return l.payAgain(b.payment), err
}

// submit brings the payment of a session into the books, where it waits for its card.
func (l ledger) submit(s *session, amount apo.Amount) (payment, error) {
	request, err := l.form(s.Nonce)
	if err != nil {
		return payment{}, err
	}
	p := l.requested(gjson.ParseBytes(request))
	p.ID, p.RequestID, p.Amount, p.Page = l.ids.of("payment", s.RequestID).transaction(l.now), s.RequestID, amount, s.Nonce
	p.transition(accept)
	if err := l.savePayment(&p); err != nil {
		return p, err
	}
	if err := l.schedule(&p); err != nil {
		return p, err
	}
	s.transition(submitIt)
	s.PaymentID = p.ID
	return p, l.saveSession(s)
}
