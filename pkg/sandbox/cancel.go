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
	case b.Status == cancelled, b.Status == failed && !b.Cancelled.IsZero(): // repeated; the buyer who went on was declined
		return cancelAnswerOf(b), nil
	case !b.can(cancel):
		return refuse("ORDER_STATUS_INVALID", "the payment is "+string(b.Status)), nil
	case b.Dispute != "" || b.Lost > 0:
		return refuse("ORDER_STATUS_INVALID", "the payment is or was disputed: what is taken back would go back twice"), nil
	case b.sum("REFUND") > 0:
		return refuse("ORDER_STATUS_INVALID", "the payment was refunded, in part or whole"), nil
	case b.Status == success && !l.now.Before(b.Paid.Add(cancelLife)):
		return refuse("CANCEL_WINDOW_EXCEED", "the payment could be cancelled until "+isoTime(b.Paid.Add(cancelLife))+"; refund what was captured"), nil
	}
	plan, err := l.outcome(call{"cancel", b.Card.Behaviour, b.Acquirer.Name, b.RequestID, factsOf(b.payment)})
	if err != nil {
		return nil, err
	}
	says := cmp.Or(plan.Result, plan.final())
	goesOn := (b.waitsForBuyer() || b.awaitsCard()) && l.settings.Options.is("pay-after-cancel", "yes")
	if b.Cancelled.IsZero() || !goesOn { // repeated, it was cancelled then
		b.Cancelled = l.now
	}
	answer := answerFor(says)
	if says == "SUCCESS" {
		answer = cancelAnswerOf(b)
	}
	switch {
	case plan.final() != "SUCCESS":
	case goesOn:
		err = l.savePayment(&b.payment)
	default:
		err = l.end(&b)
	}
	return answer, err
}

// end cancels a payment.
func (l ledger) end(b *paymentRecord) error {
	b.transition(cancel)
	b.Code = "ORDER_IS_CANCELED"
	return l.savePayment(&b.payment)
}

// waitsForBuyer reports whether a 3DS page waits for the buyer, who has not submitted it.
func (p *payment) waitsForBuyer() bool {
	return p.Status == processing && p.ThreeDS.Nonce != "" && p.ThreeDS.Result == ""
}

func cancelAnswerOf(b paymentRecord) cancelAnswer {
	return cancelAnswer{isoTime(b.Cancelled), b.ID, b.RequestID, resultOf("SUCCESS")}
}
