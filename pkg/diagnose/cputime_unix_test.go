//go:build unix

package diagnose_test

import (
	"syscall"
	"time"
)

// processTime is what the processors have worked for this process so far.
func processTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
