package received

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/tidwall/gjson"
)

// Start reads the first line that is not blank, and tells whether a message a
// line follows; if not, the whole is one form, or a text around one, to be read with
// [Read]. rest is the input from its beginning.
func Start(from io.Reader, form string) (lines bool, rest io.Reader, err error) {
	r := bufio.NewReaderSize(from, 256<<10)
	var head []byte
	for {
		line, err := readLine(r)
		head = append(head, line...)
		if err != nil && err != io.EOF {
			return true, nil, err
		}
		if err == nil {
			head = append(head, '\n')
		}
		if len(bytes.TrimSpace(line)) > 0 || err != nil {
			lines = byLine(bytes.TrimSpace(line), form)
			if there, _ := r.Peek(r.Buffered()); lines && form == "" && !isJSONStart(line) {
				text, quoted := unquoted(append(bytes.Clone(head), there...))
				message, blocks := textAround(text)
				lines = !quoted && message == nil && blocks == nil && !startsValue(text)
			}
			return lines, io.MultiReader(bytes.NewReader(head), r), nil
		}
	}
}

// byLine reports whether each line like this one is a message of its own.
func byLine(line []byte, form string) bool {
	switch form {
	case "", "event", "log":
	default:
		return false
	}
	if goesOn(line) {
		return false
	}
	if isJSONStart(line) || len(line) > 0 && line[0] == '[' {
		if value := firstJSON(line); value != nil && len(value) == len(line) {
			return line[0] == '{' && !isHAR(line) && !isPostman(line) && len(flattened(gjson.ParseBytes(value), 0)) == 1
		}
		r, _ := recordIn(line, line)
		return r.value != nil || len(line) > 200 && line[0] == '{' // what is cut off is one line
	}
	for _, f := range Forms() {
		if f.Name != "log" && f.is(line) || bytes.Contains(line, []byte("HTTP_")) {
			return false
		}
	}
	return !startsText(string(line)) && foreign(line) == ""
}

// startsText recognises first lines that alone do not tell their form.
func startsText(line string) bool {
	return isComment(line) || strings.HasPrefix(line, ">") || isCurl([]byte(line+" ")) || strings.HasPrefix(line, "== Info") ||
		withoutTime([]byte(line)) > 0 || line == "Array" || strings.HasPrefix(line, "array (") || strings.HasPrefix(line, "array(") || sectionOf(line) != ""
}
