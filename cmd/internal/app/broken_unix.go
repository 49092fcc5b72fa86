//go:build unix

package app

import (
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// endSilently is about what no program can catch: memory that ran out, a panic
// of a library's goroutine. Go would exit with 2, which says that nothing was
// sent, and print stack traces and the panic's text, which may hold anything.
// Instead the process ends by SIGABRT, without a word and without a core file,
// which would hold keys and cards. Scripts see 134: not known, ask.
//
// Go prints to file descriptor 2 itself, so standard error moves elsewhere.
// Whoever sets GOTRACEBACK or GORACE, to find a fault of apo's, sees all.
func endSilently() {
	debug.SetTraceback("crash")
	leaveNoCore()
	if os.Getenv("GOTRACEBACK") != "" || os.Getenv("GORACE") != "" {
		return
	}
	moved, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return
	}
	null, err := unix.Open(os.DevNull, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = unix.Dup2(null, 2)
		unix.Close(null)
	}
	if err != nil {
		unix.Close(moved)
		return
	}
	os.Stderr = os.NewFile(uintptr(moved), os.Stderr.Name())
}
