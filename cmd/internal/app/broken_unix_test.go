//go:build unix

package app

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// What nobody can catch must not end with exit code 2, which says that nothing
// was sent, nor with a trace.
func TestWhatNobodyCatches(t *testing.T) {
	const variable = "CMD_TEST_BREAKS_BY"
	breaks := map[string]func(){
		"a panic of another goroutine": func() { panic(errors.New("card 4054695723100768")) },
		"a nil pointer":                func() { var nowhere *int; *nowhere = 1 },
		"an error of Go's runtime":     func() { new(sync.Mutex).Unlock() },
	}
	if by := os.Getenv(variable); by != "" {
		endSilently()
		go breaks[by]()
		select {}
	}
	for by := range breaks {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^TestWhatNobodyCatches$")
			child.Env = append(slices.DeleteFunc(os.Environ(), func(pair string) bool {
				return strings.HasPrefix(pair, "GORACE=") || strings.HasPrefix(pair, "GOTRACEBACK=")
			}), variable+"="+by)
			said, err := child.CombinedOutput()
			status := child.ProcessState.Sys().(syscall.WaitStatus)
			if err == nil || !status.Signaled() || status.Signal() != syscall.SIGABRT || status.CoreDump() {
				t.Errorf("it ended with %v", err)
			}
			if strings.Contains(string(said), "goroutine") || strings.Contains(string(said), "4054695723100768") {
				t.Errorf("it shows what broke: %.300s", said)
			}
		})
	}
}
