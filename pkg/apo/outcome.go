package apo

// Outcome is what became of a request, or what one answer says of it, as far
// as is known. It is stored and printed as this text. "" is not known yet.
type Outcome string

const (
	Succeeded    Outcome = "succeeded"     // it took effect
	Declined     Outcome = "declined"      // it took no effect, and will not
	Cancelled    Outcome = "cancelled"     // of a payment: it was given back as a whole
	Pending      Outcome = "pending"       // it arrived and is not final
	InDoubt      Outcome = "in-doubt"      // it may have left, and nothing verified says what became of it
	NeverArrived Outcome = "never-arrived" // asked for often and long enough, and nowhere found: repeat it under its own ID alone
	Different    Outcome = "different"     // its ID belongs to a request with other values
	NotSent      Outcome = "not-sent"      // not a byte left
	Refused      Outcome = "refused"       // a guard of ours said no; nothing was sent
	Unrecognised Outcome = "unrecognised"  // the gateway did not recognise the caller
	NotFound     Outcome = "not-found"     // of an inquiry: there is nothing
	Failed       Outcome = "failed"        // of an inquiry: it says nothing of a payment
)
