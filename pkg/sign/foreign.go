package sign

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// foreignFile names a binary file that holds a key in a way of its own, with what
// takes it out; nil of all else.
func foreignFile(data []byte, want string) *KeyError {
	switch {
	case keystore(data) != "":
		return heldBy(keystore(data), want, false)
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

func fromKeystore(kind Container, want string) string {
	return "make PKCS#12 of it with keytool -importkeystore -srckeystore FILE -srcstoretype " + string(kind) +
		" -destkeystore KEYS.p12 -deststoretype PKCS12, then openssl pkcs12 -in KEYS.p12 " + outOfPKCS12(want)
}

func outOfPKCS12(want string) string {
	if want == "public" {
		return "-nokeys -clcerts -out CERTIFICATE"
	}
	return "-nodes -nocerts -out KEY"
}

// heldBy says how to take a key out of a container. inPEM says that this is PEM.
func heldBy(c Container, want string, inPEM bool) *KeyError {
	switch {
	case c == PKCS7 && inPEM:
		return refuse(want, "a PKCS#7 file, which holds certificates", "take them out with openssl pkcs7 -in FILE -print_certs -out CERTIFICATES")
	case c == PKCS7:
		return refuse(want, "a PKCS#7 file, which holds certificates", "take them out with openssl pkcs7 -inform DER -in FILE -print_certs -out CERTIFICATES")
	case c == PKCS12:
		return refuse(want, "a PKCS#12 file", "take the key out with openssl pkcs12 -in FILE "+outOfPKCS12(want))
	case c != "":
		return refuse(want, "a Java keystore ("+string(c)+")", fromKeystore(c, want))
	}
	return nil
}

// foreignText names a text that holds a key in a way of its own, or the place of
// one; nil of all else.
func foreignText(t, want string) *KeyError {
	switch {
	case strings.Contains(t, "-----END"):
		return refuse(want, "the end of a key, without its beginning", "copy it from its first line on, the one with BEGIN")
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
	case len(t) <= 200 && Placeholder(t) != "":
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

// noKey is about a text without anything like a key.
func noKey(t, want string) *KeyError {
	switch {
	case !strings.Contains(t, "\n") && (strings.HasPrefix(t, "/") || strings.HasPrefix(t, "~/") || strings.HasPrefix(t, "./") ||
		strings.HasSuffix(t, ".pem") || strings.HasSuffix(t, ".key")):
		return refuse(want, "not a key", "it looks like the name of a file; give what the file holds")
	case len(t) > 20 && len(strings.Fields(t)) == 1 && isBase64Word(t):
		return refuse(want, "not a key", "it is base64, but of something else")
	}
	return refuse(want, "not a key", "neither PEM nor base64")
}

func isBase64Word(t string) bool {
	_, ok := decodeBase64(t)
	return ok
}
