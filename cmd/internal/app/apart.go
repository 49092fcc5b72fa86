package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/apo-cli/apo/cmd/internal/pasted"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
)

// Understand completes with the journal what was read in a text: whether the journal has
// the text as it stands, and which of several words that could be a number is one.
func (d *Run) Understand(ctx context.Context, j *journal.SQLite, w Wanted) (Wanted, error) {
	if w.Number == Last || j == nil {
		return w, nil
	}
	known, err := j.Known(ctx, []string{w.Typed})
	if err != nil {
		return w, Unread(ctx, err)
	}
	w.whole = len(known) > 0
	var many *pasted.ManyError
	if w.whole || !errors.Is(w.unclear, pasted.ErrNone) && !errors.As(w.unclear, &many) {
		return w, nil
	}
	_, others, err := d.others(ctx, j, w)
	if err != nil {
		return w, err
	}
	one := len(others) > 0 && !slices.ContainsFunc(others, func(m journal.Match) bool { return !m.Payment.Same(others[0].Payment) })
	isKnown := func(number string) bool {
		return slices.ContainsFunc(others, func(m journal.Match) bool { return m.Number == number })
	}
	if many != nil {
		aside := pasted.Asides(w.Typed)
		numbers := slices.DeleteFunc(slices.Clone(many.Numbers), func(n string) bool {
			return !isKnown(n) && (slices.Contains(aside, n) || len(others) > 0 && !hasDigit(n))
		})
		one = one && !slices.ContainsFunc(numbers, func(n string) bool { return !isKnown(n) })
		if len(numbers) > 1 {
			w.unclear = &pasted.ManyError{Numbers: numbers}
		}
	}
	if one {
		number := others[max(0, slices.IndexFunc(others, journal.Match.Own))].Number
		w.Number, w.unclear, w.pasted = number, nil, pasted.Number{Text: number, Guessed: true}
	}
	return w, nil
}

func hasDigit(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }

// knownIn are all parts of a text that the journal knows as numbers, also those that were
// not read as one; leads says that the number that was read leads somewhere, and is whole.
// For what only looks, an amount or a row's number is none.
func (d *Run) knownIn(ctx context.Context, j *journal.SQLite, w Wanted, leads bool) (known []string, err error) {
	lists := pasted.Pieces(w.Typed)
	var texts []string
	for _, list := range lists {
		for _, p := range list {
			texts = append(texts, p.Text)
		}
	}
	has := map[string]bool{w.Number: leads}
	found, err := j.Known(ctx, texts)
	if err != nil {
		return nil, Unread(ctx, err)
	}
	for _, number := range found {
		has[number] = true
	}
	const least = 4 // digits of a number that nothing names
	for _, list := range lists {
		list = slices.DeleteFunc(list, func(p pasted.Piece) bool {
			short := len(p.Text) < least && strings.Trim(p.Text, "0123456789") == ""
			return !w.sure && p.Text != w.Number && !slices.Contains(w.pasted.Others, p.Text) && (p.Aside || short)
		})
		for _, number := range pasted.Apart(list, func(text string) bool { return has[text] }) {
			if !slices.Contains(known, number) && slices.Contains(found, number) {
				known = append(known, number)
			}
		}
	}
	return known, nil
}

// others are the payments that parts of a text lead to beside those that its number leads to,
// each with a part that does.
func (d *Run) others(ctx context.Context, j *journal.SQLite, w Wanted) (found, others []journal.Match, err error) {
	if w.Number != "" {
		if found, err = journal.Lookup(ctx, j, w.key(), nil); err == nil && len(found) == 0 {
			found, err = journal.Lookup(ctx, j, journal.Key{Number: w.Number, End: w.pasted.End, Cut: w.pasted.Cut}, nil)
		}
	}
	if err != nil {
		return nil, nil, Unread(ctx, err)
	}
	known, err := d.knownIn(ctx, j, w, len(found) > 0)
	if err != nil {
		return nil, nil, err
	}
	for _, number := range known {
		if err != nil {
			break
		}
		if number == w.Number {
			continue
		}
		var list []journal.Match
		list, err = journal.Lookup(ctx, j, journal.Key{Number: number}, nil)
		same := func(m journal.Match) bool {
			return slices.ContainsFunc(found, func(f journal.Match) bool { return f.Payment.Same(m.Payment) })
		}
		if len(list) == 0 || list[0].Way != journal.Exactly || !list[0].Record.Tells() || slices.ContainsFunc(list, same) {
			continue
		}
		others = append(others, list...)
	}
	if err != nil {
		return nil, nil, Unread(ctx, err)
	}
	return found, others, nil
}

// unlessApart refuses a text whose parts lead to different payments, and lists these.
func (d *Run) unlessApart(ctx context.Context, j *journal.SQLite, w Wanted) error {
	found, others, err := d.others(ctx, j, w)
	if err != nil || len(others) == 0 {
		return err
	}
	one := !slices.ContainsFunc(others, func(m journal.Match) bool { return !m.Payment.Same(others[0].Payment) })
	switch {
	case len(found) == 0 && !one:
		w.Number = ""
		return d.apart(ctx, j, w, others)
	case len(found) == 0 && w.sure && w.unclear == nil && strings.TrimSpace(w.Typed) != w.Number:
		return d.Words().Guessed(w.Typed, others[0].Number)
	case len(found) == 0: // it is told where the number is found nowhere
		return nil
	}
	return d.apart(ctx, j, w, append(found, others...))
}

// apart ends a run whose text names several payments: it lists them.
func (d *Run) apart(ctx context.Context, j *journal.SQLite, w Wanted, found []journal.Match) error {
	var numbers []string
	if w.Number != "" {
		numbers = append(numbers, w.Named())
	}
	var each []journal.Match
	for _, m := range found {
		if !slices.Contains(numbers, m.Number) {
			numbers = append(numbers, m.Number)
		}
		if !slices.ContainsFunc(each, func(e journal.Match) bool { return e.Payment.Same(m.Payment) }) {
			each = append(each, m)
		}
	}
	if err := d.list(ctx, j, each); err != nil {
		return err
	}
	return d.Words().Apart(w.Typed, numbers)
}

// besides adds, where a number was found nowhere, what else in its text is known.
func (d *Run) besides(ctx context.Context, j *journal.SQLite, w Wanted, failure error) error {
	var f *say.Failure
	if !errors.As(failure, &f) || f.Kind != say.NotFound || j == nil || w.whole {
		return failure
	}
	if _, others, err := d.others(ctx, j, w); err == nil && len(others) > 0 {
		f.Next = append([]string{d.Words().Beside(w.Typed, others[0])}, f.Next...)
	}
	return failure
}

// NothingBut says that the journal has nothing of what is wanted, and what else in its text
// is known.
func (d *Run) NothingBut(ctx context.Context, j *journal.SQLite, w Wanted) *say.Failure {
	f := d.Nothing(w)
	_ = d.besides(ctx, j, w, f) // it is the same
	return f
}

// misnamed is about a number that the journal knows, but as another kind than its label
// says: what moves money refuses it, and what only looks says so.
func (d *Run) misnamed(ctx context.Context, j *journal.SQLite, w Wanted) error {
	key := w.key()
	key.Name = ""
	found, err := journal.Lookup(ctx, j, key, nil)
	switch {
	case err != nil:
		return Unread(ctx, err)
	case len(found) == 0:
		return nil
	case w.sure:
		return d.Words().Misnamed(w.Typed, w.Number, w.pasted.Name, found[0])
	}
	d.IO.Note(d.Words().OtherKind(w.Named(), w.pasted.Name, found[0]))
	return nil
}

// ofBrand reports whether a card, "VISA 0768", is of a brand; any is of none.
func ofBrand(card, brand string) bool {
	plain := func(s string) string { return strings.NewReplacer("_", "", " ", "").Replace(strings.ToUpper(s)) }
	name, _, _ := strings.Cut(plain(card)+" ", " ")
	return brand == "" || strings.HasPrefix(name, plain(brand)) || brand == "AMEX" && strings.HasPrefix(name, "AMERICANEXPRESS")
}
