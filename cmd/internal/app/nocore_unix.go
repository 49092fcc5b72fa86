//go:build unix && !linux

package app

import "golang.org/x/sys/unix"

func leaveNoCore() {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &limit) == nil {
		limit.Cur = 0 // what apo runs may raise it again
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &limit)
	}
}
