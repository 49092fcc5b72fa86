package apo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sign"
)

// Placeholder is the place in a template that nothing was put in for, as
// [sign.Placeholder] knows it: "{{orderId}}". It is for what identifies something, such
// as an ID or a URL; "" where the text holds none.
func Placeholder(text string) string { return sign.Placeholder(text) }

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
			held := sign.Template(v.String())
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
