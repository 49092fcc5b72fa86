package say

import (
	"fmt"
	"strings"

	"github.com/apo-cli/apo/pkg/sign"
)

// SignedRequest is what apo sign -o json prints.
type SignedRequest struct {
	Method      string            `json:"method"`
	URI         string            `json:"uri"`
	ClientID    string            `json:"clientId"`
	RequestTime string            `json:"requestTime"`
	KeyVersion  string            `json:"keyVersion"`
	SHA256      string            `json:"sha256,omitempty"` // of the content; empty where its body holds card data
	Signature   string            `json:"signature"`
	Headers     map[string]string `json:"headers"`
	Content     string            `json:"content,omitempty"` // masked, where it was asked for
}

// Signed is what a message that was signed is sent with. It has neither digest nor
// content.
func Signed(m sign.Message, keyVersion, header string) SignedRequest {
	return SignedRequest{
		Method: m.Method, URI: m.Path, ClientID: m.ClientID, RequestTime: m.Time, KeyVersion: keyVersion, Signature: header,
		Headers: map[string]string{
			"Content-Type": "application/json; charset=UTF-8", "Client-Id": m.ClientID, "Request-Time": m.Time, "Signature": header,
		},
	}
}

// ShowSignedRequest writes the headers, and the content, whose length in bytes is
// given, if the signature has it.
func (p Printer) ShowSignedRequest(s SignedRequest, length int) error {
	if p.AsTable() {
		s.Headers = nil // they say the same again
	}
	if p.Structured() {
		return p.ShowOwn(s)
	}
	var b strings.Builder
	if s.Content != "" {
		fmt.Fprintf(&b, "content  %s\n", visible(s.Content))
		fmt.Fprintf(&b, "length   %d bytes\n", length)
		if s.SHA256 == "" {
			b.WriteString("sha-256  not shown: the body holds card data, and a digest could be searched\n\n")
		} else {
			fmt.Fprintf(&b, "sha-256  %s\n\n", s.SHA256)
		}
	}
	for _, name := range []string{"Content-Type", "Client-Id", "Request-Time", "Signature"} {
		fmt.Fprintf(&b, "%s: %s\n", name, s.Headers[name])
	}
	_ = p.WriteText(b.String())
	return nil
}

// visible shows what a screen would hide.
func visible(s string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\ufeff", `\ufeff`).Replace(s)
}
