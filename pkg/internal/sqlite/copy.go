package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	driver "modernc.org/sqlite"
)

// Copy makes a file of what a database holds at this moment, for its owner's eyes
// alone, after change has worked on it. It appears whole and durable, or not at all;
// where the name is taken the error wraps [fs.ErrExist].
func Copy(db *sql.DB, file string, change func(*sql.Conn) error) error {
	if _, err := os.Lstat(file); err == nil {
		return fs.ErrExist
	}
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*.db") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	source := uri(f.Name()) + "?_pragma=synchronous(OFF)"
	if err := copyPages(db, source); err != nil {
		return err
	}
	if err := changed(source+"&_pragma=journal_mode(OFF)", change); err != nil { // what fails is thrown away
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Link(f.Name(), file)
}

func copyPages(db *sql.DB, to string) error {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		from, ok := c.(interface {
			NewBackup(to string) (*driver.Backup, error)
		})
		if !ok {
			return fmt.Errorf("sqlite: %T cannot be copied", c)
		}
		backup, err := from.NewBackup(to)
		if err != nil {
			return err
		}
		_, err = backup.Step(-1)
		return errors.Join(err, backup.Finish())
	})
}

func changed(source string, change func(*sql.Conn) error) error {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return err
	}
	conn, err := db.Conn(context.Background())
	if err == nil {
		err = errors.Join(change(conn), conn.Close())
	}
	return errors.Join(err, db.Close())
}
