package report

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/apo-cli/apo/pkg/apo"
)

// encoder appends fields to a line of CSV. It keeps what the next row most likely
// needs again.
type encoder struct {
	b     []byte
	rules rules
	err   error // the first

	currency string         // the last one …
	digits   int            // … and how many decimals it has
	known    map[string]int // those of all that came

	day     int64 // since 1970, the last one …
	dayText []byte
}

// text appends a text, in quotes where they are needed.
func (e *encoder) text(s string) {
	if needsQuotes(s) {
		e.quoted(s)
		return
	}
	e.b = append(e.b, s...)
}

// needsQuotes agrees with encoding/csv: a text that holds what separates fields, or
// begins with white space, which some readers drop.
func needsQuotes(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		switch s[i] {
		case ',', '"', '\r', '\n':
			return true
		}
	}
	if s[0] > ' ' && s[0] < utf8.RuneSelf && s[0] != '\\' {
		return false
	}
	first, _ := utf8.DecodeRuneInString(s)
	return s == `\.` || unicode.IsSpace(first)
}

func (e *encoder) quoted(s string) {
	e.b = append(e.b, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		e.b = append(append(e.b, s[:i]...), '"', '"')
		s = s[i+1:]
	}
	e.b = append(append(e.b, s...), '"')
}

// amount appends an amount in major units; none for one without a currency.
func (e *encoder) amount(m Money) {
	if m.Currency == "" {
		return
	}
	e.b = appendMajor(e.b, m.Units, e.digitsOf(m.Currency))
}

func (e *encoder) digitsOf(currency string) int {
	if currency == e.currency {
		return e.digits
	}
	digits, known := e.known[currency]
	if !known {
		var err error
		if digits, err = apo.CurrencyDigits(currency); err != nil && e.err == nil {
			e.err = err
		}
		e.known[currency] = digits
	}
	e.currency, e.digits = currency, digits
	return digits
}

const secondsOfDay = 24 * 60 * 60

// time appends a time in UTC: "2026-11-30T09:30:00+00:00".
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		return
	}
	second := e.date(t)
	two := func(n int64) { e.b = append(e.b, '0'+byte(n/10), '0'+byte(n%10)) }
	e.b = append(e.b, 'T')
	two(second / 3600)
	e.b = append(e.b, ':')
	two(second / 60 % 60)
	e.b = append(e.b, ':')
	two(second % 60)
	e.b = append(e.b, "+00:00"...)
}

// date appends a day in UTC, and returns the second of it.
func (e *encoder) date(t time.Time) (second int64) {
	if t.IsZero() {
		return 0
	}
	unix := t.Unix()
	day := unix / secondsOfDay
	if second = unix % secondsOfDay; second < 0 {
		day, second = day-1, second+secondsOfDay
	}
	if day != e.day || e.dayText == nil {
		e.day, e.dayText = day, t.UTC().AppendFormat(e.dayText[:0], time.DateOnly)
	}
	e.b = append(e.b, e.dayText...)
	return second
}

// operation is the transactionId of the previous generation.
func (e *encoder) operation(r *Row) string {
	if r.OperationID == "" || e.rules[r.Type].OfPayment {
		return r.PaymentID
	}
	return r.OperationID
}
