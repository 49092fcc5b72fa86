package files

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Lock gives the caller alone the right to change a file, among all processes
// that ask for it in this way. It waits for another that has it, at most half a
// minute, or returns [ErrInterrupted]. Whoever dies has it no more. The folder of
// the file must exist.
func Lock(interrupted <-chan struct{}, file string) (unlock func(), err error) {
	const longest = 30 * time.Second
	name := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".lock")
	over := make(chan struct{})
	timer := time.AfterFunc(longest, func() { close(over) })
	defer timer.Stop()
	var f *os.File
	err = Wait(interrupted, func() error {
		return Wait(over, func() (err error) {
			f, err = locked(name)
			return err
		})
	})
	select {
	case <-over:
		return nil, fmt.Errorf("another apo has been changing %s for %s", file, longest)
	default:
	}
	if err != nil {
		return nil, err
	}
	return func() {
		os.Remove(name) // where the system lets it be removed
		f.Close()
	}, nil
}

// locked opens and locks a file. Whoever had it before has removed it: what is
// locked then is no longer what others find.
func locked(name string) (*os.File, error) {
	for {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|noFollow, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lock(f); err != nil {
			f.Close()
			return nil, err
		}
		ours, err := f.Stat()
		if err == nil {
			var found os.FileInfo
			if found, err = os.Stat(name); err == nil && os.SameFile(ours, found) {
				return f, nil
			}
		}
		f.Close()
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
}
