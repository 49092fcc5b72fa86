package spelling

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"pay", "cards", "capture", "inquire", "inquire-refund", "verify-notify"}
	for word, want := range map[string]string{
		"pya": "pay", "PAY": "pay", "payy": "pay", "crads": "cards", "card": "cards", "captrue": "capture",
		"verify": "verify-notify", "inq": "", "ui": "", "ls": "", "pxx": "", "": "", "x": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abc", "acb", 1}, {"abc", "ABD", 1}, {"kitten", "sitting", 3}, {"abcd", "badc", 2}} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("%q %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
