package sign_test

import (
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/apo-cli/apo/pkg/internal/signtest"
	"github.com/apo-cli/apo/pkg/sign"
)

// PKCS#1 v1.5 leaves nothing to chance: both must write the same bytes.
func TestSignWritesWhatOpenSSLWrote(t *testing.T) {
	signed := 0
	for _, v := range signtest.Vectors(t) {
		if v.SignedBy == "" {
			continue
		}
		signed++
		header, err := sign.Sign(signtest.PrivateKey(t, v.SignedBy), "1", v.Message())
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		if header != *v.Header {
			t.Errorf("%s: Sign wrote %s; openssl wrote %s", v.Name, header, *v.Header)
		}
	}
	if signed == 0 {
		t.Error("no vector names the key that signed it")
	}
}

func TestSignedVerifies(t *testing.T) {
	key, other := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem"), signtest.PublicKey(t, "throwaway-other-spki.pem")
	m := signtest.Named(t, "response").Message()
	header, err := sign.Sign(key, "7", m)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(header, "algorithm=RSA256,keyVersion=7,signature=") {
		t.Errorf("header %q; want algorithm, keyVersion, signature in this order", header)
	}
	if strings.ContainsAny(header[len("algorithm=RSA256,keyVersion=7,signature="):], "+/= ") {
		t.Errorf("header %q; want its signature url-encoded", header)
	}
	if err := sign.Verify(key.Public(), m, header); err != nil {
		t.Errorf("by the key that signed: %v", err)
	}
	if err := sign.Verify(other, m, header); !errors.Is(err, sign.ErrMismatch) {
		t.Errorf("by another key: %v; want ErrMismatch", err)
	}
	h, err := sign.ParseHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Verify(key.Public(), m); err != nil {
		t.Errorf("taken apart first: %v", err)
	}
}

// A merchant signs every request of a busy shop with one key.
func TestKeysAreShared(t *testing.T) {
	key := signtest.PrivateKey(t, "throwaway-rsa2048-pkcs8.pem")
	public := key.Public()
	m := signtest.Named(t, "request").Message()
	want := *signtest.Named(t, "request").Header
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			header, err := sign.Sign(key, "1", m)
			if err != nil || header != want {
				t.Errorf("Sign: %q, %v", header, err)
			}
			if err := sign.Verify(public, m, header); err != nil {
				t.Errorf("Verify: %v", err)
			}
		})
	}
	group.Wait()
}

func TestWithoutKey(t *testing.T) {
	v := signtest.Named(t, "request")
	for name, key := range map[string]*sign.PrivateKey{"nil": nil, "zero": {}} {
		if header, err := sign.Sign(key, "1", v.Message()); err == nil || header != "" {
			t.Errorf("Sign with a %s key: %q, %v; want an error", name, header, err)
		}
	}
	for name, key := range map[string]*sign.PublicKey{"nil": nil, "zero": {}} {
		if err := sign.Verify(key, v.Message(), *v.Header); verdict(err) != "neither" {
			t.Errorf("Verify with a %s key: %v; want an error about the key", name, err)
		}
	}
}

// Whether it is noticed when the key is made or when it signs: it is noticed,
// and told without a digit of the key.
func TestNumbersOfTwoKeysDoNotSign(t *testing.T) {
	whole := signtest.BareKey(t)
	d := new(big.Int).Add(whole.D, big.NewInt(2))
	broken := &rsa.PrivateKey{PublicKey: whole.PublicKey, D: d, Primes: whole.Primes}
	key, err := sign.NewPrivateKey(broken)
	if err == nil {
		_, err = sign.Sign(key, "1", sign.Message{})
	}
	if err == nil {
		t.Fatal("a key whose numbers do not fit together has signed")
	}
	if run := leaked(err.Error(), d.String(), d.Text(16), base64.StdEncoding.EncodeToString(d.Bytes())); run != "" {
		t.Errorf("the error %q tells %q of the key", err, run)
	}
}
