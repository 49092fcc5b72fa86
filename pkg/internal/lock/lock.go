// Package lock has locks of the operating system: a process that dies, however
// it dies, holds none any more.
package lock

import "os"

// Try takes the lock of an open file, or reports that another process has it.
// Closing the file gives it back.
func Try(f *os.File) (bool, error) { return try(f) }
