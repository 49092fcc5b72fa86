package apo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Placeholder is the place in a template that nothing was put in for: "{{orderId}}",
// "${ID}", "$ID", "<your ID>", "YOUR_ID", "undefined". It is for what identifies
// something, such as an ID or a URL; "" where the text holds none.
func Placeholder(text string) string {
	if found := template(text); found != "" {
		return found
	}
	t := strings.TrimSpace(text)
	switch strings.ToLower(t) {
	case "undefined", "null", "none", "nil", "nan", "[object object]", "%s", "%d", "%v", "changeme", "change_me", "change-me", "replace_me", "replace-me":
		return t
	}
	switch {
	case len(t) >= 3 && len(t) <= 16 && strings.Trim(strings.ToLower(t), "x") == "":
		return t
	case strings.Contains(t, "YOUR_"), strings.HasPrefix(strings.ToLower(t), "your-"), strings.HasPrefix(strings.ToLower(t), "your_"):
		return t
	case enclosed(t, "<", ">"), enclosed(t, "%", "%"), enclosed(t, "__", "__"):
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

// template is what stands in for a value in text of any kind: "{{orderId}}".
func template(text string) string {
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

// Placeholders lists the fields of a request that hold a placeholder instead of a
// value. In text for people only {{x}} and its kind is one: a person may be called
// Null. body is strict JSON.
func Placeholders(body []byte) []Violation {
	var found []Violation
	var walk func(path, name string, v gjson.Result)
	walk = func(path, name string, v gjson.Result) {
		switch {
		case v.IsObject():
			v.ForEach(func(key, value gjson.Result) bool {
				walk(strings.TrimPrefix(path+"."+key.String(), "."), key.String(), value)
				return true
			})
		case v.IsArray():
			for i, item := range v.Array() {
				walk(path+"."+strconv.Itoa(i), name, item)
			}
		case v.Type == gjson.String:
			held := template(v.String())
			if identifies(name) {
				held = Placeholder(v.String())
			}
			if held != "" {
				found = append(found, Violation{Path: path, Rule: "placeholder", Text: "holds " + held + ", a placeholder that nothing was put in for"})
			}
		}
	}
	walk("", "", gjson.ParseBytes(body))
	return found
}

// ValidateOwn is [Validate] for a request of our own, which must hold no
// [Placeholders] either.
func ValidateOwn(endpoint string, body []byte, now time.Time) []Violation {
	found := Placeholders(body)
	held := map[string]bool{}
	for _, v := range found {
		held[v.Path] = true
	}
	for _, v := range Validate(endpoint, body, now) {
		if !held[v.Path] {
			found = append(found, v)
		}
	}
	return found
}

// identifies reports whether a field names one thing to a machine.
func identifies(name string) bool {
	for _, end := range []string{"Id", "ID", "Url", "URL", "Token", "Code", "Type"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return name == "currency" || name == "value"
}

// CheckRequestID says what is wrong with a request ID that we are to send, "" where
// nothing is.
func CheckRequestID(id string) string {
	if held := Placeholder(id); held != "" {
		return fmt.Sprintf("holds %s, a placeholder that nothing was put in for", held)
	}
	return checkRequestID(id)
}
