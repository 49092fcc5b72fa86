package diagnose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/apo-cli/apo/pkg/sign"
)

// reading is one way to read the text of a signature: its bits, and what had
// to be mended to get at them.
type reading struct {
	raw    []byte
	text   string      // base64 without its padding, from which raw comes
	header sign.Header // as it should have read
	faults []Fault
	cut    string // the mark of a log that stood where the rest of it was
}

// readings reads a Signature header in every way that it can be meant, the
// plain one first.
func readings(header string) []reading {
	var list []reading
	for _, found := range extract(header) {
		for _, r := range decode(found.Signature) {
			faults := append(found.faults, r.faults...)
			r.header = found.Header
			r.header.Signature = url.QueryEscape(base64.StdEncoding.EncodeToString(r.raw))
			if a := r.header.Algorithm; a != "" && !strings.EqualFold(a, sign.Algorithm) {
				name := "something else"
				if len(a) <= longestAlgorithm {
					name = shown(a)
				}
				faults = append(faults, signatureFault(Algorithm, "the header calls its algorithm "+name+" instead of "+sign.Algorithm))
				r.header.Algorithm = sign.Algorithm
			}
			r.faults = once(faults)
			list = append(list, r)
		}
	}
	return list
}

const longestAlgorithm = 24 // "rsassa-pkcs1-v1_5-sha256"

func signatureFault(c Cause, what string) Fault {
	return Fault{Cause: c, Part: "signature", What: what, Offset: -1}
}

// once keeps the first fault of each cause: a header that was quoted and has a
// line break is one mistake about the header.
func once(faults []Fault) []Fault {
	var kept []Fault
	for _, f := range faults {
		double := false
		for _, k := range kept {
			double = double || k.Cause == f.Cause
		}
		if !double {
			kept = append(kept, f)
		}
	}
	return kept
}

// extracted is a header of which the signature was found.
type extracted struct {
	sign.Header
	faults []Fault
}

// extract finds the signature in a header that may be none.
func extract(header string) []extracted {
	if h, err := sign.ParseHeader(header); err == nil {
		found := []extracted{{Header: h}}
		if strings.HasPrefix(strings.ToLower(h.Signature), "signature=") || strings.Contains(strings.ToLower(header), "signature:") {
			found = append(found, extractLoose(header)...)
		}
		return found
	}
	if strings.Contains(strings.ToLower(header), "signature") {
		return extractLoose(header)
	}
	if parts, _ := splitAtGaps(header); len(parts) > 1 {
		joined := strings.Join(parts, "")
		if h, err := sign.ParseHeader(joined); err == nil { // the word itself is broken
			return []extracted{{Header: h, faults: []Fault{signatureFault(SignatureHeader, "the header has white space inside")}}}
		}
	}
	found := extracted{Header: sign.Header{Algorithm: sign.Algorithm, KeyVersion: "1", Signature: header}}
	if strings.Contains(header, ",") || strings.Contains(header, ";") {
		for item := range strings.FieldsFuncSeq(header, func(r rune) bool { return r == ',' || r == ';' }) {
			if len(item) > 128 {
				found.Signature = strings.TrimSpace(item)
				found.faults = []Fault{signatureFault(SignatureHeader, "there is no signature= in front of the signature")}
			}
		}
	}
	return []extracted{found}
}

// extractLoose looks for the word itself, whatever stands around it.
func extractLoose(header string) []extracted {
	what := "the header is not algorithm=…,keyVersion=…,signature=…"
	text := header
	if unescaped, err := url.PathUnescape(header); err == nil && !strings.Contains(strings.ToLower(header), "signature=") &&
		strings.Contains(strings.ToLower(unescaped), "signature=") {
		text, what = unescaped, "the whole header is url-encoded, not its signature alone"
	}
	switch lower := strings.ToLower(strings.TrimSpace(text)); {
	case strings.HasPrefix(lower, "{"):
		what = "the header is written as JSON"
	case strings.HasPrefix(lower, "signature:"):
		what = "the name of the header stands in front of its value"
	case strings.Count(lower, "signature=") > 1:
		what = "signature= comes twice"
	case strings.ContainsAny(text, "\r\n"):
		what = "the header has a line break inside"
	case strings.Contains(lower, ";"):
		what = "the items of the header are set apart by semicolons instead of commas"
	case strings.ContainsAny(text, `"'`):
		what = "the header has quotes inside"
	}
	var found []extracted
	lower := strings.ToLower(text)
	for end := len(lower); ; {
		i := strings.LastIndex(lower[:end], "signature")
		if i < 0 {
			return found
		}
		end = i
		value := strings.TrimLeft(text[i+len("signature"):], " \t\r\n\"'")
		if value == "" || !strings.ContainsAny(value[:1], "=:") {
			continue
		}
		value = strings.TrimLeft(value[1:], " \t\r\n>")
		quoted := strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'")
		value = strings.Trim(value, `"'`)
		whole, mark := cutMark(value)
		if stop := strings.IndexAny(value, `,;"'{}<>`); mark != "" && stop >= len(whole) {
			value = whole + mark
		} else if stop >= 0 {
			value = value[:stop]
		}
		if value = strings.TrimSpace(value); len(value) < 16 {
			continue
		}
		if quoted && what == "" {
			what = "the signature is quoted"
		}
		found = append(found, extracted{
			Header: sign.Header{Algorithm: sign.Algorithm, KeyVersion: "1", Signature: value},
			faults: []Fault{signatureFault(SignatureHeader, what)},
		})
	}
}

// decode reads the text of a signature. A blank in it may have been a +, or was put
// there by a fold, by a wrapped line or by hand: it is read in either way.
func decode(text string) []reading {
	var list []reading
	for _, one := range withoutGaps(text) {
		raw := one.text // before its escapes are undone
		s, rounds := raw, 0
		for ; rounds < 4 && hasEscape(s); rounds++ {
			s = unescape(s)
		}
		inner := []joined{{text: s}}
		if _, before := splitAtGaps(raw); rounds > 0 {
			if _, gaps := splitAtGaps(s); len(gaps) > len(before) {
				inner = withoutGaps(s)
			}
		}
		for _, two := range inner {
			what := one.what
			if two.what != "" && what == "" {
				what = two.what + ", url-encoded"
			}
			if len(list) < maxReadings {
				list = append(list, decoded(raw, two.text, rounds, what)...)
			}
		}
	}
	return list
}

const maxReadings = 128

// decoded reads the text of a signature whose escapes were undone in so many rounds.
// what tells what had been taken out of it, if anything.
func decoded(raw, s string, rounds int, what string) []reading {
	var faults []Fault
	add := func(c Cause, what string) { faults = append(faults, signatureFault(c, what)) }
	if what != "" {
		add(SignatureHeader, what)
	}
	cut := ""
	if s, cut = cutMark(s); cut != "" {
		add(SignatureTruncated, "a log cut the signature off: "+shown(cut)+" stands in its text")
	}
	if i := strings.IndexByte(s, '%'); i >= 0 && len(s)-i < 3 {
		add(SignatureTruncated, "the signature ends inside an escape")
		s = s[:i]
	}
	switch {
	case rounds > 1:
		add(SignatureEncodedTwice, "the signature is url-encoded "+times(rounds)+": %25 stands for %")
	case strings.Contains(s, " "):
		add(SignaturePlusSpace, "the signature has spaces where its base64 had +")
	case rounds == 1 && strings.Contains(raw, "+"):
		add(SignaturePlusSpace, "the signature has a bare +, which url-decoding turns into a space")
	case rounds == 0 && strings.Contains(s, "+"):
		add(SignatureNotDecoded, "the signature is bare base64, where the header has it url-encoded: decoding it once more turns + into spaces")
	}
	s = strings.ReplaceAll(s, " ", "+")

	if digits := strings.NewReplacer(":", "", "0x", "").Replace(s); len(digits) >= 128 && len(digits)%2 == 0 {
		if bytes, err := hex.DecodeString(digits); err == nil {
			add(SignatureAlphabet, "the signature is written in hex instead of base64")
			return []reading{{raw: bytes, text: base64.RawStdEncoding.EncodeToString(bytes), faults: faults, cut: cut}}
		}
	}
	if strings.ContainsAny(s, "-_") {
		add(SignatureAlphabet, "the signature is written in base64url, with - and _ for + and /")
		s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	}
	list := fromBase64(s, faults)
	if rounds == 0 && !strings.ContainsAny(s, "+/=") {
		for _, restored := range withPercents(s) {
			list = append(list, fromBase64(restored, append(faults,
				signatureFault(SignatureNotDecoded, "the signature lost its % signs: url-encoded text was read as base64")))...)
		}
	}
	for i := range list {
		list[i].cut = cut
	}
	return list
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return "more than twice"
}

// fromBase64 decodes without being particular about the end, where texts are
// cut.
func fromBase64(s string, faults []Fault) []reading {
	bare := strings.TrimRight(s, "=")
	padding, want := len(s)-len(bare), (4-len(bare)%4)%4
	loose := base64.RawStdEncoding
	whole := bare
	if len(bare)%4 == 1 {
		whole = bare[:len(bare)-1]
	}
	raw, err := loose.DecodeString(whole)
	if err != nil || len(raw) == 0 {
		return nil
	}
	switch _, err := loose.Strict().DecodeString(whole); {
	case padding < want || want == 3:
		faults = append(faults, signatureFault(SignatureTruncated, "the end of the signature is missing: "+missing(padding, want)))
	case padding > want:
		faults = append(faults, signatureFault(SignatureHeader, "there are more '=' at the end of the signature than base64 has"))
	case err != nil:
		faults = append(faults, signatureFault(SignatureAlphabet, "the last character of the signature carries bits that base64 leaves zero"))
	}
	if raw[0] == 0 && len(raw)%64 == 1 {
		raw = raw[1:]
		faults = append(faults, signatureFault(SignatureAlphabet, "the signature has a zero byte in front, as big integers are written with"))
	}
	list := []reading{{raw: raw, text: bare, faults: faults}}
	if inner, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(raw))); err == nil && len(inner) >= 128 {
		list = append(list, reading{
			raw: inner, text: base64.RawStdEncoding.EncodeToString(inner),
			faults: append(faults, signatureFault(SignatureEncodedTwice, "the signature is base64 of base64")),
		})
	}
	return list
}

func missing(padding, want int) string {
	if want == 3 || padding > want {
		return "its length is that of no base64"
	}
	return "the padding '=' of its base64 was cut off"
}

func hasEscape(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' && isHex(s[i+1]) && isHex(s[i+2]) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// unescape undoes %XX and leaves everything else, + and broken escapes among
// it.
func unescape(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			b, _ := hex.DecodeString(s[i+1 : i+3])
			out = append(out, b[0])
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// withPercents puts the % signs back that a lenient reader of base64 passed
// over: 2B, 2F and 3D stood for + / and =. Base64 holds a 2B or 2F of its own
// now and then, so at most one of them is taken for such.
func withPercents(s string) []string {
	body, found := strings.CutSuffix(s, "3D3D")
	padding := "=="
	if !found {
		if body, found = strings.CutSuffix(s, "3D"); !found {
			return nil
		}
		padding = "="
	}
	var at []int
	for i := 0; i+1 < len(body); i++ {
		if body[i] == '2' && (body[i+1] == 'B' || body[i+1] == 'F') {
			at = append(at, i)
			i++
		}
	}
	restore := func(except int) string {
		var b strings.Builder
		next := 0
		for i := 0; i < len(body); i++ {
			if next < len(at) && at[next] == i {
				next++
				if i != except {
					b.WriteByte(map[byte]byte{'B': '+', 'F': '/'}[body[i+1]])
					i++
					continue
				}
			}
			b.WriteByte(body[i])
		}
		return b.String() + padding
	}
	list := []string{restore(-1)}
	for _, i := range at {
		list = append(list, restore(i))
	}
	return list
}

// completions returns the signatures of the given size that begin with the
// bits of a base64 text, if two or three characters were cut off at most, or
// that lack their first character.
func completions(text string, size int) [][]byte {
	const most = 14 // missing bits: 16,384 tries
	absent := size*8 - len(text)*6
	if absent <= 0 || absent > most {
		return nil
	}
	var list [][]byte
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	lost := (absent + 5) / 6
	if absent <= 6 { // or it is the first
		for i := range alphabet {
			if raw, err := base64.RawStdEncoding.DecodeString(alphabet[i:i+1] + text); err == nil && len(raw) == size {
				list = append(list, raw)
			}
		}
	}
	for n := range 1 << absent {
		n <<= lost*6 - absent
		tail := make([]byte, lost)
		for i := range tail {
			tail[i] = alphabet[n>>(6*(lost-1-i))&63]
		}
		full := text + string(tail)
		raw, err := base64.RawStdEncoding.DecodeString(full)
		if err == nil && len(raw) == size {
			list = append(list, raw)
		}
	}
	return list
}

// shown makes a foreign text fit into a sentence.
func shown(s string) string {
	const most = 60
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > most {
		s = strings.TrimRight(string(r[:most]), "0123456789 -") + "…" // half a card number is not known for one
	}
	return quoteVisible(s)
}

// quoteVisible quotes a text with its controls as escapes.
func quoteVisible(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\x` + hex.EncodeToString([]byte{byte(r)}))
		case r == 0xfeff:
			b.WriteString(`\ufeff`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
