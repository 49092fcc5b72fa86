package sandbox

import (
	"io"
	"net/http"
)

// HealthPath is where a sandbox says whether it can be used.
const HealthPath = "/healthz"

func isHealth(path string) bool { return path == HealthPath }

// serveHealth answers 200 {"status":"ok"}, or 503 where the state cannot be used. It
// tells nothing else, so it asks for no token; under a name that is not let in it
// answers only where others than this machine are, whose probes choose their own.
func (s *Sandbox) serveHealth(w http.ResponseWriter, r *http.Request) {
	if !s.guard.isOpen() && !s.guard.allow(w, r) {
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		_, _ = io.WriteString(w, `{"error":{"message":"GET or HEAD"}}`+"\n")
	case s.store.look(func(*tx) error { return nil }) != nil:
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"status":"the state cannot be used"}`+"\n")
	default:
		_, _ = io.WriteString(w, `{"status":"ok"}`+"\n")
	}
}
