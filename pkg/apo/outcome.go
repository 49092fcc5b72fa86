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

// Outcome weighs the answer by its status, its code's entry in the catalogue
// and the kind of its endpoint. A code that the catalogue does not know is
// weighed by its status alone, the cautious way.
func (a *Answer) Outcome() Outcome {
	code, known := Lookup(a.Result.Code)
	switch {
	case a.Unsigned && a.Result.Status == "F" && known && (code.Caller || code.Name == "PARAM_ILLEGAL"):
		return Unrecognised
	case a.Unsigned && a.Endpoint.Reads:
		return Failed
	case a.Unsigned:
		return InDoubt
	case a.Result.Status == "S":
		return Succeeded
	case a.Result.Status == "U":
		return Pending
	case known && code.Caller:
		return Unrecognised
	case a.Endpoint.Reads && code.Name == "ORDER_NOT_EXIST":
		return NotFound
	case a.Endpoint.Reads:
		return Failed
	case a.Repeated && a.Endpoint.Name != "pay":
		return InDoubt // what an earlier try has captured or refunded may stand in its way
	case known && code.Status == "F" && code.Money == MoneyNone:
		return Declined
	}
	return InDoubt
}
