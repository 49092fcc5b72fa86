package sandbox

import (
	"errors"
	"net"
	"net/url"
	"syscall"
	"testing"
)

// Why a delivery failed is told without the words of a resolver or a socket.
func TestWhyADeliveryFailed(t *testing.T) {
	for want, err := range map[string]error{
		"no host is called abc.example":            &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "abc.example", Server: "10.0.0.1:53", IsNotFound: true}},
		"the name abc.example cannot be looked up": &net.DNSError{Err: "server misbehaving", Name: "abc.example", Server: "10.0.0.1:53"},
		"nothing listens there":                    &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		syscall.EHOSTUNREACH.Error():               &net.OpError{Op: "dial", Net: "tcp", Err: syscall.EHOSTUNREACH},
		"HTTP 500, not 200":                        errors.New("HTTP 500, not 200"),
	} {
		if got := problemOf(&url.Error{Op: "Post", URL: "http://abc.example/secret", Err: err}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
