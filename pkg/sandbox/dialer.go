package sandbox

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
)

// reachable lets connections through to this machine and to private networks,
// whatever name led there.
func reachable(anywhere bool) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if ip := at.Addr().Unmap(); anywhere || ip.IsLoopback() || ip.IsPrivate() {
			return nil
		}
		return errNotHere
	}
}

var errNotHere = errors.New("the sandbox delivers to this machine and to private networks alone, unless it is told otherwise")
