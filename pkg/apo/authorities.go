package apo

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"errors"

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
		if pool.AppendCertsFromPEM(data) {
			return pool, nil
		}
		if list, err := x509.ParseCertificates(bytes.TrimSpace(data)); err == nil && len(list) > 0 {
			for _, certificate := range list {
				pool.AddCert(certificate)
			}
			return pool, nil
		}
		if data, err = base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(data), nil))); err != nil {
			break
		}
	}
	return nil, noAuthority(file)
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
		if bytes.Contains(file, []byte("PRIVATE KEY-----")) {
			problem += "; it is a private key"
		}
	}
	return errors.New(problem)
}
