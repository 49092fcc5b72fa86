package files

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Text reads text as UTF-8 without a byte order mark, whatever program wrote it:
// the > of PowerShell 5 makes UTF-16. It waits for the first four bytes at most.
func Text(from io.Reader) io.Reader {
	r := bufio.NewReaderSize(from, 64<<10)
	begin, _ := r.Peek(4)
	order, marked := unicode.LittleEndian, false
	switch {
	case bytes.HasPrefix(begin, []byte("\xef\xbb\xbf")):
		_, _ = r.Discard(3)
		return r
	case bytes.HasPrefix(begin, []byte("\xff\xfe")):
		marked = true
	case bytes.HasPrefix(begin, []byte("\xfe\xff")):
		order, marked = unicode.BigEndian, true
	case len(begin) < 4:
		return r
	case begin[0] != 0 && begin[1] == 0 && begin[2] != 0 && begin[3] == 0: // no mark, and every second byte is 0
	case begin[0] == 0 && begin[1] != 0 && begin[2] == 0 && begin[3] != 0:
		order = unicode.BigEndian
	default:
		return r
	}
	if marked {
		_, _ = r.Discard(2)
	}
	return transform.NewReader(r, unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder())
}

// TextOf is [Text] for what was read already.
func TextOf(data []byte) []byte {
	text, _ := io.ReadAll(Text(bytes.NewReader(data))) // neither the reader nor the decoder can fail
	return text
}
