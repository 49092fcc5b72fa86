package sign

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Algorithm is the only algorithm of the Signature header: SHA256withRSA.
const Algorithm = "RSA256"

// MaxHeader is how many bytes of a Signature header are read; a longer one is
// none. That of a 16384-bit key has 4 KB.
const MaxHeader = 16 << 10

const maxItems = 32

// ErrHeader is wrapped by every error about the text of a Signature header.
var ErrHeader = errors.New("unusable Signature header")

// Header is a Signature header, taken apart.
type Header struct {
	Algorithm  string // "RSA256"
	KeyVersion string // "1"
	Signature  string // as written in the header: base64, form-url-encoded
	Unknown    []Item // items with other names, in their order
}

// Item is one name=value of a Signature header.
type Item struct{ Name, Value string }

// ParseHeader takes a Signature header apart. The order of its items, the
// spaces around them and the case of their names do not matter; an item that
// comes twice does, since readers disagree which of the two counts.
//
// The errors wrap [ErrHeader].
func ParseHeader(text string) (Header, error) {
	var h Header
	if strings.TrimSpace(text) == "" {
		return h, fmt.Errorf("%w: it is empty", ErrHeader)
	}
	if len(text) > MaxHeader {
		return h, fmt.Errorf("%w: it has %d characters, more than any signature", ErrHeader, len(text))
	}
	if strings.IndexByte(text, '\n') >= 0 || strings.IndexByte(text, '\r') >= 0 || strings.IndexByte(text, 0) >= 0 {
		return h, fmt.Errorf("%w: it has a line break inside", ErrHeader)
	}
	var seen []string
	for part := range strings.SplitSeq(text, ",") {
		name, value, found := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if name == "" && value == "" {
			continue
		}
		if !found {
			return h, fmt.Errorf("%w: one item has no '='; it reads algorithm=%s,keyVersion=1,signature=…", ErrHeader, Algorithm)
		}
		if strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c == ':' || c == '"' || c >= 0x7f }) {
			return h, fmt.Errorf("%w: the name of an item is no word; it reads algorithm=%s,keyVersion=1,signature=…", ErrHeader, Algorithm)
		}
		if len(seen) > maxItems {
			return h, fmt.Errorf("%w: it has more than %d items", ErrHeader, maxItems)
		}
		for _, other := range seen {
			if strings.EqualFold(name, other) {
				return h, fmt.Errorf("%w: one of its items comes twice", ErrHeader)
			}
		}
		seen = append(seen, name)
		switch {
		case strings.EqualFold(name, "algorithm"):
			h.Algorithm = value
		case strings.EqualFold(name, "keyVersion"):
			h.KeyVersion = value
		case strings.EqualFold(name, "signature"):
			h.Signature = value
		default:
			h.Unknown = append(h.Unknown, Item{name, value})
		}
	}
	if h.Signature == "" {
		return h, fmt.Errorf("%w: it has no signature=", ErrHeader)
	}
	return h, nil
}

// ReadHeader is [ParseHeader] for a text that may be the signature alone, as it
// stands behind signature= in the header.
func ReadHeader(text string) (Header, error) {
	for _, word := range []string{"signature", "algorithm=", "keyVersion="} {
		if strings.Contains(text, word) {
			return ParseHeader(text)
		}
	}
	if strings.TrimSpace(text) == "" || strings.Contains(strings.ToLower(text), "signature") {
		return ParseHeader(text)
	}
	return Header{Signature: text}, nil
}

// String writes the header in the order in which every official SDK can read
// it: algorithm, keyVersion, signature, then unknown items.
func (h Header) String() string {
	var b strings.Builder
	b.WriteString("algorithm=")
	b.WriteString(h.Algorithm)
	b.WriteString(",keyVersion=")
	b.WriteString(h.KeyVersion)
	b.WriteString(",signature=")
	b.WriteString(h.Signature)
	for _, item := range h.Unknown {
		b.WriteString("," + item.Name + "=" + item.Value)
	}
	return b.String()
}

// Bytes decodes the signature: form-url-decoding first, then base64 with
// padding. The errors wrap [ErrHeader].
func (h Header) Bytes() ([]byte, error) {
	if raw, ok := plainSignature(h.Signature); ok {
		return raw, nil
	}
	text, err := url.QueryUnescape(h.Signature)
	if err != nil {
		return nil, fmt.Errorf("%w: its signature is not url-encoded text", ErrHeader)
	}
	if strings.ContainsAny(text, "\r\n") { // which Go's base64 would pass over
		return nil, fmt.Errorf("%w: its signature has line breaks inside", ErrHeader)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		if strings.Contains(text, " ") {
			return nil, fmt.Errorf("%w: its signature has spaces where base64 has '+': it was url-decoded once too often, or never encoded", ErrHeader)
		}
		return nil, fmt.Errorf("%w: its signature is not base64", ErrHeader)
	}
	return raw, nil
}

// plainSignature decodes a signature as all but the broken ones are written, in
// one pass. What it does not accept is for [Header.Bytes] to decode or refuse.
func plainSignature(text string) ([]byte, bool) {
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			c = unhex(text[i+1])<<4 | unhex(text[i+2])
			i += 2
		case c == '%' || c == '+': // broken, or a blank
			return nil, false
		}
		if c == '\r' || c == '\n' {
			return nil, false
		}
		plain = append(plain, c)
	}
	n, err := base64.StdEncoding.Strict().Decode(plain, plain)
	return plain[:n], err == nil
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}
