package journal

import (
	"errors"
	"io"
	"os"
)

// place is the file in which a journal is, as it was when it was opened.
type place struct {
	path string
	// file stays open for as long as the database is: who closes a file gives up all
	// locks of his process on it, and SQLite's are among them.
	file   *os.File
	opened os.FileInfo
	size   int64 // the largest that was seen; a journal does not shrink
}

func placeOf(path string) (*place, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &place{path: path, file: file, opened: opened, size: opened.Size()}, nil
}

// firstBytes are those of each file of SQLite.
const firstBytes = "SQLite format 3\x00"

// check refuses a journal whose file was moved away, removed, replaced, cut short or
// overwritten while it is open: what is written would be found by nobody.
func (p *place) check() error {
	info, err := os.Stat(p.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("it was moved or removed while it was in use; put it back, or begin this command anew")
	case err != nil:
		return err
	case !os.SameFile(info, p.opened):
		return errors.New("another file took its place while it was in use; begin this command anew")
	case info.Size() < p.size:
		return errors.New("it was cut short while it was in use; put a copy of it back and begin this command anew, or move it away to begin a new one")
	}
	p.size = info.Size()
	if p.size == 0 { // all there is stands in the log yet
		return nil
	}
	first := make([]byte, len(firstBytes))
	if _, err := p.file.ReadAt(first, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(first) != firstBytes {
		return errors.New("it was overwritten while it was in use; put a copy of it back and begin this command anew, or move it away to begin a new one")
	}
	return nil
}
