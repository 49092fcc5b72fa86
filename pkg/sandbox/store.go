package sandbox

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// migrations bring a state file from each version to the next.
//
// due holds what time will bring; at is in nanoseconds since 1970.
func migrations() []string {
	return []string{`
CREATE TABLE payments (id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, nonce TEXT, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX payments_nonce ON payments (nonce) WHERE nonce IS NOT NULL;
CREATE TABLE transactions (id TEXT PRIMARY KEY, kind TEXT NOT NULL, request_id TEXT NOT NULL, payment_id TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (kind, request_id)) WITHOUT ROWID;
CREATE INDEX transactions_payment ON transactions (payment_id);
CREATE TABLE cards (token TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;`, `
CREATE TABLE settings (name TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE rules (id INTEGER PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE due (at INTEGER NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (at, kind, ref)) WITHOUT ROWID;
CREATE TABLE notifications (id INTEGER PRIMARY KEY, payment_id TEXT NOT NULL, due INTEGER, doc TEXT NOT NULL);
CREATE INDEX notifications_due ON notifications (due, id) WHERE due IS NOT NULL;
CREATE INDEX notifications_payment ON notifications (payment_id);
CREATE TABLE attempts (notification INTEGER NOT NULL, n INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (notification, n)) WITHOUT ROWID;`}
}

// mostPerCommit bounds how many requests share one commit.
const mostPerCommit = 256

// store keeps the records in SQLite. All work goes through one goroutine,
// which gathers what is waiting into one transaction: durable, and still as
// fast as the signatures. SQLite's own lock orders the processes.
type store struct {
	db   *sql.DB
	sql  *prepared
	real func() time.Time
	jobs chan job
	done sync.WaitGroup

	clock   atomic.Pointer[Clock] // as they were when something was last done
	options atomic.Pointer[settings]

	cards []TestCard
	after func(*tx)
	turn  sync.Mutex // to use the connection and what is kept
	kept  *kept      // nil: nothing is

	mu     sync.Mutex
	closed bool
}

// kept is what every batch needs and hardly any changes. It counts until another
// process writes to the state, which changes its version.
type kept struct {
	version  int64
	clock    Clock
	ids      ids
	settings settings
	rules    *[]Rule
}

type job struct {
	work   func(*tx) error
	result chan error
}

// openStore opens a state file, or a state in memory of a name. It calls after
// with what was done, once that is durable; after must not wait.
func openStore(file, name string, real func() time.Time, after func(*tx)) (*store, error) {
	dsn, err := dataSource(file, name)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	s := &store{db: db, real: real, after: after, jobs: make(chan job, mostPerCommit), cards: TestCards()}
	if s.sql, err = prepare(db); err == nil {
		err = migrate(s.sql)
	}
	if err == nil {
		s.clock.Store(&Clock{})
		s.options.Store(&settings{})
		err = s.look(func(*tx) error { return nil })
	}
	if err != nil {
		db.Close()
		return nil, stateError(file, err)
	}
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
		return "", stateError(absolute, errors.Unwrap(err))
	}
	f.Close()
	return "file:" + (&url.URL{Path: absolute}).EscapedPath() + "?" + common +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)", nil
}

func migrate(p *prepared) error {
	steps := migrations()
	var version int
	if err := p.row("PRAGMA user_version", nil, &version); err != nil || version == len(steps) {
		return err
	}
	if _, err := p.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer p.Exec("ROLLBACK") // of what was not committed
	// Another process may have done it while this one waited.
	if err := p.row("PRAGMA user_version", nil, &version); err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("it has schema %d, written by a newer apo; this one knows schema %d", version, len(steps))
	}
	if version < 0 {
		return fmt.Errorf("it has schema %d, which no apo writes", version)
	}
	for _, step := range steps[version:] {
		if err := p.script(step); err != nil {
			return err
		}
	}
	if version == 1 {
		if err := scheduleAll(p); err != nil {
			return err
		}
	}
	if err := p.script(fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
		return err
	}
	_, err := p.Exec("COMMIT")
	return err
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
	for more := true; more && err == nil; {
		more, err = s.transact(batch)
	}
	return err
}

// mostCaughtUp bounds how much of what time has brought shares one commit.
const mostCaughtUp = 2000

// transact lets time catch up, and does the batch once it has. Where there is
// much to catch up with, it commits a part of it and reports that there is more,
// so that other processes need not wait for all of it.
func (s *store) transact(batch []job) (more bool, err error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if _, err := s.sql.Exec("BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	committed := false
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("sandbox: %v", r)
		}
		if !committed {
			_, _ = s.sql.Exec("ROLLBACK")
		}
	}()
	work, err := s.begin()
	if err != nil {
		return false, err
	}
	if more, err = (ledger{tx: work, now: work.now}).catchUp(mostCaughtUp); err != nil {
		return false, err
	}
	if !more {
		for _, j := range batch {
			if err := j.work(work); err != nil {
				return false, err
			}
		}
	}
	if _, err := s.sql.Exec("COMMIT"); err != nil {
		return false, err
	}
	committed = true
	s.keep(work)
	s.after(work)
	return more, nil
}

// begin reads what all of a batch share: the clock, the seed and the settings.
func (s *store) begin() (*tx, error) {
	work := &tx{sql: s.sql, cards: s.cards}
	known, err := s.recall(work)
	if err == nil && !known {
		err = work.sow()
	}
	work.now = work.clock.Now(s.real())
	return work, err
}

// recall gives a transaction what is kept, or reads it. It reports whether the
// state has a seed, which all have that were ever used.
func (s *store) recall(t *tx) (seeded bool, err error) {
	if err := t.readVersion(); err != nil { // first: it is outdated if what follows is
		return false, err
	}
	if k := s.kept; k != nil && k.version == t.version {
		t.clock, t.ids, t.settings, t.known = k.clock, k.ids, k.settings, k.rules
		return true, nil
	}
	return t.findSettings()
}

func (s *store) keep(t *tx) {
	s.kept = &kept{t.version, t.clock, t.ids, t.settings, t.known}
	s.clock.Store(&t.clock)
	s.options.Store(&t.settings)
}

// look lets work read clock, settings and rules as they are, without the lock
// that a transaction takes and without letting time catch up.
func (s *store) look(work func(*tx) error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	t := &tx{sql: s.sql}
	seeded, err := s.recall(t)
	if err != nil {
		return err
	}
	if err := work(t); err != nil || !seeded {
		return err
	}
	s.keep(t)
	return nil
}

// changed reports whether another process has written to the state since it had
// a version.
func (s *store) changed(version int64) bool {
	s.turn.Lock()
	defer s.turn.Unlock()
	t := &tx{sql: s.sql}
	return t.readVersion() != nil || t.version != version
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
	return errors.Join(s.sql.close(), s.db.Close())
}

// tx reads and writes records.
type tx struct {
	sql   *prepared
	cards []TestCard

	version  int64     // changes when another process has written
	now      time.Time // in the sandbox
	clock    Clock
	ids      ids
	settings settings
	known    *[]Rule // nil until they are asked for
	posted   bool    // a notification was queued
	soonest  int64   // when the first of what was planned is due, in nanoseconds since 1970; 0: nothing was
}

// settings are what a sandbox was told to be like, but for its rules.
type settings struct {
	Acquirers []Acquirer `json:"acquirers,omitempty"`
	NotifyURL string     `json:"notifyUrl,omitempty"`
	Options   Options    `json:"options,omitzero"`
}

func (t *tx) readVersion() error { return t.sql.row("PRAGMA data_version", nil, &t.version) }

// sow gives a state its seed.
func (t *tx) sow() error {
	t.ids.seed = newSeed()
	return t.setting("seed", t.ids.seed)
}

func (t *tx) findSettings() (seeded bool, err error) {
	rows, err := t.sql.Query(`SELECT name, doc FROM settings`)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, doc string
		if err := rows.Scan(&name, &doc); err != nil {
			return false, err
		}
		switch name {
		case "clock":
			err = json.Unmarshal([]byte(doc), &t.clock)
		case "seed":
			seeded = true
			err = json.Unmarshal([]byte(doc), &t.ids.seed)
		case "settings":
			err = json.Unmarshal([]byte(doc), &t.settings)
		}
		if err != nil {
			return false, err
		}
	}
	return seeded, rows.Err()
}

func (t *tx) setting(name string, value any) error {
	return t.put(`INSERT INTO settings (name, doc) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET doc = excluded.doc`, value, name)
}

// rules are all of them, in the order in which they are asked.
func (t *tx) rules() ([]Rule, error) {
	if t.known != nil {
		return *t.known, nil
	}
	rows, err := t.sql.Query(`SELECT id, doc FROM rules ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Rule{}
	for rows.Next() {
		var id int64
		var doc string
		var r Rule
		if err := rows.Scan(&id, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &r); err != nil {
			return nil, err
		}
		r.ID = id
		list = append(list, r)
	}
	t.known = &list
	return list, rows.Err()
}

func (t *tx) addRule(r Rule) (int64, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	t.known = nil
	result, err := t.sql.Exec(`INSERT INTO rules (doc) VALUES (?)`, string(text))
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err == nil {
		_, err = t.rules()
	}
	return id, err
}

func (t *tx) saveRule(r Rule) error {
	if err := t.put(`UPDATE rules SET doc = ?2 WHERE id = ?1`, r, r.ID); err != nil {
		return err
	}
	list := slices.Clone(*t.known) // what is kept counts on, if this is undone
	for i, known := range list {
		if known.ID == r.ID {
			list[i] = r
		}
	}
	t.known = &list
	return nil
}

func (t *tx) removeRule(id int64) error {
	t.known = nil
	if _, err := t.sql.Exec(`DELETE FROM rules WHERE id = ?`, id); err != nil {
		return err
	}
	_, err := t.rules()
	return err
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
	err := t.sql.row(query, []any{key}, &text)
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
	b.transactions, err = documents[transaction](t.sql, `SELECT doc FROM transactions WHERE payment_id = ?`, b.ID)
	sortByTime(b.transactions)
	return b, err == nil, err
}

// paymentIDs are those of some payments.
func (t *tx) paymentIDs(which string, arg any) ([]string, error) {
	rows, err := t.sql.Query(`SELECT id FROM payments `+which, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func (t *tx) transaction(kind, column, key string) (r transaction, found bool, err error) {
	if column == "id" {
		if r, found, err = t.transactionByID(key); found && r.Kind != kind {
			return transaction{}, false, err
		}
		return r, found, err
	}
	found, err = t.get(&r, `SELECT doc FROM transactions WHERE kind = '`+kind+`' AND request_id = ?`, key)
	return r, found, err
}

func (t *tx) transactionByID(id string) (r transaction, found bool, err error) {
	found, err = t.get(&r, `SELECT doc FROM transactions WHERE id = ?`, id)
	return r, found, err
}
