package diagnose_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
)

// usual are things that happen to a body on its way, each for itself.
func usual() map[string]func(string) string {
	replaced := func(from, to string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(s, from, to) }
	}
	return map[string]func(string) string{
		"a line end":  func(s string) string { return s + "\r\n" },
		"a mark":      func(s string) string { return "\ufeff" + s },
		"blanks":      replaced(`":`, `": `),
		"slashes":     replaced("/", `\/`),
		"escapes":     replaced("é", `\u00e9`),
		"ASCII":       replaced("é", "?"),
		"trimmed":     replaced("José ", "José"),
		"null":        replaced(`""`, "null"),
		"lists":       replaced("{}", "[]"),
		"shorter":     replaced("1.50", "1.5"),
		"edited":      replaced("1999", "2999"),
		"entities":    replaced(`"`, "&quot;"),
		"escaped &":   replaced("&", `\u0026`),
		"cut":         func(s string) string { return s[:len(s)-1] },
		"cut short":   func(s string) string { return s[:len(s)-30] },
		"base64":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"hex":         func(s string) string { return hex.EncodeToString([]byte(s)) },
		"a string":    quote,
		"url-encoded": func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") },
		"UTF-8 twice": func(s string) string { return string(twiceOf([]byte(s))) },
		"typographic": func(s string) string {
			return strings.NewReplacer(`":`, "”:", `",`, "”,", `"}`, "”}", `"`, "“").Replace(s)
		},
		"raw deflate": func(s string) string {
			var b bytes.Buffer
			w, _ := flate.NewWriter(&b, flate.BestCompression)
			w.Write([]byte(s))
			w.Close()
			return b.String()
		},
		"in an envelope": func(s string) string { return `{ "version": 1, "body": ` + strings.ReplaceAll(s, `","`, `", "`) + ` }` },
	}
}

const usualBody = `{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success."},"paymentRequestId":"order-7731-a",` +
	`"paymentAmount":{"value":"1999","currency":"EUR"},"buyer":{"firstName":"José ","middle":"","list":[],"obj":{},"nul":null},"rate":1.50,"url":"https://shop.example/a?b=1&c=2"}`

// Two usual things at once are told apart, each by its cause, and nothing else has to
// be mended.
func TestUsualThingsAreFoundInPairs(t *testing.T) {
	const (
		ends, packed, written, escaped, values, charset, cut, edited = diagnose.BodyTrailingNewline, diagnose.BodyEncoding, diagnose.BodyReserialized,
			diagnose.BodyEscaping, diagnose.BodyValues, diagnose.BodyCharset, diagnose.BodyTruncated, diagnose.BodyEdited
	)
	do := usual()
	for names, causes := range map[string][]diagnose.Cause{
		"cut, base64": {packed, cut}, "cut, hex": {packed, cut}, "cut, a string": {packed, cut}, "cut, url-encoded": {packed, cut}, "cut, entities": {escaped, cut}, "cut, slashes": {cut, escaped},
		"cut, null": {cut, values}, "cut, blanks": {cut, written}, "cut, a line end": {cut}, "a string, cut": {packed}, "hex, cut": {packed, cut}, "url-encoded, cut": {packed, cut},
		"base64, url-encoded": {packed}, "base64, a string": {packed}, "base64, slashes": {packed}, "a mark, UTF-8 twice": {packed, charset}, "UTF-8 twice, a mark": {packed, charset},
		"UTF-8 twice, url-encoded": {packed, charset}, "url-encoded, url-encoded": {packed}, "shorter, null": {values, written}, "shorter, lists": {values, written},
		"shorter, ASCII": {charset, written}, "shorter, url-encoded": {packed, written}, "shorter, a string": {packed, written}, "shorter, entities": {escaped, written},
		"edited, blanks": {written, edited}, "edited, slashes": {escaped, edited}, "edited, null": {values, edited}, "edited, trimmed": {values, edited}, "edited, entities": {escaped, edited},
		"edited, base64": {packed, edited}, "edited, a line end": {ends, edited}, "entities, a line end": {escaped, ends}, "a line end, entities": {escaped, ends}, "url-encoded, a line end": {packed, ends},
		"escapes, entities": {escaped, escaped}, "slashes, escapes": {escaped}, "escaped &, entities": {escaped, escaped}, "typographic": {edited}, "typographic, a line end": {edited, ends},
		"raw deflate": {packed}, "raw deflate, base64": {packed}, "in an envelope": {packed, written}, "blanks, escapes": {written, escaped},
	} {
		given := usualBody
		for name := range strings.SplitSeq(names, ", ") {
			given = do[name](given)
		}
		d, m := kind{signed: usualBody, given: given, proven: true}.asked(t)
		for _, more := range unnamed(m, d) {
			t.Errorf("%s: not all is named: %s: %s", names, more, d.Explanation)
		}
		got := causesOf(d)
		if !d.Proven || len(got) < len(causes) {
			t.Errorf("%s: proven=%v %v: %s", names, d.Proven, got, d.Explanation)
		}
		for _, want := range causes {
			if !strings.Contains(strings.Join(words(got), " "), string(want)) {
				t.Errorf("%s: %v: %s; want %s", names, got, d.Explanation, want)
			}
		}
		if names == "slashes, escapes" && (!strings.Contains(d.Explanation, `\/ for /`) || !strings.Contains(d.Explanation, `\u00e9 for é`)) {
			t.Errorf("%s: one of the two is not named: %s", names, d.Explanation)
		}
	}
}

func words(causes []diagnose.Cause) []string {
	var list []string
	for _, c := range causes {
		list = append(list, string(c))
	}
	return list
}

// What cannot be undone is suspected by the trace that it leaves.
func TestWhatCannotBeUndoneIsSuspected(t *testing.T) {
	do := usual()
	all := []kind{
		{name: "rounded by JavaScript", signed: `{"a":"b","n":12345678901234567890}`, given: `{"a":"b","n":12345678901234567000}`, cause: diagnose.BodyReserialized, says: "rounded"},
		{name: "rounded by jq", signed: `{"a":"b","n":1234567890123456789012345}`, given: `{"a":"b","n":1.2345678901234568e+24}`, cause: diagnose.BodyReserialized, says: "rounded"},
		{name: "zstd", given: "\x28\xb5\x2f\xfd\x24\x00\x01", cause: diagnose.BodyEncoding, says: "zstd"},
		{name: "typographic, and edited", given: strings.ReplaceAll(do["typographic"](signedBody), "order-7731", "other"), cause: diagnose.BodyEdited, says: "typographic"},
	}
	for _, name := range []string{"base64", "hex", "a string", "url-encoded"} {
		all = append(all, kind{name: "cut short, " + name, given: do[name](do["cut short"](usualBody)), cause: diagnose.BodyTruncated, says: "ends too early"})
	}
	check(t, all)
}
