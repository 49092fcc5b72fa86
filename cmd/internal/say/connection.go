package say

import (
	"crypto/x509"
	"errors"
	"net/url"

	"github.com/apo-cli/apo/pkg/apo"
)

// aboutCertificate advises on a certificate that is not trusted; "" where that is not
// what failed.
func (w Words) aboutCertificate(err error) string {
	var unknown x509.UnknownAuthorityError
	var otherName x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown) && w.onThisMachine():
		return "trust the certificate that the server here has: apo sandbox --tls --ca-out FILE writes its, --ca-file FILE or APO_CA_FILE takes it"
	case errors.As(err, &unknown):
		return "if a proxy of yours looks into TLS, trust its certificate: --ca-file FILE, or APO_CA_FILE"
	case errors.As(err, &otherName):
		return "the certificate is another host's: something else answers under this name; check the gateway's address, DNS and proxy"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "check the clock of this machine; if it is right, whoever answers has to renew the certificate"
	}
	return ""
}

// onThisMachine reports whether the gateway is.
func (w Words) onThisMachine() bool {
	u, err := url.Parse(w.Where)
	return err == nil && u.Hostname() != "" && apo.IsLoopback(u.Hostname())
}

// aboutProxy advises on a proxy that does not let a call through; "" where that is
// not what failed.
func aboutProxy(err error) string {
	var p *apo.ProxyError
	if !errors.As(err, &p) {
		return ""
	}
	switch p.Status {
	case 0:
		return "signs such as @ : / # % in its user or password are written percent-encoded; NO_PROXY lists the hosts that need no proxy"
	case 407:
		if p.Named {
			return "it does not take the user and password that stand in " + p.Variable
		}
		return "it wants to know who asks: in " + p.Variable + " user and password stand before the host, with a colon between them and an @ behind"
	case 403, 405:
		return "it does not let this host through; ask those who run it, or list the host in NO_PROXY if it can be reached without"
	case 502, 503, 504:
		return "it could not reach the gateway itself; ask those who run it"
	}
	return "check " + p.Variable + "; NO_PROXY lists the hosts that need no proxy"
}
