package sandbox

import (
	"net/url"
	"os"
	"strings"
)

// AnnouncePages is [Sandbox.ServePagesAt] for a server: whoever else opens the same
// state file, before withdraw is called, names the pages at its address too.
func (s *Sandbox) AnnouncePages(base string) (withdraw func()) {
	s.ServePagesAt(base)
	if !s.shared() {
		return func() {}
	}
	file := s.file + announced
	_ = os.WriteFile(file, []byte(base+"\n"), 0o600) // without it the others name the usual address
	return func() {
		if pagesAt(s.file) == base { // of a server that began later it is another
			os.Remove(file)
		}
	}
}

// PagesAt is scheme and host of the pages, "http://127.0.0.1:4242".
func (s *Sandbox) PagesAt() string { return *s.pages.Load() }

// announced is what the name of the file has behind that of the state.
const announced = "-address"

// pagesAt is the address of the server of a state file; [DefaultAddress] where none is
// announced.
func pagesAt(state string) string {
	otherwise := "http://" + DefaultAddress
	if state == "" {
		return otherwise
	}
	text, err := os.ReadFile(state + announced)
	base := strings.TrimSpace(string(text))
	if u, bad := url.Parse(base); err != nil || bad != nil || u.Host == "" || u.Path != "" {
		return otherwise
	}
	return base
}
