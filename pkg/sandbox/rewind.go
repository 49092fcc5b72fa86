package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// Fork makes another state file, with the books as they were at a moment and their
// history up to there; the sandbox goes on as before. The other one has an identity
// of its own and the same seed, so that the same requests get the same numbers; its
// clock goes on from that moment, as fast as it did. What was queued then is notified
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
	return Moment{found.event, found.time}, err
}

// Rewind puts the books back to what they were at a moment: what happened since is
// forgotten. Then it is another sandbox, with an identity of its own; its clock goes
// on from that moment, as fast as it did. What was notified since is not unsaid, and
// what was queued then is notified again.
//
// It returns the moment. The error wraps [ErrNoMoment] where the books do not reach
// there.
func (s *Sandbox) Rewind(m Moment) (now Moment, err error) {
	err = s.store.do(func(t *tx) error {
		found, err := t.moment(m)
		if err != nil {
			return err
		}
		now = Moment{found.event, found.time}
		if err := t.putBack(found, s.real()); err != nil {
			return err
		}
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
		if err := b.putBack(t.sql.conn, m.until); err != nil {
			return err
		}
	}
	if _, err := t.sql.Exec(`DELETE FROM changes WHERE n > ?`, m.until); err != nil {
		return err
	}
	if _, err := t.sql.Exec(`DELETE FROM exchanges WHERE julianday(json_extract(doc, '$.time')) > julianday(?)`, inUTC(m.time)); err != nil {
		return err
	}
	if _, err := t.sql.Exec(`DELETE FROM events WHERE n > ?`, m.event); err != nil {
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

// putBack puts the rows of a table back to what they were.
func (b book) putBack(conn *sql.Conn, until int64) error {
	if err := b.was(conn); err != nil {
		return err
	}
	if _, err := b.collect(conn, until); err != nil {
		return err
	}
	keys, columns := strings.Join(b.columns[:b.keys], ", "), strings.Join(b.columns, ", ")
	_, err := conn.ExecContext(context.Background(), fmt.Sprintf(`DELETE FROM main.%[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM temp.%[1]s_was);
		INSERT INTO main.%[1]s (%[3]s) SELECT %[3]s FROM temp.%[1]s_was WHERE NOT gone; DROP TABLE temp.%[1]s_was`, b.name, keys, columns))
	return err
}
