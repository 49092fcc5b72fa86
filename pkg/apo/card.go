package apo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Card is a card as a buyer types it in. It prints as its brand and last four
// digits, never as itself.
type Card struct {
	Number      string // digits alone
	ExpiryYear  string // two digits
	ExpiryMonth string // two digits
	CVV         string // three or four digits; may be empty
	FirstName   string
	LastName    string
}

func (c Card) String() string { return strings.TrimSpace(Brand(c.Number) + " " + lastFour(c.Number)) }

// Format prints the same through every verb.
func (c Card) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// MarshalText keeps the number out of JSON too.
func (c Card) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// IsCardNumber reports whether digits could be the number of a card: 15 to 19
// of them, Luhn-valid, in the range of a brand.
func IsCardNumber(digits string) bool {
	return len(digits) >= 15 && len(digits) <= 19 && Brand(digits) != "" && Luhn(digits)
}

// Luhn checks the last digit of a card number.
func Luhn(digits string) bool {
	if !isDigits(digits) {
		return false
	}
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// CardEnd is the end of the month until which a card is good ("35" or "2035",
// "12"), wherever on earth it is paid with. Digits are expected.
func CardEnd(expiryYear, expiryMonth string) time.Time {
	year, _ := strconv.Atoi(expiryYear)
	if len(expiryYear) == 2 {
		year += 2000
	}
	month, _ := strconv.Atoi(expiryMonth)
	return time.Date(year, time.Month(month)+1, 1, 12, 0, 0, 0, time.UTC)
}

// Brand names the brand of a card number in APO's words ("VISA"), by its first
// digits; "" where they belong to none.
func Brand(digits string) string {
	if !isDigits(digits) || len(digits) < 4 {
		return ""
	}
	first := func(n int) string { return digits[:n] }
	switch p2, p4 := first(2), first(4); {
	case digits[0] == '4':
		return "VISA"
	case p2 >= "51" && p2 <= "55", p4 >= "2221" && p4 <= "2720":
		return "MASTERCARD"
	case p2 == "34" || p2 == "37":
		return "AMEX"
	case p4 >= "3528" && p4 <= "3589":
		return "JCB"
	case p2 == "36" || p2 == "38" || p2 == "39" || p4 >= "3000" && p4 <= "3059":
		return "DINERS"
	case p4 == "6011" || p2 == "65" || p4 >= "6440" && p4 <= "6499":
		return "DISCOVER"
	case p2 == "62" || p2 == "81":
		return "CUP"
	case p2 == "50" || p2 >= "56" && p2 <= "58" || strings.HasPrefix(digits, "6"):
		return "MAESTRO"
	}
	return ""
}
