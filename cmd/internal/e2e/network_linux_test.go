package e2e

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sys/unix"

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// image is what the Dockerfile says of the image that it makes.
type image struct {
	env, user                  string
	entrypoint, command, check []string
}

// readImage reads it.
func readImage(t *testing.T) (i image) {
	t.Helper()
	text := readFile(t, inModule("testdata", "container", "Dockerfile"))
	_, text, found := strings.Cut(text, "\nFROM scratch\n")
	if !found {
		t.Fatal("the image is made of something")
	}
	list := func(name string) (words []string) {
		line := regexp.MustCompile(`(?m)^` + name + `(\[.*\])$`).FindStringSubmatch(text)
		if line == nil || json.Unmarshal([]byte(line[1]), &words) != nil {
			t.Fatalf("no %s", name)
		}
		return words
	}
	word := func(name string) string {
		return regexp.MustCompile(`(?m)^` + name + ` (.+)$`).FindStringSubmatch(text)[1]
	}
	return image{word("ENV"), word("USER"), list("ENTRYPOINT "), list("CMD "), list("HEALTHCHECK .+ CMD ")}
}

// wired is two network namespaces with a wire between: one of the sandbox, one of a shop.
type wired struct{ box, shop, boxAt, shopAt string }

func newNetwork(t *testing.T) wired {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root makes network namespaces; this test is skipped")
	}
	for _, program := range []string{"ip", "chroot"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s to make a network of one's own with; this test is skipped", program)
		}
	}
	name := fmt.Sprintf("apo%d", os.Getpid()%100000)
	n := wired{name + "b", name + "s", "10.77.0.1", "10.77.0.2"}
	t.Cleanup(func() {
		for _, space := range []string{n.box, n.shop} {
			_ = exec.Command("ip", "netns", "delete", space).Run()
		}
	})
	for _, line := range []string{
		"netns add " + n.box, "netns add " + n.shop,
		"-n " + n.box + " link add wire type veth peer name wire netns " + n.shop,
		"-n " + n.box + " addr add " + n.boxAt + "/24 dev wire", "-n " + n.shop + " addr add " + n.shopAt + "/24 dev wire",
		"-n " + n.box + " link set wire up", "-n " + n.shop + " link set wire up",
		"-n " + n.box + " link set lo up", "-n " + n.shop + " link set lo up",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Skipf("no network of one's own can be made here, so this test is skipped: ip %s: %v\n%s", line, err, out)
		}
	}
	return n
}

// within does something in a network namespace: a connection or a listener that is made
// there stays there.
func within(space string, do func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		f, err := os.Open("/run/netns/" + space)
		if err == nil {
			defer f.Close()
			err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
		}
		if err == nil {
			err = do()
		}
		done <- err
	}()
	return <-done
}

// place puts this test, which is apo too, into a root as /apo. Where it needs the C library,
// as with the race detector, that comes along; in the image there is nothing else.
func place(root string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	program, err := elf.Open(self)
	if err != nil {
		return err
	}
	defer program.Close()
	to := map[string]string{self: "apo"}
	if slices.ContainsFunc(program.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		needs, err := exec.Command("ldd", self).Output()
		if err != nil {
			return err
		}
		for _, library := range regexp.MustCompile(`/\S+`).FindAllString(string(needs), -1) {
			to[library] = library
		}
	}
	for from, name := range to {
		name = filepath.Join(root, name)
		data, err := os.ReadFile(from)
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, data, 0o755))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// The image of the Dockerfile, as far as it goes without Docker: its program alone in an
// empty root, not as root, with its own command and health check. A shop in another
// network pays under the name that is let in, and is notified; under another it is not.
func TestSandboxInAContainer(t *testing.T) {
	t.Parallel()
	n, image := newNetwork(t), readImage(t)
	root := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Chmod(root, 0o755))
	must(os.Chmod(filepath.Dir(root), 0o755))
	must(place(root))
	must(os.Mkdir(filepath.Join(root, "state"), 0o700))
	must(os.Chown(filepath.Join(root, "state"), 65532, 65532))
	inside := func(argv ...string) *exec.Cmd {
		ctx, stop := context.WithTimeout(context.Background(), patience)
		t.Cleanup(stop)
		c := exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", n.box, "chroot", "--userspec=" + image.user, root}, argv...)...)
		c.Env = []string{image.env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
		return c
	}
	if out, err := inside(image.check...).CombinedOutput(); err == nil {
		t.Errorf("it is well before it runs: %s", out)
	}
	server := inside(append(image.entrypoint, image.command...)...)
	said := &screen{}
	server.Stdout, server.Stderr = said, said
	must(server.Start())
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	defer func() {
		_ = server.Process.Signal(os.Interrupt)
		if err := <-ended; err != nil {
			t.Errorf("the end: %v\n%s", err, said)
		}
	}()
	eventually(t, "it is well", func() bool { return inside(image.check...).Run() == nil })
	if text := said.String(); strings.Count(text, "warning: open to whoever reaches 0.0.0.0:4242 as apo:") != 1 || !strings.Contains(text, "http://apo:4242") {
		t.Errorf("it says\n%s", text)
	}

	keys, err := sandbox.LoadKeys(filepath.Join(root, "state", "state", "sandbox"))
	must(err)
	news := make(chan string, 8)
	var hooks net.Listener
	must(within(n.shop, func() (err error) { hooks, err = net.Listen("tcp", n.shopAt+":0"); return err }))
	receiver := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		news <- requestIDIn(r)
		_, _ = io.WriteString(w, acknowledged)
	})}
	go receiver.Serve(hooks)
	defer receiver.Close()

	s := shop{key: keys.Merchant}
	body := payment("from-afar", "4054695723100768", "http://"+hooks.Addr().String()+"/hook")
	for _, host := range []string{"evil.example", n.boxAt + ":4242", "apo.evil.example", "apo:4242"} {
		status, answer := n.ask(t, host, s.signed("pay", body))
		if host != "apo:4242" {
			if status != http.StatusForbidden {
				t.Errorf("as %s: %d %s", host, status, answer)
			}
			continue
		}
		if status != http.StatusOK || gjson.Get(answer, "result.resultStatus").Str != "S" {
			t.Errorf("as %s: %d %s", host, status, answer)
		}
	}
	wantNews(t, news, "from-afar")
	if status, answer := n.ask(t, "apo:4242", signed{Message: sign.Message{Method: "GET", Path: "/_apo/payments"}}); status != http.StatusUnauthorized {
		t.Errorf("the control API without its token: %d %s", status, answer)
	}
}

// wantNews waits for the news of a request.
func wantNews(t *testing.T, news <-chan string, of string) {
	t.Helper()
	select {
	case id := <-news:
		if id != of {
			t.Errorf("notified of %s, want %s", id, of)
		}
	case <-time.After(patience):
		t.Error("the shop is not notified")
	}
}

// ask sends a request from the shop's network to the sandbox's, under a host's name.
func (n wired) ask(t *testing.T, host string, r signed) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequest(r.Method, "http://"+host+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Client-Id", r.ClientID)
	request.Header.Set("Request-Time", r.Time)
	request.Header.Set("Signature", r.header)
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		var conn net.Conn
		err := within(n.shop, func() (err error) { conn, err = net.DialTimeout("tcp", n.boxAt+":4242", patience); return err })
		return conn, err
	}}}
	resp, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
