package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/files"
)

// Whoever changes the file at the same time loses nothing of the others'.
func TestChangesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "apo", "config.yaml")
	const many = 20
	at := func(i int) string { return fmt.Sprintf("p%d", i) }
	all := func(do func(i int) error) {
		t.Helper()
		var changing sync.WaitGroup
		for i := range many {
			changing.Go(func() {
				if err := do(i); err != nil {
					t.Error(err)
				}
			})
		}
		changing.Wait()
	}
	all(func(i int) error {
		return Change(nil, path, func(f *File) error { return f.Add(at(i), []Setting{{"client_id", "SANDBOX_1"}}, false) })
	})
	file, err := Load(nil, path)
	if err != nil || len(file.Names()) != many {
		t.Fatalf("%d of %d profiles are there: %v", len(file.Names()), many, err)
	}
	all(func(i int) error {
		return Change(nil, path, func(f *File) error {
			if i%2 == 0 {
				return f.Remove(at(i))
			}
			return f.Use(at(i))
		})
	})
	if file, err = Load(nil, path); err != nil || len(file.Names()) != many/2 || file.Default() == "" {
		t.Errorf("%q, default %q: %v", file.Names(), file.Default(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 && runtime.GOOS != "windows" {
		t.Errorf("left beside the file: %v, %v", left, err)
	}
}

// By a link it is the same file.
func TestChangesByALink(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "config.yaml"), filepath.Join(folder, "link.yaml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("config.yaml", link); err != nil {
		t.Skip(err)
	}
	var changing sync.WaitGroup
	for i := range 20 {
		changing.Go(func() {
			err := Change(nil, []string{path, link}[i%2], func(f *File) error { return f.Add(fmt.Sprintf("p%d", i), nil, false) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	changing.Wait()
	if file, err := Load(nil, path); err != nil || len(file.Names()) != 20 {
		t.Errorf("%d profiles: %v", len(file.Names()), err)
	}
}

// Nobody waits for ever for one that holds the file.
func TestChangeIsInterrupted(t *testing.T) {
	folder, err := os.MkdirTemp("", "apo-interrupted-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder) // may fail: who was interrupted still waits, and may make its file again
	path := filepath.Join(folder, "config.yaml")
	unlock, err := files.Lock(nil, path)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	interrupted := make(chan struct{})
	close(interrupted)
	if err := Change(interrupted, path, func(*File) error { return nil }); err != files.ErrInterrupted {
		t.Errorf("%v", err)
	}
}

// What was removed meanwhile cannot become the default.
func TestUseOfWhatIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := Change(nil, path, func(f *File) error { return f.Use("gone") }); err == nil {
		t.Error("it is the default now")
	}
	if err := Change(nil, path, func(f *File) error { return f.Use(Local) }); err != nil {
		t.Error(err)
	}
}
