package sandbox

import (
	"embed"
	"net/http"
	"path"
	"slices"
	"strings"
)

// The window is the page at /: what an engineer wants to see while developing. It is one
// page with a small script, which works offline and asks the control API for all that it
// shows. Its files are as they are written: nothing builds them.

//go:embed window
var windowFiles embed.FS

// windowPath is what the paths of the window's files begin with.
const windowPath = controlPath + "window/"

// windowPolicy lets the page load what is its own, and nothing read text as markup or as
// a script.
const windowPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// serveWindow answers what a browser asks for the window, and reports whether it was
// that. Whoever asks for / and is no browser gets what it always got.
func (s *Sandbox) serveWindow(w http.ResponseWriter, r *http.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch name, isFile := strings.CutPrefix(r.URL.Path, windowPath); {
	case r.URL.Path == "/" && reads && readsHTML(r) && !isAntomHost(r):
		serveWindowFile(w, r, "window.html")
	case isFile && name == "token" && reads:
		s.serveWindowToken(w, r)
	case isFile && reads:
		serveWindowFile(w, r, name)
	default:
		return false
	}
	return true
}

// readsHTML reports whether it is a browser that asks.
func readsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// isAntomHost reports whether a request was meant for one of Antom's gateways.
func isAntomHost(r *http.Request) bool {
	return slices.ContainsFunc(antomHosts(), func(name string) bool { return strings.EqualFold(name, hostnameOf(r)) })
}

func serveWindowFile(w http.ResponseWriter, r *http.Request, name string) {
	text, err := windowFiles.ReadFile("window/" + name)
	kinds := map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	}
	kind := kinds[path.Ext(name)]
	h := w.Header()
	h.Set("Content-Security-Policy", windowPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store") // another apo may listen here next
	if err != nil || kind == "" {
		http.Error(w, "the window has no such file", http.StatusNotFound)
		return
	}
	h.Set("Content-Type", kind)
	if r.Method != http.MethodHead {
		_, _ = w.Write(text)
	}
}
