package received

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apo-cli/apo/pkg/apo"
)

// inspected is an object as node's util.inspect and Python's repr print it, written
// again as JSON.
type inspected struct {
	json []byte
	cut  string // what of the message was left out, in words
	deep bool   // inner objects were left out, as [Object]
}

// inspect reads the object with which a text begins; n counts its bytes, and is 0
// where there is none.
func inspect(text []byte) (found inspected, n int) {
	p := inspector{text: text}
	value, err := p.value(0)
	if err != nil || len(value) == 0 || value[0] != '{' || bytes.Equal(value, []byte("{}")) {
		return inspected{}, 0
	}
	return inspected{json: value, cut: p.cut, deep: p.deep}, p.at
}

var errNotInspected = errors.New("it is no object as a program prints it")

// inspector reads a value of the text behind the other. A value that is nothing for
// a message, such as a function, is null.
type inspector struct {
	text []byte
	at   int
	keys []string // that lead to the value
	cut  string
	deep bool
}

func (p *inspector) rest() []byte { return p.text[p.at:] }

func (p *inspector) skipBlanks() {
	p.at = len(p.text) - len(bytes.TrimLeft(p.rest(), " \t\r\n"))
}

func (p *inspector) take(mark string) bool {
	if !bytes.HasPrefix(p.rest(), []byte(mark)) {
		return false
	}
	p.at += len(mark)
	return true
}

func (p *inspector) until(mark string) (string, error) {
	i := bytes.Index(p.rest(), []byte(mark))
	line := bytes.IndexByte(p.rest(), '\n')
	if i < 0 || line >= 0 && line < i {
		return "", errNotInspected
	}
	text := string(p.rest()[:i])
	p.at += i + len(mark)
	return text, nil
}

func (p *inspector) value(depth int) ([]byte, error) {
	if p.skipBlanks(); depth > maxNesting || p.at >= len(p.text) {
		return nil, errNotInspected
	}
	switch c := p.text[p.at]; {
	case c == '{':
		return p.object(depth)
	case c == '[' && p.at+1 < len(p.text) && isName(p.text[p.at+1]):
		return p.named(depth)
	case c == '[':
		return p.list(depth, "[", "]")
	case c == '(':
		return p.list(depth, "(", ")")
	case c == '<':
		return p.angled(depth)
	case c == '#' && p.take("#"): // Ruby's #<Object>
		return p.value(depth + 1)
	case c == '\'' || c == '"' || c == '`', (c == 'b' || c == 'u') && p.at+1 < len(p.text) && strings.IndexByte(`'"`, p.text[p.at+1]) >= 0:
		return p.texts()
	case c == '/':
		p.at++
		if _, err := p.until("/"); err != nil {
			return nil, err
		}
		p.word()
		return []byte("null"), nil
	}
	return p.bare(depth)
}

// word reads a name, or a number, or a time.
func (p *inspector) word() string {
	end := bytes.IndexFunc(p.rest(), func(r rune) bool {
		return !strings.ContainsRune("_$.:+-", r) && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r < utf8.RuneSelf
	})
	if end < 0 {
		end = len(p.rest())
	}
	word := string(p.rest()[:end])
	p.at += end
	return word
}

// bare reads what stands without quotes: a number, true, or the name of a class.
func (p *inspector) bare(depth int) ([]byte, error) {
	word := p.word()
	switch word {
	case "true", "True":
		return []byte("true"), nil
	case "false", "False":
		return []byte("false"), nil
	case "null", "None", "nil", "undefined", "NaN", "Infinity", "-Infinity", "":
		if word == "" {
			return nil, errNotInspected
		}
		return []byte("null"), nil
	}
	if first := word[0]; first == '-' || first >= '0' && first <= '9' {
		number := strings.TrimSuffix(word, "n")
		if _, err := strconv.ParseFloat(number, 64); err != nil || number[0] == '0' && len(number) > 1 && number[1] != '.' {
			return []byte("null"), nil // a time
		}
		return []byte(number), nil
	}
	if p.take("(") { // Map(2) {, Headers({ … })
		if inner, err := p.value(depth + 1); err == nil {
			if p.skipBlanks(); !p.take(")") {
				return nil, errNotInspected
			}
			if p.skipBlanks(); p.at >= len(p.text) || strings.IndexByte("[{", p.text[p.at]) < 0 {
				return inner, nil
			}
		}
	}
	if p.skipBlanks(); p.at < len(p.text) && strings.IndexByte("[{<", p.text[p.at]) >= 0 {
		return p.value(depth + 1)
	}
	return nil, errNotInspected
}

// named reads [Object: null prototype] {…}, [Function: name] and [Circular *1]. A
// name alone stands for an object that was nested too deep.
func (p *inspector) named(depth int) ([]byte, error) {
	p.at++
	name, err := p.until("]")
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, "prototype") {
		return p.value(depth + 1)
	}
	if !strings.ContainsAny(name, " :(") && !strings.HasPrefix(name, "Getter") && !strings.HasPrefix(name, "Setter") {
		p.deep = true
		p.isCut("node leaves out what is nested deeper; log JSON.stringify of it, or util.inspect with depth: null")
	}
	if strings.HasPrefix(string(p.rest()), " {") { // its members
		_, err = p.value(depth + 1)
	}
	return []byte("null"), err
}

// angled reads <Buffer 7b 7d>, <ref *1> {…} and other things in < and >.
func (p *inspector) angled(depth int) ([]byte, error) {
	p.at++
	text, err := p.until(">")
	for open := strings.Count(text, "<"); err == nil && open > 0; { // <_io.TextIOWrapper name='<stderr>'>
		var more string
		more, err = p.until(">")
		open += strings.Count(more, "<") - 1
		text += more
	}
	if err != nil {
		return nil, err
	}
	digits, isBuffer := strings.CutPrefix(text, "Buffer")
	switch {
	case strings.HasPrefix(text, "ref "):
		return p.value(depth + 1)
	case !isBuffer:
		return []byte("null"), nil
	}
	digits, more, isCut := strings.Cut(digits, "...")
	raw, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		return nil, errNotInspected
	}
	if isCut {
		p.isCut("node prints the first 50 bytes of a Buffer, and" + more + " were left out; log its toString()")
	}
	return bufferOf(raw), nil
}

func bufferOf(raw []byte) []byte {
	list := []byte(`{"type":"Buffer","data":[`)
	for i, c := range raw {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendUint(list, uint64(c), 10)
	}
	return append(list, "]}"...)
}

// isCut remembers what was left out of the headers or the body.
func (p *inspector) isCut(why string) {
	for _, key := range p.keys {
		plain := plainName(key)
		header, _ := headerName(plain)
		if p.cut == "" && (isHeaders(plain) || bodyRank(plain) > 1 || header != "") {
			p.cut = "its member " + key + " is cut off: " + why
		}
	}
}

// more reads "... 12 more items"; found: it was there.
func (p *inspector) more() (found bool, err error) {
	if !p.take("... ") {
		return false, nil
	}
	end := bytes.IndexAny(p.rest(), ",\r\n]})>")
	if end < 0 {
		return true, errNotInspected
	}
	p.isCut("... " + string(p.rest()[:end]) + " were left out; log JSON.stringify of it")
	p.at += end
	return true, nil
}

func (p *inspector) list(depth int, begin, end string) ([]byte, error) {
	p.take(begin)
	out := []byte{'['}
	for {
		p.skipBlanks()
		switch found, err := p.more(); {
		case err != nil:
			return nil, err
		case found:
		case p.take(end):
			return append(out, ']'), nil
		default:
			value, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(out, value...)
		}
		if p.skipBlanks(); !p.take(",") && !bytes.HasPrefix(p.rest(), []byte(end)) {
			return nil, errNotInspected
		}
	}
}

func (p *inspector) object(depth int) ([]byte, error) {
	p.take("{")
	out := []byte{'{'}
	for {
		p.skipBlanks()
		switch found, err := p.more(); {
		case err != nil:
			return nil, err
		case found:
		case p.take("}"):
			return append(out, '}'), nil
		default:
			member, err := p.member(depth)
			if err != nil {
				return nil, err
			}
			if len(out) > 1 && len(member) > 0 {
				out = append(out, ',')
			}
			out = append(out, member...)
		}
		if p.skipBlanks(); !p.take(",") && !bytes.HasPrefix(p.rest(), []byte("}")) {
			return nil, errNotInspected
		}
	}
}

// member reads name: value; nothing where its name is no text.
func (p *inspector) member(depth int) ([]byte, error) {
	name, isSymbol := "", false
	switch c := p.text[min(p.at, len(p.text)-1)]; {
	case c == '\'' || c == '"' || c == '`':
		quoted, err := p.texts()
		if err != nil {
			return nil, err
		}
		name = string(apo.Text(quoted))
	case c == '[':
		p.at++
		isSymbol = true
		if _, err := p.until("]"); err != nil {
			return nil, err
		}
	default:
		end := bytes.IndexFunc(p.rest(), func(r rune) bool {
			return r != '_' && r != '$' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r < utf8.RuneSelf
		})
		if end <= 0 {
			return nil, errNotInspected
		}
		name = string(p.rest()[:end])
		p.at += end
	}
	p.skipBlanks()
	switch {
	case p.take(":"), p.take("=>"):
	case p.at < len(p.text) && (p.text[p.at] == ',' || p.text[p.at] == '}'): // of a set
		return nil, nil
	default:
		return nil, errNotInspected
	}
	p.keys = append(p.keys, name)
	value, err := p.value(depth + 1)
	p.keys = p.keys[:len(p.keys)-1]
	if err != nil || isSymbol {
		return nil, err
	}
	key, err := apo.Encode(name)
	return append(append(bytes.TrimSpace(key), ':'), value...), err
}
