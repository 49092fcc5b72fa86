//go:build !unix

package app

import (
	"os"
	"syscall"
)

// endingSignals are those that the system knows.
func endingSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }
