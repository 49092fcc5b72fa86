package apo

import "strings"

// unescapeASCII turns \u0034 into 4, and escapes of escapes with it.
func unescapeASCII(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		out = append(out, s[i])
		for len(out) >= 6 {
			r := escaped(out[len(out)-6:])
			if r < ' ' || r >= 0x7f {
				break
			}
			out = append(out[:len(out)-6], byte(r))
		}
	}
	return string(out)
}

// fields hides the values behind the names of secret fields: in JSON that is cut
// off or escaped, in query strings, in XML and in prose alike.
func (m Masker) fields(s string) string {
	var b strings.Builder
	copied := 0
	for i := 0; i < len(s); {
		if !isWord(s[i]) {
			i++
			continue
		}
		if end := fingerprintEnd(s, i); end > i {
			i = end
			continue
		}
		end := wordEnd(s, i)
		name := s[i:end]
		how := hidingOf(name)
		if letters := strings.TrimRight(name, "0123456789"); len(name)-len(letters) >= 3 && hidingOf(letters) == asCode { // cvv917
			how, end = asCode, i+len(letters)
		}
		if how == asText && end < len(s) && s[end] == ' ' { // security code, card number, expiry date
			if next := wordEnd(s, end+1); next > end+1 && isBegin(name) {
				if two := hidingOf(s[i:next]); two.hides() {
					how, name, end = two, s[i:next], next
				}
			}
		}
		i = end
		if !how.hides() && how != asResult {
			continue
		}
		start, assigned := valueOf(s, end)
		stop := start
		switch {
		case start < 0:
			continue
		case assigned && how.hides():
			if stop = fieldEnd(s, start, how); how != asSecret && how != asToken && isPlainWord(s, start, stop) {
				continue // INVALID_CVV: the security code is wrong
			}
		case how == asCode || how == asResult && assigned:
			stop = codeEnd(s, start)
		case how == asExpiry:
			stop = expiryEnd(s, start)
		}
		if stop > start {
			if how == asResult {
				how = asCode
			}
			b.WriteString(s[copied:start] + m.one(name, s[start:stop], how))
			copied, i = stop, stop
		}
	}
	if copied == 0 {
		return s
	}
	return b.String() + s[copied:]
}

// fingerprintEnd finds the end of a fingerprint that begins at i, bytes in
// hexadecimal with colons: i where there is none. CC: in it names no field.
func fingerprintEnd(s string, i int) int {
	const least = 16 // bytes
	end, count := i, 0
	for end+1 < len(s) && isHex(s[end]) && isHex(s[end+1]) {
		count++
		if end += 2; end == len(s) || s[end] != ':' {
			break
		}
		end++
	}
	if count < least || end < len(s) && isAlnum(s[end]) {
		return i
	}
	return end
}

// isPlainWord reports whether a value is a word of prose: of small letters, without
// quotes. No form of digits is one.
func isPlainWord(s string, start, stop int) bool {
	if start > 0 && (s[start-1] == '"' || s[start-1] == '\'') {
		return false
	}
	return strings.Trim(s[start:stop], "abcdefghijklmnopqrstuvwxyz") == ""
}

// isBegin knows the words that begin the name of a secret field in prose.
func isBegin(word string) bool {
	switch strings.ToLower(word) {
	case "security", "verification", "card", "expiry", "expiration", "account", "valid", "good":
		return true
	}
	return false
}

// valueOf finds the value behind a field's name: behind signs, and behind a word
// such as "is". assigned says that the signs leave no doubt. start is -1 where
// there is none.
func valueOf(s string, i int) (start int, assigned bool) {
	worded, comma := false, false
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case strings.IndexByte(`"'\ ])([#`, c) >= 0:
		case strings.IndexByte(":=>", c) >= 0:
			assigned = true
		case c == ',' && !comma && !worded: // {"name":"cvv","value":"917"}
			comma = true
		case !worded && isWord(c) && isValueWord(s[i:wordEnd(s, i)]):
			worded = true
			i = wordEnd(s, i) - 1
		default:
			if comma && !worded {
				return -1, false
			}
			return i, assigned
		}
	}
	return i, assigned && !comma
}

func isValueWord(word string) bool {
	switch strings.ToLower(word) {
	case "value", "val", "is", "was", "of", "code", "number", "date", "content", "rejectedvalue", "actual", "actualvalue", "got", "given", "input":
		return true
	}
	return false
}

// codeEnd finds the end of three or four digits that stand alone.
func codeEnd(s string, start int) int {
	end := start
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end-start != 3 && end-start != 4 || end < len(s) && isAlnum(s[end]) {
		return start
	}
	return end
}

// expiryEnd finds the end of a month with a year: 12/35, 12-2035; not of a day.
func expiryEnd(s string, start int) int {
	end := start
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '/' || s[end] == '-') {
		end++
	}
	month, year, found := strings.Cut(strings.ReplaceAll(s[start:end], "-", "/"), "/")
	if !found || len(month) > 2 || len(year) != 2 && len(year) != 4 || !isDigits(month) || !isDigits(year) {
		return start
	}
	return end
}

// fieldEnd finds the end of a field's value in free text: the closing quote of
// one that is quoted, else the next delimiter.
func fieldEnd(s string, start int, how hiding) int {
	delimiters := "\"'\\,&;}<] \t\r\n"
	if start > 0 && (s[start-1] == '"' || s[start-1] == '\'') {
		delimiters = string(s[start-1]) + "\\\r\n"
	} else if how == asNumber && start < len(s) { // a number may be written in groups
		start, _ = digitRun(s, start)
	}
	for start < len(s) && strings.IndexByte(delimiters, s[start]) < 0 {
		start++
	}
	return start
}

func isWord(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }

func wordEnd(s string, i int) int {
	for i < len(s) && isWord(s[i]) {
		i++
	}
	return i
}
