package say

import "testing"

func TestNothingFromOutsideIsMarkdownOrMovesACursor(t *testing.T) {
	for text, want := range map[string]string{
		"SGD 42.00":           "SGD 42.00",
		"a|b":                 `a\|b`,
		"<img src=x>&#60;":    "&lt;img src=x>&amp;#60;",
		"[x](javascript:1)":   `\[x](javascript:1)`,
		"`a` *b* _c_":         "\\`a\\` \\*b\\* \\_c\\_",
		"a\n## b\r\x1b]0;c\a": "a ## b  ]0;c ",
	} {
		if got := cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
