package say

import (
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func goNotes(at SDKGateway) []string {
	if !at.Secure {
		return nil
	}
	return []string{
		"  export SSL_CERT_FILE=" + trustedFile,
		"That file is the certificate that apo sandbox --tls writes. Go reads the variable on",
		"Linux and the BSDs; elsewhere use http:// with a loopback address.",
	}
}

func goSnippet(SDKGateway) string {
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

func javaNotes(at SDKGateway) []string {
	notes := []string{
		"The SDK (2.2.8) compares the host's name with the certificate and believes any issuer,",
		"so it needs no more. What else in the program speaks HTTPS to the sandbox, or a later SDK,",
		"trusts it by a store made of the certificate that apo sandbox --tls writes:",
		"  keytool -importcert -noprompt -alias apo-sandbox -file " + trustedFile + " -keystore sandbox-ca.p12 -storepass changeit",
		"  java -Djavax.net.ssl.trustStore=sandbox-ca.p12 -Djavax.net.ssl.trustStorePassword=changeit …",
	}
	if !apo.IsLoopback(at.Host) {
		notes = append(notes,
			"Java can have a hosts file of its own, which then is all that it resolves names with:",
			"  java -Djdk.net.hosts.file=sandbox-hosts …")
	}
	return notes
}

func javaSnippet(SDKGateway) string {
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

func pythonNotes(at SDKGateway) []string {
	notes := []string{
		"The SDK (1.5.5) believes any certificate, so it needs no more. What else in the program",
		"speaks HTTPS to the sandbox, or a later SDK, trusts the certificate that apo sandbox --tls writes:",
		"  export SSL_CERT_FILE=" + trustedFile + " REQUESTS_CA_BUNDLE=" + trustedFile,
	}
	if at.Port == "443" {
		return append(notes,
			"The SDK connects to port 443, whatever its URL says. Where that port cannot be had:",
			"  apo sandbox snippets python --gateway https://"+sandbox.DefaultAddress)
	}
	return notes
}

// pythonSnippet leads the SDK, and it alone, to another port than 443.
func pythonSnippet(at SDKGateway) string {
	imports, port := "import os\n", ""
	if at.Port != "443" {
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

func phpNotes(at SDKGateway) []string {
	if !at.Secure {
		return nil
	}
	return []string{
		"The SDK (1.5.5) compares the host's name with the certificate and believes any issuer,",
		"so it needs no more. A later SDK trusts the certificate that apo sandbox --tls writes by:",
		"  php -d curl.cainfo=" + trustedFile + " …",
	}
}

func phpSnippet(SDKGateway) string {
	return `$client = new \Client\DefaultAlipayClient(
    getenv('GATEWAY_URL') ?: '{gateway}',
    getenv('MERCHANT_PRIVATE_KEY'),
    getenv('ANTOM_PUBLIC_KEY'),
    '{clientId}',
);`
}

func nodeNotes(at SDKGateway) []string {
	if !at.Secure {
		return nil
	}
	return []string{
		"  export NODE_EXTRA_CA_CERTS=" + trustedFile,
		"That file is the certificate that apo sandbox --tls writes.",
	}
}

func nodeSnippet(SDKGateway) string {
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
