package apo

import (
	"slices"

	"github.com/Rhymond/go-money"
)

// Currencies returns the codes that [CurrencyDigits] knows, those that are met most
// often first and the others by the alphabet.
func Currencies() []string {
	codes := []string{
		"SGD", "USD", "EUR", "GBP", "HKD", "JPY", "CNY", "MYR", "THB", "IDR", "PHP", "VND", "KRW", "TWD", "INR", "AUD", "NZD",
		"CAD", "CHF", "SEK", "NOK", "DKK", "PLN", "BRL", "MXN", "AED", "SAR", "TRY", "ZAR",
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	often := slices.Clone(codes)
	for _, a := range letters {
		for _, b := range letters {
			for _, c := range letters {
				code := string([]rune{a, b, c})
				if money.GetCurrency(code) == nil && code != "VED" && code != "ZWG" {
					continue // most of them; an error costs more
				}
				if _, err := CurrencyDigits(code); err == nil && !slices.Contains(often, code) {
					codes = append(codes, code)
				}
			}
		}
	}
	return codes
}
