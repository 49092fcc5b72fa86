package received

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// said is a member that tells a part of the message.
type said struct {
	where, name string // of the object that holds it, and its own; as they stand
	text        string // of a path or a method
	raw         gjson.Result
	whole       bool // it holds the request byte for byte
}

func (s said) member() string { return strings.TrimPrefix(s.where+"."+s.name, ".") }

// tellings are the members that tell the parts of one message. Those of the objects
// in which its headers and its body stand, and of the objects around them, are about
// the same request; a path of another object may be that of a log's own file.
type tellings struct {
	homes                  []string
	paths, methods, bodies []said
}

// wholeAt adds a request that is there byte for byte.
func (t *tellings) wholeAt(s said, m Message) {
	s.whole = true
	t.homes = append(t.homes, s.where)
	path, method, body := s, s, s
	path.text, method.text = m.URI, m.Method
	t.paths, t.methods = append(t.paths, path), append(t.methods, method)
	if value, err := apo.Encode(string(m.Body)); err == nil && len(m.Body) > 0 {
		body.raw = gjson.ParseBytes(value)
		t.bodies = append(t.bodies, body)
	}
}

// contradiction says which two members disagree about the request; nil: none do.
func (t tellings) contradiction() error {
	for _, of := range []struct {
		part string
		list []said
		same func(a, b said) bool
	}{
		{"paths", t.paths, samePath},
		{"methods", t.methods, func(a, b said) bool { return strings.EqualFold(a.text, b.text) }},
		{"bodies", t.bodies, sameBody},
	} {
		list := t.ofRequest(of.list)
		for i, a := range list {
			for _, b := range list[:i] {
				if !of.same(a, b) && !of.same(b, a) {
					return errors.New("it has two " + of.part + " that differ, in " + b.quoted() + " and " + a.quoted() + ": log the one that was requested, or give it alone")
				}
			}
		}
	}
	return nil
}

func (s said) quoted() string {
	if s.text == "" {
		return s.member()
	}
	return s.member() + " (" + cut(s.text) + ")"
}

// ofRequest leaves out what is about something else. Around a request that is there
// byte for byte stand other things.
func (t tellings) ofRequest(list []said) []said {
	whole := slices.ContainsFunc(list, func(s said) bool { return s.whole })
	return slices.DeleteFunc(slices.Clone(list), func(s said) bool {
		return !slices.ContainsFunc(t.homes, func(home string) bool {
			inside, found := strings.CutPrefix(s.where, home)
			switch strings.ToLower(strings.TrimPrefix(inside, ".")) {
			case "", "requestcontext", "requestcontext.http":
				if found {
					return true
				}
			}
			return !whole && (s.where == "" || strings.HasPrefix(home, s.where+"."))
		})
	})
}

// addresses are the paths of the request.
func (t tellings) addresses() []said {
	return slices.DeleteFunc(t.ofRequest(t.paths), func(s said) bool { return strings.HasPrefix(s.text, "?") })
}

// samePath reports whether two paths may be of one request: a is decoded, lacks the
// query, or lacks the prefix that a gateway or a framework's router took off b.
func samePath(a, b said) bool {
	pathA, queryA, _ := strings.Cut(a.text, "?")
	pathB, queryB, _ := strings.Cut(b.text, "?")
	if queryA != "" && queryB != "" && plainQuery(queryA) != plainQuery(queryB) {
		return false
	}
	if pathA == "" || pathB == "" { // the query alone
		return true
	}
	pathA, pathB = plainPath(pathA), plainPath(pathB)
	if pathA == pathB {
		return true
	}
	shorter, longer := plainName(a.name), plainName(b.member())
	switch {
	case strings.HasSuffix(longer, "requestcontextpath"), strings.HasSuffix(longer, "requestcontexthttppath"), strings.HasSuffix(longer, "rawpath"),
		strings.HasSuffix(longer, "originalurl"), strings.HasSuffix(longer, "originaluri"), strings.HasSuffix(longer, "requesturi"):
		// A script of the server may stand in the place of the path, as in nginx's $uri.
		return strings.HasSuffix(pathB, pathA) || isFile(pathA) && (shorter == "uri" || shorter == "path" || shorter == "url")
	}
	return false
}

// sameAddress is [samePath] of two that no member names.
func sameAddress(a, b string) bool { return samePath(said{text: a}, said{text: b}) }

// plainPath is a path without its escapes and the slash at its end.
func plainPath(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	return strings.TrimRight(path, "/")
}

func plainQuery(query string) string {
	if plain, err := url.QueryUnescape(query); err == nil {
		return plain
	}
	return query
}

func isFile(path string) bool {
	return strings.Contains(path[strings.LastIndexByte(path, '/')+1:], ".")
}

// isRoute recognises what a router calls a path, such as /hooks/{name}.
func isRoute(path string) bool {
	return strings.ContainsAny(path, "{}*<>") || strings.Contains(path, "/:")
}

// sameBody reports whether two bodies are one: the bytes, their base64, or what
// a framework parsed of them.
func sameBody(a, b said) bool {
	if formDecoded(a.raw) {
		return true
	}
	for _, one := range bytesOf(a.raw) {
		for _, other := range bytesOf(b.raw) {
			if one == other || sameJSON(one, other) {
				return true
			}
		}
	}
	return false
}

// formDecoded recognises a body that was read as the fields of a form: the first
// one's name is its beginning.
func formDecoded(v gjson.Result) (is bool) {
	if v.IsObject() {
		v.ForEach(func(key, _ gjson.Result) bool {
			is = strings.HasPrefix(strings.TrimSpace(key.String()), "{")
			return false
		})
	}
	return is
}

func bytesOf(v gjson.Result) []string {
	if list, ok := byteList(v); ok {
		return []string{string(list)}
	}
	text := string(apo.Text([]byte(v.Raw)))
	if raw, err := base64.StdEncoding.DecodeString(text); err == nil && v.Type == gjson.String {
		return []string{text, string(raw)}
	}
	return []string{text}
}

func sameJSON(a, b string) bool {
	var one, other any
	return json.Unmarshal([]byte(a), &one) == nil && json.Unmarshal([]byte(b), &other) == nil && within(one, other)
}

// within reports whether a holds nothing that b does not hold alike: who parses a
// body may leave members out.
func within(a, b any) bool {
	part, isObject := a.(map[string]any)
	whole, both := b.(map[string]any)
	if !isObject || !both {
		return reflect.DeepEqual(a, b)
	}
	for name, value := range part {
		if other, there := whole[name]; !there || !within(value, other) {
			return false
		}
	}
	return true
}

// nothing reports whether a body is what stands where none was read.
func nothing(v gjson.Result) bool {
	text := strings.TrimSpace(v.Raw)
	return v.Type == gjson.Null || text == `""` || text == "{}" || text == "[]" || text == strconv.Quote("{}")
}

func isHTTPMethod(word string) bool {
	return slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}, strings.ToUpper(word))
}
