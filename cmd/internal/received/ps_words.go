package received

import "strings"

// psWords splits commands as PowerShell does.
func psWords(text string) ([][]string, error) {
	var s splitter
	fail := func(err error) ([][]string, error) {
		s.endCommand()
		return s.commands, err
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '@' && !s.open && (strings.HasPrefix(text[i:], "@'\n") || strings.HasPrefix(text[i:], "@\"\n")):
			quote := text[i+1]
			value, _, found := strings.Cut(text[i+3:], "\n"+string(quote)+"@")
			if !found {
				return fail(errQuote())
			}
			for at := range value {
				if quote == '"' && substitutes(value[at:]) {
					return fail(variable(value[at:], s.part()))
				}
			}
			s.put([]byte(value)...)
			i += len("@'\n") + len(value) + len("\n'@") - 1
		case c == '\'' || c == '"':
			value, n, err := psQuoted(text[i+1:], c, s.part())
			if err != nil {
				return fail(err)
			}
			s.put(value...)
			i += n
		case c == '`' && i+1 < len(text):
			if i++; text[i] != '\n' {
				s.put(text[i])
			}
		case substitutes(text[i:]):
			return fail(variable(text[i:], s.part()))
		case c == '\n' || c == ';' || c == '|' || c == '&':
			s.endCommand()
		case c == ' ' || c == '\t':
			s.endWord()
		default:
			s.put(c)
		}
	}
	s.endCommand()
	for _, words := range s.commands {
		for i, word := range words {
			words[i] = withoutQuoteMarks(word)
		}
	}
	return s.commands, nil
}

// psQuoted reads up to the quote; n counts the bytes with it.
func psQuoted(text string, quote byte, part string) (value []byte, n int, err error) {
	escapes := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '0': 0}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote && i+1 < len(text) && text[i+1] == quote:
			value = append(value, quote)
			i++
		case c == quote:
			return value, i + 1, nil
		case quote == '\'':
			value = append(value, c)
		case c == '`' && i+1 < len(text):
			i++
			if plain, ok := escapes[text[i]]; ok {
				value = append(value, plain)
			} else {
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

// withoutQuoteMarks takes off the backslashes that PowerShell 5 needs before each
// quote: it hands the words on as one line, which the program splits again.
func withoutQuoteMarks(word string) string {
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		n := 0
		for i+n < len(word) && word[i+n] == '\\' {
			n++
		}
		switch i += n; {
		case i == len(word) || word[i] != '"':
			b.WriteString(strings.Repeat(`\`, n))
		case n%2 == 0:
			return word // it needs none
		default:
			b.WriteString(strings.Repeat(`\`, n/2))
		}
		if i < len(word) {
			b.WriteByte(word[i])
		}
	}
	return b.String()
}
