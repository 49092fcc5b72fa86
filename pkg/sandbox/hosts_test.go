package sandbox

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func openBox(t *testing.T) *Sandbox {
	t.Helper()
	box, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

// Who may ask for what, told by the head of the request as it is on the wire.
func TestAdmit(t *testing.T) {
	const (
		page = "GET /3ds/0123 HTTP/1.1"
		form = "POST /3ds/0123 HTTP/1.1"
		api  = "POST /ams/sandbox/api/v1/payments/pay HTTP/1.1"
		here = "Host: 127.0.0.1:4242"
	)
	for name, c := range map[string]struct {
		head []string
		want bool
	}{
		"page":                       {[]string{page, here}, true},
		"page, localhost":            {[]string{page, "Host: LocalHost:80"}, true},
		"page, no port":              {[]string{page, "Host: localhost"}, true},
		"page, the rest of 127/8":    {[]string{page, "Host: 127.9.9.9"}, true},
		"page, IPv6":                 {[]string{page, "Host: [::1]:4242"}, true},
		"page, IPv6, no port":        {[]string{page, "Host: [::1]"}, true},
		"page, rebound":              {[]string{page, "Host: evil.example:4242"}, false},
		"page, of a network":         {[]string{page, "Host: box:4242"}, false},
		"page, like loopback":        {[]string{page, "Host: 127.0.0.1.evil.example"}, false},
		"page, below localhost":      {[]string{page, "Host: localhost.evil.example"}, false},
		"page, user before a host":   {[]string{page, "Host: 127.0.0.1@evil.example"}, false},
		"page, host after a user":    {[]string{page, "Host: evil.example@127.0.0.1"}, false},
		"page, no IP":                {[]string{page, "Host: 127.1"}, false},
		"page, not loopback":         {[]string{page, "Host: 0.0.0.0:4242"}, false},
		"page, on the net":           {[]string{page, "Host: 192.0.2.2:4242"}, false},
		"page, without a name":       {[]string{page, "Host: "}, false},
		"page, Antom's name":         {[]string{page, "Host: open-sea-global.alipay.com"}, false},
		"page, absolute and rebound": {[]string{"GET http://evil.example/3ds/0123 HTTP/1.1", here}, false},
		"page, from the shop's link": {[]string{page, here, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"}, true},

		"form":                         {[]string{form, here}, true},
		"form, of the page":            {[]string{form, here, "Origin: http://127.0.0.1:4242", "Sec-Fetch-Site: same-origin"}, true},
		"form, of an old browser":      {[]string{form, here, "Origin: http://127.0.0.1:4242"}, true},
		"form, of another site":        {[]string{form, here, "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}, false},
		"form, cross-site":             {[]string{form, here, "Sec-Fetch-Site: cross-site"}, false},
		"form, of another port":        {[]string{form, here, "Origin: http://127.0.0.1:3000", "Sec-Fetch-Site: same-site"}, false},
		"form, another, old browser":   {[]string{form, here, "Origin: https://evil.example"}, false},
		"form, other port, old":        {[]string{form, here, "Origin: http://127.0.0.1:3000"}, false},
		"form, of nowhere":             {[]string{form, here, "Origin: null"}, false},
		"form, of the name that leads": {[]string{form, "Host: evil.example", "Origin: http://evil.example", "Sec-Fetch-Site: same-origin"}, false},

		"API":                       {[]string{api, here}, true},
		"API, Antom's name":         {[]string{api, "Host: open-sea-global.alipay.com"}, true},
		"API, Antom's, a port":      {[]string{api, "Host: open-de-global.alipay.com:443"}, true},
		"API, Antom's, older":       {[]string{api, "Host: OPEN-NA.alipay.com"}, true},
		"API, rebound":              {[]string{api, "Host: evil.example"}, false},
		"API, below Antom's":        {[]string{api, "Host: open-sea-global.alipay.com.evil.example"}, false},
		"API, another of Alipay":    {[]string{api, "Host: www.alipay.com"}, false},
		"API, absolute, Antom's":    {[]string{"POST https://open-sea-global.alipay.com/ams/sandbox/api/v1/payments/pay HTTP/1.1", "Host: 127.0.0.1:4242"}, true},
		"API, absolute, here":       {[]string{"POST http://127.0.0.1:4242/ams/api/v1/payments/pay HTTP/1.1", "Host: open-sea-global.alipay.com"}, true},
		"API, absolute and rebound": {[]string{"POST http://evil.example/ams/api/v1/payments/pay HTTP/1.1", here}, false},
		"API, script of a page":     {[]string{api, here, "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}, false},
		"API, script, old browser":  {[]string{api, here, "Origin: https://evil.example"}, false},
		"API, made-up method":       {[]string{strings.Replace(api, "POST", "PUT", 1), here, "Sec-Fetch-Site: cross-site"}, false},
	} {
		head := strings.Join(append(c.head, "Content-Length: 0", "", ""), "\r\n")
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w := httptest.NewRecorder()
		if got := (guard{}).allow(w, r); got != c.want {
			t.Errorf("%s: admitted is %v, want %v", name, got, c.want)
		}
		switch said := w.Body.String(); {
		case c.want && (w.Code != 200 || said != ""):
			t.Errorf("%s: admitted, and yet answered with %d %s", name, w.Code, said)
		case !c.want && (w.Code != http.StatusForbidden || !strings.HasPrefix(said, "403: ")):
			t.Errorf("%s: refused with %d %q", name, w.Code, said)
		}
	}
}

// A request that never left this process may name its host in the URL alone.
func TestAdmitInProcess(t *testing.T) {
	r := httptest.NewRequest("POST", "http://127.0.0.1/ams/api/v1/payments/pay", nil)
	r.Host = ""
	if !(guard{}).allow(httptest.NewRecorder(), r) {
		t.Error("127.0.0.1 in the URL was refused")
	}
	r.URL.Host = "evil.example"
	if (guard{}).allow(httptest.NewRecorder(), r) {
		t.Error("evil.example in the URL was admitted")
	}
}

// The sandbox asks the guard before anything else, and a refusal repeats
// nothing that a browser could take for markup.
func TestSandboxIsGuarded(t *testing.T) {
	box := openBox(t)
	for _, path := range []string{"/3ds/0123", "/ams/api/v1/payments/pay", "/", "//3ds/x"} {
		r := httptest.NewRequest("POST", "http://127.0.0.1"+path, nil)
		r.Host = "evil.example<script>" + strings.Repeat("x", 1000)
		w := httptest.NewRecorder()
		box.ServeHTTP(w, r)
		h := w.Header()
		if w.Code != http.StatusForbidden || h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, w.Code, h)
		}
		if w.Body.Len() > 300 {
			t.Errorf("%s: the answer repeats a host of any length", path)
		}
	}
}
