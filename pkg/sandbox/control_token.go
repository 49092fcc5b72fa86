package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
)

// ControlToken is what a caller of /_apo/ sends: "Authorization: Bearer " and this. It
// is random, and another one of each sandbox that is opened.
func (s *Sandbox) ControlToken() string { return s.token }

// controlPath is what the paths of the control API begin with.
const controlPath = "/_apo/"

// isControl reports whether a path is one of the control API.
func isControl(path string) bool {
	return strings.HasPrefix(path, controlPath) || path == strings.TrimSuffix(controlPath, "/")
}

// knowsToken reports whether a request has the token of the control API, or comes from
// the window at home.
func (s *Sandbox) knowsToken(r *http.Request) bool {
	if s.knowsWindowToken(r) {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given, own := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(s.token))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(given[:], own[:]) == 1
}

// isOfAnotherSite reports whether a page of another site made a browser send a
// request, of whatever method: who may read may do harm, too.
func isOfAnotherSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return true
	}
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return false
	}
	u, err := url.Parse(origins[0])
	return err != nil || len(origins) > 1 || u.Host == "" || !strings.EqualFold(u.Host, hostOf(r))
}
