package files_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apo-cli/apo/cmd/internal/files"
)

func TestTextOfEveryEncoding(t *testing.T) {
	const want = "{\"a\":\"é😀\"}\r\n"
	little := "{\x00\"\x00a\x00\"\x00:\x00\"\x00\xe9\x00\x3d\xd8\x00\xde\"\x00}\x00\r\x00\n\x00"
	var big strings.Builder
	for i := 0; i < len(little); i += 2 {
		big.WriteString(little[i+1:i+2] + little[i:i+1])
	}
	for name, text := range map[string]string{
		"UTF-8":                  want,
		"UTF-8 with a mark":      "\xef\xbb\xbf" + want,
		"UTF-16LE with a mark":   "\xff\xfe" + little,
		"UTF-16BE with a mark":   "\xfe\xff" + big.String(),
		"UTF-16LE without a one": little,
		"UTF-16BE without a one": big.String(),
	} {
		if got := string(files.TextOf([]byte(text))); got != want {
			t.Errorf("%s is read as %q", name, got)
		}
		if got, err := io.ReadAll(files.Text(iotest.OneByteReader(strings.NewReader(text)))); string(got) != want || err != nil {
			t.Errorf("%s, byte by byte, is read as %q, %v", name, got, err)
		}
	}
	for _, text := range []string{"", "a", "a\x00", "0\x82\x04\x00\x00"} {
		if got := string(files.TextOf([]byte(text))); got != text {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}
