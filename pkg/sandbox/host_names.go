package sandbox

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// ParseHost reads a name or address under which a sandbox is let in: "apo",
// "host.docker.internal", "192.168.1.20", "::1". It has no scheme and no port, and
// stands for itself alone.
func ParseHost(text string) (host string, err error) {
	host = plainHost(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	switch {
	case net.ParseIP(host) != nil:
		return host, nil
	case strings.Contains(host, "*"):
		return "", fmt.Errorf("%q stands for many hosts; each is named", text)
	case strings.Contains(host, "://") || strings.ContainsAny(host, "/:@?# \t"):
		return "", fmt.Errorf("%q is not a host alone, such as host.docker.internal or 192.168.1.20: without scheme, port and path", text)
	case !isHostName(host):
		return "", fmt.Errorf("%q is not a host, such as host.docker.internal or 192.168.1.20", text)
	}
	return host, nil
}

// isHostName reports whether a name can be that of a host: labels of letters, digits
// and what container networks put between them.
func isHostName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}

// plainHost is a host as it is compared: in lower case, without the dot of the root,
// an address in its usual spelling.
func plainHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip := net.ParseIP(host); ip != nil {
		return ip.String()
	}
	return host
}

// ParseBaseURL reads the address under which a sandbox is known outside: scheme and
// host, "https://abc.example" or "http://192.168.1.20:4242".
func ParseBaseURL(text string) (base string, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(text, "?#") {
		return "", fmt.Errorf("%q is not scheme and host alone, such as https://abc.example", apo.Masker{}.Text(withoutUser(text)))
	}
	if _, err := ParseHost(u.Hostname()); err != nil {
		return "", err
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}
