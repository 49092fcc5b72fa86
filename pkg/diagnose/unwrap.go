package diagnose

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"html"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxUnwrapped bounds what may come out of a compressed body.
const maxUnwrapped = 16 << 20

// unwrapped adds what the given body was before somebody packed it: compressed
// it, put base64 or an envelope around it, or read it as a form. White space around
// what was packed is no fault of its own: it is unpacked with and without it.
func (b *bodies) unwrapped(hints Hints) {
	layer := []unpacked{{body: b.given}}
	seen := map[uint64]bool{b.hash(onePiece(b.given)): true}
	for t := tier(1); t <= 2; t++ { // base64 inside an envelope
		var next []unpacked
		for _, outer := range layer {
			for _, inner := range unwrap(outer.body) {
				key := b.hash(onePiece(inner.body))
				if seen[key] { // by another way, with the same rewritings
					continue
				}
				seen[key] = !inner.guess
				inner = outer.around(inner)
				b.put(candidate{tier: t, body: onePiece(inner.body), fault: inner.fault(), outer: inner.before})
				if inner.guess {
					continue
				}
				next = append(next, inner)
				if len(inner.body) <= cheapAbove && inner.cause != BodyTrailingNewline { // rewriting sees to the ends
					b.rewritten(inner.body, hints, inner)
				}
			}
		}
		layer = next
	}
}

// unpacked is what a body was before somebody packed it.
type unpacked struct {
	body   []byte
	what   string // "is gzip"
	cause  Cause
	guess  bool    // nothing in the body speaks for it
	before []Fault // of what stood around it, where that has another cause
}

// around is what stood inside something that was packed itself.
func (outer unpacked) around(inner unpacked) unpacked {
	switch {
	case outer.what == "":
	case outer.cause == inner.cause:
		inner.what, inner.before = outer.what+", and then "+inner.what, outer.before
	default:
		inner.before = append(slices.Clip(outer.before), outer.fault())
	}
	return inner
}

func (u unpacked) fault() Fault {
	return Fault{Cause: u.cause, Part: "body", What: "the body " + u.what, Offset: -1}
}

func unwrap(body []byte) []unpacked {
	var list []unpacked
	add := func(c Cause, inner []byte, what string) {
		if len(inner) > 0 && len(list) < 64 {
			list = append(list, unpacked{body: inner, what: what, cause: c})
		}
	}
	const packed = BodyEncoding
	packing := bytes.TrimLeft(body, " \t\r\n") // white space in front of it is another fault
	if r, err := gzip.NewReader(bytes.NewReader(packing)); err == nil {
		if inner, err := io.ReadAll(io.LimitReader(r, maxUnwrapped)); err == nil {
			add(packed, inner, "is still compressed with gzip")
		}
	}
	if r, err := zlib.NewReader(bytes.NewReader(packing)); err == nil {
		if inner, err := io.ReadAll(io.LimitReader(r, maxUnwrapped)); err == nil {
			add(packed, inner, "is still compressed with deflate")
		}
	}
	if inner, found := bytes.CutPrefix(body, mark()); found {
		add(packed, inner, "begins with a byte order mark (EF BB BF) that was not signed")
	}
	if inner, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packing)), maxUnwrapped)); err == nil && utf8.Valid(inner) {
		add(packed, inner, "is still compressed with deflate, without the header of zlib")
	}
	if inner, ok := fromAnyBase64(body); ok {
		add(packed, inner, "is base64 of what was signed")
	}
	if trimmed := bytes.TrimSpace(body); len(trimmed) < len(body) {
		add(BodyTrailingNewline, trimmed, "has white space around it that was not signed")
	}
	if trimmed := string(bytes.TrimSpace(body)); trimmed != "" {
		printed(trimmed, func(inner, what string) { add(packed, []byte(inner), what) })
	}
	if len(body) > cheapAbove {
		return list
	}
	if inner, ok := unchunk(body); ok {
		add(packed, inner, "still has the chunks of HTTP")
	}
	text := string(bytes.TrimSpace(body))
	if strings.HasPrefix(text, `"`) && len(text) > 1 {
		inner, whole := strings.CutSuffix(text[1:], `"`)
		if !whole {
			inner = wholeEscapes(inner)
		}
		if inner, ok := decodeString(inner); ok {
			add(packed, []byte(inner), "is a JSON string of what was signed")
		}
	}
	if strings.HasPrefix(text, "'") && strings.HasSuffix(text, "'") && len(text) > 1 {
		add(packed, []byte(text[1:len(text)-1]), "stands in quotes")
	}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		if inner := strings.TrimSpace(text[1 : len(text)-1]); strings.HasPrefix(inner, "{") {
			add(packed, []byte(inner), "is a list, whose item was signed")
		}
	}
	for _, inner := range members(text) {
		add(packed, []byte(inner.text), "is an envelope, whose "+shown(inner.name)+" was signed")
	}
	doubtful := func(c Cause, inner, what string, guess bool) {
		before := len(list)
		if add(c, []byte(inner), what); len(list) > before {
			list[before].guess = guess
		}
	}
	// What these undo leaves the white space around it alone.
	forms(string(body), func(inner, what string, guess bool) { doubtful(packed, inner, what, guess) })
	escaped(string(body), func(inner, what string) { add(BodyEscaping, []byte(inner), what) })
	spoilt(string(body), doubtful)
	return list
}

// spoilt undoes what happens to a text as a whole: it is cut off, read in another
// charset, or gets the quotes of a typographer.
func spoilt(text string, add func(c Cause, inner, what string, guess bool)) {
	if !utf8.ValidString(text) {
		return
	}
	if closers, open := unclosed(text); open && (text[0] == '{' || text[0] == '[') {
		add(BodyTruncated, text+closers, "ends too early: "+shown(closers)+" is missing", closers[0] == '"')
	}
	if mojibakeAt(text) >= 0 || strings.HasPrefix(text, "ï»¿") {
		for _, c := range charsets()[:2] {
			if inner, err := c.encode([]byte(text)); err == nil && utf8.Valid(inner) {
				add(BodyCharset, string(inner), "was encoded as UTF-8 twice: it was read as "+c.name+" in between", false)
			}
		}
	}
	if plain := strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`).Replace(text); plain != text {
		if _, _, ok := parseJSON(text); !ok {
			add(BodyEdited, plain, typographic+", where plain quotes were signed", false)
		}
	}
}

const typographic = "has typographic quotes, as Word, Outlook and chats make them"

// wholeEscapes takes the beginning of an escape off the end of a JSON string that is
// cut off.
func wholeEscapes(s string) string {
	for cut := 1; cut <= 6 && cut <= len(s); cut++ {
		if at := len(s) - cut; s[at] == '\\' && (at == 0 || s[at-1] != '\\' || strings.HasSuffix(s[:at], `\\`)) {
			if _, ok := decodeString(s[at:]); !ok {
				return s[:at]
			}
		}
	}
	return s
}

// escaped undoes what writers of HTML, JSON and SQL put in front of characters.
func escaped(text string, add func(inner, what string)) {
	if strings.Contains(text, "&") {
		what := "has entities of HTML"
		if strings.Contains(text, "quot;") {
			what += " for its quotes"
		}
		add(unescapeEntities(text), what)
		add(unescapeEntities(unescapeEntities(text)), what+", twice")
		add(html.UnescapeString(text), "has entities of HTML")
		add(html.UnescapeString(html.UnescapeString(text)), "has entities of HTML, twice")
	}
	if strings.Contains(text, `\\`) {
		add(strings.ReplaceAll(text, `\\`, `\`), "has its backslashes doubled")
	}
	if inner, ok := decodeString(text); ok && (strings.Contains(text, `\"`) || strings.Contains(text, `\u0022`)) {
		add(inner, "is the inside of a JSON string, without its quotes")
	}
	if strings.Contains(text, `\"`) {
		add(stripSlashes(text), "has backslashes in front of its quotes")
		add(strings.ReplaceAll(text, `\"`, `"`), "has backslashes in front of its quotes")
	}
}

// members finds the strings of an envelope that hold a body themselves.
func members(text string) []struct{ name, text string } {
	if len(text) > dearAbove {
		return nil
	}
	n, _, ok := parseJSON(text)
	if !ok {
		return nil
	}
	var list []struct{ name, text string }
	var walk func(n node, depth int)
	walk = func(n node, depth int) {
		for i, kid := range n.kids {
			name := ""
			if n.kind == '{' {
				name = n.keys[i].text
			}
			if kid.kind == '"' && len(kid.text) > 1 {
				inner := strings.TrimSpace(kid.text)
				if inner[:min(1, len(inner))] == "{" || holdsBody(name) {
					list = append(list, struct{ name, text string }{name, kid.text})
				}
			}
			if kid.kind == '{' && holdsBody(name) && name != "result" {
				list = append(list, struct{ name, text string }{name, kid.raw})
			}
			if inner := bufferOf(kid); len(inner) > 8 {
				list = append(list, struct{ name, text string }{name, string(inner)})
			}
			if depth < 2 && len(list) < 16 {
				walk(kid, depth+1)
			}
		}
	}
	walk(n, 0)
	return list
}

func holdsBody(name string) bool {
	switch strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) {
	case "body", "rawbody", "payload", "data", "content", "message", "event", "detail", "request", "json", "raw", "requestbody", "notification":
		return true
	}
	return false
}

// forms undoes, and does, what readers of HTML forms do to a body that is none.
func forms(text string, add func(inner, what string, guess bool)) {
	const parsed = "was read as an HTML form"
	bare := strings.TrimSuffix(text, "=")
	if at := strings.LastIndexByte(bare, '%'); at >= 0 && len(bare)-at < 3 && strings.Contains(bare, "%22") { // it is cut off
		bare = bare[:at]
	} else if bare != text {
		add(bare, parsed+": it has an '=' at its end", false)
	}
	name, value, found := strings.Cut(bare, "=")
	if found && name != "" && !strings.ContainsAny(name, `{}"[]: `) && len(name) <= 40 {
		add(value, parsed+": "+shown(name+"=")+" stands in front of it", false)
		add(unescape(strings.ReplaceAll(value, "+", " ")), parsed+": "+shown(name+"=")+" stands in front of it, and it is url-encoded", false)
	}
	if strings.HasPrefix(bare, "%7B") || strings.HasPrefix(bare, "%7b") || strings.Contains(bare, "%22") || escapedBase64(bare) {
		add(unescape(bare), "is url-encoded", false)
		add(unescape(strings.ReplaceAll(bare, "+", " ")), "is url-encoded", false)
		add(unescape(unescape(bare)), "is url-encoded twice", false)
		return
	}
	if strings.HasPrefix(bare, "%257B") || strings.HasPrefix(bare, "%257b") || strings.Contains(bare, "%2522") {
		add(unescape(unescape(bare)), "is url-encoded twice", false)
		add(unescape(strings.ReplaceAll(unescape(bare), "+", " ")), "is url-encoded twice", false)
		return
	}
	if strings.Contains(text, " ") {
		const lost = "was read as an HTML form: + turned into spaces"
		add(strings.ReplaceAll(text, " ", "+"), lost, true)
		add(zonesMended(text), lost, true)
		add(strings.ReplaceAll(text, " ", "%20"), "was url-decoded: %20 turned into spaces", true)
		if positions := indexes(text, ' '); len(positions) <= 5 {
			for set := 1; set < 1<<len(positions)-1; set++ {
				changed := []byte(text)
				for i, at := range positions {
					if set>>i&1 == 1 {
						changed[at] = '+'
					}
				}
				add(string(changed), lost, true)
			}
		}
	}
	if strings.Contains(text, "%") {
		add(unescape(text), "has escapes of a url that were not signed", true)
	}
	// URLs in its values lost their escapes.
	if at := strings.Index(text, "?"); at >= 0 && strings.Contains(text, "://") {
		if changed := escapeQueries(text); changed != text {
			add(changed, "was url-decoded, the addresses in it too", true)
		}
	}
}

// zonesMended puts the + of time zones back, of which a form makes a blank:
// 2026-03-04T05:06:07 08:00.
func zonesMended(text string) string {
	mended := []byte(text)
	digits := func(at int) bool { return at+1 < len(text) && isDigit(text[at]) && isDigit(text[at+1]) }
	for _, at := range indexes(text, ' ') {
		if at > 2 && digits(at-2) && text[at-3] == ':' && digits(at+1) && digits(at+4) && text[at+3] == ':' {
			mended[at] = '+'
		}
	}
	return string(mended)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// escapeQueries encodes the values of query strings in the addresses of a body
// again.
func escapeQueries(text string) string {
	var b strings.Builder
	for rest := text; ; {
		at := strings.Index(rest, "?")
		if at < 0 {
			b.WriteString(rest)
			return b.String()
		}
		b.WriteString(rest[:at+1])
		rest = rest[at+1:]
		end := strings.IndexAny(rest, `"\ `)
		if end < 0 {
			end = len(rest)
		}
		for i, item := range strings.Split(rest[:end], "&") {
			if i > 0 {
				b.WriteByte('&')
			}
			name, value, found := strings.Cut(item, "=")
			b.WriteString(name)
			if found {
				b.WriteString("=" + url.QueryEscape(value))
			}
		}
		rest = rest[end:]
	}
}

func indexes(s string, c byte) []int {
	var list []int
	for i := range len(s) {
		if s[i] == c {
			list = append(list, i)
		}
	}
	return list
}

// escapedBase64 reports whether a text is base64 that was url-encoded.
func escapedBase64(text string) bool {
	return strings.Contains(text, "%") && len(text) > 64 && strings.Trim(unescape(text), "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/=\r\n") == ""
}

func fromAnyBase64(body []byte) ([]byte, bool) {
	if len(body) < 8 || bytes.ContainsAny(body[:8], "{}[]<>&%") {
		return nil, false
	}
	text := string(body)
	if after, found := strings.CutPrefix(text, "data:"); found {
		if _, after, found = strings.Cut(after, ","); found {
			text = after
		}
	}
	text = strings.Trim(strings.NewReplacer("\r", "", "\n", "", " ", "", `\/`, "/").Replace(text), `"'=`)
	text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	if len(text)%4 == 1 { // it is cut off
		text = text[:len(text)-1]
	}
	inner, err := base64.RawStdEncoding.DecodeString(text)
	return inner, err == nil
}

func encodeBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func escapeForm(s string) string { return url.QueryEscape(s) }

// unchunk takes Transfer-Encoding: chunked off a body that was logged with it.
func unchunk(body []byte) ([]byte, bool) {
	var out []byte
	for rest := body; ; {
		line, after, found := bytes.Cut(rest, []byte("\n"))
		if !found && len(line) == len(rest) && len(out) == 0 {
			return nil, false
		}
		digits, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
		size, err := strconv.ParseUint(digits, 16, 31)
		if err != nil || int(size) > len(after) {
			return nil, false
		}
		if size == 0 {
			return out, len(out) > 0
		}
		out = append(out, after[:size]...)
		rest = bytes.TrimPrefix(bytes.TrimPrefix(after[size:], []byte("\r")), []byte("\n"))
	}
}

func unescapeEntities(s string) string {
	return strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&#x22;", `"`, "&apos;", "'", "&#39;", "'", "&#x27;", "'", "&#039;", "'",
		"&lt;", "<", "&gt;", ">", "&#x2F;", "/", "&#47;", "/", "&amp;", "&", "&#38;", "&").Replace(s)
}

func escapeEntities(s string) string {
	return strings.NewReplacer(`"`, "&quot;", "'", "&#039;", "<", "&lt;", ">", "&gt;", "&", "&amp;").Replace(s)
}

// stripSlashes takes one backslash from each escape.
func stripSlashes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
