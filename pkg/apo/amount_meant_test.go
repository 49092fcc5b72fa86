package apo

import (
	"strings"
	"testing"
)

// What people and spreadsheets write leads to the flags that were meant; what can be
// meant in two ways, to both. A number as long as a card's is never repeated.
func TestMeantAmounts(t *testing.T) {
	for _, c := range []struct{ text, currency, want string }{
		{"42.00", "SGD", "; SGD 42.00 is --amount 4200 --currency SGD"},
		{"42.5", "SGD", "; SGD 42.50 is --amount 4250 --currency SGD"},
		{"42,50", "SGD", "; SGD 42.50 is --amount 4250 --currency SGD"},
		{"$42", "SGD", "; SGD 42.00 is --amount 4200 --currency SGD, SGD 0.42 is --amount 42 --currency SGD"},
		{"S$42.00", "SGD", "; SGD 42.00 is --amount 4200 --currency SGD"},
		{"42€", "EUR", "; EUR 42.00 is --amount 4200 --currency EUR, EUR 0.42 is --amount 42 --currency EUR"},
		{"1,500", "SGD", "; SGD 15.00 is --amount 1500 --currency SGD, SGD 1500.00 is --amount 150000 --currency SGD"},
		{"1 500", "SGD", "; SGD 15.00 is --amount 1500 --currency SGD, SGD 1500.00 is --amount 150000 --currency SGD"},
		{"1,500.00", "SGD", "; SGD 1500.00 is --amount 150000 --currency SGD"},
		{"1.500,00", "SGD", "; SGD 1500.00 is --amount 150000 --currency SGD"},
		{"1'500.00", "CHF", "; CHF 1500.00 is --amount 150000 --currency CHF"},
		{"1,500", "JPY", "; JPY 1500 is --amount 1500 --currency JPY"},
		{"42.00", "JPY", "; JPY 42 is --amount 42 --currency JPY"},
		{"42.50", "JPY", ""},
		{"1.500", "BHD", "; BHD 1.500 is --amount 1500 --currency BHD"},
		{"42.005", "SGD", "; SGD 420.05 is --amount 42005 --currency SGD, SGD 42005.00 is --amount 4200500 --currency SGD"},
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
		if got := meant(c.text, c.currency, digits); got != c.want {
			t.Errorf("%q: %q\nwant %q", c.text, got, c.want)
		}
	}
}

// Each of these is refused, with what was probably meant.
func TestAmountSlips(t *testing.T) {
	for _, c := range []struct{ text, currency, want string }{
		{"42€", "", "EUR 42.00 is --amount 4200 --currency EUR"},
		{"SGD42.00", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"sgd42.00", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"$42", "", `$ is the sign of several currencies: name the one that is meant, such as --amount "USD 42.00"`},
		{"99.50", "", `in quotes, such as --amount "SGD 99.50"`}, // never another amount than was typed
		{"12.345", "", `as "SGD 42.00" is`},
		{"-5", "", `as "SGD 42.00" is`},
		{"1.234,5", "", `such as --amount "SGD 1234.50"`},
		{"9950", "", `add --currency, if that is in its smallest unit, or write it with its currency, in quotes, such as --amount "SGD 9950.00"`},
		{"42€", "SGD", "name two currencies"},
		{"42 SGD", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"42.00 SGD", "", `write it before, as in "SGD 42.00"`},
		{"SGD 42", "", "SGD 42.00 is --amount 4200 --currency SGD"},
		{"SGD 1,500.00", "", "SGD 1500.00 is --amount 150000 --currency SGD"},
	} {
		if got, err := ParseAmount(c.text, c.currency); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %q: %v, %v; want %q", c.text, c.currency, got, err, c.want)
		}
	}
}
