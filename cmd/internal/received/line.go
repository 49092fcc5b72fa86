package received

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// ReadLine reads a line such as
//
//	{"method":"POST","uri":"/hooks/apo","headers":{"client-id":"…","request-time":"…","signature":"…"},"body":"{…}"}
//
// The headers may stand beside uri as clientId, requestTime, responseTime and
// signature, too, as apo sign -o json writes them. A line of any other shape is
// read as an event or as one of a log.
//
// form is a name of [Forms] that is taken line by line; empty: whatever it is.
func ReadLine(line []byte, form string, part Part) (Message, error) {
	if part == RequestPart || !bytes.Contains(line, []byte(`"res`)) {
		if m, plain, err := canonical(line, part); plain {
			return m, err
		}
	}
	return anyLine(line, form, part)
}

// canonical reads a line whose names are all known. plain: it was one, and err
// says what is wrong with it.
func canonical(line []byte, part Part) (m Message, plain bool, err error) {
	var query string
	var encoded bool
	plain = true
	m.Header = make([]Field, 0, 8)
	err = apo.Members(line, func(name, value []byte) {
		switch name := string(name); name {
		case "id":
			m.ID = string(value)
			plain = plain && value[0] != '{' && value[0] != '['
		case "method":
			m.Method = string(apo.Text(value))
		case "uri":
			m.URI = string(apo.Text(value))
		case "query":
			query = string(apo.Text(value))
			plain = plain && value[0] == '"'
		case "headers":
			plain = plain && m.headersIn(value)
		case "clientId", "client-id":
			m.add("Client-Id", string(apo.Text(value)))
		case "requestTime", "request-time":
			m.add("Request-Time", string(apo.Text(value)))
		case "responseTime", "response-time":
			m.add("Response-Time", string(apo.Text(value)))
		case "signature":
			m.add("Signature", string(apo.Text(value)))
		case "isBase64Encoded":
			encoded = encoded || string(value) == "true"
			plain = plain && value[0] != '{' && value[0] != '['
		case "body", "bodyBase64":
			plain = plain && !m.HasBody && (value[0] != '{' || !seemsMessage(string(value))) // one of each
			m.HasBody = true
			encoded = encoded || name == "bodyBase64"
			m.bodyIn(value)
		case "level", "time", "timestamp", "msg", "message": // what loggers add
			plain = plain && !seemsMessage(string(value))
		default:
			plain = plain && value[0] != '{' && value[0] != '[' && len(value) < longRun && !tells(name) && !bytes.Contains(value, []byte("notifyType"))
		}
	})
	if query != "" && strings.Contains(m.URI, "?") { // they may differ
		return Message{}, false, err
	}
	if plain && (m.Twice() != "" || m.agree(part) != nil) { // the reader of any shape names both
		return Message{}, false, err
	}
	if err != nil || !plain || !strings.HasPrefix(m.URI, "/") || m.Get("Signature") == "" || len(m.Header) == 0 || Hidden(m.Get("Signature")) {
		return Message{}, false, err
	}
	if query != "" && !strings.Contains(m.URI, "?") {
		m.URI += "?" + strings.TrimPrefix(query, "?")
	}
	if encoded {
		body, err := base64.StdEncoding.DecodeString(string(m.Body))
		if err != nil {
			return m, true, errors.New("its body is said to be base64 and is not")
		}
		m.Body = body
	}
	m.measure()
	return m, true, nil
}

// tells reports whether a name that is not of the plain line says something of
// the message.
func tells(name string) bool {
	plain := plainName(name)
	header, _ := headerName(plain)
	return header != "" || uriRank(plain) > 0 || bodyRank(plain) > 1 || isHeaders(plain) || plain == "verb" || strings.Contains(plain, "method") || strings.Contains(plain, "query")
}

func (m *Message) bodyIn(value []byte) {
	if value[0] == '{' || value[0] == '[' {
		if data, ok := byteList(gjson.ParseBytes(value)); ok {
			m.Body = data
			m.note("the body was given as a list of bytes, which were put together")
			return
		}
	}
	m.Body = apo.Text(value)
}

// headersIn takes {"name":"value"} and {"name":["value","value"]}; other shapes
// are for the reader of logs.
func (m *Message) headersIn(object []byte) (plain bool) {
	if object[0] != '{' {
		return false
	}
	plain = true
	_ = apo.Members(object, func(name, value []byte) { // it is strict: the line is
		switch value[0] {
		case '{':
			plain = false
		case '[':
			for _, one := range gjson.ParseBytes(value).Array() {
				plain = plain && one.Type == gjson.String
				m.add(string(name), one.String())
			}
		default:
			m.add(string(name), string(apo.Text(value)))
		}
	})
	return plain
}

// anyLine reads a line as an event, as a line of a log, or as text.
func anyLine(line []byte, form string, part Part) (Message, error) {
	c, err := Read(line, form, part)
	if err == nil && len(c.Messages) != 1 {
		err = errors.New("it holds several messages; give the file with --http")
	}
	if err != nil {
		var none *Unknown
		if goesOn(line) {
			return Message{}, errors.New("JSON over several lines begins in it; give the file with --http")
		}
		if strictly := apo.CheckJSON(line); strictly != nil && errors.As(err, &none) && !bytes.Contains(line, []byte(`\x`)) {
			return Message{}, &Unknown{Form: none.Form, Seems: none.Seems, Signed: none.Signed, NotJSON: strictly}
		}
		return Message{}, err
	}
	m := c.Messages[0]
	return m, m.Problem
}
