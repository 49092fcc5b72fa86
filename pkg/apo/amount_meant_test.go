package apo

import (
	"errors"
	"strings"
	"testing"
)

// What people and spreadsheets write leads to the amount that was meant; what can be
// meant in two ways, to both. A number as long as a card's is never repeated.
func TestMeantAmounts(t *testing.T) {
	for _, c := range []struct{ text, currency, want string }{
		{"42.00", "SGD", "SGD 42.00"},
		{"42.5", "SGD", "SGD 42.50"},
		{"42,50", "SGD", "SGD 42.50"},
		{"$42", "SGD", "SGD 42.00, SGD 0.42"},
		{"S$42.00", "SGD", "SGD 42.00"},
		{"42€", "EUR", "EUR 42.00, EUR 0.42"},
		{"1,500", "SGD", "SGD 15.00, SGD 1500.00"},
		{"1 500", "SGD", "SGD 15.00, SGD 1500.00"},
		{"1,500.00", "SGD", "SGD 1500.00"},
		{"1.500,00", "SGD", "SGD 1500.00"},
		{"1'500.00", "CHF", "CHF 1500.00"},
		{"1,500", "JPY", "JPY 1500"},
		{"42.00", "JPY", "JPY 42"},
		{"42.50", "JPY", ""},
		{"1.500", "BHD", "BHD 1.500"},
		{"42.005", "SGD", "SGD 420.05, SGD 42005.00"},
		{"0.00", "SGD", ""},
		{"-5", "SGD", ""},
		{"(5.00)", "SGD", ""},
		{"1e3", "SGD", ""},
		{"0x10", "SGD", ""},
		{"", "SGD", ""},
		{"abc", "SGD", ""},
		{"4054 6957 2310 0768", "SGD", ""},
		{"card 4111", "SGD", ""},
	} {
		digits, err := CurrencyDigits(c.currency)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range meant(c.text, c.currency, digits) {
			got = append(got, a.String())
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q: %q\nwant %q", c.text, got, c.want)
		}
	}
}

// An amount without its currency is refused with what is known of it, and never with
// another amount than was typed.
func TestAmountsWithoutCurrency(t *testing.T) {
	for text, want := range map[string]AmountError{
		"$42":       {Currency: CurrencyMissing, Number: "42.00", Name: "$"},
		"99.50":     {Currency: CurrencyMissing, Number: "99.50"},
		"9950":      {Currency: CurrencyMissing, Number: "9950.00", Whole: true},
		"1.234,5":   {Currency: CurrencyMissing, Number: "1234.50"},
		"12.345":    {Currency: CurrencyMissing},
		"-5":        {Currency: CurrencyMissing},
		"42.00 SGD": {Currency: CurrencyBehind, Number: "42.00", Name: "SGD"},
	} {
		_, err := ParseAmount(text, "")
		var got *AmountError
		if !errors.As(err, &got) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got.Currency != want.Currency || got.Number != want.Number || got.Name != want.Name || got.Whole != want.Whole || got.Meant != nil {
			t.Errorf("%q: %+v\nwant %+v", text, *got, want)
		}
	}
}
