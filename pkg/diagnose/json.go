package diagnose

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// node is a JSON value as it was written: numbers with their digits, strings
// with their escapes, members in their order, even those that come twice.
type node struct {
	kind byte   // '{', '[', '"' or '0' for numbers and literals
	raw  string // of a string with its quotes, of a number or literal; of an object or list while it is as it was read
	text string // of a string, decoded
	keys []node // of an object: strings
	kids []node
}

// parser reads JSON that may be followed by anything.
type parser struct {
	in     string
	pos    int
	values int
}

const (
	maxNesting = 100
	maxValues  = 100_000 // each takes a hundred bytes, however short it is
)

// parseJSON reads the object or list at the beginning of a text; end is where
// it ends.
func parseJSON(text string) (n node, end int, ok bool) {
	p := parser{in: text}
	p.space()
	if p.pos == len(text) || text[p.pos] != '{' && text[p.pos] != '[' {
		return n, 0, false
	}
	n, ok = p.value(0)
	return n, p.pos, ok
}

func (p *parser) space() {
	for p.pos < len(p.in) && strings.IndexByte(" \t\r\n", p.in[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *parser) take(c byte) bool {
	p.space()
	if p.pos < len(p.in) && p.in[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) value(depth int) (n node, ok bool) {
	p.space()
	if p.values++; p.pos == len(p.in) || depth > maxNesting || p.values > maxValues {
		return n, false
	}
	switch c := p.in[p.pos]; c {
	case '{', '[':
		return p.container(c, depth)
	case '"':
		return p.str()
	}
	start := p.pos
	for p.pos < len(p.in) && strings.IndexByte(",]} \t\r\n:\"{[", p.in[p.pos]) < 0 {
		p.pos++
	}
	n = node{kind: '0', raw: p.in[start:p.pos]}
	return n, isLiteral(n.raw)
}

func (p *parser) container(open byte, depth int) (n node, ok bool) {
	n.kind = open
	start := p.pos
	defer func() { n.raw = p.in[start:p.pos] }()
	p.pos++
	closing := closingOf(open)
	if p.take(closing) {
		return n, true
	}
	for {
		if open == '{' {
			p.space()
			if p.pos == len(p.in) || p.in[p.pos] != '"' {
				return n, false
			}
			key, ok := p.str()
			if !ok || !p.take(':') {
				return n, false
			}
			n.keys = append(n.keys, key)
		}
		kid, ok := p.value(depth + 1)
		if !ok {
			return n, false
		}
		n.kids = append(n.kids, kid)
		if p.take(closing) {
			return n, true
		}
		if !p.take(',') {
			return n, false
		}
	}
}

func closingOf(open byte) byte { return open + 2 } // in ASCII, of { and [ alike

func (p *parser) str() (n node, ok bool) {
	start := p.pos
	for p.pos++; p.pos < len(p.in); p.pos++ {
		switch p.in[p.pos] {
		case '\\':
			p.pos++
		case '"':
			p.pos++
			n = node{kind: '"', raw: p.in[start:p.pos]}
			n.text, ok = decodeString(n.raw[1 : len(n.raw)-1])
			return n, ok
		}
	}
	return n, false
}

func isLiteral(s string) bool {
	return s == "true" || s == "false" || s == "null" || isNumber(s)
}

func isNumber(s string) bool {
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') || strings.ContainsAny(s, "xX_pPiInN") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil || strings.Contains(err.Error(), "range")
}

// decodeString undoes the escapes of a JSON string. A lone surrogate has no
// text; it is refused.
func decodeString(s string) (string, bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			i++
			continue
		}
		if i+1 == len(s) {
			return "", false
		}
		c := s[i+1]
		if c != 'u' {
			at := strings.IndexByte(`"\/bfnrt`, c)
			if at < 0 {
				return "", false
			}
			b.WriteByte("\"\\/\b\f\n\r\t"[at])
			i += 2
			continue
		}
		r := unit(s[i:])
		i += 6
		if utf16.IsSurrogate(r) && i <= len(s) {
			r = utf16.DecodeRune(r, unit(s[i:]))
			i += 6
			if r == utf8.RuneError {
				return "", false
			}
		}
		if r < 0 {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// unit reads the \uXXXX at the beginning of s, -1 where there is none.
func unit(s string) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(s[2:6], 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}

// escaping says which characters of a string are written as escapes, beyond
// those that must be.
type escaping struct {
	slash    bool   // \/
	closing  bool   // <\/ alone
	unicode  bool   // what is not ASCII as \uXXXX
	upper    bool   // \u00E9 instead of \u00e9
	hex      bool   // \u003C instead of \u003c, for the special ones alone
	special  string // these ASCII characters as \u00XX
	lines    bool   // U+2028 and U+2029 as \uXXXX
	quote    bool   // \u0022 for the quote itself
	longhand bool   // \u000a for \n
}

// escapings are the habits of the writers of JSON that are in use.
func escapings() []escaping {
	const html, gson, dotnet, php = "<>&", "<>&='", "<>&'+`", "<>&'"
	return []escaping{
		{},                           // JavaScript, Jackson, fastjson, jq, Python with ensure_ascii=False, PHP with both flags
		{slash: true},                // PHP with JSON_UNESCAPED_UNICODE
		{unicode: true},              // Python, PHP with JSON_UNESCAPED_SLASHES, jq -a
		{unicode: true, slash: true}, // PHP
		{special: html, lines: true}, // Go
		{special: gson, lines: true}, // Gson
		{unicode: true, upper: true}, // Jackson with ESCAPE_NON_ASCII
		{unicode: true, upper: true, special: dotnet, quote: true}, // System.Text.Json
		{unicode: true, upper: true, slash: true},                  // json-lib, StringEscapeUtils
		{lines: true},                  // Go with SetEscapeHTML(false)
		{closing: true},                // org.json
		{special: html},                //
		{unicode: true, special: html}, //
		{unicode: true, slash: true, special: php, hex: true}, // PHP with the JSON_HEX flags
		{longhand: true},
		{special: "\x7f"}, // jq 1.6
		{unicode: true, special: "\x7f"},
		{slash: true, special: html, lines: true},
		{special: "'"},
		{special: php},
		{special: php, hex: true},
		{slash: true, special: php, hex: true},
	}
}

// string writes a text as a JSON string.
func (e escaping) string(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == ' ' || c == '-' || c == '_' || c == '.' || c == ':' {
			b = append(b, c) // nobody escapes these
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				b = append(b, c)
			case e.unicode && r > 0xffff:
				high, low := utf16.EncodeRune(r)
				b = e.unit(e.unit(b, high), low)
			case e.unicode, e.lines && (r == 0x2028 || r == 0x2029):
				b = e.unit(b, r)
			default:
				b = append(b, s[i:i+size]...)
			}
			i += size
			continue
		}
		short := strings.IndexByte("\b\f\n\r\t", c)
		switch {
		case c == '"' && e.quote:
			b = e.unit(b, '"')
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '/' && (e.slash || e.closing && i > 0 && s[i-1] == '<'):
			b = append(b, '\\', '/')
		case short >= 0 && !e.longhand:
			b = append(b, '\\', "bfnrt"[short])
		case strings.IndexByte(e.special, c) >= 0:
			b = escaping{upper: e.upper || e.hex}.unit(b, rune(c))
		case c < ' ':
			b = e.unit(b, rune(c))
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}

// escaped writes all strings of a value anew.
func (n node) escaped(e escaping) node {
	switch n.kind {
	case '"':
		n.raw = string(e.string(make([]byte, 0, len(n.raw)), n.text))
	case '{', '[':
		keys, kids := make([]node, len(n.keys)), make([]node, len(n.kids))
		for i, key := range n.keys {
			keys[i] = key.escaped(e)
		}
		for i, kid := range n.kids {
			kids[i] = kid.escaped(e)
		}
		n.keys, n.kids = keys, kids
	}
	return n
}

func (e escaping) unit(b []byte, r rune) []byte {
	digits := "0123456789abcdef"
	if e.upper {
		digits = "0123456789ABCDEF"
	}
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// layout says where a writer of JSON leaves white space.
type layout struct {
	item, colon string // "," and ":"
	indent      string // of one level; empty: everything on one line
	eol         string // with an indent
	inside      bool   // { "a": 1 }
	inline      bool   // lists on one line although objects are not: Jackson
	empty       string // between the brackets of an empty container
	short       bool   // an object of one member on one line: org.json
}

// layouts are the habits of the writers of JSON, the likelier ones first.
func layouts() []layout {
	list := []layout{
		{item: ",", colon: ":"},   // JavaScript, Go, Jackson, Gson, PHP, jq -c
		{item: ", ", colon: ": "}, // Python
		{item: ",", colon: ": ", indent: "  ", eol: "\n"},
		{item: ",", colon: ": ", indent: "    ", eol: "\n"},
		{item: ",", colon: ": ", indent: "   ", eol: "\n"},
		{item: ",", colon: ": ", indent: "\t", eol: "\n"},
		{item: ",", colon: " : ", indent: "  ", eol: "\n", inline: true, empty: " "}, // Jackson
		{item: ",", colon: ":", indent: "\t", eol: "\n"},                             // fastjson
		{item: ",", colon: ": "},
		{item: ", ", colon: ":"},
		// up to here they are likely; see bodies
		{item: ",", colon: " : ", indent: "   ", eol: "\n"}, // Perl
		{item: ",", colon: ": ", indent: " ", eol: "\n"},
		{item: ",", colon: ": ", indent: "        ", eol: "\n"},
		{item: ",", colon: ":", indent: "  ", eol: "\n"},
		{item: ",", colon: ":", indent: "    ", eol: "\n"},
		{item: ",", colon: " : ", indent: "  ", eol: "\n"},
		{item: ",", colon: " : ", indent: "    ", eol: "\n"},
		{item: ", ", colon: ": ", inside: true},
		{item: ", ", colon: " : ", inside: true},
		{item: " , ", colon: " : ", inside: true},
		{item: ", ", colon: " : "},
		{item: ",", colon: " : "},
		{item: ", ", colon: ": ", indent: "  ", eol: "\n"}, // Python 2
		{item: ", ", colon: ": ", indent: "    ", eol: "\n"},
		{item: ",", colon: ": ", indent: "  ", eol: "\n", short: true},
		{item: ",", colon: ": ", indent: "    ", eol: "\n", short: true},
	}
	for _, l := range list[2:8] { // on Windows
		l.eol = "\r\n"
		list = append(list, l)
	}
	return list
}

const likelyLayouts = 10

// write writes a value, its strings as they were written.
func (l layout) write(b []byte, n node, depth int) []byte {
	if n.kind == '"' || n.kind == '0' {
		return append(b, n.raw...)
	}
	closing := closingOf(n.kind)
	b = append(b, n.kind)
	if len(n.kids) == 0 {
		return append(append(b, l.empty...), closing)
	}
	multi := l.indent != "" && !(l.inline && n.kind == '[') && !(l.short && n.kind == '{' && len(n.kids) == 1)
	inner := depth
	if multi {
		inner++
	}
	spaced := l.inside || l.inline && n.kind == '['
	for i, kid := range n.kids {
		switch {
		case i > 0 && l.inline && n.kind == '[':
			b = append(b, ", "...)
		case i > 0:
			b = append(b, l.item...)
		case spaced:
			b = append(b, ' ')
		}
		if multi {
			b = l.line(b, inner)
		}
		if n.kind == '{' {
			b = append(append(b, n.keys[i].raw...), l.colon...)
		}
		b = l.write(b, kid, inner)
	}
	if multi {
		b = l.line(b, depth)
	} else if spaced {
		b = append(b, ' ')
	}
	return append(b, closing)
}

// close writes the brackets that end a document, each on its line.
func (l layout) close(brackets string, inString bool) string {
	var b []byte
	if inString {
		b = append(b, '"')
	}
	for i := range brackets {
		b = append(l.line(b, len(brackets)-1-i), brackets[i])
	}
	return string(b)
}

func (l layout) line(b []byte, depth int) []byte {
	b = append(b, l.eol...)
	for range depth {
		b = append(b, l.indent...)
	}
	return b
}

// inPlace rewrites the strings and literals of a text and leaves its white
// space and its order alone.
func inPlace(text string, n node, str func(b []byte, s node) []byte, literal func(string) string) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	pos := 0
	var walk func(n node)
	put := func(raw string, changed func()) {
		at := pos + strings.Index(text[pos:], raw)
		out = append(out, text[pos:at]...)
		pos = at + len(raw)
		changed()
	}
	walk = func(n node) {
		switch n.kind {
		case '"':
			put(n.raw, func() { out = str(out, n) })
		case '0':
			put(n.raw, func() { out = append(out, literal(n.raw)...) })
		}
		for i, kid := range n.kids {
			if n.kind == '{' {
				put(n.keys[i].raw, func() { out = str(out, n.keys[i]) })
			}
			walk(kid)
		}
	}
	walk(n)
	return append(out, text[pos:]...)
}

// reshaped returns a copy of a value, changed from the leaves up.
func (n node) reshaped(f func(node) node) node {
	kids := make([]node, len(n.kids))
	for i, kid := range n.kids {
		kids[i] = kid.reshaped(f)
	}
	n.kids = kids
	return f(n)
}

// sorted orders the members of every object.
func (n node) sorted(less func(a, b string) int) node {
	return n.reshaped(func(n node) node { return n.sortMembers(less) })
}

func (n node) sortMembers(less func(a, b string) int) node {
	if n.kind != '{' {
		return n
	}
	order := make([]int, len(n.keys))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return less(n.keys[i].text, n.keys[j].text) })
	return n.pick(order)
}

func (n node) pick(order []int) node {
	keys, kids := make([]node, len(order)), make([]node, len(order))
	for to, from := range order {
		keys[to], kids[to] = n.keys[from], n.kids[from]
	}
	n.keys, n.kids = keys, kids
	return n
}

// without drops the members of objects for which drop holds.
func (n node) without(drop func(kid node) bool) node {
	return n.reshaped(func(n node) node {
		if n.kind != '{' {
			return n
		}
		var keep []int
		for i, kid := range n.kids {
			if !drop(kid) {
				keep = append(keep, i)
			}
		}
		return n.pick(keep)
	})
}

// like gives the members of n the order that they have in a model. Members
// that the model lacks keep their place behind the one before them.
func (n node) like(model node) node {
	if n.kind != model.kind {
		return n
	}
	if n.kind == '[' {
		kids := slices.Clone(n.kids)
		for i := range kids {
			if len(model.kids) > 0 {
				kids[i] = kids[i].like(model.kids[min(i, len(model.kids)-1)])
			}
		}
		n.kids = kids
		return n
	}
	if n.kind != '{' {
		return n
	}
	place := map[string]int{}
	for i, key := range model.keys {
		place[key.text] = i
	}
	rank := make([]int, len(n.keys))
	last := -1
	order := make([]int, len(n.keys))
	for i, key := range n.keys {
		if at, known := place[key.text]; known {
			last = at
		}
		rank[i], order[i] = last, i
	}
	slices.SortStableFunc(order, func(i, j int) int { return rank[i] - rank[j] })
	n = n.pick(order)
	for i, key := range n.keys {
		if at, known := place[key.text]; known {
			n.kids[i] = n.kids[i].like(model.kids[at])
		}
	}
	return n
}

// completed puts the members into n that a model has and n lacks, each where the
// model has it. value tells what each of them is; nil leaves it out.
func (n node) completed(model node, value func() *node) node {
	if n.kind != '{' || model.kind != '{' {
		return n
	}
	n = n.pick(identity(len(n.keys)))
	at := 0
	for i, key := range model.keys {
		if here := slices.IndexFunc(n.keys, func(k node) bool { return k.text == key.text }); here >= 0 {
			n.kids[here] = n.kids[here].completed(model.kids[i], value)
			at = here + 1
		} else if v := value(); v != nil {
			n.keys, n.kids = slices.Insert(n.keys, at, key), slices.Insert(n.kids, at, *v)
			at++
		}
	}
	return n
}

// covers reports whether a model has all members of n, and so is of its type.
func (model node) covers(n node) bool {
	return !slices.ContainsFunc(n.keys, func(key node) bool {
		return !slices.ContainsFunc(model.keys, func(k node) bool { return k.text == key.text })
	})
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// KeyOrder returns the keys of a JSON object in their order, with all values
// emptied: {"a":"","b":{"c":""}}. It is what [Hints] needs of a body that
// verified, and holds none of its values. It is nil for other bodies, for those
// over 64 KB, and where a key is no word.
func KeyOrder(body []byte) []byte {
	const most = 64 << 10 // bytes; APO's bodies have a few thousand
	if len(body) > most {
		return nil
	}
	n, _, ok := parseJSON(string(body))
	if !ok || n.kind != '{' || !n.plainKeys() {
		return nil
	}
	return layouts()[0].write(nil, n.emptied().escaped(escaping{}), 0)
}

// plainKeys reports whether all keys are words: what else stands in one could be
// a value.
func (n node) plainKeys() bool {
	for _, key := range n.keys {
		if key.text == "" || len(key.text) > 64 || strings.ContainsFunc(key.text, func(c rune) bool {
			return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.')
		}) || strings.Trim(key.text, "0123456789-._") == "" {
			return false
		}
	}
	for _, kid := range n.kids {
		if !kid.plainKeys() {
			return false
		}
	}
	return true
}

func (n node) emptied() node {
	switch n.kind {
	case '{':
		kids := make([]node, len(n.kids))
		for i, kid := range n.kids {
			kids[i] = kid.emptied()
		}
		n.kids = kids
		return n
	case '[':
		n.kids = slices.Clone(n.kids[:min(1, len(n.kids))])
		for i := range n.kids {
			n.kids[i] = n.kids[i].emptied()
		}
		return n
	}
	return node{kind: '"'}
}
