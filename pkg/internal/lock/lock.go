// Package lock has locks of the operating system: a process that dies, however
// it dies, holds none any more.
package lock

import "os"

// Try takes the lock of an open file, or reports that another process has it.
// Closing the file gives it back.
func Try(f *os.File) (bool, error) { return try(f, true) }

// Held reports whether another process has the lock that Try takes. Those who
// ask at the same time do not see each other.
func Held(f *os.File) (bool, error) {
	free, err := try(f, false)
	return !free, err
}
