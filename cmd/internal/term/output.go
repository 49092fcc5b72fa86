package term

import (
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"syscall"
)

// OutputError says that standard output could not be written. Nothing is written to it
// any more then, lest there be a hole in it.
type OutputError struct{ Err error }

func (e *OutputError) Error() string {
	why := e.Err
	var of *fs.PathError
	if errors.As(why, &of) {
		why = of.Err
	}
	return "the output cannot be written: " + why.Error()
}

func (e *OutputError) Unwrap() error { return e.Err }

// ReaderGone reports whether the reader of a pipe went away, as head does: it has what
// it wanted.
func (e *OutputError) ReaderGone() bool {
	if errors.Is(e.Err, syscall.EPIPE) || errors.Is(e.Err, io.ErrClosedPipe) {
		return true
	}
	const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232) // Windows' own two
	var number syscall.Errno
	return runtime.GOOS == "windows" && errors.As(e.Err, &number) && slices.Contains([]syscall.Errno{brokenPipe, noData}, number)
}

// OutputLost is why standard output could not be written; nil: it could. Commands need not
// ask: apo does when they are over. What would write for long asks whether to go on.
func (s *Streams) OutputLost() *OutputError {
	if d, ok := s.Out.(*data); ok {
		return d.lost.Load()
	}
	return nil
}

// write writes to the stream itself, until that fails once.
func (d *data) write(b []byte) {
	if d.lost.Load() != nil {
		return
	}
	if _, err := d.to.Write(b); err != nil {
		d.lost.CompareAndSwap(nil, &OutputError{err})
	}
}
