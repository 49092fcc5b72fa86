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
	err = s.store.do(func(t *tx) error { return t.sql.row(`SELECT max(n) FROM events WHERE at IS NOT NULL`, nil, &n) })
	return n, err
}

func (t *tx) events(after int64, most int) ([]BookEvent, error) {
	rows, err := t.sql.Query(`SELECT n, at FROM events WHERE n > ? AND at IS NOT NULL ORDER BY n LIMIT ?`, after, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []BookEvent{}
	for rows.Next() {
		var e BookEvent
		var at int64
		if err := rows.Scan(&e.Event, &at); err != nil {
			return nil, err
		}
		e.Time, e.Changes = time.Unix(0, at).UTC(), []BookChange{}
		list = append(list, e)
	}
	if err := rows.Err(); err != nil || len(list) == 0 {
		return list, err
	}
	all, err := books(t.sql)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b book) int { return cmp.Compare(rank(a.name), rank(b.name)) })
	for _, b := range all {
		if err := t.addChanges(list, b); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// rank is where the changes of a table stand among those of an event: what a person
// asked for first.
func rank(table string) int {
	order := []string{"transactions", "disputes", "vaultings", "sessions", "amount_updates", "payments", "cards", "notifications", "attempts"}
	if i := slices.Index(order, table); i >= 0 {
		return i
	}
	return len(order)
}

// addChanges tells of each event what it changed in a table.
func (t *tx) addChanges(list []BookEvent, b book) error {
	first := list[0].Event
	rows, err := t.sql.Query(`SELECT i, ifnull(became, ''), ifnull(payment, ''), `+b.columns[0]+` FROM `+b.log()+` WHERE i >= ? AND i < ? ORDER BY i`,
		firstOf(first), firstOf(list[len(list)-1].Event+1))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var i int64
		var c BookChange
		if err := rows.Scan(&i, &c.Became, &c.PaymentID, &c.ID); err != nil {
			return err
		}
		if at := i>>20 - first; c.name(b.name) {
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
	case "due", "forms", "browser_tokens", "draws":
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
