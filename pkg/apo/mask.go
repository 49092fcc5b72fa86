package apo

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Masker hides card data, tokens and keys. Nothing else in apo does, and all
// that is shown, logged or stored passes through it. The zero value is the
// strict one.
//
// It works by field, whatever the spelling of the field's name, and then by
// number: a run of 15 to 19 digits that passes the Luhn check and lies in the
// range of a card brand is a card number wherever it stands, except in fields
// of IDs and times. Expiry dates are hidden, the last four digits are not.
type Masker struct {
	KeepTokens bool     // leave cardToken and paymentMethodId readable: on standard output they are needed
	Secrets    []string // texts to hide wherever they occur, for example an agent token
}

// hiding says how the value of a field is hidden.
type hiding int

const (
	asText   hiding = iota // look for card numbers
	asID                   // leave alone
	asNumber               // keep the last four digits
	asSecret               // nothing
	asExpiry               // nothing
	asToken                // nothing, unless tokens are kept
)

func hidingOf(field string) hiding {
	switch strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(field, "-", ""), "_", "")) {
	case "cardno", "cardnumber", "pan", "primaryaccountnumber", "accountno", "maskedcardno":
		return asNumber
	case "cvv", "cvv2", "cvc", "cvc2", "cardcvv", "cvvcode", "cvvnumber", "securitycode", "cardpassworddigest", "password", "pin",
		"track1", "track2", "privatekey", "merchantprivatekey", "agenttoken", "accesstoken":
		return asSecret
	case "expiryyear", "expirymonth", "expirydate", "expmonth", "expyear", "expdate", "expirationdate", "cardexpiry":
		return asExpiry
	case "cardtoken", "paymentmethodid", "acquirercardtoken":
		return asToken
	}
	if isIDName(field) {
		return asID
	}
	return asText
}

// isIDName recognises names of IDs and times by their last word: paymentId,
// client-id, responseTime; not paid or overtime.
func isIDName(field string) bool {
	switch strings.ToLower(field) {
	case "id", "ids", "time", "arn", "rrn", "xid", "fingerprint":
		return true
	}
	if before, found := strings.CutSuffix(field, "ID"); found && before != strings.ToUpper(before) {
		return true // requestID, not INVALID
	}
	for _, word := range []string{"Id", "_ID", "-ID", "Ids", "Time", "ReferenceNo", "Fingerprint", "-id", "_id", "-time", "_time"} {
		if strings.HasSuffix(field, word) {
			return true
		}
	}
	return false
}

// JSON masks a JSON document. Order, spacing and everything that is not hidden
// stay as they are. What is not JSON is masked as text.
func (m Masker) JSON(data []byte) []byte {
	if !json.Valid(data) || !utf8.Valid(data) || checkDepth(data) != nil {
		return []byte(m.Text(string(data)))
	}
	w := jsonMask{Masker: m, in: data, out: make([]byte, 0, len(data))}
	w.space()
	w.value(asText)
	return append(w.out, w.in[w.pos:]...)
}

// jsonMask copies JSON that is known to be valid from in to out.
type jsonMask struct {
	Masker
	in  []byte
	pos int
	out []byte
}

func (w *jsonMask) space() {
	for w.pos < len(w.in) && !notSpace(rune(w.in[w.pos])) {
		w.copy(1)
	}
}

func (w *jsonMask) copy(n int) {
	w.out = append(w.out, w.in[w.pos:w.pos+n]...)
	w.pos += n
}

// value copies one value; how is what the field's name, or that of a field
// around it, asks for.
func (w *jsonMask) value(how hiding) {
	switch w.in[w.pos] {
	case '{':
		w.copy(1)
		for w.space(); w.in[w.pos] != '}'; w.space() {
			if w.in[w.pos] == ',' {
				w.copy(1)
				continue
			}
			start := w.pos
			name := unquote(w.in[start:w.stringEnd()])
			if masked := w.Text(name); masked != name {
				w.put(masked)
				w.pos = w.stringEnd()
			} else {
				w.copy(w.stringEnd() - start)
			}
			w.space()
			w.copy(1) // the colon
			w.space()
			inner := hidingOf(name)
			if how == asSecret || inner < asNumber && how >= asNumber {
				inner = how // an object in a secret field is secret throughout
			}
			w.value(inner)
		}
		w.copy(1)
	case '[':
		w.copy(1)
		for w.space(); w.in[w.pos] != ']'; w.space() {
			if w.in[w.pos] == ',' {
				w.copy(1)
				continue
			}
			w.value(how)
		}
		w.copy(1)
	case '"':
		end := w.stringEnd()
		w.scalar(unquote(w.in[w.pos:end]), end, how)
	default:
		end := w.pos
		for end < len(w.in) && !strings.ContainsRune(",]} \t\r\n", rune(w.in[end])) {
			end++
		}
		number := string(w.in[w.pos:end])
		if how == asText && strings.ContainsAny(number, ".eE") {
			w.copy(end - w.pos) // a measure, not a number in groups
			return
		}
		w.scalar(number, end, how)
	}
}

func (w *jsonMask) scalar(s string, end int, how hiding) {
	masked := w.one(s, how)
	if masked == s {
		w.copy(end - w.pos)
		return
	}
	w.put(masked)
	w.pos = end
}

func (w *jsonMask) put(s string) {
	w.out = append(w.out, quote(s)...)
}

func (w *jsonMask) stringEnd() int {
	for i := w.pos + 1; ; i++ {
		switch w.in[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// one masks the value of one field.
func (m Masker) one(s string, how hiding) string {
	if strings.Trim(s, "*") == "" || s == "null" || s == "true" || s == "false" {
		return s
	}
	switch how {
	case asNumber:
		return lastFour(s)
	case asSecret:
		return "***"
	case asExpiry:
		return "**"
	case asToken:
		if m.KeepTokens {
			return m.numbers(m.secrets(s)) // a card number is no token
		}
		return "***"
	case asID:
		return m.secrets(s)
	}
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "{") && CheckJSON([]byte(t)) == nil {
		return string(m.JSON([]byte(s))) // JSON inside a string, as extendInfo has it
	}
	return m.Text(s)
}

func lastFour(s string) string {
	if strings.Trim(s, "*") == "" || len(s) < 8 {
		return strings.Repeat("*", len(s))
	}
	tail := s[len(s)-4:]
	if !isDigits(tail) {
		return strings.Repeat("*", 8)
	}
	return strings.Repeat("*", min(len(s)-4, 15)) + tail
}

// Text masks free text: messages, excerpts, whatever is not whole JSON.
func (m Masker) Text(s string) string {
	plain := s
	if strings.Contains(s, `\u00`) { // JSON that is cut off, and so cannot be read as JSON
		plain = unescapeASCII(s)
	}
	if masked := m.numbers(m.fields(keys(m.secrets(plain)))); masked != plain {
		return masked
	}
	return s
}

// unescapeASCII turns \u0034 into 4, and escapes of escapes with it.
func unescapeASCII(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		out = append(out, s[i])
		for len(out) >= 6 {
			r := escaped(out[len(out)-6:])
			if r < ' ' || r >= 0x7f {
				break
			}
			out = append(out[:len(out)-6], byte(r))
		}
	}
	return string(out)
}

func (m Masker) secrets(s string) string {
	for _, secret := range m.Secrets {
		if len(secret) >= 6 {
			s = strings.ReplaceAll(s, secret, "[secret]")
		}
	}
	return s
}

// keys hides PEM blocks and the base64 of RSA keys, which begins with MII.
func keys(s string) string {
	return replaceAt(replaceAt(s, "-----BEGIN", pemEnd), "MII", func(s string, begin int) int {
		if begin > 0 && isAlnum(s[begin-1]) {
			return begin // in the middle of a word
		}
		if end, length := keyEnd(s, begin); length >= 64 {
			return end
		}
		return begin
	})
}

// replaceAt puts [key] for each stretch that begins with mark and that end
// finds the end of; where end returns the beginning there is none.
func replaceAt(s, mark string, end func(s string, begin int) int) string {
	var b strings.Builder
	copied := 0
	for from := 0; ; {
		i := strings.Index(s[from:], mark)
		if i < 0 {
			break
		}
		begin := from + i
		stop := end(s, begin)
		if stop == begin {
			from = begin + len(mark)
			continue
		}
		b.WriteString(s[copied:begin] + "[key]")
		copied, from = stop, stop
	}
	if copied == 0 {
		return s
	}
	b.WriteString(s[copied:])
	return b.String()
}

// pemEnd finds the end of a PEM block: behind its END line, or the end of the
// text.
func pemEnd(s string, begin int) int {
	i := strings.Index(s[begin:], "-----END")
	if i < 0 {
		return len(s)
	}
	end := begin + i + len("-----END")
	if j := strings.Index(s[end:], "-----"); j >= 0 {
		return end + j + len("-----")
	}
	return len(s)
}

// keyEnd follows the base64 of a key over the breaks that it may have: lines,
// literal \n, escaped slashes, percent-encoding. length counts its characters.
func keyEnd(s string, i int) (end, length int) {
	for i < len(s) {
		switch next := s[i:]; {
		case isBase64(s[i]):
			i++
			length++
		case strings.HasPrefix(next, `\/`), strings.HasPrefix(next, `\n`), strings.HasPrefix(next, `\r`):
			i += 2
		case strings.HasPrefix(next, `\\`):
			i++
		case len(next) > 2 && s[i] == '%' && isHex(s[i+1]) && isHex(s[i+2]):
			i += 3
		default:
			line := strings.TrimLeft(next, " \t\r\n")
			run := 0
			for run < len(line) && isBase64(line[run]) {
				run++
			}
			if len(line) == len(next) || run < 16 {
				return i, length
			}
			i += len(next) - len(line)
		}
	}
	return i, length
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func isAlnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isBase64(c byte) bool { return isAlnum(c) || c == '+' || c == '/' || c == '=' }

// fields hides the values behind the names of secret fields, in JSON that is
// cut off or escaped, in query strings and in prose alike.
func (m Masker) fields(s string) string {
	var b strings.Builder
	copied := 0
	for i := 0; i < len(s); {
		if !isWord(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && isWord(s[end]) {
			end++
		}
		how := hidingOf(s[i:end])
		i = end
		if how < asNumber {
			continue
		}
		start := end
		for start < len(s) && strings.IndexByte(`"'\:= `, s[start]) >= 0 {
			start++
		}
		if !strings.ContainsAny(s[end:start], ":=") {
			continue
		}
		stop := fieldEnd(s, start, how)
		b.WriteString(s[copied:start] + m.one(s[start:stop], how))
		copied, i = stop, stop
	}
	if copied == 0 {
		return s
	}
	b.WriteString(s[copied:])
	return b.String()
}

// fieldEnd finds the end of a field's value in free text: the closing quote of
// one that is quoted, else the next delimiter.
func fieldEnd(s string, start int, how hiding) int {
	delimiters := "\"'\\,&;}] \t\r\n"
	if start > 0 && (s[start-1] == '"' || s[start-1] == '\'') {
		delimiters = string(s[start-1]) + "\\\r\n"
	} else if how == asNumber { // a number may be written in groups
		end, _ := digitRun(s[start:])
		start += end
	}
	for start < len(s) && strings.IndexByte(delimiters, s[start]) < 0 {
		start++
	}
	return start
}

func isWord(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// numbers hides card numbers, in one piece or in groups.
func (m Masker) numbers(s string) string {
	var b strings.Builder
	rest := s
	for i := 0; i < len(rest); {
		if rest[i] < '0' || rest[i] > '9' {
			b.WriteByte(rest[i])
			i++
			continue
		}
		end, digits := digitRun(rest[i:])
		run := rest[i : i+end]
		if IsCardNumber(digits) && !namesAnID(b.String()) {
			run = lastFour(digits)
		}
		b.WriteString(run)
		i += end
	}
	return b.String()
}

// digitRun returns how far the number at the beginning of s goes, and its
// digits: the longest card number in groups of digits with single separators
// between, else the first group.
func digitRun(s string) (end int, digits string) {
	var all strings.Builder
	for i := 0; i < len(s) && all.Len() <= 19; {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			all.WriteByte(s[i])
			i++
		}
		if end == 0 || IsCardNumber(all.String()) {
			end, digits = i, all.String()
		}
		if IsCardNumber(digits) && len(digits) == i {
			break // whole in one piece; what follows is another number
		}
		if i+1 >= len(s) || strings.IndexByte(" -./_\t", s[i]) < 0 || s[i+1] < '0' || s[i+1] > '9' {
			break
		}
		i++
	}
	return end, digits
}

// namesAnID reports whether the text before a number ends in the name of an ID.
func namesAnID(before string) bool {
	trimmed := strings.TrimRight(before, `"'\:= `)
	assigned := strings.ContainsAny(before[len(trimmed):], ":=")
	before = trimmed
	start := len(before)
	for start > 0 && isWord(before[start-1]) {
		start--
	}
	name := before[start:]
	// "at that time 4054…" is prose; "paymentId 4054…" and "time: 4054…" name a field.
	return name != "" && hidingOf(name) == asID && (assigned || name != strings.ToLower(name))
}

// unquote reads a JSON string that is known to be valid.
func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

func quote(s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(fmt.Sprintf("apo: a string does not encode: %v", err)) // unreachable
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

// HoldsCard reports whether a text holds card data: a card number, or a field
// that is one of a card's secrets.
func HoldsCard(text string) bool {
	m := Masker{KeepTokens: true}
	return string(m.JSON([]byte(text))) != text
}

// MayHoldCard is [HoldsCard] for a text in which somebody may have escaped,
// quoted or packed card data, or that is damaged: percent-encoding, entities of
// HTML, backslashes and base64 are undone before it looks.
func MayHoldCard(text string) bool { return mayHoldCard(text, 3) }

func mayHoldCard(text string, depth int) bool {
	if HoldsCard(text) {
		return true
	}
	if depth == 0 {
		return false
	}
	entities := strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&apos;", "'", "&#39;", "'", "&#039;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&")
	for _, plain := range []string{percentDecoded(text), entities.Replace(text), strings.ReplaceAll(text, `\`, "")} {
		if plain != text && mayHoldCard(plain, depth-1) {
			return true
		}
	}
	for run := range strings.FieldsFuncSeq(text, func(r rune) bool { return r > 0x7f || !isBase64(byte(r)) && r != '-' && r != '_' }) {
		if len(run) < 12 {
			continue
		}
		run = strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(run)
		if plain, err := base64.RawStdEncoding.DecodeString(run[:len(run)-len(run)%4]); err == nil && utf8.Valid(plain) && mayHoldCard(string(plain), depth-1) {
			return true
		}
	}
	return false
}

func percentDecoded(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			if b, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// Starred hides every digit of a text, and every long run of letters and digits
// that could be packed data, character by character: what is left tells where
// things stand, and nothing of a card.
func Starred(text string) string {
	const long = 20
	b := []byte(text)
	for i := 0; i < len(b); {
		end := i
		digits := false
		for end < len(b) && (isBase64(b[end]) || b[end] == '-' || b[end] == '_') {
			digits = digits || b[end] >= '0' && b[end] <= '9'
			end++
		}
		for j := i; j < end; j++ {
			if b[j] >= '0' && b[j] <= '9' || end-i >= long && (digits || end-i > 40) {
				b[j] = '*'
			}
		}
		i = max(end, i+1)
	}
	return string(b)
}
