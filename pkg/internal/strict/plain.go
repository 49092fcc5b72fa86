package strict

import (
	"bytes"
	"unicode/utf8"
)

// plainJSON accepts most of what [Check] accepts, in one pass and without an
// allocation: a stream of notifications should cost their signatures and little
// else. What it does not accept is looked at again, more slowly; it never
// accepts what is refused there.
//
// member, if not nil, is called for the members of the outermost object once
// all of it was accepted.
func plainJSON(data []byte, member func(name, value []byte)) bool {
	s := plainScanner{data: data, collects: member != nil}
	if !s.whole() {
		return false
	}
	for _, m := range s.members[:min(s.collected, len(s.members))] {
		member(m.name, m.value)
	}
	for _, m := range s.more {
		member(m.name, m.value)
	}
	return true
}

type plainScanner struct {
	data     []byte
	pos      int
	collects bool

	members   [16]plainMember // which most objects do with
	more      []plainMember
	collected int
}

type plainMember struct{ name, value []byte }

func (s *plainScanner) whole() bool {
	if !utf8.Valid(s.data) {
		return false
	}
	s.space()
	if s.pos == len(s.data) || s.data[s.pos] != '{' || !s.object(1) {
		return false
	}
	s.space()
	return s.pos == len(s.data)
}

func (s *plainScanner) space() {
	if s.pos < len(s.data) && s.data[s.pos] > ' ' {
		return
	}
	for s.pos < len(s.data) && !NotSpace(rune(s.data[s.pos])) {
		s.pos++
	}
}

// next skips white space and takes one byte; 0 at the end.
func (s *plainScanner) next() byte {
	s.space()
	if s.pos == len(s.data) {
		return 0
	}
	s.pos++
	return s.data[s.pos-1]
}

func (s *plainScanner) value(depth int) bool {
	s.space()
	if s.pos == len(s.data) {
		return false
	}
	switch c := s.data[s.pos]; {
	case c == '"':
		_, ok := s.text()
		return ok
	case c == '{':
		return s.object(depth + 1)
	case c == '[':
		return s.list(depth + 1)
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
			s.pos += len(word)
			return true
		}
	}
	return false
}

func (s *plainScanner) object(depth int) bool {
	const most = 40 // keys; comparing each with each is quick for so few
	var keys [most][]byte
	s.pos++
	if depth > maxDepth {
		return false
	}
	if s.space(); s.pos < len(s.data) && s.data[s.pos] == '}' {
		s.pos++
		return true
	}
	for n := range most {
		s.space()
		if s.pos == len(s.data) || s.data[s.pos] != '"' {
			return false
		}
		key, ok := s.text()
		if !ok || bytes.IndexByte(key, '\\') >= 0 {
			return false
		}
		for _, other := range keys[:n] {
			if bytes.Equal(key, other) {
				return false
			}
		}
		keys[n] = key
		if s.next() != ':' {
			return false
		}
		s.space()
		start := s.pos
		if !s.value(depth) {
			return false
		}
		if depth == 1 && s.collects {
			s.collect(plainMember{key, s.data[start:s.pos]})
		}
		switch s.next() {
		case '}':
			return true
		case ',':
		default:
			return false
		}
	}
	return false
}

func (s *plainScanner) collect(m plainMember) {
	if s.collected < len(s.members) {
		s.members[s.collected] = m
	} else {
		s.more = append(s.more, m)
	}
	s.collected++
}

func (s *plainScanner) list(depth int) bool {
	s.pos++
	if depth > maxDepth {
		return false
	}
	if s.space(); s.pos < len(s.data) && s.data[s.pos] == ']' {
		s.pos++
		return true
	}
	for s.value(depth) {
		switch s.next() {
		case ']':
			return true
		case ',':
		default:
			return false
		}
	}
	return false
}

// text takes a string and returns what is between its quotes.
func (s *plainScanner) text() ([]byte, bool) {
	start := s.pos + 1
	for i := start; ; i++ {
		if i += ordinary(s.data[i:]); i >= len(s.data) {
			return nil, false
		}
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return s.data[start:i], true
		case c < ' ':
			return nil, false
		}
		if i++; i == len(s.data) { // it was a backslash
			return nil, false
		}
		switch s.data[i] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			if r := Escaped(s.data[i-1:]); r < 0 || r >= 0xd800 && r <= 0xdfff {
				return nil, false
			}
			i += 4
		default:
			return nil, false
		}
	}
}

func (s *plainScanner) number() bool {
	digits := func() bool {
		start := s.pos
		for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
			s.pos++
		}
		return s.pos > start
	}
	is := func(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }
	if is('-') {
		s.pos++
	}
	if is('0') {
		s.pos++
	} else if !digits() {
		return false
	}
	if is('.') {
		if s.pos++; !digits() {
			return false
		}
	}
	if is('e') || is('E') {
		s.pos++
		if is('+') || is('-') {
			s.pos++
		}
		return digits()
	}
	return true
}
