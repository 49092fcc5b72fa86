package received

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// isHAR recognises a recording in the HTTP Archive format, or one entry of it.
func isHAR(data []byte) bool {
	if !isJSONStart(data) {
		return false
	}
	v := firstJSON(data)
	return v != nil && (gjson.GetBytes(v, "log.entries").IsArray() || gjson.GetBytes(v, "request.headers.0.name").Exists() && gjson.GetBytes(v, "request.url").Exists() && gjson.GetBytes(v, "response").Exists())
}

func readHAR(data []byte, part Part) ([]Message, error) {
	v := gjson.ParseBytes(firstJSON(data))
	entries := []gjson.Result{v}
	if all := v.Get("log.entries"); all.IsArray() {
		entries = all.Array()
		if err := apo.CheckJSON([]byte(strings.Replace(v.Raw, all.Raw, "[]", 1))); err != nil {
			return nil, err // which entries are meant
		}
	}
	if len(entries) == 0 {
		return nil, errors.New("it has no entries")
	}
	var list []Message
	for _, e := range entries {
		m := harMessage(e, part)
		m.doubt(apo.CheckJSON([]byte(e.Raw)))
		request, answer := e.Get("request"), e.Get("response")
		m.doubt(unread(e, request, answer))
		m.doubt(unread(request, request.Get("url"), request.Get("headers"), request.Get("postData.text")))
		list = append(list, m)
	}
	if all := v.Get("log.entries"); all.IsArray() && unread(v, all) != nil {
		list = append(list, Message{Problem: unread(v, all)})
	}
	return append(list, behindJSON(data, part)...), nil
}

func harMessage(e gjson.Result, part Part) (m Message) {
	var problem error
	defer func() { m.doubt(problem) }()
	m.Method = e.Get("request.method").String()
	m.address(e.Get("request.url").String())
	half, body := e.Get("request"), e.Get("request.postData")
	if part == ResponsePart {
		half, body = e.Get("response"), e.Get("response.content")
	}
	for _, h := range half.Get("headers").Array() {
		name, value := h.Get("name").String(), h.Get("value").String()
		if pseudo, found := strings.CutPrefix(name, ":"); found {
			if err := m.pseudo(pseudo, value); err != nil {
				problem = err
			}
			continue
		}
		m.add(name, value)
	}
	text := body.Get("text")
	m.Body, m.HasBody = []byte(text.String()), text.Exists()
	if strings.EqualFold(body.Get("encoding").String(), "base64") || body.Get("_base64").Bool() {
		raw, err := base64.StdEncoding.DecodeString(text.String())
		if err != nil {
			m.Problem = errors.New("its body is said to be base64 and is not")
		}
		m.Body = raw
	}
	return m
}
