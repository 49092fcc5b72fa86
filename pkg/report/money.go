package report

import (
	"fmt"
	"math/big"
	"math/bits"
	"strconv"

	"github.com/apo-cli/apo/pkg/apo"
)

// Money is an amount, in the smallest unit of its currency; below zero it leaves the
// merchant. The zero value is no amount at all.
type Money struct {
	Units    int64
	Currency string
}

// String is "SGD -42.00".
func (m Money) String() string {
	digits, err := apo.CurrencyDigits(m.Currency)
	if err != nil {
		return m.Currency + " " + strconv.FormatInt(m.Units, 10) + " (smallest unit)"
	}
	return m.Currency + " " + string(appendMajor(nil, m.Units, digits))
}

// appendMajor writes an amount in major units: -4200 with two digits is -42.00.
func appendMajor(b []byte, units int64, digits int) []byte {
	n := uint64(units)
	if units < 0 {
		b, n = append(b, '-'), -n
	}
	var text [24]byte
	at := len(text)
	for i := 0; n > 0 || i <= digits; i++ {
		if i == digits && digits > 0 {
			at--
			text[at] = '.'
		}
		at--
		text[at] = '0' + byte(n%10)
		n /= 10
	}
	return append(b, text[at:]...)
}

// plus adds up, and says so where that is too much.
func plus(a, b int64) (int64, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return 0, fmt.Errorf("%d and %d are too much to add up", a, b)
	}
	return sum, nil
}

// Share is a part of an amount, rounded to the even neighbour: of 4250 units 120
// basis points are 51.
func Share(units, basisPoints int64) int64 {
	n, err := scale(units, uint64(max(basisPoints, 0)), 10_000)
	if err != nil {
		return 0 // of a hundred percent and less nothing is too much
	}
	return n
}

// scale is units * times / by, rounded half to even.
func scale(units int64, times, by uint64) (int64, error) {
	n, negative := uint64(units), units < 0
	if negative {
		n = -n
	}
	high, low := bits.Mul64(n, times)
	if by == 0 || high >= by {
		return 0, fmt.Errorf("%d times %d by %d is no amount", units, times, by)
	}
	whole, rest := bits.Div64(high, low, by)
	if twice := by - rest; rest > twice || rest == twice && whole%2 == 1 {
		whole++
	}
	if whole > 1<<62 {
		return 0, fmt.Errorf("%d times %d by %d is too much", units, times, by)
	}
	if negative {
		return -int64(whole), nil
	}
	return int64(whole), nil
}

// Sum adds up any number of amounts of one currency. The zero value is 0.
type Sum struct {
	part int64
	rest *big.Int // what does not fit into part; nil: nothing
}

// Add adds smallest units.
func (s *Sum) Add(units int64) {
	sum, err := plus(s.part, units)
	if err == nil {
		s.part = sum
		return
	}
	if s.rest == nil {
		s.rest = new(big.Int)
	}
	s.rest.Add(s.rest, big.NewInt(s.part))
	s.part = units
}

// AddSum adds another sum.
func (s *Sum) AddSum(o Sum) {
	s.Add(o.part)
	if o.rest == nil {
		return
	}
	if s.rest == nil {
		s.rest = new(big.Int)
	}
	s.rest.Add(s.rest, o.rest)
}

// Int is the sum in smallest units.
func (s *Sum) Int() *big.Int {
	n := big.NewInt(s.part)
	if s.rest != nil {
		n.Add(n, s.rest)
	}
	return n
}

// isZero reports whether the sum is 0.
func (s *Sum) isZero() bool { return s.part == 0 && s.rest == nil || s.Int().Sign() == 0 }

// appendMajor writes the sum in major units.
func (s *Sum) appendMajor(b []byte, digits int) []byte {
	if s.rest == nil {
		return appendMajor(b, s.part, digits)
	}
	n := s.Int()
	if n.Sign() < 0 {
		b = append(b, '-')
	}
	text := n.Abs(n).String()
	for len(text) <= digits {
		text = "0" + text
	}
	b = append(b, text[:len(text)-digits]...)
	if digits > 0 {
		b = append(append(b, '.'), text[len(text)-digits:]...)
	}
	return b
}
