package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// guard knows under which names a sandbox is meant. Its zero value lets those of
// this machine in alone, and Antom's for the API.
type guard struct {
	hosts   []string // let in beside them, in lower case
	origins []string // of its own pages, where it is called otherwise outside: "https://shop.example"
}

// newGuard is that of the hosts and the base URL of a Config.
func newGuard(c Config) (g guard, err error) {
	for _, name := range c.AllowHosts {
		host, err := ParseHost(name)
		if err != nil {
			return g, err
		}
		g.hosts = append(g.hosts, host)
	}
	if c.BaseURL == "" {
		return g, nil
	}
	base, err := ParseBaseURL(c.BaseURL)
	if err != nil {
		return g, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return g, err
	}
	g.hosts, g.origins = append(g.hosts, plainHost(u.Hostname())), []string{base}
	return g, nil
}

// isOpen reports whether others than this machine are let in: then who asks from
// loopback may be a tunnel.
func (g guard) isOpen() bool { return len(g.hosts) > 0 }

// allow lets a request in, or answers it with HTTP 403 and a sentence and
// returns false. It keeps out what the browser of this machine is made to send
// by a page of another site: under a name of that site's own (DNS rebinding),
// or as a form or script that posts to this address (CSRF).
func (g guard) allow(w http.ResponseWriter, r *http.Request) bool {
	var reason string
	switch {
	case !g.isOwnHost(r):
		reason = fmt.Sprintf("403: the host %.100q is not this machine", hostOf(r))
		if g.isOpen() {
			reason = fmt.Sprintf("403: the host %.100q is none that was let in", hostOf(r))
		}
	case !g.isOwnOrigin(r) && http.NewCrossOriginProtection().Check(r) != nil:
		reason = "403: this was posted by a page of another site"
	default:
		return true
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, reason, http.StatusForbidden)
	return false
}

// isOwnHost reports whether the Host header is a name under which the sandbox
// is meant. Antom's own names count for the API: an SDK keeps them when its
// connections are led here. They do not count for the pages and the control
// API, whose address the sandbox gives out itself.
func (g guard) isOwnHost(r *http.Request) bool {
	host := plainHost((&url.URL{Host: hostOf(r)}).Hostname())
	if apo.IsLoopback(host) || slices.Contains(g.hosts, host) {
		return true
	}
	return !isPage(r.URL.Path) && !isControl(r.URL.Path) && slices.Contains(antomHosts(), host)
}

// isOwnOrigin reports whether a page of the sandbox's own sent a request, under its name
// outside: a tunnel may write another Host.
func (g guard) isOwnOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	site := r.Header.Get("Sec-Fetch-Site")
	return len(origins) == 1 && (site == "" || site == "same-origin") && slices.Contains(g.origins, strings.ToLower(origins[0]))
}

// hostOf is the request's host with its port, of an absolute URL in the request
// line if there is one. The host of a request that never left this process may
// stand in its URL alone.
func hostOf(r *http.Request) string { return cmp.Or(r.Host, r.URL.Host) }

// antomHosts are the names of Antom's gateways, those of today and the older
// ones.
//
// Source: Antom's API overview, "domains", and the constants of its SDKs.
func antomHosts() []string {
	return []string{
		"open-sea-global.alipay.com", "open-na-global.alipay.com", "open-de-global.alipay.com",
		"open-sea.alipay.com", "open-na.alipay.com", "open-eu.alipay.com",
	}
}
