package apo

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// AmountError is about a text that is no amount, or not one for certain.
type AmountError struct {
	Text    string   // as it was typed: "42.00"
	Problem string   // "is not an integer in the smallest unit, in the digits 0 to 9"
	Meant   []Amount // what the text may mean, the likelier first; empty where nobody can tell

	Currency CurrencyFault // the zero value: its currency is in order
	Number   string        // what is to stand behind the currency, in major units: "42.00"; "" where that is not clear
	Name     string        // of the currency behind the number: "SGD"; the sign of several currencies before it: "$"; else ""
	Whole    bool          // the number alone, without decimals: it may be in the smallest unit
}

// CurrencyFault is what is wrong with the currency of an amount.
type CurrencyFault int

const (
	CurrencyMissing CurrencyFault = 1 + iota // there is none, or a sign of several
	CurrencyBehind                           // it stands behind the number
)

func (e *AmountError) Error() string { return fmt.Sprintf("amount %q %s", e.Text, e.Problem) }

// mostRepeated is how many digits an amount has that is repeated; more may be a card's
// number.
const mostRepeated = 11

// meant are the amounts that a text may mean which is none, the likelier one first:
// "1,500" is 1500 smallest units, or 1500.00.
func meant(text, currency string, digits int) []Amount {
	sign, number := splitSign(text)
	if !isSign(sign) || strings.ContainsAny(text, "-−(") || len(number) > mostRepeated {
		return nil
	}
	whole, fraction, decimal, ok := splitNumber(number, digits)
	if !ok {
		return nil
	}
	if digits > 0 && isLetters(sign) && !decimal && strings.Count(number, ".") == 1 { // "SGD 42.001" is no other amount
		return nil
	}
	var values []string
	for len(fraction) < digits {
		fraction += "0"
	}
	switch major := whole + fraction; {
	case decimal || digits == 0:
		values = []string{major}
	case sign != "":
		values = []string{major, whole}
	default:
		values = []string{whole, major}
	}
	var list []Amount
	for _, value := range values {
		if value = strings.TrimLeft(value, "0"); checkDigits(value) == nil {
			list = append(list, Amount{Currency: currency, Value: value})
		}
	}
	return list
}

// splitSign takes the sign or name of a currency from before or behind a number.
func splitSign(text string) (sign, number string) {
	isNoDigit := func(r rune) bool { return r < '0' || r > '9' }
	number = strings.TrimFunc(text, isNoDigit)
	return strings.TrimFunc(strings.Replace(text, number, "", 1), unicode.IsSpace), number
}

// splitNumber reads a number as people write it, with whatever marks its thousands
// and decimals. decimal says that it has a decimal mark.
func splitNumber(number string, digits int) (whole, fraction string, decimal, ok bool) {
	number = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("'’_", r) {
			return -1
		}
		return r
	}, number)
	mark := strings.LastIndexAny(number, ".,")
	if mark >= 0 {
		whole, fraction = number[:mark], number[mark+1:]
		two := strings.ContainsAny(whole, ".,") && !strings.Contains(whole, number[mark:mark+1]) // the other mark is that of the thousands
		once := !strings.ContainsAny(whole, ".,")
		decimal = two || once && (len(fraction) != 3 || digits == 3)
	}
	switch {
	case !decimal:
		whole, fraction = strings.NewReplacer(".", "", ",", "").Replace(number), ""
	case digits == 0 && strings.Trim(fraction, "0") == "":
		fraction = ""
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	return whole, fraction, decimal, isDigits(whole) && (fraction == "" || isDigits(fraction)) && len(fraction) <= digits
}

// isSign reports whether a text can stand beside an amount.
func isSign(text string) bool {
	runes := []rune(text)
	return text == "" || currencyOf(text) != "" || len(runes) == 1 && unicode.Is(unicode.Sc, runes[0])
}

// currencyOf returns the currency that a sign or a name stands for, "" where it is none
// or that of several.
func currencyOf(sign string) string {
	if _, err := CurrencyDigits(strings.ToUpper(sign)); err == nil {
		return strings.ToUpper(sign)
	}
	return map[string]string{
		"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "฿": "THB", "₫": "VND", "₱": "PHP", "₺": "TRY", "₦": "NGN", "₪": "ILS",
		"S$": "SGD", "US$": "USD", "HK$": "HKD", "NT$": "TWD", "A$": "AUD", "NZ$": "NZD", "C$": "CAD", "R$": "BRL",
		"RM": "MYR", "Rp": "IDR", "Rs": "INR",
	}[sign]
}

// withoutCurrency is the error of an amount whose currency is not known.
func withoutCurrency(text string) *AmountError {
	e := &AmountError{Text: text, Problem: "has no currency", Currency: CurrencyMissing}
	sign, number := splitSign(text)
	if currency := currencyOf(sign); currency != "" {
		if digits, err := CurrencyDigits(currency); err == nil {
			if e.Meant = meant(text, currency, digits); e.Meant != nil {
				e.Problem = "has its currency in another form"
				return e
			}
		}
	}
	whole, fraction, decimal, isNumber := splitNumber(number, 2)
	either := !decimal && strings.ContainsAny(number, ".,") // 12.345
	if !isNumber || either || strings.ContainsAny(text, "-−(") || len(number) > mostRepeated {
		return e
	}
	e.Number = whole + "." + (fraction + "00")[:2]
	if slices.Contains([]string{"$", "¥", "￥", "kr"}, sign) {
		e.Name = sign
	}
	e.Whole = fraction == "" && sign == ""
	return e
}
