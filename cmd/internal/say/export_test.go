package say

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/term"
)

func TestNothingFromOutsideIsMarkdownOrMovesACursor(t *testing.T) {
	for text, want := range map[string]string{
		"SGD 42.00":              "SGD 42.00",
		"a|b":                    `a\|b`,
		"<img src=x>&#60;":       "&lt;img src=x&gt;&amp;#60;",
		"[x](javascript:1)":      `\[x\](javascript:1)`,
		"![x](y)":                `\!\[x\](y)`,
		"`a` *b* _c_ ~~d~~":      "\\`a\\` \\*b\\* \\_c\\_ \\~\\~d\\~\\~",
		"a\n## b\r\x1b]0;c\a":    `a #&#8203;#&#8203; b  \]0;c `,
		"@team a@b.example":      "@&#8203;team a@&#8203;b.example",
		"https://x.example":      "https:&#8203;//x.example",
		"see www.x.example":      "see www&#8203;.x.example",
		"a\u202eb\u009bc\u2066d": "a b c d",
		"a\x9bb":                 "a\ufffdb",
	} {
		if got := cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A message in a fence is the same JSON, and nobody could take any of it for a
// link, a mention or HTML.
func TestMessagesInAFenceAreInert(t *testing.T) {
	message := `{"a@b":["<img src=x>","[x](http://y)","@team","` + "`" + `x` + "``" + `","\u202e` + "\u202e\u009b" + `","a\\","\"@c\""],"n":[1.50]}`
	var b strings.Builder
	fenced(&b, "answer", []byte(message))
	text := b.String()
	for _, never := range []string{"<img", "](", "@", "\u202e", "\u009b"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is in %s", never, text)
		}
	}
	body := text[strings.Index(text, "json\n")+5 : strings.LastIndex(text, "```")]
	var want, got any
	if json.Unmarshal([]byte(message), &want) != nil || json.Unmarshal([]byte(body), &got) != nil || !reflect.DeepEqual(want, got) {
		t.Errorf("it says something else now: %s", body)
	}

	b.Reset()
	fenced(&b, "answer", []byte("no JSON \x1b]0;x\a\u202e\n``` @a"))
	if text := b.String(); strings.IndexFunc(text, term.Hostile) >= 0 || !strings.Contains(text, "````json\n") {
		t.Errorf("%q", text)
	}
}
