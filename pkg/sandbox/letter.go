package sandbox

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// letter is one side of an exchange, or a notification.
type letter struct {
	Line     string       `json:"line"`   // "POST /ams/api/v1/payments/pay", "200 OK"; "" where there was no answer
	Header   []headerLine `json:"header"` // masked
	Body     string       `json:"body"`   // masked, and at most 8 KiB of it
	Bytes    int          `json:"bytes"`  // of the body on the wire
	Masked   bool         `json:"masked"` // something of the body is hidden
	Cut      bool         `json:"cut,omitempty"`
	Signed   string       `json:"signed,omitempty"` // the content that is signed, up to the body
	Verified bool         `json:"verified"`
	Why      string       `json:"why,omitempty"` // it did not verify
}

type headerLine struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// letterOf keeps a message. Where something of the body is hidden, most of the
// signature is, too: whoever has it whole can tell whether a card number is the one
// that was guessed.
func letterOf(line string, header http.Header, names []string, body []byte, total int, mask apo.Masker) letter {
	masked := withoutUsers(withoutNumbers(mask.JSON(body)))
	l := letter{Line: line, Header: []headerLine{}, Bytes: total, Masked: !bytes.Equal(masked, body), Cut: total > len(body)}
	if len(masked) > mostHeard {
		masked, l.Cut = masked[:mostHeard], true
	}
	l.Body = strings.ToValidUTF8(string(masked), "\uFFFD")
	for _, name := range names {
		value := headerOf(header, name)
		if value == "" {
			continue
		}
		switch {
		case strings.EqualFold(name, "agent-token"): // a secret, whatever it looks like
			value = "***"
		case !strings.EqualFold(name, "signature"):
			value = harmless(value, 200)
		case l.Masked:
			value = harmless(value[:min(len(value), 60)], 60) + "…"
		case !plainSignature(value):
			value = harmless(value, 1000)
		}
		l.Header = append(l.Header, headerLine{name, value})
	}
	return l
}

// headerOf reads a header however its name is written.
func headerOf(header http.Header, name string) string {
	for key, values := range header {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// sealedAs is what was signed of a message, up to its body.
func sealedAs(path string, header http.Header, timeHeader string) string {
	m := sign.Message{Method: http.MethodPost, Path: path, ClientID: headerOf(header, "client-id"), Time: headerOf(header, timeHeader)}
	return harmless(string(m.Content()), 1000)
}

// plainSignature reports whether a signature header is one, and nothing else.
func plainSignature(text string) bool {
	_, err := sign.ParseHeader(text)
	return err == nil && len(text) < 2048
}
