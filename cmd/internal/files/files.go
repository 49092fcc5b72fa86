// Package files opens and reads what a user names. It may be a pipe that nobody
// writes to, or lie on a mount that is gone, and then opening it never ends: here
// everything that may last ends at Ctrl-C. What is read as text may be UTF-16.
package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// ErrInterrupted says that Ctrl-C came while something was opened or read.
var ErrInterrupted = errors.New("interrupted")

// Open opens a file for reading, and says what it is. It returns
// [ErrInterrupted] once interrupted is closed; a nil channel never is.
func Open(interrupted <-chan struct{}, name string) (*os.File, fs.FileInfo, error) {
	var f *os.File
	var info fs.FileInfo
	err := Wait(interrupted, func() (err error) {
		if f, err = os.Open(name); err != nil {
			return err
		}
		if info, err = f.Stat(); err != nil {
			f.Close()
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return f, info, nil
}

// ReadAll reads to the end, or returns [ErrInterrupted].
func ReadAll(interrupted <-chan struct{}, r io.Reader) ([]byte, error) {
	var data []byte
	err := Wait(interrupted, func() (err error) {
		data, err = io.ReadAll(r)
		return err
	})
	if errors.Is(err, ErrInterrupted) {
		return nil, err // data is still written to
	}
	return data, err
}

// Wait runs do, which may last for ever, and stops waiting for it once
// interrupted is closed. Then do is left to itself: the process is about to end.
// Where do panics, Wait does.
func Wait(interrupted <-chan struct{}, do func() error) error {
	ended := make(chan func() error, 1)
	go func() {
		defer func() {
			if problem := recover(); problem != nil {
				ended <- func() error { panic(problem) }
			}
		}()
		err := do()
		ended <- func() error { return err }
	}()
	select {
	case result := <-ended:
		return result()
	case <-interrupted:
		return ErrInterrupted
	}
}
