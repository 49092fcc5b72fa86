package received

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
)

// block is what curl writes of some bytes that went over the line.
type block struct {
	sent, data bool
	size       int
	lines      []tracedLine
}

type tracedLine struct {
	at   int // of its first byte
	text string
}

// blockTitle reads => Send header, 324 bytes (0x144); nil: it is none.
func blockTitle(line string) *block {
	rest, sent := strings.CutPrefix(line, "=> Send ")
	if !sent {
		var received bool
		if rest, received = strings.CutPrefix(line, "<= Recv "); !received {
			return nil
		}
	}
	kind, size, _ := strings.Cut(rest, ", ")
	_, size, found := strings.Cut(size, "(0x")
	n, err := strconv.ParseInt(strings.TrimRight(size, ") "), 16, 32)
	if !found || err != nil || kind != "header" && kind != "data" {
		return nil
	}
	return &block{sent: sent, data: kind == "data", size: int(n)}
}

// lineOf reads 0010: and what stands behind it.
func lineOf(line string) (tracedLine, bool) {
	offset, text, found := strings.Cut(line, ": ")
	if !found {
		offset, found = strings.CutSuffix(line, ":")
	}
	at, err := strconv.ParseInt(offset, 16, 32)
	return tracedLine{int(at), text}, found && err == nil && len(offset) >= 4
}

// hexOf reads up to 16 bytes in hexadecimal, which a column of letters follows.
func hexOf(text string) ([]byte, bool) {
	digits := strings.ReplaceAll(text[:min(len(text), 48)], " ", "")
	raw, err := hex.DecodeString(digits)
	return raw, err == nil && len(raw) > 0 && len(text) >= 3 && text[2] == ' '
}

// isTrace recognises what curl --trace and --trace-ascii write.
func isTrace(data []byte) bool {
	data = withoutTimes(data)
	for range 40 {
		line, rest, _ := cutLine(data)
		if blockTitle(line) != nil {
			return true
		}
		if rest == nil || beginsOther(line) {
			return false
		}
		data = rest
	}
	return false
}

// traced are the bytes of one exchange, by direction.
type traced struct {
	sent, received []byte
	lossy          bool
}

// readTrace puts the bytes together that curl sent and received.
func readTrace(data []byte, part Part) ([]Message, error) {
	var list []traced
	var current *block
	var beside Message
	finish := func() {
		if current != nil {
			list = current.addTo(list)
		}
		current = nil
	}
	for rest := withoutTimes(data); rest != nil; {
		var line string
		line, rest, _ = cutLine(rest)
		if title := blockTitle(line); title != nil {
			finish()
			current = title
		} else if one, is := lineOf(line); is && current != nil {
			current.lines = append(current.lines, one)
		} else {
			finish()
			if seemsMessage(line) {
				beside = Message{Problem: errAnother("in a line that is not of the trace")}
			}
		}
	}
	finish()
	var found []Message
	if beside.Problem != nil {
		found = append(found, beside)
	}
	for _, t := range list {
		m, err := t.message(part)
		if err != nil {
			m.Problem = err
		}
		found = append(found, m)
	}
	return known(found)
}

// addTo adds the bytes to the exchange that they are of. A header that is sent
// behind an answer begins another.
func (b block) addTo(list []traced) []traced {
	text, lossy := b.bytes()
	if len(list) == 0 || b.sent && !b.data && len(list[len(list)-1].received) > 0 {
		list = append(list, traced{})
	}
	t := &list[len(list)-1]
	if b.sent {
		t.sent = append(t.sent, text...)
	} else {
		t.received = append(t.received, text...)
	}
	t.lossy = t.lossy || lossy && b.data
	return list
}

func (t traced) message(part Part) (Message, error) {
	data := t.sent
	if part == ResponsePart {
		data = append(append(bytes.Clone(t.sent), "\r\n"...), t.received...)
	}
	m, err := readRaw(data, part)
	if err != nil {
		return m, err
	}
	if len(m.Body) == 0 {
		m.HasBody = false
	}
	m.unchunk()
	m.fit()
	if t.lossy {
		m.Lossy = "--trace-ascii shows line breaks and letters beyond ASCII as dots; record it with curl --trace"
	}
	return m, nil
}

// bytes are those of a block: as hex, or as text in which a line that ends early
// ended in CRLF. lossy: what a dot stands for is not known.
func (b block) bytes() (data []byte, lossy bool) {
	inHex := len(b.lines) > 0
	for _, line := range b.lines {
		_, ok := hexOf(line.text)
		inHex = inHex && ok
	}
	for i, line := range b.lines {
		if inHex {
			raw, _ := hexOf(line.text)
			data = append(data, raw...)
			continue
		}
		data = append(data, line.text...)
		next := b.size
		if i+1 < len(b.lines) {
			next = b.lines[i+1].at
		}
		if next == line.at+len(line.text)+2 {
			data = append(data, "\r\n"...)
		}
		lossy = lossy || strings.Contains(line.text, ".")
	}
	return data, lossy
}
