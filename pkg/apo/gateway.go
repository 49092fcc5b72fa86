package apo

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// SandboxPrefix begins the client IDs of the sandbox. Every other ID is live.
const SandboxPrefix = "SANDBOX_"

// Gateway is the address of an APO gateway: scheme and host, no path.
type Gateway struct{ base string }

// ParseGateway takes a region (sea, na, eu) or a URL. Plain http is for
// loopback alone.
//
// Source of the hosts: Antom's API overview, "domains".
func ParseGateway(s string) (Gateway, error) {
	switch s {
	case "sea":
		return Gateway{"https://open-sea-global.alipay.com"}, nil
	case "na":
		return Gateway{"https://open-na-global.alipay.com"}, nil
	case "eu":
		return Gateway{"https://open-de-global.alipay.com"}, nil
	case "":
		return Gateway{}, fmt.Errorf("no gateway given; wanted is sea, na, eu or a URL")
	}
	u, err := url.Parse(s)
	if strings.Contains(s, "@") {
		s = "(not shown)" // it may hold a password
	}
	switch {
	case Placeholder(s) != "" || err == nil && Placeholder(u.Hostname()) != "":
		return Gateway{}, fmt.Errorf("gateway %q holds a placeholder that nothing was put in for; wanted is sea, na, eu or a URL", s)
	case err == nil && strings.ContainsAny(u.Host, "\"'`<>{}$ "):
		return Gateway{}, fmt.Errorf("gateway %q holds a character that no host has", s)
	case err != nil || u.Host == "" || u.Hostname() == "":
		return Gateway{}, fmt.Errorf("gateway %q is neither sea, na, eu nor an absolute URL", s)
	case u.User != nil:
		return Gateway{}, fmt.Errorf("the gateway's URL must not hold a user or password")
	case u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return Gateway{}, fmt.Errorf("gateway %q is more than scheme and host; the path is part of what is signed and comes from the API", s)
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return Gateway{}, fmt.Errorf("gateway %q is not encrypted; http:// is for loopback alone", s)
	case u.Scheme != "https" && u.Scheme != "http":
		return Gateway{}, fmt.Errorf("gateway %q is neither https:// nor http:// to loopback", s)
	}
	return Gateway{u.Scheme + "://" + u.Host}, nil
}

// String returns scheme and host.
func (g Gateway) String() string { return g.base }

// Books says whose books a gateway keeps, so that two addresses of one region are
// known to be one gateway: "sea", "na" or "eu", else the address.
func (g Gateway) Books() string {
	switch strings.TrimPrefix(strings.ToLower(g.base), "https://") {
	case "open-sea-global.alipay.com", "open-sea.alipay.com":
		return "sea"
	case "open-na-global.alipay.com", "open-na.alipay.com":
		return "na"
	case "open-de-global.alipay.com", "open-eu.alipay.com":
		return "eu"
	}
	return g.base
}

// IsLoopback reports whether host, without port, is this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

// IsSandbox reports whether a client ID belongs to the sandbox.
func IsSandbox(clientID string) bool { return strings.HasPrefix(clientID, SandboxPrefix) }

// SandboxPath applies the rule of all official SDKs: for a client ID of the
// sandbox the first /ams/api of the path becomes /ams/sandbox/api, in the URL
// and so in what is signed.
func SandboxPath(clientID, path string) string {
	if !IsSandbox(clientID) || strings.HasPrefix(path, "/ams/sandbox/") {
		return path
	}
	return strings.Replace(path, "/ams/api", "/ams/sandbox/api", 1)
}
