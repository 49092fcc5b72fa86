package apo

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
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
		"JWK in a JSON string":       strings.ReplaceAll(string(key.JWK()), `"`, `\"`),
		"the numbers in hexadecimal": hex.EncodeToString(key.DER())[600:900],
		"PEM in base64":              base64.StdEncoding.EncodeToString(key.PEM()),
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

// A line of a key is found in whatever it was pasted into.
func TestKeysIn(t *testing.T) {
	text, err := os.ReadFile("testdata/keys/merchant.pem")
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(text), "\n")[5]
	for _, around := range []string{
		"%s", "order.buyer.referenceBuyerId=%s", "%s@shop.example", "https://shop.example/r?token=%s&a=b", "http://127.0.0.1:1/hooks?k=%s", "Key: '%s'",
	} {
		whole := strings.Replace(around, "%s", line, 1)
		if found := KeysIn(whole); len(found) != 1 || !strings.Contains(found[0], line) {
			t.Errorf("%s: %q", around, found)
		}
	}
	lines := strings.Join(strings.Split(string(text), "\n")[24:27], "\n")
	if found := KeysIn("order.buyer.referenceBuyerId=" + lines); len(found) != 1 || !strings.Contains(found[0], lines[130:150]) {
		t.Errorf("%q: %q", lines, found)
	}
	if escaped := "https://shop.example/r?k=" + url.QueryEscape(line); len(KeysIn(escaped)) != 1 {
		t.Errorf("%s: %q", escaped, KeysIn(escaped))
	}
	for _, none := range []string{"https://shop.example/checkout/return?order=A-1017&lang=en", "order.orderDescription=Two tickets for the opera on 30 November", strings.Repeat("a1", 64)} {
		if found := KeysIn(none); found != nil {
			t.Errorf("%s: %q", none, found)
		}
	}
}
