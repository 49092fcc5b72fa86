package received

import (
	"bytes"
	"errors"
	"slices"
	"strings"
)

// isHTTPFile recognises what the HTTP clients of editors run. A bare request is
// left to the form raw.
func isHTTPFile(data []byte) bool {
	commented := false
	for range 60 {
		line, rest, _ := cutLine(data)
		commented = commented || isComment(line)
		switch {
		case strings.HasPrefix(line, "###"), isDefinition(line), strings.HasPrefix(line, "# @"), strings.HasPrefix(line, "// @"):
			return true
		case isRequestLine(line):
			return commented || bytes.Contains(rest, []byte("\n###")) || strings.Contains(line, "{{")
		case !strings.HasPrefix(line, "/") && isEditorLine(line):
			return true
		case strings.TrimSpace(line) != "" && !isComment(line):
			return false
		}
		if rest == nil {
			return false
		}
		data = rest
	}
	return false
}

func isComment(line string) bool {
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
}

// readHTTPFile reads the requests of such a file.
func readHTTPFile(data []byte, _ Part) ([]Message, error) {
	whole, known := data, map[string]string{}
	for rest := data; rest != nil; {
		var line string
		line, rest, _ = cutLine(rest)
		if isDefinition(line) {
			name, value, _ := strings.Cut(line[1:], "=")
			known[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	var list []Message
	for len(data) > 0 {
		var request []byte
		request, data = untilMark(data)
		if m, there := editorRequest(request, known); there {
			list = append(list, m)
		}
	}
	if err := unreadText(whole, list); err != nil && len(list) > 0 {
		list = append(list, Message{Problem: err})
	}
	switch {
	case len(list) == 0:
		return nil, errors.New("there is no request in it")
	case len(list) == 1 && list[0].Problem != nil:
		return nil, list[0].Problem
	}
	return list, nil
}

// isDefinition recognises @name = value.
func isDefinition(line string) bool {
	name, _, found := strings.Cut(line, "=")
	return found && len(name) > 1 && name[0] == '@' && !strings.ContainsAny(strings.TrimSpace(name), " \t:")
}

func isEditorLine(line string) bool {
	_, _, is := editorLine(line)
	return is
}

// editorLine takes apart POST https://shop.example/hooks/apo HTTP/1.1, of which
// the method and the version may be left out.
func editorLine(line string) (method, url string, is bool) {
	words := strings.Fields(line)
	if len(words) > 1 && isMethod(words[0]) {
		method, words = words[0], words[1:]
	}
	if len(words) == 2 && strings.HasPrefix(words[1], "HTTP/") {
		words = words[:1]
	}
	if len(words) != 1 {
		return "", "", false
	}
	for _, begin := range []string{"http://", "https://", "/", "{{"} {
		if strings.HasPrefix(words[0], begin) {
			return method, words[0], true
		}
	}
	return "", "", false
}

// untilMark cuts off what stands before the next ###.
func untilMark(data []byte) (request, rest []byte) {
	for at := 0; at < len(data); {
		if bytes.HasPrefix(data[at:], []byte("###")) {
			request = data[:at]
			if _, rest, _ = bytes.Cut(data[at:], []byte("\n")); rest == nil {
				rest = []byte{}
			}
			return request, rest
		}
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
	}
	return data, nil
}

// editorRequest reads one request; there is false where only comments and
// definitions stand.
func editorRequest(data []byte, known map[string]string) (m Message, there bool) {
	for {
		if len(data) == 0 {
			return m, false
		}
		line, rest, _ := cutLine(data)
		if strings.HasPrefix(line, "< {%") { // a script that runs before it
			_, data, _ = bytes.Cut(data, []byte("%}"))
			continue
		}
		if strings.TrimSpace(line) != "" && !isComment(line) && !isDefinition(line) {
			break
		}
		data = rest
	}
	text := data
	data, open := withoutOpen(data, known)
	data, m.Problem = resolved(data, known)
	if m.Problem != nil {
		data = text
	}
	if len(open) > 0 {
		m.note(notResolved + strings.Join(open, ", "))
	}
	line, rest, _ := cutLine(data)
	method, url, is := editorLine(line)
	if !is {
		m.Problem = errors.New("the line " + cut(line) + " is not a request line such as POST https://shop.example/hooks/apo")
		return m, true
	}
	for { // a query may go on over indented lines
		more, behind, _ := cutLine(rest)
		if part := strings.TrimSpace(more); part != "" && (more[0] == ' ' || more[0] == '\t') && strings.ContainsAny(part[:1], "?&/") {
			url, rest = url+part, behind
			continue
		}
		break
	}
	if m.Method = method; method == "" {
		m.Method = "GET"
	}
	m.address(url)
	body, err := m.headers(withoutComments(rest))
	if m.Problem == nil {
		m.Problem = err
	}
	m.editorBody(body)
	return m, true
}

const notResolved = "not resolved, and not covered by the signature: "

// withoutOpen takes the variables out that have no value and stand where the
// signature does not look: in the host of the address and in other headers than its
// own. open names them.
func withoutOpen(data []byte, known map[string]string) (out []byte, open []string) {
	first := true
	for len(data) > 0 {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		text := strings.TrimRight(string(line), "\r")
		if strings.TrimSpace(text) == "" {
			break
		}
		name, value, _ := strings.Cut(text, ":")
		switch _, err := resolved([]byte(text), known); {
		case isComment(text):
			data = rest
			continue
		case err == nil || text[0] == ' ' || text[0] == '\t':
		case first:
			if _, url, _ := editorLine(text); url != "" {
				if host := hostOf(url); strings.Contains(host, "{{") {
					open = append(open, cut(host)+" of the address")
					line = bytes.Replace(line, []byte(host), []byte("host.invalid"), 1)
				}
			}
		case value != "" && !matters(name):
			open = append(open, "the header "+cut(strings.ToLower(name))+" ("+cut(strings.TrimSpace(value))+")")
			line = []byte(name + ": ")
		}
		first = false
		if out = append(out, line...); found {
			out = append(out, '\n')
		}
		data = rest
	}
	return append(out, data...), open
}

// matters reports whether the verdict depends on a header.
func matters(header string) bool {
	return slices.ContainsFunc(append(signedHeaders(), "Content-Length", "Transfer-Encoding"), func(h string) bool { return strings.EqualFold(h, header) })
}

// hostOf is what stands between :// and the path.
func hostOf(url string) string {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return rest[:i]
	}
	return rest
}

// withoutComments leaves out the comments among the headers.
func withoutComments(data []byte) []byte {
	var head []byte
	for len(data) > 0 {
		line, rest, _ := cutLine(data)
		if strings.TrimSpace(line) == "" {
			return append(head, data...)
		}
		if !isComment(line) {
			head = append(append(head, line...), '\n')
		}
		data = rest
	}
	return head
}

// editorBody takes what the editor sends: neither scripts behind it nor the line
// breaks at its end, unless Content-Length counts them.
func (m *Message) editorBody(body []byte) {
	if file, found := bytes.CutPrefix(bytes.TrimSpace(body), []byte("< ")); found && m.Problem == nil {
		m.Problem = errors.New("its body is in another file, " + cut(string(file)) + ": put it below the headers")
		return
	}
	for _, mark := range []string{"\n> {%", "\n> ./", "\n<> ", "\n>> ", "\n>>! "} {
		if i := bytes.Index(body, []byte(mark)); i >= 0 {
			body = body[:i+1]
		}
	}
	m.Body, m.HasBody = body, body != nil
	if m.Get("Content-Length") != "" {
		m.fit()
		return
	}
	if m.Body = bytes.TrimRight(body, "\r\n"); len(m.Body) < len(body) {
		m.note("line breaks behind the body belong to the .http file and were left out")
	}
}

// resolved puts the values of variables in their place.
func resolved(data []byte, known map[string]string) ([]byte, error) {
	const most = 10 // a value may name other variables
	for range most {
		var out []byte
		replaced := false
		rest := data
		for {
			before, name, behind := nextVariable(rest)
			out = append(out, before...)
			if name == "" {
				break
			}
			value, there := known[name]
			if !there {
				if strings.ContainsAny(name, "0123456789") { // it may be no name
					name = cut(name)
				}
				return data, errors.New("variable " + name + " is not resolved: put its value in its place, or define it with @" + name + " = value")
			}
			out, rest, replaced = append(out, value...), behind, true
		}
		if !replaced {
			return data, nil
		}
		if data = out; len(data) > maxLine {
			break
		}
	}
	return data, errors.New("its variables name each other without end")
}

// nextVariable finds {{name}}; name is empty where there is none.
func nextVariable(data []byte) (before []byte, name string, behind []byte) {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("{{"))
		if i < 0 {
			return data, "", nil
		}
		at += i
		end := bytes.Index(data[at:], []byte("}}"))
		if end < 0 {
			return data, "", nil
		}
		name := strings.TrimSpace(string(data[at+2 : at+end]))
		if name != "" && !strings.ContainsAny(name, " \t\r\n\"{}:,") {
			return data[:at], name, data[at+end+2:]
		}
		at += 2
	}
}
