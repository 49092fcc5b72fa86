package apo

import (
	"fmt"
	"strings"

	"github.com/Rhymond/go-money"
)

// Amount is a sum of money as APO has it.
type Amount struct {
	Currency string `json:"currency"` // ISO 4217: "SGD"
	Value    string `json:"value"`    // a positive integer in the smallest unit: "4200" is SGD 42.00
}

// AmountOf reads an amount as messages carry it: {"currency":"SGD","value":"4200"}. A
// value that is a number is taken as it is written: no digit gets lost. What is neither
// text nor number is as if it were not there.
func AmountOf(object []byte) (a Amount) {
	text := func(value []byte) string {
		if c := value[0]; c == '"' || c == '-' || c >= '0' && c <= '9' {
			return string(Text(value))
		}
		return ""
	}
	_ = Members(object, func(name, value []byte) {
		switch string(name) {
		case "currency":
			a.Currency = text(value)
		case "value":
			a.Value = text(value)
		}
	})
	return a
}

// maxDigits is the length of Amount.Value in APO.
const maxDigits = 16

// IsZero reports whether nothing is set.
func (a Amount) IsZero() bool { return a == Amount{} }

// String writes the amount in major units: "SGD 42.00", "JPY 4200",
// "BHD 4.200". An amount that cannot be written so is shown as it is.
func (a Amount) String() string {
	digits, err := CurrencyDigits(a.Currency)
	if err != nil || a.Value != "0" && checkDigits(a.Value) != nil {
		return strings.TrimSpace(a.Currency + " " + a.Value)
	}
	value := strings.TrimLeft(a.Value, "0")
	if digits == 0 {
		if value == "" {
			value = "0"
		}
		return a.Currency + " " + value
	}
	for len(value) <= digits {
		value = "0" + value
	}
	point := len(value) - digits
	return a.Currency + " " + value[:point] + "." + value[point:]
}

// Units returns the value as a number of smallest units. It has 16 digits at
// the most, so sums of hundreds of amounts fit too.
func (a Amount) Units() (int64, error) {
	if err := checkDigits(a.Value); err != nil {
		return 0, err
	}
	var n int64
	for _, c := range a.Value {
		n = n*10 + int64(c-'0')
	}
	return n, nil
}

// Units64 makes an amount of n smallest units.
func Units64(currency string, n int64) Amount {
	return Amount{Currency: currency, Value: fmt.Sprint(n)}
}

// CurrencyDigits returns how many digits of ISO 4217 stand behind the decimal
// point: 2 for SGD, 0 for JPY, 3 for BHD. CLDR, which many libraries use,
// differs: it has 0 for IDR, PKR and others, a hundredfold error.
func CurrencyDigits(currency string) (int, error) {
	switch currency {
	case "VED", "ZWG": // newer than the library's table
		return 2, nil
	case "ANG", "BYR", "CUC", "EEK", "GGP", "GHC", "HRK", "IMP", "JEP", "LTL", "LVL", "RUR", "SKK", "SLL", "STD", "TRL", "VEF",
		"XAG", "XAU", "XDR", "ZWD", "ZWL": // withdrawn, or no currency to pay with
		return 0, fmt.Errorf("%q is not a currency of ISO 4217 that is in use", currency)
	}
	// The library answers for lower case too; APO does not take that.
	if c := money.GetCurrency(currency); c != nil && c.Code == currency {
		return c.Fraction, nil
	}
	if upper := strings.ToUpper(currency); upper != currency {
		if _, err := CurrencyDigits(upper); err == nil {
			return 0, fmt.Errorf("%q is written in capitals: %s", currency, upper)
		}
	}
	return 0, fmt.Errorf("%q is not a currency of ISO 4217 that is in use", currency)
}

// ParseAmount reads what a person types: an integer in the smallest unit with
// its currency apart ("4200", "SGD"), or both together in major units
// ("SGD 42.00", ""). Anything that could be meant in two ways is refused with
// what was probably meant, by an [*AmountError].
func ParseAmount(text, currency string) (Amount, error) {
	if name, major, found := strings.Cut(strings.TrimSpace(text), " "); found && isLetters(name) {
		if currency != "" && currency != name {
			return Amount{}, fmt.Errorf("amount %q and currency %q name two currencies", text, currency)
		}
		return parseMajor(name, strings.TrimSpace(major), text)
	}
	if major, name, found := strings.Cut(strings.TrimSpace(text), " "); found && isLetters(name) {
		e := &AmountError{Text: text, Problem: "has its currency behind it", Currency: CurrencyBehind, Number: major, Name: name}
		if digits, err := CurrencyDigits(name); err == nil && !hasDecimals(major, digits) {
			e.Meant = meant(text, name, digits)
		}
		return Amount{}, e
	}
	if currency == "" {
		return Amount{}, withoutCurrency(text)
	}
	if sign, _ := splitSign(text); currencyOf(sign) != "" && currencyOf(sign) != currency {
		return Amount{}, fmt.Errorf("amount %q and currency %q name two currencies", text, currency)
	}
	digits, err := CurrencyDigits(currency)
	if err != nil {
		return Amount{}, fmt.Errorf("currency %w", err)
	}
	if err := checkDigits(text); err != nil {
		return Amount{}, &AmountError{Text: text, Problem: err.Error(), Meant: meant(text, currency, digits)}
	}
	return Amount{Currency: currency, Value: text}, nil
}

func parseMajor(currency, major, text string) (Amount, error) {
	digits, err := CurrencyDigits(currency)
	if err != nil {
		return Amount{}, fmt.Errorf("currency %w", err)
	}
	value, err := toUnits(major, digits)
	if err == nil {
		err = checkDigits(value)
	}
	if err != nil {
		return Amount{}, &AmountError{Text: text, Problem: err.Error(), Meant: meant(text, currency, digits)}
	}
	return Amount{Currency: currency, Value: value}, nil
}

// hasDecimals reports whether a number has the decimals that its currency has.
func hasDecimals(major string, digits int) bool {
	_, err := toUnits(major, digits)
	return err == nil
}

// toUnits turns "42.00" into "4200" for two digits, without arithmetic.
func toUnits(major string, digits int) (string, error) {
	whole, fraction, hasPoint := strings.Cut(major, ".")
	if !isDigits(whole) || hasPoint && !isDigits(fraction) {
		return "", fmt.Errorf("is not a number with a decimal point and no other signs")
	}
	if len(fraction) > digits || hasPoint && digits == 0 {
		return "", fmt.Errorf("has more than the %d decimal digits of its currency", digits)
	}
	if len(fraction) < digits { // "SGD 4200" could be meant in smallest units
		return "", fmt.Errorf("needs a point and the %d decimal digits of its currency", digits)
	}
	if whole != "0" && strings.HasPrefix(whole, "0") {
		return "", fmt.Errorf("begins with 0")
	}
	value := strings.TrimLeft(whole+fraction, "0")
	if value == "" {
		return "", fmt.Errorf("is zero")
	}
	return value, nil
}

// checkDigits holds the rule of Amount.Value.
func checkDigits(value string) error {
	switch {
	case value == "":
		return fmt.Errorf("is missing")
	case strings.HasPrefix(value, "-"):
		return fmt.Errorf("is negative")
	case !isDigits(value):
		return fmt.Errorf("is not an integer in the smallest unit, in the digits 0 to 9")
	case strings.Trim(value, "0") == "":
		return fmt.Errorf("is zero")
	case value[0] == '0':
		return fmt.Errorf("begins with 0")
	case len(value) > maxDigits:
		return fmt.Errorf("has more than %d digits", maxDigits)
	}
	return nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func isLetters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}
