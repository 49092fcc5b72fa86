package received

import (
	"errors"
	"strings"
)

// heredoc is a text of a command that stands on the lines behind it, up to one that
// is end.
type heredoc struct {
	end            string
	indented, bare bool // tabs before its lines are taken off; the shell looks into it
}

// input is what a command reads.
type input struct {
	there      bool
	text, file string
}

// Words that no command holds stand for its input.
const (
	inputText = "\x00text "
	inputFile = "\x00file "
)

// withoutInput takes the input out of the words of a command.
func withoutInput(words []string) (rest []string, in input) {
	for _, word := range words {
		if text, is := strings.CutPrefix(word, inputText); is {
			in = input{there: true, text: text}
		} else if file, is := strings.CutPrefix(word, inputFile); is {
			in = input{there: true, file: file}
		} else {
			rest = append(rest, word)
		}
	}
	return rest, in
}

// redirect reads < and > with what they name; n counts the bytes.
func (s *splitter) redirect(text string) (n int, doc heredoc) {
	if s.open && strings.Trim(string(s.word), "0123456789") == "" { // 2>
		s.word, s.open = nil, false
	}
	s.endWord()
	mark := text[:len(text)-len(strings.TrimLeft(text, "<>&"))]
	rest := text[len(mark):]
	if mark == "<<" && strings.HasPrefix(rest, "-") {
		mark, rest, doc.indented = "<<-", rest[1:], true
	}
	target := strings.TrimLeft(rest, " \t")
	end := strings.IndexAny(target, " \t\r\n;|&<>")
	if end < 0 {
		end = len(target)
	}
	n = len(text) - len(target) + end
	name := strings.Trim(target[:end], `'"`)
	switch mark {
	case "<<", "<<-":
		doc.end, doc.bare = name, name == target[:end]
	case "<<<":
		s.words = append(s.words, inputFile+"<<< "+name)
	case "<":
		s.words = append(s.words, inputFile+name)
	}
	return n, doc
}

// readHeredocs reads the texts that were named in the line before.
func (s *splitter) readHeredocs(text string, docs []heredoc) (n int, err error) {
	for _, doc := range docs {
		var b strings.Builder
		ended := false
		for line := range strings.Lines(text[n:]) {
			n += len(line)
			if doc.indented {
				line = strings.TrimLeft(line, "\t")
			}
			if ended = strings.TrimRight(line, "\r\n") == doc.end; ended {
				break
			}
			b.WriteString(line)
		}
		if !ended {
			return n, errors.New("the command is cut off: its text up to " + cut(doc.end) + " has no end")
		}
		for i := range b.Len() {
			if doc.bare && substitutes(b.String()[i:]) {
				return n, variable(b.String()[i:], "its body")
			}
		}
		s.words = append(s.words, inputText+b.String())
	}
	return n, nil
}

func lineOfText(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
