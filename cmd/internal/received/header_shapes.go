package received

import (
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
)

// printedHeaders finds the shapes in which programs print a map of headers.
func printedHeaders() *regexp.Regexp {
	return regexp.MustCompile(`([A-Za-z0-9-]+):\[([^\]]*)\]` + // Go: map[Client-Id:[x] …]
		`|([A-Za-z0-9-]+):"([^"]*)"` + // Spring: [client-id:"x", …]
		`|([A-Za-z0-9-]+)=\[([^\]]*)\]` + // Java: {client-id=[x], …}
		`|'?\b([A-Za-z0-9-]+)'?: '([^']*)'` + // Python, and node: {'client-id': 'x', host: 'y'}
		`|\(b?'([A-Za-z0-9-]+)', b?'([^']*)'\)`) // Python: [('client-id', 'x'), …]
}

// headerFields reads headers in any of the shapes in which they are logged: an
// object, pairs, objects with name and value, node's flat list, and text.
func headerFields(v gjson.Result) []Field {
	switch {
	case v.Type == gjson.String:
		return headersAsText(v.String())
	case v.IsArray():
		return headersInList(v.Array())
	case v.IsObject():
		return headersInObject(v)
	}
	return nil
}

func headersInObject(v gjson.Result) (list []Field) {
	if inner := v.Get("headers"); inner.IsArray() || inner.IsObject() {
		return headerFields(inner)
	}
	v.ForEach(func(name, value gjson.Result) bool {
		values := []gjson.Result{value}
		if value.IsArray() {
			values = value.Array()
		}
		for _, one := range values {
			if one.IsObject() {
				one = one.Get("value")
			}
			if one.Exists() && one.Type != gjson.Null && !one.IsArray() && !one.IsObject() {
				list = append(list, Field{name.String(), one.String()})
			}
		}
		return true
	})
	return list
}

func headersInList(items []gjson.Result) (list []Field) {
	var flat []string
	for _, item := range items {
		switch {
		case item.IsArray():
			if pair := item.Array(); len(pair) == 2 && pair[0].Type == gjson.String {
				list = append(list, Field{pair[0].String(), pair[1].String()})
			}
		case item.IsObject():
			name := firstOf(item, "name", "key", "Name", "Key")
			if value := firstOf(item, "value", "Value"); name.Exists() && value.Exists() {
				list = append(list, Field{name.String(), value.String()})
			} else {
				list = append(list, headersInObject(item)...)
			}
		case item.Type == gjson.String:
			flat = append(flat, item.String())
		}
	}
	if lines := headersAsText(strings.Join(flat, "\n")); len(flat) > 0 && len(lines) == len(flat) {
		return append(list, lines...)
	}
	for i := 0; i+1 < len(flat); i += 2 {
		list = append(list, Field{flat[i], flat[i+1]})
	}
	return list
}

func firstOf(v gjson.Result, names ...string) gjson.Result {
	for _, name := range names {
		if found := v.Get(name); found.Exists() {
			return found
		}
	}
	return gjson.Result{}
}

func headersAsText(text string) (list []Field) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil
	case text[0] == '{' && firstJSON([]byte(text)) != nil, text[0] == '[' && firstJSON([]byte(text)) != nil:
		return headerFields(gjson.Parse(text))
	case strings.HasPrefix(text, "map["), text[0] == '[', text[0] == '{', strings.Contains(text, "({"):
		for _, m := range printedHeaders().FindAllStringSubmatch(text, -1) {
			for i := 1; i+1 < len(m); i += 2 {
				if m[i] != "" {
					list = append(list, Field{m[i], m[i+1]})
				}
			}
		}
		return list
	}
	var m Message
	rest := []byte(text)
	for rest != nil {
		var line string
		if line, rest, _ = cutLine(rest); line == "" || isRequestLine(line) {
			continue
		}
		if m.header(line) != nil {
			return nil
		}
	}
	return m.Header
}

// Hidden reports whether a logger put something else in the place of a value.
func Hidden(value string) bool {
	if len(value) > 40 || value == "" || strings.Contains(value, "signature=") {
		return false
	}
	if strings.Trim(value, "*") == "" || strings.Trim(value, "xX") == "" && len(value) > 2 {
		return true
	}
	if !strings.ContainsAny(value, "eE") { // which each of the words has
		return false
	}
	lower := strings.ToLower(value)
	for _, word := range []string{"redact", "filtered", "masked", "censored", "hidden", "secret", "removed", "scrubbed", "suppressed"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}
