package diagnose_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto"
	_ "crypto/md5"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

func allFaults() []fault {
	return slices.Concat(
		newlineFaults(), layoutFaults(), numberFaults(), orderFaults(), escapeFaults(), charsetFaults(), wrapFaults(), cutFaults(), editFaults(),
		valueFaults(), printedFaults(),
		hostFaults(), queryFaults(), slashFaults(), prefixFaults(), encodingFaults(),
		clientFaults(), timeFaults(), methodFaults(), separatorFaults(),
		spellingFaults(), frameFaults(), keyFaults(), algorithmFaults(),
	)
}

func one(causes ...diagnose.Cause) []diagnose.Cause { return causes }

// edit makes another body of a body; nil where there is nothing to do.
type edit func(in *incident, body []byte) []byte

// arrives makes a fault of an edit of what arrives, stays of what was signed.
func arrives(change edit) func(*incident) bool {
	return func(in *incident) bool { return alter(in, &in.given.Body, change) }
}

func wasSigned(change edit) func(*incident) bool {
	return func(in *incident) bool { return alter(in, &in.signed.Body, change) }
}

func alter(in *incident, body *[]byte, change edit) bool {
	before := *body
	after := change(in, bytes.Clone(before))
	if after == nil || bytes.Equal(before, after) {
		return false
	}
	*body = after
	return true
}

func plain(change func([]byte) []byte) edit {
	return func(_ *incident, body []byte) []byte { return change(body) }
}

func newlineFaults() []fault {
	var all []fault
	cause := one(diagnose.BodyTrailingNewline)
	for _, end := range []string{"\n", "\r\n", "\r", " ", "  ", "\t", "\n\n"} {
		add := plain(func(body []byte) []byte { return append(body, end...) })
		all = append(all,
			fault{name: fmt.Sprintf("%q was added at the end", end), kind: "body-newline", oneOf: cause, happen: arrives(add)},
			fault{name: fmt.Sprintf("%q was lost at the end", end), kind: "body-newline", oneOf: cause, happen: wasSigned(add)})
	}
	for _, start := range []string{" ", "\n", "\r\n", "\t"} {
		add := plain(func(body []byte) []byte { return append([]byte(start), body...) })
		all = append(all,
			fault{name: fmt.Sprintf("%q was added in front", start), kind: "body-newline", oneOf: cause, happen: arrives(add)},
			fault{name: fmt.Sprintf("%q was lost in front", start), kind: "body-newline", oneOf: cause, also: one(diagnose.Separator), happen: wasSigned(add)})
	}
	return all
}

// layoutFaults: the body was read and written again. Whether what was signed
// can be had from what arrived is found out by trying: if the habit of the
// first writer makes it so, it can.
func layoutFaults() []fault {
	var all []fault
	for _, w := range append(writers(), writer{name: "one line and nothing escaped"}) {
		all = append(all,
			fault{name: "written again by " + w.name, kind: "body-layout", happen: rewritten(w)},
			fault{name: "signed as written by " + w.name, kind: "body-layout", happen: signedAsWrittenBy(w)})
	}
	return all
}

func rewritten(w writer) func(*incident) bool {
	return func(in *incident) bool {
		if !arrives(func(_ *incident, body []byte) []byte { return w.write(readTree(body)) })(in) {
			return false
		}
		in.expectRewritten(in.base.habit)
		return true
	}
}

func signedAsWrittenBy(w writer) func(*incident) bool {
	return func(in *incident) bool {
		if !wasSigned(func(_ *incident, body []byte) []byte { return w.write(readTree(body)) })(in) {
			return false
		}
		in.expectRewritten(w)
		return true
	}
}

// expectRewritten names the difference between what was signed, in the habit
// of w, and what arrived.
func (in *incident) expectRewritten(w writer) {
	if !bytes.Equal(w.write(readTree(in.given.Body)), in.signed.Body) {
		in.grade = max(in.grade, hard) // something was lost on the way
	}
	signedFrame, signedInside := bones(in.signed.Body)
	givenFrame, givenInside := bones(in.given.Body)
	switch {
	case signedFrame == givenFrame && sameStrings(in.signed.Body, in.given.Body):
		in.expect(one(diagnose.BodyEscaping))
	case !slices.Equal(signedInside, givenInside):
		in.expect(one(diagnose.BodyReserialized), diagnose.BodyEscaping)
	default:
		in.expect(one(diagnose.BodyReserialized))
	}
}

// mapNumbers writes the numbers of a body otherwise; nil where that changes
// none.
func mapNumbers(in *incident, body []byte, change func(string) string) []byte {
	t := readTree(body)
	if t == nil {
		return nil
	}
	w := in.base.habit
	w.number = nil
	t.leaves(func(leaf *tree) {
		if leaf.kind == '0' {
			leaf.text = change(leaf.text)
		}
	})
	return w.write(t)
}

func numberFaults() []fault {
	whole := func(in *incident, allDoubles bool) bool { // whole numbers alone, all of them doubles or none
		fits, some := true, false
		readTree(in.base.message.Body).leaves(func(leaf *tree) {
			if leaf.kind == '0' {
				some = true
				fits = fits && strings.HasSuffix(leaf.text, ".0") == allDoubles && !strings.ContainsAny(leaf.text, "eE")
			}
		})
		return fits && some
	}
	doubles := func(in *incident, body []byte) []byte { return mapNumbers(in, body, doubleNumber) }
	integers := func(in *incident, body []byte) []byte {
		return mapNumbers(in, body, func(n string) string { return strings.TrimSuffix(n, ".0") })
	}
	first := func(in *incident, body []byte) []byte {
		done := false
		return mapNumbers(in, body, func(n string) string {
			if done || strings.ContainsAny(n, ".eE") {
				return n
			}
			done = true
			return n + ".0"
		})
	}
	cause := one(diagnose.BodyReserialized)
	return []fault{
		{name: "1 became 1.0", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool { return whole(in, false) && arrives(doubles)(in) }},
		{name: "1.0 became 1", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool { return whole(in, true) && arrives(integers)(in) }},
		{name: "signed with 1.0, sent with 1", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool { return whole(in, false) && wasSigned(doubles)(in) }},
		{name: "signed with 1, sent with 1.0", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool { return whole(in, true) && wasSigned(integers)(in) }},
		{name: "one 1 became 1.0", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool { return whole(in, false) && arrives(first)(in) }},
		{name: "12.50 became 12.5", kind: "body-layout", grade: hard, oneOf: cause, happen: arrives(func(in *incident, body []byte) []byte { return mapNumbers(in, body, javascriptNumber) })},
		{name: "signed with 12.5, sent with 12.50", kind: "body-layout", grade: hard, oneOf: cause, happen: wasSigned(func(in *incident, body []byte) []byte { return mapNumbers(in, body, javascriptNumber) })},
		{name: "1 was quoted", kind: "body-layout", grade: hard, oneOf: one(diagnose.BodyReserialized, diagnose.BodyEdited), happen: arrives(func(in *incident, body []byte) []byte {
			t := readTree(body)
			t.leaves(func(leaf *tree) {
				if leaf.kind == '0' {
					leaf.kind = '"'
				}
			})
			return in.base.habit.write(t)
		})},
		{name: "empty objects became arrays", kind: "body-layout", grade: hard, oneOf: one(diagnose.BodyValues), happen: arrives(plain(func(body []byte) []byte {
			return bytes.ReplaceAll(body, []byte("{}"), []byte("[]"))
		}))},
		{name: "nulls were dropped", kind: "body-layout", grade: hard, oneOf: one(diagnose.BodyValues), happen: arrives(plain(func(body []byte) []byte {
			return regexp.MustCompile(`,\s*"[A-Za-z]+"\s*:\s*null`).ReplaceAll(body, nil)
		}))},
	}
}

// sorters are the habits of those who sort the names of an object.
func sorters() []writer {
	return []writer{
		{name: "jq -S", indent: "  ", sorted: true},
		{name: "jq -cS", sorted: true},
		{name: "json.dumps sort_keys", colon: ": ", comma: ", ", ascii: true, sorted: true},
		{name: "json.dumps indent=4 sort_keys", indent: "    ", ascii: true, sorted: true},
		{name: "Go's map", html: "<>&\u2028\u2029", sorted: true},
	}
}

func orderFaults() []fault {
	sortedOtherwise := func(in *incident) bool {
		return string(writer{sorted: true}.write(readTree(in.base.message.Body))) != string(writer{}.write(readTree(in.base.message.Body)))
	}
	stable := func(in *incident) bool { return in.base.name != "notifyPayment, fancy numbers" }
	cause := one(diagnose.BodyReserialized)
	var all []fault
	for _, w := range sorters() {
		sortIt := rewritten(w)
		all = append(all,
			fault{name: "sorted by " + w.name + ", and no order to learn from", kind: "body-layout", grade: unreachable, oneOf: cause, happen: func(in *incident) bool {
				in.hints.Bodies = nil
				return len(readTree(in.given.Body).children) > 5 && sortedOtherwise(in) && sortIt(in)
			}},
			fault{name: "sorted by " + w.name + ", and a body to learn from", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool {
				in.hints.Bodies = [][]byte{writer{}.write(notifyCapture(in.random)), in.base.habit.write(in.base.sibling(in.random))}
				return learns(in, sortedOtherwise(in) && stable(in), sortIt, w)
			}},
			fault{name: "signed sorted by " + w.name, kind: "body-layout", oneOf: cause, happen: func(in *incident) bool {
				return sortedOtherwise(in) && stable(in) && signedAsWrittenBy(w)(in)
			}})
	}
	sortIt := rewritten(sorters()[1])
	return append(all,
		fault{name: "sorted, and the skeleton of a body to learn from", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool {
			in.hints.Bodies = [][]byte{diagnose.KeyOrder(in.base.habit.write(in.base.sibling(in.random)))}
			return learns(in, sortedOtherwise(in) && stable(in), sortIt, sorters()[1])
		}},
		fault{name: "sorted, and a body with more names to learn from", kind: "body-layout", oneOf: cause, happen: func(in *incident) bool {
			more := in.base.sibling(in.random)
			at := 1 + in.random.IntN(len(more.names))
			more.names = slices.Insert(more.names, at, "aNewField")
			more.children = slices.Insert(more.children, at, object(`{"z":"1","a":"2"}`))
			in.hints.Bodies = [][]byte{in.base.habit.write(more)}
			return learns(in, sortedOtherwise(in) && stable(in), sortIt, sorters()[1])
		}},
		fault{name: "sorted, and a body with fewer names to learn from", kind: "body-layout", grade: hard, oneOf: cause, happen: func(in *incident) bool {
			fewer := in.base.sibling(in.random)
			if len(fewer.names) < 3 {
				return false
			}
			at := in.random.IntN(len(fewer.names))
			fewer.names = slices.Delete(fewer.names, at, at+1)
			fewer.children = slices.Delete(fewer.children, at, at+1)
			in.hints.Bodies = [][]byte{in.base.habit.write(fewer)}
			return learns(in, sortedOtherwise(in) && stable(in), sortIt, sorters()[1])
		}},
	)
}

// learns sorts a body whose order can be learnt. If nothing but the order is
// lost, what was signed can be had.
func learns(in *incident, may bool, sortIt func(*incident) bool, w writer) bool {
	before := in.grade
	if !may || !sortIt(in) {
		return false
	}
	in.grade = before
	w.sorted = false
	if !bytes.Equal(in.base.habit.write(readTree(w.write(readTree(in.signed.Body)))), in.signed.Body) {
		in.grade = max(in.grade, hard)
	}
	return true
}

func escapeFaults() []fault {
	cause := one(diagnose.BodyEscaping)
	replaced := func(pairs ...string) edit {
		r := strings.NewReplacer(pairs...)
		return plain(func(body []byte) []byte { return []byte(r.Replace(string(body))) })
	}
	unicode := func(form string, which func(rune) bool) edit {
		return plain(func(body []byte) []byte {
			var b bytes.Buffer
			for _, r := range string(body) {
				switch {
				case !which(r):
					b.WriteRune(r)
				case r > 0xffff:
					high, low := utf16.EncodeRune(r)
					fmt.Fprintf(&b, form+form, high, low)
				default:
					fmt.Fprintf(&b, form, r)
				}
			}
			return b.Bytes()
		})
	}
	among := func(set string) func(rune) bool { return func(r rune) bool { return strings.ContainsRune(set, r) } }
	beyond := func(r rune) bool { return r > 0x7e }
	raw := func(change edit) edit { // where no escape is in the way
		return func(in *incident, body []byte) []byte {
			h := in.base.habit
			if h.ascii || h.html != "" || h.slashes {
				return nil
			}
			return change(in, body)
		}
	}
	both := func(name string, change edit) []fault {
		return []fault{
			{name: name, kind: "body-escape", oneOf: cause, happen: arrives(raw(change))},
			{name: "signed: " + name, kind: "body-escape", oneOf: cause, happen: wasSigned(raw(change))},
		}
	}
	all := slices.Concat(
		both(`slashes were escaped`, replaced(`/`, `\/`)),
		both(`é became \u00e9`, unicode(`\u%04x`, beyond)),
		both(`é became \u00E9`, unicode(`\u%04X`, beyond)),
		both(`<, >, & became \u003c, \u003e, \u0026`, unicode(`\u%04x`, among("<>&"))),
		both(`<, >, &, = and ' became \u003c and so on`, unicode(`\u%04x`, among("<>&='"))),
		both(`<, >, & and ' became \u003C and so on`, unicode(`\u%04X`, among("<>&'"))),
	)
	escaped := plain(func(body []byte) []byte {
		text := writer{}.write(&tree{kind: '"', text: string(body)})
		return text[1 : len(text)-1]
	})
	return append(all,
		fault{name: `é became é again`, kind: "body-escape", oneOf: cause, happen: arrives(func(in *incident, body []byte) []byte {
			w := in.base.habit
			if !w.ascii || w.upper || w.html != "" {
				return nil
			}
			w.ascii = false
			return w.write(readTree(body))
		})},
		fault{name: `\/ became / again`, kind: "body-escape", oneOf: cause, happen: arrives(func(in *incident, body []byte) []byte {
			if !in.base.habit.slashes {
				return nil
			}
			return bytes.ReplaceAll(body, []byte(`\/`), []byte(`/`))
		})},
		fault{name: `" became &quot;`, kind: "body-escape", oneOf: cause, happen: arrives(func(in *incident, body []byte) []byte {
			if bytes.ContainsAny(body, "&") {
				return nil
			}
			return bytes.ReplaceAll(body, []byte(`"`), []byte("&quot;"))
		})},
		fault{name: `" became &#34;, & became &amp;`, kind: "body-escape", oneOf: cause, happen: arrives(plain(func(body []byte) []byte { return []byte(html.EscapeString(string(body))) }))},
		fault{name: "htmlspecialchars", kind: "body-escape", oneOf: cause, happen: arrives(replaced("&", "&amp;", `"`, "&quot;", "'", "&#039;", "<", "&lt;", ">", "&gt;"))},
		fault{name: `signed with &quot; for "`, kind: "body-escape", sides: []diagnose.Side{diagnose.Request}, oneOf: cause, happen: wasSigned(replaced("&", "&amp;", `"`, "&quot;", "'", "&#039;", "<", "&lt;", ">", "&gt;"))},
		fault{name: `" became \"`, kind: "body-escape", oneOf: one(diagnose.BodyEscaping, diagnose.BodyEncoding), happen: arrives(escaped)},
		fault{name: "addslashes", kind: "body-escape", oneOf: one(diagnose.BodyEscaping, diagnose.BodyEncoding), happen: arrives(replaced(`\`, `\\`, `"`, `\"`, `'`, `\'`))},
		fault{name: "every backslash was doubled", kind: "body-escape", grade: hard, oneOf: cause, also: one(diagnose.BodyEdited), happen: arrives(replaced(`\`, `\\`))},
	)
}

func charsetFaults() []fault {
	cause := one(diagnose.BodyCharset)
	both := func(name string, change edit) []fault {
		return []fault{
			{name: name, kind: "body-charset", oneOf: cause, happen: arrives(change)},
			{name: "signed: " + name, kind: "body-charset", oneOf: cause, happen: wasSigned(change)},
		}
	}
	latin := plain(func(body []byte) []byte {
		var b []byte
		for _, r := range string(body) {
			if r > 0xff {
				return nil
			}
			b = append(b, byte(r))
		}
		return b
	})
	gbk := plain(func(body []byte) []byte {
		table := gbkOfTheCorpus()
		var b []byte
		for _, r := range string(body) {
			code, known := table[r]
			switch {
			case r < utf8.RuneSelf:
				b = append(b, byte(r))
			case known:
				b = append(b, code...)
			default:
				return nil
			}
		}
		return b
	})
	twice := plain(func(body []byte) []byte {
		var b []byte
		for _, c := range body {
			b = utf8.AppendRune(b, rune(c))
		}
		return b
	})
	twiceByWindows := plain(func(body []byte) []byte {
		table := []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")
		var b []byte
		for _, c := range body {
			if c >= 0x80 && c < 0xa0 {
				b = utf8.AppendRune(b, table[c-0x80])
			} else {
				b = utf8.AppendRune(b, rune(c))
			}
		}
		if bytes.Equal(b, twiceOf(body)) {
			return nil
		}
		return b
	})
	sixteen := func(big bool) edit {
		return plain(func(body []byte) []byte {
			var b []byte
			for _, u := range utf16.Encode([]rune(string(body))) {
				if big {
					b = append(b, byte(u>>8), byte(u))
				} else {
					b = append(b, byte(u), byte(u>>8))
				}
			}
			return b
		})
	}
	return append(slices.Concat(
		both("in Latin-1", latin),
		both("in GBK", gbk),
		both("UTF-8 encoded twice", twice),
	),
		fault{name: "UTF-8 read as Windows-1252", kind: "body-charset", oneOf: cause, happen: arrives(twiceByWindows)},
		fault{name: "in UTF-16LE", kind: "body-charset", grade: hard, oneOf: one(diagnose.BodyCharset, diagnose.BodyEncoding), happen: arrives(sixteen(false))},
		fault{name: "in UTF-16BE", kind: "body-charset", grade: hard, oneOf: one(diagnose.BodyCharset, diagnose.BodyEncoding), happen: arrives(sixteen(true))},
		fault{name: "what is not ASCII became U+FFFD", kind: "body-charset", grade: unreachable, oneOf: one(diagnose.BodyCharset, diagnose.BodyEdited), happen: arrives(mapRunes(utf8.RuneError))},
		fault{name: "what is not ASCII became a question mark", kind: "body-charset", grade: hard, oneOf: one(diagnose.BodyCharset, diagnose.BodyEdited), happen: arrives(mapRunes('?'))},
	)
}

func twiceOf(body []byte) []byte {
	var b []byte
	for _, c := range body {
		b = utf8.AppendRune(b, rune(c))
	}
	return b
}

func mapRunes(to rune) edit {
	return plain(func(body []byte) []byte {
		return bytes.Map(func(r rune) rune {
			if r < utf8.RuneSelf {
				return r
			}
			return to
		}, body)
	})
}

// gbkOfTheCorpus is GBK as far as the bodies of the corpus need it, written by
// Python's codec.
func gbkOfTheCorpus() map[rune]string {
	return map[rune]string{
		'王': "\xcd\xf5", '小': "\xd0\xa1", '明': "\xc3\xf7", '上': "\xc9\xcf", '海': "\xba\xa3", '市': "\xca\xd0", '浦': "\xc6\xd6",
		'东': "\xb6\xab", '新': "\xd0\xc2", '区': "\xc7\xf8", '世': "\xca\xc0", '纪': "\xbc\xcd", '大': "\xb4\xf3", '道': "\xb5\xc0",
		'请': "\xc7\xeb", '送': "\xcb\xcd", '到': "\xb5\xbd", '前': "\xc7\xb0", '台': "\xcc\xa8",
	}
}

func wrapFaults() []fault {
	cause := one(diagnose.BodyEncoding)
	var all []fault
	given := func(name string, change func([]byte) []byte) {
		all = append(all, fault{name: name, kind: "body-wrap", oneOf: cause, happen: arrives(plain(change))})
	}
	signed := func(name string, change func([]byte) []byte) {
		all = append(all, fault{name: name, kind: "body-wrap", oneOf: cause, happen: wasSigned(plain(change))})
	}
	lucky := func(name string, change func([]byte) []byte) {
		all = append(all, fault{name: name, kind: "body-wrap", grade: hard, oneOf: cause, also: one(diagnose.BodyEdited, diagnose.BodyTruncated, diagnose.BodyTrailingNewline), happen: arrives(plain(change))})
	}
	given("a BOM was added", marked)
	signed("a BOM was lost", marked)
	all = append(all,
		fault{name: "LF became CRLF", kind: "body-lines", oneOf: cause, also: one(diagnose.BodyReserialized), happen: arrives(plain(carriage))},
		fault{name: "CRLF became LF", kind: "body-lines", oneOf: cause, also: one(diagnose.BodyReserialized), happen: wasSigned(plain(carriage))})
	for _, level := range []int{gzip.DefaultCompression, gzip.BestCompression, gzip.NoCompression} {
		given(fmt.Sprintf("gzip of level %d", level), func(body []byte) []byte {
			var b bytes.Buffer
			w, _ := gzip.NewWriterLevel(&b, level)
			w.Write(body)
			w.Close()
			return b.Bytes()
		})
	}
	given("base64", func(body []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(body)) })
	given("base64 without padding", func(body []byte) []byte { return []byte(base64.RawStdEncoding.EncodeToString(body)) })
	given("base64url", func(body []byte) []byte { return []byte(base64.RawURLEncoding.EncodeToString(body)) })
	given("base64 in lines", func(body []byte) []byte {
		return []byte(columns(base64.StdEncoding.EncodeToString(body), 76, "\n"))
	})
	signed("signed in base64", func(body []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(body)) })
	given("form-encoded", func(body []byte) []byte { return []byte(url.QueryEscape(string(body))) })
	given("form-encoded with %20", func(body []byte) []byte {
		return []byte(strings.ReplaceAll(url.QueryEscape(string(body)), "+", "%20"))
	})
	signed("signed form-encoded", func(body []byte) []byte { return []byte(url.QueryEscape(string(body))) })
	given("plus became space", func(body []byte) []byte {
		if bytes.Contains(body, []byte(" ")) {
			return nil
		}
		return bytes.ReplaceAll(body, []byte("+"), []byte(" "))
	})
	given("in an envelope", func(body []byte) []byte {
		return []byte(`{"version":"1.0","body":` + quote(string(body)) + `,"isBase64Encoded":false}`)
	})
	given("in an envelope, in base64", func(body []byte) []byte {
		return []byte(`{"body":"` + base64.StdEncoding.EncodeToString(body) + `","isBase64Encoded":true}`)
	})
	given("as a JSON string", func(body []byte) []byte { return []byte(quote(string(body))) })
	signed("signed as a JSON string", func(body []byte) []byte { return []byte(quote(string(body))) })
	// Where the time zones alone lost their '+', it can be put back.
	zone := regexp.MustCompile(`(:\d\d) (\d\d:\d\d")`)
	all = append(all, fault{name: "form-decoded", kind: "body-wrap", oneOf: cause, happen: func(in *incident) bool {
		text, err := url.QueryUnescape(string(in.given.Body))
		if err != nil || text == string(in.given.Body) {
			return false
		}
		if zone.ReplaceAllString(text, "$1+$2") != string(in.given.Body) {
			in.grade = max(in.grade, hard)
			in.expect(cause, diagnose.BodyEdited)
		}
		in.given.Body = []byte(text)
		return true
	}})
	lucky("form-encoded as a name", func(body []byte) []byte { return []byte(url.QueryEscape(string(body)) + "=") })
	lucky("form-encoded as a value", func(body []byte) []byte { return []byte("payload=" + url.QueryEscape(string(body))) })
	lucky("zlib", func(body []byte) []byte {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		w.Write(body)
		w.Close()
		return b.Bytes()
	})
	lucky("in chunks", func(body []byte) []byte { return fmt.Appendf(nil, "%x\r\n%s\r\n0\r\n\r\n", len(body), body) })
	lucky("NULs were added", func(body []byte) []byte { return append(body, 0, 0, 0) })
	return all
}

func marked(body []byte) []byte { return append([]byte("\ufeff"), body...) }

func carriage(body []byte) []byte { return bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n")) }

// columns breaks a text into lines.
func columns(text string, width int, end string) string {
	var lines []string
	for width < len(text) {
		lines, text = append(lines, text[:width]), text[width:]
	}
	return strings.Join(append(lines, text), end)
}

func cutFaults() []fault {
	cause := one(diagnose.BodyTruncated)
	closing := func(body []byte) int { // how many of the last bytes close something
		return len(body) - len(bytes.TrimRight(body, "}]\" \n\t"))
	}
	cut := func(n func([]byte) int) edit {
		return plain(func(body []byte) []byte {
			if k := n(body); k > 0 {
				return body[:len(body)-k]
			}
			return nil
		})
	}
	lengthKnown := func(happen func(*incident) bool) func(*incident) bool {
		return func(in *incident) bool {
			in.hints.Length = len(in.signed.Body)
			return happen(in)
		}
	}
	last := cut(func(body []byte) int { return 1 })
	allClosing := cut(func(body []byte) int {
		if k := closing(body); k > 1 {
			return k
		}
		return 0
	})
	return []fault{
		{name: "the last brace was lost", kind: "body-cut", oneOf: cause, happen: arrives(last)},
		{name: "the last brace was lost, the length is known", kind: "body-cut", oneOf: cause, happen: lengthKnown(arrives(last))},
		{name: "all that closes was lost", kind: "body-cut", oneOf: cause, happen: arrives(allClosing)},
		{name: "all that closes was lost, the length is known", kind: "body-cut", oneOf: cause, happen: lengthKnown(arrives(allClosing))},
		{name: "cut in the middle", kind: "body-cut", grade: unreachable, oneOf: cause, happen: arrives(cut(func(body []byte) int { return len(body) / 2 }))},
		{name: "cut in the middle, the length is known", kind: "body-cut", grade: unreachable, oneOf: cause, happen: lengthKnown(arrives(cut(func(body []byte) int { return len(body) / 2 })))},
		{name: "cut at 512 bytes", kind: "body-cut", grade: unreachable, oneOf: cause, happen: arrives(cut(func(body []byte) int {
			if len(body) < 600 {
				return 0
			}
			return len(body) - 512
		}))},
		{name: "longer than its length", kind: "body-cut", grade: hard, oneOf: one(diagnose.BodyTruncated, diagnose.BodyEncoding, diagnose.BodyEdited), also: one(diagnose.BodyTrailingNewline), happen: lengthKnown(arrives(plain(func(body []byte) []byte {
			return append(body, `{"notifyType":`...)
		})))},
	}
}

// editFaults: the body says something else. What it said cannot be had.
func editFaults() []fault {
	cause := one(diagnose.BodyEdited)
	member := func(name string, change func(in *incident, text string) string) edit {
		return func(in *incident, body []byte) []byte {
			t := readTree(body)
			if found := t.member(name); found == nil || found.kind != '"' {
				return nil
			} else {
				found.text = change(in, found.text)
			}
			return in.base.habit.write(t)
		}
	}
	masked := func(_ *incident, text string) string {
		if len(text) < 12 {
			return text
		}
		return text[:6] + strings.Repeat("*", len(text)-10) + text[len(text)-4:]
	}
	return []fault{
		{name: "another amount and another ID", kind: "body-edit", grade: unreachable, oneOf: cause, happen: arrives(func(in *incident, body []byte) []byte {
			body = member("value", func(in *incident, _ string) string { return digits(in.random, 7) })(in, body)
			if body == nil {
				return nil
			}
			return member("paymentRequestId", func(in *incident, _ string) string { return "apo-" + digits(in.random, 13) })(in, body)
		})},
		{name: "another message of the result", kind: "body-edit", grade: unreachable, oneOf: cause, happen: arrives(member("resultMessage", func(*incident, string) string { return "The order was closed by the shop." }))},
		{name: "masked digits of the ID", kind: "body-edit", grade: unreachable, oneOf: cause, happen: arrives(member("paymentId", masked))},
		{name: "masked digits of the request ID", kind: "body-edit", grade: unreachable, oneOf: cause, happen: arrives(member("captureRequestId", masked))},
		{name: "masked digits of the card", kind: "body-edit", grade: unreachable, oneOf: cause, happen: arrives(member("cardNo", func(in *incident, text string) string {
			if text != testCard {
				return text
			}
			return masked(in, text)
		}))},
		{name: "six digits of the card masked, of which the BIN is known", kind: "body-edit", grade: unreachable, oneOf: cause, happen: arrives(member("cardNo", func(_ *incident, text string) string {
			return strings.Replace(text, testCard, testCard[:8]+"XXXX"+testCard[12:], 1)
		}))},
		{name: "masked CVV", kind: "body-edit", grade: unreachable, oneOf: cause, happen: arrives(member("cvv", func(*incident, string) string { return "***" }))},
		{name: "another body altogether", kind: "body-edit", grade: unreachable, oneOf: one(diagnose.BodyEdited, diagnose.ContentUnexplained), happen: arrives(func(in *incident, body []byte) []byte {
			return writer{}.write(notifyPayment(in.random, people()["ascii"]))
		})},
		{name: "no JSON at all", kind: "body-edit", grade: unreachable, oneOf: one(diagnose.BodyEdited, diagnose.ContentUnexplained), happen: arrives(func(in *incident, body []byte) []byte {
			noise := make([]byte, len(body))
			for i := range noise {
				noise[i] = byte(in.random.IntN(256))
			}
			return noise
		})},
		{name: "no body", kind: "body-edit", grade: unreachable, oneOf: one(diagnose.BodyEdited, diagnose.ContentUnexplained, diagnose.BodyTruncated), happen: arrives(plain(func([]byte) []byte { return []byte{} }))},
	}
}

// The URI.

func givenPath(change func(in *incident, path, query string) (string, string)) func(*incident) bool {
	return func(in *incident) bool { return alterPath(in, &in.given.Path, change) }
}

func signedPath(change func(in *incident, path, query string) (string, string)) func(*incident) bool {
	return func(in *incident) bool { return alterPath(in, &in.signed.Path, change) }
}

func alterPath(in *incident, uri *string, change func(in *incident, path, query string) (string, string)) bool {
	before := *uri
	path, query, asked := strings.Cut(before, "?")
	if asked {
		query = "?" + query
	}
	path, query = change(in, path, query)
	*uri = path + query
	return path+query != before && in.given.Path != in.signed.Path
}

// knowing gives the verifier the signed path as a hint. It must run when the
// path is final, hence each fault that needs it is the last of its part.
func knowing(happen func(*incident) bool) func(*incident) bool {
	return func(in *incident) bool {
		if !happen(in) {
			return false
		}
		in.hints.Paths = []string{"/hooks/other", in.signed.Path}
		return true
	}
}

func ignorant(happen func(*incident) bool) func(*incident) bool {
	return func(in *incident) bool {
		in.hints = diagnose.Hints{Side: in.hints.Side}
		return happen(in)
	}
}

func hostOf(in *incident) string {
	if in.base.side == diagnose.Notification {
		return "shop.example"
	}
	return "open-sea-global.alipay.com"
}

func hostFaults() []fault {
	cause := one(diagnose.URIHost)
	with := func(before func(host string) string) func(*incident, string, string) (string, string) {
		return func(in *incident, path, query string) (string, string) { return before(hostOf(in)) + path, query }
	}
	forms := map[string]func(string) string{
		"https and host":          func(h string) string { return "https://" + h },
		"http and host":           func(h string) string { return "http://" + h },
		"https, host and port":    func(h string) string { return "https://" + h + ":8443" },
		"https, host and :443":    func(h string) string { return "https://" + h + ":443" },
		"a host without a scheme": func(h string) string { return h },
		"two slashes and host":    func(h string) string { return "//" + h },
	}
	var all []fault
	for _, name := range slices.Sorted(mapKeys(forms)) {
		all = append(all, fault{name: name + " are in the path", kind: "uri-host", oneOf: cause, also: one(diagnose.URIPrefix), happen: givenPath(with(forms[name]))})
	}
	for _, name := range []string{"https and host", "http and host", "a host without a scheme"} {
		all = append(all,
			fault{name: name + " were signed, the host is known", kind: "uri-host", oneOf: cause, also: one(diagnose.URIPrefix), happen: func(in *incident) bool {
				in.hints.Hosts = []string{"127.0.0.1:8080", hostOf(in)}
				return signedPath(with(forms[name]))(in)
			}},
			fault{name: name + " were signed, and nobody knows the host", kind: "uri-host", grade: unreachable, oneOf: one(diagnose.URIHost, diagnose.ContentUnexplained), sides: []diagnose.Side{diagnose.Notification}, happen: ignorant(signedPath(func(_ *incident, path, query string) (string, string) {
				return forms[name]("a7f3.tunnel.example") + path, query
			}))})
	}
	return append(all, fault{name: "the path of localhost", kind: "uri-host", oneOf: cause, also: one(diagnose.URIPrefix), happen: givenPath(with(func(string) string { return "http://127.0.0.1:8080" }))})
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func queryFaults() []fault {
	cause, also := one(diagnose.URIQuery), one(diagnose.URIEncoding)
	plus := func(query, more string) string {
		if query == "" {
			return "?" + more
		}
		return query + "&" + more
	}
	lost := func(_ *incident, path, _ string) (string, string) { return path, "" }
	more := func(what string) func(*incident, string, string) (string, string) {
		return func(_ *incident, path, query string) (string, string) { return path, plus(query, what) }
	}
	reordered := func(_ *incident, path, query string) (string, string) {
		parts := strings.Split(strings.TrimPrefix(query, "?"), "&")
		if len(parts) < 2 {
			return path, query
		}
		slices.Reverse(parts)
		return path, "?" + strings.Join(parts, "&")
	}
	three := func(in *incident, path, _ string) (string, string) { return path, "?shop=sg&lang=en&v=2" }
	recoded := func(from, to string) func(*incident, string, string) (string, string) {
		return func(_ *incident, path, query string) (string, string) {
			return path, strings.ReplaceAll(query, from, to)
		}
	}
	either := one(diagnose.URIQuery, diagnose.URIEncoding)
	return []fault{
		{name: "the query was lost, the address is known", kind: "uri-query", oneOf: cause, happen: knowing(givenPath(lost))},
		{name: "the query was lost", kind: "uri-query", grade: unreachable, oneOf: one(diagnose.URIQuery, diagnose.ContentUnexplained), happen: ignorant(givenPath(lost))},
		{name: "a query was added", kind: "uri-query", oneOf: cause, happen: givenPath(more("utm_source=antom"))},
		{name: "two parameters were added", kind: "uri-query", oneOf: cause, happen: givenPath(more("a=1&b="))},
		{name: "a bare question mark was added", kind: "uri-query", oneOf: cause, also: also, happen: givenPath(func(_ *incident, path, query string) (string, string) {
			if query != "" {
				return path, query
			}
			return path, "?"
		})},
		{name: "signed with a query that is not sent, the address is known", kind: "uri-query", oneOf: cause, happen: knowing(signedPath(more("token=t%2F1")))},
		{name: "signed without the query that is sent", kind: "uri-query", oneOf: cause, happen: signedPath(lost)},
		{name: "one parameter was lost, the address is known", kind: "uri-query", oneOf: cause, happen: knowing(givenPath(func(_ *incident, path, query string) (string, string) {
			first, _, _ := strings.Cut(query, "&")
			return path, first
		}))},
		{name: "the query was re-ordered", kind: "uri-query", oneOf: cause, happen: givenPath(reordered)},
		{name: "a query of three was re-ordered", kind: "uri-query", oneOf: cause, happen: func(in *incident) bool {
			if in.signed.Path != in.given.Path {
				return false
			}
			in.signed.Path = "/hooks/apo?shop=sg&lang=en&v=2"
			return givenPath(func(in *incident, path, query string) (string, string) {
				_, q := three(in, path, query)
				return "/hooks/apo", strings.Replace(q, "shop=sg&lang=en&v=2", "v=2&shop=sg&lang=en", 1)
			})(in)
		}},
		{name: "%20 became + in the query", kind: "uri-query", oneOf: either, happen: givenPath(recoded("%20", "+"))},
		{name: "%2F became / in the query", kind: "uri-query", oneOf: either, happen: givenPath(recoded("%2F", "/"))},
		{name: "%2F became %2f in the query", kind: "uri-query", oneOf: either, happen: givenPath(recoded("%2F", "%2f"))},
		{name: "signed with %2f for %2F", kind: "uri-query", oneOf: either, happen: signedPath(recoded("%2F", "%2f"))},
		{name: "signed with + for %20", kind: "uri-query", oneOf: either, happen: signedPath(recoded("%20", "+"))},
		{name: "the query was decoded", kind: "uri-query", oneOf: either, happen: givenPath(func(_ *incident, path, query string) (string, string) {
			text, _ := url.QueryUnescape(query)
			return path, text
		})},
		{name: "the query was encoded twice", kind: "uri-query", oneOf: either, happen: givenPath(recoded("%", "%25"))},
		{name: "a fragment was added", kind: "uri-query", grade: hard, oneOf: either, also: one(diagnose.URIPrefix, diagnose.URISlash), happen: givenPath(func(_ *incident, path, query string) (string, string) { return path, query + "#top" })},
	}
}

func slashFaults() []fault {
	cause, also := one(diagnose.URISlash), one(diagnose.URIPrefix, diagnose.URIEncoding)
	trailing := func(_ *incident, path, query string) (string, string) {
		if before, found := strings.CutSuffix(path, "/"); found {
			return before, query
		}
		return path + "/", query
	}
	leading := func(_ *incident, path, query string) (string, string) { return "/" + path, query }
	inner := func(_ *incident, path, query string) (string, string) {
		at := strings.LastIndex(strings.TrimSuffix(path, "/"), "/")
		return path[:at] + "/" + path[at:], query
	}
	none := func(_ *incident, path, query string) (string, string) { return strings.TrimPrefix(path, "/"), query }
	return []fault{
		{name: "the last slash came or went", kind: "uri-slash", oneOf: cause, happen: givenPath(trailing)},
		{name: "the last slash came or went when signing", kind: "uri-slash", oneOf: cause, happen: signedPath(trailing)},
		{name: "the first slash was doubled", kind: "uri-start", oneOf: cause, also: also, happen: givenPath(leading)},
		{name: "the first slash was signed doubled", kind: "uri-start", oneOf: cause, also: also, happen: signedPath(leading)},
		{name: "a slash was doubled", kind: "uri-slash", oneOf: cause, also: also, happen: givenPath(inner)},
		{name: "a slash was signed doubled", kind: "uri-slash", oneOf: cause, also: also, happen: signedPath(inner)},
		{name: "the first slash was lost", kind: "uri-start", oneOf: cause, also: also, happen: givenPath(none)},
		{name: "the first slash was not signed", kind: "uri-start", oneOf: cause, also: also, happen: signedPath(none)},
		{name: "the SDK's doubled slash, api//v1", kind: "uri-slash", oneOf: cause, also: also, sides: []diagnose.Side{diagnose.Request, diagnose.Response}, happen: signedPath(func(_ *incident, path, query string) (string, string) {
			return strings.Replace(path, "/api/", "/api//", 1), query
		})},
	}
}

func prefixFaults() []fault {
	cause, also := one(diagnose.URIPrefix), one(diagnose.URISlash)
	add := func(prefix string) func(*incident, string, string) (string, string) {
		return func(_ *incident, path, query string) (string, string) { return prefix + path, query }
	}
	strip := func(_ *incident, path, query string) (string, string) {
		at := strings.Index(path[1:], "/") + 1
		if at == 0 || at == len(path)-1 {
			return path, query
		}
		return path[at:], query
	}
	sandbox := func(_ *incident, path, query string) (string, string) {
		if strings.HasPrefix(path, "/ams/sandbox/api/") {
			return strings.Replace(path, "/ams/sandbox/api/", "/ams/api/", 1), query
		}
		return strings.Replace(path, "/ams/api/", "/ams/sandbox/api/", 1), query
	}
	gateway := []diagnose.Side{diagnose.Request, diagnose.Response}
	return []fault{
		{name: "a prefix was added", kind: "uri-prefix", oneOf: cause, happen: givenPath(add("/proxy"))},
		{name: "two segments were added", kind: "uri-prefix", oneOf: cause, happen: givenPath(add("/edge/prod"))},
		{name: "signed without the prefix /api", kind: "uri-prefix", oneOf: cause, happen: givenPath(add("/api"))},
		{name: "the prefix /api was stripped", kind: "uri-prefix", oneOf: cause, sides: []diagnose.Side{diagnose.Notification}, happen: signedPath(add("/api"))},
		{name: "the prefix of a hint was stripped", kind: "uri-prefix", oneOf: cause, happen: func(in *incident) bool {
			in.hints.Paths = []string{"/other", "/tenant-7"}
			return signedPath(add("/tenant-7"))(in)
		}},
		{name: "the first segment was stripped, the address is known", kind: "uri-prefix", oneOf: cause, happen: func(in *incident) bool {
			if !givenPath(strip)(in) {
				return false
			}
			in.hints.Paths = []string{in.base.message.Path}
			return true
		}},
		{name: "an unknown prefix was stripped", kind: "uri-prefix", grade: unreachable, oneOf: one(diagnose.URIPrefix, diagnose.ContentUnexplained), happen: ignorant(signedPath(add("/tenant-83d1")))},
		{name: "the first segment came twice", kind: "uri-prefix", oneOf: cause, happen: givenPath(func(_ *incident, path, query string) (string, string) {
			at := strings.Index(path[1:], "/") + 1
			return path[:at] + path, query
		})},
		{name: "the first segment was signed twice", kind: "uri-prefix", oneOf: cause, happen: signedPath(func(_ *incident, path, query string) (string, string) {
			at := strings.Index(path[1:], "/") + 1
			return path[:at] + path, query
		})},
		{name: "the sandbox's path for the live one, or the other way", kind: "uri-prefix", oneOf: cause, sides: gateway, happen: givenPath(sandbox)},
		{name: "signed with the sandbox's path for the live one, or the other way", kind: "uri-prefix", oneOf: cause, sides: gateway, happen: signedPath(sandbox)},
		{name: "signed without /ams", kind: "uri-prefix", oneOf: cause, also: also, sides: gateway, happen: signedPath(strip)},
		{name: "another address of the same shop, which is known", kind: "uri-other", oneOf: one(diagnose.URIPrefix, diagnose.URIQuery, diagnose.URIEncoding, diagnose.URISlash), happen: func(in *incident) bool {
			in.signed.Path = "/payments/antom/callback"
			in.hints.Paths = []string{"/hooks/other", "/payments/antom/callback"}
			return in.given.Path == in.base.message.Path
		}},
	}
}

func encodingFaults() []fault {
	cause := one(diagnose.URIEncoding)
	lower := func(_ *incident, path, query string) (string, string) { return strings.ToLower(path), query }
	odd := func(path string) func(*incident) bool { // the address of the story, before anything happens
		return func(in *incident) bool {
			if in.given.Path != in.base.message.Path || in.signed.Path != in.base.message.Path {
				return false
			}
			in.given.Path, in.signed.Path = path, path
			return true
		}
	}
	both := func(first, then func(*incident) bool) func(*incident) bool {
		return func(in *incident) bool { return first(in) && then(in) }
	}
	replace := func(from, to string) func(*incident, string, string) (string, string) {
		return func(_ *incident, path, query string) (string, string) {
			return strings.ReplaceAll(path, from, to), query
		}
	}
	notify := []diagnose.Side{diagnose.Notification}
	return []fault{
		{name: "signed in lower case", kind: "uri-encoding", oneOf: cause, happen: signedPath(lower)},
		{name: "in lower case, the address is known", kind: "uri-encoding", oneOf: cause, happen: knowing(givenPath(lower))},
		{name: "in upper case", kind: "uri-encoding", oneOf: cause, sides: notify, happen: func(in *incident) bool {
			return in.base.message.Path == strings.ToLower(in.base.message.Path) && givenPath(func(_ *incident, path, query string) (string, string) { return strings.ToUpper(path), query })(in)
		}},
		{name: "%2F became /", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/hooks/shop%2Fsg"), givenPath(replace("%2F", "/")))},
		{name: "/ became %2F", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/hooks/shop/sg"), givenPath(replace("shop/", "shop%2F")))},
		{name: "%2F became %2f", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/hooks/shop%2Fsg"), givenPath(replace("%2F", "%2f")))},
		{name: "%2F became %252F", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/hooks/shop%2Fsg"), givenPath(replace("%2F", "%252F")))},
		{name: "every slash became %2F", kind: "uri-encoding", oneOf: cause, sides: notify, happen: givenPath(func(_ *incident, path, query string) (string, string) {
			return "/" + strings.ReplaceAll(path[1:], "/", "%2F"), query
		})},
		{name: "%20 became a space", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/hooks/my%20shop"), givenPath(replace("%20", " ")))},
		{name: "a space became %20", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/hooks/my shop"), givenPath(replace(" ", "%20")))},
		{name: "%7E became ~", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/%7Eshop/apo"), givenPath(replace("%7E", "~")))},
		{name: "%C3%A9 became é", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/caf%C3%A9/apo"), givenPath(replace("%C3%A9", "é")))},
		{name: "é became %C3%A9", kind: "uri-encoding", oneOf: cause, sides: notify, happen: both(odd("/café/apo"), givenPath(replace("é", "%C3%A9")))},
	}
}

func clientFaults() []fault {
	cause := one(diagnose.ClientID)
	other := "5Y5555555555555"
	given := func(change func(string) string) func(*incident) bool {
		return func(in *incident) bool {
			in.given.ClientID = change(in.given.ClientID)
			return in.given.ClientID != in.signed.ClientID
		}
	}
	signed := func(change func(string) string) func(*incident) bool {
		return func(in *incident) bool {
			in.signed.ClientID = change(in.signed.ClientID)
			return in.given.ClientID != in.signed.ClientID
		}
	}
	known := func(happen func(*incident) bool) func(*incident) bool {
		return func(in *incident) bool {
			if !happen(in) {
				return false
			}
			in.hints.ClientIDs = []string{"SANDBOX_5Y7777777777777", in.signed.ClientID}
			return true
		}
	}
	around := func(before, after string) func(string) string {
		return func(s string) string { return before + s + after }
	}
	toggled := func(s string) string {
		if bare, is := strings.CutPrefix(s, "SANDBOX_"); is {
			return bare
		}
		return "SANDBOX_" + s
	}
	return []fault{
		{name: "another profile's client ID", kind: "client", oneOf: cause, happen: known(given(func(string) string { return other }))},
		{name: "signed with another profile's client ID", kind: "client", oneOf: cause, happen: known(signed(func(string) string { return other }))},
		{name: "an unknown client ID was signed", kind: "client", grade: unreachable, oneOf: one(diagnose.ClientID, diagnose.ContentUnexplained), happen: ignorant(signed(func(string) string { return other }))},
		{name: "the client ID in lower case", kind: "client", oneOf: cause, happen: given(strings.ToLower)},
		{name: "signed with the client ID in lower case", kind: "client", oneOf: cause, happen: signed(strings.ToLower)},
		{name: "a space after the client ID", kind: "client", oneOf: cause, happen: given(around("", " "))},
		{name: "a space before the client ID", kind: "client", oneOf: cause, happen: given(around(" ", ""))},
		{name: "a line break after the client ID", kind: "client", oneOf: cause, happen: given(around("", "\r\n"))},
		{name: "signed with a space after the client ID", kind: "client", oneOf: cause, happen: signed(around("", " "))},
		{name: "signed with a space before the client ID", kind: "client", oneOf: cause, happen: signed(around(" ", ""))},
		{name: "SANDBOX_ came or went, and the ID is known", kind: "client", oneOf: cause, happen: known(given(toggled))},
		{name: "SANDBOX_ came or went", kind: "client", grade: hard, oneOf: cause, happen: given(toggled)},
		{name: "no client ID, and it is known", kind: "client", oneOf: cause, also: one(diagnose.Separator), happen: known(given(func(string) string { return "" }))},
	}
}

// moment reads the times of the corpus.
func moment(text string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms).UTC(), true
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

func timeFaults() []fault {
	const iso = "2006-01-02T15:04:05"
	cause := one(diagnose.TimeFormat)
	zone := func(layout string, hours float64) func(time.Time) string {
		return func(t time.Time) string { return t.In(time.FixedZone("", int(hours*3600))).Format(layout) }
	}
	forms := []struct {
		name  string
		write func(time.Time) string
	}{
		{"milliseconds", func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }},
		{"seconds", func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }},
		{"UTC with Z", zone(iso+"Z07:00", 0)},
		{"UTC with +00:00", zone(iso+"-07:00", 0)},
		{"ISO at +08:00", zone(iso+"-07:00", 8)},
		{"ISO at -08:00", zone(iso+"-07:00", -8)},
		{"ISO at +05:30", zone(iso+"-07:00", 5.5)},
		{"ISO at +01:00", zone(iso+"-07:00", 1)},
		{"ISO at +0800", zone(iso+"-0700", 8)},
		{"UTC with milliseconds", zone(iso+".000Z07:00", 0)},
		{"ISO at +08:00 with milliseconds", zone(iso+".000-07:00", 8)},
	}
	var all []fault
	for _, form := range forms {
		// lossy reports whether what is left in to does not tell what was in from.
		lossy := func(from, to string) bool {
			a, _ := moment(from)
			b, ok := moment(to)
			if !ok {
				b, ok = a, true // the corpus's readers do not know +0800
			}
			if form.name == "seconds" {
				b = a.Truncate(time.Second)
			}
			return !ok || !a.Equal(b)
		}
		all = append(all,
			fault{name: "the time as " + form.name, kind: "time", oneOf: cause, happen: func(in *incident) bool {
				t, ok := moment(in.given.Time)
				if !ok {
					return false
				}
				in.given.Time = form.write(t)
				if lossy(in.signed.Time, in.given.Time) {
					in.grade = max(in.grade, hard)
				}
				return in.given.Time != in.signed.Time
			}},
			fault{name: "signed with the time as " + form.name, kind: "time", oneOf: cause, happen: func(in *incident) bool {
				t, ok := moment(in.signed.Time)
				if !ok {
					return false
				}
				in.signed.Time = form.write(t)
				return in.given.Time != in.signed.Time
			}})
	}
	given := func(change func(string) string) func(*incident) bool {
		return func(in *incident) bool {
			in.given.Time = change(in.given.Time)
			return in.given.Time != in.signed.Time
		}
	}
	signed := func(change func(string) string) func(*incident) bool {
		return func(in *incident) bool {
			in.signed.Time = change(in.signed.Time)
			return in.given.Time != in.signed.Time
		}
	}
	later := func(text string) string {
		t, _ := moment(text)
		return t.Add(97 * time.Minute).Format(time.RFC3339)
	}
	return append(all,
		fault{name: "a space after the time", kind: "time", oneOf: cause, happen: given(func(s string) string { return s + " " })},
		fault{name: "a space before the time", kind: "time", oneOf: cause, happen: given(func(s string) string { return " " + s })},
		fault{name: "a line break after the time", kind: "time", oneOf: cause, happen: given(func(s string) string { return s + "\n" })},
		fault{name: "signed with a space after the time", kind: "time", oneOf: cause, happen: signed(func(s string) string { return s + " " })},
		fault{name: "+ became a space in the time", kind: "time", oneOf: cause, happen: given(func(s string) string { return strings.ReplaceAll(s, "+", " ") })},
		fault{name: "T became a space in the time", kind: "time", grade: hard, oneOf: cause, happen: given(func(s string) string { return strings.ReplaceAll(s, "T", " ") })},
		fault{name: "the time of another header, which is known", kind: "time", oneOf: cause, happen: func(in *incident) bool {
			in.hints.Times = []string{"1772000000000", in.signed.Time}
			return given(later)(in)
		}},
		fault{name: "another time", kind: "time", grade: unreachable, oneOf: one(diagnose.TimeFormat, diagnose.ContentUnexplained), happen: ignorant(given(later))},
		fault{name: "signed with microseconds", kind: "time", grade: hard, oneOf: cause, happen: signed(func(s string) string {
			t, _ := moment(s)
			return t.Add(271 * time.Microsecond).Format("2006-01-02T15:04:05.000000-07:00")
		})},
	)
}

func methodFaults() []fault {
	cause := one(diagnose.Method)
	var all []fault
	for _, method := range []string{"post", "Post", "GET", "PUT", "get"} {
		all = append(all, fault{name: "the method as " + method, kind: "method", oneOf: cause, happen: func(in *incident) bool { in.given.Method = method; return true }})
		if method != "get" {
			all = append(all, fault{name: "signed with the method as " + method, kind: "method", oneOf: cause, happen: func(in *incident) bool { in.signed.Method = method; return true }})
		}
	}
	return append(all,
		fault{name: "a space after the method", kind: "method", grade: hard, oneOf: one(diagnose.Method, diagnose.Separator), happen: func(in *incident) bool { in.given.Method += " "; return true }},
		fault{name: "no method", kind: "method", oneOf: cause, happen: func(in *incident) bool { in.given.Method = ""; return true }})
}

func separatorFaults() []fault {
	forms := []struct {
		name  string
		grade grade
		form  string
	}{
		{"CRLF for LF", reachable, "%[1]s %[2]s\r\n%[3]s.%[4]s.%[5]s"},
		{"no LF", reachable, "%[1]s %[2]s%[3]s.%[4]s.%[5]s"},
		{"LF twice", reachable, "%[1]s %[2]s\n\n%[3]s.%[4]s.%[5]s"},
		{"no dot before the time", reachable, "%[1]s %[2]s\n%[3]s%[4]s.%[5]s"},
		{"no dot before the body", reachable, "%[1]s %[2]s\n%[3]s.%[4]s%[5]s"},
		{"no dot at all", reachable, "%[1]s %[2]s\n%[3]s%[4]s%[5]s"},
		{"two dots before the time", reachable, "%[1]s %[2]s\n%[3]s..%[4]s.%[5]s"},
		{"two dots before the body", reachable, "%[1]s %[2]s\n%[3]s.%[4]s..%[5]s"},
		{"CR for LF", hard, "%[1]s %[2]s\r%[3]s.%[4]s.%[5]s"},
		{`\n in letters for LF`, hard, `%[1]s %[2]s\n%[3]s.%[4]s.%[5]s`},
		{"a space for LF", hard, "%[1]s %[2]s %[3]s.%[4]s.%[5]s"},
		{"no space", hard, "%[1]s%[2]s\n%[3]s.%[4]s.%[5]s"},
		{"two spaces", hard, "%[1]s  %[2]s\n%[3]s.%[4]s.%[5]s"},
		{"LF for dots", hard, "%[1]s %[2]s\n%[3]s\n%[4]s\n%[5]s"},
		{"the body alone", hard, "%[5]s"},
	}
	var all []fault
	for _, f := range forms {
		all = append(all, fault{name: "signed with " + f.name, kind: "separator", grade: f.grade, oneOf: one(diagnose.Separator), happen: func(in *incident) bool {
			in.join = func(m sign.Message) string {
				form := f.form
				if form == "%[5]s" {
					return string(m.Body)
				}
				return fmt.Sprintf(form, m.Method, m.Path, m.ClientID, m.Time, m.Body)
			}
			return true
		}})
	}
	return all
}

// The signature as text, and the header around it.

func spellingFaults() []fault {
	std := base64.StdEncoding.EncodeToString
	decoded := one(diagnose.SignatureNotDecoded, diagnose.SignaturePlusSpace)
	truncated, alphabet := one(diagnose.SignatureTruncated), one(diagnose.SignatureAlphabet)
	spelt := func(spell func(raw []byte) string) func(*incident) bool {
		return func(in *incident) bool {
			in.spell = spell
			return true
		}
	}
	cut := func(n int) func([]byte) string { // n characters of base64 and the padding
		return func(raw []byte) string {
			text := strings.TrimRight(std(raw), "=")
			return url.QueryEscape(text[:len(text)-n])
		}
	}
	return []fault{
		{name: "not url-encoded", kind: "signature-spelling", oneOf: decoded, happen: func(in *incident) bool {
			in.spell = std
			return hasPlus(in)
		}},
		{name: "decoded twice", kind: "signature-spelling", oneOf: one(diagnose.SignaturePlusSpace), also: one(diagnose.SignatureNotDecoded), happen: func(in *incident) bool {
			in.spell = func(raw []byte) string { return strings.ReplaceAll(std(raw), "+", " ") }
			return hasPlus(in)
		}},
		{name: "+ became %20", kind: "signature-spelling", oneOf: one(diagnose.SignaturePlusSpace), also: one(diagnose.SignatureNotDecoded, diagnose.SignatureEncodedTwice), happen: func(in *incident) bool {
			in.spell = func(raw []byte) string { return strings.ReplaceAll(formEncoded(raw), "%2B", "%20") }
			return hasPlus(in)
		}},
		{name: "encoded twice", kind: "signature-spelling", oneOf: one(diagnose.SignatureEncodedTwice), happen: spelt(func(raw []byte) string { return url.QueryEscape(formEncoded(raw)) })},
		{name: "encoded three times", kind: "signature-spelling", oneOf: one(diagnose.SignatureEncodedTwice), happen: spelt(func(raw []byte) string { return url.QueryEscape(url.QueryEscape(formEncoded(raw))) })},
		{name: "base64 of base64", kind: "signature-spelling", grade: hard, oneOf: one(diagnose.SignatureEncodedTwice, diagnose.SignatureAlphabet), happen: spelt(func(raw []byte) string { return formEncoded([]byte(std(raw))) })},
		{name: "base64url", kind: "signature-spelling", oneOf: alphabet, also: truncated, happen: spelt(base64.RawURLEncoding.EncodeToString)},
		{name: "base64url with padding", kind: "signature-spelling", oneOf: alphabet, happen: spelt(base64.URLEncoding.EncodeToString)},
		{name: "base64url, url-encoded", kind: "signature-spelling", oneOf: alphabet, happen: spelt(func(raw []byte) string { return url.QueryEscape(base64.URLEncoding.EncodeToString(raw)) })},
		{name: "hex", kind: "signature-spelling", oneOf: alphabet, happen: spelt(hex.EncodeToString)},
		{name: "HEX", kind: "signature-spelling", oneOf: alphabet, happen: spelt(func(raw []byte) string { return strings.ToUpper(hex.EncodeToString(raw)) })},
		{name: "no padding", kind: "signature-spelling", oneOf: truncated, happen: spelt(cut(0))},
		{name: "one %3D is missing", kind: "signature-spelling", oneOf: truncated, happen: spelt(func(raw []byte) string { return strings.TrimSuffix(formEncoded(raw), "%3D") })},
		{name: "cut inside %3D", kind: "signature-spelling", oneOf: truncated, happen: spelt(func(raw []byte) string { return strings.TrimSuffix(formEncoded(raw), "D") })},
		{name: "cut at =", kind: "signature-spelling", oneOf: truncated, also: append(slices.Clone(decoded), diagnose.SignatureHeader), happen: spelt(func(raw []byte) string { return strings.TrimRight(std(raw), "=") })},
		{name: "cut by one character", kind: "signature-spelling", oneOf: truncated, happen: spelt(cut(1))},
		{name: "cut by two characters", kind: "signature-spelling", oneOf: truncated, happen: spelt(cut(2))},
		{name: "one character is missing, the padding is there", kind: "signature-spelling", oneOf: truncated, happen: spelt(func(raw []byte) string { return cut(1)(raw) + "%3D%3D" })},
		{name: "cut by three characters", kind: "signature-spelling", grade: hard, oneOf: truncated, happen: spelt(cut(3))},
		{name: "the first character is missing", kind: "signature-spelling", grade: hard, oneOf: truncated, happen: spelt(func(raw []byte) string { return url.QueryEscape(std(raw)[1:]) })},
		{name: "cut by twelve characters", kind: "signature-spelling", grade: unreachable, oneOf: one(diagnose.SignatureTruncated, diagnose.KeyUnknown), happen: spelt(cut(12))},
		{name: "cut in the middle", kind: "signature-spelling", grade: unreachable, oneOf: one(diagnose.SignatureTruncated, diagnose.KeyUnknown), happen: spelt(cut(171))},
		{name: "in upper case", kind: "signature-spelling", grade: unreachable, oneOf: one(diagnose.SignatureAlphabet, diagnose.KeyUnknown), happen: spelt(func(raw []byte) string { return url.QueryEscape(strings.ToUpper(std(raw))) })},
		{name: "in lower case", kind: "signature-spelling", grade: unreachable, oneOf: one(diagnose.SignatureAlphabet, diagnose.KeyUnknown), happen: spelt(func(raw []byte) string { return url.QueryEscape(strings.ToLower(std(raw))) })},
		{name: "one character was changed", kind: "signature-spelling", grade: unreachable, oneOf: one(diagnose.KeyUnknown, diagnose.SignatureTruncated, diagnose.SignatureAlphabet), happen: spelt(func(raw []byte) string {
			broken := bytes.Clone(raw)
			broken[len(broken)/2] ^= 0x20
			return formEncoded(broken)
		})},
		{name: "random bytes", kind: "signature-spelling", grade: unreachable, oneOf: one(diagnose.KeyUnknown), happen: func(in *incident) bool {
			noise := make([]byte, 256)
			for i := range noise {
				noise[i] = byte(in.random.IntN(256))
			}
			noise[0] &= 0x3f
			in.spell = func([]byte) string { return formEncoded(noise) }
			return true
		}},
		{name: "no signature", kind: "signature-spelling", grade: unreachable, oneOf: one(diagnose.SignatureHeader, diagnose.SignatureTruncated), happen: spelt(func([]byte) string { return "" })},
	}
}

// hasPlus drops the story where the signature, once made, has no '+' in base64:
// nothing goes wrong in decoding then. It is one in 200.
func hasPlus(in *incident) bool {
	in.needsPlus = true
	return true
}

func frameFaults() []fault {
	cause := one(diagnose.SignatureHeader)
	around := func(frame func(signature string) string) func(*incident) bool {
		return func(in *incident) bool {
			in.frame = frame
			return true
		}
	}
	renamed := func(name string) func(*incident) bool {
		return around(func(s string) string { return "algorithm=" + name + ",keyVersion=1,signature=" + s })
	}
	either := one(diagnose.SignatureHeader, diagnose.Algorithm)
	return []fault{
		{name: "the bare value", kind: "signature-frame", quiet: true, oneOf: cause, happen: around(func(s string) string { return s })},
		{name: "signature= alone", kind: "signature-frame", quiet: true, oneOf: cause, happen: around(func(s string) string { return "signature=" + s })},
		{name: "spaces after the commas", kind: "signature-frame", quiet: true, oneOf: cause, happen: around(func(s string) string { return "algorithm=RSA256, keyVersion=1, signature=" + s })},
		{name: "the signature first", kind: "signature-frame", quiet: true, oneOf: cause, happen: around(func(s string) string { return "signature=" + s + ",algorithm=RSA256,keyVersion=1" })},
		{name: "the name of the header in front", kind: "signature-frame", quiet: true, oneOf: cause, happen: around(func(s string) string { return "Signature: " + framed(s) })},
		{name: "the name of the header in front, in lower case", kind: "signature-frame", quiet: true, oneOf: cause, happen: around(func(s string) string { return "signature:" + framed(s) })},
		{name: "quotes around the signature", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return framed(`"` + s + `"`) })},
		{name: "single quotes around the signature", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return framed(`'` + s + `'`) })},
		{name: "quotes around the header", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return `"` + framed(s) + `"` })},
		{name: "quotes around the bare value", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return `"` + s + `"` })},
		{name: "semicolons", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return "algorithm=RSA256;keyVersion=1;signature=" + s })},
		{name: "ampersands", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return "algorithm=RSA256&keyVersion=1&signature=" + s })},
		{name: "spaces for commas", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return "algorithm=RSA256 keyVersion=1 signature=" + s })},
		{name: "colons for =", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return "algorithm:RSA256,keyVersion:1,signature:" + s })},
		{name: "no signature=", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return "algorithm=RSA256,keyVersion=1," + s })},
		{name: "a line break at the end", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return framed(s) + "\r\n" })},
		{name: "a line break before signature=", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return "algorithm=RSA256,keyVersion=1,\r\n signature=" + s })},
		{name: "in lines of 76", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return framed(columns(s, 76, "\n")) })},
		{name: "in lines of 64, with CR", kind: "signature-frame", oneOf: cause, happen: around(func(s string) string { return framed(columns(s, 64, "\r\n")) })},
		{name: "base64 in lines, url-encoded", kind: "signature-frame", oneOf: one(diagnose.SignatureHeader, diagnose.SignatureAlphabet), happen: around(func(s string) string {
			text, _ := url.QueryUnescape(s)
			return framed(url.QueryEscape(columns(text, 76, "\n")))
		})},
		{name: "the whole header url-encoded", kind: "signature-frame", oneOf: one(diagnose.SignatureHeader, diagnose.SignatureEncodedTwice), also: one(diagnose.SignatureEncodedTwice, diagnose.SignatureHeader), happen: around(func(s string) string { return url.QueryEscape(framed(s)) })},
		{name: "the algorithm is called SHA256withRSA", kind: "signature-frame", oneOf: either, happen: renamed("SHA256withRSA")},
		{name: "the algorithm is called RS256", kind: "signature-frame", oneOf: either, happen: renamed("RS256")},
		{name: "as JSON", kind: "signature-frame", grade: hard, oneOf: cause, happen: around(func(s string) string { return `{"algorithm":"RSA256","keyVersion":"1","signature":"` + s + `"}` })},
		{name: "signature= twice", kind: "signature-frame", grade: hard, oneOf: cause, happen: around(func(s string) string { return framed(s) + ",signature=" + s })},
		{name: "typographic quotes", kind: "signature-frame", grade: hard, oneOf: cause, happen: around(func(s string) string { return framed("“" + s + "”") })},
		{name: "cut at the first comma", kind: "signature-frame", grade: unreachable, oneOf: cause, happen: around(func(string) string { return "algorithm=RSA256" })},
		{name: "an empty header", kind: "signature-frame", grade: unreachable, oneOf: cause, happen: around(func(string) string { return "" })},
	}
}

func keyFaults() []fault {
	own := one(diagnose.KeyOwnPublic)
	public := func(in *incident, name string, role diagnose.Role, key *rsa.PrivateKey) diagnose.Key {
		return diagnose.Key{Name: name, Role: role, Key: in.corpus.public[key]}
	}
	theirs := []diagnose.Side{diagnose.Notification, diagnose.Response}
	return []fault{
		{name: "signed by the reader's own key", kind: "key", oneOf: own, happen: func(in *incident) bool {
			if in.base.side == diagnose.Request {
				in.signer = in.corpus.antom
			} else {
				in.signer = in.corpus.merchant
			}
			return true
		}},
		{name: "signed by the key of another profile", kind: "key", oneOf: one(diagnose.KeyOtherProfile), happen: func(in *incident) bool {
			in.signer = in.corpus.foreign
			return true
		}},
		{name: "the reader's own public key stands where Antom's should, and Antom's is known", kind: "key", sides: theirs, oneOf: one(diagnose.KeyOwnPublic, diagnose.KeyOtherProfile), happen: func(in *incident) bool {
			in.keys = []diagnose.Key{
				public(in, "Antom's public key of profile sg", diagnose.RoleExpected, in.corpus.merchant),
				public(in, "the public half of the private key of profile sg", diagnose.RoleOwnPublic, in.corpus.merchant),
				public(in, "Antom's public key of profile jp", diagnose.RoleOtherProfile, in.corpus.antom),
			}
			return true
		}},
		{name: "the reader's own public key stands where Antom's should, and Antom's is not known", kind: "key", grade: unreachable, sides: theirs, oneOf: one(diagnose.KeyOwnPublic, diagnose.KeyUnknown), happen: func(in *incident) bool {
			in.keys = []diagnose.Key{
				public(in, "Antom's public key of profile sg", diagnose.RoleExpected, in.corpus.merchant),
				public(in, "the public half of the private key of profile sg", diagnose.RoleOwnPublic, in.corpus.merchant),
			}
			return true
		}},
		{name: "signed by a stranger's key", kind: "key", grade: unreachable, oneOf: one(diagnose.KeyUnknown), happen: func(in *incident) bool {
			in.signer = in.corpus.stranger
			return true
		}},
		{name: "signed by the key of another profile, which is not known", kind: "key", grade: unreachable, oneOf: one(diagnose.KeyUnknown), happen: func(in *incident) bool {
			in.signer = in.corpus.foreign
			in.keys = in.keys[:1]
			return true
		}},
	}
}

func algorithmFaults() []fault {
	cause := one(diagnose.Algorithm)
	var all []fault
	for _, s := range []struct {
		name   string
		scheme scheme
	}{
		{"SHA-1", scheme{hash: crypto.SHA1}},
		{"SHA-512", scheme{hash: crypto.SHA512}},
		{"MD5", scheme{hash: crypto.MD5}},
		{"PSS", scheme{hash: crypto.SHA256, pss: true}},
	} {
		all = append(all, fault{name: "signed with " + s.name, kind: "algorithm", oneOf: cause, also: one(diagnose.SignatureHeader), happen: func(in *incident) bool {
			in.scheme = s.scheme
			return true
		}})
	}
	return append(all,
		fault{name: "signed with SHA-512, and said so", kind: "algorithm", oneOf: cause, also: one(diagnose.SignatureHeader), happen: func(in *incident) bool {
			if long := strings.Repeat("x", 100); in.frame(long) != framed(long) {
				return false // it has another header already
			}
			in.scheme = scheme{hash: crypto.SHA512}
			in.frame = func(s string) string { return "algorithm=RSA512,keyVersion=1,signature=" + s }
			return true
		}},
		fault{name: "signed with SHA-384", kind: "algorithm", grade: hard, oneOf: cause, happen: func(in *incident) bool {
			in.scheme = scheme{hash: crypto.SHA384}
			return true
		}},
		fault{name: "signed with PSS of SHA-512", kind: "algorithm", grade: hard, oneOf: cause, happen: func(in *incident) bool {
			in.scheme = scheme{hash: crypto.SHA512, pss: true}
			return true
		}},
	)
}
