package sandbox

import (
	"errors"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// booked is what reports tell of a payment, with all that was done to it.
type booked struct {
	paymentRecord
	disputes []dispute
}

// pageSize is how many payments are read at a time.
const pageSize = 500

// page are some payments, as they are stored, and what belongs to them.
type page struct {
	payments               related
	transactions, disputes related
	err                    error
}

// related are documents by the paymentId that they belong to, and in its order.
type related struct {
	keys []string
	docs [][]byte
	at   int // those before it have been taken
}

// take hands out the documents of the next payment. Nobody asks for one of before.
func (r *related) take(id string, each func(doc []byte) error) error {
	for ; r.at < len(r.keys) && r.keys[r.at] <= id; r.at++ {
		if r.keys[r.at] != id {
			continue
		}
		if err := each(r.docs[r.at]); err != nil {
			return err
		}
	}
	return nil
}

// eachBooked hands out all payments, in the order of their paymentIds; each counts until
// the next one. While one page is looked at, the next one is read.
func (s *Sandbox) eachBooked(yield func(*booked) error) error {
	pages, stop := make(chan page, 1), make(chan struct{})
	var reading sync.WaitGroup
	defer reading.Wait()
	defer close(stop)
	reading.Go(func() {
		defer close(pages)
		for last := ""; ; {
			p := s.readPage(last)
			if p.err == nil && len(p.payments.keys) == 0 {
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
			last = p.last()
		}
	})
	var b booked
	for p := range pages {
		if p.err != nil {
			return p.err
		}
		for i, id := range p.payments.keys {
			if err := p.read(&b, i, id); err != nil {
				return err
			}
			if err := yield(&b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *page) last() string { return p.payments.keys[len(p.payments.keys)-1] }

// readPage reads the payments behind one, all at one moment.
func (s *Sandbox) readPage(behind string) (p page) {
	p.err = s.store.look(func(t *tx) (err error) {
		if _, err := t.sql.Exec(`BEGIN`); err != nil {
			return err
		}
		defer func() { _, end := t.sql.Exec(`COMMIT`); err = errors.Join(err, end) }()
		p.payments, err = t.related(`SELECT id, doc FROM payments WHERE id > ? ORDER BY id LIMIT ?`, behind, pageSize)
		if err != nil || len(p.payments.keys) == 0 {
			return err
		}
		const of = ` WHERE payment_id > ? AND payment_id <= ? ORDER BY payment_id`
		if p.transactions, err = t.related(`SELECT payment_id, doc FROM transactions`+of, behind, p.last()); err == nil {
			p.disputes, err = t.related(`SELECT payment_id, doc FROM disputes`+of, behind, p.last())
		}
		return err
	})
	return p
}

func (t *tx) related(query string, args ...any) (r related, err error) {
	rows, err := t.sql.Query(query, args...)
	if err != nil {
		return r, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var doc []byte
		if err := rows.Scan(&key, &doc); err != nil {
			return r, err
		}
		r.keys, r.docs = append(r.keys, key), append(r.docs, doc)
	}
	return r, rows.Err()
}

// read puts a payment of the page together with what belongs to it.
func (p *page) read(b *booked, i int, id string) error {
	b.payment, b.transactions, b.disputes = payment{}, b.transactions[:0], b.disputes[:0]
	if err := b.payment.readDoc(p.payments.docs[i]); err != nil {
		return err
	}
	err := p.transactions.take(id, func(doc []byte) error {
		b.transactions = append(b.transactions, transaction{})
		return b.transactions[len(b.transactions)-1].readDoc(doc)
	})
	if err != nil {
		return err
	}
	sortByTime(b.transactions)
	return p.disputes.take(id, func(doc []byte) error {
		b.disputes = append(b.disputes, dispute{})
		return b.disputes[len(b.disputes)-1].readDoc(doc)
	})
}

// errNoDocument says that the state holds something else than it should.
var errNoDocument = errors.New("a record of the state cannot be read")

// fields reads the members of a stored document: a quarter of the time that
// encoding/json takes to read all of it.
func fields(doc []byte, take func(name string, value gjson.Result)) error {
	if !gjson.ValidBytes(doc) {
		return errNoDocument
	}
	object := gjson.ParseBytes(doc)
	if !object.IsObject() {
		return errNoDocument
	}
	object.ForEach(func(name, value gjson.Result) bool {
		take(name.Str, value)
		return true
	})
	return nil
}

// readDoc reads what reports tell of a payment.
func (p *payment) readDoc(doc []byte) error {
	var bad error
	err := fields(doc, func(name string, value gjson.Result) {
		switch name {
		case "ID":
			p.ID = value.Str
		case "RequestID":
			p.RequestID = value.Str
		case "Description":
			p.Description = value.Str
		case "Amount":
			p.Amount = amountOf(value)
		case "CaptureMode":
			p.CaptureMode = value.Str
		case "SettleIn":
			p.SettleIn = value.Str
		case "Status":
			p.Status = status(value.Str)
		case "Code":
			p.Code = value.Str
		case "Card":
			p.Card.readDoc(value)
		case "Acquirer":
			p.Acquirer.readDoc(value)
		case "Created":
			p.Created = timeIn(value, &bad)
		case "Paid":
			p.Paid = timeIn(value, &bad)
		case "Cancelled":
			p.Cancelled = timeIn(value, &bad)
		}
	})
	return errors.Join(err, bad)
}

func (c *card) readDoc(object gjson.Result) {
	object.ForEach(func(name, value gjson.Result) bool {
		switch name.Str {
		case "Brand":
			c.Brand = value.Str
		case "LastFour":
			c.LastFour = value.Str
		case "Funding":
			c.Funding = value.Str
		case "Issuer":
			c.Issuer = value.Str
		case "Region":
			c.Region = value.Str
		}
		return true
	})
}

func (a *acquirerInfo) readDoc(object gjson.Result) {
	object.ForEach(func(name, value gjson.Result) bool {
		switch name.Str {
		case "Name":
			a.Name = value.Str
		case "MerchantID":
			a.MerchantID = value.Str
		case "TransactionID":
			a.TransactionID = value.Str
		case "ReferenceRequestID":
			a.ReferenceRequestID = value.Str
		}
		return true
	})
}

// readDoc reads what reports tell of a capture or refund.
func (t *transaction) readDoc(doc []byte) error {
	var bad error
	err := fields(doc, func(name string, value gjson.Result) {
		switch name {
		case "Kind":
			t.Kind = value.Str
		case "ID":
			t.ID = value.Str
		case "RequestID":
			t.RequestID = value.Str
		case "Amount":
			t.Amount = amountOf(value)
		case "Status":
			t.Status = status(value.Str)
		case "Acquirer":
			t.Acquirer.readDoc(value)
		case "Number":
			t.Number = int(value.Int())
		case "Time":
			t.Time = timeIn(value, &bad)
		}
	})
	return errors.Join(err, bad)
}

// readDoc reads what reports tell of a dispute.
func (d *dispute) readDoc(doc []byte) error {
	var bad error
	err := fields(doc, func(name string, value gjson.Result) {
		switch name {
		case "ID":
			d.ID = value.Str
		case "Amount":
			d.Amount = amountOf(value)
		case "Status":
			d.Status = status(value.Str)
		case "Result":
			d.Result = value.Str
		case "Opened":
			d.Opened = timeIn(value, &bad)
		case "Ended":
			d.Ended = timeIn(value, &bad)
		}
	})
	return errors.Join(err, bad)
}

// timeIn reads a time as encoding/json writes it.
func timeIn(value gjson.Result, problem *error) time.Time {
	at, err := time.Parse(time.RFC3339Nano, value.Str)
	if err != nil {
		*problem = errNoDocument
	}
	return at
}
