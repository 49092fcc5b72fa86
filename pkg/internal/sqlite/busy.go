package sqlite

import (
	"errors"
	"time"

	driver "modernc.org/sqlite"
)

// patience is that of the busy_timeout of all databases.
const patience = 10 * time.Second

// wait repeats work for as long as another connection has the database locked,
// but no longer than busy_timeout lets SQLite wait.
//
// SQLite waits for a lock by itself, except where the connection reads already:
// two might wait for each other. So it is when a new file becomes one with a
// log, and whoever opens it at that moment is told at once that it is locked.
func wait(work func() error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if err := work(); !locked(err) || time.Now().After(deadline) {
			return err
		}
	}
}

func locked(err error) bool {
	const busy = 5 // SQLITE_BUSY; the rest of a code says more exactly why
	var failed *driver.Error
	return errors.As(err, &failed) && failed.Code()&0xff == busy
}
