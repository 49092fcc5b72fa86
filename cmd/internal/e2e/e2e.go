// Package e2e tests the whole program: scripts, sessions, crashes and the
// promises of speed. It exports nothing.
package e2e

import "path/filepath"

// inModule returns the path of a file of the module, and of its root for none.
//
// It stands outside of the tests so that the package has a statement: a test
// binary without any complains on stderr under -cover, whenever it runs as apo.
func inModule(path ...string) string {
	return filepath.Join(append([]string{"..", "..", ".."}, path...)...)
}
