package verify

import (
	"bytes"
	"strings"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sign"
)

// NotLogged says that a value is none: a log masked it, or nothing was put in the place
// that a template has for it. No verdict can be about it.
type NotLogged struct{ Where, Value string }

func (n *NotLogged) Error() string {
	return n.Where + " is " + n.Value + ", which a log or a template put in the place of the value: log the real one"
}

// notLogged looks at the values of which the content is made, and at the signature.
func (e *Engine) notLogged(s sign.Message, header string) error {
	given := e.settings.Given
	time := "request-time"
	if e.settings.Part() == received.ResponsePart {
		time = "response-time"
	}
	for _, v := range []struct {
		name, value string
		flag        *string
	}{{"client-id", s.ClientID, given.ClientID}, {time, s.Time, given.Time}, {"signature", header, given.Signature}} {
		if put := standIn(v.value); put != "" {
			where := "the header " + v.name
			if v.flag != nil {
				where = "--" + v.name
			}
			return &NotLogged{where, put}
		}
	}
	if body := bytes.TrimSpace(s.Body); len(body) <= longestStandIn && string(body) != "[object Object]" { // that a parser left; the diagnosis tells
		if put := standIn(string(body)); put != "" {
			return &NotLogged{"the body", put}
		}
	}
	return nil
}

const longestStandIn = 60

// standIn is what stands where a value should: ***, [REDACTED], {{sig}}, <243 bytes>,
// (empty), undefined. It is empty where a value may be one.
func standIn(value string) string {
	t := strings.TrimSpace(value)
	switch {
	case t == "" || len(t) > longestStandIn && !strings.Contains(t, "{{") && !strings.Contains(t, "${"):
		return ""
	case strings.Trim(t, "*•.…-–—_?") == "", received.Hidden(t):
		return t
	}
	if t[0] == '{' && t != "{}" && strings.Trim(t, "{}") != "" && !strings.ContainsAny(t, `":`) {
		return t // {body}, {{body}}
	}
	for _, pair := range []string{"[]", "<>", "()"} {
		if len(t) > 2 && t[0] == pair[0] && t[len(t)-1] == pair[1] && !strings.ContainsAny(t[1:len(t)-1], `{}"[<`) && strings.Trim(t, "[]<>(), 0123456789") != "" {
			return t
		}
	}
	if put := apo.Placeholder(t); put != "" && !strings.ContainsAny(t, `"`) {
		return put
	}
	return ""
}
