package journal

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// RefundMatch is a refund that a number led to.
type RefundMatch struct {
	Numbers apo.Numbers // its own, and those of its payment, as far as they are known
	Record  Record      // the newest that led there
	Number  string      // that led there, as it is written in the journal
	Way     Way
}

// LookupRefund finds the refunds of [Carrying] by their own numbers, as [Lookup] finds
// payments.
func LookupRefund(ctx context.Context, a Archive, k Key, wanted func(Record) bool) ([]RefundMatch, error) {
	list, err := Carrying(ctx, a, k, wanted)
	if err != nil {
		return nil, err
	}
	var found []RefundMatch
	best := Begins
	for _, r := range list {
		n := r.Numbers
		if r.Reads && r.Outcome == apo.NotFound || n.RefundRequestID == "" && n.RefundID == "" {
			continue
		}
		named := slices.DeleteFunc([]string{n.RefundRequestID, n.RefundID, n.ARN, n.RRN}, func(own string) bool { return !slices.Contains(k.among(r), own) })
		number, way := leadsAmong(named, k)
		same := func(m RefundMatch) bool {
			return n.RefundRequestID != "" && m.Numbers.RefundRequestID == n.RefundRequestID || n.RefundID != "" && m.Numbers.RefundID == n.RefundID
		}
		switch i := slices.IndexFunc(found, same); {
		case number == "":
			continue
		case i >= 0:
			found[i].Numbers = found[i].Numbers.Or(n)
			found[i].Way = min(found[i].Way, way)
		default:
			found = append(found, RefundMatch{n, r, number, way})
		}
		best = min(best, way)
	}
	return slices.DeleteFunc(found, func(m RefundMatch) bool { return m.Way != best }), nil
}

// leadsAmong is the number that fits a key best, and how; "" where none does.
func leadsAmong(numbers []string, k Key) (number string, way Way) {
	way = ByCard
	for _, n := range numbers {
		fits := Begins
		switch {
		case n == "" || k.End != "" && !strings.HasSuffix(n, k.End):
			continue
		case n == k.Number && !k.Cut:
			fits = Exactly
		case asciiUpper(n) == asciiUpper(k.Number) && !k.Cut:
			fits = CaseAside
		case len(n) < len(k.Number) || asciiUpper(n[:len(k.Number)]) != asciiUpper(k.Number):
			continue
		}
		if fits < way {
			number, way = n, fits
		}
	}
	return number, way
}

// Key is what to ask the gateway for.
func (m RefundMatch) Key() apo.RefundKey {
	if m.Numbers.RefundRequestID == "" {
		return apo.RefundKey{RefundID: m.Numbers.RefundID}
	}
	return apo.RefundKey{RefundRequestID: m.Numbers.RefundRequestID}
}

// ID is the refund's own ID, yours if it is known.
func (m RefundMatch) ID() string { return cmp.Or(m.Numbers.RefundRequestID, m.Numbers.RefundID) }
