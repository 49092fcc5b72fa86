package sign

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
)

// PrivateKey is a merchant's signing key. It prints as "[private key]" through
// every verb of fmt and in JSON, so that it cannot slip into a log.
type PrivateKey struct{ rsa *rsa.PrivateKey }

// PublicKey is a key to verify with: Antom's, or the merchant's own.
type PublicKey struct{ rsa *rsa.PublicKey }

// NewPrivateKey takes a key that is parsed already, for example one just
// generated. It is subject to the rules of [ParsePrivateKey].
func NewPrivateKey(key *rsa.PrivateKey) (*PrivateKey, error) {
	if key == nil || key.N == nil {
		return nil, refuse("private", "empty", "")
	}
	if err := checkSize(&key.PublicKey, "private"); err != nil {
		return nil, err
	}
	if key.Validate() != nil {
		return nil, refuse("private", "a damaged RSA private key: its numbers do not fit together", "compare it with its source")
	}
	return &PrivateKey{key}, nil
}

// Public returns the public half.
func (k *PrivateKey) Public() *PublicKey { return &PublicKey{&k.rsa.PublicKey} }

// PEM returns the key as PKCS#8 PEM. It is the one way to get at its text.
func (k *PrivateKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k.DER()})
}

// DER returns the key as PKCS#8 DER, which the Go and Java SDKs want in base64.
func (k *PrivateKey) DER() []byte {
	der, err := x509.MarshalPKCS8PrivateKey(k.rsa)
	if err != nil {
		panic("sign: an RSA key that was parsed does not marshal") // unreachable
	}
	return der
}

// PKCS1 returns the key as PKCS#1 DER, which the Python SDK wants in base64.
func (k *PrivateKey) PKCS1() []byte { return x509.MarshalPKCS1PrivateKey(k.rsa) }

// Bits returns the size of the key.
func (k *PrivateKey) Bits() int { return k.rsa.N.BitLen() }

func (k PrivateKey) String() string               { return "[private key]" }
func (k PrivateKey) GoString() string             { return "[private key]" }
func (k PrivateKey) Format(f fmt.State, _ rune)   { fmt.Fprint(f, "[private key]") }
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte("[private key]"), nil }

// DER returns the key as SubjectPublicKeyInfo DER.
func (k *PublicKey) DER() []byte {
	der, err := x509.MarshalPKIXPublicKey(k.rsa)
	if err != nil {
		panic("sign: an RSA key that was parsed does not marshal") // unreachable
	}
	return der
}

// PEM returns the key as a PUBLIC KEY block.
func (k *PublicKey) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.DER()})
}

// Base64 returns the DER as one line of base64: the form in which the
// dashboard and the SDKs take a public key.
func (k *PublicKey) Base64() string { return base64.StdEncoding.EncodeToString(k.DER()) }

// Bits returns the size of the key.
func (k *PublicKey) Bits() int { return k.rsa.N.BitLen() }

// RSA returns the key as the standard library has it; nil of no key.
func (k *PublicKey) RSA() *rsa.PublicKey {
	if k == nil {
		return nil
	}
	return k.rsa
}

// Equal reports whether both are the same key.
func (k *PublicKey) Equal(other *PublicKey) bool {
	return other != nil && other.rsa != nil && k.rsa.Equal(other.rsa)
}

// Fingerprint returns the SHA-256 of the public DER in 64 hex digits. It is
// what this prints:
//
//	openssl pkey -pubin -in key.pem -outform DER | sha256sum
func (k *PublicKey) Fingerprint() string {
	sum := sha256.Sum256(k.DER())
	return hex.EncodeToString(sum[:])
}
