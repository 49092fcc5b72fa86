package received

import (
	"bytes"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"
)

var (
	traceBlock = regexp.MustCompile(`^(=>|<=) (Send|Recv) (header|data), \d+ bytes \(0x([0-9a-f]+)\)`)
	traceLine  = regexp.MustCompile(`^([0-9a-f]{4,}): (.*)$`)
	traceHex   = regexp.MustCompile(`^((?:[0-9a-f]{2} ){1,16} *)(.{1,16})?$`)
)

// isTrace recognises what curl --trace and --trace-ascii write.
func isTrace(data []byte) bool {
	data = withoutTimes(data)
	for range 40 {
		line, rest, _ := cutLine(data)
		if traceBlock.MatchString(line) {
			return true
		}
		if rest == nil {
			return false
		}
		data = rest
	}
	return false
}

// traced are the bytes of one exchange, by direction.
type traced struct {
	sent, received []byte
	body           bool // data was sent: another header begins another exchange
	lossy          bool
}

// readTrace puts the bytes together that curl sent and received.
func readTrace(data []byte, part Part) ([]Message, error) {
	var list []traced
	var block []string
	var title []string
	finish := func() {
		if title == nil {
			return
		}
		size, _ := strconv.ParseInt(title[4], 16, 32)
		text, lossy := traceBytes(block, int(size))
		sent := title[1] == "=>"
		if len(list) == 0 || sent && title[3] == "header" && len(list[len(list)-1].received) > 0 {
			list = append(list, traced{})
		}
		t := &list[len(list)-1]
		if sent {
			t.sent = append(t.sent, text...)
		} else {
			t.received = append(t.received, text...)
		}
		t.lossy = t.lossy || lossy && title[3] == "data"
		title, block = nil, nil
	}
	for rest := withoutTimes(data); rest != nil; {
		var line string
		line, rest, _ = cutLine(rest)
		if m := traceBlock.FindStringSubmatch(line); m != nil {
			finish()
			title = m
		} else if m := traceLine.FindStringSubmatch(line); m != nil && title != nil {
			block = append(block, line)
		} else {
			finish()
		}
	}
	finish()
	var found []Message
	for _, t := range list {
		m, err := t.message(part)
		if err != nil {
			m = Message{Problem: err}
		}
		found = append(found, m)
	}
	if len(found) == 0 {
		return nil, errors.New("no bytes were sent in it")
	}
	if len(found) == 1 && found[0].Problem != nil {
		return nil, found[0].Problem
	}
	return found, nil
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

// traceBytes are the bytes of a block: as hex, or as text in which a line that
// ends early ended in CRLF. lossy: what a dot stands for is not known.
func traceBytes(block []string, size int) (data []byte, lossy bool) {
	inHex := len(block) > 0
	for _, line := range block {
		_, text, _ := strings.Cut(line, ": ")
		inHex = inHex && traceHex.MatchString(text)
	}
	for i, line := range block {
		offset, text, _ := strings.Cut(line, ": ")
		if inHex {
			digits := text[:min(len(text), 48)]
			raw, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
			if err != nil {
				return nil, true
			}
			data = append(data, raw...)
			continue
		}
		at, _ := strconv.ParseInt(offset, 16, 32)
		data = append(data, text...)
		next := int64(size)
		if i+1 < len(block) {
			following, _, _ := strings.Cut(block[i+1], ": ")
			next, _ = strconv.ParseInt(following, 16, 32)
		}
		if next == at+int64(len(text))+2 {
			data = append(data, "\r\n"...)
		}
		lossy = lossy || strings.Contains(text, ".")
	}
	return data, lossy
}
