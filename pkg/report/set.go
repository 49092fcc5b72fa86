package report

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Set sorts rows into the reports of their days and currencies, in both generations.
// Set its fields, Add rows in any order, and End it. However many files there are, it
// holds back no more than 32 MiB of them.
type Set struct {
	Customer string                                 // customerId
	Batch    func(day time.Time, ccy string) string // settlementBatchId of what is settled on a day, in UTC
	Append   func(file string, text []byte) error   // adds to a file, which is new the first time
	Fallback string                                 // currency in the names of settlements of nothing

	days    map[int64]*day
	batches map[batchKey]*settled
	last    *settled // the batch of the last row
	lastKey batchKey
	held    int
}

// day has the transaction details of a day.
type day struct {
	start time.Time
	files [2]*file
}

type batchKey struct {
	day      int64
	currency string
}

// settled is a batch with the details of it that are written already.
type settled struct {
	Batch
	day   time.Time
	files [2]*file
}

// file is a report that is being written.
type file struct {
	Writer
	name   string
	append func(string, []byte) error
}

// Write is for [Writer].
func (f *file) Write(text []byte) (int, error) { return len(text), f.append(f.name, text) }

// File is a report that was written.
type File struct {
	Name       string
	Generation Generation
	Period
	Rows       int64
	Settlement *big.Int // in smallest units; nil of transaction details
}

// Add adds a row to the transaction details of the day on which it was completed, and,
// where it settles, to the settlement of that day. It sets the row's customer, batch
// and settlement time.
func (s *Set) Add(r *Row) error {
	r.CustomerID = s.Customer
	var b *settled
	if r.Settles() {
		b = s.batch(r.Completed, r.Settlement.Currency)
		r.BatchID, r.Settled = b.ID, b.Settled
		b.Batch.Add(r)
		if err := s.write(b.files, r); err != nil {
			return err
		}
	}
	return s.write(s.of(r.Completed).files, r)
}

func (s *Set) write(files [2]*file, r *Row) error {
	for _, f := range files {
		before := f.Held()
		if err := f.Writer.Write(r); err != nil {
			return err
		}
		s.held += f.Held() - before
	}
	if s.held < 32<<20 {
		return nil
	}
	return s.flush()
}

// flush writes what all files hold back.
func (s *Set) flush() error {
	s.held = 0
	for _, d := range s.days {
		for _, f := range d.files {
			if err := f.Flush(); err != nil {
				return err
			}
			f.e.b = nil // of the many that there may be
		}
	}
	for _, b := range s.batches {
		for _, f := range b.files {
			if err := f.Flush(); err != nil {
				return err
			}
			f.e.b = nil
		}
	}
	return nil
}

// numberOf counts days since 1970, in UTC.
func numberOf(t time.Time) int64 {
	unix := t.Unix()
	if unix < 0 {
		unix -= secondsOfDay - 1
	}
	return unix / secondsOfDay
}

func startOf(day int64) time.Time { return time.Unix(day*secondsOfDay, 0).UTC() }

// Day makes sure that a day has reports, also where nothing happened on it.
func (s *Set) Day(at time.Time) { s.of(at) }

func (s *Set) of(at time.Time) *day {
	n := numberOf(at)
	d := s.days[n]
	if d == nil {
		if s.days == nil {
			s.days = map[int64]*day{}
		}
		d = &day{start: startOf(n)}
		d.files = s.begin(d.period(s.Customer))
		s.days[n] = d
	}
	return d
}

func (d *day) period(customer string) Period {
	return Period{Kind: Transactions, Day: d.start, Customer: customer}
}

func (s *Set) begin(p Period) (files [2]*file) {
	for i, g := range Generations() {
		f := &file{name: p.Name(g), append: s.Append}
		f.Begin(f, p.Kind, g)
		files[i] = f
		s.held += f.Held()
	}
	return files
}

func (s *Set) batch(at time.Time, currency string) *settled {
	key := batchKey{numberOf(at), currency}
	if s.last != nil && key == s.lastKey {
		return s.last
	}
	b := s.batches[key]
	if b == nil {
		if s.batches == nil {
			s.batches = map[batchKey]*settled{}
		}
		day := startOf(key.day)
		b = &settled{Batch: Batch{ID: s.Batch(day, currency), Customer: s.Customer, Currency: currency, Settled: day.Add(secondsOfDay*time.Second - time.Second)}, day: day}
		b.files = s.begin(b.period(Details))
		s.batches[key] = b
	}
	s.last, s.lastKey = b, key
	return b
}

func (b *settled) period(k Kind) Period {
	return Period{Kind: k, Day: b.day, BatchID: b.ID, Currency: b.Currency, Customer: b.Customer}
}

// End ends all reports and writes the summaries. A day on which nothing was settled
// gets a settlement of nothing.
func (s *Set) End() (list []File, err error) {
	paid := map[int64]bool{}
	for key, b := range s.batches {
		paid[key.day] = true
		if list, err = s.endBatch(list, b); err != nil {
			return nil, err
		}
	}
	for n, d := range s.days {
		if list, err = s.end(list, d.files, d.period(s.Customer), nil); err != nil {
			return nil, err
		}
		if paid[n] {
			continue
		}
		empty := &settled{Batch: Batch{ID: NoBatch, Customer: s.Customer, Currency: s.Fallback}, day: d.start}
		empty.files = s.begin(empty.period(Details))
		if list, err = s.endBatch(list, empty); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b File) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Currency, b.Currency), cmp.Compare(b.Generation, a.Generation))
	})
	return list, nil
}

func (s *Set) endBatch(list []File, b *settled) ([]File, error) {
	lines, sum := b.Lines(), new(Sum)
	if lines != nil {
		sum = &lines[len(lines)-1].Settlement
	}
	list, err := s.end(list, b.files, b.period(Details), sum.Int())
	if err != nil {
		return nil, err
	}
	files := s.begin(b.period(Summary))
	for _, f := range files {
		for _, line := range lines {
			if err := f.WriteLine(line); err != nil {
				return nil, err
			}
		}
	}
	return s.end(list, files, b.period(Summary), sum.Int())
}

func (s *Set) end(list []File, files [2]*file, p Period, sum *big.Int) ([]File, error) {
	for i, g := range Generations() {
		f := files[i]
		if err := f.Writer.End(); err != nil {
			return nil, err
		}
		f.e.b = nil
		list = append(list, File{Name: f.name, Generation: g, Period: p, Rows: f.Rows(), Settlement: sum})
	}
	return list, nil
}
