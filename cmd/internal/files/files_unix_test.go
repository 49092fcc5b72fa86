//go:build unix

package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestInterruptedReading(t *testing.T) {
	interrupted := make(chan struct{})
	close(interrupted)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, _, err := Open(interrupted, pipe); f != nil || !errors.Is(err, ErrInterrupted) {
		t.Errorf("opening: %v", err)
	}
	silent, writer := io.Pipe()
	defer writer.Close()
	if data, err := ReadAll(interrupted, silent); data != nil || !errors.Is(err, ErrInterrupted) {
		t.Errorf("reading: %q, %v", data, err)
	}
}

func TestUninterruptedReading(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, info, err := Open(nil, file)
	if err != nil || info.Size() != 4 {
		t.Fatalf("%v: %v", info, err)
	}
	defer f.Close()
	if data, err := ReadAll(nil, f); string(data) != "text" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if _, _, err := Open(nil, file+".not"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// A panic reaches who waits, and who knows what is under way.
func TestPanicsArePassedOn(t *testing.T) {
	defer func() {
		if got := recover(); got != "fault" {
			t.Errorf("recovered %v", got)
		}
	}()
	_ = Wait(nil, func() error { panic("fault") })
}
