package received

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Form is one in which people have messages.
type Form struct {
	Name  string // of --from
	Short string // for a list
	Known string // by what it is recognised

	is   func(data []byte) bool
	read func(data []byte, part Part) ([]Message, error)
}

// Forms are all of them. The first that recognises a file reads it.
func Forms() []Form {
	return []Form{
		{"saz", "archive of Fiddler", "a zip file with raw/1_c.txt", isZip, readSAZ},
		{"har", "recording of a browser or proxy", `JSON with log.entries`, isHAR, readHAR},
		{"postman", "collection of Postman, or one item of it", `JSON with item, or with a request whose header is a list`, isPostman, readPostman},
		{"event", "event of a function: API Gateway, ALB, Lambda URL, Cloud Functions", `JSON with headers and httpMethod, rawPath, requestContext, rawBody or url`, isEvent, readJSON},
		{"antom-debug-log", "antom_debug.log", "lines such as [Antom][time][API] body", isAntomLog, readAntomLog},
		{"http-file", ".http file of an editor", "### between requests, @name = value, comments, {{variables}}", isHTTPFile, readHTTPFile},
		{"trace", "curl --trace, --trace-ascii", "lines such as => Send header", isTrace, readTrace},
		{"curl", "curl -v, or a copied curl command (bash, cmd, PowerShell)", "lines that begin with > or <, or the word curl, also behind a prompt, sudo, docker exec", isAnyCurl, readAnyCurl},
		{"raw", "HTTP as text: a proxy's, or a browser's view of the headers", "a request line, :method, or Request URL", isRaw, readPasted},
		{"log", "lines of a log, or an object of any shape with headers and body", "JSON, or an object as node or Python prints it, also behind a time; names such as HTTP_SIGNATURE", isLog, readLog},
	}
}

// FormNames are what --from takes.
func FormNames() []string {
	var names []string
	for _, f := range Forms() {
		names = append(names, f.Name)
	}
	return names
}

// Capture is what a file holds.
type Capture struct {
	Form     string
	Messages []Message
	LeftOut  int // without a signature, beside others that have one
}

// Unknown is the error of an input that is of no form, or not of the one named.
type Unknown struct {
	Form, Seems string
	Signed      bool  // it holds what seems to be a signature
	NotJSON     error // why a line is no strict JSON; nil: nothing is said of that
}

func (u *Unknown) Unwrap() error { return u.NotJSON }

func (u *Unknown) Error() string {
	if u.NotJSON != nil {
		return u.NotJSON.Error() + "; it seems to be " + u.Seems
	}
	if u.Form != "" {
		return "it is not of the form " + u.Form + "; it seems to be " + u.Seems
	}
	return "it is of no form that is read; it seems to be " + u.Seems
}

// Read reads the messages in data, which is UTF-8, in their order. form is a name
// of [Forms]; empty: whatever it is. Of exchanges it takes the part asked for.
func Read(data []byte, form string, part Part) (Capture, error) {
	c := Capture{Form: form}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(data)) == 0 {
		return c, errors.New("it is empty")
	}
	if err := mixedEncodings(data); err != nil && !isZip(data) {
		return c, err
	}
	data, colored := withoutColors(data)
	whole := data
	data, mail := decodedMail(data)
	data, quoted := unquoted(data)
	for more := quoted; more; { // of an answer to an answer
		data, more = unquoted(data)
	}
	data, greeted, blocks := withoutGreeting(data)
	around := func(blocks ...[]byte) error {
		left := len(signatureRuns(string(whole)))
		for _, block := range blocks {
			left -= len(signatureRuns(string(block)))
		}
		if left > 0 {
			return errAnother("in the text around it")
		}
		return nil
	}
	if blocks != nil {
		if err := around(blocks...); err != nil {
			return c, err
		}
		c, ok, err := readBlocks(blocks, form, part)
		switch {
		case ok:
			return c, nil
		case err != nil:
			return c, err
		}
		return Capture{Form: form}, &Unknown{Form: form, Seems: "a text with blocks of code, of which none is a message"}
	}
	if quoted || greeted {
		if err := around(data); err != nil {
			return c, err
		}
	}
	taken := takenOff{colored, mail, quoted, greeted}
	if other := foreign(data); other != "" {
		return c, &Unknown{Form: form, Seems: other}
	}
	for _, f := range Forms() {
		if form != "" && f.Name != form || !f.is(data) {
			continue
		}
		list, err := f.read(data, part)
		var none *Unknown
		if errors.As(err, &none) {
			if none.Form = form; f.Name == "log" && !isJSONStart(data) && !none.Signed && bytes.Contains(data, []byte(`"notifyType"`)) {
				none = &Unknown{Form: form, Seems: seems(data)}
			}
			return c, none
		}
		if err != nil {
			return c, fmt.Errorf("read as %s: %w", f.Name, err)
		}
		c.Form = f.Name
		if c.take(list, part, taken.note, f.Name == "raw" || form == "" && isRaw(data)); len(c.Messages) == 0 {
			return c, &Unknown{Form: form, Seems: seems(data)}
		}
		return c, nil
	}
	return c, &Unknown{Form: form, Seems: seems(data)}
}

// takenOff is what was taken off a text before it was read.
type takenOff struct{ colored, mail, quoted, greeted bool }

func (t takenOff) note(m *Message) {
	if t.colored {
		m.note("the colors of a terminal were taken off")
	}
	if t.mail {
		m.note("the mail's quoted-printable was decoded")
	}
	if t.quoted {
		m.note("the marks of a quoted mail (>) were taken off")
	}
	if t.greeted {
		m.note("the text before it was left out")
	}
}

// take keeps the messages, without those that have no signature where others
// have one: a recording holds other calls, too. bare: nothing but what its sender
// wrote tells where the first one ends, so those behind it may be a part of its body.
func (c *Capture) take(list []Message, part Part, note func(*Message), bare bool) {
	signed := 0
	for _, m := range list {
		if m.Signed() {
			signed++
		}
	}
	for i, m := range list {
		var none *Unknown
		switch {
		case errors.As(m.Problem, &none) && !none.Signed, signed > 0 && !m.Signed() && m.Problem == nil && !m.Notifies() && !(bare && i == 0):
			c.LeftOut++
			continue
		}
		if err := m.agree(part); err != nil && m.Problem == nil {
			m.Problem = err
		}
		note(&m)
		c.Messages = append(c.Messages, m)
	}
}

// unquoted takes off the > with which mail programs quote. Lines that curl -v
// marks in the same way stay.
func unquoted(data []byte) ([]byte, bool) {
	lines := bytes.Split(data, []byte("\n"))
	for i, line := range lines { // who wrote it, and when
		if bytes.HasPrefix(line, []byte(">")) && i <= maxGreeting {
			before := lines[:i]
			if isMessage(bytes.Join(before, []byte("\n"))) || slices.ContainsFunc(before, func(l []byte) bool { return len(bytes.TrimSpace(l)) > 0 && !isProse(string(bytes.TrimSpace(l))) }) {
				return data, false // whose body begins with it
			}
			lines = lines[i:]
			break
		}
		if bytes.HasPrefix(line, []byte("*")) || bytes.HasPrefix(line, []byte("###")) {
			break
		}
	}
	begun, ended, behind := false, false, false
	for i, line := range lines {
		line = bytes.TrimRight(line, "\r ")
		if len(line) == 0 {
			continue
		}
		if line[0] != '>' {
			if !begun || !isProse(string(line)) || beginsOther(string(line)) {
				return data, false // of curl -v
			}
			for lines = lines[:i]; len(bytes.TrimSpace(lines[len(lines)-1])) == 0; { // what was answered
				lines = lines[:len(lines)-1]
			}
			break
		}
		begun = true
		text := bytes.TrimLeft(line, "> ") // of every level
		behind = behind || ended && len(text) > 0
		ended = ended || i > 0 && len(text) == 0
		if i == 0 && len(text) > 0 && (text[0] == '{' && !bytes.HasPrefix(text, []byte("{%")) || bytes.HasPrefix(text, []byte("curl "))) {
			behind = true
		}
	}
	if !behind {
		return data, false // headers alone
	}
	for i, line := range lines {
		if len(bytes.TrimSpace(line)) > 0 {
			line = line[1:]
		}
		lines[i] = bytes.TrimPrefix(line, []byte(" "))
	}
	return bytes.Join(lines, []byte("\n")), true
}

// isMessage reports whether a text is of a form by itself.
func isMessage(data []byte) bool {
	return slices.ContainsFunc(Forms(), func(f Form) bool { return f.is(data) })
}

const otherShape = "a notification whose headers stand in a shape that is not read; "

const howToLog = "log the headers client-id, request-time and signature, the path and the raw body as JSON"

// seems says what a thing that is of no form might be, and how to make it usable.
func seems(data []byte) string {
	data = bytes.TrimSpace(data)
	text := string(data[:min(len(data), 4096)])
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "UTF-16 that is cut off or damaged: half of a character stands in it"
	case strings.HasPrefix(text, "HTTP/"):
		return "an answer without its request; --kind response verifies those"
	case strings.Contains(text, `"notifyType"`) && namesHeaders(text):
		return otherShape + howToLog
	case strings.Contains(text, `"notifyType"`):
		return "the body of a notification without the headers that are signed; log client-id, request-time and signature beside it, or give --uri, --client-id, --request-time and --signature"
	case isJSONStart(data) && firstJSON(data) == nil && strings.ContainsAny(text, "'>"):
		return "an object as a program prints it, and not JSON; log it with JSON.stringify, json.dumps or json_encode"
	case isJSONStart(data) && firstJSON(data) == nil:
		return "JSON that is cut off or damaged"
	case isJSONStart(data):
		return "JSON without the headers of a request; log the headers client-id, request-time and signature, the path and the raw body"
	case strings.Contains(text, "level=") && strings.Contains(text, "msg="):
		return "a line of key=value pairs (logfmt); let the logger write JSON"
	case strings.HasPrefix(text, "<"):
		return "HTML or XML"
	case bytes.IndexByte(data, 0) >= 0:
		return "a binary file"
	}
	return "other text, which does not begin with a request line such as POST /hooks/apo HTTP/1.1"
}

// namesHeaders reports whether a text names the headers that are signed.
func namesHeaders(text string) bool {
	plain := plainName(text)
	return strings.Contains(plain, "clientid") && strings.Contains(plain, "requesttime") && strings.Contains(plain, "signature")
}

// isFlows recognises 1234:9:websocket;0:~8:response;… as mitmproxy saves it: the
// length of all, and the first name with its length.
func isFlows(text string) bool {
	all, rest, _ := strings.Cut(text, ":")
	size, rest, found := strings.Cut(rest, ":")
	n, err := strconv.Atoi(size)
	if !found || err != nil || all == "" || strings.Trim(all, "0123456789") != "" || n < 0 || n >= len(rest) || strings.IndexByte(";,", rest[n]) < 0 {
		return false
	}
	return slices.Contains([]string{
		"websocket", "response", "request", "type", "version", "id", "error", "client_conn", "server_conn", "intercepted", "marked",
		"metadata", "comment", "is_replay", "mode", "backup", "timestamp_created", "messages",
	}, rest[:n])
}

// foreign names a request as other tools copy it.
func foreign(data []byte) string {
	line, _, _ := cutLine(bytes.TrimLeft(data, " \t\r\n"))
	switch {
	case isFlows(line):
		return "a file of mitmproxy's flows; export it as HAR: mitmdump -nr FILE --set hardump=out.har"
	case strings.HasPrefix(line, "fetch("), strings.HasPrefix(line, "await fetch("):
		return "a call of fetch; copy the request as cURL instead"
	case strings.HasPrefix(line, "http POST "), strings.HasPrefix(line, "https POST "), strings.HasPrefix(line, "wget "), strings.HasPrefix(line, "xh "):
		return "a command of another program than curl; copy the request as cURL instead"
	case strings.Contains(line, "Invoke-WebRequest"), strings.Contains(line, "Invoke-RestMethod"), strings.Contains(line, "WebRequestSession"):
		return "a command of PowerShell; copy the request as cURL instead"
	}
	return ""
}
