package sqlite

import (
	"errors"
	"os"
)

// SyncLog makes durable what was committed to a database file with a log, by
// connections that have synchronous(NORMAL). It is the sync that SQLite does by
// itself with synchronous(FULL), but for this: there the first commit of each
// process also syncs the folder, because the log might be new. Under NORMAL,
// too, SQLite syncs file and folder when it begins a log, and log and database
// when it moves the one into the other, so that a crash spoils nothing.
//
// Other processes see a commit before it is durable. What they commit stands
// behind it in the log, and their sync is also its own.
//
// After an error nobody knows what is durable, and a later sync that succeeds
// does not tell. Nothing more should be committed.
func SyncLog(database string) error {
	// The log is opened each time: SQLite removes it with the last connection.
	// Opening and closing it releases none of SQLite's locks, which are on other files.
	log, err := os.OpenFile(database+"-wal", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(log.Sync(), log.Close())
}
