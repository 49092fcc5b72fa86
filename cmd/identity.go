package cmd

import (
	"cmp"
	"context"
	"slices"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// recordsOf are those of the payment that has a number, in their order.
func (d *deps) recordsOf(j *journal.SQLite, number string) ([]journal.Record, error) {
	p, err := d.paymentIn(j, number)
	if err != nil {
		return nil, err
	}
	list, err := j.Payment(context.Background(), p.clientID, p.numbers())
	if err != nil {
		return nil, say.Fail(say.Config, "%v", err)
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

func (i identity) numbers() apo.Numbers {
	return apo.Numbers{PaymentID: i.paymentID, PaymentRequestID: i.requestID}
}

// same reports whether two are of one payment; each may lack one of its IDs.
func (i identity) same(other identity) bool {
	return i.clientID == other.clientID &&
		(i.paymentID != "" && i.paymentID == other.paymentID || i.requestID != "" && i.requestID == other.requestID)
}

// paymentIn finds the two IDs of a payment by any of its numbers, or by the
// beginning of one where no number is exactly that. Where a profile is named,
// its records alone count.
func (d *deps) paymentIn(j *journal.SQLite, number string) (identity, error) {
	list, err := d.candidates(j, number)
	if err != nil {
		return identity{}, say.Fail(say.Config, "%v", err)
	}
	var ids []identity
	for _, r := range list {
		if r.Numbers.PaymentID != "" || r.Numbers.PaymentRequestID != "" {
			ids = append(ids, identity{r.ClientID, r.Numbers.PaymentID, r.Numbers.PaymentRequestID})
		}
	}
	if len(ids) == 0 {
		return identity{}, say.Fail(say.NotFound, "nothing in the journal%s has the number %s", d.ofWhichProfile(), number).Hint("apo log lists what there is")
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
		return found, say.Fail(say.Usage, "several payments have the number %s, or one that begins so", number).
			Hint("apo find %s lists them; a paymentId means one alone; --profile chooses among those of several profiles", say.Quoted(number))
	}
	return found, nil
}

// candidates are the records that a number may mean: those that have exactly
// it, else those of which one begins so.
func (d *deps) candidates(j *journal.SQLite, number string) ([]journal.Record, error) {
	if number == last {
		return journal.List(context.Background(), j, journal.Filter{Endpoint: "pay", Profile: cmp.Or(d.global.profile, d.getenv("APO_PROFILE")), Limit: 1})
	}
	list, err := j.Find(context.Background(), number)
	if err != nil {
		return nil, err
	}
	list = unlessNone(d.ofProfile(list), func(r journal.Record) bool { return r.Numbers.Has(number) })
	// Who asked in the wrong profile found nothing there.
	return unlessNone(list, func(r journal.Record) bool { return !r.Reads || r.Outcome == "" || r.Outcome == apo.Succeeded }), nil
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
