package received

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
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
	if !gjson.ValidBytes(line) {
		return Line{}, errors.New("it is not JSON")
	}
	doc := gjson.ParseBytes(line)
	if !doc.IsObject() {
		return Line{}, errors.New("it is JSON, but not an object")
	}
	var l Line
	var query string
	var encoded, twice bool
	l.Header = make(http.Header, 4)
	doc.ForEach(func(key, value gjson.Result) bool {
		switch name := key.Str; name {
		case "id":
			l.ID = value.Raw
		case "method", "httpMethod":
			l.Method = value.String()
		case "uri", "url", "path", "rawPath":
			twice = twice || l.URI != ""
			l.URI = value.String()
		case "query", "rawQueryString":
			query = value.String()
		case "headers":
			value.ForEach(func(name, value gjson.Result) bool {
				if value.IsArray() {
					for _, one := range value.Array() {
						l.Header.Add(name.Str, one.String())
					}
				} else {
					l.Header.Add(name.Str, value.String())
				}
				return true
			})
		case "clientId", "client-id":
			l.Header.Set("Client-Id", value.String())
		case "requestTime", "request-time":
			l.Header.Set("Request-Time", value.String())
		case "responseTime", "response-time":
			l.Header.Set("Response-Time", value.String())
		case "signature":
			l.Header.Set("Signature", value.String())
		case "isBase64Encoded":
			encoded = value.Bool()
		case "body", "bodyBase64":
			l.HasBody = true
			encoded = encoded || name == "bodyBase64"
			if value.Type == gjson.String {
				l.Body = []byte(value.String())
			} else {
				l.Body = []byte(value.Raw)
			}
		}
		return true
	})
	if twice {
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
