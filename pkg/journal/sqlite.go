package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/sqlite"
)

// SQLite is an [Archive] in one file. It is safe to share.
type SQLite struct {
	// Masker hides what is never stored. Its Known, which is set before the first
	// use, has what this run must not write down in any form.
	Masker apo.Masker

	db      *sql.DB    // a connection for each who is at it; one, while nobody writes in a loop over records
	writing sync.Mutex // one of this process at a time; SQLite itself sees to other processes
	plans   plans      // of Take
	file    string
	place   *place // of file
	now     func() time.Time
	sender  *sender
}

var _ Archive = (*SQLite)(nil)

// Open opens the journal in a file and makes it if there is none, for its
// owner's eyes alone.
//
// It fails where the file is damaged, may not be written, is locked for longer
// than 10 s, or was written by a newer version. Then nothing should be sent.
func Open(file string, now func() time.Time) (*SQLite, error) {
	j, err := open(file, now)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", file, plain(err))
	}
	return j, nil
}

func open(file string, now func() time.Time) (*SQLite, error) {
	if err := whole(file); err != nil {
		return nil, err
	}
	db, path, err := sqlite.Open(file, sqlite.Schema{Steps: migrations(), Syncs: true})
	if err != nil {
		return nil, err
	}
	// No limit on connections: whoever reads may need another one to write. Those
	// that are kept are few.
	db.SetMaxIdleConns(2)
	at, err := placeOf(path)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &SQLite{db: db, file: path, place: at, now: now, sender: newSender(path + "-senders")}, nil
}

// whole refuses a log without its file. The newest records are in the log alone,
// and SQLite would remove it to begin a new journal.
func whole(file string) error {
	// The log is looked at first: whoever makes a journal makes its file first.
	if log, err := os.Stat(file + "-wal"); err != nil || log.Size() == 0 {
		return nil
	}
	if info, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) && (err != nil || info.Size() > 0) {
		return err
	}
	return errors.New("it is missing, and its newest records are in the file beside it whose name ends in -wal; put it back, or move that one away too")
}

// plain says in a sentence what an error of the journal's file means.
func plain(err error) error {
	return sqlite.Plain(err, "move it away, with the file beside it whose name ends in -wal, to begin a new one, and keep both: they may know of payments in doubt")
}

// Close ends the use of the journal and writes SQLite's log into the file.
func (j *SQLite) Close() error {
	j.sender.done()
	return errors.Join(j.db.Close(), j.place.file.Close())
}

// Leave is Close for a process that is about to end. What was written is
// durable in SQLite's log already, and writing it a second time takes longer
// than a call; so a log that is short is left to the next process.
func (j *SQLite) Leave() {
	const long = 512 << 10 // bytes
	j.sender.done()
	if log, err := os.Stat(j.file + "-wal"); err != nil || log.Size() > long {
		j.db.Close()
	}
}
