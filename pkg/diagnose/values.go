package diagnose

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// splice puts another text in the place of a part of a body.
type splice struct {
	at, end int
	with    string
}

// spliced is a text with some of its parts replaced, which stand in it in this
// order. It is false where two of them overlap.
func spliced(text string, parts []splice) ([]byte, bool) {
	out := make([]byte, 0, len(text)+32)
	pos, inserted := 0, false
	for _, p := range parts {
		insert := p.at == p.end
		if p.at < pos || p.at == pos && insert && inserted {
			return nil, false
		}
		inserted = insert
		out = append(append(out, text[pos:p.at]...), p.with...)
		pos = p.end
	}
	return append(out, text[pos:]...), true
}

// habit is one thing that a framework does to the values of a body, undone: all
// places where it may have been at work.
type habit []splice

// values are the places of a document whose value a framework may have changed.
type values struct {
	text   string
	style  escaping // of its strings
	habits []habit  // undone everywhere at once, or in some places
	blanks []splice // white space around a string that may have been trimmed
	drops  []gap    // where a member may have been dropped
	asked  []splice // question marks that may have been letters
}

// The habits, in the order in which they stand in values.habits.
const (
	nullWasEmpty = iota // ConvertEmptyStringsToNull of Laravel
	emptyWasNull
	listWasObject // json_decode of PHP into arrays
	objectWasList
	nullWasList // a nil slice of Go
	listWasNull
	nullWasObject
	wasTrimmed
	blankWasNoBreak
	noBreakWasBlank
	wasDecomposed // NFD of macOS
	wasComposed
	amountWasText
	amountWasMinor
	fractionWasLonger // 1.5 for 1.50
	wholeWasFraction  // 1 for 1.0
	habitsKnown
)

// valuesOf finds the places in the JSON document that a text begins with.
func valuesOf(text string, n node) values {
	v := values{text: text, style: styleOf(n), habits: make([]habit, habitsKnown)}
	pos := 0
	find := func(raw string) int {
		at := pos + strings.Index(text[pos:], raw)
		pos = at + len(raw)
		return at
	}
	var walk func(n node, name string)
	walk = func(n node, name string) {
		switch n.kind {
		case '"':
			v.ofString(n, find(n.raw))
		case '0':
			v.ofLiteral(n, name, find(n.raw))
		default:
			at := find(string(n.kind))
			inside := pos
			start := pos // of the member at hand
			sep, colon := "", ":"
			for i, kid := range n.kids {
				before := pos
				if n.kind == '{' {
					name = n.keys[i].text
					start = find(n.keys[i].raw)
					key := pos
					pos += strings.IndexByte(text[pos:], ':') + 1
					for pos < len(text) && strings.IndexByte(" \t\r\n", text[pos]) >= 0 {
						pos++
					}
					colon = text[key:pos]
					if sep == "" {
						sep = "," + text[inside:start]
					}
					if i > 0 {
						sep = text[before:start]
					}
				}
				if n.kind == '{' && kid.kind == '"' && kid.text != "" {
					v.ofAmount(n, i, pos+strings.Index(text[pos:], kid.raw))
				}
				walk(kid, name)
				if n.kind == '{' {
					if i == 0 {
						v.drops = append(v.drops, gap{at: start, back: sep, colon: colon})
					}
					v.drops = append(v.drops, gap{at: pos, front: sep, colon: colon})
				}
			}
			end := find(string(closingOf(n.kind))) + 1
			if len(n.kids) == 0 {
				v.ofEmpty(n, splice{at, end, ""})
			}
		}
	}
	walk(n, "")
	return v
}

func (v *values) add(h int, at, end int, with string) {
	v.habits[h] = append(v.habits[h], splice{at, end, with})
}

func (v *values) ofString(n node, at int) {
	end := at + len(n.raw)
	inner := n.raw[1 : len(n.raw)-1]
	if inner == "" {
		v.add(emptyWasNull, at, end, "null")
		v.blanks = append(v.blanks, splice{at + 1, at + 1, " "}, splice{at + 1, at + 1, "  "})
		return
	}
	text, spell := n.text, v.spell
	if spell(text) != inner { // it is escaped in no way that is known
		text, spell = inner, asIs
	}
	replaced := func(h int, changed string) {
		if changed = spell(changed); changed != inner {
			v.add(h, at+1, end-1, changed)
		}
	}
	replaced(wasTrimmed, strings.TrimSpace(text))
	replaced(wasDecomposed, norm.NFD.String(text))
	replaced(wasComposed, norm.NFC.String(text))
	each := func(h int, part, with string) {
		for i := 0; ; i += len(part) {
			found := strings.Index(inner[i:], part)
			if found < 0 {
				return
			}
			i += found
			v.add(h, at+1+i, at+1+i+len(part), with)
		}
	}
	each(blankWasNoBreak, " ", spell("\u00a0"))
	for _, space := range []string{"\u00a0", "\u202f", "\u3000"} {
		each(noBreakWasBlank, spell(space), " ")
	}
	if strings.Trim(text, " \t\r\n") == text {
		for _, blank := range []string{" ", "  ", `\n`, `\t`, `\r\n`, spell("\u00a0")} {
			v.blanks = append(v.blanks, splice{at + 1, at + 1, blank}, splice{end - 1, end - 1, blank})
		}
	}
	if !strings.Contains(n.text, "://") {
		v.ofMarks(inner, at+1)
	}
}

// ofMarks finds the runs of question marks in a string that begins at an offset.
func (v *values) ofMarks(inner string, at int) {
	for i := 0; i < len(inner); i++ {
		run := 0
		for i+run < len(inner) && inner[i+run] == '?' {
			run++
		}
		if run > 0 {
			v.asked = append(v.asked, splice{at + i, at + i + run, ""})
			i += run
		}
	}
}

// spell writes a text as the strings of the document are written.
func (v *values) spell(text string) string {
	quoted := v.style.string(nil, text)
	return string(quoted[1 : len(quoted)-1])
}

// styleOf is the first way of escaping in which all strings of a value are written.
func styleOf(n node) escaping {
	all := escapings()
	for _, e := range all {
		fits := true
		collect(n, func(s node) { fits = fits && string(e.string(nil, s.text)) == s.raw })
		if fits {
			return e
		}
	}
	return all[0]
}

func (v *values) ofLiteral(n node, name string, at int) {
	end := at + len(n.raw)
	if n.raw == "null" {
		v.add(nullWasEmpty, at, end, `""`)
		v.blanks = append(v.blanks, splice{at, end, `" "`}, splice{at, end, `"  "`})
		v.add(nullWasList, at, end, "[]")
		v.add(nullWasObject, at, end, "{}")
		return
	}
	if !isNumber(n.raw) {
		return
	}
	if name == "value" {
		v.ofNumber(n.raw, at)
	}
	switch _, fraction, found := strings.Cut(n.raw, "."); {
	case strings.ContainsAny(n.raw, "eE"):
	case !found:
		v.add(wholeWasFraction, at, end, n.raw+".0")
	case len(fraction) == 1:
		v.add(fractionWasLonger, at, end, n.raw+"0")
	}
}

func (v *values) ofEmpty(n node, s splice) {
	if n.kind == '[' {
		v.add(listWasObject, s.at, s.end, "{}")
		v.add(listWasNull, s.at, s.end, "null")
		return
	}
	v.add(objectWasList, s.at, s.end, "[]")
}

// with is the document with some places changed; nil where they overlap.
func (v *values) with(parts ...splice) []byte {
	slices.SortFunc(parts, func(a, b splice) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.end - b.end
	})
	body, ok := spliced(v.text, parts)
	if !ok || bytes.Equal(body, []byte(v.text)) {
		return nil
	}
	return body
}
