package sandbox

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the driver
)

// schemaVersion is what user_version of a state file holds.
const schemaVersion = 1

const schema = `
CREATE TABLE payments (id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, nonce TEXT, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX payments_nonce ON payments (nonce) WHERE nonce IS NOT NULL;
CREATE TABLE transactions (id TEXT PRIMARY KEY, kind TEXT NOT NULL, request_id TEXT NOT NULL, payment_id TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (kind, request_id)) WITHOUT ROWID;
CREATE INDEX transactions_payment ON transactions (payment_id);
CREATE TABLE cards (token TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;`

// mostPerCommit bounds how many requests share one commit.
const mostPerCommit = 256

// store keeps the records in SQLite. All work goes through one goroutine,
// which gathers what is waiting into one transaction: durable, and still as
// fast as the signatures. SQLite's own lock orders the processes.
type store struct {
	db   *sql.DB
	jobs chan job
	done sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

type job struct {
	work   func(*tx) error
	result chan error
}

func openStore(file string, name string) (*store, error) {
	dsn, err := dataSource(file, name)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(db); err != nil {
		db.Close()
		return nil, stateError(file, err)
	}
	s := &store{db: db, jobs: make(chan job, mostPerCommit)}
	s.done.Go(s.run)
	return s, nil
}

func dataSource(file, name string) (string, error) {
	const common = "_txlock=immediate&_pragma=busy_timeout(10000)"
	if file == "" {
		return "file:/" + url.PathEscape(name) + "?vfs=memdb&" + common, nil
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(absolute), 0o700); err != nil {
		return "", err
	}
	// SQLite makes its files with the mode of the first.
	f, err := os.OpenFile(absolute, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	f.Close()
	return "file:" + (&url.URL{Path: absolute}).EscapedPath() + "?" + common +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)", nil
}

func migrate(db *sql.DB) error {
	var version int
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version == schemaVersion {
		return nil
	}
	t, err := db.Begin()
	if err != nil {
		return err
	}
	defer t.Rollback()
	// Another process may have made the schema while this one waited.
	if err := t.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case version == schemaVersion:
		return nil
	case version > schemaVersion:
		return fmt.Errorf("it has schema %d, written by a newer apo; this one knows schema %d", version, schemaVersion)
	}
	if _, err := t.Exec(schema); err != nil {
		return err
	}
	return t.Commit()
}

// stateError says what is wrong with a state file, and what to do.
func stateError(file string, err error) error {
	return fmt.Errorf("sandbox state %s cannot be used: %w", file, err)
}

// do runs work in a transaction and returns when it is durable. It may run
// more than once, so it must not change anything but the records.
func (s *store) do(work func(*tx) error) error {
	j := job{work, make(chan error, 1)}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errors.New("the sandbox is closed")
	}
	s.jobs <- j
	s.mu.Unlock()
	return <-j.result
}

func (s *store) run() {
	for first := range s.jobs {
		batch := []job{first}
	gather:
		for len(batch) < mostPerCommit {
			select {
			case j, open := <-s.jobs:
				if !open {
					break gather
				}
				batch = append(batch, j)
			default:
				break gather
			}
		}
		err := s.commit(batch)
		if err == nil || len(batch) == 1 {
			for _, j := range batch {
				j.result <- err
			}
			continue
		}
		for _, j := range batch { // one of them spoilt it; the others shall not suffer
			j.result <- s.commit([]job{j})
		}
	}
}

func (s *store) commit(batch []job) (err error) {
	t, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer t.Rollback()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("sandbox: %v", r)
		}
	}()
	for _, j := range batch {
		if err := j.work(&tx{t}); err != nil {
			return err
		}
	}
	return t.Commit()
}

func (s *store) close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.jobs)
	s.mu.Unlock()
	s.done.Wait()
	return s.db.Close()
}

// tx reads and writes records.
type tx struct {
	sql *sql.Tx
}

func (t *tx) put(query string, doc any, args ...any) error {
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = t.sql.Exec(query, append(args, string(text))...)
	return err
}

func (t *tx) get(doc any, query, key string) (bool, error) {
	var text string
	err := t.sql.QueryRow(query, key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, json.Unmarshal([]byte(text), doc)
}

func (t *tx) savePayment(p *payment) error {
	nonce := sql.NullString{String: p.ThreeDS.Nonce, Valid: p.ThreeDS.Nonce != ""}
	return t.put(`INSERT INTO payments (id, request_id, nonce, doc) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, p, p.ID, p.RequestID, nonce)
}

func (t *tx) saveTransaction(r *transaction) error {
	return t.put(`INSERT INTO transactions (id, kind, request_id, payment_id, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, r, r.ID, r.Kind, r.RequestID, r.PaymentID)
}

func (t *tx) saveCard(c card) error {
	return t.put(`INSERT INTO cards (token, doc) VALUES (?, ?)`, c, c.Token)
}

func (t *tx) cardByToken(token string) (c card, found bool, err error) {
	found, err = t.get(&c, `SELECT doc FROM cards WHERE token = ?`, token)
	return c, found, err
}

func (t *tx) paymentByID(id string) (b books, found bool, err error) {
	return t.books(`SELECT doc FROM payments WHERE id = ?`, id)
}

func (t *tx) paymentByRequestID(id string) (b books, found bool, err error) {
	return t.books(`SELECT doc FROM payments WHERE request_id = ?`, id)
}

func (t *tx) paymentByNonce(nonce string) (b books, found bool, err error) {
	return t.books(`SELECT doc FROM payments WHERE nonce = ?`, nonce)
}

func (t *tx) books(query, key string) (b books, found bool, err error) {
	if found, err = t.get(&b.payment, query, key); !found || err != nil {
		return b, found, err
	}
	rows, err := t.sql.Query(`SELECT doc FROM transactions WHERE payment_id = ?`, b.ID)
	if err != nil {
		return b, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var r transaction
		if err := rows.Scan(&text); err != nil {
			return b, false, err
		}
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return b, false, err
		}
		b.transactions = append(b.transactions, r)
	}
	sortByTime(b.transactions)
	return b, true, rows.Err()
}

func (t *tx) transaction(kind, column, key string) (r transaction, found bool, err error) {
	query := `SELECT doc FROM transactions WHERE id = ?`
	if column == "request_id" {
		query = `SELECT doc FROM transactions WHERE kind = '` + kind + `' AND request_id = ?`
	}
	found, err = t.get(&r, query, key)
	if found && r.Kind != kind {
		return transaction{}, false, err
	}
	return r, found, err
}
