package cmd

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/apo-cli/apo/cmd/internal/serve"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// snippets runs the command and returns what it prints.
func snippets(t *testing.T, output string, o *serve.Options, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	d := &app.Run{IO: term.New(strings.NewReader(""), &out, io.Discard)}
	d.Global.Output = output
	c := newSandboxSnippetsCmd(d, o)
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	err := c.Execute()
	return out.String(), err
}

func snippetOf(t *testing.T, args ...string) string {
	t.Helper()
	text, err := snippets(t, "", &serve.Options{}, args...)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The lines that start the sandbox listen where the code connects, with TLS
// where it speaks HTTPS.
func TestSnippetsStartTheSandboxThatTheyUse(t *testing.T) {
	for args, want := range map[string][]string{
		"go":     {"//   apo sandbox\n", `"http://127.0.0.1:4242"),`},
		"java":   {"//   apo sandbox --tls --ca-out sandbox-ca.pem\n", `"https://127.0.0.1:4242",`},
		"python": {"#   apo sandbox --tls --ca-out sandbox-ca.pem --listen 127.0.0.1:443\n", `"https://127.0.0.1",`, "python --gateway https://127.0.0.1:4242\n"},
		"php":    {"//   apo sandbox\n", `'http://127.0.0.1:4242',`},
		"node":   {"//   apo sandbox\n", `'http://127.0.0.1:4242';`},

		"go --gateway http://localhost:9999":   {"//   apo sandbox --listen localhost:9999\n"},
		"go --gateway http://127.0.0.1":        {"//   apo sandbox --listen 127.0.0.1:80\n"},
		"go --gateway https://[::1]:4242":      {"//   apo sandbox --tls --ca-out sandbox-ca.pem --listen [::1]:4242\n", "SSL_CERT_FILE=sandbox-ca.pem\n"},
		"node --gateway https://127.0.0.1":     {"//   apo sandbox --tls --ca-out sandbox-ca.pem --listen 127.0.0.1:443\n", "NODE_EXTRA_CA_CERTS=sandbox-ca.pem\n"},
		"php --gateway https://127.0.0.1:4242": {"//   apo sandbox --tls --ca-out sandbox-ca.pem\n", "curl.cainfo=sandbox-ca.pem "},
		"java --gateway sea": {
			"//   apo sandbox --tls --ca-out sandbox-ca.pem --listen 127.0.0.1:443\n", `"https://open-sea-global.alipay.com",`,
			"//   127.0.0.1 open-sea-global.alipay.com\n", "jdk.net.hosts.file",
		},
		"python --gateway eu": {"#   apo sandbox --tls --ca-out sandbox-ca.pem --listen 127.0.0.1:443\n", "#   127.0.0.1 open-de-global.alipay.com\n"},
	} {
		text := snippetOf(t, strings.Fields(args)...)
		for _, w := range append(want, sandbox.ClientID) {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", args, w, text)
			}
		}
		if strings.Contains(text, "{gateway}") || strings.Contains(text, "{clientId}") || strings.Contains(text, "{port}") {
			t.Errorf("%s: a value is missing in\n%s", args, text)
		}
		if hosts := strings.Contains(text, "hosts file makes"); hosts != strings.Contains(text, "alipay.com\"") {
			t.Errorf("%s: a line for the hosts file, %t, in\n%s", args, hosts, text)
		}
	}
}

// The keys come from the state that the sandbox runs on.
func TestSnippetsKeepTheState(t *testing.T) {
	for language, want := range map[string]int{"go": 3, "java": 3, "python": 3, "php": 3, "node": 3} {
		text, err := snippets(t, "", &serve.Options{State: "my state.db"}, language)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(text, " --state 'my state.db'"); got != want {
			t.Errorf("%s: %d commands with the state, want %d, in\n%s", language, got, want, text)
		}
	}
}

func TestSnippetsAsJSON(t *testing.T) {
	for _, language := range newSandboxSnippetsCmd(&app.Run{}, &serve.Options{}).ValidArgs {
		text, err := snippets(t, "json", &serve.Options{}, language)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Language string
			Lines    []string
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if got.Language != language || strings.Join(got.Lines, "\n")+"\n" != snippetOf(t, language) {
			t.Errorf("%s: %s", language, text)
		}
	}
}

func TestSnippetsRefuse(t *testing.T) {
	for args, want := range map[string]string{
		"":                                     "one language: go|java|python|php|node",
		"go java":                              `"java" is too much`,
		"cobol":                                `"cobol" is not one of go, java, python, php, node`,
		"java --gateway http://127.0.0.1:4242": "https:// alone",
		"python --gateway http://localhost":    "https:// alone",
		"go --gateway https://gate.example":    "no certificate for gate.example",
		"go --gateway https://127.0.0.2":       "no certificate for 127.0.0.2",
		"go --gateway http://gate.example":     "not encrypted",
		"go --gateway nowhere":                 "neither sea, na, eu",
	} {
		text, err := snippets(t, "", &serve.Options{}, strings.Fields(args)...)
		if err == nil || !strings.Contains(err.Error(), want) || text != "" {
			t.Errorf("%q: printed %q, error %v", args, text, err)
		}
	}
	if _, err := snippets(t, "", &serve.Options{State: "a\nimport b"}, "go"); err == nil {
		t.Error("a state ends the comment that it stands in")
	}
}
