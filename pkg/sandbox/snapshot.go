package sandbox

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrNoSnapshot says that no state is kept under an ID.
var ErrNoSnapshot = errors.New("no state is kept under this ID")

// ErrManySnapshots says that as many states are kept as may be.
var ErrManySnapshots = errors.New("as many states are kept as may be")

// mostSnapshots bounds how many states are kept.
const mostSnapshots = 64

// snapshots are states that are kept: of one in memory here, else in files beside it.
type snapshots struct {
	mu   sync.Mutex
	kept map[string][]byte
}

// snapshotHead is the first line of a state that is kept; each other one is a row.
type snapshotHead struct {
	Time   time.Time           `json:"time"` // that the clock said
	Tables map[string][]string `json:"tables"`
}

// Snapshot keeps the whole state as it is now, and returns the ID to restore it by. Reset
// and Restore leave what is kept alone; the keys are not part of it. It wraps
// [ErrManySnapshots] where 64 are kept.
func (s *Sandbox) Snapshot() (id string, err error) {
	s.snapshots.mu.Lock()
	defer s.snapshots.mu.Unlock()
	if n := s.snapshotsKept(); n >= mostSnapshots {
		return "", fmt.Errorf("%w: %d", ErrManySnapshots, n)
	}
	var text bytes.Buffer
	err = s.store.do(func(t *tx) error {
		text.Reset()
		packed, _ := gzip.NewWriterLevel(&text, gzip.BestSpeed)
		return errors.Join(t.dump(json.NewEncoder(packed)), packed.Close())
	})
	if err != nil {
		return "", err
	}
	id = strings.ToLower(rand.Text())
	if !s.shared() {
		if s.snapshots.kept == nil {
			s.snapshots.kept = map[string][]byte{}
		}
		s.snapshots.kept[id] = text.Bytes()
		return id, nil
	}
	if err := os.MkdirAll(s.snapshotFolder(), 0o700); err != nil {
		return "", err
	}
	return id, writePrivate(s.snapshotFile(id), text.String())
}

func (s *Sandbox) snapshotFolder() string { return s.file + "-snapshots" }

func (s *Sandbox) snapshotFile(id string) string {
	return filepath.Join(s.snapshotFolder(), id+".gz")
}

func (s *Sandbox) snapshotsKept() int {
	if !s.shared() {
		return len(s.snapshots.kept)
	}
	files, _ := filepath.Glob(s.snapshotFile("*"))
	return len(files)
}

// Restore puts a state that was kept in place of this one. The clock says what it said
// then, unless it is the real one. What was notified meanwhile is not unsaid. Neither
// state knows what the other was sent, so it gets an identity of its own. It wraps
// [ErrNoSnapshot] where none is kept under the ID.
func (s *Sandbox) Restore(id string) error {
	s.snapshots.mu.Lock()
	text, found := s.snapshots.kept[id]
	s.snapshots.mu.Unlock()
	if !found && s.shared() && regexp.MustCompile(`^[a-z0-9]{26}$`).MatchString(id) {
		var err error
		if text, err = os.ReadFile(s.snapshotFile(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		found = err == nil
	}
	if !found {
		return fmt.Errorf("%q: %w", excerpt(id, 40), ErrNoSnapshot)
	}
	err := s.store.do(func(t *tx) error {
		packed, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return err
		}
		d := json.NewDecoder(bufio.NewReader(packed))
		d.UseNumber()
		return t.load(d, s.real())
	})
	if err != nil {
		return err
	}
	return s.store.do(func(*tx) error { return nil }) // time catches up, and who asks for the identity gets the new one
}

// bookTables are the tables of the state, without the history of what they were: what is
// put back is one more change of it.
func (t *tx) bookTables() ([]string, error) {
	all, err := t.tables()
	return slices.DeleteFunc(all, func(name string) bool { return name == "events" || strings.HasSuffix(name, "_log") }), err
}

// dump writes all tables, a row a line.
func (t *tx) dump(to *json.Encoder) error {
	tables, err := t.bookTables()
	if err != nil {
		return err
	}
	head := snapshotHead{Time: t.now, Tables: map[string][]string{}}
	for _, table := range tables {
		if head.Tables[table], err = t.names(`SELECT name FROM pragma_table_info(?)`, table); err != nil {
			return err
		}
	}
	if err := to.Encode(head); err != nil {
		return err
	}
	for _, table := range tables {
		if err := t.dumpTable(table, head.Tables[table], to); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) dumpTable(table string, columns []string, to *json.Encoder) error {
	rows, err := t.sql.Query(`SELECT ` + strings.Join(columns, ", ") + ` FROM ` + table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, into := make([]any, len(columns)+1), make([]any, len(columns))
		row[0] = table
		for i := range into {
			into[i] = &row[i+1]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, value := range row {
			if text, ok := value.([]byte); ok {
				row[i] = string(text)
			}
		}
		if err := to.Encode(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// load puts what dump wrote in place of all that there is.
func (t *tx) load(from *json.Decoder, real time.Time) error {
	var head snapshotHead
	if err := from.Decode(&head); err != nil {
		return err
	}
	tables, err := t.bookTables()
	if err != nil {
		return err
	}
	inserts := map[string]string{}
	for _, table := range tables {
		columns, err := t.names(`SELECT name FROM pragma_table_info(?)`, table)
		if err != nil {
			return err
		}
		if was, known := head.Tables[table]; known && !slices.Equal(was, columns) {
			return fmt.Errorf("the state was kept by another version of apo: its table %s is another", table)
		}
		if _, err := t.sql.Exec(`DELETE FROM ` + table); err != nil {
			return err
		}
		inserts[table] = `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(columns)-1) + `)`
	}
	for from.More() {
		var row []any
		if err := from.Decode(&row); err != nil {
			return err
		}
		table, _ := row[0].(string)
		for i, value := range row {
			if n, ok := value.(json.Number); ok {
				if row[i], err = n.Int64(); err != nil {
					return err
				}
			}
		}
		if _, err := t.sql.Exec(inserts[table], row[1:]...); err != nil {
			return err
		}
	}
	return t.wake(head.Time, real)
}

// wake goes on with a state that was put in place.
func (t *tx) wake(at, real time.Time) error {
	t.clock, t.settings, t.known, t.ids.seed, t.cardKey, t.identity = Clock{}, settings{}, nil, [32]byte{}, cardKey{}, ""
	if _, err := t.findSettings(); err != nil {
		return err
	}
	if !t.clock.Natural() {
		from := t.clock.From
		t.clock = t.clock.after(real, at, t.clock.Speed)
		t.clock.From = from
		if err := t.setting("clock", t.clock); err != nil {
			return err
		}
	}
	t.changed("state", "")
	t.moved = true             // for whom comes next: time has not caught up yet
	t.posted = true            // what was queued then is queued now
	t.planned(time.Unix(0, 1)) // who waits for something must think again
	return t.identify()
}
