package journal

import (
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
)

// PaymentID tells a payment from every other. It may lack one of its two IDs.
type PaymentID struct{ ClientID, PaymentID, PaymentRequestID string }

// IDOf is the ID of the payment that a call is about.
func IDOf(r Record) PaymentID {
	return PaymentID{r.ClientID, r.Numbers.PaymentID, r.Numbers.PaymentRequestID}
}

// Numbers are those to ask [Store].Payment for.
func (p PaymentID) Numbers() apo.Numbers {
	return apo.Numbers{PaymentID: p.PaymentID, PaymentRequestID: p.PaymentRequestID}
}

// Same reports whether two are of one payment.
func (p PaymentID) Same(other PaymentID) bool {
	return p.ClientID == other.ClientID &&
		(p.PaymentID != "" && p.PaymentID == other.PaymentID || p.PaymentRequestID != "" && p.PaymentRequestID == other.PaymentRequestID)
}

// Contradicts reports whether two cannot be of one payment: an ID of it that both have
// is two.
func (p PaymentID) Contradicts(other PaymentID) bool {
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	return differ(p.PaymentID, other.PaymentID) || differ(p.PaymentRequestID, other.PaymentRequestID)
}

// Foremost is the record of a list that a number is about first of all: one whose own it
// is before all, then one that moves something. The list is not empty; of several the
// first counts.
func Foremost(list []Record, number string) Record {
	list = prefer(list, func(r Record) bool { return !r.Reads })
	return prefer(list, func(r Record) bool { return r.isOwn(number) })[0]
}

// prefer are the records that are wanted, or all where none is.
func prefer(list []Record, wanted func(Record) bool) []Record {
	some := slices.DeleteFunc(slices.Clone(list), func(r Record) bool { return !wanted(r) })
	if len(some) == 0 {
		return list
	}
	return some
}
