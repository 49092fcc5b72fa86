package received

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// splitter collects the words of commands.
type splitter struct {
	commands [][]string
	words    []string
	word     []byte
	open     bool // a word has begun, also an empty one
}

func (s *splitter) put(b ...byte) { s.word, s.open = append(s.word, b...), true }

func (s *splitter) endWord() {
	if s.open {
		s.words = append(s.words, string(s.word))
	}
	s.word, s.open = nil, false
}

// part is what the word that is being read is of the request.
func (s *splitter) part() string {
	before := string(s.word)
	if len(s.words) > 0 && (before == "" || before[0] != '-') {
		before = s.words[len(s.words)-1] + "="
	}
	for _, option := range []string{"-d", "--data", "--json"} {
		if strings.HasPrefix(before, option) {
			return "its body"
		}
	}
	if strings.HasPrefix(before, "-H") || strings.HasPrefix(before, "--header") {
		return "one of its headers"
	}
	return "a part of it"
}

func (s *splitter) endCommand() {
	s.endWord()
	if len(s.words) > 0 {
		s.commands = append(s.commands, s.words)
	}
	s.words = nil
}

func errQuote() error { return errors.New("the command is cut off: a quote has no end") }

// bashWords splits commands as a POSIX shell and bash do. A variable has no
// value here: it is an error that names it.
func bashWords(text string) ([][]string, error) {
	var s splitter
	var here []heredoc
	fail := func(err error) ([][]string, error) {
		s.endCommand()
		return s.commands, err
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return fail(errQuote())
			}
			s.put([]byte(text[i+1 : i+1+end])...)
			i += end + 1
		case c == '$' && strings.HasPrefix(text[i:], "$'"):
			value, n, err := ansiQuoted(text[i+2:])
			if err != nil {
				return fail(err)
			}
			s.put(value...)
			i += n + 1
		case c == '"':
			value, n, err := doubleQuoted(text[i+1:], s.part())
			if err != nil {
				return fail(err)
			}
			s.put(value...)
			i += n
		case c == '\\' && strings.HasPrefix(text[i:], "\\\r\n"):
			i += 2
		case c == '\\' && i+1 < len(text):
			if i++; text[i] != '\n' {
				s.put(text[i])
			}
		case substitutes(text[i:]):
			return fail(variable(text[i:], s.part()))
		case c == '#' && !s.open:
			i += len(lineOfText(text[i:])) - 1
		case c == '<' || c == '>':
			n, doc := s.redirect(text[i:])
			if i += n - 1; doc.end != "" {
				here = append(here, doc)
			}
		case c == '\n' && len(here) > 0:
			n, err := s.readHeredocs(text[i+1:], here)
			if err != nil {
				return fail(err)
			}
			i, here = i+n, nil
			s.endCommand()
		case c == '\n' || c == ';' || c == '|' || c == '&':
			s.endCommand()
		case c == ' ' || c == '\t' || c == '\r':
			s.endWord()
		default:
			s.put(c)
		}
	}
	s.endCommand()
	return s.commands, nil
}

// doubleQuoted reads up to the quote; n counts the bytes with it.
func doubleQuoted(text, part string) (value []byte, n int, err error) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return value, i + 1, nil
		case c == '\\' && i+1 < len(text) && strings.IndexByte("\"\\$`\n", text[i+1]) >= 0:
			if i++; text[i] != '\n' {
				value = append(value, text[i])
			}
		case substitutes(text[i:]):
			return nil, 0, variable(text[i:], part)
		default:
			value = append(value, c)
		}
	}
	return nil, 0, errQuote()
}

func isName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// substitutes reports whether a shell puts something in the place with which a
// text begins.
func substitutes(text string) bool {
	return text[0] == '`' || text[0] == '$' && len(text) > 1 && (text[1] == '{' || text[1] == '(' || isName(text[1]))
}

// variable is the error of what a shell would have put in the place of part.
func variable(text, part string) error {
	if text[0] == '`' || strings.HasPrefix(text, "$(") {
		return errors.New(part + " is what " + cut(substitution(text)) + " prints, which the paste does not hold: put the text itself in its place")
	}
	name := strings.TrimLeft(text, "${(`")
	end := strings.IndexFunc(name, func(r rune) bool { return r > 127 || !isName(byte(r)) && (r < '0' || r > '9') })
	if end >= 0 {
		name = name[:end]
	}
	return errors.New("variable " + name + " is not resolved: put its value in its place")
}

// substitution is $(…) or `…` with which a text begins.
func substitution(text string) string {
	end := strings.IndexByte(text, ')')
	if text[0] == '`' {
		end = strings.IndexByte(text[1:], '`') + 1
	}
	if end <= 0 {
		return text
	}
	return text[:end+1]
}

// ansiQuoted reads what stands in $'…'; n counts the bytes with the quote.
func ansiQuoted(text string) (value []byte, n int, err error) {
	simple := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'a': 7, 'b': 8, 'e': 27, 'f': 12, 'v': 11, '\\': '\\', '\'': '\'', '"': '"', '?': '?'}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			return value, i + 1, nil
		case c != '\\' || i+1 == len(text):
			value = append(value, c)
		default:
			i++
			if plain, ok := simple[text[i]]; ok {
				value = append(value, plain)
				continue
			}
			most, base := 0, 16
			switch text[i] {
			case 'x':
				most = 2
			case 'u':
				most = 4
			case 'U':
				most = 8
			default:
				if most, base = 3, 8; text[i] < '0' || text[i] > '7' {
					value = append(value, '\\', text[i])
					continue
				}
				i--
			}
			code, digits := number(text[i+1:], most, base)
			switch {
			case digits == 0:
				value = append(value, '\\', text[i])
			case most == 4 || most == 8:
				value = utf8.AppendRune(value, rune(code))
			default:
				value = append(value, byte(code))
			}
			i += digits
		}
	}
	return nil, 0, errQuote()
}

// number reads at most so many digits.
func number(text string, most, base int) (value uint64, digits int) {
	for n := min(most, len(text)); n > 0; n-- {
		if value, err := strconv.ParseUint(text[:n], base, 32); err == nil && text[0] != '+' && text[0] != '-' {
			return value, n
		}
	}
	return 0, 0
}

// letter is one of a command line, after cmd.exe took its carets off.
type letter struct {
	c     byte
	plain bool // a caret stood before it
}

// withoutCarets does what cmd.exe does: a caret makes the next letter plain, and
// before a line break it joins lines; before two of them it is a line break of the
// text. In quotes it is a caret.
func withoutCarets(text string) (letters []letter) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"', quoted && text[i] != '\n':
			quoted = quoted != (text[i] == '"')
			letters = append(letters, letter{text[i], quoted})
		case strings.HasPrefix(text[i:], "^\n\n"):
			letters, i = append(letters, letter{'\n', true}), i+2
		case strings.HasPrefix(text[i:], "^\n"):
			letters, i = append(letters, letter{' ', false}), i+1
		case text[i] == '^' && i+1 < len(text):
			letters, i = append(letters, letter{text[i+1], true}), i+1
		default:
			letters = append(letters, letter{text[i], false})
		}
	}
	return letters
}

// doublesBackslashes reports whether backslashes are doubled everywhere, as Chrome
// does it: programs take only those before a quote off.
func doublesBackslashes(letters []letter) bool {
	run, odd := 0, false
	for _, l := range letters {
		if l.c == '\\' {
			run++
			continue
		}
		odd = odd || l.c != '"' && run%2 == 1
		run = 0
	}
	return !odd
}

// cmdWords splits commands as cmd.exe and a Windows program do: backslashes count
// before a quote alone.
func cmdWords(text string) ([][]string, error) {
	letters := withoutCarets(text)
	halve := doublesBackslashes(letters)
	var s splitter
	quoted := false
	for i := 0; i < len(letters); i++ {
		switch c := letters[i].c; {
		case c == '\\':
			n := 1
			for i+n < len(letters) && letters[i+n].c == '\\' {
				n++
			}
			i += n - 1
			if i+1 < len(letters) && letters[i+1].c == '"' {
				s.put([]byte(strings.Repeat(`\`, n/2))...)
				if n%2 == 1 {
					s.put('"')
					i++
				}
				continue
			}
			if halve {
				n /= 2
			}
			s.put([]byte(strings.Repeat(`\`, n))...)
		case c == '"':
			quoted = !quoted
			s.open = true
		case quoted:
			s.put(c)
		case (c == '\n' || c == '&' || c == '|') && !letters[i].plain:
			s.endCommand()
		case c == ' ' || c == '\t' || c == '\n':
			s.endWord()
		default:
			s.put(c)
		}
	}
	s.endCommand()
	if quoted {
		return s.commands, errQuote()
	}
	return s.commands, nil
}
