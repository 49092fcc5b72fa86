package sign

import "strings"

// Placeholder is the place in a template that nothing was put in for: "{{orderId}}",
// "${ID}", "$ID", "$(uuidgen)", "<your ID>", "YOUR_ID", "undefined". It is for what
// identifies something, such as a key, an ID or a URL; "" where the text holds none.
func Placeholder(text string) string {
	if found := Template(text); found != "" {
		return found
	}
	t := strings.TrimSpace(text)
	lower := strings.ToLower(t)
	switch lower {
	case "undefined", "null", "none", "nil", "nan", "[object object]", "%s", "%d", "%v", "changeme", "change_me", "change-me", "replace_me", "replace-me":
		return t
	}
	switch {
	case len(t) >= 3 && len(t) <= 16 && strings.Trim(lower, "x") == "":
		return t
	case strings.Contains(t, "YOUR_"), strings.HasPrefix(lower, "your-"), strings.HasPrefix(lower, "your_"):
		return t
	case enclosed(t, "$(", ")"), enclosed(t, "<", ">"), enclosed(t, "%", "%"), enclosed(t, "__", "__"):
		return t
	case len(t) > 1 && t[0] == '$' && isName(t[1:]):
		return t
	}
	for _, sign := range [][2]string{{"{", "}"}, {"<", ">"}} {
		if sign[0] == "<" && !strings.Contains(t, "://") {
			continue // an ID may be anything, as long as it is not this alone
		}
		for rest := t; ; {
			_, behind, found := strings.Cut(rest, sign[0])
			name, _, closed := strings.Cut(behind, sign[1])
			if !found || !closed {
				break
			}
			if isName(name) {
				return sign[0] + name + sign[1]
			}
			rest = behind
		}
	}
	return variable(t)
}

// variable is the name of a variable of a shell, in capitals, as in "order-$ID".
func variable(t string) string {
	_, behind, _ := strings.Cut(t, "$")
	end := 0
	for end < len(behind) && (behind[end] == '_' || behind[end] >= 'A' && behind[end] <= 'Z' || end > 0 && behind[end] >= '0' && behind[end] <= '9') {
		end++
	}
	if end < 2 {
		return ""
	}
	return "$" + behind[:end]
}

// Template is what stands in for a value in text of any kind, and in one for people too:
// "{{orderId}}". It is "" where the text holds none.
func Template(text string) string {
	for _, sign := range [][2]string{{"{{", "}}"}, {"${", "}"}, {"#{", "}"}, {"<%", "%>"}} {
		_, behind, found := strings.Cut(text, sign[0])
		if !found {
			continue
		}
		name, _, closed := strings.Cut(behind, sign[1])
		if closed && len(name) <= 100 && !strings.ContainsAny(name, "{\"\n") {
			return sign[0] + name + sign[1]
		}
	}
	return ""
}

func enclosed(t, left, right string) bool {
	if len(t) <= len(left)+len(right) || len(t) > 100 || !strings.HasPrefix(t, left) || !strings.HasSuffix(t, right) {
		return false
	}
	return !strings.ContainsAny(t[len(left):len(t)-len(right)], "<>%")
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '_' && c != '.' && c != '-' && !isAlnum(c) {
			return false
		}
	}
	return s != "" && len(s) <= 100 && (s[0] < '0' || s[0] > '9')
}

func isAlnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }
