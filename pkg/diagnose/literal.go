package diagnose

import "strings"

// literal reads a value as Python, Ruby, JavaScript and PHP print it for people:
// {'a': 'b', 'c': None}, {"a"=>"b", "c"=>nil}, { a: 'b', c: undefined },
// array ( 'a' => 'b', ).
type literal struct {
	in     string
	pos    int
	values int
	json   bool // nothing in it was other than JSON
}

// parseLiteral returns such a value as JSON, all strings written plainly. It is
// false for what is JSON already.
func parseLiteral(text string) (node, bool) {
	if text == "" || len(text) > dearAbove || strings.IndexByte("{[(aA", text[0]) < 0 {
		return node{}, false
	}
	p := literal{in: text, json: true}
	n, ok := p.value(0)
	p.space()
	return n, ok && p.pos == len(text) && !p.json && (n.kind == '{' || n.kind == '[') && len(n.kids) > 0
}

func (p *literal) space() {
	for p.pos < len(p.in) && strings.IndexByte(" \t\r\n", p.in[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *literal) take(s string) bool {
	p.space()
	if strings.HasPrefix(p.in[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

func (p *literal) value(depth int) (node, bool) {
	p.space()
	if p.values++; p.pos == len(p.in) || depth > maxNesting || p.values > maxValues {
		return node{}, false
	}
	switch c := p.in[p.pos]; c {
	case '{', '[':
		p.pos++
		return p.container(c, closingOf(c), depth)
	case '"', '\'':
		return p.str(c)
	}
	start := p.pos
	for p.pos < len(p.in) && strings.IndexByte(",:=]}() \t\r\n\"'{[", p.in[p.pos]) < 0 {
		p.pos++
	}
	word := p.in[start:p.pos]
	if strings.EqualFold(word, "array") && p.take("(") {
		p.json = false
		return p.container('[', ')', depth)
	}
	if isLiteral(word) {
		return node{kind: '0', raw: word}, true
	}
	p.json = false
	switch word {
	case "None", "nil", "NULL", "undefined":
		return node{kind: '0', raw: "null"}, true
	case "True", "TRUE":
		return node{kind: '0', raw: "true"}, true
	case "False", "FALSE":
		return node{kind: '0', raw: "false"}, true
	}
	return plainString(word), word != "" && p.bareKey()
}

// bareKey reports whether a word without quotes is the name of a member: only
// there do languages print one.
func (p *literal) bareKey() bool {
	p.space()
	rest := p.in[p.pos:]
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "=>")
}

func plainString(text string) node {
	return node{kind: '"', text: text, raw: string(escaping{}.string(nil, text))}
}

// container reads the items behind an opening bracket. Those with names make an
// object of it, whatever the bracket.
func (p *literal) container(open, closing byte, depth int) (n node, ok bool) {
	n.kind = open
	end := string(closing)
	for !p.take(end) {
		item, ok := p.value(depth + 1)
		if !ok {
			return n, false
		}
		named := p.take("=>")
		if named {
			p.json = false
		} else {
			named = p.take(":")
		}
		if named {
			if item.kind != '"' {
				item = plainString(item.raw)
			}
			n.kind, n.keys = '{', append(n.keys, item)
			if item, ok = p.value(depth + 1); !ok {
				return n, false
			}
		}
		if n.kids = append(n.kids, item); n.kind == '{' && len(n.keys) != len(n.kids) {
			return n, false
		}
		if !p.take(",") {
			return n, p.take(end)
		}
		if p.space(); strings.HasPrefix(p.in[p.pos:], end) {
			p.json = false
		}
	}
	return n, true
}

func (p *literal) str(quote byte) (node, bool) {
	start := p.pos + 1
	for p.pos = start; p.pos < len(p.in); p.pos++ {
		switch p.in[p.pos] {
		case '\\':
			p.pos++
		case quote:
			inner := p.in[start:p.pos]
			p.pos++
			if quote == '\'' {
				p.json = false
			}
			if strings.IndexByte(inner, '\\') < 0 {
				return plainString(inner), true
			}
			if text, ok := decodeString(inner); ok && quote == '"' {
				return plainString(text), true
			}
			text, ok := unescapeC(inner, true)
			p.json = false
			return plainString(text), ok
		}
	}
	return node{}, false
}
