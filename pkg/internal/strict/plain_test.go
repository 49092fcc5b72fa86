package strict

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"
)

func TestPlainJSONAcceptsOrdinaryMessages(t *testing.T) {
	for name, text := range map[string]string{
		"notification": `{"notifyType":"PAYMENT_RESULT","paymentAmount":{"currency":"SGD","value":"4200"},"list":[1,-2.5e+3,true,null,"é\n\/\u00e9",[],{}]}`,
		"pretty":       "{\r\n  \"a\" : [ 1 , 2 ]\n}\n",
	} {
		if !plainJSON([]byte(text), nil) {
			t.Errorf("%s takes the slow way", name)
		}
	}
}

func TestPlainJSONRefusesWhatCheckRefuses(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `1`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e}`, `{"a":"` + "\n" + `"}`,
		`{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\ud800"}`, `{"a":tru}`, `{"a":1}}`, `{"a":1} x`, `{"a":1,}`, `{,}`, `{"a"}`, `{a:1}`, "{\"a\":\"\xff\"}",
		`{"a":` + string(bytes.Repeat([]byte("["), 70)) + string(bytes.Repeat([]byte("]"), 70)) + `}`, `{"a":NaN}`, `{"a":-}`, "\ufeff{}",
	} {
		if plainJSON([]byte(text), nil) {
			t.Errorf("%q is accepted", text)
		}
	}
}

// A byte that ends what is ordinary is found wherever it stands, whatever stands
// around it.
func TestOrdinary(t *testing.T) {
	for _, around := range []byte{' ', '!', '#', '[', ']', 'a', 0x7f, 0x80, 0xa2, 0xff} {
		for c := range 256 {
			for at := range 20 {
				text := bytes.Repeat([]byte{around}, 20)
				text[at] = byte(c)
				want := 20
				if c < ' ' || c == '"' || c == '\\' {
					want = at
				}
				if got := ordinary(text); got != want {
					t.Fatalf("%q: %d bytes, want %d", text, got, want)
				}
			}
		}
	}
}

// What encoding/json writes is read as it was.
func FuzzText(f *testing.F) {
	f.Add("a\"b\\c/d\b\f\n\r\té\u2028😀")
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil || !utf8.ValidString(text) {
			return
		}
		if got := Text(quoted); string(got) != text {
			t.Fatalf("%s is read as %q", quoted, got)
		}
	})
}

// The quick way never accepts what the thorough one refuses.
func FuzzPlainJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"b",{"c":null}],"d":-0.5e-7}`, `{"a":1,"a":2}`, `{"\u0061":"\ud83d\ude00"}`, `{"a":"\ud83d"}`, `{ }`} {
		f.Add([]byte(seed))
	}
	files, err := filepath.Glob("../../sign/testdata/vectors/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no vectors: %v", err)
	}
	for _, name := range files[:10] {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if plainJSON(data, nil) {
			if err := check(data); err != nil {
				t.Fatalf("%q is accepted, and refused: %v", data, err)
			}
		}
	})
}

// Members hands out the same whichever way it takes.
func TestMembers(t *testing.T) {
	for name, text := range map[string]string{
		"plain":       `{"a":"x\"y","b":{"c":[1]},"d":null}`,
		"escaped key": `{"\u0061":"x\"y","b":{"c":[1]},"d":null}`,
	} {
		var got []string
		err := Members([]byte(text), func(name, value []byte) { got = append(got, string(name)+"="+string(Text(value))) })
		if want := []string{"a=x\"y", `b={"c":[1]}`, "d="}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if err := Members([]byte(`{"a":1,"a":2}`), func([]byte, []byte) {}); err == nil {
		t.Error("a key that comes twice is accepted")
	}
}
