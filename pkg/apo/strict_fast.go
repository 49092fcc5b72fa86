package apo

import (
	"bytes"
	"unicode/utf8"
)

// plainJSON accepts most of what [CheckJSON] accepts, in one pass and without
// garbage: a stream of notifications should cost their signatures and little
// else. What it does not accept is looked at again, more slowly; it never
// accepts what is refused there.
func plainJSON(data []byte, member func(name, value []byte)) bool {
	if !utf8.Valid(data) {
		return false
	}
	s := plainScanner{data: data, member: member}
	s.space()
	if s.pos == len(data) || data[s.pos] != '{' || !s.object(1) {
		return false
	}
	s.space()
	return s.pos == len(data)
}

type plainScanner struct {
	data   []byte
	pos    int
	member func(name, value []byte) // called for those of the outermost object; may be nil
}

func (s *plainScanner) space() {
	for s.pos < len(s.data) && !notSpace(rune(s.data[s.pos])) {
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
		if depth == 1 && s.member != nil {
			s.member(key, s.data[start:s.pos])
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
	for i := start; i < len(s.data); i++ {
		c := s.data[i]
		if c > '"' && c != '\\' {
			continue
		}
		switch {
		case c == '"':
			s.pos = i + 1
			return s.data[start:i], true
		case c < ' ':
			return nil, false
		case c == '\\':
			if i++; i == len(s.data) {
				return nil, false
			}
			switch s.data[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if r := escaped(s.data[i-1:]); r < 0 || r >= 0xd800 && r <= 0xdfff {
					return nil, false
				}
				i += 4
			default:
				return nil, false
			}
		}
	}
	return nil, false
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
