package app

import (
	"os"

	"github.com/spf13/cobra"
)

// completes reports whether a shell asks for what could be typed next.
func completes(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// quietCompletion keeps cobra from writing what was typed, as it was typed, to
// standard error and to the file that BASH_COMP_DEBUG_FILE names, past the masker:
// a key may be among it. Shells drop that output.
func quietCompletion(args []string) {
	if !completes(args) {
		return
	}
	os.Unsetenv("BASH_COMP_DEBUG_FILE")
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
}
