package sandbox

import (
	"context"
	"strings"
	"testing"
)

// Addresses that are let through, whatever name led to them.
func TestReachable(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9:1": true, "[::1]:80": true, "10.0.0.1:80": true, "172.16.0.1:80": true, "172.31.255.255:80": true,
		"192.168.1.1:8080": true, "[fd00::1]:80": true, "[::ffff:127.0.0.1]:80": true, "[::ffff:10.1.2.3]:80": true,
		"203.0.113.1:80": false, "8.8.8.8:443": false, "172.32.0.1:80": false, "192.169.0.1:80": false, "11.0.0.1:80": false, "126.0.0.1:80": false,
		"169.254.169.254:80": false, "0.0.0.0:80": false, "100.64.0.1:80": false, "[2001:db8::1]:80": false, "[::ffff:8.8.8.8]:80": false,
		"[fe80::1%eth0]:80": false, "[::]:80": false, "224.0.0.1:80": false, "255.255.255.255:80": false, "nonsense": false, "": false,
	} {
		if err := reachable(false)(context.Background(), "tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
		if err := reachable(true)(context.Background(), "tcp", address, nil); err != nil && strings.Contains(address, ":") {
			t.Errorf("%s, anywhere: %v", address, err)
		}
	}
}
