package sandbox

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// asks is a request of somebody to a sandbox.
func asks(s *Sandbox, method, path, peer, host string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr, r.Host = peer, host
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// The window's own token is for a page of the same origin on this machine, and counts
// from there alone. It is another one than that of the control API.
func TestWindowToken(t *testing.T) {
	home, err := Open(Config{Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	open, err := Open(Config{Passive: true, AllowHosts: []string{"apo"}})
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	const peer, host = "127.0.0.1:5000", "127.0.0.1:4242"
	page := map[string]string{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
	with := func(name, value string) map[string]string {
		h := map[string]string{name: value}
		for n, v := range page {
			if _, has := h[n]; !has {
				h[n] = v
			}
		}
		return h
	}
	for name, c := range map[string]struct {
		box        *Sandbox
		peer, host string
		header     map[string]string
		want       bool
	}{
		"its own page":       {home, peer, host, page, true},
		"under localhost":    {home, "[::1]:5000", "localhost:4242", page, true},
		"its own origin":     {home, peer, host, with("Origin", "http://"+host), true},
		"no browser":         {home, peer, host, nil, false},
		"another site":       {home, peer, host, with("Sec-Fetch-Site", "cross-site"), false},
		"another port":       {home, peer, host, with("Sec-Fetch-Site", "same-site"), false},
		"typed in":           {home, peer, host, with("Sec-Fetch-Site", "none"), false},
		"a link":             {home, peer, host, with("Sec-Fetch-Mode", "navigate"), false},
		"another origin":     {home, peer, host, with("Origin", "http://127.0.0.1:3000"), false},
		"no origin":          {home, peer, host, with("Origin", "null"), false},
		"another machine":    {home, "192.168.1.9:5000", host, page, false},
		"in this process":    {home, "", host, page, false},
		"another name":       {home, peer, "evil.example", page, false},
		"a proxy":            {home, peer, host, with("X-Forwarded-For", "203.0.113.7"), false},
		"a proxy, new style": {home, peer, host, with("Forwarded", "for=203.0.113.7"), false},
		"a tunnel":           {home, peer, host, with("Via", "1.1 tunnel"), false},
		"others are let in":  {open, peer, host, page, false},
	} {
		answer := asks(c.box, "GET", "/_apo/window/token", c.peer, c.host, c.header)
		if got := gjson.Get(answer.Body.String(), "token").Str; got != "" != c.want || strings.Contains(answer.Body.String(), c.box.token) {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
		header := map[string]string{"Authorization": "Bearer " + c.box.window}
		for n, v := range c.header {
			header[n] = v
		}
		for _, method := range []string{"GET", "POST"} {
			path := map[string]string{"GET": "/_apo/clock", "POST": "/_apo/snapshot"}[method]
			if got := asks(c.box, method, path, c.peer, c.host, header); got.Code == http.StatusOK != c.want {
				t.Errorf("%s, %s: %d %s", name, method, got.Code, got.Body)
			}
		}
	}
}

// A browser that asks for / gets the window, and whoever is none what it always got. All
// files of the window have a strict policy, and load nothing from elsewhere.
func TestWindowFiles(t *testing.T) {
	box, err := Open(Config{Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	get := func(path, host, accept string) *httptest.ResponseRecorder {
		return asks(box, "GET", path, "127.0.0.1:5000", host, map[string]string{"Accept": accept})
	}
	const host, browser = "127.0.0.1:4242", "text/html,application/xhtml+xml"
	for name, c := range map[string]struct{ host, accept string }{
		"curl": {host, "*/*"}, "nobody": {host, ""}, "an SDK": {host, "application/json"}, "Antom's host": {"open-sea-global.alipay.com", browser},
	} {
		if answer := get("/", c.host, c.accept); !strings.Contains(answer.Body.String(), "METHOD_NOT_SUPPORTED") {
			t.Errorf("%s gets %d %s", name, answer.Code, answer.Body)
		}
	}
	files, err := fs.ReadDir(windowFiles, "window")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	paths := []string{"/"}
	for _, f := range files {
		paths = append(paths, windowPath+f.Name())
	}
	for _, path := range paths {
		answer := get(path, host, browser)
		policy, text := answer.Header().Get("Content-Security-Policy"), answer.Body.String()
		if answer.Code != http.StatusOK || !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %d, policy %s", path, answer.Code, policy)
		}
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "style=", "onclick=", "https://", "http://"} {
			if strings.Contains(strings.ReplaceAll(text, `xmlns="http://www.w3.org/2000/svg"`, ""), bad) {
				t.Errorf("%s has %s", path, bad)
			}
		}
	}
	for _, path := range []string{"/_apo/window/", "/_apo/window/none.js", "/_apo/window/../window.go", "/_apo/window/%2e%2e/window.go"} {
		if answer := get(path, host, browser); answer.Code == http.StatusOK {
			t.Errorf("%s is %s", path, answer.Body)
		}
	}
}

// The books as they were are told over the control API, and a fork is a state of its own.
func TestWindowHistory(t *testing.T) {
	t.Parallel()
	box, err := Open(Config{State: t.TempDir() + "/state.db", Passive: true, Seed: "history"})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	if _, err := box.AddRule(Rule{API: "pay", Outcome: Outcome{Result: "DO_NOT_HONOR"}}); err != nil {
		t.Fatal(err)
	}
	call := func(method, path, body string, want int) gjson.Result {
		t.Helper()
		r := httptest.NewRequest(method, "/_apo/"+path, strings.NewReader(body))
		r.Host = "127.0.0.1"
		r.Header.Set("Authorization", "Bearer "+box.ControlToken())
		w := httptest.NewRecorder()
		box.ServeHTTP(w, r)
		if w.Code != want {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return gjson.ParseBytes(w.Body.Bytes())
	}
	last := call("GET", "history", "", 200).Get("last").Int()
	if then := call("GET", "history/"+call("GET", "history", "", 200).Get("last").Raw, "", 200); then.Get("changes.0.kind").Str != "rule" || then.Get("event").Int() != last {
		t.Errorf("the last event is %s", then.Raw)
	}
	call("GET", "history/999", "", 404)
	call("GET", "history/x", "", 404)
	call("POST", "fork", `{"event":999}`, 404)
	call("POST", "fork", `{}`, 400)
	file := call("POST", "fork", `{"event":1}`, 200).Get("state").Str
	keys, err := LoadKeys(file + ".keys")
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(Config{State: file, Keys: keys, Passive: true})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if rules, err := other.Rules(); err != nil || len(rules) != 0 {
		t.Errorf("the fork has the rules %v, %v", rules, err)
	}
	if string(keys.Antom.PEM()) != string(box.keys.Antom.PEM()) || other.Identity() == box.Identity() {
		t.Error("the fork has other keys, or the same identity")
	}
}
