package emit

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Each of these makes a string literal of UTF-8 text; Go's of any bytes. What is not printable,
// such as U+2028 or a mark that turns the direction of writing, is escaped, so
// that a literal shows what it holds.

func quoteGo(s string) string {
	if strings.ContainsAny(s, `"\`) && strconv.CanBackquote(s) && strings.IndexFunc(s, unprintable) < 0 {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// quoteJava writes ASCII alone, since Java up to 17 reads a source in whatever
// encoding the machine has. Controls are octal: \u000a would end the line,
// since Java reads \u before anything else.
func quoteJava(s string) string {
	return quoted(s, '"', func(r rune) string {
		switch {
		case r < 0x20 || r == 0x7f:
			return fmt.Sprintf(`\%03o`, r)
		case r < 0x7f:
			return ""
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, r)
	})
}

func quoteNode(s string) string {
	return quoted(s, quoteMark(s, '\'', '"'), func(r rune) string {
		switch {
		case !unprintable(r):
			return ""
		case r <= 0xff:
			return fmt.Sprintf(`\x%02x`, r)
		case r <= 0xffff:
			return fmt.Sprintf(`\u%04x`, r)
		}
		return fmt.Sprintf(`\u{%x}`, r)
	})
}

func quotePython(s string) string {
	return quoted(s, quoteMark(s, '"', '\''), func(r rune) string {
		switch {
		case !unprintable(r):
			return ""
		case r <= 0xff:
			return fmt.Sprintf(`\x%02x`, r)
		case r <= 0xffff:
			return fmt.Sprintf(`\u%04x`, r)
		}
		return fmt.Sprintf(`\U%08x`, r)
	})
}

// quotePHP takes single quotes where it can: within double ones PHP looks for
// variables.
func quotePHP(s string) string {
	if strings.IndexFunc(s, unprintable) < 0 {
		return quoted(s, '\'', func(rune) string { return "" })
	}
	return quoted(s, '"', func(r rune) string {
		switch {
		case r == '$':
			return `\$`
		case !unprintable(r):
			return ""
		case r <= 0x7f: // above it, \x is a byte and no character
			return fmt.Sprintf(`\x%02x`, r)
		}
		return fmt.Sprintf(`\u{%x}`, r)
	})
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// quoteMark returns the mark that need not be escaped in s, or the usual one.
func quoteMark(s string, usual, other rune) rune {
	if strings.ContainsRune(s, usual) && !strings.ContainsRune(s, other) {
		return other
	}
	return usual
}

// quoted puts s between two marks. The escapes that all languages share are
// made here; escape returns those of its own, and "" for what may stay.
func quoted(s string, mark rune, escape func(rune) string) string {
	var b strings.Builder
	b.WriteRune(mark)
	for _, r := range s {
		own := ""
		switch {
		case r == mark || r == '\\':
			b.WriteRune('\\')
		case r == '\n':
			own = `\n`
		case r == '\r':
			own = `\r`
		case r == '\t':
			own = `\t`
		default:
			own = escape(r)
		}
		if own == "" {
			b.WriteRune(r)
		}
		b.WriteString(own)
	}
	b.WriteRune(mark)
	return b.String()
}
