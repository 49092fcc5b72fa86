package apo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
)

// No certificate of a file is left out, and what holds none is named.
func TestAuthoritiesAreWhole(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	encoded := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	ending := der // in a byte that looks like white space
	for n := int64(2); !strings.ContainsRune(" \n\r\t", rune(ending[len(ending)-1])); n++ {
		if ending, err = x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key); err != nil || n > 5000 {
			t.Fatal(n, err)
		}
	}
	good := encoded("CERTIFICATE", der)
	for name, c := range map[string][2]string{
		"one":            {good, ""},
		"two, and text":  {"# a\n" + good + "b\n" + good, ""},
		"DER":            {string(der), ""},
		"DER, white end": {string(ending), ""},
		"a literal end":  {strings.ReplaceAll(good, "\n", `\n`), ""},
		"of a mail":      {"> " + strings.ReplaceAll(strings.TrimSpace(good), "\n", "\n> "), ""},
		"one is cut":     {good + good[:len(good)/2], "certificate 2 of 2"},
		"the first is":   {good[:len(good)/2] + "\n" + good, "certificate 1 of 2"},
		"one is damaged": {encoded("CERTIFICATE", der[:len(der)-9]) + good, "certificate 1 of 2"},
		"trusted":        {encoded("TRUSTED CERTIFICATE", der), "openssl x509"},
		"a public key":   {encoded("PUBLIC KEY", der), "a public key"},
		"DER, cut":       {string(der[:len(der)-9]), "cut off"},
	} {
		_, err := Authorities([]byte(c[0]))
		if (err == nil) != (c[1] == "") || err != nil && !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
