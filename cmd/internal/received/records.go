package received

import (
	"bytes"
	"strconv"

	"github.com/tidwall/gjson"
)

func isJSONStart(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[' && len(bytes.TrimLeft(data[1:], " \t\r\n")) > 0 && bytes.TrimLeft(data[1:], " \t\r\n")[0] == '{')
}

// firstJSON returns the value with which data begins; nil where it is not whole.
func firstJSON(data []byte) []byte {
	data = bytes.TrimLeft(data, " \t\r\n")
	n := valueEnd(data)
	if n == 0 || !gjson.ValidBytes(data[:n]) {
		return nil
	}
	return data[:n]
}

// doubt keeps why readers disagree about a message that bears a signature. What
// bears none is left out, whatever is wrong with it.
func (m *Message) doubt(problem error) {
	if m.Problem == nil && m.Notifies() {
		m.Problem = problem
	}
}

const maxNesting = 200 // deeper than any message; readers of JSON call themselves

// valueEnd finds where the object or list ends with which data begins; 0: it
// does not, or is nested too deep.
func valueEnd(data []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return 0
			}
		case c == '}' || c == ']':
			if depth--; depth <= 0 {
				return i + 1
			}
		}
	}
	return 0
}

// record is a JSON value that stood in a text, or a line without any.
type record struct {
	value []byte // nil: it is a line of text
	line  []byte
	head  []byte // what stands before the value
	bytes bool   // nginx had written bytes as \xNN
	cut   string // what a program left out of the message when it printed it
	deep  bool   // inner objects were left out
}

const (
	maxTries  = 4  // braces of one line that may begin a value
	maxOnLine = 64 // values on one line, each of which costs the rest of it
	maxMisses = 16 // values over several lines that have no end: each costs the whole text
)

// eachRecord finds the JSON values in a text: alone, behind a time or the name
// of a container, over one line or several.
func eachRecord(data []byte, yield func(record)) {
	misses, onLine := 0, 0
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		if onLine > maxOnLine {
			yield(record{line: line})
			data, onLine = rest, 0
			continue
		}
		if len(bytes.TrimSpace(line)) == 0 {
			data = rest
			continue
		}
		r, end := recordIn(line, line)
		if r.value == nil && misses < maxMisses && opens(line) {
			var used int
			if r, used = recordIn(data, line); r.value == nil {
				misses++
			} else {
				end, rest = used, nil
				if after := bytes.IndexByte(data[used:], '\n'); after >= 0 {
					rest = data[used+after:]
				}
			}
		}
		if r.value != nil {
			behind := data[end : len(data)-len(rest)]
			if onLine++; seemsRecord(behind) {
				rest = data[end:]
			} else {
				onLine = 0
			}
			line = line[:min(len(line), end)]
		}
		if r.value == nil {
			r.value = firstJSON(withoutQuotes(line))
		}
		r.line = line
		yield(r)
		data = rest
	}
}

// seemsRecord reports whether what stands behind a value on its line is more than an
// end of it.
func seemsRecord(text []byte) bool {
	if len(bytes.TrimSpace(text)) == 0 {
		return false
	}
	r, _ := recordIn(text, text)
	return r.value != nil && len(r.value) > len("{}") || seemsMessage(string(text))
}

// withoutQuotes is what a line quotes: as a string of JSON, or as the last field of
// a table, whose quotes are doubled.
func withoutQuotes(line []byte) []byte {
	line = bytes.TrimSpace(line)
	if len(line) > 1 && line[0] == '"' && gjson.ValidBytes(line) {
		return []byte(gjson.ParseBytes(line).String())
	}
	_, field, found := bytes.Cut(line, []byte(`"{""`))
	if !found {
		return nil
	}
	return bytes.ReplaceAll(append([]byte(`{""`), field...), []byte(`""`), []byte(`"`))
}

// opens reports whether a value may begin in a line and go on behind it.
func opens(line []byte) bool {
	line = bytes.TrimSpace(line)
	last := line[len(line)-1]
	return line[0] == '{' || line[0] == '[' || last == '{' || last == '['
}

// goesOn reports whether a value begins in a line that only later lines end. What
// is long is a line that was cut off.
func goesOn(line []byte) bool {
	const most = 200
	line = bytes.TrimSpace(line)
	if len(line) == 0 || len(line) > most || !opens(line) {
		return false
	}
	last := line[len(line)-1]
	return last == '{' || last == '[' || valueEnd(line) == 0
}

// recordIn finds the first value that begins in line, with which data begins: JSON,
// or an object as a program prints it.
func recordIn(data, line []byte) (r record, used int) {
	at := 0
	for range maxTries {
		i := bytes.IndexByte(line[at:], '{')
		if list := bytes.IndexByte(line[at:], '['); list >= 0 && (i < 0 || list < i) && isJSONStart(data[at+list:]) {
			i = list
		}
		if i < 0 {
			return record{}, 0
		}
		at += i
		if n := valueEnd(data[at:]); n > 0 {
			value := data[at : at+n]
			if gjson.ValidBytes(value) {
				return record{value: value, head: line[:at]}, at + n
			}
			if mended := withBytes(value); mended != nil && gjson.ValidBytes(mended) {
				return record{value: mended, bytes: true, head: line[:at]}, at + n
			}
		}
		if found, n := inspect(data[at:]); n > 0 && bytes.IndexByte(line, '{') == at {
			return record{value: found.json, cut: found.cut, deep: found.deep, head: line[:at]}, at + n
		}
		if valueEnd(data[at:]) == 0 && bytes.HasPrefix(line[at:], []byte(`{"`)) {
			break // cut off: an object inside it is a part alone
		}
		at++
	}
	return record{}, 0
}

// withBytes puts bytes in the place of the \xNN that nginx writes into a line
// unless its log_format says escape=json; nil where there is none.
func withBytes(value []byte) []byte {
	if !bytes.Contains(value, []byte(`\x`)) {
		return nil
	}
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' || i+1 == len(value) {
			out = append(out, value[i])
			continue
		}
		if value[i+1] != 'x' || i+4 > len(value) {
			out = append(out, value[i], value[i+1])
			i++
			continue
		}
		code, err := strconv.ParseUint(string(value[i+2:i+4]), 16, 8)
		if err != nil {
			return nil
		}
		switch c := byte(code); {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', value[i+2], value[i+3])
		default:
			out = append(out, c)
		}
		i += 3
	}
	return out
}

// holdsSignature reports whether a text has what looks like a signature, whatever
// shape the text has: the word, and many characters of base64 behind it.
func holdsSignature(text []byte) bool {
	lower := bytes.ToLower(text)
	at := bytes.Index(lower, []byte("signature"))
	if at < 0 {
		return false
	}
	run := 0
	for _, c := range lower[at:] {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/', c == '=', c == '%', c == '-', c == '_', c == '\\':
			if run++; run >= longRun {
				return true
			}
		default:
			run = 0
		}
	}
	return false
}
