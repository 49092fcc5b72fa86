package apo

// Decision is what follows from a code, a status or a word of APO: the answers to
// what a person asks who has to act upon it. No part of it is empty.
type Decision struct {
	Money     Moved
	Final     Finality
	RequestID Reuse
	Wait      Wait
	Buyer     ForBuyer
	Next      Step
}

// Moved says whether money moved.
type Moved string

const (
	MovedNo      Moved = "no"       // none moved because of this request
	MovedMaybe   Moved = "maybe"    // it may have moved: ask before anything else
	MovedYes     Moved = "yes"      // the operation took effect
	MovedNotSaid Moved = "not-said" // this says nothing of it; the result does
)

// Finality says whether anything may still change.
type Finality string

const (
	Final        Finality = "yes"
	StillOpen    Finality = "no"
	FinalNotSaid Finality = "not-said" // this says nothing of it; the result does
)

// Reuse says under which request ID the request may be sent again.
type Reuse string

const (
	SameID    Reuse = "same"    // under its own alone: another would be a second request
	NewID     Reuse = "new"     // another one, for another attempt: the old one is used up
	NeitherID Reuse = "neither" // it is not sent again
)

// Wait says when: one of these words, or a time such as "2s", "15s", "1h" or "2d".
type Wait string

const (
	WaitNone   Wait = "none"         // at once
	WaitLater  Wait = "later"        // no time is documented: longer from one try to the next
	WaitMended Wait = "until-mended" // once what the code names has been put right
	WaitKnown  Wait = "until-known"  // once an inquiry or a notification has told what became of it
	WaitNever  Wait = "never"        // not with this card, or not at all
)

// ForBuyer is what the buyer may be told, as a key of a sentence. None of them accuses
// anybody, and none says that no money moved.
type ForBuyer string

const (
	BuyerNothing         ForBuyer = "nothing" // it is not for the buyer
	BuyerDone            ForBuyer = "done"
	BuyerWaits           ForBuyer = "waits"            // the payment goes on
	BuyerChecked         ForBuyer = "checked"          // we are finding out
	BuyerGivenBack       ForBuyer = "given-back"       // not completed; a charge is returned
	BuyerBank            ForBuyer = "bank"             // not approved: another card, or the bank
	BuyerOtherCard       ForBuyer = "other-card"       // no reason given
	BuyerChecksCard      ForBuyer = "checks-card"      // number, date, security code
	BuyerChecksAddress   ForBuyer = "checks-address"   // the billing address
	BuyerExpiredCard     ForBuyer = "expired-card"     // a card that is still valid
	BuyerAmount          ForBuyer = "amount"           // this amount was not approved
	BuyerConfirms        ForBuyer = "confirms"         // with the bank: 3DS
	BuyerConfirmsAgain   ForBuyer = "confirms-again"   // that did not work
	BuyerFreshCode       ForBuyer = "fresh-code"       // of a wallet
	BuyerProvider        ForBuyer = "provider"         // the wallet or bank wants something
	BuyerOtherWay        ForBuyer = "other-way"        // to pay
	BuyerLater           ForBuyer = "later"            // it lies with us
	BuyerPaysAgain       ForBuyer = "pays-again"       // the payment has ended
	BuyerRefundWaits     ForBuyer = "refund-waits"     // it goes on
	BuyerRefundOtherwise ForBuyer = "refund-otherwise" // we find another way
	BuyerCardNotSaved    ForBuyer = "card-not-saved"
)

// Step is what comes next, as a key of a command.
type Step string

const (
	StepInquire       Step = "inquire"
	StepInquireRefund Step = "inquire-refund"
	StepTimeline      Step = "timeline"
	StepResume        Step = "resume"
	StepVault         Step = "vault"   // what became of a card to be saved
	StepDispute       Step = "dispute" // what was notified of disputes
	StepProfile       Step = "profile" // whether the gateway knows us
	StepRequest       Step = "request" // the request and the message of its answer
	StepTicket        Step = "ticket"  // for Antom's support
	StepMethods       Step = "methods"
	StepVerify        Step = "verify" // the signature of the message
	StepHelp          Step = "help"   // about exit codes
	StepField         Step = "field"  // what a field that breaks its rule is answered with
)

// Decide says what follows from a result code. Money and finality are read off the
// catalogue, as the engine reads them; the rest is [advice]. known is false of a code
// that the catalogue does not have: nothing follows from that.
func Decide(code string) (d Decision, known bool) {
	c, found := Lookup(code)
	a, advised := adviceOn(code)
	if !found || !advised {
		return Decision{}, false
	}
	d = Decision{Money: c.moved(), Final: StillOpen, RequestID: a.id, Wait: a.wait, Buyer: a.buyer, Next: a.next}
	if c.decides() {
		d.Final = Final
	}
	return d, true
}

func (c Code) moved() Moved {
	switch c.Money {
	case MoneyNone:
		return MovedNo
	case MoneyMoved:
		return MovedYes
	}
	return MovedMaybe
}

// decides reports whether nothing can come after the code: an S, or an F that says
// that no money moved, is not about who asked, and not about an ID that is not there
// yet.
func (c Code) decides() bool {
	absent := c.Name == "ORDER_NOT_EXIST" || c.Name == "VAULTING_NOT_EXIST"
	return c.Status == "S" || c.Status == "F" && c.Money == MoneyNone && !c.Caller && !absent
}
