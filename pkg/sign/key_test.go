package sign_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

func TestFingerprintIsWhatOpenSSLPrints(t *testing.T) {
	for _, name := range []string{"throwaway-rsa2048", "throwaway-other"} {
		want, _, _ := strings.Cut(signtest.KeyText(t, name+".fingerprint"), " ")
		private := signtest.PrivateKey(t, name+"-pkcs8.pem")
		for half, key := range map[string]*sign.PublicKey{
			"private": private.Public(),
			"public":  signtest.PublicKey(t, name+"-spki.pem"),
		} {
			if got := key.Fingerprint(); got != want || len(got) != 64 {
				t.Errorf("%s, %s half: fingerprint %s; openssl printed %s", name, half, got, want)
			}
		}
	}
}

func TestKeysAreWrittenAsOpenSSLWritesThem(t *testing.T) {
	private := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs1.pem")
	public := signtest.PublicKey(t, "throwaway-rsa2048-certificate.pem")
	for name, got := range map[string]string{
		"throwaway-rsa2048-pkcs8.pem": string(private.PEM()),
		"throwaway-rsa2048-pkcs8.der": string(private.DER()),
		"throwaway-rsa2048-pkcs1.der": string(private.PKCS1()),
		"throwaway-rsa2048-spki.pem":  string(public.PEM()),
		"throwaway-rsa2048-spki.der":  string(public.DER()),
		"throwaway-rsa2048-spki.b64":  public.Base64(),
	} {
		if got != signtest.KeyText(t, name) {
			t.Errorf("the key is not written as in %s", name)
		}
	}
	if private.Bits() != 2048 || public.Bits() != 2048 {
		t.Errorf("private %d bits, public %d bits; want 2048", private.Bits(), public.Bits())
	}
}

func TestEqual(t *testing.T) {
	key, other := signtest.PublicKey(t, "throwaway-rsa2048-spki.pem"), signtest.PublicKey(t, "throwaway-other-spki.pem")
	if !key.Equal(signtest.PublicKey(t, "throwaway-rsa2048-certificate.pem")) {
		t.Error("the same key in a certificate is another one")
	}
	if key.Equal(other) || key.Equal(nil) {
		t.Error("another key, or none, is the same")
	}
}

// A key in a log is a key in the hands of everybody who reads the log,
// whichever way it came there.
func TestPrivateKeysDoNotPrint(t *testing.T) {
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	secrets := secretsOfTheKey(t)
	type exported struct{ Key *sign.PrivateKey }
	type unexported struct{ key *sign.PrivateKey }
	type value struct{ Key sign.PrivateKey }
	holders := map[string]any{
		"pointer":                     key,
		"pointer to a pointer":        &key,
		"value":                       *key,
		"struct":                      exported{key},
		"pointer to a struct":         &exported{key},
		"unexported field":            unexported{key},
		"pointer to unexported field": &unexported{key},
		"value in a struct":           value{*key},
		"pointer to one":              &value{*key},
		"slice":                       []*sign.PrivateKey{key},
		"slice of values":             []sign.PrivateKey{*key},
		"array":                       [1]sign.PrivateKey{*key},
		"map":                         map[string]*sign.PrivateKey{"key": key},
		"map of values":               map[string]sign.PrivateKey{"key": *key},
		"key of a map":                map[*sign.PrivateKey]string{key: "key"},
		"slice of anything":           []any{key, *key, exported{key}},
	}
	for holder, value := range holders {
		for verb, text := range printed(t, value) {
			if run := leaked(text, secrets...); run != "" {
				t.Errorf("%s with %s prints %q of the key", holder, verb, run)
			}
			if strings.Contains(text, "PANIC") {
				t.Errorf("%s with %s panics: %s", holder, verb, text)
			}
		}
	}
}

// printed returns the text of value by every way that a program has to write
// one.
func printed(t *testing.T, value any) map[string]string {
	t.Helper()
	texts := map[string]string{"Print": fmt.Sprint(value), "error": fmt.Errorf("sign with %v", value).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%#x", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%g", "%p", "%T", "%w", "%20.3v", "%[1]*v"} {
		texts[verb] = fmt.Sprintf(verb, value)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("signed", "key", value)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("signed", "key", value)
	texts["slog"] = log.String()
	for name, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "xml": xml.Marshal} {
		text, err := marshal(value)
		texts[name] = string(text) + fmt.Sprint(err)
	}
	return texts
}

// secretsOfTheKey returns its private numbers and files, as they could be
// printed.
func secretsOfTheKey(t *testing.T) []string {
	t.Helper()
	bare := signtest.BareKey(t)
	secrets := append(spellings(signtest.KeyText(t, "throwaway-rsa2048-pkcs8.pem")),
		signtest.KeyText(t, "throwaway-rsa2048-pkcs8.b64"), signtest.KeyText(t, "throwaway-rsa2048-pkcs1.b64"),
		signtest.KeyText(t, "throwaway-rsa2048-pkcs8.der"))
	for _, number := range append(bare.Primes, bare.D) {
		secrets = append(secrets, number.String(), number.Text(16), strings.ToUpper(number.Text(16)),
			base64.StdEncoding.EncodeToString(number.Bytes()), fmt.Sprint(number.Bytes()), fmt.Sprint(number.Bits()))
	}
	return secrets
}

func TestPrivateKeysSayWhatTheyAre(t *testing.T) {
	const placeholder = "[private key]"
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, key); got != placeholder {
			t.Errorf("%s prints %q; want %q", verb, got, placeholder)
		}
		if got := fmt.Sprintf(verb, *key); got != placeholder {
			t.Errorf("%s of the key by value prints %q; want %q", verb, got, placeholder)
		}
	}
	if key.String() != placeholder || key.GoString() != placeholder {
		t.Errorf("String %q, GoString %q; want %q", key.String(), key.GoString(), placeholder)
	}
	if text, err := key.MarshalText(); string(text) != placeholder || err != nil {
		t.Errorf("MarshalText %q, %v; want %q", text, err, placeholder)
	}
	text, err := json.Marshal(map[string]any{"key": key, "keys": []*sign.PrivateKey{key}})
	if want := `{"key":"[private key]","keys":["[private key]"]}`; string(text) != want || err != nil {
		t.Errorf("json %s, %v; want %s", text, err, want)
	}
}
