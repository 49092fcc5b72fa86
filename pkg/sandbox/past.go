package sandbox

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Past shows the books as they were at a moment, while the sandbox goes on. Close it.
// It is safe for use by several goroutines, one of which works at a time.
type Past struct {
	Event int64     // the last that had happened
	Time  time.Time // by the sandbox's clock

	box      *Sandbox
	identity string

	mu    sync.Mutex
	conn  *sql.Conn
	sql   *prepared
	books []book
	seen  map[string]int64 // by table: the first change that is not undone
	fresh map[string]bool  // tables that are as they were, in this transaction
}

// ErrPutBack says that a sandbox was reset or put back, and its history with it.
var ErrPutBack = errors.New("the sandbox was reset or put back meanwhile")

// At shows the books as they were at a moment. The error wraps [ErrNoMoment] where
// they do not reach there.
func (s *Sandbox) At(m Moment) (*Past, error) {
	p := &Past{box: s, seen: map[string]int64{}}
	err := s.store.do(func(t *tx) error {
		found, err := t.moment(m)
		p.Event, p.Time, p.identity = found.event, found.time, t.identity
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.conn, err = s.store.db.Conn(context.Background()); err != nil {
		return nil, err
	}
	p.sql = prepare(p.conn)
	if p.books, err = books(p.sql); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	p.sql.before = p.undo
	return p, nil
}

// Close ends it.
func (p *Past) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sql.forget()
	// Who gets the connection after this must not see the past.
	_ = p.conn.Raw(func(any) error { return driver.ErrBadConn })
	if err := p.conn.Close(); !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

// look lets work read the books as they were. No lock outlasts it, so that others
// write as before; what they wrote since the last time is undone first.
func (p *Past) look(work func(*tx) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.box.shared() { // in memory who reads holds up who writes
		p.box.store.turn.Lock()
		defer p.box.store.turn.Unlock()
	}
	if _, err := p.conn.ExecContext(context.Background(), `BEGIN`); err != nil {
		return err
	}
	defer p.conn.ExecContext(context.Background(), `COMMIT`)
	p.fresh = map[string]bool{}
	t := &tx{sql: p.sql, cards: p.box.store.cards, now: p.Time}
	if _, err := t.findSettings(); err != nil {
		return err
	}
	if t.identity != p.identity {
		return ErrPutBack
	}
	return work(t)
}

// undo lets a query see the tables that it names as they were: views of the
// connection's own stand in for them.
func (p *Past) undo(query string) error {
	for _, b := range p.books {
		if p.fresh[b.name] || !strings.Contains(query, b.name) {
			continue
		}
		p.fresh[b.name] = true
		from, known := p.seen[b.name]
		if !known {
			if err := b.shadow(p.conn); err != nil {
				return err
			}
			from = firstOf(p.Event + 1)
		}
		next, err := b.collect(p.conn, from)
		if err != nil {
			return err
		}
		p.seen[b.name] = next
	}
	return nil
}

// was makes a table for what the rows of another were.
func (b book) was(conn *sql.Conn) error {
	text := fmt.Sprintf(`CREATE TEMP TABLE %s_was (%s, gone, PRIMARY KEY (%s)) WITHOUT ROWID;`, b.name, strings.Join(b.columns, ", "), strings.Join(b.columns[:b.keys], ", "))
	_, err := conn.ExecContext(context.Background(), text)
	return err
}

// collect puts into it what the rows were that were changed from a change on: of each
// what it was first. It returns the number that the next change will have at least.
func (b book) collect(conn *sql.Conn, from int64) (next int64, err error) {
	if err := conn.QueryRowContext(context.Background(), `SELECT 1 + ifnull(max(i), 0) FROM main.`+b.log()).Scan(&next); err != nil || next <= from {
		return max(next, from), err
	}
	text := fmt.Sprintf(`INSERT OR IGNORE INTO temp.%s_was SELECT %s, NOT was FROM main.%s WHERE i >= ? ORDER BY i`, b.name, strings.Join(b.columns, ", "), b.log())
	_, err = conn.ExecContext(context.Background(), text, from)
	return next, err
}

// shadow has the connection see, under the name of the table, what it was.
func (b book) shadow(conn *sql.Conn) error {
	if err := b.was(conn); err != nil {
		return err
	}
	text := ""
	for _, column := range b.columns[b.keys:] {
		if column != "doc" {
			text += fmt.Sprintf(`CREATE INDEX temp.%[1]s_was_%[2]s ON %[1]s_was (%[2]s) WHERE NOT gone;`, b.name, column)
		}
	}
	same := make([]string, b.keys)
	for i, column := range b.columns[:b.keys] {
		same[i] = "was." + column + " = now." + column
	}
	columns := strings.Join(b.columns, ", ")
	text += fmt.Sprintf(`CREATE TEMP VIEW %[1]s AS SELECT %[2]s FROM main.%[1]s AS now WHERE NOT EXISTS (SELECT 1 FROM temp.%[1]s_was AS was WHERE %[3]s)
		UNION ALL SELECT %[2]s FROM temp.%[1]s_was WHERE NOT gone;`, b.name, columns, strings.Join(same, " AND "))
	_, err := conn.ExecContext(context.Background(), text)
	return err
}

// Payments lists the payments that were the newest, at most so many.
func (p *Past) Payments(most int) (list []Payment, err error) {
	err = p.look(func(t *tx) error {
		ids, err := t.names(newestPaymentsOfPast, most)
		if err != nil {
			return err
		}
		list, err = p.box.payments(t, ids)
		return err
	})
	return list, err
}

// newestPaymentsOfPast looks at no more payments than it must: those that are as they
// were come by an index.
const newestPaymentsOfPast = `SELECT id FROM (SELECT id, made FROM (
	SELECT id, julianday(json_extract(doc, '$.Created')) AS made FROM main.payments AS now WHERE NOT EXISTS (SELECT 1 FROM temp.payments_was AS was WHERE was.id = now.id)
		ORDER BY julianday(json_extract(doc, '$.Created')) DESC, id DESC LIMIT ?1)
	UNION ALL SELECT id, julianday(json_extract(doc, '$.Created')) FROM temp.payments_was WHERE NOT gone) ORDER BY made DESC, id DESC LIMIT ?1`

// Payment returns one payment as it was; see [Sandbox.Payment].
func (p *Past) Payment(id string) (one Payment, found bool, err error) {
	err = p.look(func(t *tx) error {
		one, found, err = p.box.ledger(t).wholePayment(id)
		return err
	})
	return one, found, err
}

// Notifications lists those that were the newest, at most so many, with their
// attempts.
func (p *Past) Notifications(most int) (list []Notification, err error) {
	err = p.look(func(t *tx) error {
		list, err = t.newestNotifications(most)
		return err
	})
	return list, err
}

// Disputes lists those that were the newest, at most so many.
func (p *Past) Disputes(most int) (list []Dispute, err error) {
	err = p.look(func(t *tx) error {
		list, err = p.box.ledger(t).newestDisputes(most)
		return err
	})
	return list, err
}

// Rules lists the rules that there were.
func (p *Past) Rules() (list []Rule, err error) {
	err = p.look(func(t *tx) error {
		list, err = t.rules()
		return err
	})
	return list, err
}
