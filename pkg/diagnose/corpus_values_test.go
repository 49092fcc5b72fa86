package diagnose_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/apo-cli/apo/pkg/diagnose"
)

// closely is the size of a body, in bytes, up to which its values are looked at
// one by one.
const closely = 4 << 10

// revalued makes an edit of a body's values. Of a body that is too long for a close
// look it is asked for with luck.
func revalued(change func(in *incident, leaves []*tree) bool) edit {
	return func(in *incident, body []byte) []byte {
		t := readTree(body)
		if t == nil {
			return nil
		}
		var all []*tree
		var walk func(t *tree)
		walk = func(t *tree) {
			all = append(all, t)
			for _, child := range t.children {
				walk(child)
			}
		}
		walk(t)
		if !change(in, all) {
			return nil
		}
		if len(body) > closely {
			in.grade = max(in.grade, hard)
		}
		return in.base.habit.write(t)
	}
}

// each changes the values for which which holds: all, or as many as count says.
func each(count int, which func(*tree) bool, change func(*tree)) edit {
	return revalued(func(in *incident, all []*tree) bool {
		var some []*tree
		for _, t := range all {
			if which(t) {
				some = append(some, t)
			}
		}
		if len(some) < max(count, 1) {
			return false
		}
		in.random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		if count > 0 {
			some = some[:count]
		}
		for _, t := range some {
			change(t)
		}
		return true
	})
}

func valueFaults() []fault {
	cause := one(diagnose.BodyValues)
	var all []fault
	add := func(name string, happen func(*incident) bool) {
		all = append(all, fault{name: name, kind: "body-values", oneOf: cause, also: one(diagnose.BodyReserialized), happen: happen})
	}
	hollow := func(kind byte, text string) func(*tree) bool {
		return func(t *tree) bool { return t.kind == kind && t.text == text && len(t.children) == 0 }
	}
	empty, null, object, list := hollow('"', ""), hollow('t', "null"), hollow('{', ""), hollow('[', "")
	become := func(kind byte, text string) func(*tree) { return func(t *tree) { t.kind, t.text = kind, text } }
	word := func(t *tree) bool { return t.kind == '"' && len(t.text) > 1 && strings.TrimSpace(t.text) == t.text }
	blank := func(front, back string) func(*tree) { return func(t *tree) { t.text = front + t.text + back } }

	add("a blank in front of a string was trimmed", wasSigned(each(1, word, blank(" ", ""))))
	add("a blank behind a string was trimmed", wasSigned(each(1, word, blank("", " "))))
	add("a newline behind a string was trimmed", wasSigned(each(1, word, blank("", "\n"))))
	add("two strings were trimmed", wasSigned(each(2, word, blank("", " "))))
	add("three strings were trimmed", func(in *incident) bool {
		return len(in.given.Body) < 600 && wasSigned(each(3, word, blank("", " ")))(in)
	})
	add("signed trimmed, sent with blanks", arrives(each(3, word, blank(" ", ""))))
	add(`"" became null`, arrives(each(0, empty, become('t', "null"))))
	add(`one "" became null`, arrives(each(1, empty, become('t', "null"))))
	add(`null became ""`, arrives(each(0, null, become('"', ""))))
	add("[] became null", arrives(each(0, list, become('t', "null"))))
	add("null became []", arrives(each(1, null, become('[', ""))))
	add("[] became {}", arrives(each(0, list, become('{', ""))))
	add("{} became []", arrives(each(0, object, become('[', ""))))
	add("one {} became []", arrives(each(1, object, become('[', ""))))
	add(`what Laravel does: blanks, "" and {}`, func(in *incident) bool {
		return wasSigned(each(1, word, blank("", " ")))(in) && arrives(each(0, empty, become('t', "null")))(in) && arrives(each(0, object, become('[', "")))(in)
	})
	accented := func(t *tree) bool { return t.kind == '"' && norm.NFC.String(t.text) != norm.NFD.String(t.text) }
	add("accents were composed", wasSigned(each(0, accented, func(t *tree) { t.text = norm.NFD.String(t.text) })))
	add("accents were decomposed", arrives(each(0, accented, func(t *tree) { t.text = norm.NFD.String(t.text) })))
	spaced := func(t *tree) bool { return t.kind == '"' && strings.Contains(t.text, " ") }
	add("a no-break space became a blank", wasSigned(each(1, spaced, func(t *tree) { t.text = strings.Replace(t.text, " ", "\u00a0", 1) })))
	add("a blank became a no-break space", arrives(each(1, spaced, func(t *tree) { t.text = strings.Replace(t.text, " ", "\u00a0", 1) })))
	nulls := regexp.MustCompile(`,\s*"([A-Za-z]+)"\s*:\s*null`)
	add("a null was dropped", arrives(func(in *incident, body []byte) []byte {
		if len(body) > closely || len(nulls.FindAll(body, -1)) != 1 {
			return nil
		}
		return nulls.ReplaceAll(body, nil)
	}))
	value := regexp.MustCompile(`("value"\s*:\s*)"(\d+)(\d\d)"`)
	amounts := func(form string) edit {
		return plain(func(body []byte) []byte { return value.ReplaceAll(body, []byte(form)) })
	}
	add("amounts became numbers", arrives(amounts("$1$2$3")))
	add("amounts are in major units", arrives(amounts(`$1"$2.$3"`)))
	add("amounts are numbers in major units", arrives(amounts(`$1$2.$3`)))

	letter := regexp.MustCompile(`[^\x00-\x7f]`)
	ask := func(mark func(r string) string) edit {
		return func(in *incident, body []byte) []byte {
			found := letter.FindAllIndex(body, -1)
			if len(found) == 0 || len(body) > closely {
				return nil
			}
			at := found[in.random.IntN(len(found))]
			return fmt.Appendf(nil, "%s%s%s", body[:at[0]], mark(string(body[at[0]:at[1]])), body[at[1]:])
		}
	}
	letters := func(name string, mark func(string) string) {
		all = append(all, fault{name: name, kind: "body-values", oneOf: one(diagnose.BodyCharset), happen: arrives(ask(mark))})
	}
	letters("one letter became ?", func(string) string { return "?" })
	letters("one letter became ? for a byte", func(r string) string { return strings.Repeat("?", len(r)) })
	letters("one letter became ? for a unit", func(r string) string { return strings.Repeat("?", (len(r)+2)/3) })
	return all
}

func printedFaults() []fault {
	var all []fault
	given := func(name string, change func([]byte) []byte) {
		all = append(all, fault{name: name, kind: "body-wrap", oneOf: one(diagnose.BodyEncoding, diagnose.BodyEscaping), happen: arrives(plain(change))})
	}
	numbers := func(body []byte, separator string, text func(byte) string) string {
		var list []string
		for _, c := range body {
			list = append(list, text(c))
		}
		return strings.Join(list, separator)
	}
	decimal := func(c byte) string { return strconv.Itoa(int(c)) }
	signed := func(c byte) string { return strconv.Itoa(int(int8(c))) }
	given("a Buffer of Node as JSON", func(body []byte) []byte {
		return []byte(`{"type":"Buffer","data":[` + numbers(body, ",", decimal) + `]}`)
	})
	given("a list of Java", func(body []byte) []byte { return []byte("[" + numbers(body, ", ", signed) + "]") })
	given("a list of Go", func(body []byte) []byte { return []byte("[" + numbers(body, " ", decimal) + "]") })
	given("hex", func(body []byte) []byte { return []byte(hex.EncodeToString(body)) })
	given("hexdump -C", func(body []byte) []byte { return []byte(hex.Dump(body)) })
	given("JSON in JSON in JSON", func(body []byte) []byte { return []byte(quote(quote(string(body)))) })
	given("quotes of CSV", func(body []byte) []byte {
		return []byte(`"` + strings.ReplaceAll(string(body), `"`, `""`) + `"`)
	})
	given("b'…' of Python", func(body []byte) []byte {
		var b bytes.Buffer
		for _, c := range body {
			switch {
			case c == '\\' || c == '\'':
				b.WriteString(`\` + string(c))
			case c == '\n':
				b.WriteString(`\n`)
			case c == '\t':
				b.WriteString(`\t`)
			case c < ' ' || c >= utf8.RuneSelf-1:
				fmt.Fprintf(&b, `\x%02x`, c)
			default:
				b.WriteByte(c)
			}
		}
		return []byte("b'" + b.String() + "'")
	})
	given("escapes of nginx", func(body []byte) []byte {
		var b bytes.Buffer
		for _, c := range body {
			if c == '"' || c == '\\' || c < ' ' || c > 126 {
				fmt.Fprintf(&b, `\x%02X`, c)
			} else {
				b.WriteByte(c)
			}
		}
		return b.Bytes()
	})
	return all
}
