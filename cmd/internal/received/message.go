// Package received reads signed messages in the forms in which people have
// them: a raw request as a proxy logs it, the talk of curl -v, and a line of
// JSON. Nothing is trimmed or mended on the way: what is wrong with a message
// is for the diagnosis of its signature to see.
package received

import (
	"net/http"
	"strings"
)

// Message is a signed message before anything is known of it. An empty field
// was not given.
type Message struct {
	Method    string // "POST"
	URI       string // as it stood in the request line
	Header    http.Header
	Body      []byte
	HasBody   bool
	Truncated bool   // fewer bytes than Content-Length says
	Length    int    // Content-Length; 0 where there is none
	Note      string // what was undone on the way, in words
}

// Get returns a header by its name in any case.
func (m Message) Get(name string) string { return m.Header.Get(name) }

// Twice names a header of those that are signed or sign, of which there are
// two with different values: readers disagree which one counts.
func (m Message) Twice() string {
	for _, name := range []string{"Client-Id", "Request-Time", "Response-Time", "Signature"} {
		values := m.Header.Values(name)
		for _, v := range values[min(1, len(values)):] {
			if v != values[0] {
				return strings.ToLower(name)
			}
		}
	}
	return ""
}
