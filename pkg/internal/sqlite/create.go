package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// create makes a file, unless there is one: whole, and durable with the first sync
// of its log. Step by step, as SQLite makes one that is empty, it would be synced
// seven times. Many may do so at once: all but one give way.
//
// Where it cannot be made so nothing is: where files cannot be linked, and beside
// a log that lost its file, whose content SQLite would take for the new one's.
func create(file string, s Schema) error {
	for _, name := range []string{file, file + "-wal"} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*.db") // made with mode 0600
	if err != nil {
		return nil // who opens the file is told why
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f.Name(), s); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	_ = os.Link(f.Name(), file)
	return nil
}

// write makes a database of a file that nobody else knows, without a sync.
func write(file string, s Schema) error {
	db, _, err := open(uri(file)+"?_pragma=synchronous(OFF)", Schema{})
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err = db.Exec("PRAGMA journal_mode = WAL"); err == nil {
		_, err = migrate(db, s)
	}
	return errors.Join(err, db.Close()) // which removes the log
}
