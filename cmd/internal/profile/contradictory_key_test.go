package profile

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

// A text with two values for one name is no key, whichever a reader would take; nor
// is a line that is commented out, nor the other party's.
func TestContradictoryKeys(t *testing.T) {
	read := func(name string) (text, n string) {
		pem, err := os.ReadFile(filepath.Join("..", "..", "..", "pkg", "sign", "testdata", "keys", name))
		if err != nil {
			t.Fatal(err)
		}
		key, err := sign.ParsePublicKey(pem)
		if err != nil {
			t.Fatal(err)
		}
		der, _ := base64.StdEncoding.DecodeString(key.Base64())
		return key.Base64(), base64.RawURLEncoding.EncodeToString(der[33 : 33+256])
	}
	ours, n1 := read("throwaway-rsa2048-spki.pem")
	theirs, n2 := read("throwaway-other-spki.pem")
	jwk := func(first, second string) string {
		return `{"kty":"RSA","e":"AQAB","n":"` + first + `","n":"` + second + `"}`
	}
	for name, text := range map[string]string{
		"JSON":          `{"antomPublicKey":"` + theirs + `","antomPublicKey":"` + ours + `"}`,
		"JSON inside":   `{"a":{"antomPublicKey":"` + theirs + `","antomPublicKey":"` + ours + `"}}`,
		"JWK":           jwk(n2, n1),
		"NAME=JWK":      `ANTOM_KEY=` + jwk(n2, n1),
		"XML":           "<RSAKeyValue><Modulus>" + n2 + "</Modulus><Modulus>" + n1 + "</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
		"commented out": "#ANTOM_PUBLIC_KEY=" + ours + "\n; ANTOM_PUBLIC_KEY=" + ours,
		"the other's":   `{"merchantPublicKey":"` + ours + `"}`,
		"the other's =": "MERCHANT_PUBLIC_KEY=" + ours,
	} {
		if _, err := AntomKeyIn([]byte(text)); err == nil || strings.Contains(err.Error(), ours[40:60]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"the same twice": `{"antomPublicKey":"` + ours + `","antomPublicKey":"` + ours + `"}`,
		"a comment":      "# MERCHANT_PUBLIC_KEY=" + theirs + "\nANTOM_PUBLIC_KEY=" + ours + "\n",
		"XML":            "<RSAKeyValue><Modulus>" + n1 + "</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
	} {
		if _, err := AntomKeyIn([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
