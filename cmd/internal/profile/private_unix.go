//go:build unix

package profile

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// checkPrivate refuses a file with secrets that others can read, or that is
// somebody else's.
func checkPrivate(file string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return nil // a pipe, as <(pass show key) makes one
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%s holds a secret but others can read it (mode %04o); run: chmod 600 %s", file, mode, file)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() && os.Geteuid() != 0 {
		return fmt.Errorf("%s holds a secret but belongs to another user", file)
	}
	return nil
}
