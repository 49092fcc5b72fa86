package sandbox

import (
	"math/big"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/report"
)

// Rate says how many of a currency one US dollar is.
type Rate struct{ Currency, PerDollar string }

// Rates are those at which the sandbox converts what is settled in another currency.
// They never change. Others are settled as they were paid.
func Rates() []Rate {
	return []Rate{
		{"USD", "1"},
		{"AUD", "1.52"},
		{"BRL", "5.4"},
		{"CAD", "1.38"},
		{"CHF", "0.8"},
		{"CNY", "7.1"},
		{"EUR", "0.86"},
		{"GBP", "0.75"},
		{"HKD", "7.78"},
		{"IDR", "16500"},
		{"INR", "88"},
		{"JPY", "150"},
		{"KRW", "1430"},
		{"KWD", "0.306"},
		{"MXN", "18.4"},
		{"MYR", "4.2"},
		{"NZD", "1.74"},
		{"PHP", "58"},
		{"SGD", "1.29"},
		{"THB", "32.5"},
		{"TWD", "30.5"},
		{"VND", "26300"},
	}
}

// quoteDecimals is how exactly a quote's price is written.
const quoteDecimals = 8

// quoteOf is the quote between two currencies; ok is false where there is none. The
// dearer of the two stands first, so that its price has digits enough.
func quoteOf(a, b string) (q report.Quote, ok bool) {
	first, second := perDollar(a), perDollar(b)
	if first == nil || second == nil || a == b {
		return report.Quote{}, false
	}
	if first.Cmp(second) > 0 {
		a, b, first, second = b, a, second, first
	}
	price := new(big.Rat).Quo(second, first).FloatString(quoteDecimals)
	return report.Quote{Pair: a + "/" + b, Price: strings.TrimSuffix(strings.TrimRight(price, "0"), ".")}, true
}

func perDollar(currency string) *big.Rat {
	for _, r := range Rates() {
		if r.Currency == currency {
			rate, _ := new(big.Rat).SetString(r.PerDollar)
			return rate
		}
	}
	return nil
}

// inCurrency is an amount of US cents in another currency; without a rate, as many
// hundredths of it.
func inCurrency(cents int64, currency string) int64 {
	if currency == "USD" {
		return cents
	}
	if q, ok := quoteOf("USD", currency); ok {
		units, _ := q.Convert(report.Money{Units: cents, Currency: "USD"}, currency)
		return units
	}
	digits, _ := apo.CurrencyDigits(currency)
	for ; digits > 2; digits-- {
		cents *= 10
	}
	for ; digits < 2; digits++ {
		cents = (cents + 9) / 10
	}
	return cents
}
