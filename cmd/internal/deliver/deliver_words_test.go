package deliver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What went wrong on the way is told without the steps of the network, and without
// the address of whoever was asked for a name.
func TestNetworkErrorsAreInWords(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "abc.example", Server: "192.0.2.1:53", IsNotFound: true}}, "no host is called abc.example"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "server misbehaving", Name: "abc.example", Server: "192.0.2.1:53"}}, "the name abc.example cannot be looked up"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ENETUNREACH}, syscall.ENETUNREACH.Error()},
		{errors.New("any other"), "any other"},
	} {
		if got := (Poster{}).why(context.Background(), &url.Error{Op: "Post", Err: c.err}); got.Error() != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestPlainServerBehindHTTPS(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	to, err := url.Parse(strings.Replace(server.URL, "http://", "https://", 1))
	if err != nil {
		t.Fatal(err)
	}
	got := Poster{Client: server.Client(), Timeout: 10 * time.Second}.Post(t.Context(), Message{URL: to})
	if got.Err == nil || got.Err.Error() != "it speaks HTTP, and not HTTPS" {
		t.Error(got.Err)
	}
}

func TestCertificatesInWords(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	stranger := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}}
	defer stranger.CloseIdleConnections()
	got := Poster{Client: stranger, Timeout: 10 * time.Second}.Post(t.Context(), Message{URL: to})
	if got.Err == nil || !strings.HasPrefix(got.Err.Error(), "nobody who is trusted here") {
		t.Error(got.Err)
	}
	to.Host = strings.Replace(to.Host, "127.0.0.1", "localhost", 1)
	got = Poster{Client: server.Client(), Timeout: 10 * time.Second}.Post(t.Context(), Message{URL: to})
	if got.Err == nil || !strings.HasPrefix(got.Err.Error(), "its certificate: certificate is valid for") {
		t.Error(got.Err)
	}
}
