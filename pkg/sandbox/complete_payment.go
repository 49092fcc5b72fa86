package sandbox

import "github.com/tidwall/gjson"

// verifyAndCompletePayment completes a payment that waits for its buyer, whose 3DS
// check the merchant had done elsewhere. Sources name the API and say no more of it;
// this is the plain meaning. The payment goes on as if the buyer had passed the page,
// or failed it where mpiData says that nobody was authenticated, and the answer is
// pay's. Of a payment that does not wait for that, but for its card or for nothing, it
// changes nothing.
func (l ledger) verifyAndCompletePayment(r gjson.Result) (any, error) {
	b, found, err := l.find(r)
	if err != nil {
		return nil, err
	}
	o, err := l.outcome(call{"verifyAndCompletePayment", b.Card.Behaviour, b.Acquirer.Name, b.RequestID, factsOf(b.payment)})
	switch {
	case err != nil:
		return nil, err
	case o.Result != "" && o.Result != "SUCCESS":
		return answerFor(o.Result), nil
	case !found:
		return refuse("ORDER_NOT_EXIST", "no payment has this ID"), nil
	case !b.waitsForBuyer():
		return l.payAgain(b.payment), nil
	}
	if b, _, err = l.answerChallenge(b.ThreeDS.Nonce, isVerified(r)); err != nil {
		return nil, err
	}
	return l.payAnswer(b.payment), nil
}

// isVerified reports whether nothing says that the buyer was not authenticated, as the
// electronic commerce indicators 00 of Mastercard and 07 of the others do.
func isVerified(r gjson.Result) bool {
	eci := r.Get(cardMeta + "mpiData.eci").String()
	return eci != "00" && eci != "07"
}
