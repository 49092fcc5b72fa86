package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// book is a table of the state whose changes are kept, in a table beside it with _log
// behind its name. There each change has the row of before or, where there was none,
// the key of the new one; was says which. The number of a change is that of its event
// times 2^20, and counts up from there.
type book struct {
	name    string
	columns []string // the key's first
	keys    int      // how many of them are the key
}

func (b book) log() string { return b.name + "_log" }

// firstOf is the least number that a change of an event has.
func firstOf(event int64) int64 { return event << 20 }

// isHistory reports whether a table holds changes, or what was said, and none of the books.
func isHistory(table string) bool {
	return table == "events" || table == "exchanges" || strings.HasSuffix(table, "_log")
}

// books are all tables of the state, so that none can be forgotten.
func books(p *prepared) ([]book, error) {
	rows, err := p.Query(`SELECT s.name, c.name, c.pk > 0 FROM main.sqlite_schema s JOIN pragma_table_info(s.name, 'main') c
		WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%' ORDER BY s.name, c.cid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []book
	for rows.Next() {
		var table, column string
		var key bool
		if err := rows.Scan(&table, &column, &key); err != nil {
			return nil, err
		}
		if isHistory(table) {
			continue
		}
		if len(list) == 0 || list[len(list)-1].name != table {
			list = append(list, book{name: table})
		}
		b := &list[len(list)-1]
		if key && b.keys < len(b.columns) {
			return nil, fmt.Errorf("the table %s does not begin with its key: its changes cannot be kept", table)
		}
		if b.columns = append(b.columns, column); key {
			b.keys++
		}
	}
	return list, rows.Err()
}

// beginHistory begins the history anew, with what the books are now.
func beginHistory(p *prepared) error {
	list, err := books(p)
	if err != nil {
		return err
	}
	text := `DELETE FROM events; INSERT INTO events (n) VALUES (1);`
	for _, b := range list {
		text += fmt.Sprintf(`DROP TABLE IF EXISTS %[1]s; CREATE TABLE %[1]s (i INTEGER PRIMARY KEY, was INTEGER NOT NULL, became TEXT, payment TEXT, %[2]s);`, b.log(), strings.Join(b.columns, ", "))
	}
	_, err = p.conn.ExecContext(context.Background(), text)
	return err
}

// keepChanges has every change of the books kept from now on: a trigger is run by
// whoever writes to a table, and in its transaction.
func keepChanges(p *prepared) error {
	list, err := books(p)
	if err != nil {
		return err
	}
	for _, b := range list {
		for _, trigger := range b.triggers() {
			if _, err := p.conn.ExecContext(context.Background(), trigger); err != nil {
				return err
			}
		}
	}
	return nil
}

// stopChanges has no change kept until keepChanges is called, in this transaction.
func stopChanges(p *prepared) error {
	list, err := books(p)
	if err != nil {
		return err
	}
	for _, b := range list {
		for _, on := range []string{"INSERT", "UPDATE", "DELETE"} {
			if _, err := p.conn.ExecContext(context.Background(), `DROP TRIGGER IF EXISTS `+b.triggerOn(on)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b book) triggerOn(event string) string { return b.name + "_" + strings.ToLower(event) }

// triggers write down what a row was: of a new one its key alone.
func (b book) triggers() []string {
	unlike := make([]string, len(b.columns))
	for i, c := range b.columns {
		unlike[i] = "OLD." + c + " IS NOT NEW." + c
	}
	return []string{
		b.trigger("INSERT", "true", "NEW", "added", b.columns[:b.keys]),
		b.trigger("UPDATE", strings.Join(unlike, " OR "), "NEW", "changed", b.columns),
		b.trigger("DELETE", "true", "OLD", "", b.columns),
	}
}

// trigger is that of one event. row is that which tells what the record became; by
// default it became word, and nothing where that is empty.
func (b book) trigger(event, when, row, word string, kept []string) string {
	if b.name == "settings" { // a state that is put back is another one
		when = "(" + when + ") AND " + row + ".name <> 'identity'"
	}
	from, old := "OLD.", "1"
	if event == "INSERT" {
		from, old = "NEW.", "0"
	}
	became := "'removed'"
	if word != "" {
		became = cmp.Or(becomes(b.name), "'"+word+"'")
	}
	payment := "NULL"
	switch {
	case b.name == "payments":
		payment = row + ".id"
	case slices.Contains(b.columns, "payment_id"):
		payment = row + ".payment_id"
	}
	return fmt.Sprintf(`CREATE TRIGGER %s AFTER %s ON %s WHEN %s BEGIN
		INSERT INTO events (at) SELECT NULL WHERE (SELECT at FROM events ORDER BY n DESC LIMIT 1) IS NOT NULL;
		INSERT INTO %[5]s (i, was, became, payment, %[6]s) VALUES (max((SELECT n FROM events ORDER BY n DESC LIMIT 1) << 20, 1 + ifnull((SELECT i FROM %[5]s ORDER BY i DESC LIMIT 1), 0)),
		%[7]s, %[8]s, %[9]s, %[10]s); END`,
		b.triggerOn(event), event, b.name, when, b.log(), strings.Join(kept, ", "), old, became, payment, from+strings.Join(kept, ", "+from))
}

// becomes is SQL for what a record of a table has become, in the words of the state;
// empty: it is added, changed or removed, and no more is said.
func becomes(table string) string {
	const status = `NEW.doc ->> '$.Status'`
	switch table {
	case "payments":
		return `(` + status + `) || ' ' || ifnull(NEW.doc ->> '$.Code', '')`
	case "transactions":
		return `NEW.kind || ' ' || (` + status + `)`
	case "vaultings", "sessions", "disputes":
		return status
	case "notifications":
		return `NEW.doc ->> '$.state'`
	case "attempts":
		return `iif(NEW.doc ->> '$.accepted', 'accepted', 'not accepted')`
	}
	return ""
}

// mark ends the event that is under way, if one is: what was changed belongs to it.
func (t *tx) mark(at int64) error {
	if !t.sql.changed {
		return nil
	}
	_, err := t.sql.Exec(`UPDATE events SET at = ? WHERE n = (SELECT n FROM events ORDER BY n DESC LIMIT 1) AND at IS NULL`, at)
	t.sql.changed = false
	return err
}

// begun reports whether the books have their first event.
func (t *tx) begun() (is bool, err error) {
	err = t.sql.row(`SELECT EXISTS (SELECT 1 FROM events WHERE n = 1 AND at IS NOT NULL)`, nil, &is)
	return is, err
}
