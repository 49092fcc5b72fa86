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

// IsCardNumber reports whether digits could be the number of a card: Luhn-valid,
// in the range of a brand, and as long as that brand's may be, 12 to 19 digits.
func IsCardNumber(digits string) bool {
	if len(digits) < 12 || len(digits) > 19 || !isDigits(digits) {
		return false
	}
	r, found := rangeOf(digits)
	return found && len(digits) >= r.least && len(digits) <= r.most && Luhn(digits)
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
// digits; "" where they belong to none. APO has no word of its own for "RUPAY" and
// "UATP", and calls the cards of "KOREAN", whose issuers share a range, by their issuer.
func Brand(digits string) string {
	if !isDigits(digits) || len(digits) < 4 {
		return ""
	}
	r, _ := rangeOf(digits)
	return r.brand
}

// cardRange are the numbers of a brand, which have least to most digits.
type cardRange struct {
	brand       string
	least, most int
}

// rangeOf finds the range of a number by its first digits; narrow ranges stand
// before wide ones. A range is as wide as any issuer was ever seen to use it: a
// number that is hidden in vain does less harm than one that is shown.
func rangeOf(digits string) (r cardRange, found bool) {
	begins := func(from, to string) bool {
		n := len(from)
		return len(digits) >= n && digits[:n] >= from && digits[:n] <= to
	}
	switch {
	case begins("4", "4"):
		r = cardRange{"VISA", 13, 19}
	case begins("51", "55"), begins("2221", "2720"):
		r = cardRange{"MASTERCARD", 15, 19}
	case begins("34", "34"), begins("37", "37"):
		r = cardRange{"AMEX", 15, 19}
	case begins("3528", "3589"):
		r = cardRange{"JCB", 15, 19}
	case begins("36", "36"), begins("38", "39"), begins("3000", "3059"), begins("3090", "3099"):
		r = cardRange{"DINERS", 14, 19}
	case begins("2200", "2204"):
		r = cardRange{"MIR", 16, 19}
	case begins("9792", "9792"):
		r = cardRange{"TROY", 16, 16}
	case begins("1", "1"):
		r = cardRange{"UATP", 15, 15}
	case begins("94", "94"):
		r = cardRange{"KOREAN", 15, 16}
	case begins("2869", "2869"), begins("502275", "502275"), begins("506199", "506499"):
		r = cardRange{"CARNET", 16, 16}
	case begins("508", "508"), begins("82", "82"), begins("8172", "8199"):
		r = cardRange{"RUPAY", 15, 19}
	case begins("62", "62"), begins("81", "81"):
		r = cardRange{"CUP", 15, 19}
	case begins("6011", "6011"), begins("65", "65"), begins("6440", "6499"):
		r = cardRange{"DISCOVER", 15, 19}
	case begins("50", "50"), begins("56", "58"), begins("6", "6"):
		r = cardRange{"MAESTRO", 12, 19}
	default:
		return r, false
	}
	return r, true
}
