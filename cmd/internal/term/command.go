package term

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// commandLines breaks a command as folded breaks a text. Each line but the last
// ends in a backslash, so that the lines are still one command where they are
// pasted: its first half alone could mean something else. A quoted argument stays
// whole, and a comment behind the command goes on lines of its own.
func commandLines(text string, width, at, indent int) []string {
	if width <= 0 || at+lipgloss.Width(text) <= width {
		return []string{text}
	}
	words, comment := shellWords(text)
	words = withValues(words, width-indent-len(" \\"))
	var lines []string
	line := ""
	for i, word := range words {
		w, end := lipgloss.Width(word), len(" \\")
		if i == len(words)-1 {
			end = 0
		}
		if line != "" && at+1+w+end > width {
			lines = append(lines, line+` \`)
			line, at = "", indent
		}
		if line != "" {
			line += " "
			at++
		}
		line += word
		at += w
	}
	lines = append(lines, line)
	if comment == "" {
		return lines
	}
	for _, part := range folded(comment, width, indent+2, indent+2) {
		lines = append(lines, "# "+part)
	}
	return lines
}

// withValues keeps a flag and its value, or < and its file, together, where a line has room for both.
func withValues(words []string, most int) []string {
	var list []string
	for i := 0; i < len(words); i++ {
		word := words[i]
		short := len(word) == 2 && word[0] == '-'
		takes := word == "<" || word == ">" || short || strings.HasPrefix(word, "--") && !strings.Contains(word, "=")
		if takes && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
			if both := word + " " + words[i+1]; lipgloss.Width(both) <= most {
				word = both
				i++
			}
		}
		list = append(list, word)
	}
	return list
}

// shellWords splits a command at its blanks outside quotes, and its comment off.
func shellWords(text string) (words []string, comment string) {
	var word strings.Builder
	quote := rune(0)
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for i, r := range text {
		switch {
		case quote == 0 && r == ' ':
			flush()
			continue
		case quote == 0 && r == '#' && word.Len() == 0 && len(words) > 0:
			return words, strings.TrimSpace(text[i+1:])
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		}
		word.WriteRune(r)
	}
	if quote != 0 { // an apostrophe
		return strings.Fields(text), ""
	}
	flush()
	return words, ""
}

// isCommand tells a line for a shell from a sentence.
func isCommand(line string) bool {
	return strings.HasPrefix(line, "apo ") || strings.Contains(line, " apo ") || strings.ContainsAny(line, "$|;`")
}

// isSentence tells advice that speaks of commands, such as "apo log lists them", from a
// command alone.
func isSentence(text string) bool {
	words, _ := shellWords(text)
	for i, word := range words {
		switch word {
		case "is", "lists", "shows", "tells", "asks", "writes", "makes", "looks", "keeps", "trusts", "needs", "prints", "serves", "finds", "says":
			return true
		}
		if i < len(words)-1 && strings.ContainsAny(word[len(word)-1:], ",;") {
			return true
		}
	}
	return false
}

// command adds a command, on a line of its own where it does not fit here.
func (p *packed) command(gap, text string, render func(string) string) {
	w := lipgloss.Width(text)
	if p.begun && p.width > 0 && p.at+len(gap)+w > p.width {
		p.newline()
	}
	if !p.begun && p.at > p.indent && p.at+w > p.width && p.indent+w <= p.width {
		p.newline()
	}
	if p.width == 0 || p.at+w <= p.width {
		p.whole(gap, text, render)
		return
	}
	for i, line := range commandLines(text, p.width, p.at, p.indent+2) {
		if i > 0 {
			p.newline()
			p.b.WriteString("  ")
			p.at += 2
		}
		p.whole("", line, render)
	}
}
