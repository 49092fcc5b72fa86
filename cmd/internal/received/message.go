// Package received reads signed messages in the forms in which people have
// them: what proxies, browsers, editors and functions in the cloud record, and
// lines of logs. Nothing is trimmed or mended on the way without a note: what is
// wrong with a message is for the diagnosis of its signature to see.
package received

import "strings"

// Message is a signed message before anything is known of it. An empty field
// was not given.
type Message struct {
	ID        string   // raw JSON; the name that its sender gave it
	Method    string   // "POST"
	URI       string   // as it stood in the request line
	Others    []string // that may have stood there too: what was recorded does not tell which
	Queried   bool     // there was a query that URI lacks
	Header    []Field
	Body      []byte
	HasBody   bool
	Truncated bool   // fewer bytes than Content-Length says
	Length    int    // Content-Length; 0 where there is none
	Note      string // what was undone on the way, in words
	Lossy     string // what its form does not show, in words
	Problem   error  // why it cannot be read, of one among several; else nil
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

func (m *Message) note(text string) {
	if m.Note != "" {
		m.Note += "; "
	}
	m.Note += text
}

// Twice names a header of those that are signed or sign, of which there are
// two with different values: readers disagree which one counts.
func (m Message) Twice() string {
	for _, name := range signedHeaders() {
		first := m.Get(name)
		for _, f := range m.Header {
			if len(f.Name) == len(name) && strings.EqualFold(f.Name, name) && f.Value != first {
				return strings.ToLower(name)
			}
		}
	}
	return ""
}

func signedHeaders() []string {
	return []string{"Client-Id", "Request-Time", "Response-Time", "Signature"}
}

// Signed reports whether there is a signature to verify.
func (m Message) Signed() bool { return strings.TrimSpace(m.Get("Signature")) != "" }

// Notifies reports whether it plainly is a notification, or an answer of APO's,
// signed or not: it has a header of those that are signed, or says so itself.
func (m Message) Notifies() bool {
	for _, name := range signedHeaders() {
		if m.Get(name) != "" {
			return true
		}
	}
	return len(m.Header) > 0 && strings.Contains(string(m.Body), `"notifyType"`)
}

// address sets the URI from what was recorded as a URL: APO signs what stands
// behind the host.
func (m *Message) address(url string) { m.URI = behindHost(url) }

func behindHost(url string) string {
	_, rest, found := strings.Cut(url, "://")
	if scheme, _, _ := strings.Cut(url, ":"); !found || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return url
	}
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}
