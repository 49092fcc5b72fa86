package sandbox

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
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
		never := strings.Contains(address, "169.254") || strings.Contains(address, "fe80") || strings.HasPrefix(address, "224.0.0.")
		if err := reachable(true)(context.Background(), "tcp", address, nil); (err != nil) != never && strings.Contains(address, ":") {
			t.Errorf("%s, anywhere: %v", address, err)
		}
	}
}

// Where a cloud keeps the credentials of a machine is never dialled, however it is
// spelled.
func TestMetadataIsNeverDialled(t *testing.T) {
	for _, address := range []string{
		"169.254.169.254:80", "169.254.0.1:80", "169.254.170.2:80", "100.100.100.200:80", "192.0.0.192:80", "168.63.129.16:80",
		"[fd00:ec2::254]:80", "[fd00:0ec2:0:0::254]:80", "[fd00:ec2::23]:80", "[fd20:ce::254]:80", "[fe80::1]:80", "[fe80::a9fe:a9fe%eth0]:80", "[febf::1]:80", "[ff02::1]:80", "[ff01::1]:80",
		"[::ffff:169.254.169.254]:80", "[::ffff:a9fe:a9fe]:443", "[::ffff:100.100.100.200]:80", "[::169.254.169.254]:80", "[::ffff:0:169.254.169.254]:80",
		"[64:ff9b::169.254.169.254]:80", "[64:ff9b::a9fe:a9fe]:80", "[64:ff9b::6464:64c8]:80", "[64:ff9b:1::a9fe:a9fe]:80", "[64:ff9b:1:a9fe:a9:fe00::]:80",
		"[2002:a9fe:a9fe::1]:80", "[2001:0:1:2:3:4:5601:5601]:80", "[2001:db8::5efe:a9fe:a9fe]:80", "[2001:db8::200:5efe:6464:64c8]:80", "[fd00:ec2::254%eth0]:80", "[::ffff:169.254.169.254%eth0]:80",
	} {
		for _, anywhere := range []bool{false, true} {
			if err := reachable(anywhere)(context.Background(), "tcp", address, nil); !errors.Is(err, errMetadata) && (err == nil || !strings.Contains(address, "%eth0")) {
				t.Errorf("%s, anywhere %v: %v", address, anywhere, err)
			}
		}
	}
	for _, address := range []string{"[64:ff9b::8.8.8.8]:80", "[2002:808:808::1]:80", "[2001:db8::1]:80", "100.100.100.201:80", "[fd00:ec2::255]:80", "[::1]:80"} {
		if err := reachable(true)(context.Background(), "tcp", address, nil); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The way of a notification ends there, and a redirect is no other way.
func TestNoWayToMetadata(t *testing.T) {
	d := newDeliverer(Config{NotifyAnywhere: true})
	defer d.stop()
	for _, address := range []string{"http://169.254.169.254/latest/meta-data/", "http://[::ffff:a9fe:a9fe]/"} {
		resp, err := d.client.Get(address)
		if err == nil {
			resp.Body.Close()
			t.Errorf("%s was reached", address)
		} else if !errors.Is(err, errMetadata) {
			t.Errorf("%s: %v", address, err)
		}
	}
	server := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/", http.StatusTemporaryRedirect))
	defer server.Close()
	resp, err := d.client.Get(server.URL)
	if err != nil || resp.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("a redirect was followed: %v %v", resp, err)
	}
}
