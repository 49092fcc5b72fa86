package apo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// ProxyError is a proxy's no, or a variable that names none. Its text holds neither
// the user nor the password of the proxy, nor what the proxy said.
type ProxyError struct {
	Variable string // "HTTPS_PROXY"
	Host     string // "proxy.example:3128"; "" where the variable is no address
	Named    bool   // the variable has a user, too
	Status   int    // with which it refused; 0: it was not asked
}

func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return e.Variable + " is not the address of a proxy, such as http://proxy.example:3128"
	}
	text := fmt.Sprintf("the proxy answered %d", e.Status)
	if reason := http.StatusText(e.Status); reason != "" {
		text += " " + reason
	}
	return text
}

// proxy follows the standard variables, which know loopback in lower case only.
// net/http goes without a proxy where a variable is malformed; that would go past one
// that somebody wants.
func proxy(r *http.Request) (*url.URL, error) {
	if IsLoopback(r.URL.Hostname()) {
		return nil, nil
	}
	if variable, value := proxyVariable(); value != "" && !isProxy(value) {
		return nil, &ProxyError{Variable: variable}
	}
	return http.ProxyFromEnvironment(r)
}

// proxyVariable is where net/http finds the proxy for https.
func proxyVariable() (name, value string) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if value := os.Getenv(name); value != "" {
			return name, value
		}
	}
	return "HTTPS_PROXY", ""
}

// HideProxies makes known the passwords of the proxies that the variables name, as they
// are and as they are written: a proxy may repeat them in what it says.
func (k *Known) HideProxies() {
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
		userinfo, _, found := cutLast(os.Getenv(variable), "@")
		if !found {
			continue
		}
		if _, behind, scheme := strings.Cut(userinfo, "://"); scheme {
			userinfo = behind
		}
		_, password, _ := strings.Cut(userinfo, ":")
		k.Hide(password)
		if decoded, err := url.PathUnescape(password); err == nil {
			k.Hide(decoded)
		}
	}
}

func cutLast(s, sign string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sign); i >= 0 {
		return s[:i], s[i+len(sign):], true
	}
	return s, "", false
}

func isProxy(value string) bool {
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(u.Hostname(), "\"'<>{}$` ") {
		return false
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return false
	}
	return !strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") // a password with a sign that ends the host
}

// refusedByProxy reads a proxy's answer to CONNECT.
func refusedByProxy(_ context.Context, at *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	variable, _ := proxyVariable()
	return &ProxyError{Variable: variable, Host: at.Host, Named: at.User != nil, Status: answer.StatusCode}
}
