package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/internal/busy"
)

// Journal is an open journal. It is safe to share.
type Journal struct {
	// Masker hides what is never stored. Its Known, which is set before the first
	// use, has what this run must not write down in any form.
	Masker apo.Masker

	db     *sql.DB
	file   string
	now    func() time.Time
	sender *sender
}

// Open opens the journal in a file and makes it if there is none, for its
// owner's eyes alone.
//
// It fails where the file is damaged, may not be written, is locked for longer
// than 10 s, or was written by a newer version. Then nothing should be sent.
func Open(file string, now func() time.Time) (*Journal, error) {
	j, err := open(file, now)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", file, plain(err))
	}
	return j, nil
}

func open(file string, now func() time.Time) (*Journal, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(absolute), 0o700); err != nil {
		return nil, err
	}
	if err := whole(absolute); err != nil {
		return nil, err
	}
	// Beside a link to a journal there is nothing of it: no log, no sender's lock.
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		absolute = real
	}
	if err := private(absolute); err != nil {
		return nil, err
	}
	// synchronous(FULL) syncs the log at each commit: what Begin wrote is on
	// disk when it returns.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: absolute}).EscapedPath()+
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := busy.Wait(func() error { return migrate(db) }); err != nil {
		db.Close()
		return nil, err
	}
	return &Journal{db: db, file: absolute, now: now, sender: &sender{folder: absolute + "-senders"}}, nil
}

// private makes a file if there is none, and keeps it and SQLite's other files,
// which get its mode, from others' eyes. What was made read-only is meant to
// stay as it is, although root could write it.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, name := range []string{filepath.Dir(file), file} {
		if info, err := os.Stat(name); err != nil {
			return err
		} else if mode := info.Mode().Perm(); mode&0o200 == 0 {
			return fmt.Errorf("%s has mode %04o: %w", name, mode, os.ErrPermission)
		}
	}
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 == 0 {
			continue
		}
		if err := os.Chmod(name, 0o600); err != nil {
			return err
		}
	}
	return nil
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

// plain says in a sentence what SQLite's errors mean.
func plain(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, "SQLITE_NOTADB"), strings.Contains(text, "SQLITE_CORRUPT"), strings.Contains(text, "malformed"), strings.Contains(text, "not a database"),
		strings.Contains(text, "unsupported file format"), strings.Contains(text, "no such table"), strings.Contains(text, "no such column"):
		return fmt.Errorf("it is damaged; move it away, with the file beside it whose name ends in -wal, to begin a new one, and keep both: they may know of payments in doubt (%w)", err)
	case strings.Contains(text, "SQLITE_READONLY"), strings.Contains(text, "readonly"), errors.Is(err, os.ErrPermission):
		return fmt.Errorf("it cannot be written (%w)", err)
	case strings.Contains(text, "SQLITE_FULL"), strings.Contains(text, "disk is full"):
		return fmt.Errorf("the disk is full (%w)", err)
	case strings.Contains(text, "SQLITE_IOERR"), strings.Contains(text, "disk I/O"):
		return fmt.Errorf("it cannot be written: the disk or a limit on file sizes stops it (%w)", err)
	case strings.Contains(text, "SQLITE_BUSY"), strings.Contains(text, "locked"):
		return fmt.Errorf("another process has locked it for longer than 10 s (%w)", err)
	}
	return err
}

// Close ends the use of the journal and writes SQLite's log into the file.
func (j *Journal) Close() error {
	j.sender.done()
	return j.db.Close()
}

// Leave is Close for a process that is about to end. What was written is
// durable in SQLite's log already, and writing it a second time takes longer
// than a call; so a log that is short is left to the next process.
func (j *Journal) Leave() {
	const long = 512 << 10 // bytes
	j.sender.done()
	if log, err := os.Stat(j.file + "-wal"); err != nil || log.Size() > long {
		j.db.Close()
	}
}
