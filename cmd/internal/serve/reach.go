package serve

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// hosts reads who is let in, and what the server is called outside.
func (c Config) hosts(b *sandbox.Config) (err error) {
	for _, name := range c.AllowHosts {
		host, err := sandbox.ParseHost(name)
		if err != nil {
			return say.Fail(say.Usage, "--allow-host: %v", err)
		}
		b.AllowHosts = append(b.AllowHosts, host)
	}
	if c.BaseURL == "" {
		return nil
	}
	if b.BaseURL, err = sandbox.ParseBaseURL(c.BaseURL); err != nil {
		return say.Fail(say.Usage, "--base-url: %v", err)
	}
	return nil
}

// openTo are the hosts that are let in beside those of this machine: of options that
// were read without an error.
func (c Config) openTo() (list []string) {
	for _, name := range c.AllowHosts {
		if host, err := sandbox.ParseHost(name); err == nil && !slices.Contains(list, host) {
			list = append(list, host)
		}
	}
	if u, err := url.Parse(c.BaseURL); err == nil && c.BaseURL != "" {
		if host, err := sandbox.ParseHost(u.Hostname()); err == nil && !slices.Contains(list, host) {
			list = append(list, host)
		}
	}
	return list
}

// checkAddresses refuses to listen where others than this machine are, unless it is
// said under which names they come.
func (c Config) checkAddresses() error {
	for _, address := range c.Listen {
		host, port, err := net.SplitHostPort(address)
		if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
			return say.Fail(say.Usage, "--listen %q is not an address such as %s", address, sandbox.DefaultAddress)
		}
		if !apo.IsLoopback(host) && len(c.AllowHosts) == 0 && c.BaseURL == "" {
			return say.Fail(say.Usage, "--listen %q is not on this machine; the sandbox listens on loopback alone, unless it is told who comes", address).
				Hint("--allow-host NAME lets in who asks for the host NAME, --base-url URL who comes through what is called URL")
		}
	}
	return nil
}

// listen takes the addresses, all or none.
func listen(addresses []string) (listeners []net.Listener, err error) {
	for _, address := range addresses {
		listener, err := net.Listen(networkOf(address), address)
		if err != nil {
			closeAll(listeners)
			return nil, say.Fail(say.Error, "%s is not free: %v", address, errors.Unwrap(err)).Hint("--listen 127.0.0.1:0 takes any free port")
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

// networkOf keeps 0.0.0.0 to IPv4: for Go it is every address of every kind.
func networkOf(address string) string {
	if at, err := netip.ParseAddrPort(address); err == nil && at.Addr().Is4() {
		return "tcp4"
	}
	return "tcp"
}

// base is what the server is called, whose first address is this: as it was told, or
// else, where that is no address to go to, by the first host that is let in.
func (c Config) base(scheme, address string) string {
	if c.BaseURL != "" {
		base, _ := sandbox.ParseBaseURL(c.BaseURL)
		return base
	}
	host, port, _ := net.SplitHostPort(address)
	if open := c.openTo(); !apo.IsLoopback(host) && len(open) > 0 && !slices.Contains(open, host) {
		address = net.JoinHostPort(open[0], port)
	}
	return scheme + "://" + address
}

// control is how commands on this machine reach the server: by loopback where it
// listens there, else as anybody does.
func (c Config) control(scheme string, addresses []string) string {
	for _, address := range addresses {
		at, err := netip.ParseAddrPort(address)
		switch {
		case err != nil:
		case at.Addr().IsLoopback():
			return scheme + "://" + address
		case at.Addr().IsUnspecified() && at.Addr().Is4():
			return scheme + "://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(int(at.Port())))
		case at.Addr().IsUnspecified():
			return scheme + "://" + net.JoinHostPort("::1", strconv.Itoa(int(at.Port())))
		}
	}
	return c.base(scheme, addresses[0])
}

// namesOf are the names that a certificate must be good for: those that are led
// here, the addresses themselves, and the hosts that are let in.
func namesOf(listeners []net.Listener, open []string) []string {
	names := sandbox.AuthorityNames()
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, l := range listeners {
		if at, ok := l.Addr().(*net.TCPAddr); ok && !at.IP.IsUnspecified() {
			add(at.IP.String())
		}
	}
	for _, host := range open {
		add(host)
	}
	return names
}
