package term

import (
	"bytes"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// foldedJSON puts a value on a line below its name where one line of a terminal
// cannot hold both: so an ID is in one piece. It is the same JSON.
func foldedJSON(data []byte, width int) []byte {
	if width <= 0 {
		return data
	}
	var out bytes.Buffer
	for line := range strings.Lines(string(data)) {
		text := strings.TrimLeft(line, " ")
		indent := len(line) - len(text)
		name := endOfName(text)
		if name == 0 || lipgloss.Width(strings.TrimSuffix(line, "\n")) <= width || strings.HasSuffix(line, "{\n") || strings.HasSuffix(line, "[\n") {
			out.WriteString(line)
			continue
		}
		out.WriteString(line[:indent+name] + "\n" + strings.Repeat(" ", indent+2) + strings.TrimLeft(text[name:], " "))
	}
	return out.Bytes()
}

// endOfName is the position behind the colon of a member's name; 0 where a line
// begins with none.
func endOfName(text string) int {
	for i := 1; i < len(text) && text[0] == '"'; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			if strings.HasPrefix(text[i+1:], ": ") {
				return i + len(`":`)
			}
			return 0
		}
	}
	return 0
}
