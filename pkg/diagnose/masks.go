package diagnose

import (
	"slices"
	"strings"
)

// masks are the members of a document whose values somebody hid before it came
// here, and the offset of the first.
type masks struct {
	names []string
	at    int
}

// masksOf finds the values that a log has hidden.
func masksOf(text string, n node, side Side) masks {
	found := masks{at: -1}
	pos := 0
	pass := func(raw string) int {
		start := pos + strings.Index(text[pos:], raw)
		pos = start + len(raw)
		return start
	}
	var walk func(n node, name string)
	walk = func(n node, name string) {
		switch n.kind {
		case '"':
			at := pass(n.raw)
			if name == "" || !isMasked(n.text, name, side) {
				return
			}
			if found.at < 0 {
				found.at = at + max(0, maskIn(n.raw))
			}
			if !slices.Contains(found.names, name) {
				found.names = append(found.names, name)
			}
		case '0':
			pass(n.raw)
		}
		for i, kid := range n.kids {
			if n.kind == '{' {
				name = n.keys[i].text
				pass(n.keys[i].raw)
			}
			walk(kid, name)
		}
	}
	walk(n, "")
	return found
}

// what names the masked members.
func (m masks) what() string {
	const most = 5
	var names []string
	for _, name := range m.names[:min(len(m.names), most)] {
		names = append(names, shown(name))
	}
	list := strings.Join(names, ", ")
	if len(m.names) > most {
		list += " and others"
	}
	if len(m.names) == 1 {
		return "the value of its " + list + " is masked"
	}
	return "the values of its " + list + " are masked"
}

// isMasked reports whether a value was hidden after it was signed. APO masks card
// data itself, in stars, in what it sends; it never writes a word in brackets, never
// masks an ID, and a request is not masked at all. What else there is of x and stars
// may be a text: it counts where little beside them is left.
func isMasked(value, name string, side Side) bool {
	switch {
	case isHiding(value):
		return true
	case maskIn(value) < 0:
		return false
	case side == Request, strings.HasSuffix(name, "Id"), strings.HasSuffix(name, "ID"):
		return true
	case maskedBySender(name):
		return false
	}
	rest := strings.Trim(value, "*•█#Xx_- ")
	return rest == "" || len(rest) <= 8 && !strings.Contains(rest, " ") && strings.ContainsAny(value, "*•█")
}

// isHiding recognises the words that logs write in place of a value: [FILTERED] of
// Rails, [Filtered] of Sentry, [REDACTED], <masked>.
func isHiding(value string) bool {
	word := strings.ToLower(strings.Trim(value, "[]<>{}()*# "))
	bracketed := len(word) < len(value)
	switch word {
	case "redacted", "masked":
		return true
	case "filtered", "hidden", "removed", "protected", "secret", "secure", "sensitive", "sanitized", "scrubbed", "obfuscated", "omitted", "private", "anonymized", "encrypted":
		return bracketed
	}
	return false
}

// maskIn finds what people and logs put in place of digits: ***, XXXX, ####, ••••.
func maskIn(s string) int {
	first := -1
	for _, run := range []string{"**", "XXXX", "xxxx", "####", "••••", "██", "____"} {
		if i := strings.Index(s, run); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// maskedBySender holds for the members that APO masks in what it sends: those of a
// card and of its holder.
func maskedBySender(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"card", "expiry", "cvv", "account", "hold", "name", "mail", "phone", "mobile", "token"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
