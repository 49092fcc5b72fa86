package received

import (
	"bytes"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxGreeting = 40 // lines before a message

// withoutGreeting cuts off the text before a message that is of no form by itself;
// blocks are the blocks of code in which it stands.
func withoutGreeting(data []byte) (message []byte, greeted bool, blocks [][]byte) {
	if isJSONStart(data) && fence(string(bytes.TrimLeft(data, "\r\n"))) == "" {
		return data, false, nil
	}
	for _, f := range Forms() {
		if f.Name != "raw" && f.Name != "log" && f.is(data) {
			return data, false, nil
		}
	}
	inner, blocks := textAround(data)
	if inner == nil || len(inner) == len(bytes.TrimLeft(data, "\r\n")) {
		return data, false, blocks
	}
	return inner, len(bytes.TrimSpace(inner)) < len(bytes.TrimSpace(data)), blocks
}

// textAround finds where a message begins in a mail, a chat or a ticket: behind lines
// that people wrote, or in blocks of code. Where any other line comes first, what
// is behind it may be the body of another message, and nothing is taken out of it.
func textAround(data []byte) (message []byte, blocks [][]byte) {
	rest := data
	for range maxGreeting {
		line, behind, _ := cutLine(rest)
		text := strings.TrimSpace(line)
		switch {
		case fence(text) != "":
			return nil, blocksIn(rest)
		case text != "" && (startsMessage(rest) || sectionOf(text) != ""):
			if line[0] == ' ' || line[0] == '\t' {
				rest = unindented(rest)
			}
			return rest, nil
		case text != "" && !isProse(text):
			return nil, nil
		case text != "" && afterColon(text) != "":
			return rest[strings.LastIndex(line, afterColon(text)):], nil
		case behind == nil:
			return nil, nil
		}
		rest = behind
	}
	return nil, nil
}

// startsValue reports whether the first object behind some text goes on over several
// lines.
func startsValue(data []byte) bool {
	for range maxGreeting {
		line, rest, _ := cutLine(data)
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "{") || rest == nil || text != "" && !isProse(text) {
			return strings.HasPrefix(text, "{") && goesOn([]byte(text))
		}
		data = rest
	}
	return false
}

// startsMessage reports whether a message begins in the first line. JSON in a text
// is for the reader of logs.
func startsMessage(data []byte) bool {
	line, rest, _ := cutLine(data)
	line = strings.TrimSpace(line)
	next, _, _ := cutLine(rest)
	method, path, _ := strings.Cut(line, " ")
	_, _, command, _ := withoutPrompt(line)
	switch {
	case isRequestLine(line), command, strings.HasPrefix(line, ":method:"), strings.HasPrefix(line, "Request URL:"), strings.HasPrefix(line, "###"), blockTitle(line) != nil:
		return true
	case strings.HasPrefix(line, "* ") && (strings.Contains(line, "Connected to") || strings.Contains(line, "Trying")):
		return true
	case isHTTPMethod(method) && (strings.HasPrefix(path, "/") || strings.HasPrefix(path, "http")) && !strings.Contains(path, " "):
		name, _, found := strings.Cut(strings.TrimSpace(next), ":")
		return found && !strings.Contains(name, " ")
	}
	return strings.HasPrefix(line, "{") && (isHAR(data) || isPostman(data))
}

// afterColon is a request line that stands on the line of the text before it.
func afterColon(text string) string {
	if _, request, found := strings.Cut(text, ": "); found && isRequestLine(request) {
		return request
	}
	return ""
}

// isProse reports whether a line is what people write before a message, and not a
// part of one: it is no header, no request, and nothing in braces.
func isProse(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) && !strings.ContainsRune("-–—_=*[(#@'\"“„«¿¡", first) {
		return false
	}
	name, value, found := strings.Cut(text, ":")
	switch strings.ToLower(name) {
	case "from", "to", "cc", "bcc", "subject", "date", "sent", "reply-to", "message-id", "von", "an", "betreff", "gesendet", "datum":
		return true
	}
	switch {
	case found && strings.TrimSpace(value) != "" && !strings.Contains(name, " "):
		return strings.HasPrefix(first2(name), "[") || unicode.IsDigit(first) // of a clock
	case strings.HasPrefix(text, "[{"), strings.HasPrefix(text, "* "):
		return false
	}
	return afterColon(text) != "" || !strings.Contains(text, " HTTP/")
}

func first2(text string) string { return text[:min(len(text), 2)] }

// fence is the mark with which a line begins a block of code; empty: it does not.
func fence(text string) string {
	for _, mark := range []string{"```", "~~~", "{code", "{noformat", "[code"} {
		if strings.HasPrefix(text, mark) {
			return mark
		}
	}
	return ""
}

// blocksIn are the blocks of code of a text. A word behind the mark is the name of
// a language; chats put the text itself there, and the mark behind its last line.
func blocksIn(data []byte) (blocks [][]byte) {
	var block []byte
	open := ""
	for line := range bytes.Lines(data) {
		text := strings.TrimSpace(string(line))
		switch mark := fence(text); {
		case open == "" && mark != "":
			open, block = mark, []byte{}
			if rest := strings.TrimSpace(text[len(mark):]); strings.ContainsAny(rest, " :") && strings.ContainsAny(mark, "`~") {
				block = append(block, rest+"\n"...)
			}
		case open != "" && mark == open:
			blocks, open = append(blocks, block), ""
		case open != "" && strings.HasSuffix(text, open):
			end := bytes.LastIndex(line, []byte(open))
			blocks, open = append(blocks, append(block, line[:end]...)), ""
		case open != "":
			block = append(block, line...)
		}
	}
	if open != "" {
		blocks = append(blocks, block)
	}
	for i, block := range blocks {
		if len(block) > 0 && (block[0] == ' ' || block[0] == '\t') {
			block = unindented(block)
		}
		blocks[i] = bytes.TrimSuffix(bytes.TrimSuffix(block, []byte("\n")), []byte("\r"))
	}
	return blocks
}

// unindented takes the white space off that stands before the first line and before
// every other; the first line without it is no part of the message.
func unindented(data []byte) []byte {
	indent := data[:len(data)-len(bytes.TrimLeft(data, " \t"))]
	var out []byte
	for line := range bytes.Lines(data) {
		rest, is := bytes.CutPrefix(line, indent)
		if !is && len(bytes.TrimSpace(line)) > 0 {
			return bytes.TrimRight(out, "\r\n")
		}
		if !is {
			rest = bytes.TrimLeft(line, " \t")
		}
		out = append(out, rest...)
	}
	return out
}

// readBlocks reads the messages in blocks of code. A body may have a block of its
// own. ok: there is one.
func readBlocks(blocks [][]byte, form string, part Part) (c Capture, ok bool, err error) {
	var bodies [][]byte
	for _, block := range blocks {
		if len(bytes.TrimSpace(block)) == 0 {
			continue
		}
		one, problem := Read(block, form, part)
		if value := firstJSON(block); problem != nil && value != nil {
			bodies = append(bodies, value)
		}
		if problem != nil {
			err = problem
			continue
		}
		c.Form, c.LeftOut = one.Form, c.LeftOut+one.LeftOut
		c.Messages = append(c.Messages, one.Messages...)
	}
	if len(c.Messages) == 1 && len(c.Messages[0].Body) == 0 && len(bodies) == 1 {
		m := &c.Messages[0]
		m.Body, m.HasBody, m.Lossy = bodies[0], true, ""
		m.note("the body stands in a block of its own")
		m.fit()
	}
	for i := range c.Messages {
		c.Messages[i].note("the text around the block was left out")
	}
	return c, len(c.Messages) > 0, err
}

// withoutColors takes off what colors the text of a terminal. No header and no JSON
// holds its first byte.
func withoutColors(data []byte) ([]byte, bool) {
	const begin = "\x1b["
	if !bytes.Contains(data, []byte(begin)) {
		return data, false
	}
	out := make([]byte, 0, len(data))
	for {
		before, rest, found := bytes.Cut(data, []byte(begin))
		if out = append(out, before...); !found {
			return out, true
		}
		text := bytes.TrimLeft(rest, "0123456789;")
		if !bytes.HasPrefix(text, []byte("m")) {
			out, data = append(out, begin...), rest
			continue
		}
		data = text[1:]
	}
}

// decodedMail undoes quoted-printable, which mails are sent in.
func decodedMail(data []byte) ([]byte, bool) {
	if !bytes.Contains(data, []byte("algorithm=3DRSA256")) {
		return data, false
	}
	decoded, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(data)))
	if err != nil {
		return data, false
	}
	return decoded, true
}

// readPasted reads HTTP as text, which people may have written something behind.
func readPasted(data []byte, part Part) ([]Message, error) {
	list, err := readMessages(data, part)
	for i := range list {
		list[i].withoutTextBehind()
	}
	return list, err
}

// withoutTextBehind cuts off the text that an empty line separates from the body.
func (m *Message) withoutTextBehind() {
	if !bytes.HasPrefix(m.Body, []byte("{")) {
		return
	}
	n := valueEnd(m.Body)
	if n == 0 || m.Length > 0 && m.Length != n || firstJSON(m.Body) == nil {
		return
	}
	behind := strings.ReplaceAll(string(m.Body[n:]), "\r\n", "\n")
	text := strings.TrimSpace(behind)
	line, _, _ := cutLine([]byte(text))
	if text == "" || !strings.HasPrefix(strings.TrimLeft(behind, " \t"), "\n") || beginsOther(line) || isMethod(line) || !isProse(line) && fence(line) == "" {
		return
	}
	if blank := strings.SplitN(behind, "\n", 3); len(blank) < 3 || strings.TrimSpace(blank[1]) != "" && m.Length == 0 {
		return
	}
	for rest := []byte(text); rest != nil; _, rest, _ = cutLine(rest) {
		if startsMessage(rest) {
			m.Problem = errors.New("behind its body stand a text and another message: give them one by one, or each in a block of code (```)")
			return
		}
	}
	if seemsMessage(text) {
		m.Problem = errAnother("behind its body")
		return
	}
	m.Body = m.Body[:n]
	m.note("the text behind the body was left out")
}
