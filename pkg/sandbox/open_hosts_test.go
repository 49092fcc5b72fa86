package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is let in by name is let in for everything, and nothing else is.
func TestOpenGuard(t *testing.T) {
	open, err := newGuard(Config{AllowHosts: []string{"Apo", "192.168.1.20", "[FD00:0:0::1]", "laptop.local."}, BaseURL: "https://ABC.example/"})
	if err != nil || !open.isOpen() || (guard{}).isOpen() {
		t.Fatal(open, err)
	}
	for host, want := range map[string]bool{
		"apo:4242": true, "APO.": true, "192.168.1.20:4242": true, "[fd00::1]:4242": true, "laptop.local": true, "abc.example": true, "abc.example:443": true,
		"127.0.0.1:4242": true, "localhost": true, "[::1]:4242": true,
		"evil.example": false, "apo.evil.example": false, "apo@evil.example": false, "evil.example@apo": false, "evil.example:80@apo": false, "192.168.1.21": false, "sub.abc.example": false,
		"0.0.0.0:4242": false, "[fd00::2]": false, "[::ffff:192.168.1.20]": true, "": false, "xabc.example": false, "laptop.local..": false, "169.254.169.254": false,
	} {
		for _, path := range []string{"/ams/api/v1/payments/pay", "/3ds/0123", "/_apo/rules"} {
			r := httptest.NewRequest("POST", path, nil)
			r.Host = host
			if got := open.allow(httptest.NewRecorder(), r); got != want {
				t.Errorf("%s at %s: %v", host, path, got)
			}
		}
	}
	r := httptest.NewRequest("POST", "/3ds/0123", nil)
	for origin, want := range map[string]bool{"https://abc.example": true, "http://abc.example": false, "https://evil.example": false, "null": false} {
		r.Host = "127.0.0.1:4242" // as a tunnel writes it anew
		r.Header = http.Header{"Origin": {origin}}
		if got := open.allow(httptest.NewRecorder(), r); got != want {
			t.Errorf("a form of %s behind a tunnel: %v", origin, got)
		}
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if open.allow(httptest.NewRecorder(), r) {
			t.Errorf("a form of %s, from another site, is let in", origin)
		}
	}
	for _, name := range []string{"", "*", "*.example", "apo:4242", "http://apo", "apo/", "a b", "a..b", "a@b", "ä.example", "[::1]:80", strings.Repeat("a", 64), "\n"} {
		if host, err := ParseHost(name); err == nil {
			t.Errorf("%q is the host %q", name, host)
		}
	}
	for text, want := range map[string]string{
		"https://abc.example": "https://abc.example", "HTTPS://Abc.Example:8443/": "https://abc.example:8443", "http://[::1]:4242": "http://[::1]:4242", "http://192.168.1.20:4242": "http://192.168.1.20:4242",
		"abc.example": "", "ftp://abc.example": "", "https://abc.example/x": "", "https://abc.example?": "", "https://abc.example#x": "", "https://me:secret@abc.example": "", "https://": "", "https://*.example": "", "": "",
	} {
		got, err := ParseBaseURL(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("a password is shown: %v", err)
		}
	}
}

// Through a tunnel that writes another Host its own pages reach the control API, with the
// token, and no other pages do.
func TestControlThroughATunnel(t *testing.T) {
	box, err := Open(Config{BaseURL: "https://abc.example", Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for _, c := range []struct {
		origin, site string
		want         int
	}{
		{"https://abc.example", "same-origin", 200},
		{"https://abc.example", "", 200},
		{"", "", 200},
		{"https://evil.example", "cross-site", 403},
		{"https://evil.example", "", 403},
		{"https://abc.example", "cross-site", 403},
		{"http://abc.example", "same-origin", 403},
	} {
		for _, host := range []string{"127.0.0.1:4242", "abc.example"} {
			r := httptest.NewRequest("GET", "/_apo/rules", nil)
			r.Host = host
			r.Header.Set("Authorization", "Bearer "+box.ControlToken())
			r.Header.Set("Sec-Fetch-Site", c.site)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			w := httptest.NewRecorder()
			box.ServeHTTP(w, r)
			if want := c.want; w.Code != want && (host != "abc.example" || c.origin != "http://abc.example") {
				t.Errorf("%+v as %s: %d, want %d %s", c, host, w.Code, want, w.Body)
			}
		}
	}
}

// The health of a sandbox is told without a token, and under any name where it is open.
func TestHealth(t *testing.T) {
	box := openBox(t)
	open, err := Open(Config{AllowHosts: []string{"apo"}, Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(s *Sandbox, method, host string) (int, string) {
		r := httptest.NewRequest(method, HealthPath, nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, c := range []struct {
		box          *Sandbox
		method, host string
		want         int
	}{
		{box, "GET", "127.0.0.1", 200},
		{box, "HEAD", "127.0.0.1", 200},
		{box, "GET", "10.0.0.7:4242", 403},
		{open, "GET", "10.0.0.7:4242", 200},
		{open, "POST", "apo", 405},
	} {
		code, body := ask(c.box, c.method, c.host)
		if code != c.want || code == 200 && body != "{\"status\":\"ok\"}\n" {
			t.Errorf("%s %s: %d %s", c.method, c.host, code, body)
		}
	}
	open.Close()
	if code, _ := ask(open, "GET", "apo"); code != http.StatusServiceUnavailable {
		t.Errorf("a closed state: %d", code)
	}
}
