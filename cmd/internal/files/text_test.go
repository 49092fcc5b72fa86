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

// U+FFFD in the place of half a character would be a text that nobody wrote.
func TestHalfOfACharacterIsNoText(t *testing.T) {
	for name, text := range map[string]string{
		"the first half":    "\xff\xfea\x00\x00\xd8b\x00c\x00",
		"the second half":   "\xff\xfea\x00\x00\xdcb\x00c\x00",
		"half at the end":   "\xff\xfea\x00b\x00\x00\xd8",
		"one byte too much": "\xfe\xff\x00a\x00b\x00",
	} {
		if got, err := io.ReadAll(files.Text(strings.NewReader(text))); err == nil {
			t.Errorf("%s is read as %q", name, got)
		}
		if got := string(files.TextOf([]byte(text))); got != text {
			t.Errorf("%s is decoded to %q", name, got)
		}
	}
	if got := string(files.TextOf([]byte("\xff\xfe\xfd\xff"))); got != "\uFFFD" {
		t.Errorf("a replacement character that was written is read as %q", got)
	}
}
