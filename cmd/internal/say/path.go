package say

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/spelling"
)

// nothingAt says that a document has nothing at a path of -q, and what it has.
func nothingAt(document []byte, path string) string {
	text := "there is nothing at -q " + path
	root := gjson.ParseBytes(document)
	if plain(path) && root.Get(path).Type == gjson.Null && root.Get(path).Exists() {
		return text + ": it is null"
	}
	if near := nearestPath(root, path); near != "" {
		return text + "; did you mean " + near + "?"
	}
	names := namesIn(root)
	if len(names) == 1 {
		return text + "; there is " + names[0] + " alone"
	}
	if len(names) > 0 {
		const most = 12
		if len(names) > most {
			names = append(names[:most], "…")
		}
		return text + "; there are " + strings.Join(names, ", ")
	}
	return text
}

// nearestPath is the path of a document that was probably meant: one with the
// same last name wherever it stands, or one with a name that is spelt nearly so.
func nearestPath(root gjson.Result, path string) string {
	wanted := lastName(path)
	if wanted == "" {
		return ""
	}
	paths := pathsIn(root)
	best, least := "", len(path)+1
	for _, p := range paths { // the shallower ones come first
		if n := spelling.Distance(p, path); strings.EqualFold(lastName(p), wanted) && n < least {
			best, least = p, n
		}
	}
	if best != "" {
		return best
	}
	if near := spelling.Nearest(path, paths); near != "" {
		return near
	}
	var names []string
	for _, p := range paths {
		names = append(names, lastName(p))
	}
	if near := spelling.Nearest(wanted, names); near != "" {
		return paths[slices.Index(names, near)]
	}
	beside := strings.TrimSuffix(path, wanted) // "result.code" is result.resultCode
	for _, p := range append(slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return strings.TrimSuffix(p, lastName(p)) != beside }), paths...) {
		if len(wanted) > 3 && strings.HasSuffix(strings.ToLower(p), strings.ToLower(wanted)) {
			return p
		}
	}
	return ""
}

// pathsIn are the paths of all that a document has, the shallower ones first.
func pathsIn(root gjson.Result) (paths []string) {
	type place struct {
		value gjson.Result
		path  string
	}
	const most = 2000 // of a document that never ends only the beginning is looked at
	for queue := []place{{root, ""}}; len(queue) > 0 && len(paths) < most; queue = queue[1:] {
		at := queue[0]
		if at.path != "" && at.value.Type != gjson.Null {
			paths = append(paths, at.path)
		}
		prefix := at.path
		if prefix != "" {
			prefix += "."
		}
		switch {
		case at.value.IsObject():
			at.value.ForEach(func(name, value gjson.Result) bool {
				queue = append(queue, place{value, prefix + escaped(name.Str)})
				return true
			})
		case at.value.IsArray():
			if list := at.value.Array(); len(list) == 1 {
				queue = append(queue, place{list[0], prefix + "0"})
			} else if len(list) > 1 {
				queue = append(queue, place{list[0], prefix + "#"})
			}
		}
	}
	return paths
}

// namesIn are the names at the top of a document, or of the first in a list.
func namesIn(root gjson.Result) (names []string) {
	prefix := ""
	if root.IsArray() {
		root, prefix = root.Get("0"), "#."
	}
	if !root.IsObject() {
		return nil
	}
	root.ForEach(func(name, _ gjson.Result) bool {
		names = append(names, prefix+escaped(name.Str))
		return true
	})
	return names
}

// escaped is a name as it stands in a path.
func escaped(name string) string {
	if plain(name) && !strings.Contains(name, ".") {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		if strings.ContainsRune(`.*?|#@!{}[]()\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plain reports whether a path only names members: no query, pattern or modifier.
func plain(path string) bool { return !strings.ContainsAny(path, `*?|#@!{}[]()\`) }

// lastName is the name with which a path ends; "" where that is none.
func lastName(path string) string {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '|' })
	for i := len(parts) - 1; i >= 0; i-- {
		if _, err := strconv.Atoi(parts[i]); err != nil && plain(parts[i]) {
			return parts[i]
		}
	}
	return ""
}
