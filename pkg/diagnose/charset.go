package diagnose

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// charset is an encoding of text that a server may take for the right one.
type charset struct {
	name string
	encoding.Encoding
}

// charsets are those that servers fall back to. Each costs its tables, 40 to
// 200 KB of every binary: the ones of which no case is known are left out.
func charsets() []charset {
	return []charset{
		{"ISO-8859-1 (Latin-1)", charmap.ISO8859_1},
		{"Windows-1252", charmap.Windows1252},
		{"GBK", simplifiedchinese.GBK},
		{"GB18030", simplifiedchinese.GB18030},
		{"Shift JIS", japanese.ShiftJIS},
		{"EUC-JP", japanese.EUCJP},
		{"ISO-8859-15 (Latin-9)", charmap.ISO8859_15},
	}
}

// charsets adds the bodies that the given one becomes, or came from, where
// somebody takes one encoding for another.
func (b *bodies) charsets(hints Hints) {
	if text, ok := fromUTF16(b.given); ok {
		b.recoded(1, text, "the body is UTF-16, where UTF-8 was signed", hints)
		return
	}
	if isASCII(b.given) {
		return
	}
	if !utf8.Valid(b.given) {
		for _, c := range charsets() {
			if text, err := c.decode(b.given); err == nil && !hasReplacement(text) {
				b.recoded(1, text, "the body is in "+c.name+", where UTF-8 was signed", hints)
			}
		}
		return
	}
	for i, c := range charsets() {
		if text, err := c.encode(b.given); err == nil && utf8.Valid(text) {
			b.recoded(1, text, "the body was encoded as UTF-8 twice: it was read as "+c.name+" in between", hints)
			for times := 3; times <= 4 && i < 2; times++ { // Latin-1 and Windows-1252
				if text, err = c.encode(text); err != nil || !utf8.Valid(text) {
					break
				}
				b.recoded(1, text, fmt.Sprintf("the body was encoded as UTF-8 %d times: it was read as %s in between", times, c.name), hints)
			}
		}
	}
	if b.most < 3 {
		return
	}
	if n, end, ok := parseJSON(string(b.given)); ok && end == len(b.given) {
		for _, l := range layouts()[:likelyLayouts] {
			for _, e := range escapings()[:2] {
				b.signedIn(l.write(nil, n.escaped(e), 0), 3, b.given)
			}
		}
	}
}

// recoded adds a body that was read in another charset, and the ways in which
// it may have been written before.
func (b *bodies) recoded(t tier, text []byte, what string, hints Hints) {
	b.add(t, BodyCharset, text, what)
	if len(b.list) < maxRecoded {
		b.rewritten(text, hints, unpacked{body: text, what: strings.TrimPrefix(what, "the body "), cause: BodyCharset})
	}
}

// maxRecoded bounds what comes of charsets that read anything.
const maxRecoded = 2000 // candidates

// signedIn adds what a body is in other charsets than UTF-8. rewritten is the
// given body, if this one is that in another writing.
func (b *bodies) signedIn(body []byte, t tier, rewritten []byte) {
	put := func(text []byte, what string) {
		c := candidate{tier: t, body: onePiece(text), fault: Fault{Cause: BodyCharset, Part: "body", What: what, Offset: -1}}
		if rewritten != nil {
			c.json, c.before = true, body
		}
		b.put(c)
	}
	for _, c := range charsets() {
		if text, err := c.encode(body); err == nil && !utf8.Valid(text) {
			put(text, "the body was signed in "+c.name)
		}
	}
	for _, c := range charsets()[:3] {
		if text, err := c.decode(body); err == nil && !hasReplacement(text) {
			put(text, "the body was signed encoded as UTF-8 twice, read as "+c.name+" in between")
		}
	}
}

// encode and decode take the holes of Windows-1252 for the controls of
// Latin-1, as browsers and Java do.
func (c charset) encode(text []byte) ([]byte, error) {
	if c.Encoding != charmap.Windows1252 {
		return c.NewEncoder().Bytes(text)
	}
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok && (r < 0x80 || r > 0x9f) {
			return nil, errors.New("a character has no byte")
		}
		if !ok {
			b = byte(r)
		}
		out = append(out, b)
	}
	return out, nil
}

func (c charset) decode(bytes []byte) ([]byte, error) {
	if c.Encoding != charmap.Windows1252 {
		return c.NewDecoder().Bytes(bytes)
	}
	var out []byte
	for _, b := range bytes {
		r := charmap.Windows1252.DecodeByte(b)
		if r == utf8.RuneError {
			r = rune(b)
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

func hasReplacement(text []byte) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError {
			return true
		}
		text = text[size:]
	}
	return false
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// fromUTF16 decodes UTF-16 with a mark, or whose text begins like JSON.
func fromUTF16(b []byte) ([]byte, bool) {
	if len(b) < 4 || len(b)%2 != 0 {
		return nil, false
	}
	big := b[0] == 0xfe && b[1] == 0xff || b[0] == 0
	if !big && !(b[0] == 0xff && b[1] == 0xfe || b[1] == 0) {
		return nil, false
	}
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i < len(b); i += 2 {
		u := uint16(b[i]) | uint16(b[i+1])<<8
		if big {
			u = uint16(b[i])<<8 | uint16(b[i+1])
		}
		if i > 0 || u != 0xfeff {
			units = append(units, u)
		}
	}
	text := utf16.Decode(units)
	for i, n := 0, 0; i < len(units); i, n = i+1, n+1 { // half of a character would be made U+FFFD
		if text[n] == utf8.RuneError && units[i] != utf8.RuneError {
			return nil, false
		}
		if text[n] > 0xffff {
			i++
		}
	}
	return []byte(string(text)), true
}
