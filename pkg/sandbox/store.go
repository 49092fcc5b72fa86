package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// mostPerCommit bounds how many requests share one commit.
const mostPerCommit = 256

// store keeps the records in SQLite. All work goes through one goroutine,
// which gathers what is waiting into one transaction: durable, and still as
// fast as the signatures. SQLite's own lock orders the processes.
type store struct {
	file string // where SQLite has it, beside its log; "": in memory
	db   *sql.DB
	sql  *prepared
	real func() time.Time
	jobs chan job
	done sync.WaitGroup

	clock    atomic.Pointer[Clock] // as they were when something was last done
	options  atomic.Pointer[settings]
	identity atomic.Pointer[string]

	heard     unwritten // exchanges that the next commit takes along
	cards     []TestCard
	elsewhere func() string // Config.NotifyURLNow
	after     func(*tx)
	turn      sync.Mutex // to use the connection and what is kept
	kept      *kept      // nil: nothing is
	seen      int64      // the version that was told of last
	begun     bool       // the books have their first event
	lost      error      // a sync failed: what the records are on the disk, nobody knows

	mu     sync.Mutex
	closed bool
}

// kept is what every batch needs and hardly any changes. It counts until another
// process writes to the state, which changes its version.
type kept struct {
	version  int64
	clock    Clock
	ids      ids
	cardKey  cardKey
	identity string
	settings settings
	rules    *[]Rule
}

type job struct {
	work   func(*tx) error
	result chan error
}

// openStore opens a state file, or a state in memory of a name. It calls after
// with what was done, once that is durable; after must not wait.
func openStore(file, name string, real func() time.Time, elsewhere func() string, after func(*tx)) (*store, error) {
	db, path, err := openDatabase(file, name)
	if err != nil {
		return nil, stateError(file, err)
	}
	s := &store{file: path, db: db, real: real, elsewhere: elsewhere, after: after, jobs: make(chan job, mostPerCommit), cards: TestCards()}
	conn, err := db.Conn(context.Background())
	if err == nil {
		s.sql = prepare(conn)
		err = s.look(func(*tx) error { return nil })
	}
	if err == nil {
		s.begun, err = (&tx{sql: s.sql}).begun()
	}
	if err == nil && (s.kept == nil || !s.begun) { // one of before there was all that a state has now
		err = s.commit(nil)
	}
	if err != nil {
		db.Close()
		return nil, stateError(file, err)
	}
	s.done.Go(s.run)
	return s, nil
}

func openDatabase(file, name string) (db *sql.DB, path string, err error) {
	if file == "" {
		db, err = sqlite.OpenMemory(name, schema())
		return db, "", err
	}
	return sqlite.Open(file, schema())
}

// stateError says what is wrong with a state file, and what to do.
func stateError(file string, err error) error {
	return fmt.Errorf("sandbox state %s cannot be used: %w", file, sqlite.Plain(err, ""))
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
	if s.lost != nil {
		return false, s.lost
	}
	if err := s.sql.begin(); err != nil {
		return false, err
	}
	committed := false
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("sandbox: %v", r)
		}
		if !committed {
			s.sql.rollback()
		}
	}()
	work, err := s.begin()
	if err != nil {
		return false, err
	}
	s.sql.changed = s.sql.changed || !s.begun
	if err := work.mark(work.now.UnixNano()); err != nil {
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
			if err := work.mark(work.now.UnixNano()); err != nil {
				return false, err
			}
		}
	}
	along := s.heard.some(s.sql.wrote)
	if err := work.takeAlong(along); err != nil {
		return false, err
	}
	if err := s.sql.commit(); err != nil {
		return false, err
	}
	committed, s.begun = true, true
	s.heard.written(len(along))
	if err := s.sync(); err != nil {
		return false, err
	}
	s.keep(work)
	s.after(work)
	return more, nil
}

// sync makes durable what the last transaction wrote.
func (s *store) sync() error {
	if s.file != "" && s.sql.wrote {
		s.lost = sqlite.SyncLog(s.file)
	}
	return s.lost
}

// begin reads what all of a batch share: the clock, the seed and the settings.
func (s *store) begin() (*tx, error) {
	work := &tx{sql: s.sql, cards: s.cards, elsewhere: s.elsewhere}
	complete, err := s.recall(work)
	if err == nil && !complete {
		err = work.initialize()
	}
	work.now = work.clock.Now(s.real())
	return work, err
}

// recall gives a transaction what is kept, or reads it. It reports whether the
// state has a seed and an identity, which all have that were ever used.
func (s *store) recall(t *tx) (complete bool, err error) {
	if err := t.readVersion(); err != nil { // first: it is outdated if what follows is
		return false, err
	}
	if k := s.kept; k != nil && k.version == t.version {
		t.clock, t.ids, t.cardKey, t.identity, t.settings, t.known = k.clock, k.ids, k.cardKey, k.identity, k.settings, k.rules
		return true, nil
	}
	return t.findSettings()
}

func (s *store) keep(t *tx) {
	if t.moved {
		s.kept = nil
		return
	}
	s.kept = &kept{t.version, t.clock, t.ids, t.cardKey, t.identity, t.settings, t.known}
	s.identity.Store(&t.identity)
	s.clock.Store(&t.clock)
	s.options.Store(&t.settings)
}

// look lets work read clock, settings and rules as they are, without the lock
// that a transaction takes and without letting time catch up.
func (s *store) look(work func(*tx) error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	t := &tx{sql: s.sql}
	complete, err := s.recall(t)
	if err != nil {
		return err
	}
	if err := work(t); err != nil || !complete {
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
	if s.lost == nil && s.heard.any() {
		_ = s.commit([]job{{work: s.hearAll()}}) // without them the state is whole, too
	}
	return errors.Join(s.sql.close(), s.db.Close())
}

// tx reads and writes records.
type tx struct {
	sql   *prepared
	cards []TestCard

	elsewhere func() string // Config.NotifyURLNow; nil: nobody is there

	version  int64     // changes when another process has written
	now      time.Time // in the sandbox
	clock    Clock
	ids      ids
	cardKey  cardKey // of the fingerprints of cards
	identity string  // of the state
	settings settings
	known    *[]Rule       // nil until they are asked for
	moved    bool          // the clock was, for the next transaction
	posted   bool          // a notification was queued
	changes  []StateChange // that were made
	fresh    []int64       // the notifications that were
	soonest  int64         // when the first of what was planned is due, in nanoseconds since 1970; 0: nothing was
}
