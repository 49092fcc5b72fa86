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

// allow lets a request in, or answers it with HTTP 403 and a sentence and
// returns false. It keeps out what the browser of this machine is made to send
// by a page of another site: under a name of that site's own (DNS rebinding),
// or as a form or script that posts to this address (CSRF).
func allow(w http.ResponseWriter, r *http.Request) bool {
	var reason string
	switch {
	case !isOwnHost(r):
		reason = fmt.Sprintf("403: the host %.100q is not this machine", hostOf(r))
	case http.NewCrossOriginProtection().Check(r) != nil:
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
func isOwnHost(r *http.Request) bool {
	host := (&url.URL{Host: hostOf(r)}).Hostname()
	if apo.IsLoopback(host) {
		return true
	}
	same := func(name string) bool { return strings.EqualFold(name, host) }
	return !isPage(r.URL.Path) && !isControl(r.URL.Path) && slices.ContainsFunc(antomHosts(), same)
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
