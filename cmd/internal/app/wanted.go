package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/apo-cli/apo/cmd/internal/pasted"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/spf13/cobra"
)

// SearchFlags say more of a payment than its number does: what was paid, and on which
// day.
type SearchFlags struct{ amount, currency, day string }

// AddSearchFlags adds those that choose among payments.
func AddSearchFlags(cmd *cobra.Command, o *SearchFlags) {
	cmd.Flags().StringVar(&o.amount, "amount", "", "of this `amount`: \"SGD 42.00\", or units with --currency; also for the last four digits of a card")
	cmd.Flags().StringVar(&o.currency, "currency", "", "ISO 4217 `code` of --amount")
	cmd.Flags().StringVar(&o.day, "day", "", "of this `day`: 2026-11-30, today or yesterday; also for the last four digits of a card")
}

// Wanted is a payment, or a refund, as somebody named it.
type Wanted struct {
	Typed   string        // as it was typed or pasted
	Number  string        // as it was meant
	pasted  pasted.Number // with what is known beside it
	unclear error         // why it is no number
	search  SearchFlags
	amount  apo.Amount // zero: any
	since   time.Time  // zero: any day
	before  time.Time
}

// Wanted reads what somebody named. A card's number in it is hidden from then on.
func (d *Run) Wanted(typed string, search SearchFlags) (Wanted, error) {
	w := Wanted{Typed: typed, search: search}
	if typed == Last {
		w.Number = Last
		return w, nil
	}
	w.pasted, w.unclear = pasted.Read(typed)
	w.Number = w.pasted.Text
	d.IO.Masker.Known.LearnTyped(typed)
	d.IO.Masker.Known.LearnTyped(w.Number)
	if search.amount == "" && search.currency != "" {
		return w, say.Fail(say.Usage, "--currency without --amount")
	}
	var err error
	if search.amount != "" {
		if w.amount, err = apo.ParseAmount(search.amount, currencyUnlessNamed(search.amount, search.currency)); err != nil {
			return w, say.Fail(say.Usage, "--%v", err)
		}
	}
	if search.day != "" {
		if w.since, err = d.dayOf(search.day); err != nil {
			return w, err
		}
		w.before = w.since.AddDate(0, 0, 1)
	}
	return w, nil
}

// dayOf is the beginning of a day by the clock of this machine.
func (d *Run) dayOf(text string) (time.Time, error) {
	year, month, day := d.Now().Local().Date()
	switch text {
	case "today":
		return time.Date(year, month, day, 0, 0, 0, 0, time.Local), nil
	case "yesterday":
		return time.Date(year, month, day-1, 0, 0, 0, 0, time.Local), nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return t, say.Fail(say.Usage, "--day %q is no day such as 2026-11-30", text)
	}
	return t, nil
}

// Named is the number as it was meant, to be spoken of.
func (w Wanted) Named() string {
	switch {
	case w.Number == "":
		return strings.TrimSpace(w.Typed)
	case w.pasted.Cut:
		return w.Number + "…" + w.pasted.End
	}
	return w.Number
}

// narrowed reports whether an amount or a day narrows the search.
func (w Wanted) narrowed() bool { return !w.amount.IsZero() || !w.since.IsZero() }

// lastFour are the digits that may be the last of a card; "" where none are.
func (w Wanted) lastFour() string {
	if four := w.pasted.LastFour; four != "" {
		return four
	}
	if n := w.Number; w.narrowed() && len(n) == 4 && strings.Trim(n, "0123456789") == "" {
		return n
	}
	return ""
}

// key is what is known of the number.
func (w Wanted) key() journal.Key {
	return journal.Key{Number: w.Number, End: w.pasted.End, Cut: w.pasted.Cut}
}

// Unclear says why what was named is no number; nil where it is one, or may be a
// card's last four digits.
func (d *Run) Unclear(w Wanted) error {
	switch {
	case w.unclear != nil && apo.LooksLikeCard(w.Typed):
		return say.Fail(say.Usage, "the ID %q holds a card number, which is never sent or written down as one; nothing was sent", w.Typed).
			Hint("a payment is found by the last four digits of its card: apo find 0768 --amount \"SGD 42.00\" --day 2026-11-30")
	case w.unclear != nil:
		return d.Words().Unclear(w.Typed, w.unclear)
	case w.pasted.LastFour != "" && !w.narrowed():
		return say.Fail(say.Usage, "many payments have a card that ends %s", w.pasted.LastFour).
			Hint("--amount \"SGD 42.00\" or --day 2026-11-30 says which are meant, for apo find, inquire and timeline")
	}
	return nil
}

// Matches are the payments of the journal that may be meant, the newest first, of
// records that are wanted. What was typed counts as it stands where a record carries
// exactly that.
func (d *Run) Matches(ctx context.Context, j *journal.SQLite, w Wanted, wanted func(journal.Record) bool) ([]journal.Match, error) {
	if strings.TrimSpace(w.Typed) != w.Number {
		found, err := d.lookup(ctx, j, w, journal.Key{Number: w.Typed}, wanted)
		if err != nil || len(found) > 0 && found[0].Way == journal.Exactly {
			return found, err
		}
	}
	if err := d.Unclear(w); err != nil {
		return nil, err
	}
	var found []journal.Match
	var err error
	if w.Number != "" {
		found, err = d.lookup(ctx, j, w, w.key(), wanted)
	}
	if err == nil {
		err = d.unlessApart(ctx, j, w, found, wanted)
	}
	if err != nil || len(found) > 0 && found[0].Way == journal.Exactly || w.lastFour() == "" {
		return found, err
	}
	paid, err := d.paidWith(ctx, j, w, wanted)
	if err != nil || len(paid) == 0 {
		return found, err
	}
	return journal.OfCard(paid), nil
}

// unlessApart refuses a text whose numbers lead to different payments.
func (d *Run) unlessApart(ctx context.Context, j *journal.SQLite, w Wanted, found []journal.Match, wanted func(journal.Record) bool) error {
	for _, number := range w.pasted.Others {
		others, err := journal.Lookup(ctx, j, journal.Key{Number: number}, wanted)
		if err != nil {
			return Unread(ctx, err)
		}
		same := func(m journal.Match) bool {
			return slices.ContainsFunc(found, func(f journal.Match) bool { return f.Payment.Same(m.Payment) })
		}
		if len(found) > 0 && len(others) > 0 && others[0].Way == journal.Exactly && !slices.ContainsFunc(others, same) {
			return d.Words().Unclear(w.Typed, &pasted.ManyError{Numbers: append([]string{w.Number}, w.pasted.Others...)})
		}
	}
	return nil
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

// lookup finds payments by a number, and leaves out those of another amount or day. A
// number under which something was sent that moves money is no card's, and is shown.
func (d *Run) lookup(ctx context.Context, j *journal.SQLite, w Wanted, key journal.Key, wanted func(journal.Record) bool) ([]journal.Match, error) {
	found, err := journal.Lookup(ctx, j, key, wanted)
	if err != nil {
		return nil, Unread(ctx, err)
	}
	for _, m := range found {
		if m.Way == journal.Exactly && !m.Record.Reads {
			d.IO.Masker.Known.Forget(key.Number)
		}
	}
	if !w.narrowed() {
		return found, nil
	}
	var fit []journal.Match
	for _, m := range found {
		list, err := j.Payment(ctx, m.Payment.ClientID, m.Payment.Numbers())
		if err != nil {
			return nil, Unread(ctx, err)
		}
		if slices.ContainsFunc(list, w.fits) {
			fit = append(fit, m)
		}
	}
	return fit, nil
}

// fits reports whether a record is of the amount and the day that are wanted.
func (w Wanted) fits(r journal.Record) bool {
	return (w.amount.IsZero() || r.Amount == w.amount) && (w.since.IsZero() || !r.Time.Before(w.since) && r.Time.Before(w.before))
}

// fitsPayment is fits for what the gateway tells.
func (w Wanted) fitsPayment(p apo.Payment) bool {
	at, err := apo.ParseTime(cmp.Or(p.CreateTime, p.Time))
	return w.fits(journal.Record{Amount: p.Amount, Time: at}) || err != nil && !w.since.IsZero() && (w.amount.IsZero() || p.Amount == w.amount)
}

// paidWith are the newest records of a card's last four digits, of at most MostFound
// payments.
func (d *Run) paidWith(ctx context.Context, j *journal.SQLite, w Wanted, wanted func(journal.Record) bool) (list []journal.Record, err error) {
	payments := map[journal.PaymentID]bool{}
	for r, err := range j.Records(ctx, journal.Filter{LastFour: w.lastFour(), Amount: w.amount, Since: w.since, Before: w.before}) {
		if err != nil {
			return nil, Unread(ctx, err)
		}
		if wanted != nil && !wanted(r) {
			continue
		}
		if payments[journal.IDOf(r)] = true; len(payments) > journal.MostFound {
			break
		}
		list = append(list, r)
	}
	return list, nil
}

// Carrying are the records that carry what is wanted, for a list of them: the newest
// first, of one amount and day where those are given.
func (d *Run) Carrying(ctx context.Context, j *journal.SQLite, w Wanted) ([]journal.Record, error) {
	if strings.TrimSpace(w.Typed) != w.Number {
		list, err := d.carrying(ctx, j, w.Typed)
		list = slices.DeleteFunc(list, func(r journal.Record) bool { return !r.Carries(w.Typed) })
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	if err := d.Unclear(w); err != nil {
		return nil, err
	}
	if len(w.pasted.Others) > 0 {
		found, err := journal.Lookup(ctx, j, w.key(), nil)
		if err != nil {
			return nil, Unread(ctx, err)
		}
		if err := d.unlessApart(ctx, j, w, found, nil); err != nil {
			return nil, err
		}
	}
	list, err := d.carrying(ctx, j, w.Number)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r journal.Record) bool {
		return !w.fits(r) || w.pasted.End != "" && !slices.ContainsFunc(r.Numbers.All(), func(n string) bool { return strings.HasSuffix(n, w.pasted.End) })
	})
	if w.lastFour() == "" || slices.ContainsFunc(list, func(r journal.Record) bool { return r.Tells() && r.Carries(w.Number) }) {
		return list, nil
	}
	paid, err := d.paidWith(ctx, j, w, nil)
	if err != nil || len(paid) == 0 {
		return list, err
	}
	return paid, nil
}

// carrying are the records that carry a number, or one that begins so. A number under
// which something was sent that moves money is no card's, and is shown.
func (d *Run) carrying(ctx context.Context, j *journal.SQLite, number string) ([]journal.Record, error) {
	list, err := j.Find(ctx, number)
	if err != nil {
		return nil, Unread(ctx, err)
	}
	if slices.ContainsFunc(list, func(r journal.Record) bool { return !r.Reads && r.Carries(number) }) {
		d.IO.Masker.Known.Forget(number)
	}
	return list, nil
}
