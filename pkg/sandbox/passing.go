package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/apo-cli/apo/pkg/internal/lock"
)

// passingPrefix begins the names of passing folders, passingAlive is the file of one
// that is locked for as long as its process lives.
const (
	passingPrefix = "apo-sandbox-"
	passingAlive  = ".alive"
)

// PassingFolder makes a folder for the keys and the state of a sandbox that ends with its
// process; end removes it. What a process left that was killed is removed first.
func PassingFolder() (folder string, end func(), err error) {
	ClearPassing()
	if folder, err = os.MkdirTemp("", passingPrefix); err != nil {
		return "", nil, err
	}
	alive, err := liveIn(folder)
	if err != nil {
		os.RemoveAll(folder)
		return "", nil, err
	}
	return folder, func() {
		alive.Close() // first, where an open file cannot be removed
		os.RemoveAll(folder)
	}, nil
}

// liveIn puts a locked file into a folder. It has its name once it is locked, so that
// nobody takes it for one that was left.
func liveIn(folder string) (*os.File, error) {
	f, err := os.CreateTemp(folder, passingAlive+"-*")
	if err != nil {
		return nil, err
	}
	_, err = lock.Try(f) // of a disk without locks nobody can tell, and nothing is removed
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(folder, passingAlive))
	}
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ClearPassing removes the passing folders of processes that were killed: keys lie in
// them.
func ClearPassing() {
	all, err := os.ReadDir(os.TempDir())
	if err != nil {
		return
	}
	for _, entry := range all {
		folder := filepath.Join(os.TempDir(), entry.Name())
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), passingPrefix) {
			continue
		}
		f, err := os.OpenFile(filepath.Join(folder, passingAlive), os.O_RDWR, 0)
		if err != nil {
			continue // it is being made, or another's
		}
		taken, err := lock.Try(f)
		f.Close()
		if err == nil && taken {
			os.RemoveAll(folder)
		}
	}
}
