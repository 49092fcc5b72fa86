package diagnose_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

// needless returns the parts of a proof without which it holds as well, and the
// faults that name what cannot be seen in what was given and what was signed. It
// compares texts itself, and does not ask how the search came by them.
func (s story) needless(d diagnose.Diagnosis) []string {
	var list []string
	told := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if slices.Contains(causesOf(d), diagnose.Separator) {
		return nil // its message is not that of the content
	}
	for _, f := range d.Faults {
		without, known := s.without(d.Message, f.Part)
		if known && s.verifies([]byte(joined(without))) {
			told("the %s as it was given verifies too: %s is needless", f.Part, f.Cause)
		}
	}
	for i, f := range d.Faults {
		if slices.ContainsFunc(d.Faults[:i], func(o diagnose.Fault) bool { return o.Cause == f.Cause && o.What == f.What }) {
			told("%s is told twice: %s", f.Cause, f.What)
		}
		if f.Part != "body" {
			continue
		}
		for _, claim := range claims() {
			if strings.Contains(f.What, claim.says) && !claim.holds(s.given(d.Message.Body), d.Message.Body) {
				told("%s says %q, and nothing of the kind is there", f.Cause, claim.says)
			}
		}
	}
	return list
}

// without is a message with one part as it was given.
func (s story) without(m sign.Message, part string) (sign.Message, bool) {
	given := s.message
	switch part {
	case "body":
		m.Body = given.Body
	case "uri":
		m.Path = given.Path
	case "clientId":
		m.ClientID = given.ClientID
	case "requestTime":
		m.Time = given.Time
	case "method":
		m.Method = given.Method
	default:
		return m, false
	}
	return m, true
}

// given is the body that came, as it was before somebody put something around it:
// with the same alphabet as the signed one, else nil.
func (s story) given(signed []byte) []byte {
	given := s.truth.given.Body
	if wrapped := slices.ContainsFunc(s.kinds, func(k string) bool { return k == "body-wrap" || k == "body-charset" || k == "body-cut" }); wrapped || readTree(given) == nil || readTree(signed) == nil {
		return nil
	}
	return given
}

// claim is a sentence about two bodies, and how it is seen that it is so.
type claim struct {
	says  string
	holds func(given, signed []byte) bool
}

func claims() []claim {
	leaves := func(body []byte) []string {
		var list []string
		var walk func(t *tree)
		walk = func(t *tree) {
			switch {
			case len(t.children) > 0:
			case t.kind == '"':
				list = append(list, `"`+t.text)
			default:
				list = append(list, string(t.kind)+t.text)
			}
			for _, child := range t.children {
				walk(child)
			}
		}
		walk(readTree(body))
		return list
	}
	differ := func(count func(leaf string) bool) func(given, signed []byte) bool {
		return func(given, signed []byte) bool {
			if given == nil {
				return true
			}
			of := func(body []byte) (n int) {
				for _, leaf := range leaves(body) {
					if count(leaf) {
						n++
					}
				}
				return n
			}
			return of(given) != of(signed)
		}
	}
	is := func(leaf string) func(string) bool { return func(l string) bool { return l == leaf } }
	edged := func(l string) bool { return len(l) > 1 && l[0] == '"' && strings.TrimSpace(l[1:]) != l[1:] }
	ends := func(body []byte) string {
		return string(body[:len(body)-len(bytes.TrimLeft(body, " \t\r\n"))]) + "|" + string(body[len(bytes.TrimRight(body, " \t\r\n")):])
	}
	return []claim{
		{"was trimmed", differ(edged)},
		{"null stands where", differ(is("tnull"))},
		{`"" stands where`, differ(is(`"`))},
		{"[] stands where", differ(is("["))},
		{"{} stands where", differ(is("{"))},
		{"composed in another way", differ(func(l string) bool { return norm.NFC.String(l) == l })},
		{"no-break space", differ(func(l string) bool { return strings.ContainsAny(l, "\u00a0\u202f\u3000") })},
		{"became question marks", func(given, signed []byte) bool {
			return given == nil || bytes.Count(given, []byte("?")) > bytes.Count(signed, []byte("?"))
		}},
		{"an amount is written", differ(func(l string) bool { return l[0] == '0' || strings.Contains(l, ".") })},
		{"was dropped", func(given, signed []byte) bool { return given == nil || len(leaves(given)) < len(leaves(signed)) }},
		{"signed with white space at its end", func(given, signed []byte) bool { return given == nil || ends(given) != ends(signed) }},
		{"white space around it", func(given, signed []byte) bool { return given == nil || ends(given) != ends(signed) }},
	}
}
