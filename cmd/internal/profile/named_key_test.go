package profile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/apo-cli/apo/pkg/sign"
)

// A file with the keys of both parties serves for each of them where it names them,
// and for none where it does not.
func TestKeysByTheirNames(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "pkg", "sign", "testdata", "keys", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	private, err := sign.ParsePrivateKey([]byte(read("throwaway-rsa2048-pkcs8.pem")))
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := read("throwaway-rsa2048-spki.pem"), read("throwaway-other-spki.pem")
	antom, err := sign.ParsePublicKey([]byte(theirs))
	if err != nil {
		t.Fatal(err)
	}
	inJSON := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, text := range map[string]string{
		"JSON":       inJSON(map[string]any{"keys": map[string]string{"merchant_public_key": ours, "antom_public_key": theirs}}),
		"a .env":     "MERCHANT_PUBLIC_KEY=" + private.Public().Base64() + "\nexport ALIPAY_PUBLIC_KEY=" + antom.Base64() + "\n",
		"PEM in it":  "MERCHANT_PUBLIC_KEY=\"" + ours + "\"\nANTOM_PUBLIC_KEY=\"" + theirs + "\"\n",
		"both pairs": inJSON(map[string]string{"merchantPublicKey": ours, "antomPublicKey": theirs, "merchantPrivateKey": read("throwaway-rsa2048-pkcs8.pem"), "antomPrivateKey": read("throwaway-other-pkcs8.pem")}),
	} {
		if key, err := AntomKeyIn([]byte(text)); err != nil || !key.Equal(antom) {
			t.Errorf("%s: Antom's: %v", name, err)
		}
		if key, err := OwnPublicIn([]byte(text)); err != nil || !key.Equal(private.Public()) {
			t.Errorf("%s: the merchant's: %v", name, err)
		}
		if key, err := OwnKeyIn([]byte(text)); name == "both pairs" && (err != nil || !key.Public().Equal(private.Public())) {
			t.Errorf("%s: the merchant's private key: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"no names":           ours + theirs,
		"names of no party":  inJSON(map[string]string{"publicKey": ours, "otherPublicKey": theirs}),
		"Antom's twice":      inJSON(map[string]string{"antomPublicKey": ours, "antom_public_key_2": theirs}),
		"only a name is his": inJSON(map[string]string{"publicKey": ours, "merchantPublicKey": theirs, "antomPublicKeyFile": "antom.pem"}),
	} {
		if _, err := AntomKeyIn([]byte(text)); err == nil {
			t.Errorf("%s: a key was taken for Antom's", name)
		}
	}
}
