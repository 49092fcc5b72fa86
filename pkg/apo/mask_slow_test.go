package apo

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What is here looks for everything everywhere, as the masking did before it took short
// cuts. The tests of those hold them against it.

func slowHidingOf(field string) hiding {
	if len(field) > longestName {
		field = field[len(field)-longestName:]
	}
	name := slowLastName(field)
	var room [longestName]byte
	joined := slowJoinedName(name, room[:0])
	if slowMayHide(joined) {
		switch {
		case isToken(joined):
			return asToken
		case isCode(joined):
			if isOutcome(joined) {
				return asResult
			}
			return asCode
		case isNumber(joined):
			return asNumber
		case isExpiry(joined):
			return asExpiry
		case isSecret(joined):
			return asSecret
		case joined == "cardbin" || joined == "cardiin":
			return asBin
		}
	}
	switch {
	case joined == "bin" || joined == "iin":
		return asBin
	case isIDName(name), isPhone(joined):
		return asID
	}
	return slowPartOfCard(strings.TrimSuffix(field, name), joined)
}

func slowMayHide(name string) bool {
	if len(name) < 3 {
		return true
	}
	for i := range len(name) - 2 {
		switch rest := name[i:]; rest[0] {
		case 'c':
			if rest[1] == 'v' || rest[1] == 'c' || rest[:2] == "cs" || rest[:3] == "car" || rest[:3] == "cav" {
				return true
			}
		case 'e', 'k', 'p':
			if rest[:3] == "exp" || rest[:3] == "key" || rest[:3] == "pan" || rest[:3] == "pin" || rest[:3] == "pas" {
				return true
			}
		case 's', 't', 'v', 'm', 'y', 'g':
			for _, word := range [...]string{"sec", "stripe", "token", "track", "veri", "valid", "methodid", "mmyy", "yymm", "good"} {
				if strings.HasPrefix(rest, word) {
					return true
				}
			}
		}
	}
	return false
}

func slowPartOfCard(outer, field string) hiding {
	if outer == "" || !strings.HasSuffix(strings.ToLower(strings.TrimRight(outer, "./:[]()")), "card") {
		return asText
	}
	switch strings.ToLower(field) {
	case "number", "no", "num":
		return asNumber
	case "month", "year":
		return asExpiry
	}
	return asText
}

func slowLastName(field string) string {
	for {
		i := strings.LastIndexAny(field, ".[]/:$()@#")
		if i < 0 {
			return field
		}
		if last := field[i+1:]; last != "" && !isDigits(last) {
			return last
		}
		field = field[:i]
	}
}

func slowJoinedName(name string, room []byte) string {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			room = append(room, c|0x20)
		case c != '-' && c != '_' && c != ' ':
			room = append(room, c)
		}
	}
	return string(room)
}

func slowFind(k *Known, text string) (edits []edit) {
	k.each(func(x *index) {
		if len(x.digits.byHash)+len(x.signs.byHash) > 0 {
			slowSearch(x, view{text: text}, deepest, &edits)
		}
	})
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return edits
}

func slowSearch(x *index, v view, deep int, edits *[]edit) {
	slowWalk(v, deep, func(v view) {
		slowAnchors{x.digits}.search(v, edits)
		slowAnchors{x.signs}.search(v, edits)
	})
}

func slowWalk(v view, deep int, do func(view)) {
	do(v)
	if deep == 0 {
		return
	}
	if plain, found := slowUnescaped(v); found {
		slowWalk(plain, deep-1, do)
	}
	if plain, found := withoutControls(v); found {
		slowWalk(plain, deep-1, do)
	}
	slowPacked(v, func(inner view, isText bool) {
		if isText {
			slowWalk(inner, deep-1, do)
		} else {
			slowWalk(inner, 0, do)
		}
	})
}

type slowAnchors struct{ anchors }

func (a slowAnchors) read(text string, do func(at int, sign byte)) {
	if a.ofDigits {
		digitsOf(text, do)
	} else {
		signsIn(text, do)
	}
}

func (a slowAnchors) search(v view, edits *[]edit) {
	if len(a.byHash) == 0 || !a.any(v.text) {
		return
	}
	signs, at := make([]byte, 0, len(v.text)), make([]int32, 0, len(v.text))
	a.read(v.text, func(i int, sign byte) { signs, at = append(signs, sign), append(at, int32(i)) })
	done := 0 // so many signs were hidden, or not
	for i := 0; i+shortestForm <= len(signs); i++ {
		for _, found := range a.at(hashOf(signs[i : i+shortestForm])) {
			begin, end := found.around(signs, i)
			if end-begin < found.pattern.least {
				continue
			}
			for j := max(begin, done); j < end; j++ {
				if from := found.at + j - i; (from < found.pattern.ends || v.packed) && at[j] >= 0 {
					*edits = append(*edits, v.edit(int(at[j]), found.pattern.kind))
				}
			}
			done = end
			i = max(i, end-shortestForm)
			break
		}
	}
}

func (a slowAnchors) any(text string) (found bool) {
	power := uint64(1) // of the sign that leaves
	for range shortestForm {
		power *= hashBase
	}
	var last [16]byte
	hash, count := uint64(0), 0
	a.read(text, func(_ int, sign byte) {
		hash = hash*hashBase + uint64(sign) - power*uint64(last[(count-shortestForm)&15])
		last[count&15] = sign
		if count++; count >= shortestForm && !found {
			found = len(a.at(hash)) > 0
		}
	})
	return found
}

func slowUnescaped(v view) (plain view, found bool) {
	s := v.text
	first := strings.IndexFunc(s, func(r rune) bool { return r == '%' || r == '\\' || r == '&' || r >= utf8.RuneSelf })
	if first < 0 {
		return view{}, false
	}
	out, at := make([]byte, 0, len(s)), make([]int32, 0, len(s)+1)
	for i := 0; i < len(s); {
		c, size := s[i], 1
		if i >= first {
			c, size = character(s[i:])
			found = found || size > 1
		}
		out, at = append(out, c), append(at, v.begin(i))
		i += size
	}
	return view{string(out), append(at, v.begin(len(s))), v.packed}, found
}

func slowPacked(v view, do func(inner view, isText bool)) {
	s := v.text
	for i := 0; i < len(s); {
		end, isHexWord := i, true
		for end < len(s) && sixBits(s[end]) >= 0 {
			isHexWord = isHexWord && isHex(s[end])
			end++
		}
		if end-i >= shortestWord {
			for shift := range 4 {
				slowUnpack(v, i+shift, end, 4, 3, slowBase64Bytes, do)
			}
		}
		if end-i >= 2*shortestForm && isHexWord {
			for shift := range 2 {
				slowUnpack(v, i+shift, end, 2, 1, slowHexBytes, do)
			}
		}
		i = max(end, i+1)
	}
}

func slowUnpack(v view, i, end, signs, bytes int, decode func(string) [3]byte, do func(view, bool)) {
	if end-i < signs {
		return
	}
	digits, plain, length := 0, 0, 0
	each := func(do func(c byte)) {
		for at := i; end-at > 1; at += signs {
			group, count := v.text[at:min(end, at+signs)], bytes
			if len(group) < signs {
				count = len(group) - 1
			}
			decoded := decode(group)
			for _, c := range decoded[:count] {
				do(c)
			}
		}
	}
	each(func(c byte) {
		length++
		if c >= '0' && c <= '9' {
			digits++
		}
		if c >= ' ' && c < 0x7f || c == '\n' {
			plain++
		}
	})
	isText := plain*10 >= length*9
	if length < shortestForm || digits < shortestForm && !isText {
		return
	}
	out := make([]byte, 0, length)
	each(func(c byte) { out = append(out, c) })
	at := make([]int32, 0, len(out)+1)
	for j := range len(out) + 1 {
		at = append(at, v.begin(min(i+j*signs/bytes, end)))
	}
	do(view{string(out), at, true}, isText)
}

func slowBase64Bytes(s string) [3]byte {
	n := 0
	for i := range 4 {
		if n <<= 6; i < len(s) {
			n |= sixBits(s[i])
		}
	}
	return [3]byte{byte(n >> 16), byte(n >> 8), byte(n)}
}
func slowHexBytes(s string) [3]byte { return [3]byte{hexValue(s[0])<<4 | hexValue(s[1])} }
func slowCardNumbers(text string) (found []string) {
	if len(text) < shortestCard {
		return nil
	}
	slowWalk(view{text: text}, deepest, func(v view) {
		s := slowSqueezed(v.text)
		for i := nextDigits(s, 0); i < len(s); {
			end, digits := digitRun(s, i)
			if IsCardNumber(digits) {
				found = append(found, digits)
			}
			i = nextDigits(s, end)
		}
	})
	return found
}

func slowSqueezed(text string) string {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if c := text[i]; isAlnum(c) || c == '*' || c == ':' {
			out = append(out, text[i])
		} else if n := len(out); n > 0 && out[n-1] != '-' {
			out = append(out, '-')
		}
	}
	return ungrouped(string(out))
}
