package sandbox

import (
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/apo-cli/apo/pkg/report"
)

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
	set := &report.Set{Customer: numbers.customer(), Batch: numbers.settlement, Append: add, Fallback: "SGD"}
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
	if err := s.eachRecord(func(b *paymentRecord) error { return made.rows(b, wanted) }); err != nil {
		return nil, err
	}
	return set.End()
}

// Customer is the customerId of the reports of this sandbox.
func (s *Sandbox) Customer() (id string, err error) {
	err = s.store.look(func(t *tx) error { id = t.ids.customer(); return nil })
	return id, err
}

// pageSize is how many payments are read at a time.
const pageSize = 500

// page are some payments with their transactions, as they are stored.
type page struct {
	payments, transactions [][]byte
	last                   string // the paymentId of the last one
	err                    error
}

// eachRecord hands out all payments with their transactions, in the order of their
// paymentIds. While one page is looked at, the next one is read.
func (s *Sandbox) eachRecord(yield func(*paymentRecord) error) error {
	pages, stop := make(chan page, 1), make(chan struct{})
	var reading sync.WaitGroup
	defer reading.Wait()
	defer close(stop)
	reading.Go(func() {
		defer close(pages)
		for last := ""; ; {
			p := s.readPage(last)
			if last = p.last; p.err == nil && len(p.payments) == 0 {
				return
			}
			select {
			case pages <- p:
			case <-stop:
				return
			}
			if p.err != nil {
				return
			}
		}
	})
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		if err := p.each(yield); err != nil {
			return err
		}
	}
	return nil
}

// readPage reads the payments behind one, all at one moment.
func (s *Sandbox) readPage(behind string) (p page) {
	p.err = s.store.look(func(t *tx) (err error) {
		if _, err := t.sql.Exec(`BEGIN`); err != nil {
			return err
		}
		defer func() { _, end := t.sql.Exec(`COMMIT`); err = errors.Join(err, end) }()
		ids, payments, err := t.documentsOf(`SELECT id, doc FROM payments WHERE id > ? ORDER BY id LIMIT ?`, behind, pageSize)
		if err != nil || len(ids) == 0 {
			return err
		}
		p.payments, p.last = payments, ids[len(ids)-1]
		_, p.transactions, err = t.documentsOf(`SELECT payment_id, doc FROM transactions WHERE payment_id > ? AND payment_id <= ? ORDER BY payment_id`, behind, p.last)
		return err
	})
	return p
}

// documentsOf reads documents with the keys that they are found by.
func (t *tx) documentsOf(query string, args ...any) (keys []string, docs [][]byte, err error) {
	rows, err := t.sql.Query(query, args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var doc []byte
		if err := rows.Scan(&key, &doc); err != nil {
			return nil, nil, err
		}
		keys, docs = append(keys, key), append(docs, doc)
	}
	return keys, docs, rows.Err()
}

// each puts the payments of a page together with their transactions, which stand in the
// same order.
func (p page) each(yield func(*paymentRecord) error) error {
	var next transaction
	at := 0
	read := func() (has bool, err error) {
		if at == len(p.transactions) {
			return false, nil
		}
		next = transaction{}
		return true, json.Unmarshal(p.transactions[at], &next)
	}
	has, err := read()
	if err != nil {
		return err
	}
	b := &paymentRecord{}
	for _, doc := range p.payments {
		b.payment, b.transactions = payment{}, b.transactions[:0]
		if err := json.Unmarshal(doc, &b.payment); err != nil {
			return err
		}
		for has && next.PaymentID <= b.ID {
			if next.PaymentID == b.ID {
				b.transactions = append(b.transactions, next)
			}
			at++
			if has, err = read(); err != nil {
				return err
			}
		}
		sortByTime(b.transactions)
		if err := yield(b); err != nil {
			return err
		}
	}
	return nil
}
