package app

import (
	"cmp"
	"errors"
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

// Last stands for the newest payment of the journal.
const Last = "@last"

// IsLast reports whether what was typed is [Last], as it may be pasted.
func IsLast(typed string) bool {
	n, err := pasted.Read(typed)
	return err == nil && strings.EqualFold(n.Text, Last)
}

// errReference is the error of what begins as [Last] does, and is not it.
var errReference = errors.New("it is no reference that apo knows")

// NoReference refuses what begins as [Last] does, and is not it.
func NoReference(typed string) error {
	return say.Fail(say.Usage, "%q is no number, and %s is the only name that stands for one: the newest", typed, Last).
		Hint("did you mean %s?", Last)
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
	sure    bool // what it leads to has to be meant for certain: money is going to move
	whole   bool // the journal has exactly what was typed
}

// Wanted reads what somebody named. A card's number in it is hidden from then on.
func (d *Run) Wanted(typed string, search SearchFlags) (Wanted, error) {
	w := Wanted{Typed: typed, search: search}
	w.pasted, w.unclear = pasted.Read(typed)
	w.Number = w.pasted.Text
	if strings.EqualFold(w.Number, Last) {
		return Wanted{Typed: typed, Number: Last}, nil
	}
	if strings.HasPrefix(w.Number, "@") {
		w.Number, w.unclear = "", errReference
	}
	d.IO.Masker.Known.LearnTyped(typed)
	d.IO.Masker.Known.LearnTyped(w.Number)
	if search.amount == "" && search.currency != "" {
		return w, say.Fail(say.Usage, "--currency without --amount")
	}
	if search.amount == "" && w.pasted.Amount != "" {
		w.amount, _ = apo.ParseAmount(w.pasted.Amount, "") // no amount narrows nothing
	}
	search.day = cmp.Or(search.day, w.pasted.Day)
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

// IsLabelled reports whether what kind of number it is was said with it.
func (w Wanted) IsLabelled() bool { return w.pasted.Name != "" }

// MayBeRecord reports whether the number may be that of a record in apo log, which has
// no label and no leading zeros.
func (w Wanted) MayBeRecord() bool {
	const most = 18 // digits of a record's number
	n := w.Number
	return len(n) <= most && w.unclear == nil && !w.IsLabelled() && !w.pasted.Cut && n != "" && n[0] != '0' && strings.Trim(n, "0123456789") == ""
}

// key is what is known of the number.
func (w Wanted) key() journal.Key {
	return journal.Key{Number: w.Number, End: w.pasted.End, Cut: w.pasted.Cut, Name: w.pasted.Name}
}

// Unclear says why what was named is no number; nil where it is one, or may be a
// card's last four digits.
func (d *Run) Unclear(w Wanted) error {
	switch {
	case w.unclear != nil && apo.LooksLikeCard(w.Typed):
		return say.Fail(say.Usage, "the ID %q holds a card number, which is never sent or written down as one; nothing was sent", w.Typed).
			Hint("a payment is found by the last four digits of its card: apo find 0768 --amount \"SGD 42.00\" --day 2026-11-30")
	case errors.Is(w.unclear, errReference):
		return NoReference(w.Typed)
	case w.unclear != nil:
		return d.Words().Unclear(w.Typed, w.unclear)
	case w.pasted.LastFour != "" && !w.narrowed():
		return say.Fail(say.Usage, "many payments have a card that ends %s", w.pasted.LastFour).
			Hint("--amount \"SGD 42.00\" or --day 2026-11-30 says which are meant, for apo find, inquire and timeline")
	}
	return nil
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
