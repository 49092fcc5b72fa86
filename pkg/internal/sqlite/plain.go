package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Plain says in a sentence what SQLite's errors mean. damaged is what to do with
// a damaged file; where it is empty, SQLite's own words for that stay.
func Plain(err error, damaged string) error {
	switch text := err.Error(); {
	case strings.Contains(text, "SQLITE_NOTADB"), strings.Contains(text, "SQLITE_CORRUPT"), strings.Contains(text, "malformed"), strings.Contains(text, "not a database"),
		strings.Contains(text, "unsupported file format"), strings.Contains(text, "no such table"), strings.Contains(text, "no such column"):
		if damaged == "" {
			return err
		}
		return fmt.Errorf("it is damaged; %s (%w)", damaged, err)
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
