package sandbox

import (
	"time"

	"github.com/apo-cli/apo/pkg/report"
)

// SettledOfNothing is the currency in the names of settlements of nothing.
const SettledOfNothing = "SGD"

// Report writes the financial reports of the books, in both generations of headers:
// what was successful on each day, and what of it is settled, by currency. Days are in
// UTC and by the sandbox's clock; the money of a day is settled on that day. With zero
// times it is every day on which something happened, and today; else each day from the
// one through the other, whether something happened or not.
//
// add is given the text of the files, piece by piece. The books are read once, a few
// payments at a time, and are not held up by it.
func (s *Sandbox) Report(from, to time.Time, add func(file string, text []byte) error) ([]report.File, error) {
	var now time.Time
	var numbers ids
	err := s.store.do(func(t *tx) error { now, numbers = t.now, t.ids; return nil })
	if err != nil {
		return nil, err
	}
	set := &report.Set{Customer: numbers.customer(), Batch: numbers.settlement, Append: add, Fallback: SettledOfNothing}
	if from.IsZero() && to.IsZero() {
		set.Day(now)
	}
	for day := from; !day.IsZero() && !day.After(to); day = day.Add(24 * time.Hour) {
		set.Day(day)
	}
	wanted := func(r *report.Row) error {
		if !from.IsZero() && r.Completed.Before(from) || !to.IsZero() && !r.Completed.Before(to.Add(24*time.Hour)) {
			return nil
		}
		return set.Add(r)
	}
	made := newStatement(numbers)
	if err := s.eachBooked(func(b *booked) error { return made.rows(b, wanted) }); err != nil {
		return nil, err
	}
	return set.End()
}

// Customer is the customerId of the reports of this sandbox.
func (s *Sandbox) Customer() (id string, err error) {
	err = s.store.look(func(t *tx) error { id = t.ids.customer(); return nil })
	return id, err
}
