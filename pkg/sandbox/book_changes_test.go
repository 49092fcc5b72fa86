package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// rowsOf are all rows of the books as text, by table.
func rowsOf(t *testing.T, box *Sandbox) map[string]string {
	t.Helper()
	box.store.turn.Lock()
	defer box.store.turn.Unlock()
	p := box.store.sql
	list, err := books(p)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, b := range list {
		rows, err := p.Query(`SELECT ` + strings.Join(b.columns, ", ") + ` FROM main.` + b.name)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			values, to := make([]any, len(b.columns)), make([]any, len(b.columns))
			for i := range values {
				to[i] = &values[i]
			}
			if err := rows.Scan(to...); err != nil {
				t.Fatal(err)
			}
			if values[0] != "identity" {
				lines = append(lines, fmt.Sprintf("%v", values))
			}
		}
		rows.Close()
		slices.Sort(lines)
		all[b.name] = strings.Join(lines, "\n")
	}
	return all
}

// Whatever is written to whatever table of a state, by whomever, is an event, and can be
// undone: there is no table whose changes are forgotten.
func TestNoTableIsForgotten(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	var list []book
	var all []string
	err := box.store.do(func(x *tx) (err error) {
		if list, err = books(x.sql); err == nil {
			all, err = x.tables()
		}
		return err
	})
	if err != nil || len(list) < 10 {
		t.Fatal(list, err)
	}
	for _, name := range all {
		known := name == "events" || name == "exchanges" || strings.HasSuffix(name, "_log")
		if !known && !slices.ContainsFunc(list, func(b book) bool { return b.name == name }) {
			t.Errorf("the changes of %s are not kept", name)
		}
	}
	for _, b := range list {
		before, err := box.LastEvent()
		if err != nil {
			t.Fatal(err)
		}
		was := rowsOf(t, box)
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(b.columns)), ", ")
		row := make([]any, len(b.columns))
		for i := range row {
			row[i] = fmt.Sprint(int64(9e18) + int64(i)) // a number where one is wanted, and a time that never comes
		}
		last := b.columns[len(b.columns)-1]
		key := b.columns[0]
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`INSERT INTO ` + b.name + ` VALUES (` + marks + `)`, row},
			{`UPDATE ` + b.name + ` SET ` + last + ` = '7' WHERE ` + key + ` = ?`, row[:1]},
			{`DELETE FROM ` + b.name + ` WHERE ` + key + ` = ?`, row[:1]},
		} {
			if strings.HasPrefix(step.query, "UPDATE") && len(b.columns) == b.keys {
				continue // its rows are never changed
			}
			if last == "doc" {
				row[len(row)-1] = `{"Status":"OPEN"}`
				step.query = strings.Replace(step.query, "'7'", `'{"Status":"JUDGED"}'`, 1)
			}
			known, err := box.LastEvent()
			if err != nil {
				t.Fatal(err)
			}
			err = box.store.do(func(x *tx) error { _, err := x.sql.Exec(step.query, step.args...); return err })
			now, failed := box.LastEvent()
			if err = errors.Join(err, failed); err != nil || now != known+1 {
				t.Errorf("%s: event %d after %d, %v", step.query, now, known, err)
			}
		}
		if _, err := box.Rewind(Moment{Event: before}); err != nil {
			t.Fatal(b.name, err)
		}
		for name, text := range rowsOf(t, box) {
			if name != "settings" && text != was[name] {
				t.Errorf("%s, after its rows were put back: %s, want %s", name, text, was[name])
			}
		}
	}
}

// A rewind that fails half way has done nothing, and changes are kept as before.
func TestHalfARewindIsNone(t *testing.T) {
	t.Parallel()
	box := openBox(t)
	for i := range 3 {
		if _, err := box.AddRule(Rule{API: "pay", Outcome: Outcome{Result: "DO_NOT_HONOR"}, Times: i + 1}); err != nil {
			t.Fatal(err)
		}
	}
	was, identity := rowsOf(t, box), box.Identity()
	err := box.store.do(func(x *tx) error {
		_, err := x.sql.Exec(`CREATE TRIGGER stop BEFORE DELETE ON rules BEGIN SELECT raise(ABORT, 'the disk is full'); END`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Rewind(Moment{Event: 1}); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatal(err)
	}
	if now := rowsOf(t, box); now["rules"] != was["rules"] || box.Identity() != identity {
		t.Errorf("%v, want %v", now["rules"], was["rules"])
	}
	if _, err := box.AddRule(Rule{API: "pay", Outcome: Outcome{Result: "DO_NOT_HONOR"}}); err != nil {
		t.Fatal(err)
	}
	if last, err := box.LastEvent(); err != nil || last != 5 {
		t.Errorf("event %d, %v", last, err)
	}
}

// The books of a state of before there were events begin with what they are.
func TestOldBooksBeginWithWhatTheyAre(t *testing.T) {
	t.Parallel()
	keys, err := PublishedKeys()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 1, 0, time.UTC)
	box, err := Open(Config{State: oldState(t), Keys: keys, Passive: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	was := listed(t, box)
	now = now.Add(30 * 24 * time.Hour)
	if is := listed(t, box); is == was {
		t.Error("nothing lapsed in 30 days")
	}
	events, err := box.Events(0, 100)
	if err != nil || len(events) < 2 || events[0].Event != 1 || len(events[0].Changes) != 0 {
		t.Fatalf("%+v, %v", events, err)
	}
	for _, m := range []Moment{{Event: 1}, {Time: time.Date(2026, 3, 1, 12, 0, 1, 0, time.UTC)}} {
		past, err := box.At(m)
		if err != nil {
			t.Fatal(err)
		}
		defer past.Close()
		if text := listed(t, past); text != was {
			t.Errorf("%s, want %s", text, was)
		}
	}
	file := filepath.Join(t.TempDir(), "fork.db")
	if _, err := LoadKeys(file + ".keys"); err != nil { // those of an older state of this name
		t.Fatal(err)
	}
	if _, err := box.Fork(Moment{Event: 1}, file); err != nil {
		t.Fatal(err)
	}
	if beside, err := LoadKeys(file + ".keys"); err != nil || beside.Merchant.Public().Fingerprint() != keys.Merchant.Public().Fingerprint() ||
		beside.Antom.Public().Fingerprint() != keys.Antom.Public().Fingerprint() {
		t.Errorf("the fork has other keys: %v", err)
	}
	fork, err := Open(Config{State: file, Keys: keys, Passive: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer fork.Close()
	if text := listed(t, fork); text != was {
		t.Errorf("forked: %s, want %s", text, was)
	}
	for _, m := range []Moment{{Event: 1000}, {Time: now.Add(time.Hour)}, {Time: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		if _, err := box.At(m); !errors.Is(err, ErrNoMoment) {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

func listed(t *testing.T, b interface{ Payments(int) ([]Payment, error) }) string {
	t.Helper()
	list, err := b.Payments(100)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
