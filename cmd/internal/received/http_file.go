package received

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
)

var (
	definition = regexp.MustCompile(`^@([\w.-]+)\s*=\s*(.*)$`)
	variables  = regexp.MustCompile(`\{\{\s*([^{}\s]+)\s*\}\}`)
	editorLine = regexp.MustCompile(`^(?:([A-Z]{3,10})\s+)?((?:https?://|/|\{\{)\S*)(?:\s+HTTP/[0-9.]+)?\s*$`)
)

// isHTTPFile recognises what the HTTP clients of editors run. A bare request is
// left to the form raw.
func isHTTPFile(data []byte) bool {
	for range 60 {
		line, rest, _ := cutLine(data)
		switch {
		case strings.HasPrefix(line, "###"), definition.MatchString(line), strings.HasPrefix(line, "# @"), strings.HasPrefix(line, "// @"):
			return true
		case startLine.MatchString(line):
			return bytes.Contains(rest, []byte("\n###")) || bytes.Contains(data, []byte("{{")) && variables.Match(data[:len(data)-len(rest)])
		case editorLine.MatchString(line) && !strings.HasPrefix(line, "/"):
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
	known := map[string]string{}
	for rest := data; rest != nil; {
		var line string
		line, rest, _ = cutLine(rest)
		if m := definition.FindStringSubmatch(line); m != nil {
			known[m[1]] = strings.TrimSpace(m[2])
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
	switch {
	case len(list) == 0:
		return nil, errors.New("there is no request in it")
	case len(list) == 1 && list[0].Problem != nil:
		return nil, list[0].Problem
	}
	return list, nil
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
		if strings.TrimSpace(line) != "" && !isComment(line) && !definition.MatchString(line) {
			break
		}
		data = rest
	}
	text := data
	data, m.Problem = resolved(data, known)
	if m.Problem != nil {
		data = text
	}
	line, rest, _ := cutLine(data)
	start := editorLine.FindStringSubmatch(strings.TrimSpace(line))
	if start == nil {
		m.Problem = errors.New("the line " + cut(line) + " is not a request line such as POST https://shop.example/hooks/apo")
		return m, true
	}
	url := start[2]
	for { // a query may go on over indented lines
		more, behind, _ := cutLine(rest)
		if part := strings.TrimSpace(more); part != "" && (more[0] == ' ' || more[0] == '\t') && strings.ContainsAny(part[:1], "?&/") {
			url, rest = url+part, behind
			continue
		}
		break
	}
	if m.Method = start[1]; m.Method == "" {
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
	for _, mark := range []string{"\n> {%", "\n> ./", "\n<> "} {
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
	var unknown string
	for range 10 { // a value may name other variables
		if !variables.Match(data) {
			return data, nil
		}
		data = variables.ReplaceAllFunc(data, func(found []byte) []byte {
			name := string(variables.FindSubmatch(found)[1])
			value, there := known[name]
			if !there {
				unknown = name
				return found
			}
			return []byte(value)
		})
		if unknown != "" || len(data) > maxLine {
			break
		}
	}
	if unknown == "" {
		return data, errors.New("its variables name each other without end")
	}
	return data, errors.New("variable " + unknown + " is not resolved: put its value in its place, or define it with @" + unknown + " = value")
}
