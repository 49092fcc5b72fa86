package received

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// Line is a message on one line of JSON, and the name that its sender gave it.
type Line struct {
	Message
	ID string // raw JSON; empty where there is none
}

// ReadLine reads a line such as
//
//	{"method":"POST","uri":"/hooks/apo","headers":{"client-id":"…","request-time":"…","signature":"…"},"body":"{…}"}
//
// The headers may stand beside uri as clientId, requestTime, responseTime and
// signature, too, as apo sign -o json writes them. The names that functions in
// the cloud get are understood: httpMethod, path, rawPath, rawQueryString,
// isBase64Encoded.
func ReadLine(line []byte) (Line, error) {
	var l Line
	var query string
	var encoded, twice bool
	l.Header = make([]Field, 0, 8)
	err := apo.Members(line, func(name, value []byte) {
		switch name := string(name); name {
		case "id":
			l.ID = string(value)
		case "method", "httpMethod":
			l.Method = string(apo.Text(value))
		case "uri", "url", "path", "rawPath":
			twice = twice || l.URI != ""
			l.URI = string(apo.Text(value))
		case "query", "rawQueryString":
			query = string(apo.Text(value))
		case "headers":
			l.headers(value)
		case "clientId", "client-id":
			l.add("Client-Id", string(apo.Text(value)))
		case "requestTime", "request-time":
			l.add("Request-Time", string(apo.Text(value)))
		case "responseTime", "response-time":
			l.add("Response-Time", string(apo.Text(value)))
		case "signature":
			l.add("Signature", string(apo.Text(value)))
		case "isBase64Encoded":
			encoded = encoded || string(value) == "true"
		case "body", "bodyBase64":
			l.HasBody = true
			encoded = encoded || name == "bodyBase64"
			l.Body = apo.Text(value)
		}
	})
	switch {
	case err != nil:
		return Line{}, err
	case twice:
		return l, errors.New("it has several of uri, url, path and rawPath; one is read")
	}
	if query != "" && !strings.Contains(l.URI, "?") {
		l.URI += "?" + strings.TrimPrefix(query, "?")
	}
	if encoded {
		body, err := base64.StdEncoding.DecodeString(string(l.Body))
		if err != nil {
			return l, errors.New("its body is said to be base64 and is not")
		}
		l.Body = body
	}
	return l, nil
}

// headers takes {"name":"value"} and {"name":["value","value"]}.
func (l *Line) headers(object []byte) {
	_ = apo.Members(object, func(name, value []byte) { // it is strict: the line is
		if value[0] != '[' {
			l.add(string(name), string(apo.Text(value)))
			return
		}
		for _, one := range gjson.ParseBytes(value).Array() {
			l.add(string(name), one.String())
		}
	})
}
