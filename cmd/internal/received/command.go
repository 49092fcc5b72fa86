package received

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// isCommand recognises a command line that calls curl, as browsers copy it.
func isCommand(data []byte) bool {
	line, _, _ := cutLine(bytes.TrimLeft(data, "\r\n\t "))
	rest, found := strings.CutPrefix(withoutPrompt(line), "curl")
	rest = strings.TrimPrefix(rest, ".exe")
	return found && rest != "" && strings.ContainsAny(rest[:1], " \t^\\")
}

// withoutPrompt takes off what a shell shows before a command.
func withoutPrompt(line string) string {
	for _, prompt := range []string{"$ ", "> ", "# "} {
		if rest, found := strings.CutPrefix(line, prompt); found && strings.HasPrefix(rest, "curl") {
			return rest
		}
	}
	return line
}

// readCommands reads one command after the other.
func readCommands(data []byte) ([]Message, error) {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(string(data))) {
		b.WriteString(withoutPrompt(line))
	}
	text := b.String()
	words := bashWords
	if strings.Contains(text, `^"`) || strings.Contains(text, "^\n") || strings.Contains(text, "^\r\n") {
		words = cmdWords
	}
	commands, err := words(text)
	if err != nil {
		return nil, err
	}
	var list []Message
	for _, command := range commands {
		if i := slices.IndexFunc(command, isCurlName); i >= 0 {
			for _, words := range requestsOf(command[i+1:]) {
				m, err := readCommand(words)
				if err != nil {
					m = Message{Problem: err}
				}
				list = append(list, m)
			}
		}
	}
	switch {
	case len(list) == 0:
		return nil, errors.New("there is no curl in it")
	case len(list) == 1 && list[0].Problem != nil:
		return nil, list[0].Problem
	}
	return list, nil
}

// requestsOf cuts the words behind curl where --next begins another request.
func requestsOf(words []string) (list [][]string) {
	for {
		i := slices.IndexFunc(words, func(w string) bool { return w == "--next" || w == "-:" })
		if i < 0 {
			return append(list, words)
		}
		list, words = append(list, words[:i]), words[i+1:]
	}
}

func isCurlName(word string) bool { return word == "curl" || word == "curl.exe" }

// takesValue are the short options of curl with a value behind them.
const takesValue = "AbcCdDeEFHKmoPQrtTuUwxXyYz"

// longWithValue are its long ones; the others that are known need none.
func longWithValue() []string {
	return []string{
		"header", "data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json", "url", "request", "user-agent", "cookie",
		"cookie-jar", "output", "user", "proxy", "max-time", "connect-timeout", "cert", "key", "cacert", "capath", "resolve", "referer",
		"form", "upload-file", "write-out", "retry", "interface", "limit-rate", "connect-to", "proxy-user", "range", "config", "dump-header",
		"trace", "trace-ascii", "tls-max", "ciphers", "noproxy", "unix-socket", "aws-sigv4", "oauth2-bearer", "proxy-header", "max-redirs",
	}
}

// readCommand reads the words behind curl.
func readCommand(words []string) (Message, error) {
	var m Message
	var data []string
	for i := 0; i < len(words); i++ {
		name, value, given := option(words[i])
		if name == "" {
			if m.URI == "" {
				m.address(words[i])
			}
			continue
		}
		if !given && (len(name) == 1 && strings.Contains(takesValue, name) || slices.Contains(longWithValue(), name)) {
			if i++; i >= len(words) {
				return m, errors.New("the command is cut off behind its option " + name)
			}
			value = words[i]
		}
		switch name {
		case "X", "request":
			m.Method = value
		case "url":
			m.address(value)
		case "H", "header":
			if strings.HasPrefix(value, "@") {
				return m, errors.New("its headers are in another file, " + cut(value[1:]))
			}
			if err := m.header(strings.TrimSuffix(value, ";")); err != nil {
				return m, fmt.Errorf("-H %q is no header", cut(value))
			}
		case "d", "data", "data-ascii", "data-binary", "json":
			if strings.HasPrefix(value, "@") {
				m.note("the body is in another file, " + cut(value[1:]) + ", which is to come on standard input")
				continue
			}
			data = append(data, value)
		case "data-raw":
			data = append(data, value)
		case "data-urlencode", "F", "form", "T", "upload-file", "K", "config", "G", "get":
			return m, errors.New("its option " + name + " is not read; give the body with --data-raw")
		}
	}
	if m.Method == "" {
		m.Method = "POST"
	}
	if m.URI == "" {
		return m, errors.New("the command has no URL")
	}
	if data != nil {
		m.Body, m.HasBody = []byte(strings.Join(data, "&")), true
		m.fit()
	}
	return m, nil
}

// option takes a word apart: -X, -XPOST, -sSXPOST, --request, --request=POST. name
// is empty where it is none.
func option(word string) (name, value string, given bool) {
	switch {
	case strings.HasPrefix(word, "--"):
		name, value, given = strings.Cut(word[2:], "=")
		return name, value, given
	case len(word) < 2 || word[0] != '-':
		return "", "", false
	}
	for i := 1; i < len(word); i++ {
		if strings.IndexByte(takesValue, word[i]) >= 0 {
			return word[i : i+1], word[i+1:], i+1 < len(word)
		}
	}
	return word[len(word)-1:], "", false
}
