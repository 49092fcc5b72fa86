// Package strict reads JSON that every reader understands alike, and refuses any
// other JSON.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// maxDepth is how deep JSON may be nested. APO's messages need six levels.
const maxDepth = 64

// Check accepts data only if every reader would understand it alike: one
// JSON object in UTF-8, no key twice in an object, nothing behind it, not
// nested deeper than 64 levels.
//
// Duplicate keys matter because readers disagree which one counts, and a
// signature covers them all.
func Check(data []byte) error {
	if plainJSON(data, nil) {
		return nil
	}
	return check(data)
}

// Members is [Check] that also hands out the members of the object in
// their order, the values as they are written; [Text] reads those that are
// strings. Where it returns an error nothing was handed out.
func Members(data []byte, member func(name, value []byte)) error {
	if plainJSON(data, member) {
		return nil
	}
	if err := check(data); err != nil {
		return err
	}
	gjson.ParseBytes(data).ForEach(func(name, value gjson.Result) bool {
		member([]byte(name.String()), []byte(value.Raw))
		return true
	})
	return nil
}

// Text returns what a JSON value says: a string without its quotes and
// escapes, anything else as it is written, null as nothing.
func Text(value []byte) []byte {
	switch {
	case len(value) < 2 || value[0] != '"':
		if string(value) == "null" {
			return nil
		}
		return value
	case bytes.IndexByte(value, '\\') < 0:
		return value[1 : len(value)-1]
	}
	text := value[1 : len(value)-1]
	out := make([]byte, len(text))
	n := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			i++
			switch c = text[i]; c {
			case '"', '\\', '/':
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			default: // \uXXXX, which is rarer than it looks
				var text string
				_ = json.Unmarshal(value, &text)
				return []byte(text)
			}
		}
		out[n] = c
		n++
	}
	return out[:n]
}

func check(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return errors.New("it begins with a byte order mark (EF BB BF); save it as UTF-8 without BOM")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return errors.New("it is UTF-16; save it as UTF-8")
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("it is empty")
	}
	if offset := invalidUTF8(data); offset >= 0 {
		return fmt.Errorf("byte %d is not UTF-8", offset)
	}
	if err := CheckDepth(data); err != nil {
		return err
	}
	if offset := halfCharacter(data); offset >= 0 {
		return fmt.Errorf("byte %d begins an escape of half a character (a lone surrogate)", offset)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := checkValue(d, ""); err != nil {
		return err
	}
	if end := d.InputOffset(); len(bytes.TrimSpace(data[end:])) > 0 {
		return fmt.Errorf("there is more text behind the JSON, from byte %d", end)
	}
	if data[bytes.IndexFunc(data, NotSpace)] != '{' {
		return errors.New("it is JSON, but not an object")
	}
	if !json.Valid(data) {
		return errors.New("it is not JSON")
	}
	return nil
}

// NotSpace reports whether r is not white space to JSON.
func NotSpace(r rune) bool { return r != ' ' && r != '\n' && r != '\r' && r != '\t' }

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// CheckDepth refuses what is nested too deeply. It looks before any recursive
// reader does, at text that may be no JSON.
func CheckDepth(data []byte) error {
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("it is nested deeper than %d levels", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// halfCharacter finds an escape such as \ud800 that stands alone: one reader
// makes U+FFFD of it, another an error, a third keeps it.
func halfCharacter(data []byte) int {
	for i := 0; i+1 < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		switch first := Escaped(data[i:]); {
		case first < 0:
			i++ // another escape, \\ among them
		case utf16.IsSurrogate(first):
			if utf16.DecodeRune(first, Escaped(data[min(i+6, len(data)):])) == utf8.RuneError {
				return i
			}
			i += 11
		default:
			i += 5
		}
	}
	return -1
}

// Escaped reads the \uXXXX at the beginning of data, -1 where there is none.
func Escaped(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}

func checkValue(d *json.Decoder, path string) error {
	token, err := d.Token()
	if err != nil {
		return jsonError(err, d.InputOffset())
	}
	delim, _ := token.(json.Delim)
	switch delim {
	case '{':
		seen := map[string]bool{}
		for d.More() {
			token, err := d.Token()
			if err != nil {
				return jsonError(err, d.InputOffset())
			}
			key, _ := token.(string)
			if seen[key] {
				return fmt.Errorf("the key %q comes twice%s", key, in(path))
			}
			seen[key] = true
			if err := checkValue(d, join(path, key)); err != nil {
				return err
			}
		}
	case '[':
		for i := 0; d.More(); i++ {
			if err := checkValue(d, join(path, fmt.Sprint(i))); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	if _, err := d.Token(); err != nil {
		return jsonError(err, d.InputOffset())
	}
	return nil
}

func jsonError(err error, offset int64) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Error() != "unexpected end of JSON input" {
		return fmt.Errorf("it is not JSON at byte %d", syntax.Offset)
	}
	return fmt.Errorf("the JSON ends too early, at byte %d", offset)
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
