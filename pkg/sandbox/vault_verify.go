package sandbox

import "errors"

// verify takes a card that is to be saved to the 3DS page, to an acquirer that takes
// its time, or to its decision.
func (l ledger) verify(v *vaulting, plan Outcome) error {
	test, _ := l.testCard(v.Card.Behaviour)
	wants3DS := v.Wants3DS && !test.exempt
	v.Plan, v.Asks = plan, ""
	var err error
	switch {
	case v.ThreeDS.Result == "" && (plan.ThreeDS == "page" || wants3DS && plan.ThreeDS == "" && plan.final() == "SUCCESS"):
		v.Asks = asks3DS
		if v.ThreeDS.Nonce == "" { // a session has a page already
			v.ThreeDS.Nonce = l.ids.of("vaulting page", v.RequestID).nonce()
		}
	case plan.After > 0:
		v.Final = l.now.Add(plan.After)
	case plan.undecided(): // to its end
	default:
		if v.ThreeDS.Result == "" && (plan.ThreeDS == "frictionless" || wants3DS) {
			v.ThreeDS.Result = "frictionless"
		}
		err = l.decideVaulting(v)
	}
	return errors.Join(err, l.saveVaulting(v), l.scheduleVaulting(*v))
}

// vaultSays is the answer that a vaulting's plan has for its request, which need not be
// what is recorded.
func (l ledger) vaultSays(v vaulting) any {
	switch plan := v.Plan; {
	case plan.untrue() && plan.Result == "SUCCESS":
		v.Status, v.Code, v.Asks = success, "SUCCESS", ""
		v.Card.Token = l.vaultToken(v)
	case plan.untrue():
		return answerFor(plan.Result)
	case plan.waits() && v.Status != processing:
		v.Status, v.Code = processing, notYet("vaultPaymentMethod")
	}
	return l.vaultAnswer(v)
}

// vaultingPlan is what becomes of a card that is to be saved: by the first rule for
// vaultPaymentMethod that fits, whichever API the card came by; else what the card does
// when it is paid with.
func (l ledger) vaultingPlan(v vaulting) (Outcome, error) {
	o, found, err := l.draw(call{"vaultPaymentMethod", v.Card.Behaviour, v.Acquirer, v.RequestID, facts{bin: v.Card.Bin, buyer: v.Card.Buyer}}, func(r Rule) bool { return r.Fault == "" })
	if found || err != nil {
		return o, err
	}
	test, _ := l.testCard(v.Card.Behaviour)
	for _, r := range test.Rules {
		if r.API == "pay" {
			return r.Outcome, nil
		}
	}
	return Outcome{}, nil
}

// decideVaulting is the issuer's answer: the card is saved, or not. It does not save
// the vaulting itself.
func (l ledger) decideVaulting(v *vaulting) error {
	v.Asks, v.Code = "", v.Plan.final()
	if v.ThreeDS.Result == "failed" {
		v.Code = "USER_PAYMENT_VERIFICATION_FAILED"
	}
	if v.Code != "SUCCESS" {
		v.transition(decline)
		return l.notifyVaulting(*v)
	}
	v.transition(complete)
	v.Card.Token = l.vaultToken(*v)
	return errors.Join(l.saveCard(v.Card), l.notifyVaulting(*v))
}

func (l ledger) vaultToken(v vaulting) string { return l.ids.of("vaulted card", v.RequestID).token() }

// notifyVaulting tells the final state of a vaulting.
func (l ledger) notifyVaulting(v vaulting) error {
	n, body := vaultingNotice(v)
	if n.URL == NobodysNotifyURL {
		n.URL = ""
	}
	return l.post(n, body)
}

// scheduleVaulting writes down what time will bring to a vaulting.
func (t *tx) scheduleVaulting(v vaulting) error {
	if v.Status != processing {
		return nil
	}
	err := t.scheduleAt(v.Closes, scheduledVaulting, v.RequestID)
	if err == nil && !v.Final.IsZero() {
		err = t.scheduleAt(v.Final, scheduledVaulting, v.RequestID)
	}
	return err
}

// vaultingDue lets the acquirer decide about a vaulting, or closes it.
func (l ledger) vaultingDue(requestID string) error {
	v, found, err := l.vaultingByRequestID(requestID)
	if err != nil || !found || v.Status != processing {
		return err
	}
	switch {
	case !v.Final.IsZero() && !l.now.Before(v.Final):
		err = l.decideVaulting(&v)
	case !l.now.Before(v.Closes):
		v.transition(lapse)
		v.Code, v.Asks = "ORDER_IS_CLOSED", ""
		err = l.notifyVaulting(v)
	default:
		return nil
	}
	return errors.Join(err, l.saveVaulting(&v))
}

// answerVaulting is what the buyer did on the 3DS page of a card that is to be saved.
func (l ledger) answerVaulting(v *vaulting, passed bool) error {
	if v.Status != processing || v.Asks != asks3DS {
		return nil // too late, or answered before: the first answer counts
	}
	v.Asks = ""
	if v.ThreeDS.Result = "failed"; passed {
		v.ThreeDS.Result = "passed"
	}
	var err error
	switch after := v.Plan.After; {
	case passed && after > 0:
		v.Final = l.now.Add(after)
	case passed && v.Plan.undecided():
	default:
		err = l.decideVaulting(v)
	}
	return errors.Join(err, l.saveVaulting(v), l.scheduleVaulting(*v))
}

func (t *tx) saveVaulting(v *vaulting) error {
	t.changed("vaulting", v.RequestID)
	return t.put(`INSERT INTO vaultings (request_id, nonce, doc) VALUES (?, ?, ?)
		ON CONFLICT (request_id) DO UPDATE SET nonce = excluded.nonce, doc = excluded.doc`, v, v.RequestID, orNull(v.ThreeDS.Nonce))
}

func (t *tx) vaultingByRequestID(id string) (v vaulting, found bool, err error) {
	found, err = t.get(&v, `SELECT doc FROM vaultings WHERE request_id = ?`, id)
	return v, found, err
}

func (t *tx) vaultingByNonce(nonce string) (v vaulting, found bool, err error) {
	found, err = t.get(&v, `SELECT doc FROM vaultings WHERE nonce = ?`, nonce)
	return v, found, err
}

// orNull keeps what is empty out of an index.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
