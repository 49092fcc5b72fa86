package journal

import (
	"maps"
	"math/big"
	"slices"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Day is what was sent on one day, by the clock of this machine.
type Day struct {
	Date                     string // "2026-11-30"
	Payments                 int    // pay calls
	Succeeded, Open          int    // of them
	Paid, Captured, Refunded Sums   // what has worked; Paid is what was authorized
}

// SuccessRate is the share of the payments whose outcome is known, 0 to 1.
func (d Day) SuccessRate() float64 {
	return Stats{Calls: d.Payments, Open: d.Open, Succeeded: d.Succeeded}.SuccessRate()
}

// Sums are amounts added up by currency: in its smallest unit.
type Sums map[string]*big.Int

// Amounts are the sums, in the order of their currencies.
func (s Sums) Amounts() []apo.Amount {
	var list []apo.Amount
	for _, currency := range slices.Sorted(maps.Keys(s)) {
		list = append(list, apo.Amount{Currency: currency, Value: s[currency].String()})
	}
	return list
}

func (s Sums) add(a apo.Amount) {
	value, ok := new(big.Int).SetString(a.Value, 10)
	if !ok || a.Currency == "" {
		return
	}
	if sum := s[a.Currency]; sum != nil {
		sum.Add(sum, value)
		return
	}
	s[a.Currency] = value
}

// days are the days of records, which come roughly in the order of their times.
type days struct {
	of         map[string]*Day
	total      Day
	day        *Day // that of the record before
	begin, end time.Time
}

func newDays() *days { return &days{of: map[string]*Day{}, total: newDay("")} }

func newDay(date string) Day {
	return Day{Date: date, Paid: Sums{}, Captured: Sums{}, Refunded: Sums{}}
}

func (d *days) add(r Record) {
	switch r.Endpoint {
	case "pay", "capture", "refund":
	default:
		return
	}
	d.on(r.Time)
	for _, day := range []*Day{d.day, &d.total} {
		day.add(r)
	}
}

// on turns to the day of a time.
func (d *days) on(t time.Time) {
	if d.day != nil && !t.Before(d.begin) && t.Before(d.end) {
		return
	}
	year, month, day := t.Local().Date()
	d.begin = time.Date(year, month, day, 0, 0, 0, 0, time.Local)
	d.end = time.Date(year, month, day+1, 0, 0, 0, 0, time.Local)
	date := t.Local().Format(time.DateOnly)
	if d.of[date] == nil {
		empty := newDay(date)
		d.of[date] = &empty
	}
	d.day = d.of[date]
}

func (d *Day) add(r Record) {
	worked := r.Outcome == apo.Succeeded
	switch r.Endpoint {
	case "pay":
		d.Payments++
		if r.State.Open() {
			d.Open++
		} else if worked {
			d.Succeeded++
			d.Paid.add(r.Amount)
		}
	case "capture":
		if worked {
			d.Captured.add(r.Amount)
		}
	case "refund":
		if worked {
			d.Refunded.add(r.Amount)
		}
	}
}

func (d *days) list() []Day {
	var list []Day
	for _, date := range slices.Backward(slices.Sorted(maps.Keys(d.of))) {
		list = append(list, *d.of[date])
	}
	return list
}
