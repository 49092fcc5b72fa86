package sandbox

import (
	"cmp"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/apo-cli/apo/pkg/internal/lock"
)

// Announcement tells others that share a state where its server is.
type Announcement struct {
	Pages     string // scheme and host of the pages: "http://127.0.0.1:4242"
	Control   string // of the control API; "" is Pages
	Authority []byte // PEM of the certificate to trust; nil without TLS
	Beside    string // "": the state; of a state in memory, the file that it would be in
}

// AnnouncePages is [Sandbox.ServePagesAt] for a server: whoever else opens the same
// state file, before withdraw is called or the server's process has ended, names the
// pages at its address too.
func (s *Sandbox) AnnouncePages(base string) (withdraw func()) {
	return s.Announce(Announcement{Pages: base})
}

// Announce is [Sandbox.AnnouncePages], and tells whoever may read the state how to
// control it too: [ServerOf].
func (s *Sandbox) Announce(a Announcement) (withdraw func()) {
	s.ServePagesAt(a.Pages)
	file := s.file
	if a.Beside != "" && !s.shared() {
		file = a.Beside + inMemory
	}
	if file == "" {
		return func() {}
	}
	a.Control = cmp.Or(a.Control, a.Pages)
	alive := holdAlive(aliveFile(file, a.Control))
	text := a.Pages + "\n" + a.Control + "\n" + s.token + "\n" + string(a.Authority)
	_ = writePrivate(file+announced, text) // without it the others name the usual address
	return func() {
		if now, _ := os.ReadFile(file + announced); string(now) == text { // of a server that began later it is another
			os.Remove(file + announced)
		}
		if alive != nil {
			os.Remove(alive.Name())
			alive.Close()
		}
	}
}

// writePrivate writes a file whole, for its owner's eyes, whatever was there before.
func writePrivate(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Server is how a server of a state is controlled.
type Server struct {
	URL       string // "http://127.0.0.1:4242"
	Token     string
	Authority []byte // PEM of the certificate to trust; nil without TLS
	Memory    bool   // its state is in memory, where the file would be
}

// ServerOf finds the server that runs at this moment and has the state of a file, or
// else the one that keeps its state in memory and would have it there.
func ServerOf(state string) (server Server, found bool) {
	for _, at := range []string{state, state + inMemory} {
		a := readAnnouncement(at)
		if a.token != "" && isAlive(aliveFile(at, a.control)) {
			return Server{a.control, a.token, a.authority, at != state}, true
		}
	}
	return Server{}, false
}

// PagesServed reports whether a server of the state serves the pages at this moment.
func (s *Sandbox) PagesServed() bool { return s.shared() && servedAt(s.file) != "" }

// announced is what the name of the file has behind that of the state; inMemory comes
// between, of a server that has no state file.
const (
	announced = "-address"
	inMemory  = "-memory"
)

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
	a := readAnnouncement(state)
	if a.pages == "" || !isAlive(aliveFile(state, a.control)) {
		return ""
	}
	return a.pages
}

// announcement is what was announced last; the zero value: nothing was.
type announcement struct {
	pages, control, token string
	authority             []byte
}

func readAnnouncement(state string) (a announcement) {
	if state == "" {
		return a
	}
	text, err := os.ReadFile(state + announced)
	lines := strings.SplitN(string(text), "\n", 4)
	if err != nil || !isBase(lines[0]) {
		return a
	}
	a.pages, a.control = lines[0], lines[0] // which is all that servers announced once
	if len(lines) == 4 && isBase(lines[1]) {
		a.control, a.token, a.authority = lines[1], lines[2], []byte(lines[3])
	}
	return a
}

// isBase reports whether a text is scheme and host alone.
func isBase(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.Path == ""
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
