package profile

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

// keyTexts are the forms in which a key is pasted, and pieces of them.
func keyTexts(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../../pkg/apo/testdata/keys/merchant.pem")
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return map[string]string{
		"PEM": string(text), "PEM on one line": strings.Join(lines, " "), "PEM with its ends escaped": strings.Join(lines, `\n`), "PKCS#8": base64.StdEncoding.EncodeToString(key.DER()),
		"PKCS#1": base64.StdEncoding.EncodeToString(key.PKCS1()), "a line": lines[5], "the last line but one": lines[len(lines)-3], "without its beginning": strings.Join(lines[2:9], ""),
		"a public key": key.Public().Base64(), "a public key's PEM": string(key.Public().PEM()), "PKCS#8 in quotes": `"` + base64.StdEncoding.EncodeToString(key.DER()) + `"`,
	}
}

// shown is a piece of a key's text that an error holds; "" where it holds none.
func shown(err error, key string) string {
	for _, line := range strings.FieldsFunc(key, func(r rune) bool { return r == '\n' || r == ' ' || r == '\\' || r == '"' }) {
		for i := 0; i+24 <= len(line); i += 8 {
			if strings.Contains(err.Error(), line[i:i+24]) && !strings.HasPrefix(line, "-----") {
				return line[i : i+24]
			}
		}
	}
	return ""
}

// The text of a key is refused wherever something else belongs, and not shown.
func TestKeysWhereNoneBelong(t *testing.T) {
	whole := map[string]string{
		"APO_CLIENT_ID": "SANDBOX_X", "APO_GATEWAY": "sea", "APO_PRIVATE_KEY_FILE": "/a.pem", "APO_ANTOM_PUBLIC_KEY_FILE": "/b.pem",
	}
	for form, key := range keyTexts(t) {
		for _, name := range variables() {
			if name == "APO_PRIVATE_KEY" || name == "APO_ANTOM_PUBLIC_KEY" {
				continue
			}
			env := map[string]string{name: key}
			for n, value := range whole {
				if n != name {
					env[n] = value
				}
			}
			_, err := resolveWith(t, "", env, "", 0)
			if err == nil || !strings.HasPrefix(err.Error(), name+" holds the text of a key") || shown(err, key) != "" {
				t.Errorf("%s in %s: %v", form, name, err)
			}
		}
		for _, line := range []string{
			"client_id: %q", "gateway: %q", "key_version: %q", "private_key_file: %q", "antom_public_key_file: %q", "private_key_env: %q", "private_key_command: [cat, %q]",
			"timeout: %q", "read_only: %q", "max_amount: {SGD: %q}", "defaults: [%q]", "defaults: [\"order.x=\", %q]", "%q: 1", "odd: {a: [%q]}",
		} {
			_, err := resolveWith(t, "profiles:\n  sg:\n    "+fmt.Sprintf(line, key)+"\n", nil, "sg", 0)
			if err == nil || !strings.Contains(err.Error(), "line 3: ") || !strings.Contains(err.Error(), "holds the text of a key") && !strings.Contains(err.Error(), "is not YAML") || shown(err, key) != "" {
				t.Errorf("%s as %s: %v", form, line, err)
			}
		}
	}
}

// Names, IDs and addresses that look a little like a key are none.
func TestWhatIsNoKey(t *testing.T) {
	for _, value := range []string{
		"SANDBOX_5X00000000000000", "5Y00000000000000", "https://open-sea-global.alipay.com", "/home/Runner1/builds/Project2026/GroupA/keys/SANDBOX5X00000000000001/private",
		"C:\\Users\\Ada\\Documents\\Keys\\Merchant2026\\private.pem", "01a22a31-b25f-7306-a4ba-13513e089709", "3f786850e387550fdab836ed7e6dc881de23001b", "merchant.pem", "MIIRKEYS",
	} {
		if err := misplaced("APO_CLIENT_ID", value); err != nil {
			t.Errorf("%s: %v", value, err)
		}
	}
}
