package sandbox

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/apo-cli/apo/pkg/apo"
)

// harmless is [visible] of an excerpt, but for line ends, and quick where there is
// nothing to hide.
func harmless(text string, most int) string {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '\n' || c >= ' ' && c < 0x7f && c != '%' && c != '&' && c != '=' && c != '\\':
			if !isWordOf(c) {
				digits = 0
			}
			continue
		default:
			digits = 99
		}
		if digits >= 12 {
			lines := strings.Split(text, "\n")
			for i := range lines {
				lines[i] = visible(excerpt(lines[i], most))
			}
			return strings.Join(lines, "\n")
		}
	}
	return text[:min(len(text), most)]
}

// withoutNumbers hides card numbers in what the masker leaves readable, such as the
// reference of a buyer: there they are in nobody's way but ours.
func withoutNumbers(body []byte) []byte {
	if bytes.Contains(body, []byte(`\u003`)) { // digits that are written as escapes
		var doc any
		if json.Unmarshal(body, &doc) == nil {
			body, _ = json.Marshal(doc)
		}
	}
	var hidden []byte
	for from := 0; from < len(body); {
		if !isDigit(body[from]) {
			from++
			continue
		}
		to, digits := numberAt(body, from)
		if len(digits) >= 12 && apo.IsCardNumber(digits) {
			if hidden == nil {
				hidden = bytes.Clone(body)
			}
			for i, left := from, len(digits); i < to && left > 4; i++ {
				if isDigit(body[i]) {
					hidden[i] = '*'
					left--
				}
			}
			from = to
			continue
		}
		for from < len(body) && isDigit(body[from]) {
			from++
		}
	}
	if hidden == nil {
		return body
	}
	return hidden
}

// numberAt is the longest number from a digit on that could be a card's, with single
// characters between its groups; without one it is the digits up to the next group.
func numberAt(body []byte, from int) (to int, digits string) {
	var all []byte
	for i := from; i < len(body) && len(all) < 20; i++ {
		if !isDigit(body[i]) {
			if apo.IsCardNumber(string(all)) {
				to, digits = i, string(all)
			}
			if !isWordOf(body[i]) || i+1 == len(body) || !isDigit(body[i+1]) {
				return to, digits
			}
			continue
		}
		all = append(all, body[i])
	}
	if len(all) < 20 && apo.IsCardNumber(string(all)) {
		return len(body), string(all)
	}
	return to, digits
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWordOf reports whether a character may stand inside a number.
func isWordOf(c byte) bool { return c == ' ' || c == '-' || c == '.' }
