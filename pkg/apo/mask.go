package apo

import (
	"encoding/json"
	"fmt"
	"strings"
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
	switch f := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(field)); f {
	case "cardno", "cardnumber", "pan", "primaryaccountnumber", "accountno", "maskedcardno":
		return asNumber
	case "cvv", "cvv2", "cvc", "cvc2", "cardcvv", "securitycode", "cardpassworddigest", "password", "pin",
		"track1", "track2", "privatekey", "merchantprivatekey", "agenttoken", "accesstoken":
		return asSecret
	case "expiryyear", "expirymonth", "expirydate", "expmonth", "expyear":
		return asExpiry
	case "cardtoken", "paymentmethodid", "acquirercardtoken":
		return asToken
	default:
		for _, suffix := range []string{"id", "time", "referenceno", "arn", "rrn", "fingerprint"} {
			if strings.HasSuffix(f, suffix) {
				return asID
			}
		}
		return asText
	}
}

// JSON masks a JSON document. Order, spacing and everything that is not hidden
// stay as they are. What is not strict JSON is masked as text.
func (m Masker) JSON(data []byte) []byte {
	if CheckJSON(data) != nil {
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
			var name string
			_ = json.Unmarshal(w.in[start:w.stringEnd()], &name)
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
			if inner < asNumber && how >= asNumber {
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
		var s string
		_ = json.Unmarshal(w.in[w.pos:end], &s)
		w.scalar(s, end, how)
	default:
		end := w.pos
		for end < len(w.in) && !strings.ContainsRune(",]} \t\r\n", rune(w.in[end])) {
			end++
		}
		w.scalar(string(w.in[w.pos:end]), end, how)
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
			return s
		}
		return "***"
	case asID:
		return m.secrets(s)
	}
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "{") && CheckJSON([]byte(t)) == nil {
		return string(m.JSON([]byte(t))) // JSON inside a string, as extendInfo has it
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
	return m.numbers(m.fields(keys(m.secrets(s))))
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
	for from := 0; ; {
		begin := strings.Index(s[from:], "-----BEGIN")
		if begin < 0 {
			break
		}
		begin += from
		end := len(s)
		if i := strings.Index(s[begin:], "-----END"); i >= 0 {
			end = begin + i + len("-----END")
			if j := strings.Index(s[end:], "-----"); j >= 0 {
				end += j + len("-----")
			}
		}
		s = s[:begin] + "[key]" + s[end:]
		from = begin + len("[key]")
	}
	for from := 0; ; {
		begin := strings.Index(s[from:], "MII")
		if begin < 0 {
			return s
		}
		begin += from
		end := begin
		for end < len(s) && isBase64(s[end]) {
			end++
		}
		if end-begin < 64 || begin > 0 && isBase64(s[begin-1]) {
			from = end
			continue
		}
		s = s[:begin] + "[key]" + s[end:]
		from = begin + len("[key]")
	}
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

// fields hides the values behind the names of secret fields, in JSON that is
// cut off or escaped, in query strings and in prose alike.
func (m Masker) fields(s string) string {
	for i := 0; i < len(s); {
		if !isWord(s[i]) || i > 0 && isWord(s[i-1]) {
			i++
			continue
		}
		end := i
		for end < len(s) && isWord(s[end]) {
			end++
		}
		how := hidingOf(s[i:end])
		if how < asNumber {
			i = end
			continue
		}
		start := end
		for start < len(s) && strings.IndexByte(`"'\:= `, s[start]) >= 0 {
			start++
		}
		if !strings.ContainsAny(s[end:start], ":=") {
			i = end
			continue
		}
		stop := start
		for stop < len(s) && strings.IndexByte("\"'\\,&;}] \t\r\n", s[stop]) < 0 {
			stop++
		}
		masked := m.one(s[start:stop], how)
		s = s[:start] + masked + s[stop:]
		i = start + len(masked)
	}
	return s
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

// digitRun returns how far the digits at the beginning of s go, single spaces
// and hyphens between groups of four or more included, and the digits alone.
func digitRun(s string) (end int, digits string) {
	plain := 0
	for plain < len(s) && s[plain] >= '0' && s[plain] <= '9' {
		plain++
	}
	if plain < 4 || plain > 6 {
		return plain, s[:plain]
	}
	var b strings.Builder
	i := 0
	for i < len(s) {
		c := s[i]
		if c >= '0' && c <= '9' {
			b.WriteByte(c)
			i++
			continue
		}
		next := i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9'
		if (c != ' ' && c != '-') || !next || b.Len() >= 19 {
			break
		}
		i++
	}
	if grouped := b.String(); IsCardNumber(grouped) {
		return i, grouped
	}
	return plain, s[:plain]
}

// namesAnID reports whether the text before a number ends in the name of an ID.
func namesAnID(before string) bool {
	before = strings.TrimRight(before, `"'\:= `)
	start := len(before)
	for start > 0 && isWord(before[start-1]) {
		start--
	}
	return start < len(before) && hidingOf(before[start:]) == asID
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
