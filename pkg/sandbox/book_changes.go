package sandbox

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// book is a table of the state whose changes are kept.
type book struct {
	name    string
	columns []string // the key's first
	keys    int      // how many of them are the key
}

// mostColumns are those of a change; see migrations.
const mostColumns = 6

// isHistory reports whether a table holds changes, or what was said, and none of the books.
func isHistory(table string) bool {
	return table == "changes" || table == "events" || table == "exchanges"
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
		if key && b.keys < len(b.columns) || len(b.columns) == mostColumns {
			return nil, fmt.Errorf("the table %s does not begin with its key, or has more than %d columns: its changes cannot be kept", table, mostColumns)
		}
		if b.columns = append(b.columns, column); key {
			b.keys++
		}
	}
	return list, rows.Err()
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
	into, values := "", ""
	for i, column := range kept {
		into += fmt.Sprintf(", c%d", i+1)
		values += ", " + from + column
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
	return fmt.Sprintf(`CREATE TRIGGER %s AFTER %s ON %s WHEN %s BEGIN INSERT INTO changes (book, was, became, payment%s) VALUES ('%s', %s, %s, %s%s); END`,
		b.triggerOn(event), event, b.name, when, into, b.name, old, became, payment, values)
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

// mark ends an event of the books: what was changed since the last one belongs to
// it. Where nothing was there is none.
func (t *tx) mark(at int64) error {
	if !t.sql.changed {
		return nil
	}
	// Both tables are read at their ends alone.
	_, err := t.sql.Exec(`INSERT INTO events (at, until) SELECT ?1, ifnull((SELECT n FROM changes ORDER BY n DESC LIMIT 1), 0)
		WHERE ifnull((SELECT n FROM changes ORDER BY n DESC LIMIT 1), 0) > ifnull((SELECT until FROM events ORDER BY n DESC LIMIT 1), -1)`, at)
	t.sql.changed = false
	return err
}

// begun reports whether the books have their first event.
func (t *tx) begun() (is bool, err error) {
	err = t.sql.row(`SELECT EXISTS (SELECT 1 FROM events)`, nil, &is)
	return is, err
}

// forgetHistory begins the history anew.
func forgetHistory(conn *sql.Conn) error {
	_, err := conn.ExecContext(context.Background(), `DELETE FROM changes; DELETE FROM events`)
	return err
}
