package journal

import (
	"context"
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
)

// Telling leaves out the inquiries of a list, the newest first, that tell nothing new:
// those that found nothing, those of a payment of which the list has something that was
// sent or notified, and else all but the newest of each payment.
func Telling(list []Record) []Record {
	var kept []Record
	for _, r := range list {
		if !asks(r) {
			kept = append(kept, r)
			continue
		}
		told := func(other Record) bool { return IDOf(other).Same(IDOf(r)) && other.Outcome != apo.NotSent }
		sent := func(other Record) bool { return !asks(other) && told(other) }
		if r.Outcome != apo.NotFound && !slices.ContainsFunc(kept, told) && !slices.ContainsFunc(list, sent) {
			kept = append(kept, r)
		}
	}
	return kept
}

// asks reports whether a record is of an inquiry.
func asks(r Record) bool { return r.Reads && !r.IsNotification() }

// WithPayments fills in, of records of a payment, its two IDs where they lack one: a
// capture, and the notification of its result, do not name the paymentRequestId, and
// that of a refund names neither.
func WithPayments(ctx context.Context, s Store, list []Record) ([]Record, error) {
	known := map[PaymentID]PaymentID{}
	list = slices.Clone(list)
	for i, r := range list {
		if r.IsNews() {
			var err error
			if r.Numbers, err = withPayment(ctx, s, r); err != nil {
				return nil, err
			}
			list[i].Numbers = r.Numbers
		}
		id := IDOf(r)
		if id.PaymentRequestID != "" || id.PaymentID == "" {
			continue
		}
		whole, found := known[id]
		if !found {
			all, err := s.Payment(ctx, r.ClientID, r.Numbers)
			if err != nil {
				return nil, err
			}
			whole = id
			for _, other := range all {
				if named := IDOf(other); whole.PaymentRequestID == "" && named.Same(id) {
					whole.PaymentRequestID = named.PaymentRequestID
				}
			}
			known[id] = whole
		}
		list[i].Numbers.PaymentRequestID = whole.PaymentRequestID
	}
	return list, nil
}
