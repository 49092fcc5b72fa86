package sandbox

import "github.com/tidwall/gjson"

// verifyAndCompletePayment completes a payment that waits for its buyer, whose 3DS
// check the merchant had done elsewhere. Sources name the API and say no more of it;
// this is the plain meaning. The payment goes on as if the buyer had passed the page,
// or, where there is mpiData, with what that proves: the buyer failed if it proves
// nothing. The answer is pay's. Of a payment that does not wait for that, but for its card or for nothing, it
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
	b.ThreeDS = l.checkedElsewhere(r, b.payment)
	if err := l.goOn(&b); err != nil {
		return nil, err
	}
	return l.payAnswer(b.payment), nil
}

// checkedElsewhere is what a request says of a payment's 3DS check.
func (l ledger) checkedElsewhere(r gjson.Result, p payment) threeDS {
	found := threeDS{Result: "passed"}
	mpi := r.Get(cardMeta + "mpiData")
	if !mpi.Exists() {
		mpi = r.Get("mpiData") // no source says where it stands
	}
	if mpi.Exists() {
		mask, _ := l.masks(r)
		if found = externalAuthentication(mpi, p.Card.Brand, mask); found.Result == "" {
			found.Result = "failed"
		}
	}
	found.Nonce = p.ThreeDS.Nonce // its page tells how it ended
	return found
}
