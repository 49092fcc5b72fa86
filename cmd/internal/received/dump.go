package received

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// Part says which half of an exchange carries the signature.
type Part int

const (
	RequestPart  Part = iota // a notification or a request
	ResponsePart             // an answer, whose content has the path of the request
)

// Dump reads a raw HTTP message with its lines ended by LF or CRLF, or what
// curl -v prints. Of an exchange it takes the part that is asked for; the
// request line serves both.
//
// curl -v does not print the body that it sends: then HasBody is false.
func Dump(data []byte, part Part) (Message, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.TrimLeft(data, "\r\n")
	if len(data) == 0 {
		return Message{}, errors.New("it is empty")
	}
	var m Message
	var err error
	if isCurl(data) {
		m, err = readCurl(data, part)
	} else {
		m, err = readRaw(data, part)
	}
	if err != nil {
		return Message{}, err
	}
	m.unchunk()
	m.fit()
	return m, nil
}

// fit compares the body with its Content-Length. A line break that a file has
// behind it belongs to the file, not to the message.
func (m *Message) fit() {
	if n, err := strconv.Atoi(strings.TrimSpace(m.Get("Content-Length"))); err == nil && n > 0 && m.HasBody {
		m.Length = n
		m.Truncated = len(m.Body) < n
		if len(m.Body) <= n {
			return
		}
		switch behind := strings.TrimLeft(string(m.Body[n:]), "\r\n"); {
		case behind == "":
			m.Body = m.Body[:n]
			m.Note = "the file has a line break behind the body that Content-Length does not count; it was left out"
		case strings.HasPrefix(behind, "HTTP/"):
			m.Body = m.Body[:n]
			m.Note = "the answer behind the body was left out"
		}
	}
}

// unchunk undoes the chunks of HTTP/1.1, which are no part of the body.
func (m *Message) unchunk() {
	if !strings.EqualFold(strings.TrimSpace(m.Get("Transfer-Encoding")), "chunked") {
		return
	}
	if body, ok := chunks(m.Body); ok {
		m.Body = body
		m.Note = "the chunks of the body were put together"
	}
}

func chunks(data []byte) ([]byte, bool) {
	var body []byte
	for {
		line, rest, found := bytes.Cut(data, []byte("\n"))
		if !found {
			return nil, false
		}
		size, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if err != nil || int(n) > len(rest) {
			return nil, false
		}
		if n == 0 {
			return body, true
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
	m.Method, m.URI = method, rest
	if i := strings.LastIndex(rest, " HTTP/"); i >= 0 {
		m.URI = rest[:i]
	}
}

// headers reads lines up to an empty one and returns what is behind it; nil
// where the data ends before.
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
		if err := m.header(line); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (m *Message) header(line string) error {
	if name, value, found := strings.Cut(strings.TrimPrefix(line, ":"), ":"); found && line[0] == ':' { // HTTP/2, as browsers show it
		switch value = strings.TrimLeft(value, " \t"); name {
		case "method":
			m.Method = value
		case "path":
			m.URI = value
		case "authority":
			m.add("Host", value)
		}
		return nil
	}
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" || strings.ContainsAny(name, " \t{\"") {
		return errors.New("the line " + strconv.Quote(cut(line)) + " among its headers is none: an empty line separates headers and body")
	}
	// White space around a value is HTTP's, not the value's.
	m.add(name, strings.Trim(value, " \t"))
	return nil
}

func cut(s string) string {
	const most = 20 // it may be a body
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
