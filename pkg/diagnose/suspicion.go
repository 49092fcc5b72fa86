package diagnose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// suspicion is what an unproven look at a message makes of it.
type suspicion struct {
	cause  Cause
	part   string
	what   string
	offset int // in the part; -1: none
}

// suspicion looks for traces that the message itself bears.
func (c *examination) suspicion() suspicion {
	if s, ok := c.emptyPart(); ok {
		return s
	}
	body := c.message.Body
	text := ""
	if len(body) <= dearAbove { // else it is too long for a close look
		text = string(body)
	}
	n, end, ok := parseJSON(text)
	masked := masks{at: -1}
	if ok {
		masked = masksOf(text, n, c.hints.Side)
	}
	of := func(cause Cause, offset int, what string, args ...any) suspicion {
		return suspicion{cause, "body", fmt.Sprintf(what, args...), offset}
	}
	left := ""
	if text != "" {
		left = leftOver(text)
	}
	switch {
	case len(body) == 0:
		return of(BodyTruncated, 0, "the body is empty: something had read it before, or it was never sent")
	case left != "":
		return of(BodyParsed, -1, "the body is %s, which no message of APO's is: a parser took the body before, and this is what it left", left)
	case c.hints.Length > len(body):
		return of(BodyTruncated, len(body), "the body has %d bytes, and Content-Length says %d", len(body), c.hints.Length)
	case strings.Contains(text, "\uFFFD"):
		at := strings.Index(text, "\uFFFD")
		return of(BodyCharset, at, "byte %d of the body is a replacement character: it was decoded in the wrong charset, and what stood there is lost", at)
	case compression(body) != "":
		return of(BodyEncoding, 0, "the body is still compressed with %s", compression(body))
	case cutInsideLetter(body):
		return of(BodyTruncated, len(body), "the body ends inside a letter of several bytes: it was cut off at byte %d", len(body))
	case !utf8.RuneStart(body[0]) && utf8.Valid(trimContinuation(body)):
		return of(BodyTruncated, 0, "the body begins inside a letter of several bytes: what stood in front of it is missing")
	case !utf8.Valid(body):
		return of(BodyCharset, -1, "the body is not UTF-8")
	case masked.at >= 0:
		return of(BodyEdited, masked.at, "%s, which the sender did not do: this is a body from a log, not the one that was signed; log the raw body, before anything is masked in it", masked.what())
	}
	if what, cut := c.cutInside(ok); cut {
		return of(BodyTruncated, -1, "the body %s, and what comes out of it ends too early", what)
	}
	if s, found := printedSuspicion(text); found && !ok {
		return s
	}
	mark := questionAt(text, n, ok)
	switch {
	case mojibakeAt(text) >= 0:
		at := mojibakeAt(text)
		return of(BodyCharset, at, "byte %d of the body looks like UTF-8 that was read in another charset", at)
	case !ok && text != "" && isCutOff(text):
		return of(BodyTruncated, len(body), "the JSON of the body ends too early, at byte %d", len(body))
	case !ok && isBeheaded(text):
		return of(BodyTruncated, 0, "the JSON of the body has no beginning: its first bytes are missing")
	case !ok && strings.ContainsAny(text, "“”„«»"):
		return of(BodyEdited, strings.IndexAny(text, "“”„«»"), "the body %s: it was copied out of a text, not out of a log", typographic)
	case ok && roundedIn(text, n) != "":
		raw := roundedIn(text, n)
		return of(BodyReserialized, strings.Index(text, raw), "the number at byte %d of the body is as JavaScript and jq write one that has more digits than they can hold: its last digits were rounded, and what they were is lost", strings.Index(text, raw))
	case ok && end > 0 && isSorted(n) && len(c.hints.Bodies) == 0:
		return of(BodyReserialized, -1, "the keys of the body stand in alphabetical order: most likely it was read and written again, and the order that was signed is lost")
	case mark >= 0:
		return of(BodyCharset, mark, "the question mark at byte %d of the body may have been a letter that is not ASCII: a charset that lacks it (Encoding.ASCII of .NET, a column of a database) writes ? in its place", mark)
	}
	what := "none of the usual changes to method, path, client ID, time or body explains it"
	if c.search != nil && c.search.exhausted {
		what = "none of the changes to method, path, client ID, time and body that were tried explains it; the search ended at its limit, before its list did"
	}
	if ok && !strings.Contains(text, "null") {
		what += "; members that were null and that a framework dropped leave no trace, and this body has none"
	}
	return suspicion{ContentUnexplained, "content", what, -1}
}

// emptyPart finds a part that cannot be empty.
func (c *examination) emptyPart() (suspicion, bool) {
	m := c.message
	for _, one := range []struct {
		cause             Cause
		part, name, value string
	}{
		{URIMissing, "uri", "path", m.Path},
		{TimeFormat, "requestTime", "time", m.Time},
		{ClientID, "clientId", "client ID", m.ClientID},
		{Method, "method", "method", m.Method},
	} {
		if strings.TrimSpace(one.value) == "" {
			return suspicion{one.cause, one.part, "the " + one.name + " is empty, and one was signed", 0}, true
		}
	}
	return suspicion{}, false
}

// cutInside reports whether what was packed into the body is cut off, and says how it
// was packed.
func (c *examination) cutInside(isJSON bool) (what string, cut bool) {
	if isJSON || len(c.message.Body) > dearAbove {
		return "", false
	}
	for _, inner := range unwrap(c.message.Body) {
		text := strings.TrimSpace(string(inner.body))
		if _, _, ok := parseJSON(text); !ok && !inner.guess && inner.cause == BodyEncoding && strings.HasPrefix(text, "{") && strings.Contains(text, `"`) && isCutOff(text) {
			return inner.what, true
		}
	}
	return "", false
}

// compression recognises what is compressed in ways that are not undone here.
func compression(body []byte) string {
	for front, name := range map[string]string{
		"\x1f\x8b": "gzip, and not whole", "\x28\xb5\x2f\xfd": "zstd", "\xfd7zXZ\x00": "xz", "BZh": "bzip2", "\x04\x22\x4d\x18": "lz4", "PK\x03\x04": "zip",
	} {
		if strings.HasPrefix(string(body[:min(len(body), 8)]), front) {
			return name
		}
	}
	return ""
}

// roundedIn finds a number that was read as a double and written again: with 17 digits
// and more, and as the shortest text that a double of that size has.
func roundedIn(text string, n node) string {
	const most = 16 // digits that a double holds for certain, and one
	found := ""
	inPlace(text, n, func(out []byte, _ node) []byte { return out }, func(raw string) string {
		f, err := strconv.ParseFloat(raw, 64)
		mantissa, _, isExponent := strings.Cut(strings.ToLower(raw), "e")
		digits := strings.Trim(strings.ReplaceAll(mantissa, ".", ""), "-")
		if found == "" && err == nil && isNumber(raw) && (len(digits) > most && !strings.Contains(raw, ".") || isExponent && len(digits) >= most) &&
			(isExponent || strconv.FormatFloat(f, 'f', -1, 64) == raw) {
			found = raw
		}
		return raw
	})
	return found
}

func isCutOff(text string) bool {
	_, open := unclosed(text)
	return open
}

// isBeheaded reports whether a text ends as JSON does and does not begin so.
func isBeheaded(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || !strings.HasSuffix(text, "}") && !strings.HasSuffix(text, "]") {
		return false
	}
	if text[0] == '{' || text[0] == '[' {
		_, end, ok := parseJSON(text)
		return ok && strings.HasPrefix(strings.TrimSpace(text[end:]), ",")
	}
	if !strings.Contains(text, `":`) && !strings.Contains(text, `" :`) {
		return false
	}
	start := strings.IndexAny(text, "{[")
	if start < 0 {
		return true
	}
	_, end, ok := parseJSON(text[start:])
	return !ok || start+end != len(text)
}

// cutInsideLetter reports whether a body is UTF-8 but for a letter at its end that
// is not whole.
func cutInsideLetter(body []byte) bool {
	for i := 1; i < utf8.UTFMax && i <= len(body); i++ {
		if at := len(body) - i; utf8.RuneStart(body[at]) {
			return body[at] >= utf8.RuneSelf && !utf8.FullRune(body[at:]) && utf8.Valid(body[:at])
		}
	}
	return false
}

// trimContinuation takes the rest of a letter off whose first byte is missing.
func trimContinuation(body []byte) []byte {
	for i := 0; i < utf8.UTFMax-1 && len(body) > 0 && !utf8.RuneStart(body[0]); i++ {
		body = body[1:]
	}
	return body
}

// leftOver recognises what parsers and printers leave in place of a body; empty for
// all else.
func leftOver(text string) string {
	t := strings.Trim(text, " \t\r\n\"'`")
	if len(t) > 200 || strings.ContainsAny(t, "\n") && len(t) > 40 {
		return ""
	}
	bare := strings.Join(strings.Fields(t), "")
	switch strings.ToLower(bare) {
	case "":
		return "an empty string"
	case "{}", "[]", "null", "undefined", "array", "object", "none", "nil", "<nil>", "nan", "true", "false", "map[]", "&{}", "array()", "(null)",
		"0", "1", "[{}]", "[[]]", "[null]", "{}{}", "b", "map{}", "map(0){}":
		return shown(t)
	}
	lower := strings.ToLower(t)
	for _, front := range []string{
		"[object ", "object(", "system.", "[b@", "<_io.", "<bound method", "<function", "[function", "promise {", "readablestream", "incomingmessage",
		"resource id #", "array(", "stdclass object", "#<", "&{", "0xc000", "org.apache.", "java.io.", "jakarta.", "io.reader", "http.nobody", "buffer(", "[byte",
	} {
		if strings.HasPrefix(lower, front) {
			return shown(t)
		}
	}
	if strings.HasPrefix(t, "<") && strings.Contains(t, " object at 0x") {
		return shown(t)
	}
	name, number, found := strings.Cut(t, "@") // java.lang.Object@1b6d3586
	if found && name != "" && number != "" && len(number) <= 8 && strings.Trim(number, "0123456789abcdef") == "" && !strings.ContainsAny(name, " {}\":,") {
		return shown(t)
	}
	return ""
}

// printedSuspicion names the form of a text that some program printed in place of
// the body, and that does not lead back to it.
func printedSuspicion(text string) (suspicion, bool) {
	t := strings.TrimSpace(text)
	of := func(cause Cause, what string) (suspicion, bool) {
		return suspicion{cause, "body", what, -1}, true
	}
	for _, end := range []string{"...", "…", "(truncated)", "[truncated]", "...]", "...}", "more bytes>", "more items ]", "more items]", "more characters"} {
		if strings.HasSuffix(strings.ToLower(t), end) {
			return of(BodyTruncated, "a log printed the beginning of the body alone: the text ends in "+shown(end))
		}
	}
	const lost = ", as a log shows it; what was signed cannot be had from that for certain"
	_, literal := parseLiteral(t)
	switch {
	case literal && (strings.Contains(t, "'") || strings.Contains(t, "None") || strings.Contains(t, "True")):
		return of(BodyEncoding, "the body is printed as a dict of Python, or as its like of another language"+lost)
	case literal:
		return of(BodyEncoding, "the body is printed as an object of Ruby, JavaScript or PHP"+lost)
	case strings.HasPrefix(t, "b'") || strings.HasPrefix(t, "b\""):
		return of(BodyEncoding, "the body is printed as the bytes of Python (b'…')"+lost)
	case strings.HasPrefix(t, "map[") || strings.HasPrefix(t, "&map["):
		return of(BodyEncoding, "the body is printed as a map of Go"+lost)
	case strings.HasPrefix(t, "Array") && strings.Contains(t, "=>") || strings.HasPrefix(t, "stdClass"):
		return of(BodyEncoding, "the body is printed by PHP's print_r or var_dump"+lost)
	case strings.HasPrefix(t, "{") && printedAsMap(t[1:]):
		return of(BodyEncoding, "the body is printed as a map of Java"+lost)
	case strings.HasPrefix(t, "<Buffer "):
		return of(BodyEncoding, "the body is printed as a Buffer of Node"+lost)
	}
	return suspicion{}, false
}

// printedAsMap recognises a=b, behind the bracket of {a=b, c=d}.
func printedAsMap(t string) bool {
	name, _, found := strings.Cut(t, "=")
	return found && name != "" && len(name) < 64 && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
}

// mojibakeAt finds UTF-8 that was read as Latin-1 or Windows-1252: Ã©, â€™.
func mojibakeAt(text string) int {
	for i, r := range text {
		next, _ := utf8.DecodeRuneInString(text[i+len(string(r)):])
		if (r == 'Ã' || r == 'Â') && (next >= 0x80 && next <= 0xbf || next == '€' || next == '‚' || next == '™') || r == 'â' && next == '€' {
			return i
		}
	}
	return -1
}

// questionAt finds a question mark in a value that may have been a letter: beside a
// letter or another mark, in a text that is no address.
func questionAt(text string, n node, ok bool) int {
	if !ok {
		return -1
	}
	v := valuesOf(text, n)
	lower := func(at int) bool { return text[at] >= 'a' && text[at] <= 'z' }
	letter := func(at int) bool { return unicode.IsLetter(rune(text[at])) || text[at] >= utf8.RuneSelf }
	at := slices.IndexFunc(v.asked, func(p splice) bool {
		front, end := text[p.at-1] == '"', text[p.end] == '"'
		start := strings.LastIndexByte(text[:p.at], '"') + 1
		switch {
		case p.end-p.at > 1, front && end, front && letter(p.end):
			return true
		case !letter(p.at - 1):
			return false
		}
		word := !strings.Contains(text[start:p.at], " ") // a name, not a question
		return letter(p.end) || end && word || text[p.end] == ' ' && lower(p.end+1)
	})
	if at < 0 {
		return -1
	}
	return v.asked[at].at
}

// isSorted reports whether a document has its keys in alphabetical order, and
// so many that this is no accident.
func isSorted(n node) bool {
	if n.kind != '{' || len(n.keys) < 4 {
		return false
	}
	return slices.IsSortedFunc(n.keys, func(a, b node) int { return strings.Compare(a.text, b.text) })
}
