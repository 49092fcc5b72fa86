package sandbox

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// serveTLS serves one answer with a's certificate and returns the port's address.
func serveTLS(t *testing.T, a *Authority) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{
		Listener: tls.NewListener(listener, a.TLS()),
		Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["signature"] = []string{r.Proto}
		})},
	}
	server.Start()
	t.Cleanup(server.Close)
	return listener.Addr().String()
}

func newAuthority(t *testing.T, now time.Time, names ...string) *Authority {
	t.Helper()
	a, err := NewAuthority(now, names)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pool trusts a alone, as read from what is printed.
func pool(t *testing.T, a *Authority) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(a.PEM()) {
		t.Fatalf("no certificate in %s", a.PEM())
	}
	return p
}

// A client that trusts the printed certificate reaches the server under each
// name, and by HTTP/1.1 even where it would rather speak HTTP/2.
func TestAuthorityServesEachOfItsNames(t *testing.T) {
	a := newAuthority(t, time.Now(), AuthorityNames()...)
	address := serveTLS(t, a)
	for _, name := range AuthorityNames() {
		t.Run(name, func(t *testing.T) {
			transport := &http.Transport{
				TLSClientConfig:   &tls.Config{RootCAs: pool(t, a)},
				ForceAttemptHTTP2: true,
				DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, network, address)
				},
			}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			res, err := client.Get("https://" + net.JoinHostPort(name, "443"))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if got := res.Header.Get("Signature"); got != "HTTP/1.1" {
				t.Errorf("the protocol is %s", got)
			}
		})
	}
}

func TestAuthorityOffersNoHTTP2(t *testing.T) {
	a := newAuthority(t, time.Now(), "localhost")
	conn, err := tls.Dial("tcp", serveTLS(t, a), &tls.Config{
		RootCAs: pool(t, a), ServerName: "localhost", NextProtos: []string{"h2", "http/1.1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("the protocol is %q", got)
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	head, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(head), "\r\nsignature: HTTP/1.1\r\n") {
		t.Errorf("no header name in lower case in %s", head)
	}
}

// Whatever was signed with the CA's key for another name, nobody believes it.
func TestAuthorityIsConstrainedToItsNames(t *testing.T) {
	tests := []struct {
		name     string
		own      []string
		asked    string
		accepted bool
	}{
		{"its host", []string{"localhost", "127.0.0.1"}, "localhost", true},
		{"its address", []string{"localhost", "127.0.0.1"}, "127.0.0.1", true},
		{"its address of IPv6", []string{"localhost", "::1"}, "::1", true},
		{"another host", []string{"localhost", "127.0.0.1"}, "bank.example", false},
		{"a sibling", []string{"open-sea.alipay.com", "127.0.0.1"}, "www.alipay.com", false},
		{"the domain above", []string{"open-sea.alipay.com", "127.0.0.1"}, "alipay.com", false},
		{"a host that ends alike", []string{"localhost", "127.0.0.1"}, "notlocalhost", false},
		{"the next address", []string{"localhost", "127.0.0.1"}, "127.0.0.2", false},
		{"the next address of IPv6", []string{"localhost", "::1"}, "::2", false},
		{"an address where all are hosts", []string{"localhost"}, "127.0.0.1", false},
		{"one of IPv6 where all are hosts", []string{"localhost"}, "::1", false},
		{"a host where all are addresses", []string{"127.0.0.1"}, "localhost", false},
		{"one of IPv6 where all are of IPv4", []string{"127.0.0.1"}, "::1", false},
	}
	now := time.Now()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hosts, ips, err := splitNames(tt.own)
			if err != nil {
				t.Fatal(err)
			}
			ca, key, err := newCA(now, hosts, ips)
			if err != nil {
				t.Fatal(err)
			}
			hosts, ips, err = splitNames([]string{tt.asked})
			if err != nil {
				t.Fatal(err)
			}
			forged, err := newServerCertificate(ca, key, hosts, ips)
			if err != nil {
				t.Fatal(err)
			}
			err = verify(t, &Authority{ca.Raw, forged}, tt.asked, now)
			var invalid x509.CertificateInvalidError
			switch {
			case tt.accepted && err != nil:
				t.Errorf("refused: %v", err)
			case !tt.accepted && (!errors.As(err, &invalid) || invalid.Reason != x509.CANotAuthorizedForThisName):
				t.Errorf("want a refusal of the name, got %v", err)
			}
		})
	}
}

func verify(t *testing.T, a *Authority, name string, at time.Time) error {
	t.Helper()
	leaf, err := x509.ParseCertificate(a.server.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	_, err = leaf.Verify(x509.VerifyOptions{DNSName: hostname(name), Roots: pool(t, a), CurrentTime: at})
	return err
}

// hostname writes a name as Verify takes it: addresses in brackets.
func hostname(name string) string {
	if net.ParseIP(name) != nil {
		return "[" + name + "]"
	}
	return name
}

func TestAuthorityEndsAfterSevenDays(t *testing.T) {
	start := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	a := newAuthority(t, start, "localhost")
	for after, accepted := range map[time.Duration]bool{
		0: true, -5 * time.Minute: true, 7*24*time.Hour - time.Minute: true,
		-2 * time.Hour: false, 7*24*time.Hour + time.Minute: false,
	} {
		err := verify(t, a, "localhost", start.Add(after))
		var invalid x509.CertificateInvalidError
		switch {
		case accepted && err != nil:
			t.Errorf("%s after: %v", after, err)
		case !accepted && (!errors.As(err, &invalid) || invalid.Reason != x509.Expired):
			t.Errorf("%s after: want expired, got %v", after, err)
		}
	}
}

// The CA can sign servers' certificates and nothing else, least of all a CA.
func TestAuthorityCertificate(t *testing.T) {
	ca, key, err := newCA(time.Now(), []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback})
	if err != nil {
		t.Fatal(err)
	}
	if key.Curve != elliptic.P256() {
		t.Errorf("the curve is %s", key.Params().Name)
	}
	if !ca.IsCA || ca.MaxPathLen != 0 || !ca.MaxPathLenZero {
		t.Errorf("CA %t, path length %d", ca.IsCA, ca.MaxPathLen)
	}
	if ca.KeyUsage != x509.KeyUsageCertSign || !slices.Equal(ca.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}) {
		t.Errorf("usage %b, extended %v", ca.KeyUsage, ca.ExtKeyUsage)
	}
	if !ca.PermittedDNSDomainsCritical {
		t.Error("the name constraints are not critical")
	}
	var ranges []string
	for _, r := range ca.PermittedIPRanges {
		ranges = append(ranges, r.String())
	}
	if want := []string{"127.0.0.1/32", "::1/128"}; !slices.Equal(ranges, want) || !slices.Equal(ca.PermittedDNSDomains, []string{"localhost"}) {
		t.Errorf("permitted are %v and %v", ca.PermittedDNSDomains, ranges)
	}
	below, err := newServerCertificate(ca, key, []string{"localhost"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(below.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	if leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature {
		t.Errorf("the server's certificate: CA %t, usage %b", leaf.IsCA, leaf.KeyUsage)
	}
	if serverKey, ok := below.PrivateKey.(*ecdsa.PrivateKey); !ok || serverKey.Equal(key) {
		t.Error("the server has the CA's key")
	}
}

// What is printed is one certificate, and no key.
func TestAuthorityPEM(t *testing.T) {
	text := string(newAuthority(t, time.Now(), "localhost").PEM())
	if strings.Count(text, "-----BEGIN") != 1 || !strings.HasPrefix(text, "-----BEGIN CERTIFICATE-----\n") || !strings.HasSuffix(text, "-----END CERTIFICATE-----\n") {
		t.Errorf("printed is %s", text)
	}
}

func TestAuthorityRefusesWhatIsNoName(t *testing.T) {
	for _, names := range [][]string{nil, {""}, {"*.alipay.com"}, {".alipay.com"}, {"localhost."}, {"https://localhost"}, {"localhost:443"}, {"a b"}} {
		if _, err := NewAuthority(time.Now(), names); err == nil {
			t.Errorf("%q is accepted", names)
		}
	}
}

// OpenSSL and curl read name constraints by their own rules.
func TestAuthorityIsBelievedByOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("there is no openssl")
	}
	ca, key, err := newCA(time.Now(), []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback})
	if err != nil {
		t.Fatal(err)
	}
	for name, accepted := range map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true, "bank.example": false, "127.0.0.2": false} {
		hosts, ips, err := splitNames([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		server, err := newServerCertificate(ca, key, hosts, ips)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		write(t, dir, "ca.pem", (&Authority{ca: ca.Raw}).PEM())
		write(t, dir, "server.pem", (&Authority{ca: server.Certificate[0]}).PEM())
		c := exec.Command("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.pem", "server.pem")
		c.Dir = dir
		out, err := c.CombinedOutput()
		if accepted && err != nil || !accepted && !strings.Contains(string(out), "permitted subtree violation") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestAuthorityIsBelievedByCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	a := newAuthority(t, time.Now(), AuthorityNames()...)
	_, port, err := net.SplitHostPort(serveTLS(t, a))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, "ca.pem", a.PEM())
	for name, accepted := range map[string]bool{"127.0.0.1": true, "localhost": true, "open-sea-global.alipay.com": true, "bank.example": false} {
		out, err := exec.Command("curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", filepath.Join(dir, "ca.pem"), "--include",
			"--resolve", name+":"+port+":127.0.0.1", "https://"+name+":"+port+"/").CombinedOutput()
		if accepted && (err != nil || !strings.Contains(string(out), "\nsignature: HTTP/1.1\r\n")) || !accepted && err == nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func write(t *testing.T, dir, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}
