package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Where apo hangs in the system and cannot heed a signal, a second one ends it.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	stuck, out, err := os.Pipe() // nobody reads
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	defer out.Close()
	size, err := unix.FcntlInt(out.Fd(), unix.F_SETPIPE_SZ, 4096)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{exec.Command("apo", "completion", "bash"), &screen{}, &screen{}, make(chan struct{})}
	r.Env = append(os.Environ(), "APO_HOME="+t.TempDir())
	r.Stdout, r.Stderr = out, r.err
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.Cmd.Wait(); close(r.ended) }()
	t.Cleanup(func() { r.Process.Kill(); r.Wait() })
	eventually(t, "the pipe is full", func() bool {
		filled, err := unix.IoctlGetInt(int(stuck.Fd()), unix.TIOCINQ)
		return err == nil && filled == size
	})
	eventually(t, "it ends", func() bool { // one signal may be merged with the one before
		r.Process.Signal(os.Interrupt)
		select {
		case <-r.ended:
			return true
		default:
			return false
		}
	})
	if code := r.code(t); code != 130 || !strings.Contains(r.err.String(), "interrupted") {
		t.Errorf("exit %d: %s", code, r.err)
	}
}
