package sandbox

import (
	"strings"
	"testing"
)

// No user and no password of an address is left, and nothing else is taken away.
func TestWithoutUsers(t *testing.T) {
	for text, want := range map[string]string{
		"http://shop.example/a@b":               "",
		"http://me:secret@shop.example/a@b?c@d": "http://shop.example/a@b?c@d",
		"http://me:sec@ret@shop.example":        "http://shop.example",
		"http://me@[::1]:80/":                   "http://[::1]:80/",
		"//me:secret@shop.example":              "//shop.example",
		"http://shop.example/?mail=a@b":         "",
		"":                                      "",
	} {
		if want == "" {
			want = text
		}
		if got := withoutUser(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		document := `{"a":"x@y.example","url":"` + text + `","b":1}`
		if got := string(withoutUsers([]byte(document))); got != strings.Replace(document, text, want, 1) && text != "" {
			t.Errorf("%s became %s", document, got)
		}
	}
	if got := string(withoutUsers([]byte(`{"u":"http:\/\/me:secret@shop.example\/x"}`))); got != `{"u":"http:\/\/shop.example\/x"}` {
		t.Errorf("escaped slashes: %s", got)
	}
}
