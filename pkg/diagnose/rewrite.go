package diagnose

import (
	"bytes"
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// rewritten adds the ways in which the JSON of a body may have been written
// when it was signed. outer says how it was unpacked before, if it was.
func (b *bodies) rewritten(given []byte, hints Hints, outer unpacked) {
	if outer.what != "" && b.most < 2 {
		return
	}
	text := string(given)
	n, end, ok := parseJSON(text)
	if !ok || len(bytes.TrimSpace(given[end:])) > 0 || !utf8.Valid(given) {
		return
	}
	r := rewriter{bodies: b, outer: outer}
	written := map[string]bool{}
	for i, e := range escapings() {
		if len(given) > dearAbove && i > 3 {
			break
		}
		body := inPlace(text, n, func(out []byte, s node) []byte { return e.string(out, s.text) }, asIs)
		if !written[string(body)] { // most documents have nothing to escape
			written[string(body)] = true
			r.put(1, body)
			r.escapings = append(r.escapings, e)
		}
	}
	for _, model := range hints.Bodies {
		if m, _, ok := parseJSON(string(model)); ok {
			r.layouts(1, n.like(m), likelyLayouts)
		}
	}
	r.layouts(1, n, likelyLayouts)
	if outer.what != "" && b.most > 2 {
		r.values(text, n, Hints{})
	}
	if b.most < 2 || outer.what != "" {
		return
	}
	r.values(text, n, hints) // they are few: before what fills the room
	r.layouts(2, n, len(layouts()))
	for _, literal := range literals() {
		changed := inPlace(text, n, func(out []byte, s node) []byte { return append(out, s.raw...) }, literal)
		if string(changed) != text {
			r.put(2, changed)
			r.layouts(2, n.relabelled(literal), likelyLayouts)
		}
	}
	r.numbers(text, n)
	isEmpty := func(kid node) bool { return kid.kind != '0' && len(kid.kids) == 0 && kid.text == "" }
	isNull := func(kid node) bool { return kid.raw == "null" }
	r.layouts(2, n.without(isNull), 3)
	r.sorted(n)
	if b.most < 3 {
		return
	}
	r.quoting(n)
	r.layouts(3, n.without(func(kid node) bool { return isNull(kid) || isEmpty(kid) }), 3)
}

// values undoes the habits of frameworks, each everywhere. In some places alone,
// and several at once, the search does that itself.
func (r rewriter) values(text string, n node, hints Hints) {
	t := tier(2)
	if len(text) > maxEdited {
		t = 3
	}
	for _, v := range written(text) {
		for h, places := range v.habits {
			if body := v.with(slices.Clone(places)...); body != nil {
				r.put(t, body)
			}
			for _, some := range choices(places, somePlaces) {
				if body := v.with(some...); body != nil && h < wasTrimmed {
					r.put(3, body)
				}
			}
		}
		for _, place := range v.plainBlanks() {
			if body := v.with(place); body != nil && len(text) <= maxEdited {
				r.put(3, body)
			}
		}
		if len(v.asked) == 1 && len(text) <= maxEdited {
			v.letters(func(parts ...splice) bool {
				if strings.Contains(commonLetters, parts[0].with) {
					r.put(3, v.with(parts...))
				}
				return true
			}, false)
		}
	}
	for _, model := range hints.Bodies {
		m, _, ok := parseJSON(string(model))
		if !ok {
			continue
		}
		r.dropped(n, m)
	}
}

// dropped puts members back that a body of the same type had: all that are missing
// at once, and each alone.
func (r rewriter) dropped(n, model node) {
	missing := 0
	n.completed(model, func() *node { missing++; return nil })
	if missing == 0 || missing > manyPlaces || !model.covers(n) {
		return
	}
	for i, value := range []node{{kind: '0', raw: "null"}, plainString(""), {kind: '['}, {kind: '{'}} {
		r.layouts(2, n.completed(model, func() *node { return &value }), 1)
		for one := 0; one < missing && missing > 1 && i < 2; one++ {
			nth := -1
			r.layouts(2, n.completed(model, func() *node {
				if nth++; nth == one {
					return &value
				}
				return nil
			}), 1)
		}
	}
}

// sorted tries the orders in which writers sort keys.
func (r rewriter) sorted(n node) {
	for i, less := range []func(a, b string) int{
		strings.Compare,
		func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) },
		func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) }, // PostgreSQL's jsonb
	} {
		first := 3
		if i == 0 {
			first = likelyLayouts
		}
		r.layouts(2, n.sorted(less), first)
		r.layouts(3, n.sortMembers(less), 3)
	}
}

type rewriter struct {
	*bodies
	outer     unpacked
	escapings []escaping // those that differ for this document
}

func (r rewriter) put(t tier, body []byte) {
	c := candidate{tier: t, body: onePiece(body), json: true}
	if r.outer.what != "" { // to be unpacked and rewritten both is less likely
		c.tier = min(t+1, 3)
		c.fault, c.outer, c.inner = r.outer.fault(), r.outer.before, r.outer.body
	}
	r.bodies.put(c)
}

// layouts writes a value in the first so many layouts, each with all ways to
// escape that make a difference.
func (r rewriter) layouts(t tier, n node, first int) {
	if t > r.most || r.full {
		return
	}
	capacity := 0
	for j, e := range r.escapings {
		escaped := n.escaped(e)
		for i, l := range layouts()[:first] {
			if r.full {
				return
			}
			rank := t
			if i > 8 && j > 3 { // an indentation, and escapes of another writer
				rank = min(t+1, 3)
			}
			body := l.write(make([]byte, 0, capacity), escaped, 0)
			capacity = len(body) + 64
			r.put(rank, body)
		}
	}
}

func asIs(s string) string { return s }

// relabelled changes the numbers and literals of a value.
func (n node) relabelled(f func(string) string) node {
	return n.reshaped(func(n node) node {
		if n.kind == '0' {
			n.raw = f(n.raw)
		}
		return n
	})
}

// literals are ways to write numbers: 1.0 for 1, 12.5 for 12.50, 1000 for 1e3,
// and back.
func literals() []func(string) string {
	number := func(f func(string) string) func(string) string {
		return func(s string) string {
			if !isNumber(s) {
				return s
			}
			return f(s)
		}
	}
	return []func(string) string{
		number(func(s string) string {
			if strings.ContainsAny(s, ".eE") {
				return s
			}
			return s + ".0"
		}),
		number(func(s string) string {
			rest, found := strings.CutSuffix(s, ".0")
			if !found {
				return s
			}
			return rest
		}),
		number(shortest),
		number(func(s string) string { return javaDouble(shortest(s)) }),
		number(func(s string) string { // Python leaves what is an integer alone
			if !strings.ContainsAny(s, ".eE") {
				return s
			}
			return javaDouble(shortest(s))
		}),
		number(func(s string) string {
			if whole, fraction, found := strings.Cut(s, "."); found && len(fraction) == 1 {
				return whole + "." + fraction + "0"
			}
			return s
		}),
		number(func(s string) string {
			if strings.ContainsAny(s, ".eE") {
				return s
			}
			return s + ".00"
		}),
		number(func(s string) string { return strings.Replace(s, "e", "E", 1) }),
		number(func(s string) string { return strings.Replace(s, "E", "e", 1) }),
		number(exponent),
	}
}

// shortest writes a number as JavaScript does: 12.50 as 12.5, 1e3 as 1000.
func shortest(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if len(text) <= 22 {
		return text
	}
	return strings.Replace(strconv.FormatFloat(f, 'e', -1, 64), "e-0", "e-", 1)
}

// javaDouble writes a number as Java and Python write one that is no integer:
// 1000 as 1000.0.
func javaDouble(s string) string {
	if strings.ContainsAny(s, ".eE") {
		return s
	}
	return s + ".0"
}

// exponent writes 1000 as 1e3.
func exponent(s string) string {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok || n.Sign() == 0 {
		return s
	}
	digits := strings.TrimRight(n.String(), "0")
	if zeros := len(n.String()) - len(digits); zeros > 1 {
		return digits + "e" + strconv.Itoa(zeros)
	}
	return s
}

// numbers tries each number alone, and some of few, where not all were written
// in one way.
func (r rewriter) numbers(text string, n node) {
	const few, most = 6, 16
	count := 0
	each := func(change func(at int, s string) string) []byte {
		at := -1
		return inPlace(text, n, func(out []byte, s node) []byte { return append(out, s.raw...) }, func(s string) string {
			if !isNumber(s) {
				return s
			}
			at++
			return change(at, s)
		})
	}
	each(func(_ int, s string) string { count++; return s })
	if count == 0 || count > most {
		return
	}
	for i, literal := range literals() {
		for one := range count {
			r.put(2, each(func(at int, s string) string {
				if at == one {
					return literal(s)
				}
				return s
			}))
		}
		for set := 1; i < 3 && count <= few && set < 1<<count-1; set++ {
			r.put(3, each(func(at int, s string) string {
				if set>>at&1 == 1 {
					return literal(s)
				}
				return s
			}))
		}
	}
	for one := range count {
		r.put(3, each(func(at int, s string) string {
			if at == one {
				return `"` + s + `"`
			}
			return s
		}))
	}
}

// quoting tries numbers and booleans with and without quotes, of which APO's
// documentation and its SDKs think differently.
func (r rewriter) quoting(n node) {
	numbers := func(s string) bool { return isNumber(s) && !strings.HasPrefix(s, "0") && len(s) < 16 }
	booleans := func(s string) bool { return s == "true" || s == "false" }
	for _, which := range []func(string) bool{numbers, booleans, func(s string) bool { return numbers(s) || booleans(s) }} {
		quoted := n.reshaped(func(n node) node {
			if n.kind == '0' && which(n.raw) {
				return node{kind: '"', raw: `"` + n.raw + `"`, text: n.raw}
			}
			return n
		})
		bare := n.reshaped(func(n node) node {
			if n.kind == '"' && which(n.text) {
				return node{kind: '0', raw: n.text}
			}
			return n
		})
		value := n.reshaped(func(n node) node {
			for i, key := range n.keys {
				if key.text == "value" && n.kids[i].kind == '"' && which(n.kids[i].text) {
					n.kids[i] = node{kind: '0', raw: n.kids[i].text}
				}
			}
			return n
		})
		for _, changed := range []node{quoted, bare, value} {
			r.layouts(3, changed, 2)
		}
	}
}

// differences tells what two writings of one JSON document differ in.
func differences(given, signed []byte) []Fault {
	fault := func(c Cause, what string) Fault {
		return Fault{Cause: c, Part: "body", What: what, Offset: firstDifference(given, signed), Writer: writerOf(string(given))}
	}
	a, endA, okA := parseJSON(string(given))
	b, endB, okB := parseJSON(string(signed))
	if !okA || !okB {
		return []Fault{fault(BodyReserialized, "the body was written anew")}
	}
	var faults []Fault
	var changed []string
	values := changesOf(a, b)
	told := len(values.kinds) > 0 || values.marks || values.digits
	if values.order {
		changed = append(changed, "the order of its keys")
	}
	if values.digits {
		changed = append(changed, "the form of its numbers")
	}
	if values.other || !values.order && !told && !sameShape(a, b) {
		changed = append(changed, "the form of its values, or which members it has")
	}
	gapsA, gapsB := strings.TrimSpace(gaps(string(given[:endA]), a)), strings.TrimSpace(gaps(string(signed[:endB]), b))
	few := !told && len(changed) == 0
	if gapsA != gapsB && few || !values.member && blanks(gapsA) != blanks(gapsB) || (blanks(gapsA) == 0) != (blanks(gapsB) == 0) {
		changed = append(changed, "its white space")
	}
	if len(values.kinds) > 0 {
		faults = append(faults, fault(BodyValues, "a framework changed values of the body: "+strings.Join(values.kinds, ", and ")))
	}
	if values.marks {
		faults = append(faults, fault(BodyCharset, "letters that are not ASCII became question marks: the body was written in a charset that lacks them"))
	}
	if len(changed) > 0 {
		faults = append(faults, fault(BodyReserialized, "the JSON of the body was read and written again, which changed "+strings.Join(changed, " and ")))
	}
	if escapes := escapesChanged(a, b); escapes != "" {
		faults = append(faults, fault(BodyEscaping, "the strings of the body are escaped in another way: "+escapes))
	}
	switch end, other := string(given[endA:]), string(signed[endB:]); {
	case end != other && end == "":
		faults = append(faults, fault(BodyTrailingNewline, "the body was signed with white space at its end"))
	case end != other:
		faults = append(faults, fault(BodyTrailingNewline, "the body ends in white space that was not signed"))
	case front(given) != front(signed):
		faults = append(faults, fault(BodyTrailingNewline, "the body begins with other white space than was signed"))
	}
	for i := range faults[min(1, len(faults)):] {
		faults[i+1].Offset = -1 // only the first difference has a place that is known
	}
	if len(faults) == 0 {
		faults = append(faults, fault(BodyReserialized, "the body was written anew"))
	}
	return faults
}

// front returns the white space that a text begins with.
func front(text []byte) string { return string(text[:len(text)-len(bytes.TrimLeft(text, " \t\r\n"))]) }

// sameShape compares keys in their order, numbers and literals.
func sameShape(a, b node) bool {
	if a.kind != b.kind || len(a.kids) != len(b.kids) || a.kind == '0' && a.raw != b.raw || a.kind == '"' && a.text != b.text {
		return false
	}
	for i := range a.kids {
		if a.kind == '{' && a.keys[i].text != b.keys[i].text || !sameShape(a.kids[i], b.kids[i]) {
			return false
		}
	}
	return true
}

// gaps returns the white space of a document, token by token.
func gaps(text string, n node) string {
	return string(inPlace(text, n, func(out []byte, _ node) []byte { return append(out, '"') }, func(string) string { return "0" }))
}

func blanks(gaps string) int {
	return strings.Count(gaps, " ") + strings.Count(gaps, "\n") + strings.Count(gaps, "\t")
}

// escapesChanged finds the strings that both write, and write differently. It tells
// one character of each kind that is written so: of letters beyond ASCII, and of
// each other one.
func escapesChanged(a, b node) string {
	raws := map[string]string{}
	collect(b, func(s node) { raws[s.text] = s.raw })
	var found, kinds []string
	collect(a, func(s node) {
		given, signed := s.raw, raws[s.text]
		for given != signed && given != "" && signed != "" {
			one, other := letterOf(given), letterOf(signed)
			if kind := escapeKind(one, other); one != other && !slices.Contains(kinds, kind) {
				found, kinds = append(found, one+" for "+other), append(kinds, kind)
			}
			given, signed = given[len(one):], signed[len(other):]
		}
	})
	const most = 4
	if len(found) > most {
		found = append(found[:most], "others")
	}
	return strings.Join(found, " and ")
}

// escapeKind tells the character that is escaped in one of two ways, or that it is
// beyond ASCII.
func escapeKind(one, two string) string {
	for _, s := range []string{one, two} {
		if r, size := utf8.DecodeRuneInString(s); size == len(s) && r != utf8.RuneError {
			if r < utf8.RuneSelf {
				return s
			}
			return "beyond ASCII"
		}
	}
	if r := unit(one); r >= utf8.RuneSelf {
		return "beyond ASCII"
	}
	return one
}

func collect(n node, f func(node)) {
	if n.kind == '"' {
		f(n)
	}
	for i, kid := range n.kids {
		if n.kind == '{' {
			f(n.keys[i])
		}
		collect(kid, f)
	}
}

// letterOf returns the one character or escape that a text begins with.
func letterOf(raw string) string {
	size := 0
	switch {
	case strings.HasPrefix(raw, `\u`):
		if size = 6; utf16.IsSurrogate(unit(raw)) {
			size = 12
		}
	case strings.HasPrefix(raw, `\`):
		size = 2
	default:
		_, size = utf8.DecodeRuneInString(raw)
	}
	return raw[:min(size, len(raw))]
}

// writerOf recognises who wrote a JSON text by its habits; empty where several
// could have.
func writerOf(text string) string {
	body := strings.TrimRight(text, " \r\n")
	switch {
	case strings.Contains(body, `\u003c`) || strings.Contains(body, `\u0026`) || strings.Contains(body, `\u003e`):
		if strings.Contains(body, `\u003d`) || strings.Contains(body, `\u0027`) {
			return "gson"
		}
		return "go"
	case strings.Contains(body, `\u0022`) || strings.Contains(body, `\u0026`) || strings.Contains(body, `\u003C`):
		return "dotnet"
	case strings.Contains(body, `\/`):
		return "php"
	case strings.Contains(body, `", "`) && strings.Contains(body, `": `) && !strings.Contains(body, "\n"):
		return "python"
	case strings.Contains(body, "\n  \"") && strings.Contains(body, `" : `):
		return "jackson"
	case strings.Contains(body, "\n    \""):
		return ""
	case strings.Contains(body, "\n  \"") && strings.HasSuffix(text, "\n"):
		return "jq"
	case strings.Contains(body, "\n  \""):
		return "node"
	}
	return ""
}
