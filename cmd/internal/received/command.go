package received

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// isCommand recognises a command line that calls curl, as browsers copy it or a
// terminal shows it. Comments may stand before it.
func isCommand(data []byte) bool {
	for data = bytes.TrimLeft(data, "\r\n\t "); len(data) > 0; data = bytes.TrimLeft(data, "\r\n\t ") {
		line, rest, _ := cutLine(data)
		if _, _, found, _ := withoutPrompt(line); found {
			return true
		}
		if !strings.HasPrefix(line, "#") || strings.HasPrefix(line, "##") {
			return false
		}
		data = rest
	}
	return false
}

// wordsOf splits commands as the shell does. What stands behind a whole command that
// calls curl may be its output: no error comes of that.
func wordsOf(text string, of shell) ([][]string, error) {
	split := map[shell]func(string) ([][]string, error){bash: bashWords, cmdExe: cmdWords, powerShell: psWords}[of]
	commands, err := split(text)
	last := len(commands) - 1
	if err != nil && last > 0 && !slices.ContainsFunc(commands[last], isCurlName) && slices.ContainsFunc(commands[:last], func(words []string) bool { return slices.ContainsFunc(words, isCurlName) }) {
		return commands[:last], nil
	}
	return commands, err
}

// readCommands reads one command after the other.
func readCommands(data []byte) ([]Message, error) {
	text, of := withoutPrompts(strings.TrimSpace(string(data)))
	commands, err := wordsOf(text, of)
	if err != nil {
		return nil, err
	}
	for i, command := range commands { // sh -c '…'
		if at := slices.Index(command, "-c"); at > 0 && at+1 < len(command) && callsCurl(command[at+1]) && (command[at-1] == "sh" || command[at-1] == "bash") {
			inner, err := wordsOf(command[at+1], bash)
			if err != nil {
				return nil, err
			}
			commands[i] = slices.Concat(inner...)
		}
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
	words, in := withoutInput(words)
	asIs := slices.Contains(words, "--path-as-is")
	for i := 0; i < len(words); i++ {
		name, value, given := option(words[i])
		if name == "" {
			name, value, given = "url", words[i], true
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
			if m.URI != "" {
				return m, errors.New("the command has two addresses, " + cut(m.URI) + " and " + cut(behindHost(value)) + ": give the one that is meant")
			}
			if m.address(value); !asIs {
				m.URI = withoutDots(m.URI)
			}
		case "H", "header":
			if strings.HasPrefix(value, "@") {
				return m, errors.New("its headers are in another file, " + cut(value[1:]))
			}
			if err := m.header(strings.TrimSuffix(value, ";")); err != nil {
				return m, fmt.Errorf("-H %q is no header", cut(value))
			}
		case "d", "data", "data-ascii", "data-binary", "json":
			if strings.HasPrefix(value, "@") {
				if value != "@-" || in.file != "" || !in.there {
					m.elsewhere(value, in)
					continue
				}
				if value = in.text; name != "data-binary" && name != "json" {
					value = strings.NewReplacer("\r", "", "\n", "").Replace(value)
				}
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
	if m.Lossy != "" && data != nil {
		return m, errors.New("a part of its body is in another file: put its text in its place")
	}
	if data != nil {
		m.Body, m.HasBody = []byte(strings.Join(data, "&")), true
		m.fit()
	}
	return m, nil
}

// withoutDots is a path as curl sends it: without the steps . and .. in it, unless it is
// told --path-as-is.
func withoutDots(uri string) string {
	path, query, asked := strings.Cut(uri, "?")
	if !strings.HasPrefix(path, "/") || !strings.Contains(path, "/.") {
		return uri
	}
	var kept []string
	steps := strings.Split(path[1:], "/")
	for i, step := range steps {
		if step == ".." && len(kept) > 0 {
			kept = kept[:len(kept)-1]
		}
		if step != "." && step != ".." {
			kept = append(kept, step)
		} else if i == len(steps)-1 { // what it leads to is a folder
			kept = append(kept, "")
		}
	}
	path = "/" + strings.Join(kept, "/")
	if asked {
		path += "?" + query
	}
	return path
}

// elsewhere says where the body of a command is that it does not hold.
func (m *Message) elsewhere(value string, in input) {
	switch {
	case value == "@-" && in.file == "":
		m.Lossy = "the body came on the standard input of the command, which the paste does not hold"
	default:
		m.Lossy = "the body is in another file, " + cut(cmp.Or(strings.TrimPrefix(value[1:], "-"), in.file)) + ", which the paste does not hold"
		m.note("the body is in another file, which is to come on standard input")
	}
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
