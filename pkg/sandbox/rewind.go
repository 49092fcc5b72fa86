package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// Fork makes another state file, with the books as they were at a moment and their
// history up to there; the sandbox goes on as before. The other one has an identity
// of its own, the same seed, so that the same requests get the same numbers, and the
// same keys, in the folder beside it whose name ends with .keys; its clock goes on from that moment, as fast as it did. What was queued then is notified
// by who serves it.
//
// It returns the moment. The error wraps [ErrNoMoment] where the books do not reach
// there, and [fs.ErrExist] where there is such a file.
func (s *Sandbox) Fork(m Moment, file string) (made Moment, err error) {
	var found moment
	err = s.store.do(func(t *tx) error {
		found, err = t.moment(m)
		return err
	})
	if err != nil {
		return made, err
	}
	if !s.shared() { // in memory who reads holds up who writes
		s.store.turn.Lock()
		defer s.store.turn.Unlock()
	}
	err = sqlite.Copy(s.store.db, file, func(conn *sql.Conn) error {
		p := prepare(conn)
		defer p.forget()
		t := &tx{sql: p}
		if err := p.begin(); err != nil {
			return err
		}
		if err := t.putBack(found, s.real()); err != nil {
			return err
		}
		return p.commit()
	})
	if err == nil {
		if err = s.copyKeys(file); err != nil { // with others it would be another's
			err = errors.Join(err, os.Remove(file))
		}
	}
	return Moment{found.event, found.time}, err
}

// copyKeys gives a new state file the keys of this one, in place of any that an older
// state of its name has left.
func (s *Sandbox) copyKeys(state string) error {
	files := KeyFilesIn(state + ".keys")
	return errors.Join(
		replace(files.Merchant, s.keys.Merchant.PEM()), replace(files.Antom, s.keys.Antom.PEM()),
		replace(files.AntomPublic, s.keys.Antom.Public().PEM()))
}

// Rewind puts the books back to what they were at a moment: what happened since is
// forgotten. Then it is another sandbox, with an identity of its own; its clock goes
// on from that moment, as fast as it did. What was notified since is not unsaid, and
// what was queued then is notified again.
//
// It returns the moment. The error wraps [ErrNoMoment] where the books do not reach
// there.
func (s *Sandbox) Rewind(m Moment) (now Moment, err error) {
	s.store.heard.written(math.MaxInt)
	err = s.store.do(func(t *tx) error {
		found, err := t.moment(m)
		if err != nil {
			return err
		}
		now = Moment{found.event, found.time}
		if err := t.putBack(found, s.real()); err != nil {
			return err
		}
		t.changed("state", "")
		t.posted = true            // what was queued then is queued now
		t.moved = true             // for whom comes next
		t.planned(time.Unix(0, 1)) // who waits for something must think again
		return nil
	})
	if err != nil {
		return now, err
	}
	return now, s.store.do(func(*tx) error { return nil })
}

// putBack puts the books back to a moment.
func (t *tx) putBack(m moment, real time.Time) error {
	list, err := books(t.sql)
	if err == nil {
		err = stopChanges(t.sql)
	}
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := b.putBack(t.sql.conn, firstOf(m.event+1)); err != nil {
			return err
		}
	}
	if _, err := t.sql.Exec(`DELETE FROM exchanges WHERE julianday(json_extract(doc, '$.time')) > julianday(?)`, inUTC(m.time)); err != nil {
		return err
	}
	if _, err := t.sql.Exec(`DELETE FROM events WHERE n > ?`, m.event); err != nil {
		return err
	}
	// What was said since is about what there is no more.
	if _, err := t.sql.Exec(`DELETE FROM exchanges WHERE julianday(json_extract(doc, '$.time')) > julianday(?)`, inUTC(m.time)); err != nil {
		return err
	}
	t.clock, t.settings, t.known, t.cardKey, t.identity = Clock{}, settings{}, nil, cardKey{}, ""
	if _, err := t.findSettings(); err != nil {
		return err
	}
	t.clock, t.now = t.clock.at(m, real), m.time
	return errors.Join(t.setting("clock", t.clock), t.identify(), keepChanges(t.sql))
}

// at is the clock that goes on from a moment. One that stands still says what it said
// then, unless time had not caught up yet.
func (c Clock) at(m moment, real time.Time) Clock {
	if c.speed() != 0 {
		return c.after(real, m.time, c.speed())
	}
	if !m.next.IsZero() && m.next.Before(c.Box) {
		c.Box = m.time
	}
	return c
}

// putBack puts the rows of a table back to what they were before a change.
func (b book) putBack(conn *sql.Conn, from int64) error {
	if err := b.was(conn); err != nil {
		return err
	}
	if _, err := b.collect(conn, from); err != nil {
		return err
	}
	keys, columns := strings.Join(b.columns[:b.keys], ", "), strings.Join(b.columns, ", ")
	changed := fmt.Sprintf(`(%[1]s) IN (SELECT %[1]s FROM temp.%[2]s_was)`, keys, b.name)
	err := errors.Join(without(conn, b.name, changed, columns), without(conn, b.log(), fmt.Sprint("i >= ", from), "i, was, became, payment, "+columns))
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(context.Background(), fmt.Sprintf(`INSERT INTO main.%[1]s (%[2]s) SELECT %[2]s FROM temp.%[1]s_was WHERE NOT gone; DROP TABLE temp.%[1]s_was`, b.name, columns))
	return err
}

// without deletes the rows of a table of which something is true. Where they are most of
// them, it puts the others into the empty table again, which takes less time.
func without(conn *sql.Conn, table, is, columns string) error {
	var all, gone int64
	err := conn.QueryRowContext(context.Background(), fmt.Sprintf(`SELECT (SELECT count(*) FROM main.%[1]s), (SELECT count(*) FROM main.%[1]s WHERE %[2]s)`, table, is)).Scan(&all, &gone)
	if err != nil || gone == 0 {
		return err
	}
	text := fmt.Sprintf(`DELETE FROM main.%s WHERE %s`, table, is)
	if gone > all*9/10 {
		text = fmt.Sprintf(`CREATE TEMP TABLE stays AS SELECT %[3]s FROM main.%[1]s WHERE NOT (%[2]s); DELETE FROM main.%[1]s;
			INSERT INTO main.%[1]s (%[3]s) SELECT %[3]s FROM temp.stays; DROP TABLE temp.stays`, table, is, columns)
	}
	_, err = conn.ExecContext(context.Background(), text)
	return err
}
