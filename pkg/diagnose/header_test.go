package diagnose_test

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// signedHeader is a message and the header of its signature, in which a + stands for
// certain.
func signedHeader(t *testing.T) (sign.Message, string, []diagnose.Key) {
	t.Helper()
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: "SANDBOX_5Y0000000000001", Time: "2026-03-04T05:06:07+08:00", Body: []byte(signedBody)}
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	return m, header, []diagnose.Key{{Name: "Antom's public key", Role: diagnose.RoleExpected, Key: key.Public()}}
}

// White space that came into a signature is told as what it is, wherever it stands,
// and never as a key that is another.
func TestWhiteSpaceInsideASignatureIsNamed(t *testing.T) {
	m, header, keys := signedHeader(t)
	front, value, _ := strings.Cut(header, "signature=")
	front += "signature="
	bare, err := url.QueryUnescape(value)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(name, header string) {
		d := diagnose.Signature(context.Background(), m, header, keys, diagnose.Hints{Budget: shortSearch})
		if !d.Proven || !strings.Contains(d.Explanation, "white space") && !strings.Contains(d.Explanation, "line break") || !strings.Contains(d.Repair, "white space inside") {
			t.Errorf("%s: %s, proven=%v: %s; %s", name, d.Cause, d.Proven, d.Explanation, d.Repair)
		}
	}
	gaps := map[string]string{
		"a blank": " ", "two blanks": "  ", "a tab": "\t", "a fold": "\r\n ", "a deep fold": "\r\n\t    ", "a line break": "\n", "a no-break space": "\u00a0", "a zero-width space": "\u200b",
		"a line break, written out": `\n`,
	}
	for name, gap := range gaps {
		for at := 1; at < len(value); at += 29 {
			ask(name, front+value[:at]+gap+value[at:])
		}
		escape := strings.Index(value, "%")
		ask(name+" in an escape", front+value[:escape+1]+gap+value[escape+1:])
		ask(name+" in an escape, later", front+value[:escape+2]+gap+value[escape+2:])
		ask(name+" in bare base64", front+bare[:100]+gap+bare[100:])
		ask(name+" in the value alone", value[:100]+gap+value[100:])
		if gap != `\n` {
			ask(name+" in the name", strings.Replace(header, "signature=", "signa"+gap+"ture=", 1))
		}
		ask(name+" twice", front+value[:50]+gap+value[50:200]+gap+value[200:])
		if strings.Contains(bare, "+") && name != "two blanks" {
			ask(name+" beside blanks for +", front+strings.ReplaceAll(bare[:100], "+", " ")+gap+strings.ReplaceAll(bare[100:], "+", " "))
		}
	}
	var lines strings.Builder
	for i := 0; i < len(bare); i += 76 {
		lines.WriteString(bare[i:min(i+76, len(bare))] + "\n")
	}
	ask("base64 in lines, url-encoded", front+url.QueryEscape(lines.String()))
	ask("base64 in lines set apart by blanks", front+strings.TrimSpace(strings.ReplaceAll(lines.String(), "\n", " ")))

	noise := make([]byte, 256)
	for i := range noise {
		noise[i] = byte(i*7 + 3)
	}
	broken := front + url.QueryEscape(base64.StdEncoding.EncodeToString(noise))
	d := diagnose.Signature(context.Background(), m, broken[:90]+" "+broken[90:], keys, diagnose.Hints{Budget: shortSearch})
	if d.Cause != diagnose.KeyUnknown || strings.Contains(d.Explanation, "257") || !strings.Contains(d.Explanation, "white space") {
		t.Errorf("a blank in a signature that was changed: %s: %s", d.Cause, d.Explanation)
	}
}

// A signature that a log cut off is called so, whatever the log puts there.
func TestASignatureCutOffByALogIsNamed(t *testing.T) {
	m, header, keys := signedHeader(t)
	_, value, _ := strings.Cut(header, "signature=")
	for _, mark := range []string{"…", "...", "....", "[truncated]", " [truncated]", "(truncated)", "<truncated>", "***", "[...]", "... (120 more characters)"} {
		for name, given := range map[string]string{
			"cut":                 header[:130] + mark,
			"cut, without quotes": `"` + header[:130] + mark + `"`,
			"the middle left out": header[:130] + mark + header[len(header)-9:],
			"the value alone":     value[:90] + mark,
		} {
			d := diagnose.Signature(context.Background(), m, given, keys, diagnose.Hints{Budget: shortSearch})
			if d.Cause != diagnose.SignatureTruncated || d.Proven || !strings.Contains(d.Explanation, "log") {
				t.Errorf("%s with %s: %s: %s", name, mark, d.Cause, d.Explanation)
			}
		}
	}
	d := diagnose.Signature(context.Background(), m, "algorithm=RSA256,keyVer…", keys, diagnose.Hints{Budget: shortSearch})
	if d.Cause != diagnose.SignatureTruncated {
		t.Errorf("a header cut off before its signature: %s: %s", d.Cause, d.Explanation)
	}
}

// Where a log or a template left something in the place of a value, that is said, and
// nothing is said of keys and frameworks.
func TestPlaceholdersAreNoValues(t *testing.T) {
	m, header, keys := signedHeader(t)
	front, value, _ := strings.Cut(header, "signature=")
	for _, text := range []string{
		"[REDACTED]", "[Filtered]", "***", "*", "-", "{{sig}}", "${SIG}", "{sig}", "$SIG", "%SIG%", "<signature>", "<%= sig %>", "undefined", "null", "xxxxx", "XXXX", "(empty)",
		"<243 bytes>", "[hidden]", "None", "<nil>", `"[REDACTED]"`,
	} {
		for part, change := range map[string]func(m *sign.Message, header *string){
			"signature":  func(_ *sign.Message, h *string) { *h = front + "signature=" + text },
			"bare":       func(_ *sign.Message, h *string) { *h = text },
			"client ID":  func(m *sign.Message, _ *string) { m.ClientID = text },
			"time":       func(m *sign.Message, _ *string) { m.Time = text },
			"body":       func(m *sign.Message, _ *string) { m.Body = []byte(text) },
			"body, CRLF": func(m *sign.Message, _ *string) { m.Body = []byte(text + "\r\n") },
		} {
			given, h := m, header
			change(&given, &h)
			d := diagnose.Signature(context.Background(), given, h, keys, diagnose.Hints{Budget: shortSearch / 8, Length: len(m.Body)})
			if d.Proven || !strings.Contains(d.Explanation, "nothing to verify") && d.Cause != diagnose.BodyParsed || strings.Contains(d.Explanation, "none of the") {
				t.Errorf("%s for the %s: %s: %s", text, part, d.Cause, d.Explanation)
			}
		}
	}
	for _, text := range []string{
		header, value, m.ClientID, m.Time, signedBody, "/hooks/apo", "1735689602000", "{}", "[]", `{"a":"b"}`, "POST", `["a"]`, "[1,2]", "", base64.StdEncoding.EncodeToString([]byte("xxxx")),
	} {
		if what := diagnose.Placeholder(text); what != "" {
			t.Errorf("%q is said to be %s", text, what)
		}
	}
}
