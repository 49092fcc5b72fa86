package pasted

import (
	"strings"
	"testing"
)

// Whatever is pasted is read without a fault, and what was read is read again alike.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"A-1017.", "paymentId=" + paymentID + "&x=1", "d.example/p/" + paymentID, "map[paymentId:" + paymentID + "]", "[link](https://d.example/p/1)", `<a href="x/1">y</a>`,
		"1\t2026-11-30 11:52:40 UTC\tLOCAL local\tpay\tSGD 1.00\tS SUCCESS\td-1", "LOCAL ✔ paymentId 1", "20,261,125,123,456,789,012,345,678,901,234,567", "A - 1", "%2522A-1%2522", `\u0022`, "**** 0768", "A-10…",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Read(text)
		if err != nil || n.Cut || n.Text == "" || strings.Trim(n.Text, "0123456789") != "" {
			return
		}
		if again, err := Read(n.Text); err != nil || again.Text != n.Text {
			t.Errorf("%q: %q, and that %+v, %v", text, n.Text, again, err)
		}
	})
}
