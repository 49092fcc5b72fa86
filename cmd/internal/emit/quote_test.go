package emit

import (
	"strings"
	"testing"
)

func TestQuotes(t *testing.T) {
	for _, c := range []struct{ text, inGo, inJava, inNode, inPython, inPHP string }{
		{"", `""`, `""`, `''`, `""`, `''`},
		{"a 1%", `"a 1%"`, `"a 1%"`, `'a 1%'`, `"a 1%"`, `'a 1%'`},
		{`{"a":1}`, "`{\"a\":1}`", `"{\"a\":1}"`, `'{"a":1}'`, `'{"a":1}'`, `'{"a":1}'`},
		{`it's`, `"it's"`, `"it's"`, `"it's"`, `"it's"`, `'it\'s'`},
		{`'"`, "`'\"`", `"'\""`, `'\'"'`, `"'\""`, `'\'"'`},
		{"`\"", "\"`\\\"\"", "\"`\\\"\"", "'`\"'", "'`\"'", "'`\"'"},
		{`\u000a`, "`\\u000a`", `"\\u000a"`, `'\\u000a'`, `"\\u000a"`, `'\\u000a'`},
		{`$x{$y}`, `"$x{$y}"`, `"$x{$y}"`, `'$x{$y}'`, `"$x{$y}"`, `'$x{$y}'`},
		{"$x\n", `"$x\n"`, `"$x\n"`, `'$x\n'`, `"$x\n"`, `"\$x\n"`},
		{"\r\t", `"\r\t"`, `"\r\t"`, `'\r\t'`, `"\r\t"`, `"\r\t"`},
		{"\x001\x7f", `"\x001\x7f"`, `"\0001\177"`, `'\x001\x7f'`, `"\x001\x7f"`, `"\x001\x7f"`},
		{"é支", `"é支"`, `"\u00e9\u652f"`, `'é支'`, `"é支"`, `'é支'`},
		{"😀", `"😀"`, `"\ud83d\ude00"`, `'😀'`, `"😀"`, `'😀'`},
		{"\u0085\u00a0", `"\u0085\u00a0"`, `"\u0085\u00a0"`, `'\x85\xa0'`, `"\x85\xa0"`, `"\u{85}\u{a0}"`},
		{"\u2028\u202e", `"\u2028\u202e"`, `"\u2028\u202e"`, `'\u2028\u202e'`, `"\u2028\u202e"`, `"\u{2028}\u{202e}"`},
		{"\U000e0001", `"\U000e0001"`, `"\udb40\udc01"`, `'\u{e0001}'`, `"\U000e0001"`, `"\u{e0001}"`},
	} {
		for _, l := range []struct {
			language  string
			got, want string
		}{
			{"go", quoteGo(c.text), c.inGo},
			{"java", quoteJava(c.text), c.inJava},
			{"node", quoteNode(c.text), c.inNode},
			{"python", quotePython(c.text), c.inPython},
			{"php", quotePHP(c.text), c.inPHP},
		} {
			if l.got != l.want {
				t.Errorf("%s: %q is %s, want %s", l.language, c.text, l.got, l.want)
			}
		}
	}
}

func TestPiecesAreTheWhole(t *testing.T) {
	for name, text := range map[string]string{
		"empty":             "",
		"one line":          `{"a":1}`,
		"lines":             "{\n\n  \"a\": 1\n}\n",
		"one long line":     strings.Repeat("支😀", 5000),
		"thousands of them": strings.Repeat("\n", 20_000),
		"no characters":     strings.Repeat("\x80", 20_000),
	} {
		parts := pieces(text)
		if strings.Join(parts, "") != text || len(parts) == 0 || len(parts) > 20 {
			t.Errorf("%s: %d pieces, together another text", name, len(parts))
		}
		for _, p := range parts {
			if len(p) > 8000 {
				t.Errorf("%s: a piece of %d bytes", name, len(p))
			}
		}
	}
}
