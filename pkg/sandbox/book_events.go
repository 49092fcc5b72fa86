package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// BookEvent is an event of the books: what one request, one delivery or one moment of
// the clock changed. It happened whole or not at all.
type BookEvent struct {
	Event   int64        `json:"event"` // 1, 2, …; the first is what the books were when they began
	Time    time.Time    `json:"time"`  // by the sandbox's clock
	Changes []BookChange `json:"changes"`
}

// BookChange is what a record became by an event.
type BookChange struct {
	Kind      string `json:"kind"`                // "payment", "capture", "refund", "notification", "rule", …
	ID        string `json:"id"`                  // "20260101…" of a payment, "3" of a rule or notification
	Became    string `json:"became"`              // "FAIL DO_NOT_HONOR" of a payment, "queued" of a notification; else "added", "changed" or "removed"
	PaymentID string `json:"paymentId,omitempty"` // of the payment that it belongs to
}

// Events lists the events of the books behind the one of that number, at most so many.
// Where the sandbox has another identity than before, it was reset or put back, and
// its numbers begin anew from where it was.
func (s *Sandbox) Events(after int64, most int) (list []BookEvent, err error) {
	err = s.store.do(func(t *tx) (err error) {
		list, err = t.events(after, most)
		return err
	})
	return list, err
}

// LastEvent is the number of the newest event.
func (s *Sandbox) LastEvent() (n int64, err error) {
	err = s.store.do(func(t *tx) error { return t.sql.row(`SELECT max(n) FROM events`, nil, &n) })
	return n, err
}

func (t *tx) events(after int64, most int) ([]BookEvent, error) {
	rows, err := t.sql.Query(`SELECT n, at, until FROM events WHERE n > ? ORDER BY n LIMIT ?`, after, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list, ends := []BookEvent{}, []int64{}
	for rows.Next() {
		var e BookEvent
		var at, until int64
		if err := rows.Scan(&e.Event, &at, &until); err != nil {
			return nil, err
		}
		e.Time, e.Changes = time.Unix(0, at).UTC(), []BookChange{}
		list, ends = append(list, e), append(ends, until)
	}
	if err := rows.Err(); err != nil || len(list) == 0 {
		return list, err
	}
	return list, t.addChanges(list, ends)
}

// addChanges tells of each event what it changed: all up to its end.
func (t *tx) addChanges(list []BookEvent, ends []int64) error {
	rows, err := t.sql.Query(`SELECT n, book, ifnull(became, ''), ifnull(payment, ''), c1 FROM changes
		WHERE n > ifnull((SELECT until FROM events WHERE n = ?), 0) AND n <= ? ORDER BY n`, list[0].Event-1, ends[len(ends)-1])
	if err != nil {
		return err
	}
	defer rows.Close()
	at := 0
	for rows.Next() {
		var n int64
		var book string
		var c BookChange
		if err := rows.Scan(&n, &book, &c.Became, &c.PaymentID, &c.ID); err != nil {
			return err
		}
		for n > ends[at] {
			at++
		}
		if c.name(book) {
			list[at].add(c)
		}
	}
	return rows.Err()
}

// add adds a change. Of one record, what it became last counts.
func (e *BookEvent) add(c BookChange) {
	same := func(known BookChange) bool { return known.Kind == c.Kind && known.ID == c.ID }
	if i := slices.IndexFunc(e.Changes, same); i >= 0 {
		e.Changes[i] = c
		return
	}
	e.Changes = append(e.Changes, c)
}

// name puts a change of a table into words; shown is false of what is the sandbox's
// own business.
func (c *BookChange) name(table string) (shown bool) {
	c.Became = strings.TrimSpace(c.Became)
	switch table {
	case "due", "forms", "browser_tokens":
		return false
	case "transactions":
		kind, became, found := strings.Cut(c.Became, " ")
		if !found {
			kind, became = "transaction", c.Became
		}
		c.Kind, c.Became = strings.ToLower(kind), became
		return true
	case "payments":
		status, code, _ := strings.Cut(c.Became, " ")
		if c.Kind, c.Became = "payment", status; code != status && code != "PAYMENT_IN_PROCESS" {
			c.Became = strings.TrimSpace(status + " " + code)
		}
		return true
	case "settings":
		c.Kind = map[string]string{"clock": "clock", "settings": "options"}[c.ID]
		return c.Kind != ""
	case "amount_updates":
		c.Kind = "amount update"
		return true
	}
	c.Kind = cmp.Or(map[string]string{"attempts": "attempt of notification"}[table], strings.TrimSuffix(table, "s"))
	return true
}
