package apo

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/apo-cli/apo/pkg/sign"
)

// Authorities are those that this machine trusts and those of a file: certificates in
// PEM, its lines broken or with a literal \n, in DER, or in base64 of either.
func Authorities(file []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	const most = 2                                             // layers of base64
	data := bytes.ReplaceAll(file, []byte(`\n`), []byte("\n")) // as a variable or JSON has a line's end
	if !bytes.Contains(file, []byte("-----BEGIN")) {
		data = file // DER may hold the same two bytes
	}
	for range most + 1 {
		if bytes.Contains(data, []byte(beginCertificate)) {
			return pool, addPEM(pool, data)
		}
		for _, der := range [][]byte{data, bytes.TrimSpace(data)} { // what looks like white space may be its last byte
			if list, err := x509.ParseCertificates(der); err == nil && len(list) > 0 {
				for _, certificate := range list {
					pool.AddCert(certificate)
				}
				return pool, nil
			}
		}
		if data, err = base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(data), nil))); err != nil {
			break
		}
	}
	return nil, noAuthority(file)
}

const beginCertificate = "-----BEGIN CERTIFICATE-----"

// addPEM adds every certificate of a text, or none: one that is left out would be
// missed where it is needed.
func addPEM(pool *x509.CertPool, text []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte(">")) {
		text = unquotedMail(text)
	}
	count := bytes.Count(text, []byte(beginCertificate))
	for n := 1; n <= count; n++ {
		text = text[bytes.Index(text, []byte(beginCertificate)):]
		end := len(text)
		if next := bytes.Index(text[1:], []byte(beginCertificate)); next >= 0 {
			end = next + 1
		}
		block, _ := pem.Decode(text[:end])
		if text = text[end:]; block == nil {
			return fmt.Errorf("certificate %d of %d in the CA file is cut off or damaged", n, count)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("certificate %d of %d in the CA file is damaged: %w", n, count, err)
		}
		pool.AddCert(certificate)
	}
	return nil
}

// unquotedMail takes off the > with which mails quote.
func unquotedMail(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		out = append(out, bytes.TrimLeft(line, "> ")...)
	}
	return out
}

// noAuthority names what holds certificates in a way of its own.
func noAuthority(file []byte) error {
	problem := "the CA file holds no certificate, neither in PEM nor in DER"
	inform := "-inform DER "
	if bytes.Contains(file, []byte("-----BEGIN ")) {
		inform = ""
	}
	switch sign.ContainerOf(file) {
	case sign.PKCS7:
		problem += "; it is PKCS#7: openssl pkcs7 " + inform + "-in FILE -print_certs -out CERTIFICATES takes them out"
	case sign.PKCS12:
		problem += "; it is PKCS#12: openssl pkcs12 -in FILE -nokeys -out CERTIFICATES takes them out"
	case sign.JKS, sign.JCEKS:
		problem += "; it is a Java keystore: keytool -exportcert -rfc -keystore FILE -alias NAME -file CERTIFICATE takes one out"
	default:
		switch {
		case bytes.Contains(file, []byte("PRIVATE KEY-----")):
			problem += "; it is a private key"
		case bytes.Contains(file, []byte("BEGIN TRUSTED CERTIFICATE")):
			problem += "; it is a trusted certificate of OpenSSL: openssl x509 -in FILE -out CERTIFICATE makes a plain one"
		case bytes.Contains(file, []byte("PUBLIC KEY-----")):
			problem += "; it is a public key"
		case len(file) > 2 && file[0] == 0x30 && file[1] >= 0x80:
			problem += "; it seems to be DER that is cut off or damaged"
		case bytes.Contains(file, []byte("-----END CERTIFICATE-----")):
			problem += "; it is PEM whose beginning is cut off"
		}
	}
	return errors.New(problem)
}
