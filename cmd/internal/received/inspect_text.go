package received

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/apo-cli/apo/pkg/apo"
)

// texts reads those that + puts together, and what is said of their end.
func (p *inspector) texts() ([]byte, error) {
	var text []byte
	inBytes := p.take("b")
	for {
		p.take("u")
		var err error
		if text, err = p.quoted(text, inBytes); err != nil {
			return nil, err
		}
		if found, err := p.more(); found || err != nil {
			if err != nil {
				return nil, err
			}
			break
		}
		at := p.at
		if p.skipBlanks(); !p.take("+") {
			p.at = at
			break
		}
		if p.skipBlanks(); p.at >= len(p.text) || strings.IndexByte("'\"`", p.text[p.at]) < 0 {
			return nil, errNotInspected
		}
	}
	if inBytes && !utf8.Valid(text) {
		return bufferOf(text), nil
	}
	out, err := apo.Encode(string(text))
	return bytes.TrimSpace(out), err
}

// quoted adds what stands in quotes. There is no line break in them.
func (p *inspector) quoted(text []byte, inBytes bool) ([]byte, error) {
	if p.at >= len(p.text) {
		return nil, errNotInspected
	}
	quote := p.text[p.at]
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == quote:
			p.at++
			return text, nil
		case c == '\n' || c == '\r':
			return nil, errNotInspected
		case c == '\\' && p.at+1 < len(p.text):
			p.at++
			var err error
			if text, err = p.escape(text, inBytes); err != nil {
				return nil, err
			}
		default:
			text = append(text, c)
		}
	}
	return nil, errNotInspected
}

// escape adds what stands behind a backslash. Half a character is none.
func (p *inspector) escape(text []byte, inBytes bool) ([]byte, error) {
	simple := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}
	c := p.text[p.at]
	if plain, ok := simple[c]; ok {
		return append(text, plain), nil
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	if digits == 0 {
		return append(text, c), nil
	}
	code, err := p.hexDigits(digits)
	if err != nil {
		return nil, err
	}
	if c == 'x' && inBytes {
		return append(text, byte(code)), nil
	}
	if utf16.IsSurrogate(code) {
		if !bytes.HasPrefix(p.rest(), []byte{p.text[p.at], '\\', 'u'}) {
			return nil, errNotInspected
		}
		p.at += 2
		low, err := p.hexDigits(4)
		if code = utf16.DecodeRune(code, low); err != nil || code == utf8.RuneError {
			return nil, errNotInspected
		}
	}
	return utf8.AppendRune(text, code), nil
}

// hexDigits reads the digits behind the letter at which it stands, and stays on the
// last one.
func (p *inspector) hexDigits(n int) (rune, error) {
	if p.at+n >= len(p.text) {
		return 0, errNotInspected
	}
	code, err := strconv.ParseUint(string(p.text[p.at+1:p.at+1+n]), 16, 31)
	p.at += n
	return rune(code), err
}
