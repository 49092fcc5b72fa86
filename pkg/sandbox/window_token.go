package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// On the machine of its own the window needs no token from a person: it gets one of its
// own, which counts for a page of the same origin alone, and from this machine alone.
// Elsewhere, and where others are let in, the page asks for the token of the control API.

// hostnameOf is the name in the Host header.
func hostnameOf(r *http.Request) string { return (&url.URL{Host: hostOf(r)}).Hostname() }

// isAtHome reports whether it is somebody at this machine who asks. A tunnel arrives from
// loopback too, and gives itself away by what it adds, or by what the server was told.
func (s *Sandbox) isAtHome(r *http.Request) bool {
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(peer)
	if err != nil || ip == nil || !ip.IsLoopback() || !apo.IsLoopback(hostnameOf(r)) || s.guard.isOpen() {
		return false
	}
	for name := range r.Header {
		if name == "Forwarded" || name == "Via" || strings.HasPrefix(name, "X-Forwarded-") || name == "X-Real-Ip" {
			return false
		}
	}
	return true
}

// isOfOwnPage reports whether the browser says that it was a page of this origin that
// asked. One that says nothing is none.
func isOfOwnPage(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "same-origin" && r.Header.Get("Sec-Fetch-Mode") != "navigate" && !isOfAnotherSite(r)
}

// serveWindowToken gives the window its token, where it may have one.
func (s *Sandbox) serveWindowToken(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	var given struct {
		Token string `json:"token"` // "": the person has to give one
	}
	if s.isAtHome(r) && isOfOwnPage(r) {
		given.Token = s.window
	}
	controlAnswers(w, http.StatusOK, given)
}

// knowsWindowToken reports whether it is the window at home that asks.
func (s *Sandbox) knowsWindowToken(r *http.Request) bool {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given, own := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.window))
	return subtle.ConstantTimeCompare(given[:], own[:]) == 1 && s.isAtHome(r) && isOfOwnPage(r)
}
