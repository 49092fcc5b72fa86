package operate

import (
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// Reason says which guard refused a request.
type Reason string

const (
	ReadOnly       Reason = "read-only"         // the profile moves nothing
	OverLimit      Reason = "over-limit"        // Amount is more than Limit
	NoLimit        Reason = "no-limit"          // there is a limit, and none for the currency of Amount
	AmountUnclear  Reason = "amount-unclear"    // there is a limit, or real money, and it is not clear how much moves
	Unconfirmed    Reason = "unconfirmed"       // real money, and nobody confirmed it
	NoJournal      Reason = "no-journal"        // real money, and no record would be kept
	SecretNumber   Reason = "secret-number"     // one of its IDs holds a card number, a token or a key: under what may be written down of it nobody could ask for it
	Unwritten      Reason = "unwritten"         // the record could not be written; Err says why
	RequestIDInUse Reason = "request-id-in-use" // somebody sends Earlier at this moment, or asks about it
	RequestIDTaken Reason = "request-id-taken"  // Earlier has the ID, and another Field
	SamePurchase   Reason = "same-purchase"     // Earlier paid the same order, amount and card a short time ago
	StillPayable   Reason = "still-payable"     // Earlier is a session of the same order and amount, with which the buyer can still pay
	SameAmount     Reason = "same-amount"       // Earlier captured or refunded the same amount a short time ago
	StillOpen      Reason = "still-open"        // it is not known what became of Earlier
	NotArrived     Reason = "not-arrived"       // Earlier never arrived, and may yet: repeat that one
	MoreThanLeft   Reason = "more-than-left"    // Limit is what is left
	NothingLeft    Reason = "nothing-left"
	NotAuthorized  Reason = "not-authorized" // it is not known yet whether there is anything to capture
	NotCaptured    Reason = "not-captured"   // nothing was captured, so nothing is to be refunded
	FullBefore     Reason = "full-before"    // a whole one was made before, of Amount, and Limit has become free since
	FullFailed     Reason = "full-failed"    // a whole one failed before, with Code; Limit is left
	Unreadable     Reason = "books-unclear"  // the payment's books cannot be added up
	BadAmount      Reason = "no-amount"      // Amount is none
)

// Refusal is a guard's no: nothing was sent.
type Refusal struct {
	Reason  Reason
	Amount  apo.Amount      // that was asked for
	Limit   apo.Amount      // the most that may move
	Field   string          // of the request, as in "order.buyer.buyerEmail"
	Code    string          // result code of an earlier try
	Earlier *journal.Record // the call that it would repeat
	Payment *apo.Payment    // whose money it is, where it was asked for
	Err     error
}

func (r *Refusal) Error() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return "refused: " + string(r.Reason)
}

func (r *Refusal) Unwrap() error { return r.Err }
