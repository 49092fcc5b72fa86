package say

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/pasted"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
)

// LedTo says which payment was found by a number as it was meant: "order A-1017 is payment
// 2026…". It is empty where that was the payment's own ID.
func (w Words) LedTo(named string, m journal.Match) string {
	if m.Own() && m.Way == journal.Exactly {
		return ""
	}
	payment := "payment " + cmp.Or(m.Payment.PaymentID, m.Payment.PaymentRequestID)
	if m.Way == journal.ByCard {
		return "the card ending " + lastFour(m) + " paid " + payment
	}
	numbers := m.Record.Numbers
	numbers.PaymentID, numbers.PaymentRequestID = m.Payment.PaymentID, m.Payment.PaymentRequestID
	kind := kindOf(numbers, m.Number)
	number, is := kind.name+" "+m.Number, "is of"
	if kind.namesPayment {
		is = "is"
	}
	if m.Way == journal.Exactly {
		return number + " " + is + " " + payment
	}
	if m.Own() && m.Number == m.Payment.PaymentID {
		return named + " stands for " + number
	}
	return named + " stands for " + number + ", which " + is + " " + payment
}

// LedBy begins a verdict with how its payment was found, and leaves out the ID that this
// tells already.
func LedBy(v *term.Verdict, how string) {
	if how == "" {
		return
	}
	v.What = how + ": " + v.What
	v.Facts = slices.DeleteFunc(v.Facts, func(fact string) bool {
		id, isID := strings.CutPrefix(fact, "paymentId ")
		return isID && strings.HasSuffix(how, " "+id)
	})
}

// lastFour are the last digits of the card that led to a payment.
func lastFour(m journal.Match) string { return m.Record.Card[max(0, len(m.Record.Card)-4):] }

// Several ends a run that needed one payment: several have the number, or the one that
// was found is not the one for certain. named is what was typed, as it was meant; listed
// says how many of them were listed.
func (w Words) Several(typed, named string, found []journal.Match, listed int) *Failure {
	var f *Failure
	way := found[0].Way
	switch {
	case way == journal.ByCard && w.movesOne():
		what := w.LedTo(named, found[0])
		if len(found) > 1 {
			what = howMany(len(found)) + " payments were paid with a card that ends " + lastFour(found[0])
		}
		f = Fail(Usage, "%s; what moves money takes a number, and no last four digits; nothing was sent", what)
	case len(found) == 1:
		f = Fail(Usage, "%s; what moves money takes a whole number, as it is written", w.LedTo(named, found[0]))
	case way == journal.ByCard:
		f = Fail(Usage, "%s payments were paid with a card that ends %s", howMany(len(found)), lastFour(found[0]))
	case way == journal.Exactly:
		f = Fail(Usage, "several payments have the number %s: %s", named, howMany(len(found)))
	case way == journal.CaseAside:
		f = Fail(Usage, "several payments have the number %s, in another case: %s", named, howMany(len(found)))
	default:
		f = Fail(Usage, "several payments have the number %s, or one that begins so: %s", named, howMany(len(found)))
	}
	if listed < len(found) {
		f.Hint("the newest %d are listed; --day 2026-11-30 or more of the number leaves fewer", listed)
	}
	profiles := slices.ContainsFunc(found, func(m journal.Match) bool { return m.Payment.ClientID != found[0].Payment.ClientID })
	const most = 3
	for _, m := range found[:min(len(found), most)] {
		id := cmp.Or(m.Payment.PaymentID, m.Payment.PaymentRequestID)
		command := w.instead(typed, id)
		switch {
		case id == named && w.movesOne():
			command = w.byFlag(typed, m.Payment)
		case id == named && profiles && command != "": // the number is the same, the profile is another
			command += " --profile " + Quoted(m.Record.Profile)
		}
		if command != "" && !slices.Contains(f.Next, command) {
			f.Next = append(f.Next, command)
		}
	}
	if profiles {
		f.Hint("--profile chooses among those of several profiles")
	}
	return f
}

// Guessed ends a run that moves money, and was given a number among words or numbers
// that may mean another payment.
func (w Words) Guessed(typed, number string) *Failure {
	f := Fail(Usage, "%q may mean something else than the payment %s; what moves money takes the number alone; nothing was sent", typed, number)
	f.Hint("%s shows what it finds", w.Command("inquire", number))
	if command := w.instead(typed, number); command != "" {
		f.Next = append(f.Next, command)
	}
	return f
}

// Apart ends a run that was given a text whose numbers lead to different payments.
func (w Words) Apart(typed string, numbers []string) *Failure {
	f := Fail(Usage, "%q holds %d numbers of different payments, %s; one at a time%s", typed, len(numbers), strings.Join(numbers, " and "), w.unsent())
	for _, n := range numbers[:min(len(numbers), 3)] {
		if command := w.instead(typed, n); command != "" {
			f.Next = append(f.Next, command)
		}
	}
	return f
}

// unsent says so of what moves money.
func (w Words) unsent() string {
	if w.movesOne() {
		return "; nothing was sent"
	}
	return ""
}

// Beside says of another number of a text that it is known.
func (w Words) Beside(typed string, m journal.Match) string {
	text := w.is(m) + ", which the text names too"
	if command := w.instead(typed, m.Number); command != "" {
		text += ": " + command
	}
	return text
}

// is says which payment a number leads to, also where it is the payment's own ID.
func (w Words) is(m journal.Match) string {
	if how := w.LedTo(m.Number, m); how != "" {
		return how
	}
	if m.Number == m.Payment.PaymentID {
		return "paymentId " + m.Number + " is a payment"
	}
	return "paymentRequestId " + m.Number + " is payment " + cmp.Or(m.Payment.PaymentID, m.Number)
}

// OtherKind says that a number is of another kind than its label says.
func (w Words) OtherKind(number, label string, m journal.Match) string {
	numbers := m.Record.Numbers
	numbers.PaymentID, numbers.PaymentRequestID = m.Payment.PaymentID, m.Payment.PaymentRequestID
	has := kindOf(numbers, m.Number).known
	if m.Own() {
		has = "a " + kindOf(numbers, m.Number).name
	}
	return number + " is named as " + label + ", but the journal has it as " + has + ": payment " + cmp.Or(m.Payment.PaymentID, m.Payment.PaymentRequestID)
}

// Misnamed ends a run that moves money: the journal knows a number as another kind than
// its label says.
func (w Words) Misnamed(typed, number, label string, m journal.Match) *Failure {
	f := Fail(Usage, "%s; nothing was sent", w.OtherKind(number, label, m))
	if command := w.instead(typed, cmp.Or(m.Payment.PaymentID, m.Payment.PaymentRequestID)); command != "" {
		f.Next = append(f.Next, command)
	}
	return f
}

// Mixed ends a run that moves money: the journal contradicts itself about which IDs are
// of one payment.
func (w Words) Mixed(named string) *Failure {
	f := Fail(Usage, "%s is not one payment for certain: the journal has one paymentId for two paymentRequestIds, or two for one; nothing was sent", named)
	return f.Hint("%s shows them; name the one that is meant by --payment-id or --payment-request-id", w.Command("find", named))
}

// OtherPayment ends a run that moves money: the gateway told of another payment than
// the journal has under what was given.
func (w Words) OtherPayment(typed string, found operate.Found) *Failure {
	p := found.Payment
	f := Fail(Refused, "the payment that the gateway told of is not the one that was sent under %s: %s; nothing was sent", typed, found.Other)
	f.RequestID = p.PaymentRequestID
	f.Hint("the gateway names paymentId %s and paymentRequestId %s; %s shows what the journal has", p.PaymentID, p.PaymentRequestID, w.Command("find", typed))
	return f.Hint("name the one that is meant by --payment-id, once you know which it is")
}

// howMany counts what was found, of which there may be more.
func howMany(found int) string {
	if found >= journal.MostPayments {
		return strconv.Itoa(found) + " or more"
	}
	return strconv.Itoa(found)
}

// byFlag is the command of this run with the flag that says which ID of a payment is
// meant: no other number is as good.
func (w Words) byFlag(typed string, p journal.PaymentID) string {
	if p.PaymentID == "" {
		return w.instead(typed, "--payment-request-id", p.PaymentRequestID)
	}
	return w.instead(typed, "--payment-id", p.PaymentID)
}

// OtherFlag says that an ID is of the other kind than its flag says, with the command of
// this run that has the right one.
func (w Words) OtherFlag(id, flag, right string) string {
	args := slices.Clone(w.Args)
	for i, a := range args {
		args[i] = right + strings.TrimPrefix(a, flag)
		if a != flag && a != flag+"="+id {
			args[i] = a
		}
	}
	w.Args = args
	is := map[string]string{"--payment-id": "paymentId", "--payment-request-id": "paymentRequestId"}[right]
	return "the journal has " + id + " as a " + is + ": " + w.again()
}

// again is the command of this run.
func (w Words) again() string {
	line := "apo"
	for _, a := range w.Args {
		line += " " + Quoted(a)
	}
	return line
}

// movesOne reports whether this run moves the money of a payment that it names.
func (w Words) movesOne() bool {
	return slices.ContainsFunc(w.Args, func(a string) bool { return a == "capture" || a == "cancel" || a == "refund" })
}

// instead is the command of this run with other words in place of one; "" where that
// would show what must not be shown.
func (w Words) instead(typed string, words ...string) string {
	line, put := "apo", 0
	for _, a := range w.Args {
		if a == typed {
			put++
			for _, word := range words {
				line += " " + Quoted(word)
			}
			continue
		}
		line += " " + Quoted(a)
	}
	if put != 1 || w.Masker.Text(line) != line {
		return ""
	}
	return line
}

// Unclear ends a run that was given something that is no number.
func (w Words) Unclear(typed string, why error) *Failure {
	var many *pasted.ManyError
	var template *pasted.PlaceholderError
	var names *pasted.NamesError
	switch {
	case errors.Is(why, pasted.ErrNone):
		return Fail(Usage, "there is no number of a payment in %q", typed)
	case errors.Is(why, pasted.ErrCell):
		return Fail(Usage, "%q is no number: %v", typed, why)
	case errors.As(why, &names):
		return Fail(Usage, "there is no number of a payment in %q: it has %s alone", typed, names.Some())
	case errors.As(why, &many):
		f := Fail(Usage, "%q holds %d numbers, or words that could be; one at a time", typed, len(many.Numbers))
		for _, n := range many.Numbers[:min(len(many.Numbers), 3)] {
			if command := w.instead(typed, n); command != "" {
				f.Next = append(f.Next, command)
			}
		}
		return f
	case errors.Is(why, pasted.ErrSpreadsheet):
		return Fail(Usage, "%q is no number any more: %v", typed, why).
			Hint("export the column as text: mark its cells as text before the numbers get there, in Excel with Data > From Text/CSV and the column's type Text").
			Hint(`apo find 0768 --amount "SGD 42.00" --day 2026-11-30 finds a payment without its number, by its card's last four digits`)
	case errors.As(why, &template):
		return Fail(Usage, "the ID %q holds %s, a placeholder that nothing was put in for", typed, template.Held)
	}
	return Fail(Usage, "the ID %q is no number: %v", typed, why)
}

// LastFourAlone hints at what else finds a payment by four digits, which may be the last of
// its card; "" of other numbers.
func LastFourAlone(number string) string {
	if len(number) != 4 || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return "are they the last four digits of a card? apo find " + number + " --amount \"SGD 42.00\", or --day 2026-11-30, finds its payments"
}

// RoundedNumber hints at what a spreadsheet has done to a number that nobody knows; ""
// where it has done nothing.
func RoundedNumber(number string) string {
	if !pasted.RoundedBySpreadsheet(number) {
		return ""
	}
	return fmt.Sprintf("behind its 15th digit there is nothing but zeros: a spreadsheet rounded it, and %s is what is left of it: apo find %s", number[:15], number[:15])
}
