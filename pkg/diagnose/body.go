package diagnose

import (
	"bytes"
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// pieces is a body in up to three parts, so that a newline more or less does
// not copy ten megabytes.
type pieces [3][]byte

func onePiece(b []byte) pieces { return pieces{b} }

func (p pieces) len() int { return len(p[0]) + len(p[1]) + len(p[2]) }

func (p pieces) bytes() []byte { return bytes.Join(p[:], nil) }

// candidate is a body that may have been signed.
type candidate struct {
	tier    tier
	body    pieces
	fault   Fault      // of json: that of unpacking it before, if any
	outer   []Fault    // of what had to be unpacked before that
	json    bool       // JSON written in another way: what differs is told by comparing
	inner   []byte     // the JSON that was found inside the given body, if it had to be unpacked
	before  []byte     // the JSON as it was before the fault made the body of it; see bodies.signedIn
	edges   bool       // white space was added at an end
	mark    bool       // a byte order mark was added
	edited  *candidate // what it was before one digit of it was changed
	trimmed bool       // the white space around the given body was dropped beside the fault
}

// bodies collects candidates, each once and up to a size.
type bodies struct {
	given []byte
	most  tier
	seed  maphash.Seed
	seen  map[uint64]bool
	size  int
	full  bool
	list  []candidate
}

const (
	maxCandidates = 24 << 20  // bytes of candidates that are held at once
	dearAbove     = 128 << 10 // bytes of a body above which only the likely is tried
	cheapAbove    = 1 << 20   // bytes of a body above which little is tried
)

// bodyCandidates lists the bodies that may have been signed instead of the
// given one, down to a tier.
func bodyCandidates(given []byte, hints Hints, most tier) []candidate {
	if len(given) > dearAbove {
		most = 1
	}
	b := &bodies{given: given, most: most, seed: maphash.MakeSeed(), seen: map[uint64]bool{}}
	b.seen[b.hash(onePiece(given))] = true
	b.edges()
	if len(given) <= cheapAbove {
		b.wrapped() // these are few: before what fills the room
		if utf8.Valid(given) && !isASCII(given) {
			b.signedIn(given, 2, nil)
		}
		b.rewritten(given, hints, unpacked{})
		b.charsets(hints)
		b.truncated()
		b.beheaded()
	}
	b.unwrapped(hints)
	if len(given) <= dearAbove {
		b.surroundings()
	}
	return b.list
}

func (b *bodies) hash(p pieces) uint64 {
	var h maphash.Hash
	h.SetSeed(b.seed)
	for _, piece := range p {
		h.Write(piece)
	}
	return h.Sum64()
}

func (b *bodies) add(t tier, c Cause, body []byte, what string) {
	b.put(candidate{tier: t, body: onePiece(body), fault: Fault{Cause: c, Part: "body", What: what, Offset: -1}})
}

func (b *bodies) addPieces(t tier, c Cause, what string, parts ...[]byte) {
	one := candidate{tier: t, fault: Fault{Cause: c, Part: "body", What: what, Offset: -1}}
	copy(one.body[:], parts)
	b.put(one)
}

func (b *bodies) put(c candidate) {
	if c.tier > b.most {
		return
	}
	own := 0 // bytes that are not the given body's
	for _, piece := range c.body {
		if len(piece) > 0 && (len(b.given) == 0 || !within(piece, b.given)) {
			own += len(piece)
		}
	}
	limit := maxCandidates
	if len(b.given) > dearAbove { // what reads and writes so much holds as much again
		limit /= 3
	}
	if b.full = b.size+own > limit; b.full {
		return
	}
	key := b.hash(c.body)
	if b.seen[key] {
		return
	}
	b.seen[key] = true
	b.size += own
	b.list = append(b.list, c)
}

// within reports whether piece is a part of the memory of all.
func within(piece, all []byte) bool {
	// Slices of one array end at the same capacity.
	return cap(piece) > 0 && cap(all) > 0 && &piece[:cap(piece)][cap(piece)-1] == &all[:cap(all)][cap(all)-1]
}

// edges are the changes at both ends, and of the ends of lines.
func (b *bodies) edges() {
	g := b.given
	const newline = BodyTrailingNewline
	if rest, found := bytes.CutSuffix(g, []byte("\r\n")); found {
		b.addPieces(1, newline, "the body ends in CRLF, which was not signed", rest)
	}
	if rest, found := bytes.CutSuffix(g, []byte("\n")); found {
		b.addPieces(1, newline, "the body ends in a newline, which was not signed", rest)
	}
	if rest := bytes.TrimRight(g, " \t\r\n"); len(rest) < len(g) {
		b.addPieces(1, newline, "the body ends in white space that was not signed", rest)
	}
	if rest := bytes.TrimRight(g, "\x00"); len(rest) < len(g) {
		b.addPieces(1, BodyEncoding, "the body ends in zero bytes, of a buffer that was longer, which were not signed", rest)
	}
	if rest := bytes.TrimLeft(g, " \t\r\n"); len(rest) < len(g) {
		b.addPieces(1, newline, "the body begins with white space that was not signed", rest)
		b.addPieces(1, newline, "there is white space around the body that was not signed", bytes.TrimSpace(g))
	}
	for _, end := range []string{"\n", "\r\n"} {
		b.addPieces(1, newline, "the body was signed with a newline at its end", g, []byte(end))
	}
	if trimmed := bytes.TrimRight(g, "\r\n"); len(trimmed) < len(g) {
		for _, end := range []string{"\n", "\r\n"} {
			b.addPieces(1, newline, "the newline at the end of the body was signed in another form", trimmed, []byte(end))
		}
	}
	if rest, found := bytes.CutPrefix(g, mark()); found {
		const marked = "the body begins with a byte order mark (EF BB BF) that was not signed"
		b.addPieces(1, BodyEncoding, marked, rest)
		b.put(candidate{tier: 1, body: onePiece(bytes.TrimSpace(rest)), trimmed: true, fault: Fault{Cause: BodyEncoding, Part: "body", What: marked, Offset: -1}})
		if lines := bytes.ReplaceAll(rest, []byte("\r\n"), []byte("\n")); len(lines) < len(rest) {
			b.add(1, BodyEncoding, lines, marked+", and its lines end in CRLF, where LF was signed")
		}
	} else {
		b.addPieces(1, BodyEncoding, "the body was signed with a byte order mark (EF BB BF) in front", mark(), g)
	}
	for _, blank := range blankTails() {
		b.addPieces(2, newline, "the body was signed with white space at its end", g, []byte(blank))
	}
	for _, blank := range blankFronts() {
		b.addPieces(2, newline, "the body was signed with white space in front", []byte(blank), g)
	}
	if bytes.Contains(g, []byte("\r\n")) {
		b.add(1, BodyEncoding, bytes.ReplaceAll(g, []byte("\r\n"), []byte("\n")), "the lines of the body end in CRLF, where LF was signed")
	} else if bytes.IndexByte(g, '\n') >= 0 {
		b.add(1, BodyEncoding, bytes.ReplaceAll(g, []byte("\n"), []byte("\r\n")), "the lines of the body end in LF, where CRLF was signed")
		b.add(2, BodyEncoding, bytes.ReplaceAll(g, []byte("\n"), nil), "the body has line breaks that were not signed")
	}
}

// mark is the byte order mark of UTF-8.
func mark() []byte { return []byte("\xef\xbb\xbf") }

func blankTails() []string { return []string{"\n", "\r\n", " ", "\t", "\r", "  ", "\n\n", " \n"} }

func blankFronts() []string { return []string{" ", "\n", "\r\n", "\t", "  ", "\xef\xbb\xbf"} }

// surroundings are texts around a document that were not signed.
func (b *bodies) surroundings() {
	g := b.given
	if _, end, ok := parseJSON(string(g)); ok && len(bytes.TrimSpace(g[end:])) > 0 {
		b.addPieces(1, BodyEdited, "there is more text behind the JSON that was not signed", g[:end])
	}
	if start := bytes.IndexAny(g, "{["); start > 0 && len(bytes.TrimSpace(bytes.TrimPrefix(g[:start], mark()))) > 0 {
		if _, end, ok := parseJSON(string(g[start:])); ok {
			b.addPieces(1, BodyEdited, "there is more text around the JSON that was not signed", g[start:start+end])
		}
	}
}

// truncated completes a body that was cut off, as far as the end of a
// notification is known.
func (b *bodies) truncated() {
	text := string(b.given)
	if closers, open := unclosed(text); open {
		add := func(tail string) {
			b.add(1, BodyTruncated, []byte(text+tail), "the end of the body is missing: "+shown(tail))
		}
		add(closers)
		for _, l := range layouts()[:likelyLayouts] {
			if l.indent != "" && strings.Contains(text, l.eol+l.indent) {
				add(l.close(strings.TrimPrefix(closers, `"`), strings.HasPrefix(closers, `"`)))
			}
		}
	}
	for _, tail := range knownTails() {
		for n := min(len(tail)-1, len(text)); n > 0; n-- {
			if strings.HasSuffix(text, tail[:n]) {
				b.add(2, BodyTruncated, []byte(text+tail[n:]), "the end of the body is missing: "+shown(tail[n:]))
			}
		}
	}
}

// beheaded puts the beginning of a body back whose first bytes are missing, as far
// as the beginning of a notification is known.
func (b *bodies) beheaded() {
	text := string(b.given)
	if _, end, ok := parseJSON(text); text == "" || ok && end == len(text) || !strings.ContainsAny(text[len(text)-min(8, len(text)):], "}]") {
		return
	}
	for _, head := range knownHeads() {
		for n := range len(head) {
			if strings.HasPrefix(text, head[n+1:]) && (n+1 < len(head) || text[0] == '"') {
				b.add(1, BodyTruncated, []byte(head[:n+1]+text), "the beginning of the body is missing: "+shown(head[:n+1]))
			}
		}
	}
}

// knownHeads are beginnings of messages, as the gateway was seen to write them.
func knownHeads() []string {
	list := []string{"{", "[", "{ ", "{\n  ", "{\n    ", "{\n\t", `{"`}
	for _, kind := range []string{"PAYMENT_RESULT", "PAYMENT_PENDING", "CAPTURE_RESULT", "REFUND_RESULT"} {
		list = append(list, `{"notifyType":"`+kind+`",`)
	}
	heads := append([]string{"{"}, list[7:]...)
	for _, result := range knownTails() {
		result = strings.TrimSuffix(result, "}") + ","
		for _, head := range heads {
			list = append(list, head+result)
		}
	}
	return list
}

// unclosed returns the brackets and quotes that a text still needs to be JSON.
func unclosed(text string) (closers string, open bool) {
	var stack []byte
	inString := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			stack = append(stack, closingOf(c))
		case c == '}' || c == ']':
			if len(stack) == 0 {
				return "", false
			}
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) == 0 || len(stack) > maxNesting {
		return "", false
	}
	var b strings.Builder
	if inString {
		b.WriteByte('"')
	}
	for i := len(stack) - 1; i >= 0; i-- {
		b.WriteByte(stack[i])
	}
	return b.String(), true
}

// knownTails are ends of messages whose last member is their result, as the
// gateway was seen to write it.
func knownTails() []string {
	var list []string
	for _, result := range [][3]string{
		{"SUCCESS", "S", "success."},
		{"SUCCESS", "S", "success"},
		{"SUCCESS", "S", "Success"},
		{"PAYMENT_IN_PROCESS", "U", "payment in process"},
		{"PAYMENT_IN_PROCESS", "U", "payment in process."},
	} {
		code, status, message := `"resultCode":"`+result[0]+`"`, `"resultStatus":"`+result[1]+`"`, `"resultMessage":"`+result[2]+`"`
		permutations([]string{code, status, message}, func(order []string) {
			list = append(list, `"result":{`+strings.Join(order, ",")+`}}`)
		})
	}
	return list
}

// wrapped are the bodies that a signer makes of the given one before it signs.
func (b *bodies) wrapped() {
	g := string(b.given)
	b.add(2, BodyEncoding, []byte(encodeBase64(g)), "the base64 of the body was signed")
	b.add(2, BodyEncoding, []byte(escapeForm(g)), "the body was signed url-encoded")
	b.add(3, BodyEncoding, []byte(escapeComponent(g)), "the body was signed url-encoded")
	b.add(2, BodyEncoding, escaping{}.string(nil, g), "the body was signed as a JSON string")
	b.add(2, BodyEscaping, []byte(escapeEntities(g)), "the body was signed with entities of HTML")
	b.add(3, BodyEdited, nil, "no body was signed")
	b.add(3, BodyEdited, []byte("{}"), "an empty object was signed")
}
