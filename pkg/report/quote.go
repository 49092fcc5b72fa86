package report

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// Quote is the price at which one currency became another. Of the pair A/B one A is
// Price B: an amount in A is multiplied, one in B divided.
type Quote struct {
	Pair  string // "USD/SGD"; "" is no quote
	Price string // "1.35"
}

// Convert gives an amount in another currency, in its smallest unit, rounded half to
// even.
func (q Quote) Convert(m Money, to string) (int64, error) {
	from, err := apo.CurrencyDigits(m.Currency)
	if err != nil {
		return 0, err
	}
	into, err := apo.CurrencyDigits(to)
	if err != nil {
		return 0, err
	}
	price, decimals, err := parsePrice(q.Price)
	if err != nil {
		return 0, err
	}
	base, second, _ := strings.Cut(q.Pair, "/")
	var times, by uint64
	switch {
	case base == m.Currency && second == to:
		times, err = product(price, power(into))
		by = power(from + decimals)
	case second == m.Currency && base == to:
		times = power(into + decimals)
		by, err = product(price, power(from))
	default:
		return 0, fmt.Errorf("the quote %s says nothing of %s in %s", q.Pair, m.Currency, to)
	}
	if err != nil {
		return 0, err
	}
	return scale(m.Units, times, by)
}

// parsePrice reads "1.35" as 135 with 2 decimals.
func parsePrice(text string) (price uint64, decimals int, err error) {
	whole, fraction, _ := strings.Cut(text, ".")
	price, err = strconv.ParseUint(whole+fraction, 10, 63)
	if err != nil || price == 0 || len(fraction) > 10 {
		return 0, 0, fmt.Errorf("%q is no price of a quote", text)
	}
	return price, len(fraction), nil
}

func product(a, b uint64) (uint64, error) {
	high, low := bits.Mul64(a, b)
	if high != 0 {
		return 0, fmt.Errorf("%d times %d is too much", a, b)
	}
	return low, nil
}

// power is 10 to the n.
func power(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
