package received

import (
	"errors"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// isPostman recognises a collection of version 2, an item or a request of it.
func isPostman(data []byte) bool {
	if !isJSONStart(data) {
		return false
	}
	v := firstJSON(data)
	if v == nil {
		return false
	}
	for _, path := range []string{"item.0.request", "item.0.item", "request.header.0.key", "request.body.mode", "collection.item"} {
		if gjson.GetBytes(v, path).Exists() {
			return true
		}
	}
	return gjson.GetBytes(v, "header.0.key").Exists() && gjson.GetBytes(v, "body.mode").Exists()
}

func readPostman(data []byte, part Part) ([]Message, error) {
	v := gjson.ParseBytes(firstJSON(data))
	all := v
	if err := apo.CheckJSON([]byte(v.Raw)); err != nil {
		return nil, err
	}
	if c := v.Get("collection"); c.Get("item").Exists() {
		v = c
	}
	if part == ResponsePart {
		return nil, errors.New("a collection holds requests; the gateway's answer is not in it as it came")
	}
	known := map[string]string{}
	var list []Message
	var walk func(v gjson.Result, depth int)
	walk = func(v gjson.Result, depth int) {
		for _, one := range v.Get("variable").Array() {
			known[one.Get("key").String()] = one.Get("value").String()
		}
		switch request := v.Get("request"); {
		case v.Get("item").IsArray() && depth < 32:
			for _, kid := range v.Get("item").Array() {
				walk(kid, depth+1)
			}
		case request.Exists():
			list = append(list, postmanRequest(request, known))
			for _, saved := range v.Get("response").Array() { // with the request of its own
				if m := postmanRequest(saved.Get("originalRequest"), known); m.Signed() {
					list = append(list, m)
				}
			}
		case v.Get("url").Exists():
			list = append(list, postmanRequest(v, known))
		}
	}
	walk(v, 0)
	if len(list) == 0 {
		return nil, errors.New("there is no request in it")
	}
	if err := unreadText([]byte(all.Raw), list); err != nil {
		list = append(list, Message{Problem: err})
	}
	list = append(list, behindJSON(data, part)...)
	if len(list) == 1 && list[0].Problem != nil {
		return nil, list[0].Problem
	}
	return list, nil
}

func postmanRequest(r gjson.Result, known map[string]string) (m Message) {
	fill := func(text string) string {
		value, err := resolved([]byte(text), known)
		if err != nil && m.Problem == nil {
			m.Problem = errors.New(strings.Replace(err.Error(), ", or define it with @", ", or among the variables of the collection, such as ", 1))
		}
		return string(value)
	}
	m.Method = r.Get("method").String()
	m.address(pathOf(r.Get("url"), fill))
	if pieces := piecesOf(r.Get("url"), fill); pieces != "/" && !isRoute(m.URI) && !sameAddress(m.URI, pieces) {
		m.Problem = errors.New("its url has two paths that differ, raw (" + cut(m.URI) + ") and path (" + cut(pieces) + ")")
	}
	switch header := r.Get("header"); {
	case header.Type == gjson.String && header.String() != "":
		list := headersAsText(fill(header.String()))
		if list == nil && m.Problem == nil {
			m.Problem = errors.New("its header is a text that is not lines such as name: value")
		}
		m.Header = list
	case header.IsArray():
		for _, h := range header.Array() {
			name, value := h.Get("key").String(), h.Get("value").String()
			_, err := resolved([]byte(value), known)
			switch {
			case h.Get("disabled").Bool():
			case err != nil && !matters(name) && !strings.Contains(name, "{{"):
				m.note(notResolved + "the header " + cut(strings.ToLower(name)) + " (" + cut(value) + ")")
			default:
				m.add(fill(name), fill(value))
			}
		}
	}
	switch body := r.Get("body"); body.Get("mode").String() {
	case "":
	case "raw":
		m.Body, m.HasBody = []byte(fill(body.Get("raw").String())), true
		m.fit()
	default:
		m.Problem = errors.New("its body has the mode " + cut(body.Get("mode").String()) + "; only raw is what was signed")
	}
	return m
}

// pathOf reads a url: a string, an object with raw, or one in pieces. Variables
// of the host are not needed.
func pathOf(url gjson.Result, fill func(string) string) string {
	raw := url.Get("raw").String()
	if url.Type == gjson.String {
		raw = url.String()
	}
	if raw != "" {
		if host, path, found := strings.Cut(raw, "/"); found && strings.HasPrefix(host, "{{") && !strings.Contains(host, " ") {
			return "/" + fill(path)
		}
		if at := strings.Index(raw, "://"); at >= 0 {
			if host, path, found := strings.Cut(raw[at+3:], "/"); found && strings.Contains(host, "{{") {
				return "/" + fill(path)
			}
		}
		return fill(raw)
	}
	return piecesOf(url, fill)
}

// piecesOf puts the members path and query together.
func piecesOf(url gjson.Result, fill func(string) string) string {
	var path, query []string
	for _, p := range url.Get("path").Array() {
		path = append(path, fill(p.String()))
	}
	for _, q := range url.Get("query").Array() {
		if !q.Get("disabled").Bool() {
			query = append(query, fill(q.Get("key").String())+"="+fill(q.Get("value").String()))
		}
	}
	text := "/" + strings.Join(path, "/")
	if query != nil {
		text += "?" + strings.Join(query, "&")
	}
	return text
}
