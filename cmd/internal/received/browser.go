package received

import (
	"bytes"
	"strings"
)

// isBrowserView recognises what the network view of a browser shows of a request:
// headers of HTTP/2 (":method"), or the lines of Chrome's "General".
func isBrowserView(data []byte) bool {
	for range 12 {
		line, rest, _ := cutLine(data)
		name, _, _ := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, ":method"), strings.HasPrefix(line, ":path"), strings.HasPrefix(line, ":authority"),
			name == "Request URL", name == "Request Method":
			return true
		case isRequestLine(line), strings.HasPrefix(line, "{"), rest == nil:
			return false
		}
		data = rest
	}
	return false
}

// readBrowserView reads such a view. Newer browsers put the value on the line
// behind its name. Titles separate the parts; what is behind an empty line that no
// title follows is the body.
func readBrowserView(data []byte, part Part) (Message, error) {
	var m Message
	answer, wanted := false, part == ResponsePart
	var answered []byte
	whole := func() Message {
		if m.fit(); m.Problem == nil && holdsRequest(string(answered)) {
			m.Problem = errAnother("among the headers of the answer")
		}
		return m
	}
	for len(data) > 0 {
		line, rest, _ := cutLine(data)
		title := strings.TrimSpace(line)
		switch section := sectionOf(title); {
		case section == "body":
			if m.Body, m.HasBody = rest, true; !wanted {
				return whole(), nil
			}
		case section == "response":
			answer = true
		case section != "":
			answer = answer && section != "request"
		case title == "":
			next := bytes.TrimLeft(rest, "\r\n")
			following, _, _ := cutLine(next)
			if len(m.Header) == 0 || sectionOf(strings.TrimSpace(following)) != "" || following == "" {
				break
			}
			if m.URI != "" && (following[0] == '{' || following[0] == '[') {
				m.Body, m.HasBody = rest, true
				return whole(), nil
			}
		case strings.HasPrefix(title, "HTTP/"):
			answer = true
		case isRequestLine(title):
			m.requestLine(title)
		default:
			if bare := strings.TrimSuffix(title, ":"); len(rest) > 0 && (bare != title || isGeneral(title)) { // the value is on the next line
				value, behind, _ := cutLine(rest)
				title, rest = bare+": "+strings.TrimSpace(value), behind
			}
			if answer && !wanted {
				answered = append(answered, title+"\n"...)
			}
			if err := m.shown(title, answer == wanted); err != nil {
				return m, err
			}
		}
		data = rest
	}
	return whole(), nil
}

// sectionOf says what a title begins: "request", "response", "body", "other";
// empty where it is none.
func sectionOf(title string) string {
	name, _, _ := strings.Cut(title, " (")
	switch strings.ToLower(name) {
	case "request headers", "request":
		return "request"
	case "response headers", "response":
		return "response"
	case "request payload", "request body", "payload":
		return "body"
	case "general", "headers", "raw", "view source", "view parsed", "summary", "provisional headers are shown", "learn more":
		return "other"
	}
	return ""
}

// shown takes one line of the view.
func (m *Message) shown(line string, wanted bool) error {
	name, value, _ := strings.Cut(line, ":")
	switch value = strings.TrimSpace(value); {
	case name == "Request URL" || name == "URL":
		m.address(value)
	case name == "Request Method":
		m.Method = value
	case isGeneral(name):
	case wanted || strings.HasPrefix(line, ":"):
		return m.header(line)
	}
	return nil
}

// isGeneral reports whether a line is of what browsers show beside the headers.
func isGeneral(name string) bool {
	switch name {
	case "Request URL", "URL", "Request Method", "Status Code", "Status", "Remote Address", "Referrer Policy", "Version", "Transferred", "Scheme":
		return true
	}
	return false
}
