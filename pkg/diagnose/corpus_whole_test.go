package diagnose_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/sign"
)

// unnamed returns what differs between a message that was given and the one that a
// proof found, and that none of its faults names: with that left as it is, what the
// proof says to mend would not be enough. It undoes what the faults name itself, and
// does not ask the search how.
func unnamed(given sign.Message, d diagnose.Diagnosis) []string {
	if !d.Proven || slices.Contains(causesOf(d), diagnose.Separator) {
		return nil // its message is not that of the content
	}
	var list []string
	told := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, part := range []struct{ name, given, signed string }{
		{"uri", given.Path, d.Message.Path},
		{"clientId", given.ClientID, d.Message.ClientID},
		{"requestTime", given.Time, d.Message.Time},
		{"method", given.Method, d.Message.Method},
		{"body", string(given.Body), string(d.Message.Body)},
	} {
		var of []diagnose.Fault
		for _, f := range d.Faults {
			if f.Part == part.name {
				of = append(of, f)
			}
		}
		switch {
		case part.given == part.signed:
		case len(of) == 0:
			told("the %s differs, and no fault says so", part.name)
		case part.name != "body":
			if !reaches(of, part.given, part.signed) {
				told("the faults of the %s do not lead from %q to %q", part.name, part.given, part.signed)
			}
		default:
			if why := remaining(of, part.given, part.signed); why != "" {
				told("with all mended that is named, %s", why)
			}
		}
	}
	return list
}

// reaches reports whether faults lead from what was given to what was signed, each
// from where another ends.
func reaches(faults []diagnose.Fault, from, to string) bool {
	at := []string{from}
	for range faults {
		for _, f := range faults {
			if slices.Contains(at, f.Given) {
				at = append(at, f.Signed)
			}
		}
	}
	return slices.Contains(at, to)
}

// named is what the faults of a body say is not as it was signed.
type named struct {
	ends, lines, blanks, order, numbers, escapes, values, letters bool

	any bool // it is not said what, in a way that could be undone here
}

// remaining is in what a body differs from the signed one once all is undone that
// its faults name; empty where it does not.
func remaining(faults []diagnose.Fault, given, signed string) string {
	var n named
	texts := []string{given}
	for _, f := range faults {
		for step := range strings.SplitSeq(f.What, ", and then ") {
			undone, known := undo(step, texts)
			if known {
				texts = undone
			} else {
				n.take(f, given, signed)
			}
		}
	}
	if n.any {
		return ""
	}
	why := ""
	for _, text := range texts {
		if why = n.difference(text, signed); why == "" {
			return ""
		}
	}
	return why
}

// undo undoes a fault that says how the body was packed, in each way in which that
// is done.
func undo(what string, texts []string) (undone []string, known bool) {
	add := func(text string, err error) {
		if err == nil {
			undone = append(undone, text)
		}
	}
	for _, way := range []struct {
		says string
		of   func(text string)
	}{
		{"base64 of what was signed", func(text string) {
			bare := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "", " ", "", `"`, "").Replace(text), "=")
			inner, err := base64.RawStdEncoding.DecodeString(bare[:len(bare)-len(bare)%4%3%2]) // a single character is the rest of what is cut off
			add(string(inner), err)
		}},
		{"JSON string of what was signed", func(text string) {
			var inner string
			err := json.Unmarshal([]byte(text), &inner)
			add(inner, err)
		}},
		{"gzip", func(text string) {
			r, err := gzip.NewReader(strings.NewReader(text))
			if err == nil {
				inner, err := io.ReadAll(r)
				add(string(inner), err)
			}
		}},
		{"with deflate", func(text string) {
			r, err := zlib.NewReader(strings.NewReader(text))
			if err == nil {
				inner, err := io.ReadAll(r)
				add(string(inner), err)
			}
		}},
		{"is url-encoded", func(text string) {
			if text = strings.TrimSuffix(text, "="); strings.Contains(what, "stands in front of it") {
				_, text, _ = strings.Cut(text, "=")
			}
			for range 2 {
				path, err := url.PathUnescape(text)
				add(path, err)
				form, err := url.QueryUnescape(text)
				add(form, err)
				if text = path; !strings.Contains(what, "twice") {
					break
				}
			}
		}},
		{"has entities of HTML", func(text string) {
			add(html.UnescapeString(text), nil)
			add(html.UnescapeString(html.UnescapeString(text)), nil)
		}},
		{"printed in hex", func(text string) {
			inner, err := hex.DecodeString(strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(text))
			add(string(inner), err)
		}},
		{"is missing", func(text string) {
			_, end, _ := strings.Cut(what, `: "`)
			end = strings.TrimSuffix(strings.TrimSuffix(end, " is missing"), `"`)
			add(text+strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(end), nil)
		}},
	} {
		if strings.Contains(what, way.says) && !strings.Contains(what, "beginning") && !strings.Contains(what, "…") {
			for _, text := range texts {
				way.of(text)
			}
			return undone, true
		}
	}
	return nil, false
}

// take notes what a fault names.
func (n *named) take(f diagnose.Fault, given, signed string) {
	switch f.Cause {
	case diagnose.BodyTrailingNewline:
		n.ends = true
	case diagnose.BodyReserialized:
		n.blanks = n.blanks || strings.Contains(f.What, "white space")
		n.order = n.order || strings.Contains(f.What, "order of its keys")
		n.numbers = n.numbers || strings.Contains(f.What, "form of its numbers")
		n.any = n.any || strings.Contains(f.What, "form of its values") || strings.Contains(f.What, "anew")
	case diagnose.BodyEscaping:
		if strings.Contains(f.What, "are escaped in another way") {
			n.escapes = true
		} else {
			n.any = true
		}
	case diagnose.BodyValues:
		n.values = true
	case diagnose.BodyCharset:
		n.letters = true
		n.any = n.any || strings.Contains(f.What, "UTF-16")
	case diagnose.BodyEncoding:
		switch {
		case strings.Contains(f.What, "CRLF") || strings.Contains(f.What, "line breaks"):
			n.lines = true
			n.ends = n.ends || strings.Contains(f.What, "byte order mark")
		case strings.Contains(f.What, "byte order mark"):
			n.letters = true
		default:
			n.any = true
		}
	case diagnose.BodyTruncated:
		n.any = n.any || strings.HasSuffix(signed, given) || strings.Contains(f.What, "…")
	default:
		n.any = true
	}
}

// difference compares two bodies in all that is not named.
func (n named) difference(given, signed string) string {
	given, signed = n.bare(given), n.bare(signed)
	if given == signed {
		return ""
	}
	a, b := readTree([]byte(given)), readTree([]byte(signed))
	if a == nil || b == nil {
		return "the texts differ"
	}
	if front, other := edges(given), edges(signed); !n.ends && front != other {
		return "the white space at the ends differs"
	}
	if n.values || n.letters {
		return n.inStrings(given, signed)
	}
	gaps, strs := bones([]byte(given))
	others, signedStrs := bones([]byte(signed))
	number := func(text string) string { return text }
	if n.numbers {
		number = doubleNumber
		numbers := regexp.MustCompile(`-?[0-9][-+.0-9eE]*`)
		gaps, others = numbers.ReplaceAllString(gaps, "0"), numbers.ReplaceAllString(others, "0")
	}
	switch {
	case !n.order && !n.blanks && strings.TrimSpace(gaps) != strings.TrimSpace(others):
		return "the white space inside differs"
	case !n.order && !n.escapes && !slices.Equal(strs, signedStrs):
		return "the strings differ"
	}
	sorted := func(t *tree) string { return string(writer{sorted: n.order, number: number}.write(t)) }
	if sorted(a) != sorted(b) {
		return "the values, or their order, differ"
	}
	return n.inStrings(given, signed)
}

// inStrings compares how the same strings are escaped.
func (n named) inStrings(given, signed string) string {
	if n.escapes {
		return ""
	}
	of := func(text string) map[string]string {
		raws := map[string]string{}
		_, strs := bones([]byte(text))
		for _, raw := range strs {
			var inner string
			if json.Unmarshal([]byte(`"`+raw+`"`), &inner) == nil {
				raws[inner] = raw
			}
		}
		return raws
	}
	signedRaws := of(signed)
	for inner, raw := range of(given) {
		if other, both := signedRaws[inner]; both && other != raw {
			return fmt.Sprintf("%q stands where %q was signed", raw, other)
		}
	}
	return ""
}

// bare takes off what is named and needs no look at the JSON.
func (n named) bare(text string) string {
	if n.lines {
		text = strings.NewReplacer("\r\n", "\n").Replace(text)
	}
	if n.letters {
		text = strings.Map(func(r rune) rune {
			if r > '~' || r == '?' {
				return -1
			}
			return r
		}, text)
	}
	if n.ends {
		text = strings.Trim(text, " \t\r\n\ufeff")
	}
	return text
}

func edges(text string) string {
	return text[:len(text)-len(bytes.TrimLeft([]byte(text), " \t\r\n"))] + "|" + text[len(strings.TrimRight(text, " \t\r\n")):]
}
