package say

import (
	"encoding/base64"
	"go/format"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// code is what is printed for a language and a gateway; without one, for the usual
// one.
func code(t *testing.T, language, gateway string) string {
	t.Helper()
	i := slices.IndexFunc(SDKs(), func(s SDK) bool { return s.Language == language })
	if i < 0 {
		t.Fatalf("there is no %s", language)
	}
	s := SDKs()[i]
	if gateway == "" {
		gateway = s.Gateway
	}
	u, err := url.Parse(gateway)
	if err != nil {
		t.Fatal(err)
	}
	at := SDKGateway{URL: gateway, Host: u.Hostname(), Port: u.Port(), Secure: u.Scheme == "https"}
	if at.Port == "" && at.Secure {
		at.Port = "443"
	}
	return strings.Join(s.Lines(at, ""), "\n") + "\n"
}

func TestCodeOfGoIsFormatted(t *testing.T) {
	text := "package shop\n\n" + code(t, "go", "")
	formatted, err := format.Source([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if string(formatted) != text {
		t.Errorf("gofmt makes of it\n%s", formatted)
	}
}

// What is printed for Node.js has no SDK and so can run: it pays at a sandbox
// and believes its answers, and no other's.
func TestCodeOfNodeTalksToASandbox(t *testing.T) {
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
	program := code(t, "node", server.URL) + `
console.log((await call('inquiryPayment', { paymentRequestId: 'Stühle' })).result.resultCode);
`
	for _, tt := range []struct{ name, private, public, want string }{
		{"its keys", private, public, "ORDER_NOT_EXIST"},
		{"another's answer", private, other.Antom.Public().Base64(), "does not verify"},
		{"another's request", base64.StdEncoding.EncodeToString(other.Merchant.DER()), public, "an unsigned answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := runProgram(t, "node", "shop.mjs", program, nil, "MERCHANT_PRIVATE_KEY="+tt.private, "ANTOM_PUBLIC_KEY="+tt.public)
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

func TestCodeOfPythonLeadsTheSDKToThePort(t *testing.T) {
	for gateway, port := range map[string]string{"https://localhost": "443", "https://localhost:4242": "4242"} {
		program := code(t, "python", gateway) + `
import http.client
from com.alipay.ams.api.net.default_http_rpc import connection
c = connection()
print("port", c.port, c.host, c.timeout)
print("others", http.client.HTTPSConnection("localhost").port)
`
		out := runProgram(t, "python3", "shop.py", program, pythonSDK(), "MERCHANT_PRIVATE_KEY=mine", "ANTOM_PUBLIC_KEY=theirs")
		want := gateway + " " + sandbox.ClientID + " mine theirs\nport " + port + " localhost 7\nothers 443\n"
		if out != want {
			t.Errorf("%s: printed is\n%s\nwant\n%s", gateway, out, want)
		}
	}
}

func TestCodeOfPHPMakesAClient(t *testing.T) {
	sdk := map[string]string{"sdk.php": `<?php
namespace Client;
class DefaultAlipayClient {
    public function __construct($gatewayUrl, $merchantPrivateKey, $alipayPublicKey, $clientId) {
        echo "$gatewayUrl $merchantPrivateKey $alipayPublicKey $clientId";
    }
}
`}
	program := "<?php\nrequire 'sdk.php';\n" + code(t, "php", "")
	out := runProgram(t, "php", "shop.php", program, sdk, "MERCHANT_PRIVATE_KEY=mine", "ANTOM_PUBLIC_KEY=theirs")
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
