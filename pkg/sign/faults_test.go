package sign_test

import (
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

func TestPublicKeysOfOtherKindsAreNamedWherePrivateIsWanted(t *testing.T) {
	for _, name := range []string{"throwaway-ec-spki.pem", "throwaway-ed25519-spki.pem", "throwaway-x25519-spki.pem", "throwaway-rsa1024-spki.pem", "throwaway-rsa512-spki.pem"} {
		_, err := sign.ParsePrivateKey([]byte(signtest.KeyText(t, name)))
		if strings.Contains(err.Error(), "damaged") || !strings.Contains(err.Error(), "public key") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBytesBehindPKCS8AreRefused(t *testing.T) {
	der := signtest.KeyText(t, "throwaway-rsa2048-pkcs8.der")
	for name, text := range map[string]string{
		"newline":  der + "\n",
		"two keys": base64.StdEncoding.EncodeToString([]byte(der + der)),
	} {
		_, err := sign.ParsePrivateKey([]byte(text))
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		checkRefusal(t, name, text, err, "private", "a key with other bytes behind it")
	}
}

func TestBareBase64CutAnywhereIsCutOff(t *testing.T) {
	bare := strings.TrimRight(signtest.KeyText(t, "throwaway-rsa2048-pkcs8.b64"), "=")
	for i := 16; i < len(bare); i++ {
		_, err := sign.ParsePrivateKey([]byte(bare[:i]))
		if !strings.Contains(err.Error(), "cut off") {
			t.Fatalf("%d characters: %v", i, err)
		}
	}
}

func TestNewPrivateKeyOfNothing(t *testing.T) {
	for name, key := range map[string]*rsa.PrivateKey{"nil": nil, "zero": {}} {
		func() {
			defer func() {
				if r := recover(); r != nil {
					t.Errorf("%s: panic %v", name, r)
				}
			}()
			if _, err := sign.NewPrivateKey(key); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}()
	}
}

func TestNewPrivateKeyValidates(t *testing.T) {
	w := signtest.BareKey(t)
	if _, err := sign.NewPrivateKey(&rsa.PrivateKey{PublicKey: w.PublicKey, D: new(big.Int).Add(w.D, big.NewInt(2)), Primes: w.Primes}); err == nil {
		t.Error("accepted")
	}
}

func TestHeaderErrorsRepeatNoControls(t *testing.T) {
	_, err := sign.ParseHeader("\x1b[2J=1,\x1b[2J=2,signature=x")
	if strings.Contains(err.Error(), "\x1b") {
		t.Errorf("%q", err)
	}
	_, err = sign.ParseHeader(strings.Repeat("a", 100000) + "=1," + strings.Repeat("a", 100000) + "=1")
	if len(err.Error()) > 300 {
		t.Errorf("%d bytes of error", len(err.Error()))
	}
}

func TestNewlineEscapedInSignature(t *testing.T) {
	v := signtest.Named(t, "request")
	h := strings.Replace(*v.Header, "signature=baIc", "signature=baIc%0A", 1)
	if h == *v.Header {
		t.Fatal("the vector changed")
	}
	if err := sign.Verify(signtest.PublicKey(t, v.Key), v.Message(), h); verdict(err) != "header" {
		t.Errorf("a newline inside the base64: %v", err)
	}
}

func TestPrivateKeyValuePrints(t *testing.T) {
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	var v any = *key
	if got := fmt.Sprintf("%v", v); got != "[private key]" {
		t.Errorf("%s", got)
	}
}

func TestCertificateBesideRefusedKeys(t *testing.T) {
	cert := signtest.KeyText(t, "throwaway-rsa2048-certificate.pem")
	if _, err := sign.ParsePublicKey([]byte(cert + signtest.KeyText(t, "throwaway-rsa2048-encrypted-pkcs8.pem"))); err != nil {
		t.Errorf("certificate beside an encrypted key: %v", err)
	}
	_, err := sign.ParsePrivateKey([]byte(cert + signtest.KeyText(t, "throwaway-ec-pkcs8.pem")))
	t.Logf("cert+EC key: %v", err)
	_, err = sign.ParsePrivateKey([]byte(cert + signtest.KeyText(t, "throwaway-rsa1024-pkcs8.pem")))
	t.Logf("cert+1024 key: %v", err)
}

func TestKeyVersionInjection(t *testing.T) {
	h, err := sign.Sign(signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem"), "1,signature=x\r\nX: y", sign.Message{})
	if err == nil {
		t.Errorf("%.60q", h)
	}
}
