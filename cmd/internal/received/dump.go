package received

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Part says which half of an exchange carries the signature.
type Part int

const (
	RequestPart  Part = iota // a notification or a request
	ResponsePart             // an answer, whose content has the path of the request
)

// isRaw recognises a request, an exchange and what a browser shows of one.
func isRaw(data []byte) bool {
	line, _, _ := cutLine(bytes.TrimLeft(data, "\r\n"))
	method, rest, found := strings.Cut(line, " ")
	withoutVersion := found && isMethod(method) && strings.HasPrefix(rest, "/")
	return isRequestLine(line) || withoutVersion || strings.HasPrefix(line, "HTTP/") || isBrowserView(data)
}

// isRequestLine reports whether a line is such as POST /hooks/apo HTTP/1.1.
func isRequestLine(line string) bool {
	method, rest, _ := strings.Cut(strings.TrimRight(line, " \t\r"), " ")
	uri, version, found := strings.Cut(rest, " HTTP/")
	return found && isMethod(method) && uri != "" && !strings.Contains(uri, " ") && version != "" && strings.Trim(version, ".0123456789") == ""
}

func isMethod(word string) bool {
	return len(word) >= 3 && len(word) <= 10 && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Dump reads one message of any form that people see as text.
//
// curl -v does not print the body that it sends: then HasBody is false.
func Dump(data []byte, part Part) (Message, error) {
	c, err := Read(data, "", part)
	if err != nil {
		return Message{}, err
	}
	if len(c.Messages) > 1 {
		return Message{}, errors.New("it holds several messages")
	}
	m := c.Messages[0]
	return m, m.Problem
}

// readMessages reads a message, and those behind it where Content-Length tells
// where each of them ends.
func readMessages(data []byte, part Part) ([]Message, error) {
	data = bytes.TrimLeft(data, "\r\n")
	if isBrowserView(data) {
		return one(readBrowserView(data, part))
	}
	var list []Message
	for {
		m, err := readRaw(data, part)
		if err != nil {
			if len(list) == 0 {
				return nil, err
			}
			return append(list, Message{Problem: err}), nil
		}
		rest := m.behind()
		m.unchunk()
		m.fit()
		list = append(list, m)
		if rest == nil || part == ResponsePart {
			return list, nil
		}
		data = rest
	}
}

func one(m Message, err error) ([]Message, error) {
	if err != nil {
		return nil, err
	}
	return []Message{m}, nil
}

// behind cuts off and returns the next request that stands behind the body.
func (m *Message) behind() []byte {
	n, err := strconv.Atoi(strings.TrimSpace(m.Get("Content-Length")))
	if err != nil || n < 0 || n > len(m.Body) {
		return nil
	}
	rest := bytes.TrimLeft(m.Body[n:], "\r\n")
	if line, _, _ := cutLine(rest); !isRequestLine(line) {
		return nil
	}
	m.Body = m.Body[:n]
	return rest
}

// measure compares the body with its Content-Length.
func (m *Message) measure() {
	m.lengths()
	if n, err := strconv.Atoi(strings.TrimSpace(m.Get("Content-Length"))); err == nil && n > 0 && m.HasBody {
		m.Length = n
		m.Truncated = len(m.Body) < n
	}
}

// lengths says of a Content-Length that readers do not understand alike.
func (m *Message) lengths() {
	first := ""
	for _, f := range m.Header {
		if !strings.EqualFold(f.Name, "Content-Length") || m.Problem != nil {
			continue
		}
		value := strings.TrimSpace(f.Value)
		switch _, err := strconv.ParseUint(value, 10, 63); {
		case value != "" && err != nil:
			m.Problem = errors.New("its Content-Length " + cut(value) + " is no length")
		case first != "" && first != value:
			m.Problem = errors.New("it has two Content-Length that differ, " + cut(first) + " and " + cut(value) + ": nobody can tell where its body ends")
		}
		first = value
	}
}

// fit is measure for a file, which may have a line break of its own behind the
// message.
func (m *Message) fit() {
	m.measure()
	if end := valueEnd(m.Body); m.Length == 0 && end > 0 && bytes.HasPrefix(bytes.TrimLeft(m.Body[end:], "\r\n"), []byte("HTTP/")) && m.Body[0] == '{' {
		m.leaveAnswer(string(m.Body[end:]))
		m.Body = m.Body[:end]
	}
	if n := m.Length; n > 0 && len(m.Body) > n {
		switch behind := strings.TrimLeft(string(m.Body[n:]), "\r\n"); {
		case behind == "":
			m.Body = m.Body[:n]
			m.note("the file has a line break behind the body that Content-Length does not count; it was left out")
		case strings.HasPrefix(behind, "HTTP/"):
			m.Body = m.Body[:n]
			m.leaveAnswer(behind)
		}
	}
	if m.Length > 0 && len(m.Body) != m.Length && m.Lossy == "" {
		m.note(fmt.Sprintf("its Content-Length is %d, and the body here has %d bytes: a server takes as many as that says", m.Length, len(m.Body)))
	}
}

// leaveAnswer leaves out what stands behind the body.
func (m *Message) leaveAnswer(text string) {
	if m.note("the answer behind the body was left out"); m.Problem == nil && holdsRequest(text) {
		m.Problem = errAnother("behind the answer to it")
	}
}

// unchunk undoes the chunks of HTTP/1.1, which are no part of the body.
func (m *Message) unchunk() {
	if !strings.EqualFold(strings.TrimSpace(m.Get("Transfer-Encoding")), "chunked") {
		return
	}
	body, rest, ok := chunks(m.Body)
	switch behind := strings.Trim(string(rest), "\r\n"); {
	case !ok:
		m.note("Transfer-Encoding says chunked, and the body is not")
		return
	case strings.HasPrefix(behind, "HTTP/"):
		m.leaveAnswer(behind)
	case behind != "" && m.Problem == nil:
		m.Problem = errors.New("behind the last chunk of its body stands more: give the message alone, up to there")
	}
	m.Body = body
	m.note("the chunks of the body were put together")
}

// chunks puts the chunks of a body together; rest is what stands behind the last one
// and its trailers.
func chunks(data []byte) (body, rest []byte, ok bool) {
	for {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		if !found {
			return nil, nil, false
		}
		size, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if err != nil || int(n) > len(rest) {
			return nil, nil, false
		}
		if n == 0 {
			for trailer := rest; ; { // name: value, up to an empty line
				line, behind, _ := cutLine(trailer)
				if name, _, found := strings.Cut(line, ":"); line != "" && (!found || strings.ContainsAny(name, " \"{")) {
					return body, rest, true
				}
				if trailer, rest = behind, behind; line == "" || behind == nil {
					return body, rest, true
				}
			}
		}
		body = append(body, rest[:n]...)
		data = bytes.TrimPrefix(bytes.TrimPrefix(rest[n:], []byte("\r")), []byte("\n"))
	}
}

// readRaw reads a message with its start line, and one more message behind it
// if it is an exchange.
func readRaw(data []byte, part Part) (Message, error) {
	var m Message
	start, rest, _ := cutLine(data)
	if !strings.HasPrefix(start, "HTTP/") {
		m.requestLine(start)
		if part == ResponsePart {
			answer := answerIn(rest)
			if answer == nil {
				return m, errors.New("there is no answer in it, which would begin with a line such as HTTP/1.1 200 OK")
			}
			_, rest, _ = cutLine(answer)
		}
	} else if part == RequestPart {
		return m, errors.New("it begins with the status line of an answer; --kind response verifies those")
	}
	rest, err := m.headers(rest)
	if err != nil {
		return m, err
	}
	if m.URI == "" && m.Method == "" && part == RequestPart {
		return m, errors.New("its first line is not a request line such as POST /hooks/apo HTTP/1.1")
	}
	m.Body, m.HasBody = rest, rest != nil
	return m, nil
}

// answerIn finds the status line of an answer behind a request.
func answerIn(data []byte) []byte {
	for rest := data; len(rest) > 0; {
		if bytes.HasPrefix(rest, []byte("HTTP/")) {
			return rest
		}
		_, rest, _ = cutLine(rest)
	}
	return nil
}

// requestLine takes POST /hooks/apo HTTP/1.1 apart. Lines that are none leave
// the message as it is.
func (m *Message) requestLine(line string) {
	method, rest, found := strings.Cut(line, " ")
	if !found || method == "" || strings.Contains(method, ":") {
		return
	}
	if i := strings.LastIndex(rest, " HTTP/"); i >= 0 {
		rest = rest[:i]
	}
	m.Method = method
	m.address(rest)
}

// headers reads lines up to an empty one and returns what is behind it; nil
// where the data ends before. A line that begins with white space goes on with
// the one before it.
func (m *Message) headers(data []byte) ([]byte, error) {
	for len(data) > 0 {
		line, rest, _ := cutLine(data)
		data = rest
		if line == "" {
			if data == nil {
				data = []byte{}
			}
			return data, nil
		}
		if last := len(m.Header) - 1; last >= 0 && (line[0] == ' ' || line[0] == '\t') {
			m.Header[last].Value = strings.TrimLeft(m.Header[last].Value+" "+strings.Trim(line, " \t"), " ")
			continue
		}
		if err := m.header(line); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (m *Message) header(line string) error {
	if name, value, found := strings.Cut(strings.TrimPrefix(line, ":"), ":"); found && line[0] == ':' { // HTTP/2, as browsers show it
		return m.pseudo(name, strings.TrimLeft(value, " \t"))
	}
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" || strings.ContainsAny(name, " \t{\"") {
		return errors.New("the line " + strconv.Quote(cut(line)) + " among its headers is none: an empty line separates headers and body")
	}
	// White space around a value is HTTP's, not the value's.
	m.add(name, strings.Trim(value, " \t"))
	return nil
}

// pseudo takes a header of HTTP/2 that stands for the request line. It is an error
// where another one was there.
func (m *Message) pseudo(name, value string) error {
	switch name {
	case "method":
		if m.Method != "" && !strings.EqualFold(m.Method, value) {
			return errors.New("it has two methods that differ, " + cut(m.Method) + " and :method " + cut(value))
		}
		m.Method = value
	case "path":
		if m.URI != "" && !sameAddress(m.URI, value) {
			return errors.New("it has two paths that differ, " + cut(m.URI) + " and :path " + cut(value))
		}
		m.URI = value
	case "authority":
		m.add("Host", value)
	}
	return nil
}

// cut is the beginning of what somebody wrote, for an error. It may be a body, a
// card number or a key: of those that are cut off no masking could tell.
func cut(s string) string {
	const most, fewDigits, longWord = 20, 5, 15
	digits := 0
	s = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			digits++
		}
		if digits > fewDigits && r >= '0' && r <= '9' {
			return '*'
		}
		return r
	}, s)
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return r != '+' && r != '/' && r != '=' && r != '*' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	}) {
		if len(word) > longWord {
			s = strings.ReplaceAll(s, word, "…")
		}
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// cutLine takes one line off, without its LF, CRLF, or the CRCRLF of a recorded
// terminal. rest is nil at the end.
func cutLine(data []byte) (line string, rest []byte, found bool) {
	before, after, found := bytes.Cut(data, []byte("\n"))
	if !found {
		return strings.TrimRight(string(before), "\r"), nil, false
	}
	return strings.TrimRight(string(before), "\r"), after, true
}
