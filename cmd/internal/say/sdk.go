package say

import (
	"fmt"
	"net"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// SDK is what a program in one language needs to meet the sandbox.
type SDK struct {
	Language string // "go"
	Gateway  string // where the sandbox is, unless somebody says otherwise
	Secure   bool   // the SDK refuses http://

	comment string // what begins a line of comment
	pkcs1   bool   // the SDK takes a private key for PKCS#1
	notes   func(at SDKGateway) []string
	code    func(at SDKGateway) string // with {gateway}, {clientId} and {port} in it
}

// SDKGateway is a gateway taken apart.
type SDKGateway struct {
	URL    string // "https://127.0.0.1:4242"
	Host   string // "127.0.0.1"
	Port   string // "4242", also where the URL leaves it out
	Secure bool
}

// trustedFile is how the lines name the file of the certificate that
// apo sandbox --tls writes.
const trustedFile = "sandbox-ca.pem"

// SDKs lists the languages.
func SDKs() []SDK {
	return []SDK{
		{Language: "go", comment: "//", Gateway: "http://" + sandbox.DefaultAddress, notes: goNotes, code: goSnippet},
		{Language: "java", comment: "//", Gateway: "https://" + sandbox.DefaultAddress, Secure: true, notes: javaNotes, code: javaSnippet},
		{Language: "python", comment: "#", Gateway: "https://127.0.0.1", Secure: true, pkcs1: true, notes: pythonNotes, code: pythonSnippet},
		{Language: "php", comment: "//", Gateway: "http://" + sandbox.DefaultAddress, notes: phpNotes, code: phpSnippet},
		{Language: "node", comment: "//", Gateway: "http://" + sandbox.DefaultAddress, notes: nodeNotes, code: nodeSnippet},
	}
}

// Lines are comments that say what to do, and the code below them. state is the
// file of --state; empty: the usual one.
func (s SDK) Lines(at SDKGateway, state string) []string {
	server, credentials := "apo sandbox", "apo sandbox credentials"
	if state != "" {
		server += " --state " + Quoted(state)
		credentials += " --state " + Quoted(state)
	}
	if at.Secure {
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
	if !at.Secure {
		notes = append(notes, "Under apo sandbox run that is there already, and GATEWAY_URL with it.")
	}
	notes = append(notes, s.notes(at)...)
	if !apo.IsLoopback(at.Host) {
		notes = append(notes,
			"This line in the hosts file makes this machine the gateway. Take it away again: no live",
			"payment gets past it.",
			"  127.0.0.1 "+at.Host)
	}
	var lines []string
	for _, note := range notes {
		lines = append(lines, s.comment+" "+note)
	}
	values := strings.NewReplacer("{gateway}", at.URL, "{clientId}", sandbox.ClientID, "{port}", at.Port)
	return append(append(lines, ""), strings.Split(values.Replace(s.code(at)), "\n")...)
}

// address is where the sandbox must listen for this gateway.
func (at SDKGateway) address() string {
	if !apo.IsLoopback(at.Host) {
		return "127.0.0.1:" + at.Port
	}
	return net.JoinHostPort(at.Host, at.Port)
}
