package journal

import (
	"cmp"
	"errors"
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

var (
	ErrNone    = errors.New("no payment has this number")
	ErrSeveral = errors.New("several payments have this number, or one that begins so")
)

// PaymentOf finds the payment that a number means. list are the records that have
// it, or one that begins so: as [Archive].Find finds them. Those that have exactly
// this one count before others, and inquiries that found nothing after all. The
// error is ErrNone or ErrSeveral.
func PaymentOf(list []Record, number string) (PaymentID, error) {
	list = Prefer(list, func(r Record) bool { return r.Numbers.Has(number) })
	list = Prefer(list, func(r Record) bool { return !r.Reads || r.Notice.Type != "" || r.Outcome == apo.Succeeded })
	var ids []PaymentID
	for _, r := range list {
		if id := IDOf(r); id.PaymentID != "" || id.PaymentRequestID != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return PaymentID{}, ErrNone
	}
	found := ids[0]
	for before := -1; before != len(ids); { // each ID that is learnt may lead to others
		before = len(ids)
		ids = slices.DeleteFunc(ids, func(other PaymentID) bool {
			same := found.Same(other)
			if same {
				found.PaymentID, found.PaymentRequestID = cmp.Or(found.PaymentID, other.PaymentID), cmp.Or(found.PaymentRequestID, other.PaymentRequestID)
			}
			return same
		})
	}
	if len(ids) > 0 {
		return found, ErrSeveral
	}
	return found, nil
}

// Prefer are the records that are wanted, or all where none is.
func Prefer(list []Record, wanted func(Record) bool) []Record {
	some := slices.DeleteFunc(slices.Clone(list), func(r Record) bool { return !wanted(r) })
	if len(some) == 0 {
		return list
	}
	return some
}
