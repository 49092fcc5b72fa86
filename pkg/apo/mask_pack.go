package apo

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

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
