package received

import (
	"bytes"
	"errors"
	"strings"

	"github.com/tidwall/gjson"
)

// isAntomLog recognises the lines that code writes which Antom's assistant made.
func isAntomLog(data []byte) bool {
	line, _, _ := cutLine(bytes.TrimLeft(data, "\r\n"))
	_, _, found := antomLine(line)
	return found
}

// antomLine takes apart [Antom][time][API] body.
func antomLine(line string) (api, body string, found bool) {
	rest, found := strings.CutPrefix(line, "[Antom]")
	if !found {
		return "", "", false
	}
	if _, rest, found = strings.Cut(strings.TrimLeft(rest, " "), "]"); !found {
		return "", "", false
	}
	api, body, found = strings.Cut(strings.TrimLeft(rest, " "), "]")
	return strings.TrimPrefix(api, "["), strings.TrimSpace(body), found && strings.HasPrefix(api, "[")
}

// readAntomLog reads such lines. They have the bodies, and headers only where
// somebody logs them too.
func readAntomLog(data []byte, part Part) ([]Message, error) {
	var list []Message
	for rest := data; rest != nil; {
		var line string
		line, rest, _ = cutLine(rest)
		api, text, found := antomLine(line)
		if !found {
			if seemsMessage(line) {
				list = append(list, Message{Problem: &Unknown{Seems: seems([]byte(line)), Signed: true}})
			}
			continue
		}
		one := Message{URI: api}
		if value := firstJSON([]byte(text)); value != nil && gjson.GetBytes(value, "headers").Exists() {
			one = fromRecord(value, false, part)
			if seemsRecord([]byte(text)[len(value):]) {
				one.doubt(errAnother("behind the JSON on its line"))
			}
			if one.URI == "" {
				one.URI = api
			} else if strings.HasPrefix(api, "/") && !sameAddress(one.URI, api) {
				one.doubt(errors.New("it has two paths that differ, [" + cut(api) + "] and " + cut(one.URI)))
			}
		} else {
			one.Problem = &Unknown{Seems: "a line of antom_debug.log, which has the body and not the headers that are signed; log client-id, request-time and signature beside it"}
		}
		list = append(list, one)
	}
	return known(list)
}
