// Package pasted reads a number of a payment as it was pasted out of a ticket, a mail,
// a spreadsheet, a log or a browser.
package pasted

import (
	"errors"
	"slices"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// Number is one of a payment as somebody meant it, out of a ticket, a mail or a
// spreadsheet.
type Number struct {
	Text     string // "A-1017"; what is left of one that was cut off: "2026"
	Cut      bool   // an ellipsis stands for the rest
	End      string // what stood behind that ellipsis: "4821"; "" for nothing
	LastFour string // of a card that is masked: "**** 0768"; then Text is empty

	Name  string // the kind of number that its label names, as [apo.Numbers.Named] has it: "paymentId"; "" for none
	Brand string // of the card beside four digits: "VISA"; "" for none

	Amount, Day string // of what was paid with a card: "SGD 42.00", "2026-11-30"; "" for none

	Others  []string // the text names these numbers too: all may be of one payment
	Guessed bool     // something beside it, or where it stood, may mean something else: "Ticket 1017"
}

// Why a text is no number.
var (
	ErrBlank       = errors.New("there is nothing in it but signs")
	ErrNone        = errors.New("there is no number of a payment in it")
	ErrCell        = errors.New("it stands where there is no value")
	ErrSpreadsheet = errors.New("a spreadsheet destroyed it: it kept the first digits alone, and nobody can tell the others")
	ErrBeginCut    = errors.New("its beginning is cut off, and a number is found by its beginning")
)

// ManyError is a text that holds several numbers.
type ManyError struct{ Numbers []string }

func (e *ManyError) Error() string { return "it holds several: " + strings.Join(e.Numbers, ", ") }

// PlaceholderError is a text with the place of a template that nothing was put in for.
type PlaceholderError struct{ Held string }

func (e *PlaceholderError) Error() string {
	return "it holds " + e.Held + ", a placeholder that nothing was put in for"
}

// NamesError is a text with names and values, none of which is a number of a payment.
type NamesError struct{ Names []string }

func (e *NamesError) Error() string { return "it has no number of a payment, but " + e.Some() }

// Some are the first of the names.
func (e *NamesError) Some() string {
	const most = 3
	if len(e.Names) > most {
		return strings.Join(e.Names[:most], ", ") + ", …"
	}
	return strings.Join(e.Names, ", ")
}

// Read undoes what tickets, mails, spreadsheets, logs and browsers add to a number:
// quotes, brackets, blanks, marks, labels, formulas, links, JSON, and what apo itself
// printed around it. The error is one of those above, a [*PlaceholderError], a
// [*ManyError] or a [*NamesError].
func Read(text string) (Number, error) {
	if text = joined(text); plain(text) {
		return Number{Text: text}, nil
	}
	n, err := read(text)
	n.Guessed = n.Guessed || n.Text != "" && !n.Cut && !n.alone(text)
	return n, err
}

func read(text string) (Number, error) {
	if n, found, err := inOwnLine(text); found {
		return n, err
	}
	text = joined(plainText(text))
	if held := apo.Placeholder(text); held != "" && !bracketed(held) {
		return Number{}, &PlaceholderError{held}
	}
	switch {
	case isEmptyCell(text):
		return Number{}, ErrCell
	case routeParameter().MatchString(text):
		return Number{}, &PlaceholderError{text}
	}
	if n, found := inCard(text); found {
		return n, nil
	}
	if n, found, err := inMembers(text); found {
		return n, err
	}
	if n, found, err := inPairs(text); found {
		return n, err
	}
	var r reader
	n, err := r.read(wildcard().ReplaceAllString(r.linked(text), "$1…"))
	if fourDigits(n.Text) {
		n.Brand = brandIn(text)
	}
	return n, err
}

// read finds the number among the words of a text.
func (r *reader) read(text string) (Number, error) {
	words := r.likely(r.wordsOf(text))
	switch {
	case len(words) == 0 && r.nameless:
		return Number{}, ErrNone
	case len(words) == 0:
		return Number{}, ErrBlank
	}
	words[0] = r.unwrapped(words[0])
	switch {
	case isName(text, words):
		return Number{}, ErrNone
	case len(words) > 1:
		return Number{}, &ManyError{words}
	case scientific(words[0]):
		return Number{}, ErrSpreadsheet
	}
	n, err := cut(words[0])
	n.Name = r.kinds[words[0]]
	n.Guessed, n.Others = r.guessed, slices.DeleteFunc(distinct(r.others), func(other string) bool { return other == n.Text })
	return n, err
}

// RoundedBySpreadsheet reports whether a number looks as a spreadsheet writes one of
// more digits than the 15 that it keeps.
func RoundedBySpreadsheet(number string) bool {
	const kept, least = 15, 25 // digits
	return len(number) >= least && number[0] > '0' && number[0] <= '9' && strings.Trim(number[:kept], digits) == "" && strings.Trim(number[kept:], "0") == ""
}

const digits = "0123456789"

// plain reports whether a text is a number as it stands, which most are: letters and
// digits with single dashes and underscores between.
func plain(text string) bool {
	between, digit := true, false
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			between, digit = false, true
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			between = false
		case (c == '-' || c == '_') && !between:
			between = true
		default:
			return false
		}
	}
	return digit && !between && !strings.Contains(strings.ToLower(text), "xx")
}

// cut takes the ellipsis from a number that something had no room for.
func cut(word string) (Number, error) {
	for _, dots := range []string{"…", "..."} {
		begin, end, found := strings.Cut(word, dots)
		if !found {
			continue
		}
		end = strings.Trim(end, ".…")
		switch {
		case begin == "" && end == "":
			return Number{}, ErrBlank
		case begin == "":
			return Number{}, ErrBeginCut
		}
		return Number{Text: begin, Cut: true, End: end}, nil
	}
	return Number{Text: word}, nil
}

// paymentIDDigits is how many digits APO's paymentIds have.
const paymentIDDigits = 35

// isPaymentID reports whether a word looks as APO's paymentIds do.
func isPaymentID(word string) bool {
	return len(word) == paymentIDDigits && strings.HasPrefix(word, "20") && strings.Trim(word, digits) == ""
}
