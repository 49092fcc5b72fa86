package sqlite

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// Create makes a database file that has a log, for its owner's eyes alone, unless
// there is a file of its name. It appears whole, with what fill wrote, and durable
// after the first sync of its log. Many may do so at once: all but one give way.
//
// Where files cannot be linked, or where there is a log without its file, the file
// is left empty. SQLite makes a database of it when it is opened, with more syncs,
// and removes that log: it belongs to another file.
func Create(file string, fill func(*sql.DB) error) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(file + "-wal"); errors.Is(err, fs.ErrNotExist) {
		if made, err := create(file, fill); made || err != nil {
			return err
		}
	}
	// A file that is there is not opened: closing it would release the locks that
	// SQLite has on it in this process.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// create makes the file under another name and links it to its own, if that is
// free and can be linked.
func create(file string, fill func(*sql.DB) error) (made bool, err error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*.db") // made with mode 0600
	if err != nil {
		return false, err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(f.Close(), write(f.Name(), fill)); err != nil {
		return false, err
	}
	return os.Link(f.Name(), file) == nil, nil
}

// write fills a file that nobody else knows, and syncs it once.
func write(file string, fill func(*sql.DB) error) (err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err = db.Exec("PRAGMA journal_mode = WAL"); err == nil {
		err = fill(db)
	}
	if err := errors.Join(err, db.Close()); err != nil { // which removes the log
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Reason is why a file could not be used: the operating system's word, where
// SQLite has no better one than that it could not open it.
func Reason(file string, err error) error {
	const cantOpen = 14 // SQLITE_CANTOPEN; the rest of a code says more exactly why
	var failed *sqlite.Error
	if !errors.As(err, &failed) || failed.Code()&0xff != cantOpen {
		return err
	}
	f, refused := os.OpenFile(file, os.O_RDWR, 0)
	if refused == nil {
		f.Close()
		return err
	}
	return refused
}
