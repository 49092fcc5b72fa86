package serve

import (
	"net"
	"slices"
	"testing"

	"github.com/apo-cli/apo/pkg/sandbox"
)

type listenerAt struct {
	net.Listener
	ip string
}

func (l listenerAt) Addr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(l.ip), Port: 443} }

func TestNamesOfACertificate(t *testing.T) {
	t.Parallel()
	names := namesOf([]net.Listener{listenerAt{ip: "127.0.0.1"}, listenerAt{ip: "127.0.0.2"}, listenerAt{ip: "127.0.0.2"}, listenerAt{ip: "::1"}, listenerAt{ip: "0.0.0.0"}}, []string{"apo", "127.0.0.2"})
	if want := append(sandbox.AuthorityNames(), "127.0.0.2", "apo"); !slices.Equal(names, want) {
		t.Errorf("got  %q\nwant %q", names, want)
	}
}
