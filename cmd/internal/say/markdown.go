package say

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
)

// cell makes text from outside harmless in a Markdown document, and on the
// terminal of whoever reads that: nothing in it is a link, an image, HTML or the
// mention of somebody.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if term.Hostile(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	const apart = "&#8203;" // a space without width: what it is put into is no address any more
	return strings.NewReplacer(
		"\\", "\\\\", "&#", "&amp;#", "&", "&amp;", "|", "\\|", "<", "&lt;", ">", "&gt;", "`", "\\`", "[", "\\[", "]", "\\]", "*", "\\*", "_", "\\_", "~", "\\~", "$", "\\$",
		"@", "@"+apart, "#", "#"+apart, "://", ":"+apart+"//", "www.", "www"+apart+".", "WWW.", "WWW"+apart+".", "!", "\\!",
	).Replace(text)
}

// fenced writes JSON in a fence that nothing inside it can close. In a fence
// nothing is a link or a mention; what a reader without Markdown could take for
// one is escaped in its strings, and the JSON is the same.
func fenced(b *strings.Builder, label string, message []byte) {
	if len(message) == 0 {
		return
	}
	message = apo.Masker{}.JSON(message) // an older version may have written what this one hides
	text := string(message)
	var pretty bytes.Buffer
	if gjson.ValidBytes(message) && json.Indent(&pretty, message, "", "  ") == nil {
		text = inert(pretty.String())
	} else {
		text = strings.Map(func(r rune) rune {
			if term.Hostile(r) {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(text, "\uFFFD"))
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	fmt.Fprintf(b, "\n%s:\n\n%sjson\n%s\n%s\n", label, fence, text, fence)
}

// inert escapes in JSON, all of whose strings are on one line, what moves a
// cursor, and the signs by which HTML, links and mentions begin.
func inert(document string) string {
	var b strings.Builder
	inString, escaped := false, false
	for _, r := range document {
		switch {
		case inString && (term.Hostile(r) || strings.ContainsRune("<>@[]", r)):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		if r == '"' && !escaped {
			inString = !inString
		}
		escaped = r == '\\' && !escaped
	}
	return b.String()
}
