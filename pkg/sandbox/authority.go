package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// authorityLife is how long an Authority's certificates are valid, and
// authorityGrace how far they reach back, for clocks that are slow.
const (
	authorityLife  = 7 * 24 * time.Hour
	authorityGrace = time.Hour
)

// Authority is a throw-away certificate authority and the one server
// certificate that it ever signed, for SDKs that speak HTTPS alone. Its private
// key was never outside this process, and is gone once that certificate is
// signed.
type Authority struct {
	ca     []byte // DER
	server tls.Certificate
}

// AuthorityNames lists the names of this machine and of Antom's gateways, old
// and new. With these, a program whose resolver is bent to this machine meets
// the sandbox under the address that it has for production.
func AuthorityNames() []string {
	return append([]string{"localhost", "127.0.0.1", "::1"}, antomHosts()...)
}

// NewAuthority makes an authority whose certificates are valid for 7 days from
// now on, for names: DNS names ("localhost") and IP addresses ("127.0.0.1",
// "::1").
//
// Whoever trusts the authority trusts it for these names alone: name
// constraints, marked critical, permit no other. A DNS name's permission
// includes the names below it, as RFC 5280 has it.
func NewAuthority(now time.Time, names []string) (*Authority, error) {
	hosts, ips, err := splitNames(names)
	if err != nil {
		return nil, err
	}
	ca, key, err := newCA(now, hosts, ips)
	if err != nil {
		return nil, err
	}
	server, err := newServerCertificate(ca, key, hosts, ips)
	if err != nil {
		return nil, err
	}
	return &Authority{ca.Raw, server}, nil
}

// PEM returns the authority's certificate, for a client that is to trust it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.ca})
}

// TLS returns the configuration of a server that all names of the authority
// belong to. It offers HTTP/1.1 alone: in HTTP/2 there is no case of header
// names to keep.
//
// Serve it through [tls.NewListener]: [net/http.Server.ServeTLS] would offer
// HTTP/2 all the same.
func (a *Authority) TLS() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{a.server},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"},
	}
}

// splitNames tells DNS names from addresses.
func splitNames(names []string) (hosts []string, ips []net.IP, err error) {
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			ips = append(ips, ip)
			continue
		}
		if name == "" || strings.ContainsAny(name, "*/:@ ") || strings.Trim(name, ".") != name {
			return nil, nil, fmt.Errorf("%q is neither a DNS name nor an IP address", name)
		}
		hosts = append(hosts, name)
	}
	if len(names) == 0 {
		return nil, nil, errors.New("an authority needs a name to vouch for")
	}
	return hosts, ips, nil
}

// newCA makes the authority's own certificate and its key.
func newCA(now time.Time, hosts []string, ips []net.IP) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "apo sandbox, throw-away CA of " + now.UTC().Format(time.RFC3339)},
		NotBefore:             now.Add(-authorityGrace),
		NotAfter:              now.Add(authorityLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	constrain(template, hosts, ips)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.ParseCertificate(der)
	return ca, key, err
}

// constrain permits hosts and ips and nothing else. A kind of name of which
// none is permitted would go unchecked, and so is excluded as a whole.
func constrain(c *x509.Certificate, hosts []string, ips []net.IP) {
	c.PermittedDNSDomainsCritical = true
	c.PermittedDNSDomains = hosts
	for _, ip := range ips {
		c.PermittedIPRanges = append(c.PermittedIPRanges, single(ip))
	}
	if len(hosts) == 0 {
		c.ExcludedDNSDomains = []string{""}
	}
	if len(ips) == 0 {
		c.ExcludedIPRanges = []*net.IPNet{
			{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)},
			{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
		}
	}
}

// single is the network of one address.
func single(ip net.IP) *net.IPNet {
	if v4 := ip.To4(); v4 != nil {
		return &net.IPNet{IP: v4, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}

// newServerCertificate makes a certificate for all names, as valid as ca.
func newServerCertificate(ca *x509.Certificate, caKey *ecdsa.PrivateKey, hosts []string, ips []net.IP) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "apo sandbox"},
		NotBefore:   ca.NotBefore,
		NotAfter:    ca.NotAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    hosts,
		IPAddresses: ips,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
