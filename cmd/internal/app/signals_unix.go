//go:build unix

package app

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// endingSignals are those that end a program unless it takes them. Left out are
// those of which Go makes nothing (SIGUSR1, SIGUSR2, SIGALRM, SIGXFSZ, SIGIO and
// the like), SIGPIPE, which apo ignores, and those that stop and continue it.
// SIGSEGV and its like mean here that another process sent them.
func endingSignals() []os.Signal {
	var list []os.Signal
	for _, name := range []string{
		"SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGABRT", "SIGXCPU",
		"SIGILL", "SIGTRAP", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGSYS", "SIGSTKFLT", "SIGEMT",
	} {
		s := unix.SignalNum(name) // 0 where the system has none of this name
		if s == 0 || s == syscall.SIGHUP && signal.Ignored(s) {
			continue // nohup
		}
		list = append(list, s)
	}
	return list
}
