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
}

// Transactions take the lock as they begin: one that read first could not wait
// for it, since two might wait for each other.
const pragmas = "_txlock=immediate&_pragma=busy_timeout(10000)"

// Open opens a file and makes it if there is none, with its folder. It returns
// its path too: absolute, and without links, since SQLite's other files stand
// there.
//
// What a transaction wrote is on the disk when its commit returns. The errors do
// not name the file; [Plain] puts SQLite's own into a sentence.
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
	if err := private(path); err != nil {
		return nil, "", err
	}
	// synchronous(FULL) syncs the log at each commit.
	db, err = open("file:"+(&url.URL{Path: path}).EscapedPath()+"?"+pragmas+"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)", s)
	return db, path, err
}

// OpenMemory opens a database in memory. Those of one name are one, for as long
// as any of them has a connection.
func OpenMemory(name string, s Schema) (*sql.DB, error) {
	return open("file:/"+url.PathEscape(name)+"?vfs=memdb&"+pragmas, s)
}

func open(source string, s Schema) (*sql.DB, error) {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, err
	}
	if err := wait(func() error { return migrate(db, s) }); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// private makes a file if there is none, and keeps it and SQLite's other files,
// which get its mode, from others' eyes. What was made read-only is meant to
// stay as it is, although root could write it.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return errors.Unwrap(err) // the caller names the file
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

// migrate brings a file to the schema of today, or leaves it as it is.
func migrate(db *sql.DB, s Schema) error {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	version := func() (v int, err error) {
		return v, conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v)
	}
	if from, err := version(); err != nil || from == len(s.Steps) {
		return err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer conn.ExecContext(ctx, "ROLLBACK") // of what was not committed
	from, err := version()                  // another process may have done it meanwhile
	if err != nil {
		return err
	}
	switch {
	case from > len(s.Steps):
		return fmt.Errorf("it has schema %d, written by a newer apo; this one knows schema %d", from, len(s.Steps))
	case from < 0:
		return fmt.Errorf("it has schema %d, which no apo writes", from)
	}
	for _, step := range s.Steps[from:] {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if s.Then != nil {
		if err := s.Then(conn, from); err != nil {
			return err
		}
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(s.Steps))); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}
