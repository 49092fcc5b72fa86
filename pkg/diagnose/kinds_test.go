package diagnose_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

const signedBody = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},` +
	`"paymentRequestId":"order-7731-a","paymentAmount":{"value":"1999","currency":"EUR"},"note":"Café \"rouge\" d'été","extra":{},"list":[],"nothing":null,"blank":""}`

// kind is one way to have another message than the one that was signed.
type kind struct {
	name   string
	signed string // body; signedBody where empty
	given  string
	change func(m *sign.Message)
	hints  diagnose.Hints
	cause  diagnose.Cause
	proven bool
	says   string // in the explanation
}

func (k kind) ask(t *testing.T) diagnose.Diagnosis {
	d, _ := k.asked(t)
	return d
}

// asked is the diagnosis, and of what.
func (k kind) asked(t *testing.T) (diagnose.Diagnosis, sign.Message) {
	t.Helper()
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: "SANDBOX_5Y0000000000001", Time: "2026-03-04T05:06:07+08:00", Body: []byte(k.signed)}
	if k.signed == "" {
		m.Body = []byte(signedBody)
	}
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	m.Body = []byte(k.given)
	if k.change != nil {
		m.Body = []byte(signedBody)
		k.change(&m)
	}
	if !k.proven {
		k.hints.Budget = shortSearch
	}
	return diagnose.Signature(context.Background(), m, header, []diagnose.Key{{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: key.Public()}}, k.hints), m
}

func check(t *testing.T, kinds []kind) {
	t.Helper()
	for _, k := range kinds {
		d, given := k.asked(t)
		for _, more := range unnamed(given, d) {
			t.Errorf("%s: not all is named: %s: %s", k.name, more, d.Explanation)
		}
		if d.Cause != k.cause || d.Proven != k.proven || !strings.Contains(d.Explanation, k.says) {
			t.Errorf("%s: %s, proven=%v: %s; want %s, proven=%v, with %q", k.name, d.Cause, d.Proven, d.Explanation, k.cause, k.proven, k.says)
		}
		if d.Repair == "" {
			t.Errorf("%s: there is no repair", k.name)
		}
		for _, f := range d.Faults {
			if f.Repair == "" {
				t.Errorf("%s: there is no repair for %s", k.name, f.Cause)
			}
		}
	}
}

func list(separator, form string) string {
	var items []string
	for i := range len(signedBody) {
		if form == "int8" {
			items = append(items, fmt.Sprint(int8(signedBody[i])))
		} else {
			items = append(items, fmt.Sprintf(form, signedBody[i]))
		}
	}
	return strings.Join(items, separator)
}

// rows are a dump, its bytes set apart by gap, after so many of them.
func rows(offset string, group int, gap, side string) string {
	var b strings.Builder
	for at := 0; at < len(signedBody); at += 16 {
		row := signedBody[at:min(at+16, len(signedBody))]
		fmt.Fprintf(&b, offset, at)
		for i := range len(row) {
			if i > 0 && i%group == 0 {
				b.WriteString(gap)
			}
			fmt.Fprintf(&b, "%02x", row[i])
		}
		shown := strings.Map(func(r rune) rune {
			if r > '~' {
				return '.'
			}
			return r
		}, row)
		fmt.Fprintf(&b, side, shown)
		b.WriteString("\n")
	}
	return b.String()
}

func python(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\\' || c == '\'':
			b.WriteString(`\` + string(c))
		case c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return "b'" + b.String() + "'"
}

// A body as logs, databases and languages print it leads back to its bytes.
func TestPrintedBodiesAreRead(t *testing.T) {
	twice := func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			b.WriteRune(rune(s[i]))
		}
		return b.String()
	}
	var all []kind
	add := func(name, given, says string) {
		all = append(all, kind{name: name, given: given, cause: diagnose.BodyEncoding, proven: true, says: says})
	}
	add("Node's Buffer as JSON", `{"type":"Buffer","data":[`+list(",", "%d")+`]}`, "Buffer of Node")
	add("the same in an envelope", `{"rawBody":{"type":"Buffer","data":[`+list(",", "%d")+`]}}`, "envelope")
	add("a typed array as JSON", func() string {
		var items []string
		for i := range len(signedBody) {
			items = append(items, fmt.Sprintf(`"%d":%d`, i, signedBody[i]))
		}
		return "{" + strings.Join(items, ",") + "}"
	}(), "")
	add("Node's console", "<Buffer "+list(" ", "%02x")+">", "hex")
	add("Uint8Array", "Uint8Array(9) [\n  "+list(", ", "%d")+"\n]", "list of its bytes")
	add("Java", "["+list(", ", "int8")+"]", "list of its bytes")
	add("Go", "["+list(" ", "%d")+"]\n", "list of its bytes")
	add("Go's %#v", "[]byte{"+list(", ", "0x%x")+"}", "list of its bytes")
	add("a label in front", "body: ["+list(" ", "%d")+"]", "list of its bytes")
	add("hex", hex.EncodeToString([]byte(signedBody)), "hex")
	add("hex of PostgreSQL", `\x`+hex.EncodeToString([]byte(signedBody)), "hex")
	add("hex of MySQL", `X'`+hex.EncodeToString([]byte(signedBody))+"'", "hex")
	add("hex of .NET", list("-", "%02X"), "hex")
	add("hex in lines", list(" ", "%02x")+"\n", "hex")
	add("hexdump -C", hex.Dump([]byte(signedBody)), "dump")
	add("xxd", rows("%08x: ", 2, " ", "  %s"), "dump")
	add("od", rows("%06x ", 1, " ", "  >%s<")+fmt.Sprintf("%06x\n", len(signedBody)), "dump")
	add("od with octal offsets", rows("%07o ", 1, " ", "%.0s"), "dump")
	add("base64", base64.StdEncoding.EncodeToString([]byte(signedBody)), "base64")
	add("base64url", base64.RawURLEncoding.EncodeToString([]byte(signedBody)), "base64")
	add("base64 of base64", base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(signedBody)))), "base64")
	add("a JSON string", quote(signedBody), "JSON string")
	add("a JSON string, twice", quote(quote(signedBody)), "JSON string")
	add("Python's bytes", python(signedBody), "Python")
	add("Python's bytes, with a newline", python(signedBody)+"\n", "Python")
	add("Python's repr", "'"+strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(signedBody)+"'", "")
	add("CSV", `"`+strings.ReplaceAll(signedBody, `"`, `""`)+`"`, "CSV")
	add("SQL", `'`+strings.ReplaceAll(signedBody, `'`, `''`)+`'`, "")
	add("nginx", strings.NewReplacer(`"`, `\x22`, `\`, `\x5C`, "é", `\xC3\xA9`).Replace(signedBody), `\x22`)
	add("octal", strings.NewReplacer("é", `\303\251`).Replace(signedBody), `\042`)
	add("quoted-printable", strings.ReplaceAll(strings.NewReplacer("=", "=3D", "é", "=C3=A9").Replace(signedBody), `"S",`, "\"S\",=\n"), "quoted-printable")
	check(t, all)

	check(t, []kind{
		{name: "HTML", given: strings.NewReplacer(`"`, "&quot;", "é", "&eacute;", "'", "&#39;").Replace(signedBody), cause: diagnose.BodyEscaping, proven: true, says: "HTML"},
		{name: "backslashes doubled", given: strings.ReplaceAll(signedBody, `\`, `\\`), cause: diagnose.BodyEscaping, proven: true, says: "doubled"},
		{name: "inside of a JSON string", given: strings.Trim(quote(signedBody), `"`), cause: diagnose.BodyEscaping, proven: true, says: "inside"},
		{name: "Latin-1 once", given: twice(signedBody), cause: diagnose.BodyCharset, proven: true, says: "twice"},
		{name: "Latin-1 twice", given: twice(twice(signedBody)), cause: diagnose.BodyCharset, proven: true, says: "3 times"},
		{name: "Latin-1 three times", given: twice(twice(twice(signedBody))), cause: diagnose.BodyCharset, proven: true, says: "4 times"},
		{
			name: "a dict of Python", signed: `{"a":"it's","b":null,"c":[1,true],"d":"é"}`, given: `{'a': "it's", 'b': None, 'c': [1, True], 'd': 'é'}`,
			cause: diagnose.BodyEncoding, proven: true, says: "Python",
		},
		{name: "a hash of Ruby", signed: `{"a":"b","c":null}`, given: `{"a"=>"b", "c"=>nil}`, cause: diagnose.BodyEncoding, proven: true},
		{name: "an object of JavaScript", signed: `{"a":"b","c":{"d":true}}`, given: "{ a: 'b', c: { d: true } }", cause: diagnose.BodyEncoding, proven: true},
		{name: "an array of PHP", signed: `{"a":"b"}`, given: "array (\n  'a' => 'b',\n)", cause: diagnose.BodyEncoding, proven: true},
		{name: "a dict that lost something", given: `{'a': 'b', 'n': None}`, cause: diagnose.BodyEncoding, says: "dict of Python"},
		{name: "a map of Java", given: `{notifyType=PAYMENT_RESULT, a=b}`, cause: diagnose.BodyEncoding, says: "Java"},
		{name: "a map of Go", given: `map[notifyType:PAYMENT_RESULT]`, cause: diagnose.BodyEncoding, says: "Go"},
		{name: "print_r", given: "Array\n(\n    [notifyType] => PAYMENT_RESULT\n)\n", cause: diagnose.BodyEncoding, says: "PHP"},
		{name: "the beginning of a Buffer", given: "<Buffer 7b 22 6e 6f 74 ... 300 more bytes>", cause: diagnose.BodyTruncated, says: "beginning"},
	})
}

// What a framework does to values is undone, alone and together.
func TestChangedValuesAreFound(t *testing.T) {
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(signedBody) }
	var all []kind
	add := func(name, signed, given, says string) {
		all = append(all, kind{name: name, signed: signed, given: given, cause: diagnose.BodyValues, proven: true, says: says})
	}
	add("trimmed", replaced("order-7731-a", "order-7731-a "), signedBody, "TrimStrings")
	add("two trimmed", replaced("order-7731-a", " order-7731-a", "EUR", "EUR "), signedBody, "TrimStrings")
	add("null for empty", "", replaced(`:""`, `:null`), "ConvertEmptyStringsToNull")
	add("empty for null", "", replaced(`null`, `""`), `"" stands where null`)
	add("[] for {}", "", replaced(`{}`, `[]`), "json_decode")
	add("{} for []", "", replaced(`[]`, `{}`), "{} stands where []")
	add("null for []", "", replaced(`[]`, `null`), "nil slice")
	add("Laravel", replaced("order-7731-a", "order-7731-a "), replaced(`:""`, `:null`, `{}`, `[]`), "TrimStrings")
	add("Laravel, written by PHP", replaced("order-7731-a", "order-7731-a "), replaced(`:""`, `:null`, `{}`, `[]`, "é", `\u00e9`), "TrimStrings")
	add("NFC", replaced("é", "e\u0301"), signedBody, "NFC")
	add("NFD", "", replaced("é", "e\u0301"), "NFC")
	add("no-break space", replaced(" d'", "\u00a0d'"), signedBody, "no-break")
	add("blank", "", replaced(" d'", "\u00a0d'"), "no-break")
	add("a null was dropped", replaced(`"extra"`, `"metadata":null,"extra"`), signedBody, "dropped")
	add("two nulls were dropped", replaced(`"extra"`, `"metadata":null,"extra"`, `"note"`, `"arn":null,"note"`), signedBody, "dropped")
	add("two nulls beside each other were dropped", replaced(`"extra"`, `"metadata":null,"arn":null,"extra"`), signedBody, "dropped")
	add("an empty text was dropped", replaced(`"currency"`, `"arn":"","currency"`), signedBody, "dropped")
	add("an amount as a number", "", replaced(`"1999"`, `1999`), "amount")
	add("an amount in major units", "", replaced(`"1999"`, `"19.99"`), "amount")
	add("an amount in major units, as a number", "", replaced(`"1999"`, `19.99`), "amount")
	all = append(all,
		kind{name: "a member that a body before had", signed: replaced(`"extra"`, `"unheard":null,"extra"`), given: signedBody, hints: diagnose.Hints{Bodies: [][]byte{[]byte(replaced(`"extra"`, `"unheard":"x","extra"`))}}, cause: diagnose.BodyValues, proven: true, says: "dropped"},
		kind{name: "ASCII", given: replaced("d'été", "d'?t?"), cause: diagnose.BodyCharset, proven: true, says: "question mark"},
		kind{name: "ASCII, bytes", given: replaced("d'été", "d'??t??"), cause: diagnose.BodyCharset, says: "question mark"},
		kind{name: "ASCII, Chinese", signed: `{"name":"王小明先生","a":"1"}`, given: `{"name":"?????","a":"1"}`, cause: diagnose.BodyCharset, says: "question mark"},
		kind{name: "an unknown member was dropped", signed: replaced(`null`, `"x"`, `"extra"`, `"unheard":null,"extra"`), given: replaced("null", `"x"`), cause: diagnose.ContentUnexplained, says: "null"},
	)
	check(t, all)
}

// A part of a body, or what a parser left of it, is called so.
func TestWhatIsLeftOfABodyIsNamed(t *testing.T) {
	all := []kind{
		{name: "cut inside a letter", given: signedBody[:strings.Index(signedBody, "été")+1], cause: diagnose.BodyTruncated, says: "inside a letter"},
		{name: "the first byte is missing", given: signedBody[1:], cause: diagnose.BodyTruncated, proven: true, says: "beginning"},
		{name: "the first 40 bytes are missing", given: signedBody[40:], cause: diagnose.BodyTruncated, proven: true, says: "beginning"},
		{name: "the first half is missing", given: signedBody[len(signedBody)/2:], cause: diagnose.BodyTruncated, says: "no beginning"},
		{name: "begins inside a letter", given: signedBody[strings.Index(signedBody, "été")+1:], cause: diagnose.BodyTruncated, says: "inside a letter"},
		{name: "another body, too long for a close look", given: `{"a":"` + strings.Repeat("x", 200<<10) + `"}`, cause: diagnose.ContentUnexplained},
		{name: "no body", given: "", cause: diagnose.BodyTruncated, says: "empty"},
		{name: "stars", given: strings.ReplaceAll(signedBody, "7731", "****"), cause: diagnose.BodyEdited, says: "masked"},
		{name: "a word for a value", given: strings.NewReplacer("order-7731-a", "[FILTERED]", "1999", "[FILTERED]").Replace(signedBody), cause: diagnose.BodyEdited, says: `its "paymentRequestId", "value" are masked`},
		{name: "stars for a value", given: strings.ReplaceAll(signedBody, "EUR", "***"), cause: diagnose.BodyEdited, says: `its "currency" is masked`},
		{name: "stars in a value", given: strings.ReplaceAll(signedBody, "order-7731-a", "or********-a"), cause: diagnose.BodyEdited, says: "log the raw body"},
		{name: "a card that APO masks, and another path", change: func(m *sign.Message) {
			m.Path, m.Body = "/elsewhere", []byte(`{"cardNo":"************0768","expiryYear":"**","note":"xxxx and ____ more"}`)
		}, cause: diagnose.ContentUnexplained},
	}
	for _, left := range []string{
		"{}", "[object Object]", "undefined", "null", "Array", "Object", "[]", `"[object Object]"`, "None", "[B@1b6d3586", "System.Byte[]", "map[]\n",
		"<_io.BytesIO object at 0x7f3c>", "org.example.RequestBody@4aa298b7", "[object ReadableStream]", "&{0xc00010a000}",
	} {
		all = append(all, kind{name: left, given: left, cause: diagnose.BodyParsed, says: "parser"})
	}
	check(t, all)
	for _, k := range all[len(all)-3:] {
		if d := k.ask(t); !strings.Contains(d.Repair, "raw body before the parser") {
			t.Errorf("%s: the repair is %q", k.name, d.Repair)
		}
	}
}

// The parts of the head: what is empty, and what routers do to a path.
func TestChangedHeadsAreFound(t *testing.T) {
	path := func(p string) func(*sign.Message) { return func(m *sign.Message) { m.Path = p } }
	check(t, []kind{
		{name: "no path", change: path(""), cause: diagnose.URIMissing, proven: true},
		{name: "no path, known", change: path(""), hints: diagnose.Hints{Paths: []string{"/hooks/apo"}}, cause: diagnose.URIMissing, proven: true},
		{name: "no time", change: func(m *sign.Message) { m.Time = "" }, cause: diagnose.TimeFormat, says: "empty"},
		{name: "no client ID", change: func(m *sign.Message) { m.ClientID = "" }, cause: diagnose.ClientID, says: "empty"},
		{name: "a dot", change: path("/hooks/./apo"), cause: diagnose.URIEncoding, proven: true, says: ". or .. in it, which were resolved"},
		{name: "a dot in front", change: path("/./hooks/apo"), cause: diagnose.URIEncoding, proven: true, says: ". or .. in it"},
		{name: "a dot at the end", change: path("/hooks/apo/."), cause: diagnose.URIEncoding, proven: true, says: ". or .. in it"},
		{name: "two dots in front", change: path("/x/../hooks/apo"), cause: diagnose.URIEncoding, proven: true, says: ". or .. in it"},
		{name: "two dots inside, twice", change: path("/hooks/x/../../hooks/apo"), cause: diagnose.URIEncoding, proven: true, says: ". or .. in it"},
		{name: "escaped dots", change: path("/x/%2E%2e/hooks/apo"), cause: diagnose.URIEncoding, proven: true, says: "escaped"},
		{name: "a dot and two slashes", change: path("/hooks/.//apo"), cause: diagnose.URIEncoding, proven: true, says: "doubled slashes"},
		{name: "a dot and a query", change: path("/hooks/./apo?a=1"), cause: diagnose.URIEncoding, proven: true, says: "; and the query"},
		{name: "two slashes", change: path("/hooks//apo"), cause: diagnose.URISlash, proven: true, says: "doubled slash"},
		{name: "two slashes and a host", change: path("//s/hooks/apo"), cause: diagnose.URIHost, proven: true, says: "two slashes and the name of a host"},
		{name: "capitals", change: path("/HOOKS/Apo"), cause: diagnose.URIEncoding, proven: true, says: "case"},
		{name: "a query", change: path("/hooks/apo?shop=1"), cause: diagnose.URIQuery, proven: true, says: "not signed"},
		{
			name: "a query, and a newline", change: func(m *sign.Message) { m.Path += "?shop=1"; m.Body = append(m.Body, '\n') },
			cause: diagnose.BodyTrailingNewline, proven: true, says: "newline",
		},
		{
			name: "a query, another host, and a newline", change: func(m *sign.Message) {
				m.Path = "/hooks/apo?shop=1"
				m.Body = []byte(strings.ReplaceAll(string(m.Body), ":", ": "))
			}, cause: diagnose.BodyReserialized, proven: true,
		},
		{name: "something else", change: func(m *sign.Message) { m.Path, m.Time = "/elsewhere", "yesterday" }, cause: diagnose.ContentUnexplained},
	})
	for signed, given := range map[string]string{"/Shop/Antom/Notify": "/shop/antom/notify", "/hooks/antomNotify": "/hooks/antomnotify", "/api/APO/v1": "/api/apo/v1"} {
		k := kind{name: given, change: path(given), cause: diagnose.URIEncoding, proven: true, says: "case"}
		if d := k.signedAt(t, signed); d.Cause != k.cause || !d.Proven {
			t.Errorf("%s for %s: %s, proven=%v", given, signed, d.Cause, d.Proven)
		}
	}
	unexplained, _ := diagnose.Describe(diagnose.ContentUnexplained)
	for _, try := range []string{"--known-path", "--public-key", "raw", "--framework"} {
		if !strings.Contains(unexplained.Repair, try) {
			t.Errorf("the repair of what is not explained says nothing of %s", try)
		}
	}
}

// signedAt asks about a message that was signed at another path.
func (k kind) signedAt(t *testing.T, signed string) diagnose.Diagnosis {
	t.Helper()
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	m := sign.Message{Method: "POST", Path: signed, ClientID: "SANDBOX_5Y0000000000001", Time: "2026-03-04T05:06:07+08:00", Body: []byte(signedBody)}
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	k.change(&m)
	return diagnose.Signature(context.Background(), m, header, []diagnose.Key{{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: key.Public()}}, k.hints)
}

// Two causes have two repairs, each with its fault.
func TestEachCauseHasItsRepair(t *testing.T) {
	d := kind{proven: true, change: func(m *sign.Message) {
		m.Path = "https://shop.example" + m.Path
		m.Body = []byte(strings.ReplaceAll(string(m.Body), ":", ": "))
	}}.ask(t)
	for _, cause := range []diagnose.Cause{diagnose.URIHost, diagnose.BodyReserialized} {
		one, _ := diagnose.Describe(cause)
		if !d.Proven || !strings.Contains(d.Repair, one.Repair) {
			t.Errorf("%v: the repair of %s is not in %q", d.Proven, cause, d.Repair)
		}
	}
}
