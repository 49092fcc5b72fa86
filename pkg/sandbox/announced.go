package sandbox

import (
	"net/url"
	"os"
	"strings"

	"github.com/apo-cli/apo/pkg/internal/lock"
)

// AnnouncePages is [Sandbox.ServePagesAt] for a server: whoever else opens the same
// state file, before withdraw is called or the server's process has ended, names the
// pages at its address too.
func (s *Sandbox) AnnouncePages(base string) (withdraw func()) {
	s.ServePagesAt(base)
	if !s.shared() {
		return func() {}
	}
	alive := holdAlive(aliveFile(s.file, base))
	file := s.file + announced
	_ = os.WriteFile(file, []byte(base+"\n"), 0o600) // without it the others name the usual address
	return func() {
		if announcedAt(s.file) == base { // of a server that began later it is another
			os.Remove(file)
		}
		if alive != nil {
			os.Remove(alive.Name())
			alive.Close()
		}
	}
}

// PagesServed reports whether a server of the state serves the pages at this moment.
func (s *Sandbox) PagesServed() bool { return s.shared() && servedAt(s.file) != "" }

// announced is what the name of the file has behind that of the state.
const announced = "-address"

// pagesAt is the address of the server of a state file; [DefaultAddress] where none is
// announced, or the one that was is no more.
func pagesAt(state string) string {
	if base := servedAt(state); base != "" {
		return base
	}
	return "http://" + DefaultAddress
}

// servedAt is the address of a server that lives; "": none does.
func servedAt(state string) string {
	base := announcedAt(state)
	if base == "" || !isAlive(aliveFile(state, base)) {
		return ""
	}
	return base
}

// announcedAt is the address that was announced last; "": none was.
func announcedAt(state string) string {
	if state == "" {
		return ""
	}
	text, err := os.ReadFile(state + announced)
	base := strings.TrimSpace(string(text))
	if u, bad := url.Parse(base); err != nil || bad != nil || u.Host == "" || u.Path != "" {
		return ""
	}
	return base
}

// aliveFile is a file that a server holds locked for as long as its process lives: a
// server that was killed takes no address back.
func aliveFile(state, base string) string {
	port := ""
	if u, err := url.Parse(base); err == nil {
		port = u.Port()
	}
	return state + announced + "-" + port
}

// holdAlive locks the file of a server; nil where that cannot be had.
func holdAlive(name string) *os.File {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil
	}
	if taken, err := lock.Try(f); err != nil || !taken {
		f.Close()
		return nil
	}
	return f
}

func isAlive(name string) bool {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	held, err := lock.Held(f)
	return held || err != nil // of a disk without locks nobody can tell
}
