package profile

import "golang.org/x/sys/unix"

// hasAccessList reports whether a list says who may do what, so that the bits
// of the group are those of all whom the list names.
func hasAccessList(file string) bool {
	size, err := unix.Lgetxattr(file, "system.posix_acl_access", nil)
	return err == nil && size > 0
}
