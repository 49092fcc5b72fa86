package cmd

import (
	"bytes"
	"net"
)

// blamed is a listener on whose connections a request that net/http cannot read
// is the sender's fault. net/http refuses some of them with a 5xx, by itself and
// before the sandbox sees them; a 5xx of the sandbox is one that was asked for.
type blamed struct{ net.Listener }

func (l blamed) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return blamedConn{tcp}, nil
	}
	return c, err
}

type blamedConn struct{ *net.TCPConn }

// Write sees such a refusal whole: net/http writes it at once.
func (c blamedConn) Write(p []byte) (int, error) {
	for _, refusal := range []string{"HTTP/1.1 501 Not Implemented", "HTTP/1.1 505 HTTP Version Not Supported"} {
		if rest, found := bytes.CutPrefix(p, []byte(refusal)); found {
			_, err := c.TCPConn.Write(append([]byte("HTTP/1.1 400 Bad Request"), rest...))
			return len(p), err
		}
	}
	return c.TCPConn.Write(p)
}
