package received

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// address sets the URI and the others that may have been requested. Where only
// decoded parameters are known, the path goes first: APO signs it alone.
func (s *survey) address(m *Message) {
	if known := s.told.addresses(); len(known) > 0 { // others are about something else
		s.uris = slices.DeleteFunc(s.uris, func(c candidate) bool {
			return !slices.ContainsFunc(known, func(k said) bool { return k.text == c.text })
		})
	}
	slices.SortStableFunc(s.uris, func(a, b candidate) int {
		switch {
		case a.before(b):
			return -1
		case b.before(a):
			return 1
		}
		return 0
	})
	if s.script != "" && len(s.uris) > 0 && s.uris[0].rank <= 2 && !strings.HasPrefix(s.uris[0].text, s.script) {
		s.uris = slices.Insert(s.uris, 0, candidate{text: s.script + s.uris[0].text})
	}
	if len(s.uris) == 0 && len(s.bare) > 0 && !slices.ContainsFunc(s.bare, func(p string) bool { return p != s.bare[0] }) {
		s.uris = []candidate{{text: s.bare[0]}}
		m.note("the path stands without its slash, and was read as " + cut(s.bare[0]))
	}
	var all []string
	for _, c := range s.uris {
		uri := c.text
		if s.query != "" && !strings.Contains(uri, "?") {
			uri += "?" + s.query
		}
		all = append(all, uri)
	}
	m.Queried = len(s.texts) > 0 && s.query == ""
	for _, query := range s.texts {
		for _, c := range s.uris {
			if !strings.Contains(c.text, "?") {
				all = append(all, c.text+"?"+query)
			}
		}
	}
	for _, uri := range all {
		switch {
		case m.URI == "":
			m.URI = uri
		case uri != m.URI && !slices.Contains(m.Others, uri) && len(m.Others) < maxOthers:
			m.Others = append(m.Others, uri)
		}
	}
	m.Queried = m.Queried && !strings.Contains(m.URI, "?")
}

// uri takes an address. Names that proxies use for other servers, and patterns of
// routers, contradict nothing.
func (s *survey) uri(text string, rank, depth int) {
	s.uris = append(s.uris, candidate{text: text, rank: rank, depth: depth})
	if plain := plainName(s.key); plain != "target" && plain != "original" && !isRoute(text) {
		s.told.paths = append(s.told.paths, s.says(text, gjson.Result{}))
	}
}

// isBarePath recognises what frameworks call a path, such as hooks/apo.
func isBarePath(text string) bool {
	const longest = 200
	path, _, _ := strings.Cut(text, "?")
	return path != "" && len(text) < longest && !strings.EqualFold(path, "n/a") && !isFile(path) && !strings.Contains(path, "//") &&
		strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~%/-") == "" && strings.Trim(path, "-/") != ""
}

// urlObject reads an address in pieces.
func (s *survey) urlObject(v gjson.Result, depth int) {
	text := firstOf(v, "original", "full", "raw", "href").String()
	if text == "" {
		if text = firstOf(v, "path", "pathname").String(); text == "" {
			return
		}
		if query := firstOf(v, "query", "search").String(); query != "" {
			text += "?" + strings.TrimPrefix(query, "?")
		}
	}
	s.uri(behindHost(text), 4, depth)
}

// queries writes decoded parameters again: as they are, which is what a load
// balancer hands on, and encoded in both ways that are usual.
func queries(v gjson.Result) (list []string) {
	var plain, form, percent []string
	v.ForEach(func(key, value gjson.Result) bool {
		values := []gjson.Result{value}
		if value.IsArray() {
			values = value.Array()
		}
		for _, one := range values {
			name, text := key.String(), one.String()
			plain = append(plain, name+"="+text)
			form = append(form, url.QueryEscape(name)+"="+url.QueryEscape(text))
			percent = append(percent, strings.ReplaceAll(form[len(form)-1], "+", "%20"))
		}
		return true
	})
	for _, parts := range [][]string{plain, form, percent} {
		if text := strings.Join(parts, "&"); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}
