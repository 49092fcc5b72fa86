//go:build unix && !linux

package profile

func hasAccessList(string) bool { return false }
