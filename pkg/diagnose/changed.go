package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// changes are what became of the values of a document between its signing and now.
type changes struct {
	kinds  []string // in words, each once
	marks  bool     // letters became question marks
	member bool     // a member came or went
	order  bool     // of the keys
	digits bool     // a number is written in another form
	other  bool     // something that is no habit of frameworks
}

func (c *changes) add(kind string) {
	if !slices.Contains(c.kinds, kind) {
		c.kinds = append(c.kinds, kind)
	}
}

// changesOf compares what was given with what was signed, whatever the order of the
// members.
func changesOf(given, signed node) changes {
	var c changes
	c.compare(given, signed, "")
	return c
}

func (c *changes) compare(given, signed node, name string) {
	switch {
	case given.kind == '{' && signed.kind == '{' && len(given.kids)+len(signed.kids) > 0:
		c.members(given, signed)
	case given.kind == '[' && signed.kind == '[' && len(given.kids) == len(signed.kids):
		for i := range given.kids {
			c.compare(given.kids[i], signed.kids[i], name)
		}
	case given.kind == '"' && signed.kind == '"':
		c.text(given.text, signed.text, name)
	case given.kind == '0' && signed.kind == '0' && given.raw == signed.raw:
	case given.kind == '0' && isBlank(given) && signed.kind == '"' && signed.text != "" && strings.TrimSpace(signed.text) == "":
		c.add(trimmed)
		c.add(exchanged(given, node{kind: '"'}))
	case isBlank(given) && blankWord(given) == blankWord(signed):
	case isBlank(given) && isBlank(signed):
		c.add(exchanged(given, signed))
	case name == "value" && amountWord(given) != "" && amountWord(signed) != "":
		c.add("an amount is written in another form (" + amountWord(given) + " for " + amountWord(signed) + ")")
	case given.kind == '0' && signed.kind == '0' && sameNumber(given.raw, signed.raw):
		c.digits = true
	default:
		c.other = true
	}
}

// sameNumber reports whether two texts are one number: 1.50, 1.5 and 15e-1.
func sameNumber(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, other := strconv.ParseFloat(b, 64)
	return err == nil && other == nil && x == y && isNumber(a) && isNumber(b)
}

// isBlank holds for null, "", [] and {}, which frameworks take for each other.
func isBlank(n node) bool {
	return n.kind == '0' && n.raw == "null" || n.kind != '0' && len(n.kids) == 0 && n.text == ""
}

func blankWord(n node) string {
	switch n.kind {
	case '{':
		return "{}"
	case '[':
		return "[]"
	case '"':
		return `""`
	}
	return n.raw
}

func exchanged(given, signed node) string {
	what := blankWord(given) + " stands where " + blankWord(signed) + " was signed"
	switch {
	case given.kind == '0' && signed.kind == '"':
		return what + " (Laravel's ConvertEmptyStringsToNull does that)"
	case given.kind == '[' && signed.kind == '{':
		return what + " (PHP's json_decode into arrays does that)"
	case given.kind == '0' && signed.kind == '[':
		return what + " (a nil slice of Go does that)"
	}
	return what
}

func amountWord(n node) string {
	if n.kind == '0' && isNumber(n.raw) {
		return n.raw
	}
	if n.kind == '"' && n.text != "" && len(n.text) < 24 && strings.Trim(n.text, "0123456789.,") == "" {
		return n.raw
	}
	return ""
}

func (c *changes) members(given, signed node) {
	find := func(in node, key string, nth int) int {
		for i, k := range in.keys {
			if k.text == key {
				if nth == 0 {
					return i
				}
				nth--
			}
		}
		return -1
	}
	seen := map[string]int{}
	last := -1
	for i, key := range signed.keys {
		at := find(given, key.text, seen[key.text])
		seen[key.text]++
		if at >= 0 {
			c.order = c.order || at < last
			last = at
			c.compare(given.kids[at], signed.kids[i], key.text)
			continue
		}
		c.member = true
		if isBlank(signed.kids[i]) {
			c.add("its " + shown(key.text) + ", which was " + blankWord(signed.kids[i]) + ", was dropped")
		} else {
			c.other = true
		}
	}
	count := map[string]int{}
	for i, key := range given.keys {
		at := find(signed, key.text, count[key.text])
		count[key.text]++
		if at >= 0 {
			continue
		}
		c.member = true
		if isBlank(given.kids[i]) {
			c.add("its " + shown(key.text) + ", which is " + blankWord(given.kids[i]) + ", was not signed")
		} else {
			c.other = true
		}
	}
}

const trimmed = "white space at an end of a string was trimmed (Laravel's TrimStrings does that)"

func (c *changes) text(given, signed, name string) {
	bare := func(s string) string { return strings.TrimSpace(s) }
	spaces := func(s string) string {
		return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u3000", " ").Replace(s)
	}
	switch {
	case given == signed:
	case given == bare(signed):
		c.add(trimmed)
	case bare(given) == bare(signed):
		c.add("a string has other white space at its ends than was signed")
	case spaces(given) == spaces(signed):
		c.add("a blank stands for a no-break space, or the other way round")
	case spaces(bare(given)) == spaces(bare(signed)):
		c.add("a blank stands for a no-break space, or the other way round")
		c.add("a string has other white space at its ends than was signed")
	case norm.NFC.String(given) == norm.NFC.String(signed):
		c.add("letters with accents are composed in another way (NFC and NFD of Unicode)")
	case norm.NFC.String(given) == norm.NFC.String(bare(signed)):
		c.add(trimmed)
		c.add("letters with accents are composed in another way (NFC and NFD of Unicode)")
	case markedAs(given, signed):
		c.marks = true
	case markedAs(bare(given), bare(signed)):
		c.marks = true
		if given == bare(given) {
			c.add(trimmed)
		} else {
			c.add("a string has other white space at its ends than was signed")
		}
	case name == "value" && amountWord(plainString(given)) != "" && amountWord(plainString(signed)) != "" && minorUnits(given) != "":
		c.add("an amount is written in another form (" + given + " for " + signed + ")")
	default:
		c.other = true
	}
}

// markedAs reports whether one of two texts has question marks where the other has
// letters beyond ASCII, and nothing else differs.
func markedAs(given, signed string) bool {
	if !strings.Contains(given, "?") {
		given, signed = signed, given
	}
	rest := given
	marks := 0
	for _, r := range signed {
		if strings.HasPrefix(rest, string(r)) {
			rest = rest[len(string(r)):]
			continue
		}
		before := len(rest)
		for range 4 {
			rest = strings.TrimPrefix(rest, "?")
			if r < 0x80 || len(string(r)) == before-len(rest) {
				break
			}
		}
		if before == len(rest) {
			return false
		}
		marks++
	}
	return marks > 0 && strings.Trim(rest, "?") == ""
}
