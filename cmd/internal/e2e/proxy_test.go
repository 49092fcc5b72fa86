package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a proxy does is told of the proxy, and its password is told nowhere: not in
// what apo says, nor in what it keeps.
func TestProxies(t *testing.T) {
	const secret = "hunter2#secret"
	refuses := func(status int) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		go func() {
			for {
				c, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = http.ReadRequest(bufio.NewReader(c))
				fmt.Fprintf(c, "HTTP/1.1 %d you said %s\r\nContent-Length: 0\r\n\r\n", status, secret)
				c.Close()
			}
		}()
		return listener.Addr().String()
	}
	at407, at403, at502 := refuses(407), refuses(403), refuses(502)
	const user = "http://ada:hunter2%23secret@"
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	keys := keyFolder(home)
	for _, c := range []struct{ proxy, want string }{
		{user + at407, "through the proxy " + at407 + " (HTTPS_PROXY): the proxy answered 407 Proxy Authentication Required"},
		{user + at407, "it does not take the user and password that stand in HTTPS_PROXY"},
		{"http://" + at407, "in HTTPS_PROXY user and password stand before the host"},
		{user + at403, "the proxy answered 403 Forbidden"},
		{user + at502, "the proxy answered 502 Bad Gateway"},
		{user + "127.0.0.1:1", "through the proxy 127.0.0.1:1 (HTTPS_PROXY): no connection to the proxy: connection refused"},
		{user + "proxy.invalid:3128", "through the proxy proxy.invalid:3128 (HTTPS_PROXY): no connection to the proxy: "},
		{"http://ada:hunter2#secret@127.0.0.1:1", "HTTPS_PROXY is not the address of a proxy"},
		{"http://ada:hunter2%zz@127.0.0.1:1", "HTTPS_PROXY is not the address of a proxy"},
		{"http://ada:31337/hunter2@127.0.0.1:1", "HTTPS_PROXY is not the address of a proxy"},
		{"ftp://ada:hunter2%23secret@127.0.0.1:1", "HTTPS_PROXY is not the address of a proxy"},
	} {
		apo := exec.Command("apo", "pay", "--amount", "4200", "--currency", "SGD", "--resolve=0")
		apo.Env = append(os.Environ(), "APO_HOME="+home, "APO_CLIENT_ID=SANDBOX_5Y", "APO_GATEWAY=https://gateway.example",
			"APO_PRIVATE_KEY_FILE="+filepath.Join(keys, "merchant-private.pem"), "APO_ANTOM_PUBLIC_KEY_FILE="+filepath.Join(keys, "antom-public.pem"),
			"HTTPS_PROXY="+c.proxy, "NO_PROXY=", "no_proxy=")
		out, err := apo.CombinedOutput()
		if code := apo.ProcessState.ExitCode(); code != 7 || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: exit %d, %v\n%s\nwant %s", c.proxy, code, err, out, c.want)
		}
		if strings.Contains(string(out), "hunter2") {
			t.Errorf("%s: the password is told:\n%s", c.proxy, out)
		}
	}
	if found, _ := exec.Command("grep", "-rla", "hunter2", home).Output(); len(found) > 0 {
		t.Errorf("the password is kept in %s", found)
	}
}
