package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxKeyText = 64 << 10 // bytes; an RSA-8192 key in PEM has 6.4 KiB
	minKeyBits = 2048     // below it a signature can be forged within reach
	maxKeyBits = 16384    // above it one verification takes seconds
)

// KeyError says in one sentence what was given and what is wanted. It never
// contains the text of a key.
type KeyError struct {
	Want  string // "private" or "public"
	Given string // "an EC private key"
	Hint  string // what to do; may be empty
}

func (e *KeyError) Error() string {
	s := "this is " + e.Given + "; wanted is an RSA " + e.Want + " key of 2048 bits or more"
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// ParsePrivateKey reads an RSA private key as people have them: PEM (PKCS#8 or
// PKCS#1) or its base64 alone, on one line or many, with CRLF, quotes around
// it or literal \n inside, and whatever the PEM label says.
//
// The errors are of type [*KeyError].
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	return parse(text, "private", privateFromDER)
}

// ParsePublicKey reads an RSA public key: PEM (SubjectPublicKeyInfo, PKCS#1 or
// a certificate) or its base64 alone, in all the shapes of [ParsePrivateKey].
//
// The errors are of type [*KeyError].
func ParsePublicKey(text []byte) (*PublicKey, error) {
	return parse(text, "public", publicFromDER)
}

// parse takes the first key of the wanted role. Where there is none, the
// complaint is about the block that was most likely meant.
func parse[K any](text []byte, want string, from func([]byte) (*K, *KeyError)) (*K, error) {
	blocks, problem := keyMaterial(text, want)
	if problem != nil {
		return nil, problem
	}
	var complaint *KeyError
	likely := false
	for _, b := range blocks {
		problem := b.problem
		if problem == nil {
			var key *K
			if key, problem = from(b.der); problem == nil {
				return key, nil
			}
		}
		meant := strings.Contains(b.label, strings.ToUpper(want))
		if complaint == nil || meant && !likely {
			complaint, likely = problem, meant
		}
	}
	return nil, complaint
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
		return nil, &KeyError{want, "an EC private key", "APO signs with RSA alone; make one with apo keys new"}
	}
	if isPublic(der) {
		return nil, &KeyError{want, "a public key", "give the private half, which never leaves the merchant"}
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
		return nil, &KeyError{"private", "an EC private key", "APO signs with RSA alone; make one with apo keys new"}
	case ed25519.PrivateKey:
		return nil, &KeyError{"private", "an Ed25519 private key", "APO signs with RSA alone; make one with apo keys new"}
	}
	return nil, &KeyError{"private", "a private key of another kind", "APO signs with RSA alone; make one with apo keys new"}
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
	if cert, err := x509.ParseCertificate(der); err == nil {
		return publicFromAny(cert.PublicKey)
	}
	if isPrivate(der) {
		return nil, &KeyError{want, "a private key", "give the public half; apo keys show FILE prints it"}
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
		return nil, &KeyError{"public", "an EC public key", "APO signs with RSA alone"}
	case ed25519.PublicKey:
		return nil, &KeyError{"public", "an Ed25519 public key", "APO signs with RSA alone"}
	}
	return nil, &KeyError{"public", "a public key of another kind", "APO signs with RSA alone"}
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
		return &KeyError{want, "a key with other bytes behind it", "copy the key alone"}
	}
	return nil
}

func checkSize(key *rsa.PublicKey, want string) error {
	bits := key.N.BitLen()
	switch {
	case bits < minKeyBits:
		return &KeyError{want, fmt.Sprintf("an RSA %s key of %d bits", want, bits), "shorter keys can be forged"}
	case bits > maxKeyBits:
		return &KeyError{want, fmt.Sprintf("an RSA %s key of %d bits", want, bits), "more than 16384 bits are not taken"}
	case key.E < 3 || key.E%2 == 0:
		return &KeyError{want, fmt.Sprintf("an RSA %s key with the exponent %d", want, key.E), "no signature verifies with it"}
	}
	return nil
}

// unreadable names what DER that is no key at all looks like.
func unreadable(der []byte, want string) *KeyError {
	var outer asn1.RawValue
	_, err := asn1.Unmarshal(der, &outer)
	switch {
	case err != nil && len(der) > 4 && der[0] == 0x30:
		return &KeyError{want, "the beginning of a key, cut off", "copy it whole, to the last character"}
	case err == nil && isEncryptedPKCS8(outer.Bytes):
		return encrypted(want)
	case err == nil && outer.Tag == asn1.TagSequence:
		if _, err := x509.ParseCertificateRequest(der); err == nil {
			return &KeyError{want, "a certificate request", ""}
		}
		if bytes.Contains(der, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")) { // 1.2.840.113549.1.1.10
			return &KeyError{want, "an RSA-PSS key", "APO signs with PKCS#1 v1.5; make a plain RSA key with apo keys new"}
		}
		if bytes.Contains(der, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")) { // 1.2.840.113549.1.7.1
			return &KeyError{want, "a PKCS#12 file", "take the key out with openssl pkcs12 -in FILE -nodes -nocerts"}
		}
		return &KeyError{want, "a damaged key, or one of another kind", "compare the file with its source"}
	}
	return &KeyError{want, "not a key", "it is base64, but of something else"}
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
	return &KeyError{want, "an encrypted private key", "decrypt it first, for example with openssl pkey -in FILE -out PLAIN"}
}

// block is one key of a text, or what is wrong with it.
type block struct {
	label   string // of PEM: "PRIVATE KEY"
	der     []byte
	problem *KeyError
}

// keyMaterial finds the DER in a key's text: one for bare base64, several where
// a file holds several PEM blocks.
func keyMaterial(text []byte, want string) ([]block, *KeyError) {
	if len(text) > maxKeyText {
		return nil, &KeyError{want, fmt.Sprintf("a text of %d bytes", len(text)), "no key is that long"}
	}
	if len(text) > 2 && text[0] == 0x30 && !utf8.Valid(text) {
		return []block{{der: text}}, nil // DER as it is
	}
	s := plainText(text)
	if s == "" {
		return nil, &KeyError{want, "empty", ""}
	}
	if strings.Contains(s, "-----BEGIN") {
		return pemBlocks(s, want)
	}
	if strings.Contains(s, "-----END") {
		return nil, &KeyError{want, "the end of a key, without its beginning", "copy it from -----BEGIN on"}
	}
	if strings.HasPrefix(s, "ssh-") || strings.HasPrefix(s, "ecdsa-") {
		return nil, &KeyError{want, "an SSH public key", "SSH keys have another format"}
	}
	der, ok := decodeBase64(s)
	if !ok {
		return nil, &KeyError{want, "not a key", "neither PEM nor base64"}
	}
	return []block{{der: der}}, nil
}

// plainText undoes what shells, editors and environment files do to a key.
func plainText(text []byte) string {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	s := strings.NewReplacer(`\r`, "", `\n`, "\n", "\r", "").Replace(string(text))
	s = strings.TrimSpace(s)
	for _, quote := range []string{`"`, "'", "`"} {
		if len(s) > 1 && strings.HasPrefix(s, quote) && strings.HasSuffix(s, quote) {
			s = strings.TrimSpace(s[1 : len(s)-1])
		}
	}
	return s
}

// pemBlocks reads PEM itself, since encoding/pem refuses blocks that stand on
// one line, as environment variables often have them.
func pemBlocks(s, want string) ([]block, *KeyError) {
	var blocks []block
	for {
		_, after, found := strings.Cut(s, "-----BEGIN")
		if !found {
			break
		}
		label, after, found := strings.Cut(after, "-----")
		if !found {
			return nil, &KeyError{want, "a PEM block whose first line is cut off", "copy it whole"}
		}
		b := block{label: strings.TrimSpace(label)}
		body, after, found := strings.Cut(after, "-----END")
		if !found {
			return nil, &KeyError{want, "a PEM block without its END line", "copy it whole, to the last line"}
		}
		s = after
		var ok bool
		switch {
		case b.label == "EC PARAMETERS":
			continue
		case b.label == "ENCRYPTED PRIVATE KEY" || strings.Contains(body, "ENCRYPTED"):
			b.problem = encrypted(want)
		case b.label == "OPENSSH PRIVATE KEY":
			b.problem = &KeyError{want, "an OpenSSH private key", "convert it with ssh-keygen -p -m PKCS8 -f FILE"}
		default:
			if b.der, ok = decodeBase64(body); !ok {
				b.problem = &KeyError{want, "a PEM block that is damaged inside", "copy it again"}
			}
		}
		blocks = append(blocks, b)
	}
	if len(blocks) == 0 {
		return nil, &KeyError{want, "a PEM file without a key", ""}
	}
	return blocks, nil
}

func decodeBase64(s string) ([]byte, bool) {
	s = strings.Join(strings.Fields(s), "")
	s = strings.TrimRight(s, "=")
	if s == "" {
		return nil, false
	}
	if len(s)%4 == 1 {
		// No base64 ends so: it was cut, or something was added. Either way
		// it is not whole, and must not pass for it.
		der, err := base64.RawStdEncoding.DecodeString(s[:len(s)-1])
		return der[:max(0, len(der)-1)], err == nil && len(der) > 1
	}
	der, err := base64.RawStdEncoding.DecodeString(s)
	return der, err == nil
}
