// Package received reads signed messages in the forms in which people have
// them: a raw request as a proxy logs it, the talk of curl -v, and a line of
// JSON. Nothing is trimmed or mended on the way: what is wrong with a message
// is for the diagnosis of its signature to see.
package received

import "strings"

// Message is a signed message before anything is known of it. An empty field
// was not given.
type Message struct {
	Method    string // "POST"
	URI       string // as it stood in the request line
	Header    []Field
	Body      []byte
	HasBody   bool
	Truncated bool   // fewer bytes than Content-Length says
	Length    int    // Content-Length; 0 where there is none
	Note      string // what was undone on the way, in words
}

// Field is one line of the header.
type Field struct{ Name, Value string }

// Get returns the first header of a name, in any case.
func (m Message) Get(name string) string {
	for _, f := range m.Header {
		if len(f.Name) == len(name) && strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func (m *Message) add(name, value string) { m.Header = append(m.Header, Field{name, value}) }

// Twice names a header of those that are signed or sign, of which there are
// two with different values: readers disagree which one counts.
func (m Message) Twice() string {
	for _, name := range []string{"Client-Id", "Request-Time", "Response-Time", "Signature"} {
		first := m.Get(name)
		for _, f := range m.Header {
			if len(f.Name) == len(name) && strings.EqualFold(f.Name, name) && f.Value != first {
				return strings.ToLower(name)
			}
		}
	}
	return ""
}
