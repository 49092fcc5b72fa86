package journal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/apo-cli/apo/pkg/internal/lock"
)

// sender is this process as one that sends. It holds a lock of the operating
// system for as long as it lives, which the system takes away from it when it
// dies, however it dies.
type sender struct {
	folder string

	mu   sync.Mutex
	id   string
	file *os.File
}

// name takes the lock, once, and returns its name.
func (s *sender) name() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		return s.id, nil
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return "", err
	}
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	id := fmt.Sprintf("%d-%s", os.Getpid(), hex.EncodeToString(random))
	f, err := os.OpenFile(filepath.Join(s.folder, id), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	if ok, err := lock.Try(f); err != nil || !ok {
		f.Close()
		return "", fmt.Errorf("the lock of a sender cannot be had: %w", err)
	}
	s.id, s.file = id, f
	return id, nil
}

// done gives the lock back.
func (s *sender) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file != nil {
		os.Remove(s.file.Name())
		s.file.Close()
		s.file = nil
	}
}

// alive reports whether the process that took a lock still holds it. What a
// dead one left behind is removed.
func (s *sender) alive(id string) bool {
	s.mu.Lock()
	own := s.file != nil && s.id == id
	s.mu.Unlock()
	if own || id == "" || filepath.Base(id) != id {
		return own
	}
	name := filepath.Join(s.folder, id)
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return !errors.Is(err, os.ErrNotExist) // who cannot look does not know
	}
	defer f.Close()
	if held, err := lock.Held(f); err != nil || held {
		return true
	}
	os.Remove(name)
	return false
}

// Alive reports whether the process that sends, or sent, a call still runs.
func (j *Journal) Alive(r Record) bool { return j.sender.alive(r.Sender) }
