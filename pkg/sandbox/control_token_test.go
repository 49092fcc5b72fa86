package sandbox_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// The control API is for whoever has the token, and for no page of another site.
func TestControlTokenIsAsked(t *testing.T) {
	box, err := sandbox.Open(sandbox.Config{})
	must(t, err)
	defer box.Close()
	const here = "127.0.0.1:4242"
	right := "Bearer " + box.ControlToken()
	for name, c := range map[string]struct {
		head map[string]string
		host string
		want int
	}{
		"none":                      {nil, here, 401},
		"another":                   {map[string]string{"Authorization": "Bearer x"}, here, 401},
		"longer":                    {map[string]string{"Authorization": right + "x"}, here, 401},
		"shorter":                   {map[string]string{"Authorization": right[:len(right)-1]}, here, 401},
		"another scheme":            {map[string]string{"Authorization": "Basic " + box.ControlToken()}, here, 401},
		"the token":                 {map[string]string{"Authorization": right}, here, 404},
		"own page":                  {map[string]string{"Authorization": right, "Origin": "http://" + here, "Sec-Fetch-Site": "same-origin"}, here, 404},
		"foreign page":              {map[string]string{"Authorization": right, "Origin": "https://evil.example"}, here, 403},
		"another port":              {map[string]string{"Authorization": right, "Origin": "http://127.0.0.1:3000"}, here, 403},
		"nowhere":                   {map[string]string{"Authorization": right, "Origin": "null"}, here, 403},
		"foreign, by Sec-Fetch":     {map[string]string{"Authorization": right, "Sec-Fetch-Site": "same-site"}, here, 403},
		"rebound":                   {map[string]string{"Authorization": right}, "evil.example", 403},
		"Antom's name, of APIs":     {map[string]string{"Authorization": right}, "open-sea-global.alipay.com", 403},
		"foreign, and no token too": {map[string]string{"Origin": "https://evil.example"}, here, 403},
	} {
		for _, method := range []string{"GET", "POST"} {
			r := httptest.NewRequest(method, "/_apo/nothing", nil)
			r.Host = c.host
			for k, v := range c.head {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			box.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%s, %s: %d %s, not %d", name, method, w.Code, w.Body, c.want)
			}
		}
	}
}

// Who may read the state learns how its server is controlled, for as long as it lives.
func TestServerIsFoundByItsState(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state.db")
	box, err := sandbox.Open(sandbox.Config{State: state, Passive: true})
	must(t, err)
	defer box.Close()
	memory, err := sandbox.Open(sandbox.Config{Passive: true})
	must(t, err)
	defer memory.Close()
	find := func() sandbox.Server { s, _ := sandbox.ServerOf(state); return s }
	if s := find(); s.URL != "" {
		t.Errorf("nobody serves, and %+v is found", s)
	}
	end := memory.Announce(sandbox.Announcement{Pages: "http://127.0.0.1:4298", Beside: state})
	if s := find(); s.URL != "http://127.0.0.1:4298" || s.Token != memory.ControlToken() || !s.Memory || box.PagesServed() {
		t.Errorf("in memory: %+v", s)
	}
	withdraw := box.Announce(sandbox.Announcement{Pages: "https://shop.example", Control: "http://127.0.0.1:4299", Authority: []byte("PEM\n")})
	if s := find(); s.URL != "http://127.0.0.1:4299" || s.Token != box.ControlToken() || s.Memory || string(s.Authority) != "PEM\n" {
		t.Errorf("beside a state: %+v", s)
	}
	if at := box.PagesAt(); at != "https://shop.example" {
		t.Errorf("pages at %s", at)
	}
	info, err := os.Stat(state + "-address")
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the token can be read by others: %v", info.Mode())
	}
	withdraw()
	end()
	if s := find(); s.URL != "" {
		t.Errorf("all have ended, and %+v is found", s)
	}
	if box.ControlToken() == memory.ControlToken() {
		t.Error("two sandboxes have one token")
	}
}
