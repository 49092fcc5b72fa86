// Package sqlite opens the SQLite files of apo: durable, for their owner's eyes
// alone, and in the schema of today.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Schema is what a file must hold.
type Schema struct {
	// Steps are SQL scripts; each brings a file from one version to the next.
	Steps []string

	// Then, if not nil, does what SQL cannot, in the transaction of the steps
	// that were taken. from is the version of before, 0 of a new file.
	Then func(conn *sql.Conn, from int) error

	// Syncs says that whoever opened the file calls [SyncLog] after each commit
	// that must last. Else SQLite syncs each, and once in each process the folder.
	Syncs bool
}

// Transactions take the lock as they begin: one that read first could not wait
// for it, since two might wait for each other.
const pragmas = "_txlock=immediate&_pragma=busy_timeout(10000)"

// Open opens a file and makes it if there is none, with its folder. It returns
// its path too: absolute, and without links, since SQLite's other files stand
// there.
//
// What a transaction wrote is on the disk when its commit returns, unless the
// schema Syncs. The errors do not name the file; [Plain] puts SQLite's own into a
// sentence.
func Open(file string, s Schema) (db *sql.DB, path string, err error) {
	path, err = filepath.Abs(file)
	if err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if err := writable(filepath.Dir(path)); err != nil {
		return nil, "", err
	}
	if err := create(path, s); err != nil {
		return nil, "", err
	}
	if err := private(path); err != nil {
		return nil, "", err
	}
	level := "FULL" // syncs the log at each commit
	if s.Syncs {
		level = "NORMAL"
	}
	db, migrated, err := open(uri(path)+"?"+pragmas+"&_pragma=journal_mode(WAL)&_pragma=synchronous("+level+")", s)
	if err == nil && migrated && s.Syncs {
		if err = SyncLog(path); err != nil {
			db.Close()
		}
	}
	return db, path, err
}

func uri(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// OpenMemory opens a database in memory. Those of one name are one, for as long
// as any of them has a connection.
func OpenMemory(name string, s Schema) (*sql.DB, error) {
	db, _, err := open("file:/"+url.PathEscape(name)+"?vfs=memdb&"+pragmas, s)
	return db, err
}

func open(source string, s Schema) (db *sql.DB, migrated bool, err error) {
	db, err = sql.Open("sqlite", source)
	if err != nil {
		return nil, false, err
	}
	err = wait(func() (err error) { migrated, err = migrate(db, s); return err })
	if err != nil {
		db.Close()
		return nil, false, err
	}
	return db, migrated, nil
}

// private makes a file if there is none, and keeps it and SQLite's other files,
// which get its mode, from others' eyes.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return errors.Unwrap(err) // the caller names the file
	}
	defer f.Close()
	if err := writable(file); err != nil {
		return err
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

// writable refuses what was made read-only: it is meant to stay as it is, although
// root could write it.
func writable(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o200 == 0 {
		return fmt.Errorf("%s has mode %04o: %w", name, mode, os.ErrPermission)
	}
	return nil
}

// migrate brings a file to the schema of today, or leaves it as it is.
func migrate(db *sql.DB, s Schema) (migrated bool, err error) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	version := func() (v int, err error) {
		return v, conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v)
	}
	if from, err := version(); err != nil || from == len(s.Steps) {
		return false, err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	defer conn.ExecContext(ctx, "ROLLBACK") // of what was not committed
	from, err := version()                  // another process may have done it meanwhile
	if err != nil {
		return false, err
	}
	switch {
	case from > len(s.Steps):
		return false, fmt.Errorf("it has schema %d, written by a newer apo; this one knows schema %d", from, len(s.Steps))
	case from < 0:
		return false, fmt.Errorf("it has schema %d, which no apo writes", from)
	}
	for _, step := range s.Steps[from:] {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			return false, err
		}
	}
	if s.Then != nil {
		if err := s.Then(conn, from); err != nil {
			return false, err
		}
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(s.Steps))); err != nil {
		return false, err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err == nil, err
}
