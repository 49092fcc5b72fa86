package sign

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrMismatch says that a signature is well-formed and is not the signature of
// this message by this key.
var ErrMismatch = errors.New("the signature does not verify")

// Sign signs m and returns the whole value of a Signature header:
//
//	algorithm=RSA256,keyVersion=1,signature=UrlEncodedBase64%3D%3D
func Sign(key *PrivateKey, keyVersion string, m Message) (string, error) {
	if key == nil || key.rsa == nil {
		return "", errors.New("no private key to sign with")
	}
	if keyVersion == "" || strings.ContainsFunc(keyVersion, func(c rune) bool { return c <= ' ' || c == ',' || c == '=' || c >= 0x7f }) {
		return "", errors.New("the key version cannot stand in a Signature header")
	}
	digest := m.Digest()
	raw, err := rsa.SignPKCS1v15(nil, key.rsa, crypto.SHA256, digest[:])
	if err != nil {
		return "", errors.New("the private key cannot sign: its numbers do not fit together")
	}
	h := Header{
		Algorithm:  Algorithm,
		KeyVersion: keyVersion,
		Signature:  url.QueryEscape(base64.StdEncoding.EncodeToString(raw)),
	}
	return h.String(), nil
}

// Verify checks header, the whole value of a Signature header, against m.
//
// It returns nil on a match, an error wrapping [ErrMismatch] when the
// signature is another one, and an error wrapping [ErrHeader] when the header
// cannot be read.
func Verify(key *PublicKey, m Message, header string) error {
	h, err := ParseHeader(header)
	if err != nil {
		return err
	}
	return h.Verify(key, m)
}

// Verify checks the signature that h carries against m; the errors are those
// of [Verify]. A header without algorithm= is taken to mean RSA256.
func (h Header) Verify(key *PublicKey, m Message) error {
	if key == nil || key.rsa == nil {
		return errors.New("no public key to verify with")
	}
	if h.Algorithm != "" && !strings.EqualFold(h.Algorithm, Algorithm) {
		return fmt.Errorf("%w: its algorithm is not %s", ErrHeader, Algorithm)
	}
	raw, err := h.Bytes()
	if err != nil {
		return err
	}
	digest := m.Digest()
	if rsa.VerifyPKCS1v15(key.rsa, crypto.SHA256, digest[:], raw) != nil {
		return ErrMismatch
	}
	return nil
}
