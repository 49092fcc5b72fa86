package journal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apo-cli/apo/pkg/internal/lock"
)

// Claim is as [Store] says.
func (j *SQLite) Claim(ctx context.Context, id int64) (free bool, err error) {
	name, err := j.sender.name()
	if err != nil {
		return false, j.failed(err)
	}
	if !j.sender.take(id) {
		return false, nil
	}
	err = j.change(ctx, func(tx *sql.Tx) error {
		var state State
		var by string
		err := tx.QueryRow(`SELECT state, claimed_by FROM calls WHERE id = ?`, id).Scan(&state, &by)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		}
		if free = !state.Open() || by == name || !j.sender.alive(by, id); !free || !state.Open() {
			return nil
		}
		_, err = tx.Exec(`UPDATE calls SET claimed_by = ? WHERE id = ?`, name, id)
		return err
	})
	if err != nil || !free {
		j.sender.drop(id)
		return false, err
	}
	return true, nil
}

// Release is as [Store] says.
func (j *SQLite) Release(ctx context.Context, id int64) error {
	if !j.sender.at(id) {
		return nil
	}
	defer j.sender.drop(id)
	return j.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE calls SET claimed_by = '' WHERE id = ? AND claimed_by = ?`, id, j.sender.id)
		return err
	})
}

// sender is this process as one that sends. It holds a lock of the operating
// system for as long as it lives, which the system takes away from it when it
// dies, however it dies. In the records of the calls that it is at stands its
// name.
type sender struct {
	folder string

	mu    sync.Mutex
	id    string // "4711-0123456789abcdef": the process and a random number
	file  *os.File
	calls map[int64]bool // that a goroutine of this process is at
}

func newSender(folder string) *sender { return &sender{folder: folder, calls: map[int64]bool{}} }

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

// take notes that a goroutine of this process is at a call, unless one is.
func (s *sender) take(call int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls[call] {
		return false
	}
	s.calls[call] = true
	return true
}

func (s *sender) drop(call int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, call)
}

func (s *sender) at(call int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[call]
}

// alive reports whether somebody is at a call whose record has this name. What a
// dead process left behind is removed.
func (s *sender) alive(id string, call int64) bool {
	s.mu.Lock()
	own, at := s.file != nil && s.id == id, s.calls[call]
	s.mu.Unlock()
	if own || id == "" || filepath.Base(id) != id {
		return own && at
	}
	return s.locked(id)
}

// locked reports whether the process that took a lock still holds it.
func (s *sender) locked(id string) bool {
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

// sweep removes what dead processes left behind. A young file may be that of a
// process that has not locked it yet.
func (s *sender) sweep() {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			s.locked(e.Name())
		}
	}
}

// process is the number of the process in a sender's name.
func process(id string) int {
	number, _, _ := strings.Cut(id, "-")
	n, _ := strconv.Atoi(number)
	return n
}
