package apo

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

// A key is one in whichever form it stands where a name belongs.
func TestKeyFormsLookLikeKeys(t *testing.T) {
	text, err := os.ReadFile("testdata/keys/merchant.pem")
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	inURL := base64.RawURLEncoding.EncodeToString(key.DER())
	for name, form := range map[string]string{
		"JWK": string(key.JWK()), "XML": string(key.XML()), "base64url": inURL, "a piece of base64url": inURL[300:500],
		"JWK in a JSON string": strings.ReplaceAll(string(key.JWK()), `"`, `\"`),
		"PEM in base64":        base64.StdEncoding.EncodeToString(key.PEM()),
	} {
		if !LooksLikeKey(form) {
			t.Errorf("%s does not", name)
		}
	}
	for _, name := range []string{`{"kty":"RSA"}`, "SANDBOX_5Y0000000000001", "a-long-name_of-an_order-" + strings.Repeat("2026-11-30_", 10)} {
		if LooksLikeKey(name) {
			t.Errorf("%s does", name)
		}
	}
}
