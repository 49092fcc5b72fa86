package cmd

import (
	"cmp"
	"slices"

	"github.com/apo-cli/apo/pkg/journal"
)

// recordsOf are those of the payment that has a number, in their order.
func (d *deps) recordsOf(j *journal.Journal, number string) ([]journal.Record, error) {
	p, err := d.paymentIn(j, number)
	if err != nil {
		return nil, err
	}
	list, err := j.Of(p.clientID, p.numbers())
	if err != nil {
		return nil, fail(kindConfig, "%v", err)
	}
	return list, nil
}

// ofWhichProfile says so where --profile chose among the records.
func (d *deps) ofWhichProfile() string {
	if d.global.profile == "" {
		return ""
	}
	return " of profile " + d.global.profile
}

// identity tells a payment of the journal from every other.
type identity struct{ clientID, paymentID, requestID string }

func (i identity) numbers() journal.Numbers {
	return journal.Numbers{PaymentID: i.paymentID, PaymentRequestID: i.requestID}
}

// same reports whether two are of one payment; each may lack one of its IDs.
func (i identity) same(other identity) bool {
	return i.clientID == other.clientID &&
		(i.paymentID != "" && i.paymentID == other.paymentID || i.requestID != "" && i.requestID == other.requestID)
}

// paymentIn finds the two IDs of a payment by any of its numbers, or by the
// beginning of one where no number is exactly that. Where a profile is named,
// its records alone count.
func (d *deps) paymentIn(j *journal.Journal, number string) (identity, error) {
	list, err := d.candidates(j, number)
	if err != nil {
		return identity{}, fail(kindConfig, "%v", err)
	}
	var ids []identity
	for _, r := range list {
		if r.Numbers.PaymentID != "" || r.Numbers.PaymentRequestID != "" {
			ids = append(ids, identity{r.ClientID, r.Numbers.PaymentID, r.Numbers.PaymentRequestID})
		}
	}
	if len(ids) == 0 {
		return identity{}, fail(kindNotFound, "nothing in the journal%s has the number %s", d.ofWhichProfile(), number).hint("apo log lists what there is")
	}
	found := ids[0]
	for before := -1; before != len(ids); { // each ID that is learnt may lead to others
		before = len(ids)
		ids = slices.DeleteFunc(ids, func(other identity) bool {
			same := found.same(other)
			if same {
				found.paymentID, found.requestID = cmp.Or(found.paymentID, other.paymentID), cmp.Or(found.requestID, other.requestID)
			}
			return same
		})
	}
	if len(ids) > 0 {
		return found, fail(kindUsage, "several payments have the number %s, or one that begins so", number).
			hint("apo find %s lists them; a paymentId means one alone; --profile chooses among those of several profiles", quoted(number))
	}
	return found, nil
}

// candidates are the records that a number may mean: those that have exactly
// it, else those of which one begins so.
func (d *deps) candidates(j *journal.Journal, number string) ([]journal.Record, error) {
	if number == last {
		return j.List(journal.Filter{Endpoint: "pay", Profile: cmp.Or(d.global.profile, d.getenv("APO_PROFILE")), Limit: 1})
	}
	list, err := j.Find(number)
	if err != nil {
		return nil, err
	}
	list = unlessNone(d.ofProfile(list), func(r journal.Record) bool { return r.Numbers.Has(number) })
	// Who asked in the wrong profile found nothing there.
	return unlessNone(list, func(r journal.Record) bool { return !r.Reads || r.Exit == 0 }), nil
}

// unlessNone are the records that are wanted, or all where none is.
func unlessNone(list []journal.Record, wanted func(journal.Record) bool) []journal.Record {
	some := slices.DeleteFunc(slices.Clone(list), func(r journal.Record) bool { return !wanted(r) })
	if len(some) == 0 {
		return list
	}
	return some
}

// ofProfile keeps the records of the profile that --profile names, if it does.
func (d *deps) ofProfile(list []journal.Record) []journal.Record {
	return slices.DeleteFunc(list, func(r journal.Record) bool { return d.global.profile != "" && r.Profile != d.global.profile })
}
