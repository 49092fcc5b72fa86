package sqlite

import (
	"database/sql"
	"os"
)

// OpenReadOnly opens a file that exists to look at it: nothing is made, changed or
// waited for. What another process writes at this moment may be missing.
func OpenReadOnly(file string) (*sql.DB, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, err
	}
	source := uri(file) + "?mode=ro&_pragma=busy_timeout(20)&_pragma=query_only(1)"
	if _, err := os.Stat(file + "-shm"); err != nil {
		source += "&immutable=1" // SQLite would make one
	}
	db, err := sql.Open("sqlite", source)
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}
