package sign

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxWithin bounds how often a key may be wrapped. A secret of Kubernetes in a
// variable of a pipeline has four.
const maxWithin = 6

// block is one key of a text, or what is wrong with it.
type block struct {
	label   string // of PEM: "PRIVATE KEY"
	der     []byte
	form    string   // where the DER was made here: "JWK"
	within  []string // the innermost first
	problem *KeyError
}

// search collects what looks like a key.
type search struct {
	want    string
	blocks  []block
	generic *KeyError // about a text without anything like a key
}

// keyMaterial finds the DER in a key's text: one for bare base64, several where
// a file holds several keys.
func keyMaterial(text []byte, want string) ([]block, *KeyError) {
	s := search{want: want}
	if problem := foreignFile(text, want); problem != nil {
		return nil, problem
	}
	if len(text) > maxKeyText {
		return nil, refuse(want, fmt.Sprintf("a text of %d bytes", len(text)), "no key is that long")
	}
	s.bytes(text, nil)
	if len(s.blocks) > 0 {
		return s.blocks, nil
	}
	return nil, s.generic
}

func (s *search) add(b block)                { s.blocks = append(s.blocks, b) }
func (s *search) complain(p *KeyError)       { s.blocks = append(s.blocks, block{problem: p}) }
func (s *search) nothing(given, hint string) { s.orElse(refuse(s.want, given, hint)) }

func (s *search) orElse(p *KeyError) {
	if s.generic == nil {
		s.generic = p
	}
}

// inside puts one more wrapping around what is within others already.
func inside(wrapping string, within []string) []string {
	return append([]string{wrapping}, within...)
}

// bytes looks into a file, or into what was wrapped.
func (s *search) bytes(data []byte, within []string) {
	if problem := foreignFile(data, s.want); problem != nil {
		s.complain(problem)
		return
	}
	if len(data) > 2 && data[0] == 0x30 && !utf8.Valid(data) {
		s.add(block{der: data, within: within})
		return
	}
	text, wide := fromUTF16(data)
	if wide {
		within = inside("UTF-16", within)
	}
	if len(within) > maxWithin || !utf8.ValidString(text) && len(within) > 0 {
		if len(data) > 15 { // a word is base64, too
			s.nothing("not a key", "it is base64, but of something else")
		}
		return
	}
	s.text(visible(text), within)
}

// text looks into a text: for structures first, since what they hold is then known
// exactly.
func (s *search) text(text string, within []string) {
	if s.json(text, within) {
		return
	}
	t := withoutMargin(plainText(text))
	t, commented := withoutComments(t)
	switch {
	case commented:
		s.nothing("a text that is commented out", "take the # away from the line that is meant")
		return
	case t == "":
		s.nothing("empty", "")
		return
	case t != text && s.json(t, within):
		return
	case strings.Contains(t, `"kty"`) && s.embeddedJSON(t, within):
		return
	case strings.Contains(t, "Modulus>"):
		s.xml(t, within)
		return
	}
	t = mendDashes(t)
	if strings.Contains(t, "-----BEGIN") {
		before := len(s.blocks)
		rest := s.pem(t, within)
		for _, run := range runs(rest) {
			s.base64(run, within)
		}
		if len(s.blocks) == before {
			s.complain(refuse(s.want, "a PEM file without a key", ""))
		}
		return
	}
	if strings.HasPrefix(t, "Modulus=") {
		s.complain(refuse(s.want, "the modulus of a key alone", "give the key as openssl pkey -pubout prints it, in PEM"))
		return
	}
	if problem := foreignText(t, s.want); problem != nil {
		s.complain(problem)
		return
	}
	s.words(t, within)
}

// words looks for base64 and hexadecimal, alone or between other words.
func (s *search) words(t string, within []string) {
	if der := fromHex(t); der != nil {
		s.bytes(der, inside("hexadecimal", within))
		return
	}
	before := len(s.blocks)
	for _, joined := range concatenated(t) {
		if s.base64(joined, within) && len(s.blocks) > before {
			return
		}
	}
	if fields := strings.Fields(t); len(fields) > 1 && len(fields[0]) < 16 { // words, which base64 is not broken into
		s.orElse(noKey(t, s.want))
	}
	if whole := strings.Join(strings.Fields(t), ""); s.base64(whole, within) && len(s.blocks) > before {
		return
	}
	for _, run := range runs(t) {
		s.base64(run, within)
	}
	if len(s.blocks) == before {
		s.orElse(noKey(t, s.want))
	}
}

// base64 looks into what is wrapped in base64, and reports whether anything is.
func (s *search) base64(text string, within []string) bool {
	data, ok := decodeBase64(text)
	if ok {
		s.bytes(data, inside("base64", within))
	}
	return ok
}

// decodeBase64 reads both alphabets of base64, with its padding and without.
func decodeBase64(s string) ([]byte, bool) {
	s = strings.TrimRight(s, "=")
	if s == "" {
		return nil, false
	}
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	if len(s)%4 == 1 {
		// No base64 ends so: it was cut, or something was added. Either way
		// it is not whole, and must not pass for it.
		der, err := base64.RawStdEncoding.DecodeString(s[:len(s)-1])
		return der[:max(0, len(der)-1)], err == nil && len(der) > 1
	}
	der, err := base64.RawStdEncoding.DecodeString(s)
	return der, err == nil
}

const shortestKey = 300 // characters; the public half of an RSA key of 2048 bits has 360 in base64

// runs lists what is long enough for a key in base64 between other text: words, and
// columns of words of one length, as those of NAME=VALUE, YAML or XML.
func runs(t string) (list []string) {
	for i := 0; i < len(t); {
		word, end := wordAt(t, i)
		if end == i {
			i++
			continue
		}
		i = end
		width := len(word)
		for last := width; width >= 40 && width <= 80 && last == width; {
			start := i + len(t[i:]) - len(strings.TrimLeft(t[i:], " \t\n"))
			next, end := wordAt(t, start)
			if start == i || len(next) != end-start || len(next) > width || end < len(t) && !strings.ContainsRune(" \t\n\"'`,;<", rune(t[end])) {
				break
			}
			word, i, last = word+next, end, len(next)
		}
		if len(word) >= shortestKey {
			list = append(list, word)
		}
	}
	return list
}

// wordAt reads the word of base64 that begins at i, without the name that stands
// before it in NAME=VALUE.
func wordAt(t string, i int) (word string, end int) {
	for end = i; end < len(t) && isBase64(t[end]); end++ {
	}
	word = t[i:end]
	value := strings.TrimRight(word, "=")
	if name := strings.LastIndexByte(value, '='); name >= 0 {
		word = word[name+1:]
	}
	return word, end
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/-_=", c) >= 0
}

// fromHex reads DER in hexadecimal, as dumps have it; nil where a text is none.
func fromHex(t string) []byte {
	t = strings.TrimPrefix(t, "0x")
	if !strings.HasPrefix(t, "3082") && !strings.HasPrefix(t, "30:82") && !strings.HasPrefix(t, "30 82") {
		return nil
	}
	der, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "", "\t", "", "\n", "").Replace(t))
	if err != nil {
		return nil
	}
	return der
}
