package routing

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
)

// What is found in a request is what another reader of JSON finds there, and nothing
// makes it panic.
func FuzzRequest(f *testing.F) {
	paths := []string{"a", "a.b", "a.c.d", "l.0.x", "l.1.x", "l.1", "o", "z.z"}
	for _, request := range []string{
		`{"a":{"b":"x\"y\\","c":{"d":12.5e3}},"l":[{"x":true},{"x":null,"y":[1,2]}],"o":{},"z":{"z":"\u00e9"}}`,
		` { "l" : [ [ ] , { "x" : "]}" } ] , "a" : "{" } `, `{"a":`, `{"a"`, `{"l":[`, `"\`, `{"a":"\`, `{"a":}`, `}`, ``, `[`,
	} {
		f.Add(request)
	}
	f.Fuzz(func(t *testing.T, request string) {
		r := &Rules{}
		for _, path := range paths {
			if _, err := r.slotOf(path); err != nil {
				t.Fatal(err)
			}
		}
		var w walk
		r.read(&w, &Event{Request: request})
		if apo.CheckJSON([]byte(request)) != nil || strings.ContainsRune(request, '\u0000') {
			return
		}
		for i, path := range paths {
			want := gjson.Get(request, path)
			text := want.String()
			if want.Type != gjson.String {
				text = want.Raw
			}
			if want.Type == gjson.Null {
				text = ""
			}
			if got := w.to[firstPath+i]; got != text {
				t.Errorf("%s of %s is %q, want %q", path, request, got, text)
			}
		}
	})
}
