package journal

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var _ Inbox = (*SQLite)(nil)

// ErrFault says that apo itself broke at what it was to write down: nothing was written.
var ErrFault = errors.New("apo met a fault of its own while it masked what came; nothing is written down, please report it")

// Take is as [Inbox] says.
func (j *SQLite) Take(ctx context.Context, came []Reception) ([]Reception, error) {
	if len(came) == 0 {
		return nil, nil
	}
	came = slices.Clone(came)
	ready, err := j.prepared(came)
	if err != nil {
		return nil, err
	}
	err = j.change(ctx, func(tx *sql.Tx) error {
		return j.takeAll(j.plans.with(tx), came, ready)
	})
	j.writing.Lock()
	j.plans.catchUp(j.db)
	j.writing.Unlock()
	if err != nil {
		return nil, err
	}
	return came, nil
}

// entry is a reception as it will be written.
type entry struct {
	kept
	record              Record
	digest              int64    // of news, as its numbers are
	numbers             []string // by which it is found
	method, cause, kind string
}

// prepared masks what came, which takes as long as to write it: all processors do.
func (j *SQLite) prepared(came []Reception) ([]entry, error) {
	ready := make([]entry, len(came))
	var faults atomic.Int64
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(len(came), runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			defer func() {
				if recover() != nil { // its text could hold anything
					faults.Add(1)
				}
			}()
			for i := int(next.Add(1)) - 1; i < len(came); i = int(next.Add(1)) - 1 {
				r := &came[i]
				if r.Time.IsZero() {
					r.Time = j.now()
				}
				r.Time = r.Time.Truncate(time.Millisecond)
				k := j.keep(*r)
				r.Masked = k.masked
				ready[i] = j.entryOf(*r, k)
			}
		})
	}
	all.Wait()
	if faults.Load() > 0 {
		return nil, ErrFault
	}
	return ready, nil
}

func (j *SQLite) entryOf(r Reception, k kept) entry {
	mask := j.Masker.Text
	e := entry{kept: k, record: j.recordOf(r, k), method: mask(r.Method), cause: mask(r.Cause), kind: mask(string(r.Kind))}
	if r.IsNews() {
		e.digest, e.numbers = digestOf(e.record.Answer), e.record.indexed()
	}
	return e
}

// recordOf is the record of a reception: of a notification, or one that only says
// that something came.
func (j *SQLite) recordOf(came Reception, k kept) Record {
	r := Record{Time: came.Time, Account: came.Account}
	if !came.IsNews() {
		r.Endpoint, r.Reads, r.State, r.Verification = "notify", true, Answered, "untrusted"
		if came.Verified {
			r.Verification = "verified"
		}
		r.Note = j.Masker.Text(came.Cause)
		return r
	}
	r.Endpoint, r.Notice, r.Amount = came.Kind.API(), came.Notice, came.Amount
	r.Result, r.Verification, r.Answer = came.Result, "verified", k.body
	return j.notification(r)
}

const lastAttempt = `SELECT coalesce(max(attempt), 0) FROM receptions WHERE notice = ?`

// take writes one down.
func (j *SQLite) take(s *statements, came *Reception, e entry) (err error) {
	var body any // nil: it is its record's
	came.Attempt = 1
	var news int64
	if came.IsNews() {
		came.Record, news, came.Fresh, err = j.note(s, e.record)
		if err == nil && (!came.Fresh || news != came.Record) {
			_, err = s.find(&came.Attempt, lastAttempt, news)
			came.Attempt++
		}
		if err == nil {
			came.Others, err = s.others(came.Record, e.numbers)
		}
	} else {
		body = e.body
		came.Record, err = j.insertReceived(s, e.record, nil, nil)
		news = came.Record
	}
	if err != nil {
		return err
	}
	came.ID, err = s.insert(intoReceptions+receptionRow, receptionValues(*came, e, news, body)...)
	return err
}

const (
	intoReceptions = `INSERT INTO receptions (call, notice, attempt, time, method, target, headers, body, verified, cause, other_client, stale, kind, masked) VALUES `
	receptionRow   = `(?,?,?,?,?,?,?,?,?,?,?,?,?,?)`
)

// receptionValues are those of a row of receptions.
func receptionValues(r Reception, e entry, news int64, body any) []any {
	return []any{
		r.Record, news, r.Attempt, r.Time.UnixMilli(), e.method, e.target, e.headers, body,
		r.Verified, e.cause, r.OtherClient, r.Stale, e.kind, e.masked,
	}
}

// others counts the records beside one that carry any of its numbers.
func (s *statements) others(id int64, numbers []string) (n int, err error) {
	if len(numbers) == 0 {
		return 0, nil
	}
	args := make([]any, 0, len(numbers)+2)
	for _, number := range numbers {
		args = append(args, number)
	}
	_, err = s.find(&n, `SELECT count(*) FROM (SELECT DISTINCT call FROM numbers
		WHERE number IN (?`+strings.Repeat(",?", len(numbers)-1)+`) AND call <> ? LIMIT ?)`, append(args, id, MostOthers)...)
	return n, err
}

// Delivered is as [Inbox] says.
func (j *SQLite) Delivered(ctx context.Context, list []Delivery) error {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	for i := range list {
		d := &list[i]
		if d.Time.IsZero() {
			d.Time = j.now()
		}
		d.URL, d.Answer, d.Why = j.keptURL(d.URL), j.keptAnswer(d.Answer), j.Masker.Text(d.Why)
	}
	return j.change(ctx, func(tx *sql.Tx) error {
		s := prepare(tx)
		for _, d := range list {
			_, err := s.exec(`INSERT INTO deliveries (call, notice, reception, time, url, status, answer, received, why, took, resigned)
				SELECT call, notice, id, ?, ?, ?, ?, ?, ?, ?, ? FROM receptions WHERE id = ?`,
				d.Time.UnixMilli(), d.URL, d.Status, d.Answer, d.Received, d.Why, d.Took.Microseconds(), d.Resigned, d.Reception)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
