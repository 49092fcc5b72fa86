package cmd

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"go/format"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// snippets runs the command and returns what it prints.
func snippets(t *testing.T, output string, o *sandboxOptions, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	d := &deps{io: term.New(strings.NewReader(""), &out, io.Discard)}
	d.global.output = output
	c := newSandboxSnippetsCmd(d, o)
	c.SetArgs(args)
	c.SilenceErrors, c.SilenceUsage = true, true
	err := c.Execute()
	return out.String(), err
}

func snippetOf(t *testing.T, args ...string) string {
	t.Helper()
	text, err := snippets(t, "", &sandboxOptions{}, args...)
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
		text, err := snippets(t, "", &sandboxOptions{state: "my state.db"}, language)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(text, " --state 'my state.db'"); got != want {
			t.Errorf("%s: %d commands with the state, want %d, in\n%s", language, got, want, text)
		}
	}
}

func TestSnippetsAsJSON(t *testing.T) {
	for _, language := range newSandboxSnippetsCmd(&deps{}, &sandboxOptions{}).ValidArgs {
		text, err := snippets(t, "json", &sandboxOptions{}, language)
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
		text, err := snippets(t, "", &sandboxOptions{}, strings.Fields(args)...)
		if err == nil || !strings.Contains(err.Error(), want) || text != "" {
			t.Errorf("%q: printed %q, error %v", args, text, err)
		}
	}
	if _, err := snippets(t, "", &sandboxOptions{state: "a\nimport b"}, "go"); err == nil {
		t.Error("a state ends the comment that it stands in")
	}
}

func TestSnippetOfGoIsFormatted(t *testing.T) {
	text := "package shop\n\n" + snippetOf(t, "go")
	formatted, err := format.Source([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if string(formatted) != text {
		t.Errorf("gofmt makes of it\n%s", formatted)
	}
}

// A program that was tried by hand runs under apo sandbox run as it is.
func TestSnippetsReadWhatRunExports(t *testing.T) {
	exported := strings.Join(variables("", credentials{}), " ")
	name := regexp.MustCompile(`\b[A-Z]+(?:_[A-Z]+)*_(?:KEY|URL)\b`)
	for _, language := range []string{"go", "php", "node"} { // the other SDKs speak HTTPS alone
		text := snippetOf(t, language)
		for _, used := range name.FindAllString(text, -1) {
			if !strings.Contains(exported, used+"=") {
				t.Errorf("%s reads %s, which apo sandbox run does not export", language, used)
			}
		}
		if len(name.FindAllString(text, -1)) < 3 || !strings.Contains(text, "GATEWAY_URL") {
			t.Errorf("%s: no names in\n%s", language, text)
		}
	}
}

// What is printed for Node.js has no SDK and so can run: it pays at a sandbox
// and believes its answers, and no other's.
func TestSnippetOfNodeTalksToASandbox(t *testing.T) {
	box, err := sandbox.Open(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	server := httptest.NewServer(box)
	defer server.Close()
	other, err := sandbox.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	c := box.Credentials()
	private, public := base64.StdEncoding.EncodeToString(c.Key.DER()), c.AntomKey.Base64()
	code := snippetOf(t, "node", "--gateway", server.URL) + `
console.log((await call('inquiryPayment', { paymentRequestId: 'Stühle' })).result.resultCode);
`
	for _, tt := range []struct{ name, private, public, want string }{
		{"its keys", private, public, "ORDER_NOT_EXIST"},
		{"another's answer", private, other.Antom.Public().Base64(), "does not verify"},
		{"another's request", base64.StdEncoding.EncodeToString(other.Merchant.DER()), public, "an unsigned answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := runProgram(t, "node", "shop.mjs", code, nil, "MERCHANT_PRIVATE_KEY="+tt.private, "ANTOM_PUBLIC_KEY="+tt.public)
			if !strings.Contains(out, tt.want) {
				t.Errorf("want %q in\n%s", tt.want, out)
			}
		})
	}
}

// pythonSDK is as much of the SDK as the lines touch, with its habit of going
// to port 443.
func pythonSDK() map[string]string {
	return map[string]string{
		"com/__init__.py": "", "com/alipay/__init__.py": "", "com/alipay/ams/__init__.py": "",
		"com/alipay/ams/api/__init__.py": "", "com/alipay/ams/api/net/__init__.py": "",
		"com/alipay/ams/api/net/default_http_rpc.py": `import http.client as http_client
def connection():
    return http_client.HTTPSConnection(host="localhost", port=443, timeout=7)
`,
		"com/alipay/ams/api/default_alipay_client.py": `class DefaultAlipayClient(object):
    def __init__(self, gateway_url, client_id, merchant_private_key, alipay_public_key, agent_token=None):
        print(gateway_url, client_id, merchant_private_key, alipay_public_key)
`,
	}
}

func TestSnippetOfPythonLeadsTheSDKToThePort(t *testing.T) {
	for gateway, port := range map[string]string{"https://localhost": "443", "https://localhost:4242": "4242"} {
		code := snippetOf(t, "python", "--gateway", gateway) + `
import http.client
from com.alipay.ams.api.net.default_http_rpc import connection
c = connection()
print("port", c.port, c.host, c.timeout)
print("others", http.client.HTTPSConnection("localhost").port)
`
		out := runProgram(t, "python3", "shop.py", code, pythonSDK(), "MERCHANT_PRIVATE_KEY=mine", "ANTOM_PUBLIC_KEY=theirs")
		want := gateway + " " + sandbox.ClientID + " mine theirs\nport " + port + " localhost 7\nothers 443\n"
		if out != want {
			t.Errorf("%s: printed is\n%s\nwant\n%s", gateway, out, want)
		}
	}
}

func TestSnippetOfPHPMakesAClient(t *testing.T) {
	sdk := map[string]string{"sdk.php": `<?php
namespace Client;
class DefaultAlipayClient {
    public function __construct($gatewayUrl, $merchantPrivateKey, $alipayPublicKey, $clientId) {
        echo "$gatewayUrl $merchantPrivateKey $alipayPublicKey $clientId";
    }
}
`}
	code := "<?php\nrequire 'sdk.php';\n" + snippetOf(t, "php")
	out := runProgram(t, "php", "shop.php", code, sdk, "MERCHANT_PRIVATE_KEY=mine", "ANTOM_PUBLIC_KEY=theirs")
	if want := "http://127.0.0.1:4242 mine theirs " + sandbox.ClientID; out != want {
		t.Errorf("printed is %q, want %q", out, want)
	}
}

// runProgram runs code in a file called name, and returns all that it prints.
func runProgram(t *testing.T, program, name, code string, files map[string]string, env ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("there is no %s", program)
	}
	dir := t.TempDir()
	all := map[string]string{name: code}
	for file, text := range files {
		all[file] = text
	}
	for file, text := range all {
		file = filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(program, name)
	c.Dir = dir
	c.Env = slices.Concat(os.Environ(), []string{"PYTHONDONTWRITEBYTECODE=1"}, env)
	out, _ := c.CombinedOutput() // a failing program says so in what it prints
	return string(out)
}
