package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// search looks for what is wanted: as it was typed, which counts where something carries
// exactly that, and then as it was meant.
func search[T any](ctx context.Context, d *Run, j *journal.SQLite, w Wanted, find func(journal.Key) (list []T, exactly bool, err error)) ([]T, error) {
	if strings.TrimSpace(w.Typed) != w.Number {
		if list, exactly, err := find(journal.Key{Number: w.Typed}); err != nil || exactly {
			return list, err
		}
	}
	if err := d.unlessApart(ctx, j, w); err != nil {
		return nil, err
	}
	if err := d.unlessCards(ctx, j, w); err != nil || w.Number == "" {
		return nil, err
	}
	key := w.key()
	list, _, err := find(key)
	if err != nil || len(list) > 0 || key.Name == "" {
		return list, err
	}
	key.Name = ""
	if list, _, err = find(key); err != nil || len(list) == 0 {
		return nil, err
	}
	return list, d.misnamed(ctx, j, w)
}

// unlessCards refuses what is no number. The last four digits of a card are enough where
// one payment alone was paid with such a card, or an amount or a day says which.
func (d *Run) unlessCards(ctx context.Context, j *journal.SQLite, w Wanted) error {
	if w.unclear != nil || w.pasted.LastFour == "" || w.narrowed() {
		return d.Unclear(w)
	}
	paid, err := d.paidWith(ctx, j, w, d.OfProfile)
	switch payments := journal.OfCard(paid); {
	case err != nil:
		return err
	case len(payments) == 0:
		return d.Nothing(w)
	case len(payments) == 1:
		return nil
	}
	return d.Unclear(w)
}

// NoteGuess says what a text was read as that may mean something else: whoever only looks
// gets an answer all the same.
func (d *Run) NoteGuess(w Wanted) {
	if w.pasted.Guessed && !w.whole {
		d.IO.Note("looking for " + w.Named())
	}
}

// Matches are the payments of the journal that may be meant, the newest first, of
// records that are wanted.
func (d *Run) Matches(ctx context.Context, j *journal.SQLite, w Wanted, wanted func(journal.Record) bool) ([]journal.Match, error) {
	found, err := search(ctx, d, j, w, func(k journal.Key) ([]journal.Match, bool, error) { return d.lookup(ctx, j, w, k, wanted) })
	if err != nil || len(found) > 0 && found[0].Way == journal.Exactly || w.lastFour() == "" {
		return found, err
	}
	paid, err := d.paidWith(ctx, j, w, wanted)
	if err != nil || len(paid) == 0 {
		return found, err
	}
	return journal.OfCard(paid), nil
}

// lookup finds payments by a number, and leaves out those of another amount or day. A
// number under which something was sent that moves money is no card's, and is shown.
func (d *Run) lookup(ctx context.Context, j *journal.SQLite, w Wanted, key journal.Key, wanted func(journal.Record) bool) (fit []journal.Match, exactly bool, err error) {
	found, err := journal.Lookup(ctx, j, key, wanted)
	if err != nil {
		return nil, false, Unread(ctx, err)
	}
	exactly = len(found) > 0 && found[0].Way == journal.Exactly
	if exactly && slices.ContainsFunc(found, func(m journal.Match) bool { return !m.Record.Reads }) {
		d.IO.Masker.Known.Forget(key.Number)
	}
	if !w.narrowed() {
		return found, exactly, nil
	}
	for _, m := range found {
		list, err := j.Payment(ctx, m.Payment.ClientID, m.Payment.Numbers())
		if err != nil {
			return nil, false, Unread(ctx, err)
		}
		if slices.ContainsFunc(list, w.fits) {
			fit = append(fit, m)
		}
	}
	return fit, exactly && len(fit) > 0, nil
}

// Carrying are the records that carry what is wanted, for a list of them: the newest
// first, of one amount and day where those are given.
func (d *Run) Carrying(ctx context.Context, j *journal.SQLite, w Wanted) ([]journal.Record, error) {
	list, err := search(ctx, d, j, w, func(k journal.Key) ([]journal.Record, bool, error) {
		list, err := d.carrying(ctx, j, k)
		exactly := func(r journal.Record) bool { return r.Carries(k.Number) }
		asTyped := k.Number != w.Number
		list = slices.DeleteFunc(list, func(r journal.Record) bool { return !w.fits(r) || asTyped && !exactly(r) })
		return list, slices.ContainsFunc(list, exactly), err
	})
	if err != nil || w.lastFour() == "" || slices.ContainsFunc(list, func(r journal.Record) bool { return r.Tells() && r.Carries(w.Number) }) {
		return list, err
	}
	paid, err := d.paidWith(ctx, j, w, nil)
	if err != nil || len(paid) == 0 {
		return list, err
	}
	return paid, nil
}

// carrying are the records that a key leads to. A number under which something was sent
// that moves money is no card's, and is shown.
func (d *Run) carrying(ctx context.Context, j *journal.SQLite, k journal.Key) ([]journal.Record, error) {
	list, err := journal.Carrying(ctx, j, k, nil)
	if err != nil {
		return nil, Unread(ctx, err)
	}
	if slices.ContainsFunc(list, func(r journal.Record) bool { return !r.Reads && r.Carries(k.Number) }) {
		d.IO.Masker.Known.Forget(k.Number)
	}
	return list, nil
}

// paidWith are the newest records of a card's last four digits, of at most MostFound
// payments.
func (d *Run) paidWith(ctx context.Context, j *journal.SQLite, w Wanted, wanted func(journal.Record) bool) (list []journal.Record, err error) {
	payments := map[journal.PaymentID]bool{}
	for r, err := range j.Records(ctx, journal.Filter{LastFour: w.lastFour(), Amount: w.amount, Since: w.since, Before: w.before}) {
		if err != nil {
			return nil, Unread(ctx, err)
		}
		if wanted != nil && !wanted(r) || !ofBrand(r.Card, w.pasted.Brand) {
			continue
		}
		if payments[journal.IDOf(r)] = true; len(payments) > journal.MostFound {
			break
		}
		list = append(list, r)
	}
	return list, nil
}

// unlessGuessed refuses, for what moves money, a text that may mean another payment
// than the one that was found: by what it says beside the number, or by another
// number of which the journal does not know that it is that payment's.
func (d *Run) unlessGuessed(ctx context.Context, j *journal.SQLite, w Wanted, found []journal.Match) error {
	if len(found) > 0 && found[0].Way == journal.Exactly && found[0].Number == w.Typed {
		return nil
	}
	guessed := w.pasted.Guessed || len(w.pasted.Others) > 0 && (len(found) != 1 || j == nil)
	for _, number := range w.pasted.Others {
		if guessed {
			break
		}
		list, err := j.Payment(ctx, found[0].Payment.ClientID, found[0].Payment.Numbers())
		if err != nil {
			return Unread(ctx, err)
		}
		guessed = !slices.ContainsFunc(list, func(r journal.Record) bool { return r.Tells() && r.Carries(number) })
	}
	if guessed {
		return d.Words().Guessed(w.Typed, w.Number)
	}
	return nil
}

// PaymentRecords are those of the one payment that is wanted, in their order. Where a
// profile is named, its records alone count. Of several payments they are listed.
func (d *Run) PaymentRecords(ctx context.Context, j *journal.SQLite, w Wanted) ([]journal.Record, error) {
	w, err := d.Understand(ctx, j, w)
	if err != nil {
		return nil, err
	}
	d.NoteGuess(w)
	matches, err := d.candidates(ctx, j, w)
	switch {
	case err != nil:
		return nil, err
	case len(matches) == 0 && w.Number == Last:
		return nil, say.Fail(say.NotFound, "the journal%s has no payment yet", d.OfWhichProfile())
	case len(matches) == 0:
		list, err := d.carrying(ctx, j, w.key())
		if advice := d.Words().SavedCard(list, w.Number); err == nil && advice != "" {
			return nil, say.Fail(say.NotFound, "%s is the number of no payment", w.Named()).Hint("%s", advice)
		}
		return nil, d.besides(ctx, j, w, d.Nothing(w).Hint("apo log lists what there is"))
	case len(matches) > 1:
		return nil, d.Several(ctx, d.Words(), j, w, matches)
	}
	if how := d.Words().LedTo(w.Named(), matches[0]); how != "" && w.Number != Last {
		d.IO.Note(how)
	}
	list, err := j.Payment(ctx, matches[0].Payment.ClientID, matches[0].Payment.Numbers())
	if err != nil {
		return nil, Unread(ctx, err)
	}
	return list, nil
}

// candidates are the payments of the journal that may be wanted.
func (d *Run) candidates(ctx context.Context, j *journal.SQLite, w Wanted) ([]journal.Match, error) {
	if w.Number != Last {
		return d.Matches(ctx, j, w, d.OfProfile)
	}
	list, err := journal.List(ctx, j, journal.Filter{Endpoint: "pay", Profile: cmp.Or(d.Global.Profile, d.Getenv("APO_PROFILE")), Limit: 1})
	if err != nil {
		return nil, Unread(ctx, err)
	}
	return journal.OfCard(list), nil
}

// OfProfile reports whether a record is of the profile that --profile names, if it does.
func (d *Run) OfProfile(r journal.Record) bool {
	return d.Global.Profile == "" || r.Profile == d.Global.Profile
}

// OfWhichProfile says so where --profile chooses among the records.
func (d *Run) OfWhichProfile() string {
	if d.Global.Profile == "" {
		return ""
	}
	return " of profile " + d.Global.Profile
}
