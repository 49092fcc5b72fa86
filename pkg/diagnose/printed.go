package diagnose

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
)

// printed undoes what programs, logs and databases show in place of the bytes of a
// body: lists of numbers, dumps, literals of a language. add is given what was
// shown, and in words how.
func printed(text string, add func(inner, what string)) {
	if len(text) > cheapAbove || len(text) < 4 {
		return
	}
	if strings.Contains(text, `\x`) || octal(text) {
		if inner, ok := unescapeC(text, false); ok {
			add(inner, `has escapes of a log (\x22 or \042)`)
		}
		if inner, ok := unescapeC(text, true); ok {
			add(inner, `has escapes of a log (\x22 or \042)`)
		}
	}
	for _, t := range []string{text, behindLabel(text)} {
		if t == "" {
			continue
		}
		if inner, what := numbersOf(t); inner != nil {
			add(string(inner), what)
		}
		if inner, ok := hexOf(t); ok {
			add(string(inner), "is printed in hex")
		}
		for _, inner := range dumped(t) {
			add(string(inner), "is printed as a dump, as hexdump and xxd do")
		}
		quotedOf(t, add)
		if n, ok := parseLiteral(t); ok {
			add(string(layouts()[0].write(nil, n, 0)), "is printed as a dict of Python, or as its like of another language")
		}
	}
	if strings.Contains(text, "=3D") || strings.Contains(text, "=\n") || strings.Contains(text, "=\r\n") || strings.Contains(text, "=C3") || strings.Contains(text, "=E") {
		add(quotedPrintable(text), "is quoted-printable, as mail is")
	}
}

// behindLabel is what stands behind "body: " or "payload=", empty where nothing
// of the kind stands in front.
func behindLabel(text string) string {
	at := strings.IndexAny(text, ":=")
	if at <= 0 || at > 40 || strings.ContainsAny(text[:at], "{[<(\"'0123456789") {
		return ""
	}
	return strings.TrimLeft(text[at+1:], " \t")
}

// numbersOf reads a body that is printed as the numbers of its bytes.
func numbersOf(text string) (body []byte, what string) {
	if strings.HasPrefix(text, "{") {
		n, end, ok := parseJSON(text)
		if !ok || strings.TrimSpace(text[end:]) != "" {
			return nil, ""
		}
		return bufferOf(n), "is a Buffer of Node, or its like, as JSON"
	}
	if strings.Count(text, ",") > 8 && strings.Trim(text, "0123456789, ") == "" { // the string of a Uint8Array
		text = "[" + text + "]"
	}
	last := strings.IndexByte("]})", text[len(text)-1])
	if last < 0 {
		return nil, ""
	}
	start := strings.IndexByte(text, "[{("[last])
	if start < 0 || start > 40 {
		return nil, ""
	}
	for item := range strings.FieldsFuncSeq(strings.Trim(text[start:], "[](){} \t\r\n"), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		b, ok := byteOf(item)
		if !ok {
			return nil, ""
		}
		body = append(body, b)
	}
	return body, "is printed as the list of its bytes"
}

// byteOf reads 123, -61 (a byte of Java), 0x7b.
func byteOf(item string) (byte, bool) {
	n, err := strconv.ParseInt(item, 0, 16)
	if err != nil || n < -128 || n > 255 {
		return 0, false
	}
	return byte(n), true
}

// bufferOf reads {"type":"Buffer","data":[…]}, and {"0":123,"1":34} of a typed array.
func bufferOf(n node) []byte {
	if n.kind == '[' {
		return listOf(n)
	}
	indexed := true
	for i, key := range n.keys {
		if kid := n.kids[i]; key.text == "data" && kid.kind == '[' && len(n.keys) == 2 {
			return listOf(kid)
		}
		indexed = indexed && key.text == strconv.Itoa(i)
	}
	if !indexed {
		return nil
	}
	return listOf(n)
}

func listOf(n node) []byte {
	var body []byte
	for _, kid := range n.kids {
		b, ok := byteOf(kid.raw)
		if !ok || kid.kind != '0' {
			return nil
		}
		body = append(body, b)
	}
	return body
}

// hexOf reads 7b22…, 7B-22-…, 0x7b22…, \x7b22…, X'7b22…', <Buffer 7b 22 …>.
func hexOf(text string) ([]byte, bool) {
	text = strings.Trim(text, "<>\"' \t\r\n")
	for _, front := range []string{"Buffer ", "0x", "0X", `\x`, "X'", "x'", "[", "("} {
		text = strings.TrimPrefix(text, front)
	}
	text = strings.NewReplacer(" 0x", "", ",0x", "", ", 0x", "", " ", "", "\t", "", "\r", "", "\n", "", "-", "", ":", "", ",", "").Replace(text)
	if text = strings.TrimRight(text, "])"); len(text) > 64 && len(text)%2 == 1 { // it is cut off
		text = text[:len(text)-1]
	}
	body, err := hex.DecodeString(text)
	return body, err == nil && len(body) > 1
}

// dumped reads rows of an offset, bytes in hex, and maybe the text beside them. It
// returns what the rows say with offsets of base 16 or 8, and with the bytes of
// each pair swapped.
func dumped(text string) [][]byte {
	lines := strings.Split(text, "\n")
	var list [][]byte
	for _, base := range []int{16, 8} {
		if body := dumpOf(lines, base); len(body) > 1 {
			swapped := bytes.Clone(body)
			for i := 0; i+1 < len(swapped); i += 2 {
				swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			}
			list = append(list, body, bytes.TrimRight(swapped, "\x00"))
		}
	}
	return list
}

func dumpOf(lines []string, base int) []byte {
	var body, row []byte
	first, repeats := int64(-1), false
	for _, line := range lines {
		offset, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch offset {
		case "":
			continue
		case "*":
			repeats = true
			continue
		}
		offset = strings.TrimPrefix(strings.TrimSuffix(offset, ":"), "0x")
		at, err := strconv.ParseInt(offset, base, 32)
		if err != nil || len(offset) < 4 {
			return nil
		}
		if first < 0 {
			first = at
		}
		at -= first
		for repeats && len(row) > 0 && int64(len(body)) < at {
			body = append(body, row...)
		}
		// The text beside the bytes may look like hex: the next offset tells.
		if at < 0 || at > int64(len(body)) || len(body) > cheapAbove {
			return nil
		}
		body, repeats = body[:at], false
		row = rowOf(rest)
		body = append(body, row...)
	}
	return body
}

func rowOf(rest string) []byte {
	const most = 32
	var row []byte
	for len(row) < most {
		trimmed := strings.TrimLeft(rest, " \t")
		if len(row) > 0 && len(rest)-len(trimmed) > 2 || strings.HasPrefix(trimmed, "|") {
			return row
		}
		var item string
		item, rest, _ = strings.Cut(trimmed, " ")
		if rest != "" {
			rest = " " + rest
		}
		b, err := hex.DecodeString(item)
		if err != nil || item == "" {
			return row
		}
		if row = append(row, b...); len(row) == 16 {
			return row
		}
	}
	return row
}

// quotedOf undoes the quotes of a language: b'…' of Python, '…' of a repr, "…" with
// its quotes doubled, as CSV and SQLite print them.
func quotedOf(text string, add func(inner, what string)) {
	if !strings.ContainsAny(text[len(text)-1:], `'")`) {
		return
	}
	const bytesOf = "is printed as the bytes of Python (b'…')"
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "bytearray("), "bytes("), ")")
	what := "is printed as a literal, in quotes and with its escapes"
	if rest, found := strings.CutPrefix(bare, "b"); found {
		bare, what = rest, bytesOf
	} else {
		bare = strings.TrimPrefix(bare, "u")
	}
	if len(bare) < 2 || bare[0] != bare[len(bare)-1] || bare[0] != '\'' && bare[0] != '"' {
		return
	}
	quote, inner := bare[:1], bare[1:len(bare)-1]
	if full, ok := unescapeC(inner, true); ok && (what == bytesOf || quote == "'") {
		add(full, what)
	}
	if strings.Contains(inner, quote+quote) {
		add(strings.ReplaceAll(inner, quote+quote, quote), "has its quotes doubled, as CSV and databases print them")
	}
}

func octal(text string) bool {
	for i := strings.IndexByte(text, '\\'); i >= 0 && i+3 < len(text); {
		if c := text[i+1]; c >= '0' && c <= '3' && text[i+2] >= '0' && text[i+2] <= '7' && text[i+3] >= '0' && text[i+3] <= '7' {
			return true
		}
		next := strings.IndexByte(text[i+1:], '\\')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// unescapeC undoes the escapes of C and its children; without all those of bytes
// alone, \xNN and \NNN.
func unescapeC(s string, all bool) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		if c, size := byteEscape(s[i:]); size > 0 {
			b.WriteByte(c)
			i += size - 1
			continue
		}
		if !all {
			b.WriteByte(s[i])
			continue
		}
		i++
		if at := strings.IndexByte(`\'"/abfnrtv0e`, s[i]); at >= 0 {
			b.WriteByte("\\'\"/\a\b\f\n\r\t\v\x00\x1b"[at])
			continue
		}
		digits := map[byte]int{'u': 4, 'U': 8}[s[i]]
		if digits == 0 || i+digits >= len(s) {
			return "", false
		}
		n, err := strconv.ParseUint(s[i+1:i+1+digits], 16, 32)
		if err != nil {
			return "", false
		}
		b.WriteRune(rune(n))
		i += digits
	}
	return b.String(), true
}

// byteEscape reads \xNN or \NNN at the beginning of s; size is 0 where there is none.
func byteEscape(s string) (c byte, size int) {
	if len(s) < 4 {
		return 0, 0
	}
	digits, base := s[1:4], 8
	if s[1] == 'x' {
		digits, base = s[2:4], 16
	}
	n, err := strconv.ParseUint(digits, base, 8)
	if err != nil {
		return 0, 0
	}
	return byte(n), 4
}

func quotedPrintable(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch {
		case s[i] != '=':
		case strings.HasPrefix(rest, "=\r\n"):
			i += 2
			continue
		case strings.HasPrefix(rest, "=\n"):
			i++
			continue
		case len(rest) > 2 && isHex(rest[1]) && isHex(rest[2]):
			n, _ := strconv.ParseUint(rest[1:3], 16, 8)
			b.WriteByte(byte(n))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
