package received

import (
	"bytes"
	"errors"
	"strings"
)

// isAnyCurl recognises what curl -v prints, and a command that calls curl.
func isAnyCurl(data []byte) bool {
	return isCommand(data) || !isHTTPFile(data) && isCurl(withoutTimes(data))
}

func readAnyCurl(data []byte, part Part) ([]Message, error) {
	if isCommand(data) {
		return readCommands(data)
	}
	m, err := readCurl(bytes.TrimLeft(withoutTimes(data), "\r\n"), part)
	if err == nil {
		if !m.HasBody && part == RequestPart {
			m.Lossy = "curl -v does not print the body that it sends"
		}
		m.unchunk()
		m.fit()
	}
	return one(m, err)
}

// withoutTimes takes off what --trace-time writes before each line.
func withoutTimes(data []byte) []byte {
	if withoutTime(data) == 0 {
		return data
	}
	out := make([]byte, 0, len(data))
	for line := range bytes.Lines(data) {
		out = append(out, line[withoutTime(line):]...)
	}
	return out
}

// withoutTime is the length of 09:24:03.859210 and [0-0], each with its blank, at the
// beginning: what --trace-time and --trace-ids write.
func withoutTime(line []byte) int {
	n := timeLength(line)
	end := bytes.Index(line[n:], []byte("] "))
	if end > 0 && line[n] == '[' && len(bytes.Trim(line[n+1:n+end], "0123456789-x")) == 0 {
		n += end + len("] ")
	}
	return n
}

func timeLength(line []byte) int {
	const shape = "00:00:00.000000 "
	if len(line) < len(shape) {
		return 0
	}
	for i := range len(shape) {
		digit := line[i] >= '0' && line[i] <= '9'
		if shape[i] == '0' && !digit || shape[i] != '0' && line[i] != shape[i] {
			return 0
		}
	}
	return len(shape)
}

// isCurl recognises the marks with which curl -v begins its lines. Its progress
// meter may come before them.
func isCurl(data []byte) bool {
	for range 20 {
		line, rest, _ := cutLine(data)
		for _, mark := range []string{"* ", "> ", "< ", "{ [", "} ["} {
			if strings.HasPrefix(line, mark) {
				return true
			}
		}
		if beginsOther(line) || len(rest) == 0 {
			return false
		}
		data = rest
	}
	return false
}

// beginsOther reports whether a line begins a message of another form: what
// stands behind it may be that one's body, where its sender wrote what he liked.
func beginsOther(line string) bool {
	method, rest, _ := strings.Cut(line, " ")
	return isRequestLine(line) || isMethod(method) && strings.HasPrefix(rest, "/") || strings.HasPrefix(line, "HTTP/") ||
		strings.HasPrefix(line, ":") || strings.HasPrefix(line, `{"`) || strings.HasPrefix(line, "Request ")
}

// readCurl reads what curl -v prints: lines marked > were sent, < received, *
// are curl's own, and the rest is the body of the answer.
func readCurl(data []byte, part Part) (Message, error) {
	var m Message
	mark := ">"
	if part == ResponsePart {
		mark = "<"
	}
	started, ended := false, false
	var answer []byte
	for len(data) > 0 {
		line, rest, _ := cutLine(data)
		text, marked := strings.CutPrefix(line, mark)
		switch {
		case strings.HasPrefix(line, ">") && (mark == ">" || m.URI == ""):
			sent := strings.TrimPrefix(line[1:], " ")
			if m.URI == "" {
				m.requestLine(sent)
			} else if mark == ">" && sent != "" {
				if err := m.header(sent); err != nil {
					return m, err
				}
			}
			started = started || mark == ">"
		case marked && strings.TrimSpace(text) == "":
			ended = true
		case marked && strings.HasPrefix(strings.TrimSpace(text), "HTTP/"):
			started, ended, m.Header = true, false, nil // a 100 Continue may come before
		case marked:
			if err := m.header(strings.TrimPrefix(text, " ")); err != nil {
				return m, err
			}
		case strings.HasPrefix(line, "<"), strings.HasPrefix(line, ">"), strings.HasPrefix(line, "* "), strings.HasPrefix(line, "{ ["), strings.HasPrefix(line, "} ["):
		default:
			if answer = append(answer, line+"\n"...); ended {
				answer = append(answer, rest...)
				if part == ResponsePart {
					m.Body, m.HasBody = withoutCurlsEnd(data), true
				}
				rest = nil
			}
		}
		data = rest
	}
	if !started {
		return m, errors.New("curl -v of it does not show the half that was signed")
	}
	if part == RequestPart && holdsRequest(string(answer)) {
		return m, errAnother("in what was answered")
	}
	return m, nil
}

// withoutCurlsEnd cuts the lines that curl prints behind a body, on the body's
// last line if that does not end.
func withoutCurlsEnd(body []byte) []byte {
	for _, mark := range []string{"* Connection #", "* Closing connection", "* we are done"} {
		if i := bytes.LastIndex(body, []byte(mark)); i >= 0 {
			body = body[:i]
		}
	}
	return body
}
