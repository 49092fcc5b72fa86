package journal

import (
	"cmp"
	"context"
	"slices"

	"github.com/apo-cli/apo/pkg/apo"
)

// Key is what somebody knows of a number: all of it, or how it begins and ends.
type Key struct {
	Number string
	End    string // "": nothing is known of it
	Cut    bool   // there is more of it: what carries the number itself counts no more than what begins so
	Name   string // of the field that it is of, as [apo.Numbers.Named] has them: "paymentId"; "": of any
}

// among are the numbers of a record that a key can be.
func (k Key) among(r Record) []string {
	if k.Name == "" {
		return r.indexed()
	}
	return r.Numbers.Named(k.Name)
}

// Match is a payment that a number led to.
type Match struct {
	Payment PaymentID
	Record  Record // the newest that led there
	Number  string // that led there, as it is written in the journal; "" of a card
	Way     Way

	// Mixed says that what was sent or notified under one of the payment's two IDs has
	// several of the other: nobody knows which of them are one payment.
	Mixed bool
}

// Own reports whether the number is one of the payment's own two IDs.
func (m Match) Own() bool {
	return m.Number != "" && (m.Number == m.Payment.PaymentID || m.Number == m.Payment.PaymentRequestID)
}

// Way is how a number led to a payment.
type Way int

const (
	Exactly   Way = iota // it carries the number
	CaseAside            // it carries the number in another case
	Begins               // it carries a number that begins so
	ByCard               // it was paid with a card of these last four digits
)

// Carrying are the records that a key leads to, the newest first, as [Archive].Find finds
// them. Those count that are wanted; nil wants all.
func Carrying(ctx context.Context, a Archive, k Key, wanted func(Record) bool) ([]Record, error) {
	list, err := a.Find(ctx, k.Number)
	return slices.DeleteFunc(list, func(r Record) bool {
		number, _ := leadsAmong(k.among(r), k)
		return number == "" || wanted != nil && !wanted(r)
	}), err
}

// Lookup finds the payments of [Carrying], the newest first, by the best way that leads
// anywhere. Inquiries that found nothing lead nowhere.
func Lookup(ctx context.Context, a Archive, k Key, wanted func(Record) bool) ([]Match, error) {
	list, err := Carrying(ctx, a, k, wanted)
	if err != nil {
		return nil, err
	}
	for i, r := range list {
		if list[i].Numbers, err = withPayment(ctx, a, r); err != nil {
			return nil, err
		}
	}
	return matches(list, k), nil
}

// withPayment are the numbers of a record, with those of its payment where it names
// a refund alone, as notifications do.
func withPayment(ctx context.Context, a Store, r Record) (apo.Numbers, error) {
	n := r.Numbers
	if n.PaymentID != "" || n.PaymentRequestID != "" || n.RefundRequestID == "" {
		return n, nil
	}
	refunds, err := a.Sharing(ctx, r.ClientID, apo.Numbers{RefundRequestID: n.RefundRequestID})
	for _, refund := range refunds {
		if refund.Endpoint == "refund" && refund.Numbers.RefundRequestID == n.RefundRequestID {
			n.PaymentID, n.PaymentRequestID = refund.Numbers.PaymentID, refund.Numbers.PaymentRequestID
		}
	}
	return n, err
}

// OfCard are the payments of records, the newest first: of a filter that names a
// card's last four digits.
func OfCard(list []Record) []Match {
	var found []Match
	for _, r := range list {
		found = append(found, Match{Payment: IDOf(r), Record: r, Way: ByCard})
	}
	return joined(found)
}

func matches(list []Record, k Key) []Match {
	list = slices.DeleteFunc(slices.Clone(list), func(r Record) bool { return r.Reads && r.Outcome == apo.NotFound })
	list = prefer(list, Record.Tells)
	var found []Match
	for _, r := range list {
		m := Match{Payment: IDOf(r), Record: r}
		if m.Number, m.Way = leadsAmong(k.among(r), k); m.Number == "" || m.Payment.PaymentID == "" && m.Payment.PaymentRequestID == "" {
			continue
		}
		found = append(found, m)
	}
	best := Begins
	for _, m := range found {
		best = min(best, m.Way)
	}
	return joined(slices.DeleteFunc(found, func(m Match) bool { return m.Way != best }))
}

// joined puts the matches of one payment together, in the order of the first of each.
func joined(found []Match) []Match {
	var list []Match
	for len(found) > 0 {
		m := found[0]
		var group []PaymentID                     // as what was sent or notified has it; an inquiry has what was asked for
		for before := -1; before != len(found); { // each ID that is learnt may lead to others
			before = len(found)
			found = slices.DeleteFunc(found, func(other Match) bool {
				same := m.Payment.Same(other.Payment)
				if same && (!other.Record.Reads || other.Record.IsNotification()) {
					m.Mixed = m.Mixed || slices.ContainsFunc(group, other.Payment.Contradicts)
					group = append(group, other.Payment)
				}
				if same {
					m.Payment.PaymentID = cmp.Or(m.Payment.PaymentID, other.Payment.PaymentID)
					m.Payment.PaymentRequestID = cmp.Or(m.Payment.PaymentRequestID, other.Payment.PaymentRequestID)
				}
				return same
			})
		}
		if m.Payment.PaymentID == "" && m.Payment.PaymentRequestID == "" {
			found = found[1:] // it is of no payment
			continue
		}
		list = append(list, m)
	}
	return list
}
