package apo_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

func certificate(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

func TestAFileWithoutACertificateIsNoCA(t *testing.T) {
	key, err := os.ReadFile("testdata/keys/antom.pem")
	if err != nil {
		t.Fatal(err)
	}
	for name, ca := range map[string][]byte{
		"text": []byte("not a certificate"), "a key": key, "a blank": []byte("\n"),
		"a damaged certificate": []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
	} {
		if _, err := apo.NewHTTPClient(apo.Transport{CA: ca}); err == nil {
			t.Errorf("%s is taken for a CA", name)
		}
	}
}

// net/http reads the proxy variables once in the life of a process, so this
// test looks at a process of its own.
func TestProxyVariablesButNeverForLoopback(t *testing.T) {
	const child = "APO_TEST_CHILD"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), child+"=1",
			"HTTP_PROXY=http://192.0.2.1:3128", "HTTPS_PROXY=http://192.0.2.1:3128", "http_proxy=", "https_proxy=", "NO_PROXY=", "no_proxy=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	client, err := apo.NewHTTPClient(apo.Transport{})
	if err != nil {
		t.Fatal(err)
	}
	proxy := client.Transport.(*http.Transport).Proxy
	for _, tt := range []struct {
		gateway string
		proxied bool
	}{
		{"sea", true},
		{"https://gateway.example", true},
		{"http://127.0.0.1:4242", false},
		{"https://127.0.0.1:4242", false},
		{"http://127.1.2.3", false},
		{"http://[::1]:4242", false},
		{"http://localhost:4242", false},
		{"http://LOCALHOST:4242", false},
		{"https://Localhost", false},
	} {
		gateway, err := apo.ParseGateway(tt.gateway)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(gateway.String() + "/ams/api/v1/payments/pay")
		if err != nil {
			t.Fatal(err)
		}
		via, err := proxy(&http.Request{URL: u})
		if err != nil || (via != nil) != tt.proxied {
			t.Errorf("%s goes through proxy %v: %v", tt.gateway, via, err)
		}
	}
}
