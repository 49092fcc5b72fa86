package strict_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/internal/strict"
)

func TestCheck(t *testing.T) {
	for _, data := range []string{
		`{}`,
		" {\n\t}\r\n",
		`{"a":null,"b":[],"c":{},"d":-0.1e+9,"e":"\u00fc\n\\\"","f":[true,false]}`,
		`{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}],"x":1}`,
		`{"":1," ":2}`,
		`{"a":"\ud83d\ude00 😀"}`,
		`{"a":"{\"a\":1,\"a\":2}"}`,
		`{"a":"]]]]}}}}\\"}`,
		`{"a":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`,
		`{"value":12345678901234567890123456789012345678901234567890}`,
		`{"a":"` + "\u2028\ufeff" + `"}`,
	} {
		if err := strict.Check([]byte(data)); err != nil {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, tt := range []struct{ data, says string }{
		{"", "empty"},
		{" \r\n\t", "empty"},
		{"\xef\xbb\xbf{}", "byte order mark"},
		{"\xff\xfe{\x00}\x00", "UTF-16"},
		{"\xfe\xff\x00{\x00}", "UTF-16"},
		{"{\"a\":\"\xff\"}", "byte 6 is not UTF-8"},
		{"{\"\xc3\":1}", "byte 2 is not UTF-8"},
		{"{\"a\":\"\xed\xa0\x80\"}", "not UTF-8"},
		{"{\"a\":\"\xc0\xaf\"}", "not UTF-8"},

		{`null`, "not an object"},
		{`"text"`, "not an object"},
		{`4200`, "not an object"},
		{`[]`, "not an object"},
		{`[{"a":1}]`, "not an object"},

		{`{`, "ends too early"},
		{`{"a"`, "ends too early"},
		{`{"a":`, "ends too early"},
		{`{"a":1`, "ends too early"},
		{`{"a":1,`, "ends too early"},
		{`{"a":"x`, "ends too early"},
		{`{"a":[1,2`, "ends too early"},
		{`{"a":tru`, "ends too early"},

		{`{}{}`, "more text behind the JSON, from byte 2"},
		{`{} x`, "more text behind"},
		{"{}\x00", "more text behind"},
		{"{}\ufeff", "more text behind"},

		{`{"a":1,"a":1}`, `the key "a" comes twice`},
		{`{"a":1,"\u0061":1}`, `the key "a" comes twice`},
		{`{"a":{"b":1,"c":2,"b":3}}`, `the key "b" comes twice in a`},
		{`{"a":[0,{"b":{"c":1,"c":2}}]}`, `the key "c" comes twice in a.1.b`},
		{`{"":1,"":2}`, `the key "" comes twice`},

		{`{"a":1,}`, ""},
		{`{,}`, ""},
		{`{"a" 1}`, ""},
		{`{"a":1 "b":2}`, ""},
		{`{a:1}`, ""},
		{`{'a':1}`, ""},
		{`{"a":01}`, ""},
		{`{"a":+1}`, ""},
		{`{"a":1.}`, ""},
		{`{"a":.5}`, ""},
		{`{"a":NaN}`, ""},
		{`{"a":True}`, ""},
		{"{\"a\":\"tab\tinside\"}", ""},
		{"{\"a\":\"line\nbreak\"}", ""},
		{`{"a":"\x41"}`, ""},
		{`{"a":"\u12"}`, ""},
		{`{"a":1}//`, ""},
		{`{"a":[1,2}`, ""},
		{`{"a":1]`, ""},
		{`{1:2}`, ""},
		{`{null:2}`, ""},
		{"\u00a0{}", ""},

		{`{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, "deeper than 64"},
		{strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), "deeper than 64"},
		{strings.Repeat("[", 100_000), "deeper than 64"},
	} {
		err := strict.Check([]byte(tt.data))
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%.60q: %v, want %q", tt.data, err, tt.says)
		}
	}
}

// Half of a surrogate pair is no character: encoding/json turns it into
// U+FFFD, others keep it, drop it or fail.
func TestCheckRefusesHalfACharacter(t *testing.T) {
	for _, data := range []string{
		`{"a":"\ud800"}`, `{"a":"\udc00"}`, `{"a":"\ud800\ud800"}`, `{"a":"\udc00\ud800"}`, `{"a":"\ud800x"}`,
		`{"a":"\ud800\u0041"}`, `{"\ud800":1}`, `{"a":["\\\ud800"]}`,
	} {
		if err := strict.Check([]byte(data)); err == nil {
			t.Errorf("%s is accepted", data)
		}
	}
	for _, data := range []string{`{"a":"\ud83d\ude00"}`, `{"a":"\uD83D\uDE00"}`, `{"a":"\\ud800"}`, `{"a":"\ud7ff\ue000"}`} {
		if err := strict.Check([]byte(data)); err != nil {
			t.Errorf("%s: %v", data, err)
		}
	}
}

// What Check accepts means the same to every reader.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		`{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentAmount":{"currency":"SGD","value":"4200"}}`, `{}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":"\ud800"}`, `{"a":{"b":[1,2,{"c":"d"}]}}`,
		`{"a":1}x`, `{"a":1`, `[1]`, "\xef\xbb\xbf{}", `{"a":1e400,"b":-0,"c":0.10}`, `{"a.b":1,"a":{"b":2}}`, `{"\"":1,"\\":2,"":3}`,
		`{"@this":1,"#":2,"*":3,"a|b":4}`, "{\"a\":\"\u2028\"}", strings.Repeat("[", 70),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if strict.Check(data) != nil {
			return
		}
		standard, err := decode(data)
		if err != nil {
			t.Fatalf("encoding/json refuses %q: %v", data, err)
		}
		read := 0
		gjson.ParseBytes(data).ForEach(func(key, value gjson.Result) bool {
			read++
			compare(t, key.String(), value, standard[key.String()])
			if plain(key.String()) {
				compare(t, key.String(), gjson.GetBytes(data, key.String()), standard[key.String()])
			}
			return true
		})
		if read != len(standard) {
			t.Fatalf("gjson reads %d keys of %q, encoding/json %d", read, data, len(standard))
		}
	})
}

func decode(data []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, err
	}
	return object, nil
}

func compare(t *testing.T, key string, got gjson.Result, want any) {
	t.Helper()
	same := false
	switch want := want.(type) {
	case nil:
		same = got.Exists() && got.Type == gjson.Null
	case bool:
		same = got.IsBool() && got.Bool() == want
	case json.Number:
		same = got.Type == gjson.Number && got.Raw == want.String()
	case string:
		same = got.Type == gjson.String && got.Str == want
	case map[string]any:
		same = got.IsObject() && len(got.Map()) == len(want)
	case []any:
		same = got.IsArray() && len(got.Array()) == len(want)
	}
	if !same {
		t.Fatalf("%q: gjson reads %q, encoding/json %v", key, got.Raw, want)
	}
}

// plain keys mean themselves in a gjson path.
func plain(key string) bool {
	return key != "" && strings.IndexFunc(key, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}
