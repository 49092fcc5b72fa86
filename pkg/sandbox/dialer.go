package sandbox

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// reachable lets connections through to this machine and to private networks,
// whatever name led there, or else anywhere; but never to where a cloud tells a
// machine its credentials.
func reachable(anywhere bool) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		ip := at.Addr().Unmap().WithZone("")
		if slices.ContainsFunc(meant(ip), isMetadata) {
			return errMetadata
		}
		if anywhere || ip.IsLoopback() || ip.IsPrivate() {
			return nil
		}
		return errNotHere
	}
}

var (
	errNotHere  = errors.New("the sandbox delivers to this machine and to private networks alone, unless it is told otherwise")
	errMetadata = errors.New("the sandbox never delivers to link-local addresses, nor to where clouds keep the credentials of a machine")
)

// isMetadata reports whether a cloud may answer at an address with credentials: all that
// is link-local, and what some clouds have beside it.
//
// Source: the clouds' documents about their metadata services: AWS (also of IPv6 and of
// pods), Alibaba, Oracle, Azure's wire server, Google's IPv6.
func isMetadata(ip netip.Addr) bool {
	switch ip.String() {
	case "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254":
		return true
	}
	return ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast() || ip.IsInterfaceLocalMulticast()
}

// meant are the addresses that a connection to one may end at: the address itself, and
// those of IPv4 that a translator or a tunnel reads out of it.
func meant(ip netip.Addr) []netip.Addr {
	all := []netip.Addr{ip}
	if !ip.Is6() {
		return all
	}
	b := ip.As16()
	inside := func(prefix string, at ...int) {
		if netip.MustParsePrefix(prefix).Contains(ip) {
			all = append(all, netip.AddrFrom4([4]byte{b[at[0]], b[at[1]], b[at[2]], b[at[3]]}))
		}
	}
	inside("::/96", 12, 13, 14, 15)           // IPv4-compatible
	inside("::ffff:0:0:0/96", 12, 13, 14, 15) // IPv4-translated
	inside("64:ff9b::/96", 12, 13, 14, 15)    // NAT64
	inside("64:ff9b:1::/48", 12, 13, 14, 15)  // NAT64 of a network's own, by the length of its prefix
	inside("64:ff9b:1::/48", 6, 7, 9, 10)
	inside("64:ff9b:1::/48", 7, 9, 10, 11)
	inside("64:ff9b:1::/48", 9, 10, 11, 12)
	inside("2002::/16", 2, 3, 4, 5)                      // 6to4
	if netip.MustParsePrefix("2001::/32").Contains(ip) { // Teredo
		all = append(all, netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]}))
	}
	if [4]byte(b[8:12]) == [4]byte{0, 0, 0x5e, 0xfe} || [4]byte(b[8:12]) == [4]byte{2, 0, 0x5e, 0xfe} { // ISATAP
		all = append(all, netip.AddrFrom4([4]byte(b[12:16])))
	}
	return all
}
