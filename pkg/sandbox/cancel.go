package sandbox

import (
	"cmp"

	"github.com/tidwall/gjson"
)

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
	case b.Dispute != "" || b.Lost > 0:
		return refuse("ORDER_STATUS_INVALID", "the payment is or was disputed: what is taken back would go back twice"), nil
	case b.sum("REFUND") > 0:
		return refuse("ORDER_STATUS_INVALID", "the payment was refunded, in part or whole"), nil
	}
	plan, err := l.outcome(call{"cancel", b.Card.Behaviour, b.Acquirer.Name, b.RequestID})
	if err != nil {
		return nil, err
	}
	says := cmp.Or(plan.Result, plan.final())
	b.Cancelled = l.now
	answer := answerFor(says)
	if says == "SUCCESS" {
		answer = cancelAnswerOf(b)
	}
	if plan.final() == "SUCCESS" {
		b.transition(cancel)
		b.Code = "ORDER_IS_CANCELED"
		err = l.savePayment(&b.payment)
	}
	return answer, err
}

func cancelAnswerOf(b paymentRecord) cancelAnswer {
	return cancelAnswer{isoTime(b.Cancelled), b.ID, b.RequestID, resultOf("SUCCESS")}
}
