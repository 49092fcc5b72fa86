package received

import (
	"path"
	"slices"
	"strings"
)

// shell is the program that would split a command into words.
type shell int

const (
	bash shell = iota
	cmdExe
	powerShell
)

// withoutPrompt takes off what a shell shows before a command that calls curl.
// found: the line is one; prompted: a prompt stood before it.
func withoutPrompt(line string) (command string, of shell, found, prompted bool) {
	line = strings.TrimLeft(line, " \t")
	if callsCurl(line) {
		return line, bash, true, false
	}
	const longest = 120
	for i, r := range line {
		switch {
		case i > longest || strings.ContainsRune("'\"{}", r):
			return line, bash, false, false
		case !strings.ContainsRune("$#%>❯➜✗", r):
			continue
		}
		rest := line[i+len(string(r)):]
		text := strings.TrimLeft(rest, " \t")
		if _, behind, _ := strings.Cut(text, " "); r == '➜' && !callsCurl(text) { // the name of a folder
			text = behind
		}
		switch before := line[:i]; {
		case !callsCurl(text):
		case r == '>' && strings.HasPrefix(before, "PS"):
			return text, powerShell, true, true
		case r == '>' && len(before) > 2 && before[1:3] == `:\`:
			return text, cmdExe, true, true
		case text != rest:
			return text, bash, true, true
		}
	}
	return line, bash, false, false
}

// callsCurl reports whether a command line begins with curl, or with a command that
// runs it: sudo, time, VARIABLE=value, docker exec NAME, kubectl exec POD --.
func callsCurl(line string) bool {
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '^' })
	for i, word := range words {
		word = strings.TrimLeft(word, `"'`) // of sh -c '…'
		switch name, _, isAssigned := strings.Cut(word, "="); {
		case isCurlName(word):
			return (i+1 < len(words) || strings.HasSuffix(line, "^")) && (i == 0 || !feeds(words[0]) || words[i-1] == "|")
		case i > 0 && strings.HasPrefix(word, "curl") && (word == `curl\` || word == "curl`"):
			return true
		case word == `curl\` || word == "curl`":
			return true
		case strings.ContainsAny(word, "{}:;") && !isAssigned && i == 0:
			return false
		case i == 0 && !isAssigned && !runsOthers(word) && !feeds(word), i == 0 && isAssigned && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") != "":
			return false
		}
	}
	return false
}

func runsOthers(word string) bool {
	return slices.Contains([]string{
		"sudo", "doas", "time", "env", "nohup", "nice", "command", "exec", "winpty", "watch", "docker", "docker-compose", "podman", "nerdctl",
		"kubectl", "oc", "k", "lxc", "sh", "bash", "&",
	}, word)
}

// feeds reports whether a command writes what curl reads behind a |.
func feeds(word string) bool {
	return slices.Contains([]string{"cat", "echo", "printf", "jq", "type", "gc", "Get-Content"}, word)
}

func isCurlName(word string) bool {
	name := path.Base(strings.ReplaceAll(word, `\`, "/"))
	return name == "curl" || name == "curl.exe"
}

// withoutPrompts takes the prompts off all commands of a text, and those that a
// shell shows where a command goes on.
func withoutPrompts(text string) (commands string, of shell) {
	var b strings.Builder
	of = bash
	goesOn, prompted := false, false
	for line := range strings.Lines(text) {
		command, kind, found, shown := withoutPrompt(line)
		switch {
		case found && shown:
			of, prompted, line = kind, true, command
		case found:
			line = command
		case goesOn && prompted:
			for _, mark := range []string{">> ", "> ", "More? "} {
				if rest, is := strings.CutPrefix(line, mark); is {
					line = rest
					break
				}
			}
		}
		end := strings.TrimRight(line, "\r\n")
		goesOn = strings.HasSuffix(end, `\`) || strings.HasSuffix(end, "`") || strings.HasSuffix(end, "^")
		b.WriteString(line)
	}
	text = b.String()
	begin, _, _ := strings.Cut(text, " ")
	switch windows := strings.HasSuffix(begin, "curl.exe"); {
	case of != bash:
	case strings.Contains(text, `^"`), strings.Contains(text, "^\n"), strings.Contains(text, "^\r\n"), windows && strings.Contains(text, `"{\"`):
		of = cmdExe
	case strings.Contains(text, " `\n"), strings.Contains(text, " `\r\n"), windows && strings.Contains(text, `'{\"`):
		of = powerShell
	}
	return text, of
}
