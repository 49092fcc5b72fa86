package files

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// Text reads text as UTF-8 without a byte order mark, whatever program wrote it:
// the > of PowerShell 5 makes UTF-16. It waits for the first four bytes at most.
// UTF-16 with half of a character is an error of reading: nothing may stand in the
// place of what is not known.
func Text(from io.Reader) io.Reader {
	r := bufio.NewReaderSize(from, 64<<10)
	begin, _ := r.Peek(4)
	order, marked := binary.ByteOrder(binary.LittleEndian), false
	switch {
	case bytes.HasPrefix(begin, []byte("\xef\xbb\xbf")):
		_, _ = r.Discard(3)
		return r
	case bytes.HasPrefix(begin, []byte("\xff\xfe")):
		marked = true
	case bytes.HasPrefix(begin, []byte("\xfe\xff")):
		order, marked = binary.BigEndian, true
	case len(begin) < 4:
		return r
	case begin[0] != 0 && begin[1] == 0 && begin[2] != 0 && begin[3] == 0: // no mark, and every second byte is 0
	case begin[0] == 0 && begin[1] != 0 && begin[2] == 0 && begin[3] != 0:
		order = binary.BigEndian
	default:
		return r
	}
	if marked {
		_, _ = r.Discard(2)
	}
	return transform.NewReader(r, fromUTF16{order: order})
}

// TextOf is [Text] for what was read already. What cannot be decoded stays as it is.
func TextOf(data []byte) []byte {
	text, err := io.ReadAll(Text(bytes.NewReader(data)))
	if err != nil {
		return data
	}
	return text
}

type fromUTF16 struct {
	transform.NopResetter
	order binary.ByteOrder
}

// Transform writes the characters of src, which is UTF-16, as UTF-8.
func (f fromUTF16) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		rest, size := src[nSrc:], 2
		if len(rest) >= 2 && utf16.IsSurrogate(rune(f.order.Uint16(rest))) {
			size = 4
		}
		if len(rest) < size {
			if atEOF {
				return nDst, nSrc, errHalf()
			}
			return nDst, nSrc, transform.ErrShortSrc
		}
		r := rune(f.order.Uint16(rest))
		if size == 4 {
			if r = utf16.DecodeRune(r, rune(f.order.Uint16(rest[2:]))); r == utf8.RuneError {
				return nDst, nSrc, errHalf()
			}
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}

func errHalf() error {
	return errors.New("it is UTF-16 that is cut off or damaged: half of a character stands in it")
}
