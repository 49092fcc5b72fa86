package term

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"github.com/apo-cli/apo/pkg/apo"
)

// compared draws a comparison on a terminal of a width; 0 is a pipe.
func compared(width int, signed, given string) (lines []string) {
	var out bytes.Buffer
	s := &Streams{Err: &out, Masker: apo.Masker{}}
	if width > 0 {
		s.errWidth = func() int { return width }
	}
	offset := 0
	for offset < len(signed) && offset < len(given) && signed[offset] == given[offset] {
		offset++
	}
	s.Compare(Compared{Signed: []byte(signed), Given: []byte(given), Label: "byte %d of the body", Offset: offset})
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

// Whatever two texts differ in, it can be seen, and the mark is below it.
func TestWhatDiffersIsSeenAtItsMark(t *testing.T) {
	long := strings.Repeat("abc ", 30)
	for name, one := range map[string]struct{ signed, given, at string }{ // at: what begins above the mark, of the given one
		"a letter":                      {long + "x" + long, long + "y" + long, "y"},
		"a line separator, and \\u2028": {long + "\u2028" + long, long + `\u2028` + long, `\u2028`},
		"a newline, and \\n":            {long + "\n" + long, long + `\n` + long, `\n`},
		"a byte, and \\xE9":             {long + "\xe9" + long, long + `\xE9` + long, `\xE9`},
		"a no-break space":              {long + "a\u00a0b", long + "a b", " b"},
		"composed":                      {long + "caf\u00e9", long + "cafe\u0301", "e<U+0301>"},
		"decomposed":                    {long + "cafe\u0301", long + "caf\u00e9", "<U+00E9>"},
		"a mark alone":                  {long + "cafe\u0301 x", long + "cafe x", " x"},
		"another mark":                  {long + "e\u0301", long + "e\u0300", "<U+0300>"},
		"zero width":                    {long + "a\u200bb", long + "ab", "b"},
		"a joiner":                      {"👩\u200d💻" + long, "👩💻" + long, "💻"},
		"Cyrillic":                      {long + "paypal", long + "p\u0430ypal", "<U+0430>"},
		"Greek":                         {long + "POS", long + "P\u039fS", "<U+039F>"},
		"full width":                    {long + "1999", long + "\uff11999", "<U+FF11>"},
		"a quote":                       {long + "it's", long + "it\u2019s", "<U+2019>"},
		"a dash":                        {long + "a-b", long + "a\u2013b", "<U+2013>"},
		"behind wide letters":           {strings.Repeat("上海市", 20) + "x", strings.Repeat("上海市", 20) + "y", "y"},
		"behind combining letters":      {strings.Repeat("e\u0301", 40) + "x", strings.Repeat("e\u0301", 40) + "y", "y"},
		"wide itself":                   {long + "上" + long, long + "海" + long, "海"},
		"the beginning":                 {"x" + long, "y" + long, "y"},
		"the end":                       {long, long[:len(long)-1], "∎"},
		"inside a letter":               {long + "é", long + "è", "è"},
		"a skin":                        {"👍🏽" + long, "👍🏻" + long, "<U+1F3FB>"},
		"a private letter":              {"a\ue000", "a\ue001", `\ue001`},
	} {
		for _, width := range []int{0, 50, 80, 120} {
			lines := compared(width, one.signed, one.given)
			if len(lines) != 3 {
				t.Fatalf("%s: %q", name, lines)
			}
			signed, given := lines[0][14:], lines[1][14:]
			if signed == given {
				t.Errorf("%s at %d: both are shown as %q", name, width, signed)
			}
			mark := strings.IndexByte(lines[2], '^')
			at := 0
			for at < len(lines[1]) && lipgloss.Width(lines[1][:at]) < mark {
				_, size := utf8.DecodeRuneInString(lines[1][at:])
				at += size
			}
			// Marks that belong to the letter in front of it have no column.
			rest := strings.TrimLeft(lines[1][at:], "\u0301")
			if !strings.HasPrefix(rest, one.at) {
				t.Errorf("%s at %d: the mark is at %q; want %q\n%s", name, width, rest, one.at, strings.Join(lines, "\n"))
			}
			for _, line := range lines {
				if width > 0 && lipgloss.Width(line) > width {
					t.Errorf("%s: a line has %d columns of %d: %s", name, lipgloss.Width(line), width, line)
				}
			}
		}
	}
}
