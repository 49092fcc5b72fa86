package diagnose_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// tree is a JSON value that keeps what most readers drop: the order of the
// names and the spelling of the numbers.
type tree struct {
	kind     byte   // '{', '[', '"', '0' of a number, 't' of true, false and null
	text     string // of a string, decoded; of a number or a word, as written
	names    []string
	children []*tree
}

// readTree reads a whole JSON text; it is nil for any other.
func readTree(text []byte) *tree {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value := readValue(decoder)
	if _, err := decoder.Token(); err != io.EOF {
		return nil
	}
	return value
}

func readValue(decoder *json.Decoder) *tree {
	token, err := decoder.Token()
	if err != nil {
		return nil
	}
	switch v := token.(type) {
	case json.Delim:
		t := &tree{kind: byte(v)}
		for decoder.More() {
			if v == '{' {
				name, err := decoder.Token()
				if err != nil {
					return nil
				}
				t.names = append(t.names, name.(string))
			}
			child := readValue(decoder)
			if child == nil {
				return nil
			}
			t.children = append(t.children, child)
		}
		if _, err := decoder.Token(); err != nil {
			return nil
		}
		return t
	case json.Number:
		return &tree{kind: '0', text: v.String()}
	case string:
		return &tree{kind: '"', text: v}
	case bool:
		return &tree{kind: 't', text: strconv.FormatBool(v)}
	}
	return &tree{kind: 't', text: "null"}
}

// member finds the value of a name, at any depth, the first in reading order.
func (t *tree) member(name string) *tree {
	for i, child := range t.children {
		if t.kind == '{' && t.names[i] == name {
			return child
		}
		if found := child.member(name); found != nil {
			return found
		}
	}
	return nil
}

// leaves calls visit for every value that is neither object nor array.
func (t *tree) leaves(visit func(*tree)) {
	if t.kind != '{' && t.kind != '[' {
		visit(t)
	}
	for _, child := range t.children {
		child.leaves(visit)
	}
}

// writer is somebody's habit of writing JSON. The zero value writes as the
// gateway does: on one line, raw UTF-8, nothing escaped that need not be.
type writer struct {
	name         string
	indent       string // empty: on one line
	colon, comma string // ":" and "," where empty
	hollow       string // what stands in an empty object or array
	inline       bool   // arrays stay on one line although objects do not
	slashes      bool   // \/
	ascii        bool   // \u00e9
	upper        bool   // \u00E9
	html         string // characters that are written as \u00xx besides
	sorted       bool
	number       func(string) string
}

// writers are the habits that the corpus knows, from the manuals of those who
// have them; reserialize_test.go holds some of them against the real programs.
func writers() []writer {
	return []writer{
		{name: "JSON.stringify", number: javascriptNumber},
		{name: "JSON.stringify with 2 spaces", indent: "  ", number: javascriptNumber},
		{name: "JSON.stringify with 4 spaces", indent: "    ", number: javascriptNumber},
		{name: "JSON.stringify with tabs", indent: "\t", number: javascriptNumber},
		{name: "json.dumps", colon: ": ", comma: ", ", ascii: true, number: pythonNumber},
		{name: "json.dumps ensure_ascii=False", colon: ": ", comma: ", ", number: pythonNumber},
		{name: "json.dumps compact", ascii: true, number: pythonNumber},
		{name: "json.dumps indent=2", indent: "  ", ascii: true, number: pythonNumber},
		{name: "json.dumps indent=3", indent: "   ", ascii: true, number: pythonNumber},
		{name: "json.dumps indent=4", indent: "    ", ascii: true, number: pythonNumber},
		{name: "json.dumps indent=3 ensure_ascii=False", indent: "   ", number: pythonNumber},
		{name: "json.dumps indent=4 ensure_ascii=False", indent: "    ", number: pythonNumber},
		{name: "Go's Marshal", html: "<>&\u2028\u2029"},
		{name: "Go's MarshalIndent with 2 spaces", indent: "  ", html: "<>&\u2028\u2029"},
		{name: "Go's MarshalIndent with tabs", indent: "\t", html: "<>&\u2028\u2029"},
		{name: "Go's Indent with tabs", indent: "\t"},
		{name: "Go's Indent with one space", indent: " "},
		{name: "Jackson's pretty printer", indent: "  ", colon: " : ", hollow: " ", inline: true, number: pythonNumber},
		{name: "Gson", html: "<>&='\u2028\u2029", number: pythonNumber},
		{name: "Gson's pretty printing", indent: "  ", html: "<>&='\u2028\u2029", number: pythonNumber},
		{name: "json_encode", slashes: true, ascii: true, number: pythonNumber},
		{name: "json_encode UNESCAPED_UNICODE", slashes: true, number: pythonNumber},
		{name: "json_encode PRETTY_PRINT", indent: "    ", slashes: true, ascii: true, number: pythonNumber},
		{name: "json_encode PRETTY_PRINT UNESCAPED_UNICODE", indent: "    ", slashes: true, number: pythonNumber},
		{name: "System.Text.Json", ascii: true, upper: true, html: "\"<>&'+`"},
		{name: "System.Text.Json indented", indent: "  ", ascii: true, upper: true, html: "\"<>&'+`"},
		{name: "JSON::PP pretty", indent: "   ", colon: " : "},
	}
}

func (w writer) write(t *tree) []byte {
	var b bytes.Buffer
	w.value(&b, t, "\n")
	return b.Bytes()
}

// value writes t; margin is the line break that leads to its own line.
func (w writer) value(b *bytes.Buffer, t *tree, margin string) {
	switch t.kind {
	case '{':
		w.object(b, t, margin)
	case '[':
		w.array(b, t, margin)
	case '"':
		w.string(b, t.text)
	case '0':
		if w.number != nil {
			b.WriteString(w.number(t.text))
			return
		}
		b.WriteString(t.text)
	default:
		b.WriteString(t.text)
	}
}

func (w writer) object(b *bytes.Buffer, t *tree, margin string) {
	if len(t.children) == 0 {
		b.WriteString("{" + w.hollow + "}")
		return
	}
	order := make([]int, len(t.children))
	for i := range order {
		order[i] = i
	}
	if w.sorted {
		slices.SortStableFunc(order, func(i, j int) int { return strings.Compare(t.names[i], t.names[j]) })
	}
	inner := margin + w.indent
	b.WriteByte('{')
	for n, i := range order {
		w.separate(b, n, inner)
		w.string(b, t.names[i])
		switch {
		case w.colon != "":
			b.WriteString(w.colon)
		case w.indent != "":
			b.WriteString(": ")
		default:
			b.WriteByte(':')
		}
		w.value(b, t.children[i], inner)
	}
	if w.indent != "" {
		b.WriteString(margin)
	}
	b.WriteByte('}')
}

func (w writer) array(b *bytes.Buffer, t *tree, margin string) {
	if len(t.children) == 0 {
		b.WriteString("[" + w.hollow + "]")
		return
	}
	if w.inline {
		b.WriteString("[ ")
		for n, child := range t.children {
			if n > 0 {
				b.WriteString(", ")
			}
			w.value(b, child, margin)
		}
		b.WriteString(" ]")
		return
	}
	b.WriteByte('[')
	for n, child := range t.children {
		w.separate(b, n, margin+w.indent)
		w.value(b, child, margin+w.indent)
	}
	if w.indent != "" {
		b.WriteString(margin)
	}
	b.WriteByte(']')
}

// separate writes what stands before the nth member.
func (w writer) separate(b *bytes.Buffer, n int, inner string) {
	switch {
	case n > 0 && w.comma != "":
		b.WriteString(w.comma)
	case n > 0:
		b.WriteByte(',')
	}
	if w.indent != "" {
		b.WriteString(inner)
	}
}

func (w writer) string(b *bytes.Buffer, text string) {
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case strings.ContainsRune(w.html, r) || w.ascii && r > 0x7e:
			w.unicode(b, r)
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '/' && w.slashes:
			b.WriteString(`\/`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ':
			w.unicode(b, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

func (w writer) unicode(b *bytes.Buffer, r rune) {
	form := `\u%04x`
	if w.upper {
		form = `\u%04X`
	}
	if high, low := utf16.EncodeRune(r); r > 0xffff {
		fmt.Fprintf(b, form+form, high, low)
		return
	}
	fmt.Fprintf(b, form, r)
}

// pythonNumber writes a number as Python does after reading it: 1e3 as 1000.0.
func pythonNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	short := javascriptNumber(text)
	if !strings.ContainsAny(short, ".e") {
		return short + ".0"
	}
	return short
}

// javascriptNumber writes a number as JavaScript does after reading it: 1.0
// as 1, 12.50 as 12.5, 1e3 as 1000.
func javascriptNumber(text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f >= 1e15 || f <= -1e15 {
		return text // where the three begin to differ
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// doubleNumber writes a number as Gson does after reading it: 24 as 24.0.
func doubleNumber(text string) string {
	short := javascriptNumber(text)
	if !strings.Contains(short, ".") {
		return short + ".0"
	}
	return short
}

// bones returns a JSON text without what stands inside its strings, and the
// strings, raw. Two texts with equal bones differ inside strings alone.
func bones(text []byte) (frame string, inside []string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		b.WriteByte(text[i])
		if text[i] != '"' {
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(text))
		inside = append(inside, string(text[i+1:end]))
		b.WriteByte('"')
		i = end
	}
	return b.String(), inside
}

// sameStrings reports whether two JSON texts hold the same strings in the same
// order, however they are written.
func sameStrings(a, b []byte) bool {
	return slices.Equal(decodedStrings(readTree(a)), decodedStrings(readTree(b)))
}

func decodedStrings(t *tree) []string {
	if t == nil {
		return nil
	}
	var all []string
	if t.kind == '"' {
		return []string{t.text}
	}
	for i, child := range t.children {
		if t.kind == '{' {
			all = append(all, t.names[i])
		}
		all = append(all, decodedStrings(child)...)
	}
	return all
}

// The corpus is only as good as its writers: each must write what the standard
// library reads as the same value.
func TestTheWritersOfTheCorpusWriteJSON(t *testing.T) {
	text := []byte(`{"b":"é/<&'\"\\\n🎉","a":[1,12.5,1.0,[],{}],"c":{"z":null,"y":true},"":[{"k":"v"},{}]}`)
	want := readAny(t, text)
	seen := map[string]string{}
	for _, w := range writers() {
		written := w.write(readTree(text))
		if got := readAny(t, written); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s wrote %s", w.name, written)
		}
		if other, found := seen[string(written)]; found {
			t.Errorf("%s writes as %s does", w.name, other)
		}
		seen[string(written)] = w.name
	}
	if got := (writer{}).write(readTree(text)); !bytes.Equal(got, text) {
		t.Errorf("the plain writer wrote %s", got)
	}
	if got := string(writer{sorted: true}.write(readTree(text))); got != `{"":[{"k":"v"},{}],"a":[1,12.5,1.0,[],{}],"b":"é/<&'\"\\\n🎉","c":{"y":true,"z":null}}` {
		t.Errorf("sorted: %s", got)
	}
	if len(seen) < 20 || len(slices.Collect(maps.Keys(seen))) != len(seen) {
		t.Errorf("%d writers", len(seen))
	}
}

func readAny(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}
