package apo_test

import (
	"os"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
)

// What journalling a payment costs of masking: its request, its answer, and an
// inquiry; by itself, and with what a run knows.
func BenchmarkMask(b *testing.B) {
	known := new(apo.Known)
	for _, name := range []string{"requests/pay.json", "pay-authorized.json", "inquiry-captured.json"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			b.Fatal(err)
		}
		known.Learn(text)
		known.Hide("AGTOKEN0123456789abcdefghijklmnopqrstuvwxyzABCDEF")
		known.HideKey(readKey(b, "merchant"))
		for label, m := range map[string]apo.Masker{"": {}, "/known": {Known: known}} {
			b.Run(name+label, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					m.JSON(text)
				}
			})
		}
	}
	request, err := os.ReadFile("testdata/requests/pay.json")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("learn", func(b *testing.B) {
		for b.Loop() {
			new(apo.Known).Learn(request)
		}
	})
	key := readKey(b, "merchant")
	b.Run("learn-key", func(b *testing.B) {
		for b.Loop() {
			new(apo.Known).HideKey(key)
		}
	})
}
