package received

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// isEvent recognises what a function in the cloud is called with.
func isEvent(data []byte) bool {
	if !isJSONStart(data) {
		return false
	}
	v := gjson.ParseBytes(firstJSON(data))
	if v.IsArray() {
		v = v.Get("0")
	}
	if !v.Get("headers").Exists() && !v.Get("multiValueHeaders").Exists() {
		return false
	}
	return slices.ContainsFunc([]string{"httpMethod", "rawPath", "requestContext", "rawBody", "url", "uri", "path", "method"}, func(name string) bool {
		return v.Get(name).Exists()
	})
}

// isLog recognises JSON anywhere in a text, and the variables of a server.
func isLog(data []byte) bool {
	if isServerDump(data) {
		return true
	}
	found := false
	eachRecord(data[:min(len(data), 1<<20)], func(r record) { found = found || r.value != nil })
	return found || isJSONStart(data) && firstJSON(data) != nil
}

// readLog reads the messages in a log.
func readLog(data []byte, part Part) ([]Message, error) {
	if isServerDump(data) {
		return readServerDump(data)
	}
	return readJSON(data, part)
}

// readJSON reads a message from every object in a text. What is none among those
// that are has an [Unknown] as its problem.
func readJSON(data []byte, part Part) ([]Message, error) {
	var list []Message
	eachRecord(data, func(r record) {
		if r.value == nil {
			list = append(list, Message{Problem: &Unknown{Seems: seems(r.line), Signed: holdsSignature(r.line)}})
			return
		}
		objects := flattened(gjson.ParseBytes(r.value), 0)
		var found []Message
		for _, object := range objects {
			found = append(found, fromRecord([]byte(object.Raw), r.bytes, part))
		}
		problem := r.leftOut(found)
		if problem == nil {
			problem = r.another(found, objects)
		}
		if problem == nil && len(objects[0].Raw) < len(r.value) {
			problem = around(r.value, found)
		}
		if problem == nil && part == RequestPart && !slices.ContainsFunc(found, settled) && holdsSignature(r.line) {
			problem = &Unknown{Seems: otherShape + howToLog, Signed: true}
		}
		if problem == nil && !slices.ContainsFunc(found, settled) && namesHeaders(string(r.line)) {
			problem = &Unknown{Seems: otherShape + howToLog}
		}
		for _, m := range found {
			if problem != nil {
				m.Problem = problem
			}
			list = append(list, m)
		}
	})
	return known(list)
}

// leftOut says what a program did not print of an object.
func (r record) leftOut(found []Message) error {
	switch {
	case r.cut != "":
		return errors.New(r.cut)
	case r.deep && !slices.ContainsFunc(found, Message.Signed):
		return &Unknown{Seems: "an object that node printed without what is nested deeper ([Object]); log JSON.stringify of it, or util.inspect with depth: null"}
	}
	return nil
}

// another says that there is more in a record than the messages that were found.
func (r record) another(found []Message, objects []gjson.Result) error {
	if !slices.ContainsFunc(found, Message.Signed) {
		return nil
	}
	if isAnother(string(r.head), found[0]) {
		return errAnother("before the JSON on its line")
	}
	if len(signatureRuns(string(r.line))) > len(signatureRuns(string(r.head)))+len(signatureRuns(string(r.value))) { // in another field
		return errAnother("beside the JSON on its line")
	}
	return unread(gjson.ParseBytes(r.value), objects...)
}

// settled reports whether the signature of a message was found, or why not.
func settled(m Message) bool {
	var none *Unknown
	return m.Signed() || m.Problem != nil && (!errors.As(m.Problem, &none) || none.Signed)
}

// around says why readers disagree about a list, or about which list is meant,
// where each message in it is sound.
func around(value []byte, list []Message) error {
	if value[0] != '{' || slices.ContainsFunc(list, func(m Message) bool { return m.Problem != nil }) {
		return nil
	}
	return apo.CheckJSON(value)
}

func fromRecord(object []byte, bytes bool, part Part) Message {
	m, err := messageIn(object, part)
	var none *Unknown
	if m.Problem = err; !m.Signed() && (err == nil || errors.As(err, &none)) && part == RequestPart && holdsSignature(object) {
		m.Problem = &Unknown{Seems: "JSON with a signature in a place that is not read; " + howToLog, Signed: true}
	}
	if bytes {
		m.note(`nginx had written bytes as \xNN; they were put back`)
	}
	m.measure()
	return m
}

// known returns the list, or the first problem where none of it is a message.
func known(list []Message) ([]Message, error) {
	if len(list) == 0 {
		return nil, errors.New("it is empty")
	}
	if slices.ContainsFunc(list, func(m Message) bool { return m.Problem == nil }) {
		return list, nil
	}
	for _, m := range list {
		var u *Unknown
		if !errors.As(m.Problem, &u) {
			return nil, m.Problem
		}
	}
	for _, m := range list {
		if len(m.Body) > 0 || m.URI != "" {
			return nil, m.Problem
		}
	}
	return nil, list[0].Problem
}

// flattened are the objects of a list, or of the list that an object wraps.
func flattened(v gjson.Result, depth int) []gjson.Result {
	list := v
	if v.IsObject() && !v.Get("headers").Exists() {
		list = firstOf(v, "Records", "logEvents", "events", "hits.hits", "entries", "requests")
	}
	if first := list.Get("0"); !list.IsArray() || depth > 3 || !first.IsObject() && !first.IsArray() {
		return []gjson.Result{v}
	}
	var all []gjson.Result
	for _, one := range list.Array() {
		all = append(all, flattened(one, depth+1)...)
	}
	return all
}

// serverLine reads a variable of a server as PHP prints it, [NAME] => value,
// ["NAME"]=>, 'NAME' => 'value', $_SERVER['NAME'] => value, or an environment,
// NAME=value, NAME: value.
func serverLine(line string) (name, value string, found bool) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "$_SERVER")
	line = strings.TrimLeft(line, "[\"'")
	end := strings.IndexFunc(line, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	if end <= 0 {
		return "", "", false
	}
	name, rest := line[:end], strings.TrimLeft(line[end:], "]\"' ")
	for _, mark := range []string{"=>", "=", ":"} {
		if value, found = strings.CutPrefix(rest, mark); found {
			return name, strings.TrimSpace(value), strings.HasPrefix(name, "HTTP_") || strings.HasPrefix(name, "REQUEST_") || slices.Contains([]string{"QUERY_STRING", "PATH_INFO", "SCRIPT_NAME", "RAW_URI"}, name)
		}
	}
	return "", "", false
}

// dumped reads string(12) "value".
func dumped(text string) (value string, found bool) {
	rest, found := strings.CutPrefix(text, "string(")
	_, value, quoted := strings.Cut(rest, ") \"")
	return strings.TrimSuffix(value, "\""), found && quoted && strings.HasSuffix(value, "\"")
}

// isServerDump recognises the variables in which a web server hands the headers
// on: as PHP prints $_SERVER, or an environment.
func isServerDump(data []byte) bool {
	if isJSONStart(data) || len(data) >= maxLine || !bytes.Contains(data, []byte("HTTP_SIGNATURE")) {
		return false
	}
	for _, inObject := range []string{`"HTTP_SIGNATURE":`, `'HTTP_SIGNATURE':`, `"HTTP_SIGNATURE"=>`, `"HTTP_SIGNATURE" =>`} {
		if bytes.Contains(data, []byte(inObject)) && bytes.Contains(data, []byte("{")) {
			return false
		}
	}
	return true
}

func readServerDump(data []byte) ([]Message, error) {
	values := map[string]string{}
	var body []byte
	hasBody := false
	for rest := data; rest != nil; {
		var line string
		before := rest
		line, rest, _ = cutLine(rest)
		name, value, found := serverLine(line)
		if !found {
			if trimmed := bytes.TrimSpace([]byte(line)); len(values) > 0 && len(trimmed) > 0 && trimmed[0] == '{' {
				body, hasBody = bytes.TrimRight(before, "\r\n"), true
				break
			}
			if seemsMessage(line) {
				return nil, errAnother("beside the variables of the server")
			}
			continue
		}
		if value == "" && rest != nil { // var_dump has it on the next line
			next, behind, _ := cutLine(rest)
			if text, is := dumped(strings.TrimSpace(next)); is {
				value, rest = text, behind
			}
		}
		if have, twice := values[name]; twice && have != valueOf(value) {
			return nil, errors.New("it has " + name + " twice, with different values")
		}
		values[name] = valueOf(value)
	}
	uri, err := serverPath(values)
	if err != nil {
		return nil, err
	}
	m := Message{Method: values["REQUEST_METHOD"], URI: uri, Body: body, HasBody: hasBody}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if header, found := bytes.CutPrefix([]byte(name), []byte("HTTP_")); found {
			m.add(string(bytes.ReplaceAll(header, []byte("_"), []byte("-"))), values[name])
		}
	}
	if m.Get("Signature") == "" && len(m.Header) == 0 {
		return nil, errors.New("it names HTTP_SIGNATURE and shows no value of it")
	}
	return []Message{m}, nil
}

// serverPath is the address among the variables of a server: as it was requested, or
// put together of its parts.
func serverPath(values map[string]string) (string, error) {
	told, first := tellings{homes: []string{""}}, ""
	parts := values["PATH_INFO"]
	if script := values["SCRIPT_NAME"]; !isFile(script) && parts != "" && !strings.HasPrefix(parts, script+"/") {
		parts = script + parts
	}
	if query := values["QUERY_STRING"]; query != "" && parts != "" {
		parts += "?" + query
	}
	for _, v := range []Field{{"REQUEST_URI", values["REQUEST_URI"]}, {"RAW_URI", values["RAW_URI"]}, {"REQUEST_PATH", values["REQUEST_PATH"]}, {"PATH_INFO", parts}} {
		if v.Value == "" {
			continue
		}
		if first == "" {
			first = v.Value
		}
		told.paths = append(told.paths, said{name: v.Name, text: behindHost(v.Value)})
	}
	if query := values["QUERY_STRING"]; query != "" && first == values["REQUEST_PATH"] {
		first += "?" + query
	}
	return first, told.contradiction()
}

// valueOf takes off what print_r, var_dump, var_export and a shell add.
func valueOf(text string) string {
	if value, is := dumped(text); is {
		return value
	}
	text = strings.TrimSuffix(text, ",")
	if len(text) >= 2 && (text[0] == '\'' || text[0] == '"') && text[len(text)-1] == text[0] {
		return text[1 : len(text)-1]
	}
	return text
}
