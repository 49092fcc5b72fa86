package diagnose_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// Each of these was explained by a fault that was not there, or by none.
func TestNoFaultIsMadeUp(t *testing.T) {
	plain := `{"notifyType":"PAYMENT_RESULT","name":"José Müller ","nick":null,"note":"","url":"https://shop.example/?a=1&b=2","n":1}`
	bytesOf := func(s string) string {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint([]byte(s)), " ", ","), "[]")
	}
	for name, c := range map[string]struct {
		signed, given         string
		signedPath, givenPath string
		want                  string // what each fault says in part, in their order
	}{
		"byte order mark and CRLF": {given: "\xef\xbb\xbf" + plain + "\r\n", want: "byte order mark|white space around"},
		"byte order mark, CRLF":    {signed: "{\n\"a\":1\n}", given: "\xef\xbb\xbf{\r\n\"a\":1\r\n}", want: "byte order mark (EF BB BF) that was not signed, and its lines"},
		"chunks":                   {given: fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(plain), plain), want: "chunks"},
		"base64 in lines":          {given: inLines(base64.StdEncoding.EncodeToString([]byte(plain))), want: "base64"},
		"base64 and a newline":     {given: base64.StdEncoding.EncodeToString([]byte(plain)) + "\n", want: "base64"},
		"a string and a newline":   {given: quote(plain) + "\n", want: "JSON string"},
		"dots":                     {givenPath: "/hooks/x/../apo", want: ". or .. in it"},
		"a doubled slash in front": {givenPath: "//hooks/apo", want: "doubled"},
		"an ampersand":             {given: strings.ReplaceAll(plain, "&", "&amp;"), want: "has entities of HTML"},
		"a list":                   {given: "[" + plain + "]", want: "is a list"},
		"a Uint8Array":             {given: bytesOf(plain), want: "list of its bytes"},
		"trimmed and NFD":          {given: strings.NewReplacer("é", "e\u0301", "ü", "u\u0308", "r \"", `r"`).Replace(plain), want: "trimmed"},
		"a blank that became null": {signed: strings.Replace(plain, "null", `"  "`, 1), given: plain, want: "trimmed"},
		"a blank that became \"\"": {signed: strings.Replace(plain, `""`, `"  "`, 1), given: plain, want: "trimmed"},
		"a query, and an edit":     {givenPath: "/hooks/apo?x=1", given: strings.Replace(plain, `"n":1`, `"n":2`, 1), want: "one character|query"},
		"a no-break space, in base64": {
			signed: strings.Replace(plain, "é M", "é\u00a0M", 1), given: base64.StdEncoding.EncodeToString([]byte(plain)), want: "base64|no-break",
		},
		"one mark and a null": {
			signed: strings.Replace(plain, "ü", "u", 1), given: strings.NewReplacer("é", "?", "ü", "u", `""`, "null").Replace(plain), want: "null stands|question marks",
		},
		"marks and a null": {given: strings.NewReplacer("é", "?", "ü", "?", `""`, "null").Replace(plain), want: "null stands|question marks"},
		"a mark, and trimmed": {
			signed: strings.Replace(plain, "ü", "u", 1), given: strings.NewReplacer("é", "?", "ü", "u", "r \"", `r"`).Replace(plain), want: "trimmed|question marks",
		},
		"trimmed, and written by Python": {given: strings.NewReplacer(`":`, `": `, `,"`, `, "`, "r \"", `r"`).Replace(plain), want: "trimmed|white space"},
		"Python's floats":                {signed: `{"a":1.0,"b":1000.0,"c":100}`, given: `{"a":1.00,"b":1e3,"c":100}`, want: "written again"},
		"a time in a form":               {signed: `{"t": "2026-03-04T05:06:07+08:00", "a": "b c d e f g"}`, given: `{"t": "2026-03-04T05:06:07 08:00", "a": "b c d e f g"}`, want: "HTML form"},
		"a host and a prefix":            {givenPath: "https://shop.example/shop/hooks/apo", want: "host|prefix"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.signed == "" {
				c.signed = plain
			}
			if c.given == "" {
				c.given = c.signed
			}
			if c.signedPath == "" {
				c.signedPath = "/hooks/apo"
			}
			if c.givenPath == "" {
				c.givenPath = c.signedPath
			}
			d := diagnosed(t, c.signedPath, c.signed, c.givenPath, c.given)
			parts := strings.Split(c.want, "|")
			if !d.Proven || len(d.Faults) != len(parts) {
				t.Fatalf("proven %v: %s", d.Proven, d.Explanation)
			}
			for i, part := range parts {
				if !strings.Contains(d.Faults[i].What, part) {
					t.Errorf("%q does not say %q", d.Faults[i].What, part)
				}
			}
			if name == "an ampersand" && strings.Contains(d.Explanation, "quotes") {
				t.Errorf("there are no quotes: %s", d.Explanation)
			}
		})
	}
}

// A header with two signatures is read in either way; what it holds is not quoted
// where it may be a card number or a key.
func TestWhatAHeaderHolds(t *testing.T) {
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: "SANDBOX_5Y0000000000001", Time: "2026-03-04T05:06:07+08:00", Body: []byte("{}")}
	good, err := sign.Sign(key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	other := m
	other.Body = []byte("[]")
	bad, err := sign.Sign(key, "1", other)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(header string) diagnose.Diagnosis {
		return diagnose.Signature(context.Background(), m, header, []diagnose.Key{{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: key.Public()}}, diagnose.Hints{Budget: shortSearch})
	}
	_, second, _ := strings.Cut(bad, ",keyVersion=1")
	if d := ask(good + second); !d.Proven || d.Cause != diagnose.SignatureHeader || !strings.Contains(d.Explanation, "twice") {
		t.Errorf("two signatures: %s, %v: %s", d.Cause, d.Proven, d.Explanation)
	}
	long := strings.Repeat("x", 50) + "4054695723100768"
	for _, header := range []string{strings.Replace(good, "RSA256", long, 1), strings.Replace(good, "RSA256", strings.Repeat("MIIEvQIBADAN", 9), 1)} {
		if d := ask(header); strings.Contains(d.Explanation, "405469") || strings.Contains(d.Explanation, "MIIEvQ") {
			t.Errorf("it quotes: %s", d.Explanation)
		}
	}
	m.Path = "/hooks/apo/" + strings.Repeat("x", 41) + "4054695723100768/y"
	if d := ask(good); strings.Contains(d.Explanation, "405469572") && !strings.Contains(d.Explanation, "4054695723100768") {
		t.Errorf("it quotes half a card number: %s", d.Explanation)
	}
}

func inLines(s string) string {
	var b strings.Builder
	for ; len(s) > 76; s = s[76:] {
		b.WriteString(s[:76] + "\r\n")
	}
	return b.String() + s + "\r\n"
}

// diagnosed asks about what was given in place of what was signed.
func diagnosed(t *testing.T, signedPath, signed, givenPath, given string) diagnose.Diagnosis {
	t.Helper()
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	m := sign.Message{Method: "POST", Path: signedPath, ClientID: "SANDBOX_5Y0000000000001", Time: "2026-03-04T05:06:07+08:00", Body: []byte(signed)}
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	m.Path, m.Body = givenPath, []byte(given)
	return diagnose.Signature(context.Background(), m, header, []diagnose.Key{{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: key.Public()}}, diagnose.Hints{})
}
