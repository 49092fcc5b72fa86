package apo_test

import (
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

func TestParseGateway(t *testing.T) {
	for given, want := range map[string]string{
		"sea":                        "https://open-sea-global.alipay.com",
		"na":                         "https://open-na-global.alipay.com",
		"eu":                         "https://open-de-global.alipay.com",
		"https://gateway.example":    "https://gateway.example",
		"https://gateway.example/":   "https://gateway.example",
		"https://gateway.example:44": "https://gateway.example:44",
		"HTTPS://gateway.example":    "https://gateway.example",
		"http://127.0.0.1:4242":      "http://127.0.0.1:4242",
		"http://127.8.8.8":           "http://127.8.8.8",
		"http://[::1]:4242":          "http://[::1]:4242",
		"http://localhost:4242/":     "http://localhost:4242",
		"https://192.0.2.7":          "https://192.0.2.7",
	} {
		gateway, err := apo.ParseGateway(given)
		if err != nil || gateway.String() != want {
			t.Errorf("ParseGateway(%q) = %q, %v; want %q", given, gateway, err, want)
		}
	}
}

func TestParseGatewayRefuses(t *testing.T) {
	for _, tt := range []struct{ given, says string }{
		{"", "no gateway given"},
		{"SEA", "neither sea, na, eu"},
		{"asia", "neither sea, na, eu"},
		{" sea", "neither sea, na, eu"},
		{"gateway.example", "neither sea, na, eu"},
		{"localhost:4242", "neither sea, na, eu"},
		{"/ams/api", "neither sea, na, eu"},
		{"https://", "neither sea, na, eu"},
		{"https:///ams", "neither sea, na, eu"},
		{"https://:443", "neither sea, na, eu"},
		{"https://gateway.example:port", "neither sea, na, eu"},
		{"https://gate way.example", "neither sea, na, eu"},
		{"https://[::1", "neither sea, na, eu"},
		{"//gateway.example", "neither https://"},
		{"ftp://gateway.example", "neither https://"},
		{"unix://run/apo.sock", "more than scheme and host"},
		{"https://gateway.example/ams", "more than scheme and host"},
		{"https://gateway.example?a=b", "more than scheme and host"},
		{"https://gateway.example#a", "more than scheme and host"},
		{"http://gateway.example", "not encrypted"},
		{"http://192.0.2.7", "not encrypted"},
		{"http://0.0.0.0", "not encrypted"},
		{"http://localhost.gateway.example", "not encrypted"},
		{"http://127.0.0.1.gateway.example", "not encrypted"},
		{"http://2130706433", "not encrypted"},
		{"https://merchant@gateway.example", "user or password"},
		{"https://merchant:hunter2@gateway.example", "user or password"},
		{"https://merchant:hunter2@gateway.example:port", "gateway"},
		{"https://merchant:hunter2%zz@gateway.example", "gateway"},
		{"merchant:hunter2@gateway.example", "gateway"},
	} {
		gateway, err := apo.ParseGateway(tt.given)
		if err == nil {
			t.Errorf("%q is taken for %q", tt.given, gateway)
			continue
		}
		if !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q: %q, want %q in it", tt.given, err, tt.says)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error shows the password: %s", tt.given, err)
		}
	}
}

func TestSandboxPath(t *testing.T) {
	for _, tt := range []struct{ clientID, path, want string }{
		{"SANDBOX_5Y", "/ams/api/v1/payments/pay", "/ams/sandbox/api/v1/payments/pay"},
		{"SANDBOX_5Y", "/ams/sandbox/api/v1/payments/pay", "/ams/sandbox/api/v1/payments/pay"},
		{"SANDBOX_5Y", "/ams/api//v1/payments/pay", "/ams/sandbox/api//v1/payments/pay"},
		{"SANDBOX_5Y", "/ams/api/v1/a?next=/ams/api/v1/b", "/ams/sandbox/api/v1/a?next=/ams/api/v1/b"},
		{"SANDBOX_5Y", "/other/v1/pay", "/other/v1/pay"},
		{"SANDBOX_", "/ams/api/v1/payments/pay", "/ams/sandbox/api/v1/payments/pay"},
		{"5Y", "/ams/api/v1/payments/pay", "/ams/api/v1/payments/pay"},
		{"sandbox_5Y", "/ams/api/v1/payments/pay", "/ams/api/v1/payments/pay"},
		{"5Y_SANDBOX_", "/ams/api/v1/payments/pay", "/ams/api/v1/payments/pay"},
		{" SANDBOX_5Y", "/ams/api/v1/payments/pay", "/ams/api/v1/payments/pay"},
		{"", "/ams/api/v1/payments/pay", "/ams/api/v1/payments/pay"},
	} {
		if got := apo.SandboxPath(tt.clientID, tt.path); got != tt.want {
			t.Errorf("SandboxPath(%q, %q) = %q, want %q", tt.clientID, tt.path, got, tt.want)
		}
		if got, want := apo.IsSandbox(tt.clientID), strings.HasPrefix(tt.clientID, "SANDBOX_"); got != want {
			t.Errorf("IsSandbox(%q) = %v", tt.clientID, got)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.255.255.254": true, "::1": true, "[::1]": true, "localhost": true, "LocalHost": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "128.0.0.1": false, "localhost.": false,
		"localhost.example": false, "127.0.0.1.example": false, "0x7f.1": false,
	} {
		if got := apo.IsLoopback(host); got != want {
			t.Errorf("IsLoopback(%q) = %v", host, got)
		}
	}
}
