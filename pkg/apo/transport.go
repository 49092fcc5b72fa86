package apo

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// ConnectTimeout bounds name resolution, connecting and the TLS handshake.
const ConnectTimeout = 5 * time.Second

// Transport configures how a gateway is reached.
type Transport struct {
	ConnectTimeout time.Duration // 0: ConnectTimeout
	CA             []byte        // certificates in PEM or DER to trust beside the system's
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
		var err error
		if config.RootCAs, err = Authorities(t.CA); err != nil {
			return nil, err
		}
	}
	dialer := &net.Dialer{Timeout: timeout}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: proxy,

			OnProxyConnectResponse: refusedByProxy,

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
