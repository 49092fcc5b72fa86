package sign

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// fromUTF16 reads text that PowerShell or Notepad wrote as UTF-16, with a byte order
// mark or without. wide is false of all else, which it returns as it is.
func fromUTF16(data []byte) (text string, wide bool) {
	high := 1 // the place of an ASCII character's zero byte
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		data = data[2:]
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		data, high = data[2:], 0
	case len(data) < 4:
		return string(data), false
	case data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0:
	case data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0:
		high = 0
	default:
		return string(data), false
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = uint16(data[2*i+high])<<8 | uint16(data[2*i+1-high])
	}
	return string(utf16.Decode(units)), true
}

// visible drops the characters that nobody sees and that the clipboard brings along,
// and writes other blanks as blanks.
func visible(s string) string {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] > 0 && s[i] < utf8.RuneSelf
	}
	if plain {
		return s
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == 0, c == 0xad, c == 0xfeff, c >= 0x200b && c <= 0x200f, c >= 0x202a && c <= 0x202e, c >= 0x2060 && c <= 0x206f:
			return -1
		case c == 0x85, c == 0x2028, c == 0x2029:
			return '\n'
		case c == 0xa0, c >= 0x2000 && c <= 0x200a, c == 0x202f, c == 0x205f, c == 0x3000:
			return ' '
		}
		return c
	}, s)
}

// plainText undoes what shells, editors, source code and environment files do to a
// key.
func plainText(s string) string {
	if strings.Contains(s, "&#") || strings.Contains(s, "&lt;") || strings.Contains(s, "&quot;") {
		s = html.UnescapeString(s)
	}
	for range 3 {
		decoded := percentDecoded(s)
		if decoded == s {
			break
		}
		s = decoded
	}
	s = strings.ReplaceAll(s, "\r", "")
	if strings.Contains(s, "`n") {
		s = strings.NewReplacer("`r", "", "`n", "\n").Replace(s) // PowerShell's
	}
	if strings.Contains(s, `\`) {
		s = unescaped(s)
	}
	s = strings.TrimSpace(s)
	for _, quote := range []string{`"`, "'", "`"} {
		if len(s) > 1 && strings.HasPrefix(s, quote) && strings.HasSuffix(s, quote) {
			s = strings.TrimSpace(s[1 : len(s)-1])
		}
	}
	return s
}

// percentDecoded decodes %0A and its kind, once. In what a form encodes a plus is a
// blank.
func percentDecoded(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	form := strings.Contains(s, "BEGIN+")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '%' && i+2 < len(s) && fromHexDigit(s[i+1]) >= 0 && fromHexDigit(s[i+2]) >= 0:
			b.WriteByte(byte(fromHexDigit(s[i+1])<<4 | fromHexDigit(s[i+2])))
			i += 2
		case s[i] == '+' && form:
			b.WriteByte(' ')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func fromHexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// unescaped undoes the backslashes of JSON, shells and source code, however often
// they were doubled.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		for i+1 < len(s) && s[i+1] == '\\' {
			i++
		}
		next := s[i+1:]
		switch {
		case next == "":
		case next[0] == 'n':
			b.WriteByte('\n')
			i++
		case next[0] == 'r':
			i++
		case next[0] == 't':
			b.WriteByte(' ')
			i++
		case next[0] == '\n': // the line goes on in the next one
			i += len(next) - len(strings.TrimLeft(next, " \t\n"))
		case len(next) > 4 && next[:3] == "u00" && fromHexDigit(next[3]) >= 0 && fromHexDigit(next[4]) >= 0:
			b.WriteByte(byte(fromHexDigit(next[3])<<4 | fromHexDigit(next[4])))
			i += 5
		}
	}
	return b.String()
}

// mendDashes puts the five dashes of PEM back where a word processor, or a hand,
// made others of them.
func mendDashes(s string) string {
	if strings.Contains(s, "-----BEGIN") || !strings.Contains(s, "BEGIN") || strings.Contains(s, "BEGIN SSH2") {
		return s
	}
	const dashes = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
	for _, word := range []string{"BEGIN ", "END "} {
		var b strings.Builder
		rest := s
		for {
			before, after, found := strings.Cut(rest, word)
			label, behind := after, ""
			if i := strings.IndexAny(after, dashes); i >= 0 {
				label, behind = after[:i], strings.TrimLeft(after[i:], dashes)
			}
			stripped := strings.TrimRight(before, dashes)
			if !found || stripped == before || strings.ContainsAny(label, "\n") || strings.Trim(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") != "" {
				b.WriteString(rest)
				break
			}
			b.WriteString(stripped + "-----" + word + label + "-----")
			rest = behind
		}
		s = b.String()
	}
	return s
}

// withoutMargin drops what mail and listings put before every line: "> ", or its number.
func withoutMargin(s string) string {
	for _, margin := range []func(string) (string, bool){quoted, numbered} {
		var lines []string
		for line := range strings.SplitSeq(s, "\n") {
			if strings.TrimSpace(line) != "" {
				without, found := margin(line)
				if !found {
					lines = nil
					break
				}
				line = without
			}
			lines = append(lines, line)
		}
		if len(lines) > 1 {
			return strings.Join(lines, "\n")
		}
	}
	return s
}

func quoted(line string) (string, bool) {
	without := strings.TrimLeft(strings.TrimSpace(line), "> ")
	return without, strings.HasPrefix(strings.TrimSpace(line), ">")
}

func numbered(line string) (string, bool) {
	line = strings.TrimSpace(line)
	without := strings.TrimLeft(line, "0123456789")
	text := strings.TrimLeft(without, ":| \t")
	return text, without != line && text != without || without == ""
}

// concatenated are the readings of a text that source code joins: "…" + "…".
func concatenated(t string) (list []string) {
	i := strings.IndexAny(t, `"'`)
	if i < 0 || !strings.ContainsAny(t[i:], "+.,&") {
		return nil
	}
	for _, inside := range []string{t, t[i+1:]} { // its outer quotes are gone already, or not
		if joined := unquoted(inside); joined != inside {
			list = append(list, strings.Join(strings.Fields(joined), ""))
		}
	}
	return list
}
