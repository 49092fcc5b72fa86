package sign

import (
	"bytes"
	"encoding/asn1"
	"strings"
	"unicode/utf8"
)

// foreignFile names a binary file that holds a key in a way of its own, with what
// takes it out; nil of all else.
func foreignFile(data []byte, want string) *KeyError {
	switch {
	case bytes.HasPrefix(data, []byte("\xfe\xed\xfe\xed")):
		return refuse(want, "a Java keystore (JKS)", fromKeystore("JKS", want))
	case bytes.HasPrefix(data, []byte("\xce\xce\xce\xce")):
		return refuse(want, "a Java keystore (JCEKS)", fromKeystore("JCEKS", want))
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		return refuse(want, "a file packed with gzip", "unpack it first with gunzip")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return refuse(want, "a zip file", "unpack it first with unzip")
	case len(data) > 16 && bytes.IndexByte([]byte("\x94\x95\x98\x99\x9a\xc5\xc6"), data[0]) >= 0 && !utf8.Valid(data) && isOpenPGP(data):
		return openPGP(want)
	}
	return nil
}

// isOpenPGP recognises a key packet by its version, 3 or 4, behind its length.
func isOpenPGP(data []byte) bool {
	at := map[byte]int{0x94: 2, 0x95: 3, 0x98: 2, 0x99: 3, 0x9a: 5, 0xc5: 3, 0xc6: 3}[data[0]]
	return data[at] == 3 || data[at] == 4
}

func fromKeystore(kind, want string) string {
	return "make PKCS#12 of it with keytool -importkeystore -srckeystore FILE -srcstoretype " + kind +
		" -destkeystore KEYS.p12 -deststoretype PKCS12, then openssl pkcs12 -in KEYS.p12 " + outOfPKCS12(want)
}

func outOfPKCS12(want string) string {
	if want == "public" {
		return "-nokeys -clcerts -out CERTIFICATE"
	}
	return "-nodes -nocerts -out KEY"
}

// container names DER that holds keys or certificates in a way of its own: PFX is
// SEQUENCE { version 3, ContentInfo, … }, PKCS#7 is a ContentInfo. nil: neither.
func container(inner []byte, want string) *KeyError {
	var first, second asn1.RawValue
	rest, err := asn1.Unmarshal(inner, &first)
	if err != nil {
		return nil
	}
	pkcs7 := func(oid asn1.RawValue) bool {
		return oid.Tag == asn1.TagOID && bytes.HasPrefix(oid.Bytes, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07")) // 1.2.840.113549.1.7
	}
	if pkcs7(first) {
		return refuse(want, "a PKCS#7 file, which holds certificates", "take them out with openssl pkcs7 -inform DER -in FILE -print_certs -out CERTIFICATES")
	}
	if _, err := asn1.Unmarshal(rest, &second); err != nil || first.Tag != asn1.TagInteger || second.Tag != asn1.TagSequence {
		return nil
	}
	if _, err := asn1.Unmarshal(second.Bytes, &second); err != nil || !pkcs7(second) {
		return nil
	}
	return refuse(want, "a PKCS#12 file", "take the key out with openssl pkcs12 -in FILE "+outOfPKCS12(want))
}

// foreignText names a text that holds a key in a way of its own, or the place of
// one; nil of all else.
func foreignText(t, want string) *KeyError {
	switch {
	case strings.Contains(t, "-----END"):
		return refuse(want, "the end of a key, without its beginning", "copy it from -----BEGIN on")
	case strings.Contains(t, "PuTTY-User-Key-File-"):
		return refuse(want, "a PuTTY key", "convert it with puttygen FILE -O private-openssh -o KEY, then ssh-keygen -p -m PKCS8 -f KEY")
	case strings.Contains(t, "BEGIN SSH2 PUBLIC KEY"):
		return refuse(want, "an SSH public key", ifPublic(want, "convert it with ssh-keygen -i -f FILE > KEY.pub, then ssh-keygen -e -m PKCS8 -f KEY.pub"))
	case strings.HasPrefix(t, "ssh-rsa ") || strings.Contains(t, " ssh-rsa AAAA"):
		return refuse(want, "an SSH public key", ifPublic(want, "convert it with ssh-keygen -e -m PKCS8 -f FILE"))
	case strings.HasPrefix(t, "ssh-") || strings.HasPrefix(t, "ecdsa-"):
		return refuse(want, "an SSH public key", "it is not RSA, and APO signs with RSA alone")
	case strings.Contains(t, "$ANSIBLE_VAULT;"):
		return refuse(want, "a file encrypted with Ansible Vault", "decrypt it first with ansible-vault view FILE")
	case strings.Contains(t, "ENC[AES256_GCM"):
		return refuse(want, "a file encrypted with SOPS", "decrypt it first with sops --decrypt FILE")
	case strings.Contains(t, "odulus:\n") && strings.Contains(t, "xponent:"):
		return refuse(want, "a key as openssl prints it with -text", "give the PEM: openssl pkey -in FILE, without -text")
	case len(t) <= 200 && !strings.Contains(t, "\n") && isReference(t):
		return refuse(want, "the name of a secret, not the secret", "have the secret store print it").with(SecretCommand)
	case len(t) <= 200 && isPlaceholder(t):
		return refuse(want, "a placeholder that nothing was put in for", "put the key's text there")
	}
	return nil
}

func ifPublic(want, hint string) string {
	if want == "public" {
		return hint
	}
	return "give the private half, which never leaves the merchant"
}

func isReference(t string) bool {
	for _, scheme := range []string{"op://", "vault:", "arn:aws:", "ref+", "secretref:", "awssm://", "gcpsm://", "azurekv://", "@Microsoft.KeyVault("} {
		if strings.HasPrefix(t, scheme) {
			return true
		}
	}
	return strings.HasPrefix(t, "projects/") && strings.Contains(t, "/secrets/")
}

func isPlaceholder(t string) bool {
	switch t {
	case "undefined", "null", "None", "nil", "xxx":
		return true
	}
	for _, pair := range [][2]string{{"{{", "}}"}, {"${", "}"}, {"<", ">"}, {"$(", ")"}, {"%", "%"}} {
		if len(t) > 2 && strings.HasPrefix(t, pair[0]) && strings.HasSuffix(t, pair[1]) {
			return true
		}
	}
	return strings.HasPrefix(t, "$") || strings.HasPrefix(t, "YOUR_")
}

// noKey is about a text without anything like a key.
func noKey(t, want string) *KeyError {
	switch {
	case !strings.Contains(t, "\n") && (strings.HasPrefix(t, "/") || strings.HasPrefix(t, "~/") || strings.HasPrefix(t, "./") ||
		strings.HasSuffix(t, ".pem") || strings.HasSuffix(t, ".key")):
		return refuse(want, "not a key", "it looks like the name of a file; give what the file holds")
	case len(strings.Fields(t)) == 1 && isBase64Word(t):
		return refuse(want, "not a key", "it is base64, but of something else")
	}
	return refuse(want, "not a key", "neither PEM nor base64")
}

func isBase64Word(t string) bool {
	_, ok := decodeBase64(t)
	return ok
}
