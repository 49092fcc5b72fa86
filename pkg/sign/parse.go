package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"strings"
)

const (
	maxKeyText = 64 << 10 // bytes; an RSA-8192 key in PEM has 6.4 KiB
	minKeyBits = 2048     // below it a signature can be forged within reach
	maxKeyBits = 16384    // above it one verification takes seconds
)

// KeyError says in one sentence what was given and what is wanted. It never
// contains the text of a key.
type KeyError struct {
	Want   string // "private", "public", or of [Inspect] "private or public"
	Given  string // "an EC private key"
	Hint   string // what to do; may be empty
	Remedy Remedy // what a program can offer for it
}

// Remedy is what a program that has keys can offer to whoever gave it none.
type Remedy int

const (
	NoRemedy      Remedy = iota
	NewKey               // make a key: this one is of no use to APO
	PublicHalf           // take the public half out of the key
	SecretCommand        // have a secret store print the key, whose name was given
)

func (e *KeyError) Error() string {
	s := "this is " + e.Given + "; wanted is an RSA " + e.Want + " key of 2048 bits or more"
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

const onlyRSA = "APO signs with RSA alone"

func refuse(want, given, hint string) *KeyError {
	return &KeyError{Want: want, Given: given, Hint: hint}
}

// with names what can be offered.
func (e *KeyError) with(r Remedy) *KeyError {
	e.Remedy = r
	return e
}

// ParsePrivateKey reads an RSA private key as people have them: PEM (PKCS#8 or
// PKCS#1), DER, its base64 alone, a JWK or .NET's XML, in whatever an editor, a
// shell or a secret store wraps around it: quotes, literal \n, percent-encoding,
// base64 once more, JSON, lines of NAME=VALUE, YAML, UTF-16. Of several different
// private keys it takes none.
//
// The errors are of type [*KeyError].
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	h, problem := one(text, "private")
	if problem != nil {
		return nil, problem
	}
	return h.Private, nil
}

// ParsePublicKey reads an RSA public key: PEM (SubjectPublicKeyInfo, PKCS#1 or
// a certificate), DER, its base64 alone, a JWK or .NET's XML, in all the shapes of
// [ParsePrivateKey]. Of a chain of certificates it takes the first.
//
// The errors are of type [*KeyError].
func ParsePublicKey(text []byte) (*PublicKey, error) {
	h, problem := one(text, "public")
	if problem != nil {
		return nil, problem
	}
	return h.Public, nil
}

func privateFromDER(der []byte) (*PrivateKey, *KeyError) {
	const want = "private"
	if problem := whole(der, want); problem != nil {
		return nil, problem
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return privateFromAny(key)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return privateFromAny(key)
	}
	if _, err := x509.ParseECPrivateKey(der); err == nil {
		return nil, refuse(want, "an EC private key", onlyRSA).with(NewKey)
	}
	if isPublic(der) {
		return nil, refuse(want, "a public key", "give the private half, which never leaves the merchant")
	}
	return nil, unreadable(der, want)
}

func privateFromAny(key any) (*PrivateKey, *KeyError) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if err := checkSize(&key.PublicKey, "private"); err != nil {
			return nil, err.(*KeyError)
		}
		return &PrivateKey{key}, nil
	case *ecdsa.PrivateKey:
		return nil, refuse("private", "an EC private key", onlyRSA).with(NewKey)
	case ed25519.PrivateKey:
		return nil, refuse("private", "an Ed25519 private key", onlyRSA).with(NewKey)
	}
	return nil, refuse("private", "a private key of another kind", onlyRSA).with(NewKey)
}

func publicFromDER(der []byte) (*PublicKey, *KeyError) {
	const want = "public"
	if problem := whole(der, want); problem != nil {
		return nil, problem
	}
	if key, err := x509.ParsePKIXPublicKey(der); err == nil {
		return publicFromAny(key)
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return publicFromAny(key)
	}
	if certificate, err := x509.ParseCertificate(der); err == nil {
		return publicFromAny(certificate.PublicKey)
	}
	if isPrivate(der) {
		if _, problem := privateFromDER(der); problem != nil { // nor is its other half of use
			return nil, refuse(want, "a private key", problem.Hint).with(problem.Remedy)
		}
		return nil, refuse(want, "a private key", "give the public half").with(PublicHalf)
	}
	return nil, unreadable(der, want)
}

func publicFromAny(key any) (*PublicKey, *KeyError) {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if err := checkSize(key, "public"); err != nil {
			return nil, err.(*KeyError)
		}
		return &PublicKey{key}, nil
	case *ecdsa.PublicKey:
		return nil, refuse("public", "an EC public key", onlyRSA)
	case ed25519.PublicKey:
		return nil, refuse("public", "an Ed25519 public key", onlyRSA)
	}
	return nil, refuse("public", "a public key of another kind", onlyRSA)
}

func isPrivate(der []byte) bool {
	if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return true
	}
	if _, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return true
	}
	_, err := x509.ParseECPrivateKey(der)
	return err == nil
}

func isPublic(der []byte) bool {
	if _, err := x509.ParsePKIXPublicKey(der); err == nil {
		return true
	}
	if _, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return true
	}
	_, err := x509.ParseCertificate(der)
	return err == nil
}

// whole refuses DER with other bytes behind it, which some of the parsers of
// crypto/x509 pass over.
func whole(der []byte, want string) *KeyError {
	var outer asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &outer); err == nil && len(rest) > 0 && outer.Tag == asn1.TagSequence {
		return refuse(want, "a key with other bytes behind it", "copy the key alone")
	}
	return nil
}

func checkSize(key *rsa.PublicKey, want string) error {
	bits := key.N.BitLen()
	switch {
	case bits < minKeyBits:
		return refuse(want, fmt.Sprintf("an RSA %s key of %d bits", want, bits), "shorter keys can be forged")
	case bits > maxKeyBits:
		return refuse(want, fmt.Sprintf("an RSA %s key of %d bits", want, bits), "more than 16384 bits are not taken")
	case key.N.Bit(0) == 0:
		return refuse(want, fmt.Sprintf("an RSA %s key with an even modulus", want), "it is damaged; copy it again")
	case key.E < 3 || key.E%2 == 0:
		return refuse(want, fmt.Sprintf("an RSA %s key with the exponent %d", want, key.E), "no signature verifies with it")
	}
	return nil
}

// unreadable names what DER that is no key at all looks like.
func unreadable(der []byte, want string) *KeyError {
	var outer asn1.RawValue
	_, err := asn1.Unmarshal(der, &outer)
	kind := containerInDER(der)
	switch {
	case kind != "":
		return heldBy(kind, want, false)
	case err != nil && len(der) > 4 && der[0] == 0x30:
		return refuse(want, "the beginning of a key, cut off", "copy it whole, to the last character")
	case err == nil && isEncryptedPKCS8(outer.Bytes):
		return encrypted(want)
	case err == nil && outer.Tag == asn1.TagSequence:
		if _, err := x509.ParseCertificateRequest(der); err == nil {
			return refuse(want, "a certificate request", "")
		}
		if bytes.Contains(der, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")) { // 1.2.840.113549.1.1.10
			return refuse(want, "an RSA-PSS key", "APO signs with PKCS#1 v1.5, which takes a plain RSA key").with(NewKey)
		}
		return refuse(want, "a damaged key, or one of another kind", "compare the file with its source")
	}
	return refuse(want, "not a key", "it is base64, but of something else")
}

// isEncryptedPKCS8 recognises SEQUENCE { SEQUENCE { OID of PBES2 or PBES1 … } OCTET STRING }.
func isEncryptedPKCS8(inner []byte) bool {
	var algorithm struct {
		OID    asn1.ObjectIdentifier
		Params asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(inner, &algorithm); err != nil {
		return false
	}
	oid := algorithm.OID.String()
	return strings.HasPrefix(oid, "1.2.840.113549.1.5.") || strings.HasPrefix(oid, "1.2.840.113549.1.12.1.")
}

func encrypted(want string) *KeyError {
	return refuse(want, "an encrypted private key", "decrypt it first, for example with openssl pkey -in FILE -out PLAIN")
}
