package sandbox

import "fmt"

// status is the state of a payment, capture, refund or session. The words are APO's
// paymentStatus and transactionStatus.
type status string

const (
	begun      status = "" // not recorded yet
	processing status = "PROCESSING"
	success    status = "SUCCESS"
	failed     status = "FAIL"
	cancelled  status = "CANCELLED"

	// Of a session, in the sandbox's own words.
	waiting   status = "OPEN"
	submitted status = "SUBMITTED"
	expired   status = "EXPIRED"
	// Of a dispute, for which APO has no words.
	opened   status = "OPEN"
	defended status = "DEFENDED"
	conceded status = "ACCEPTED"
	judged   status = "JUDGED"
)

// event is what moves a record from one state to another.
type event string

const (
	accept    event = "accept"    // the gateway took it
	authorize event = "authorize" // the acquirer said yes to a payment
	decline   event = "decline"   // the acquirer said no, or 3DS failed
	cancel    event = "cancel"    // the merchant called cancel
	reroute   event = "reroute"   // the acquirer said no, and another is asked
	lapse     event = "lapse"     // 3DS was never finished, or the authorization never captured
	complete  event = "complete"  // the acquirer did a capture or refund
	refuseIt  event = "refuse"    // the acquirer refused a capture or refund
	submitIt  event = "submit"    // the buyer submitted a session, or the merchant did
	defend    event = "defend"    // the merchant answered a dispute
	concede   event = "concede"   // the merchant accepted a dispute, or let its time pass
	judge     event = "judge"     // a dispute was decided
)

// transition is one line of the table of states.
type transition struct {
	of    string // "payment", "transaction", "session", "vaulting" or "dispute"
	from  status
	on    event
	to    status
	means string // what it means, in words
}

// transitions are all there are: what is not in the list cannot happen. README's
// table of states is checked against it.
func transitions() []transition {
	return []transition{
		{"payment", begun, accept, processing, "pay took it"},
		{"payment", processing, authorize, success, "authorized; the amount is held for seven days"},
		{"payment", processing, decline, failed, "declined, or the 3DS check failed"},
		{"payment", processing, reroute, processing, "declined by one acquirer; a routing rule sends it to the next"},
		{"payment", processing, cancel, cancelled, "cancelled before it was paid"},
		{"payment", processing, lapse, failed, "never finished; closed after 14 minutes"},
		{"payment", success, cancel, cancelled, "cancelled; what was held or taken goes back"},
		{"payment", success, lapse, cancelled, "never captured; the authorization ended"},
		{"transaction", begun, accept, processing, "capture or refund took it"},
		{"transaction", processing, complete, success, "the money moved"},
		{"transaction", processing, refuseIt, failed, "refused by the acquirer; nothing moved"},
		{"session", begun, accept, waiting, "createPaymentSession took it; there is no payment yet"},
		{"session", waiting, submitIt, submitted, "the buyer gave a card, or submitPay was called; the payment begins"},
		{"session", waiting, lapse, expired, "never submitted; ended after an hour, or sooner where its request says so"},
		{"vaulting", begun, accept, processing, "vaultPaymentMethod or createVaultingSession took it"},
		{"vaulting", processing, complete, success, "the card was verified and saved; its token pays"},
		{"vaulting", processing, decline, failed, "declined, or the 3DS check failed"},
		{"vaulting", processing, lapse, failed, "never finished; closed after 14 minutes, a session's after an hour"},
		{"dispute", begun, accept, opened, "the cardholder disputes what was captured; no refund meanwhile"},
		{"dispute", opened, judge, judged, "decided: the amount stays with the merchant, or goes back"},
		{"dispute", opened, defend, defended, "AMS: supplyDefenseDocument; still to be judged"},
		{"dispute", opened, concede, conceded, "AMS: acceptDispute, or not answered in time; the amount goes back"},
		{"dispute", opened, cancel, cancelled, "AMS: the cardholder takes it back"},
		{"dispute", defended, judge, judged, "decided, after the defense"},
		{"dispute", defended, cancel, cancelled, "AMS: the cardholder takes it back"},
	}
}

// next is where an event leads; ok is false for a transition that there is not.
func next(of string, from status, on event) (to status, ok bool) {
	for _, s := range transitions() {
		if s.of == of && s.from == from && s.on == on {
			return s.to, true
		}
	}
	return from, false
}

// transition is the only way to change a payment's status. One that there is not
// ends the transaction of the store, so that nothing of it is written.
func (p *payment) transition(e event) { p.Status = mustTransition("payment", p.Status, e) }

// transition is the only way to change the status of a capture or refund.
func (t *transaction) transition(e event) { t.Status = mustTransition("transaction", t.Status, e) }

func mustTransition(of string, from status, on event) status {
	to, ok := next(of, from, on)
	if !ok {
		panic(fmt.Sprintf("a %s in state %q cannot %s", of, from, on))
	}
	return to
}

// can reports whether a transition is allowed.
func (p *payment) can(e event) bool {
	_, ok := next("payment", p.Status, e)
	return ok
}
