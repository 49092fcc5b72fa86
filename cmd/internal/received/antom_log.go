package received

import (
	"bytes"
	"regexp"

	"github.com/tidwall/gjson"
)

var antomLine = regexp.MustCompile(`^\[Antom\]\s*\[([^\]]*)\]\s*\[([^\]]*)\]\s*(.*)$`)

// isAntomLog recognises the lines that code writes which Antom's assistant made.
func isAntomLog(data []byte) bool {
	line, _, _ := cutLine(bytes.TrimLeft(data, "\r\n"))
	return antomLine.MatchString(line)
}

// readAntomLog reads such lines. They have the bodies, and headers only where
// somebody logs them too.
func readAntomLog(data []byte, part Part) ([]Message, error) {
	var list []Message
	for rest := data; rest != nil; {
		var line string
		line, rest, _ = cutLine(rest)
		m := antomLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		one := Message{URI: m[2]}
		if value := firstJSON([]byte(m[3])); value != nil && gjson.GetBytes(value, "headers").Exists() {
			one = fromRecord(value, false, part)
			if one.URI == "" {
				one.URI = m[2]
			}
		} else {
			one.Problem = &Unknown{Seems: "a line of antom_debug.log, which has the body and not the headers that are signed; log client-id, request-time and signature beside it"}
		}
		list = append(list, one)
	}
	return known(list)
}
