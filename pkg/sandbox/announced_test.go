package sandbox_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// Another process with the same state names the page where the server is, and no longer
// once that has ended.
func TestPagesAreWhereTheServerIs(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state.db")
	page := func() string {
		t.Helper()
		box, err := sandbox.Open(sandbox.Config{State: state, Passive: true})
		if err != nil {
			t.Fatal(err)
		}
		defer box.Close()
		return box.PagesAt()
	}
	server, err := sandbox.Open(sandbox.Config{State: state, Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const usual, own = "http://" + sandbox.DefaultAddress, "http://127.0.0.1:4299"
	if got := page(); got != usual {
		t.Errorf("no server: %s", got)
	}
	withdraw := server.AnnouncePages(own)
	if got := page(); got != own {
		t.Errorf("a server at %s: %s", own, got)
	}
	withdraw()
	if got := page(); got != usual {
		t.Errorf("the server has ended: %s", got)
	}
	for _, name := range []string{state + "-address", state + "-address-4299"} { // what a killed server leaves
		if err := os.WriteFile(name, []byte(own+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := page(); got != usual || server.PagesServed() {
			t.Errorf("the server was killed: %s, served: %v", got, server.PagesServed())
		}
	}
	defer server.AnnouncePages(own)()
	if got := page(); got != own || !server.PagesServed() {
		t.Errorf("a server where another was killed: %s", got)
	}
}
