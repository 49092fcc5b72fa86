package received

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// longRun is from how many characters of base64 on a word may be a signature, which
// has 342 and more.
const longRun = 100

// isAnother says of what is left of an input, once a message was taken from it: it
// is another one. The first one's signature alone may be said again.
func isAnother(rest string, taken Message) bool {
	if !seemsMessage(rest) {
		return false
	}
	plain := plainName(rest)
	for _, name := range []string{"notifytype", "clientid", "requesttime", "body"} {
		if strings.Contains(plain, name) {
			return true
		}
	}
	signature := taken.Get("Signature")
	for _, run := range signatureRuns(rest) {
		if !strings.Contains(signature, strings.TrimPrefix(run, "signature=")) {
			return true
		}
	}
	return false
}

// seemsMessage reports whether a text, in whatever shape, holds a signature, or a
// notification with the names of the headers that are signed.
func seemsMessage(text string) bool {
	text = strings.ReplaceAll(text, "\x00", "") // of UTF-16
	return len(signatureRuns(text)) > 0 || len(text) > longRun && namesHeaders(text) && strings.Contains(plainName(text), "notifytype")
}

// signatureRuns are the words of a text that may be a signature: long ones of base64
// shortly behind the word.
func signatureRuns(text string) (runs []string) {
	const near = 40 // ":"algorithm=RSA256,keyVersion=1,signature=
	if len(text) < longRun {
		return nil
	}
	begin := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && isBase64Like(text[i]) {
			continue
		}
		if i-begin >= longRun && strings.Contains(strings.ToLower(text[max(0, begin-near):min(i, begin+near)]), "signature") {
			runs = append(runs, text[begin:i])
		}
		begin = i + 1
	}
	return runs
}

func isBase64Like(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte(`+/=%-_\`, c) >= 0
}

// marks counts the signatures and the times of requests in a text. Of parts that are
// cut out of it as they stand, it is the sum.
func marks(text string) int {
	n := len(signatureRuns(text))
	for rest, lower := true, strings.ToLower(text); rest; {
		if _, lower, rest = strings.Cut(lower, "request"); rest && strings.HasPrefix(strings.TrimLeft(lower[:min(len(lower), 1)], "-_")+lower[min(len(lower), 1):], "time") {
			n++
		}
	}
	return n
}

// unread says that a value holds more messages than its parts that were read; nil: it
// does not.
func unread(whole gjson.Result, read ...gjson.Result) error {
	left := marks(whole.Raw)
	for _, part := range read {
		left -= marks(part.Raw)
	}
	if left > 0 {
		return errAnother("beside what is read of it")
	}
	return nil
}

// unreadText says that a text holds more signatures than the messages in it.
func unreadText(data []byte, list []Message) error {
	left := len(signatureRuns(strings.ReplaceAll(string(data), "\x00", "")))
	for _, m := range list {
		if m.Problem != nil { // it is told
			return nil
		}
		left -= len(signatureRuns(m.text()))
	}
	if left > 0 {
		return errAnother("beside what is read of it")
	}
	return nil
}

// behindJSON are the messages behind the value with which data begins.
func behindJSON(data []byte, part Part) []Message {
	data = bytes.TrimLeft(data, " \t\r\n")
	rest := bytes.Trim(data[len(firstJSON(data)):], " \t\r\n\x00\x0c\x1e,")
	if !seemsRecord(rest) {
		return nil
	}
	if isHAR(rest) || isPostman(rest) { // one after the other without end
		return []Message{{Problem: errAnother("behind the JSON")}}
	}
	c, err := Read(rest, "", part)
	if err != nil {
		return []Message{{Problem: errAnother("behind the JSON")}}
	}
	return c.Messages
}

// text is the message as one text, without what its form adds.
func (m Message) text() string {
	var b strings.Builder
	b.WriteString(m.URI + "\n")
	for _, f := range m.Header {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	return b.String() + "\n" + string(m.Body)
}

// holdsRequest reports whether a text that is left out as an answer holds a request.
func holdsRequest(text string) bool {
	for line := range strings.Lines(text) {
		if isRequestLine(strings.TrimSpace(line)) {
			return true
		}
	}
	return seemsMessage(text) && strings.Contains(plainName(text), "requesttime")
}

func errAnother(where string) error {
	return errors.New("it holds another signature or message, " + where + ": give each message by itself, one a line or one a file")
}

// mixedEncodings says that a part of a file is UTF-16 and another is not, which the >>
// of PowerShell makes; nil: none holds a message.
func mixedEncodings(data []byte) error {
	found := false
	for line := range bytes.Lines(data) {
		switch {
		case bytes.IndexByte(line, 0) >= 0:
			plain := bytes.ReplaceAll(line, []byte{0}, nil)
			found = found || len(line) > len(plain)+len(plain)/2 && seemsMessage(string(plain))
		case len(line) > longRun && !isASCII(line) && utf8.Valid(line):
			units := utf16.Encode([]rune(string(line)))
			for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
				raw := make([]byte, 0, 2*len(units))
				for _, u := range units {
					raw = order.AppendUint16(raw, u)
				}
				found = found || len(signatureRuns(string(raw))) > 0
			}
		}
	}
	if !found {
		return nil
	}
	return errors.New("a part of it is UTF-16 and another is not, as PowerShell's >> makes it: save it as UTF-8")
}

func isASCII(data []byte) bool {
	for _, c := range data {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// leave keeps a member that is not read as a part of the message, if it may be
// another one.
func (s *survey) leave(value gjson.Result) {
	for _, text := range textsIn(value) {
		if seemsMessage(text) {
			s.left = append(s.left, leftMember{s.says("", value).member(), text})
			return
		}
	}
}

// leaveAnswer keeps an answer that holds a request.
func (s *survey) leaveAnswer(value gjson.Result) {
	if strings.Contains(plainName(value.Raw), "requesttime") {
		s.leave(value)
	}
}

// leftMember is a member that is no part of the message, and what it says.
type leftMember struct{ member, text string }

// textsIn is a value as it stands, and what it holds in base64.
func textsIn(value gjson.Result) []string {
	texts := []string{value.Raw}
	if value.Type == gjson.String && len(value.Raw) > longRun {
		texts[0] = value.String()
		if raw, err := base64.StdEncoding.DecodeString(value.String()); err == nil && utf8.Valid(raw) {
			texts = append(texts, string(raw))
		}
	}
	if value.IsObject() || value.IsArray() {
		value.ForEach(func(_, inner gjson.Result) bool {
			if inner.IsObject() || inner.IsArray() || len(inner.Raw) > longRun {
				texts = append(texts, textsIn(inner)[1:]...)
			}
			return true
		})
	}
	return texts
}

// another says which member holds another message than m; nil: none does.
func (s *survey) another(m Message) error {
	for _, left := range s.left {
		if isAnother(left.text, m) {
			return errAnother("in " + left.member)
		}
	}
	return nil
}
