package sandbox

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Moment is a point in the history of the books: an event, by its number, or a time
// by the sandbox's clock. Of both, the event says what the books were, and the time what
// the clock says.
type Moment struct {
	Event int64     // 1, 2, …; 0: the last one up to Time
	Time  time.Time // zero: that of the event
}

// ErrNoMoment says that the books do not reach to a moment.
var ErrNoMoment = errors.New("the books do not reach there")

// ParseMoment reads the number of an event, or a time in RFC 3339.
func ParseMoment(text string) (Moment, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 && n < 1e12 {
		return Moment{Event: n}, nil
	}
	at, err := apo.ParseTime(text)
	if err != nil || len(text) < len("2026-01-01T00:00Z") {
		return Moment{}, fmt.Errorf("%q is neither the number of an event nor a time such as 2026-01-01T00:00:00Z", text)
	}
	return Moment{Time: at}, nil
}

// moment is one that was found.
type moment struct {
	event int64
	time  time.Time // that is meant, by the sandbox's clock
	next  time.Time // when the books were changed again; zero: never since
}

// moment finds one.
func (t *tx) moment(m Moment) (found moment, err error) {
	query, arg := `SELECT n, at FROM events WHERE n = ? AND at IS NOT NULL`, m.Event
	if m.Event == 0 {
		if m.Time.After(t.now) {
			return found, fmt.Errorf("%w: the sandbox's clock says %s, which is before %s", ErrNoMoment, inUTC(t.now), inUTC(m.Time))
		}
		query, arg = `SELECT n, at FROM events WHERE at <= ? ORDER BY n DESC LIMIT 1`, m.Time.UnixNano()
	}
	var at int64
	if err := t.sql.row(query, []any{arg}, &found.event, &at); err != nil {
		return found, t.noMoment(m, err)
	}
	if found.time = m.Time; m.Time.IsZero() {
		found.time = time.Unix(0, at).UTC()
	}
	err = t.sql.row(`SELECT at FROM events WHERE n = ? AND at IS NOT NULL`, []any{found.event + 1}, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return found, nil
	}
	found.next = time.Unix(0, at)
	return found, err
}

// noMoment says how far the books reach.
func (t *tx) noMoment(m Moment, err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var last, at int64
	if err := t.sql.row(`SELECT max(n), (SELECT at FROM events WHERE n = 1) FROM events WHERE at IS NOT NULL`, nil, &last, &at); err != nil {
		return err
	}
	if m.Event != 0 {
		return fmt.Errorf("%w: there is no event %d; the last is %d", ErrNoMoment, m.Event, last)
	}
	return fmt.Errorf("%w: they begin at %s, which is after %s", ErrNoMoment, inUTC(time.Unix(0, at)), inUTC(m.Time))
}

func inUTC(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
