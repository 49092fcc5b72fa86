package cmd

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// sdkSnippet is what a program in one language needs to meet the sandbox.
type sdkSnippet struct {
	language string
	comment  string // what begins a line of comment
	gateway  string // where the sandbox is, unless --gateway says otherwise
	secure   bool   // the SDK refuses http://
	pkcs1    bool   // the SDK takes a private key for PKCS#1
	notes    func(at sdkGateway) []string
	code     func(at sdkGateway) string // with {gateway}, {clientId} and {port} in it
}

// sdkGateway is a gateway taken apart.
type sdkGateway struct {
	url    string // "https://127.0.0.1:4242"
	host   string // "127.0.0.1"
	port   string // "4242"
	secure bool
}

// trustedFile is how the snippets name the file of the certificate that
// apo sandbox --tls writes.
const trustedFile = "sandbox-ca.pem"

func newSandboxSnippetsCmd(d *deps, o *sandboxOptions) *cobra.Command {
	var gateway string
	var names []string
	for _, s := range sdkSnippets() {
		names = append(names, s.language)
	}
	wanted := strings.Join(names, "|")
	cmd := &cobra.Command{
		Use:   "snippets " + wanted,
		Short: "Print the lines that make an SDK talk to the sandbox",
		Long: `Print the lines that make a program with Antom's official SDK talk to the sandbox:
how to start the sandbox, the keys for the program's environment, and its client.
No key is printed; the lines say how to get them from apo sandbox credentials.

Java's and Python's SDKs speak HTTPS alone, Python's to port 443 alone. The gateway
may be one of Antom's too, such as sea: its name must then lead to this machine,
and the lines say how. For Node.js there is no SDK in them; they sign and verify
by themselves.`,
		Example: `  # for a program in Go
  apo sandbox snippets go

  # for one in Python, where port 443 cannot be had
  apo sandbox snippets python --gateway https://127.0.0.1:4242`,
		Args:      arguments(1, 1, "one language: "+wanted),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			i := slices.IndexFunc(sdkSnippets(), func(s sdkSnippet) bool { return s.language == args[0] })
			if i < 0 {
				return say.Fail(say.Usage, "%q is not one of %s", args[0], strings.Join(names, ", "))
			}
			s := sdkSnippets()[i]
			if gateway == "" {
				gateway = s.gateway
			}
			at, err := s.parseGateway(gateway)
			if err != nil {
				return err
			}
			if strings.ContainsFunc(o.state, unicode.IsControl) {
				return say.Fail(say.Usage, "--state %q cannot stand in a comment", o.state)
			}
			lines := s.lines(at, o.state)
			if d.printer().WantsJSON() {
				return d.printer().ShowOwn(struct {
					Language string   `json:"language"`
					Lines    []string `json:"lines"`
				}{s.language, lines})
			}
			return d.io.WriteText(strings.Join(lines, "\n") + "\n")
		},
	}
	cmd.Flags().StringVar(&gateway, "gateway", "", "`URL` to name as the gateway, or sea, na or eu (default: the sandbox's usual one for the language)")
	return cmd
}

// parseGateway accepts this machine, and Antom's gateways, for which the
// sandbox has a certificate.
func (s sdkSnippet) parseGateway(text string) (sdkGateway, error) {
	g, err := apo.ParseGateway(text)
	if err != nil {
		return sdkGateway{}, say.Fail(say.Usage, "--gateway: %v", err)
	}
	u, err := url.Parse(g.String())
	if err != nil {
		return sdkGateway{}, say.Fail(say.Usage, "--gateway: %v", err)
	}
	at := sdkGateway{url: g.String(), host: strings.ToLower(u.Hostname()), port: u.Port(), secure: u.Scheme == "https"}
	switch {
	case at.port != "":
	case at.secure:
		at.port = "443"
	default:
		at.port = "80"
	}
	if s.secure && !at.secure {
		return sdkGateway{}, say.Fail(say.Usage, "--gateway: the SDK for %s speaks https:// alone, not %s", s.language, at.url).
			Hint("apo sandbox snippets %s --gateway %s", s.language, s.gateway)
	}
	if at.secure && !slices.Contains(sandbox.AuthorityNames(), at.host) {
		return sdkGateway{}, say.Fail(say.Usage, "--gateway: the sandbox has no certificate for %s", at.host).
			Hint("it has one for %s", strings.Join(sandbox.AuthorityNames(), ", "))
	}
	return at, nil
}

// lines are comments that say what to do, and the code below them.
func (s sdkSnippet) lines(at sdkGateway, state string) []string {
	server, credentials := "apo sandbox", "apo sandbox credentials"
	if state != "" {
		server += " --state " + say.Quoted(state)
		credentials += " --state " + say.Quoted(state)
	}
	if at.secure {
		server += " --tls --ca-out " + trustedFile
	}
	if address := at.address(); address != sandbox.DefaultAddress {
		server += " --listen " + address
	}
	notes := []string{"The sandbox:", "  " + server, "The environment of this program:"}
	if s.pkcs1 {
		notes = append(notes,
			fmt.Sprintf(`  apo keys convert "$(%s -q merchantPrivateKeyFile)" --to pkcs1-base64 --out merchant-pkcs1.txt`, credentials),
			`  export MERCHANT_PRIVATE_KEY="$(cat merchant-pkcs1.txt)"`)
	} else {
		notes = append(notes, fmt.Sprintf(`  export MERCHANT_PRIVATE_KEY="$(%s -q merchantPrivateKey)"`, credentials))
	}
	notes = append(notes, fmt.Sprintf(`  export ANTOM_PUBLIC_KEY="$(%s -q antomPublicKey)"`, credentials))
	if !at.secure {
		notes = append(notes, "Under apo sandbox run that is there already, and GATEWAY_URL with it.")
	}
	notes = append(notes, s.notes(at)...)
	if !apo.IsLoopback(at.host) {
		notes = append(notes,
			"This line in the hosts file makes this machine the gateway. Take it away again: no live",
			"payment gets past it.",
			"  127.0.0.1 "+at.host)
	}
	var lines []string
	for _, note := range notes {
		lines = append(lines, s.comment+" "+note)
	}
	values := strings.NewReplacer("{gateway}", at.url, "{clientId}", sandbox.ClientID, "{port}", at.port)
	return append(append(lines, ""), strings.Split(values.Replace(s.code(at)), "\n")...)
}

// address is where the sandbox must listen for this gateway.
func (at sdkGateway) address() string {
	if !apo.IsLoopback(at.host) {
		return "127.0.0.1:" + at.port
	}
	return net.JoinHostPort(at.host, at.port)
}

func sdkSnippets() []sdkSnippet {
	return []sdkSnippet{
		{language: "go", comment: "//", gateway: "http://" + sandbox.DefaultAddress, notes: goNotes, code: goSnippet},
		{language: "java", comment: "//", gateway: "https://" + sandbox.DefaultAddress, secure: true, notes: javaNotes, code: javaSnippet},
		{language: "python", comment: "#", gateway: "https://127.0.0.1", secure: true, pkcs1: true, notes: pythonNotes, code: pythonSnippet},
		{language: "php", comment: "//", gateway: "http://" + sandbox.DefaultAddress, notes: phpNotes, code: phpSnippet},
		{language: "node", comment: "//", gateway: "http://" + sandbox.DefaultAddress, notes: nodeNotes, code: nodeSnippet},
	}
}

func goNotes(at sdkGateway) []string {
	if !at.secure {
		return nil
	}
	return []string{
		"  export SSL_CERT_FILE=" + trustedFile,
		"That file is the certificate that apo sandbox --tls writes. Go reads the variable on",
		"Linux and the BSDs; elsewhere use http:// with a loopback address.",
	}
}

func goSnippet(sdkGateway) string {
	return `import (
	"cmp"
	"os"

	antom "github.com/alipay/global-open-sdk-go/com/alipay/api"
)

func sandboxClient() *antom.DefaultAlipayClient {
	return antom.NewDefaultAlipayClient(
		cmp.Or(os.Getenv("GATEWAY_URL"), "{gateway}"),
		"{clientId}",
		os.Getenv("MERCHANT_PRIVATE_KEY"),
		os.Getenv("ANTOM_PUBLIC_KEY"),
	)
}`
}

func javaNotes(at sdkGateway) []string {
	notes := []string{
		"The SDK (2.2.8) compares the host's name with the certificate and believes any issuer,",
		"so it needs no more. What else in the program speaks HTTPS to the sandbox, or a later SDK,",
		"trusts it by a store made of the certificate that apo sandbox --tls writes:",
		"  keytool -importcert -noprompt -alias apo-sandbox -file " + trustedFile + " -keystore sandbox-ca.p12 -storepass changeit",
		"  java -Djavax.net.ssl.trustStore=sandbox-ca.p12 -Djavax.net.ssl.trustStorePassword=changeit …",
	}
	if !apo.IsLoopback(at.host) {
		notes = append(notes,
			"Java can have a hosts file of its own, which then is all that it resolves names with:",
			"  java -Djdk.net.hosts.file=sandbox-hosts …")
	}
	return notes
}

func javaSnippet(sdkGateway) string {
	return `import com.alipay.global.api.AlipayClient;
import com.alipay.global.api.DefaultAlipayClient;

class Sandbox {
    static AlipayClient client() {
        return new DefaultAlipayClient(
                "{gateway}",
                System.getenv("MERCHANT_PRIVATE_KEY"),
                System.getenv("ANTOM_PUBLIC_KEY"),
                "{clientId}");
    }
}`
}

func pythonNotes(at sdkGateway) []string {
	notes := []string{
		"The SDK (1.5.5) believes any certificate, so it needs no more. What else in the program",
		"speaks HTTPS to the sandbox, or a later SDK, trusts the certificate that apo sandbox --tls writes:",
		"  export SSL_CERT_FILE=" + trustedFile + " REQUESTS_CA_BUNDLE=" + trustedFile,
	}
	if at.port == "443" {
		return append(notes,
			"The SDK connects to port 443, whatever its URL says. Where that port cannot be had:",
			"  apo sandbox snippets python --gateway https://"+sandbox.DefaultAddress)
	}
	return notes
}

// pythonSnippet leads the SDK, and it alone, to another port than 443.
func pythonSnippet(at sdkGateway) string {
	imports, port := "import os\n", ""
	if at.port != "443" {
		imports = "import http.client\nimport os\nimport types\n"
		port = `

class SandboxConnection(http.client.HTTPSConnection):
    """Goes to the sandbox's port, where the SDK says 443."""

    def __init__(self, host, port, **options):
        super().__init__(host, {port}, **options)


default_http_rpc.http_client = types.SimpleNamespace(HTTPSConnection=SandboxConnection)
`
	}
	library := "from com.alipay.ams.api.default_alipay_client import DefaultAlipayClient\n"
	if port != "" {
		library += "from com.alipay.ams.api.net import default_http_rpc\n"
	}
	return imports + "\n" + library + port + `
client = DefaultAlipayClient(
    "{gateway}",
    "{clientId}",
    os.environ["MERCHANT_PRIVATE_KEY"],
    os.environ["ANTOM_PUBLIC_KEY"],
)`
}

func phpNotes(at sdkGateway) []string {
	if !at.secure {
		return nil
	}
	return []string{
		"The SDK (1.5.5) compares the host's name with the certificate and believes any issuer,",
		"so it needs no more. A later SDK trusts the certificate that apo sandbox --tls writes by:",
		"  php -d curl.cainfo=" + trustedFile + " …",
	}
}

func phpSnippet(sdkGateway) string {
	return `$client = new \Client\DefaultAlipayClient(
    getenv('GATEWAY_URL') ?: '{gateway}',
    getenv('MERCHANT_PRIVATE_KEY'),
    getenv('ANTOM_PUBLIC_KEY'),
    '{clientId}',
);`
}

func nodeNotes(at sdkGateway) []string {
	if !at.secure {
		return nil
	}
	return []string{
		"  export NODE_EXTRA_CA_CERTS=" + trustedFile,
		"That file is the certificate that apo sandbox --tls writes.",
	}
}

func nodeSnippet(sdkGateway) string {
	return `import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

const gateway = process.env.GATEWAY_URL ?? '{gateway}';
const clientId = '{clientId}';
const der = (name) => Buffer.from(process.env[name], 'base64');
const privateKey = createPrivateKey({ key: der('MERCHANT_PRIVATE_KEY'), format: 'der', type: 'pkcs8' });
const publicKey = createPublicKey({ key: der('ANTOM_PUBLIC_KEY'), format: 'der', type: 'spki' });

// Returns the verified answer of an API such as 'pay'.
export async function call(api, request) {
  const path = '/ams/sandbox/api/v1/payments/' + api;
  const content = (time, body) => Buffer.from('POST ' + path + '\n' + clientId + '.' + time + '.' + body);
  const time = String(Date.now());
  const body = JSON.stringify(request);
  const signature = encodeURIComponent(sign('sha256', content(time, body), privateKey).toString('base64'));
  const answer = await fetch(gateway + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=UTF-8',
      'Client-Id': clientId,
      'Request-Time': time,
      'Signature': 'algorithm=RSA256,keyVersion=1,signature=' + signature,
    },
    body,
  });
  const text = await answer.text();
  const [, value] = /signature=([^,]+)/.exec(answer.headers.get('signature')) ?? [];
  if (!value) throw new Error('an unsigned answer: ' + text);
  const signed = content(answer.headers.get('response-time'), text);
  if (!verify('sha256', signed, publicKey, Buffer.from(decodeURIComponent(value), 'base64'))) {
    throw new Error('the signature of the answer does not verify');
  }
  return JSON.parse(text);
}`
}
