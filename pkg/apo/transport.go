package apo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// ConnectTimeout bounds name resolution, connecting and the TLS handshake.
const ConnectTimeout = 5 * time.Second

// Transport configures how a gateway is reached.
type Transport struct {
	ConnectTimeout time.Duration // 0: ConnectTimeout
	CA             []byte        // certificates in PEM to trust beside the system's
}

// NewHTTPClient makes an HTTP client that does nothing on its own: it follows
// no redirect, repeats nothing, decompresses nothing and always checks TLS. The
// standard proxy variables are honoured, never for loopback.
func NewHTTPClient(t Transport) (*http.Client, error) {
	timeout := t.ConnectTimeout
	if timeout == 0 {
		timeout = ConnectTimeout
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(t.CA) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(t.CA) {
			return nil, errors.New("the CA file holds no certificate in PEM")
		}
		config.RootCAs = pool
	}
	dialer := &net.Dialer{Timeout: timeout}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               proxy,
			TLSClientConfig:     config,
			TLSHandshakeTimeout: timeout,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, address)
			},
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
			IdleConnTimeout:        30 * time.Second,
			// HTTP/1.1 alone: one request, one connection, one meaning of
			// "it broke".
			TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// proxy follows the standard variables, which know loopback in lower case only.
func proxy(r *http.Request) (*url.URL, error) {
	if IsLoopback(r.URL.Hostname()) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(r)
}
