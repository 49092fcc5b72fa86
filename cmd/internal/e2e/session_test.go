package e2e

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// running is an apo that has been started.
type running struct {
	*exec.Cmd
	out, err *screen
	ended    chan struct{}
}

// Wait waits for the end, as often as one likes.
func (r *running) Wait() { <-r.ended }

// screen can be read while it is written.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func start(t *testing.T, home string, args ...string) *running {
	t.Helper()
	return startWith(t, []string{"APO_HOME=" + home}, args...)
}

// startWith starts apo with more in its environment.
func startWith(t *testing.T, env []string, args ...string) *running {
	t.Helper()
	r := &running{exec.Command("apo", args...), &screen{}, &screen{}, make(chan struct{})}
	r.Env = append(os.Environ(), env...)
	r.Stdout, r.Stderr = r.out, r.err
	r.WaitDelay = 10 * time.Second // for what it started and left behind
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.Cmd.Wait(); close(r.ended) }()
	// One that still runs would write into a folder that is being removed.
	t.Cleanup(func() { r.Process.Kill(); r.Wait() })
	return r
}

// code waits for the end.
func (r *running) code(t *testing.T) int {
	t.Helper()
	select {
	case <-r.ended:
		return r.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("%v does not end; so far:\n%s%s", r.Args, r.out, r.err)
		return -1
	}
}

// shows polls standard error for a pattern and returns its first group.
func (r *running) shows(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	var match []string
	eventually(t, "standard error shows "+pattern, func() bool {
		match = re.FindStringSubmatch(r.err.String())
		return match != nil
	})
	return match[len(match)-1]
}

// A buyer approves, or fails, the challenge of a payment that apo waits for.
func TestChallenge(t *testing.T) {
	for answer, want := range map[string]struct {
		code    int
		verdict string
	}{
		"approve": {0, "authorized"},
		"fail":    {3, "USER_PAYMENT_VERIFICATION_FAILED"},
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			apo := start(t, t.TempDir(), "pay", "--amount", "4200", "--currency", "SGD", "--3ds", "--wait=2m",
				"--order-id", "<b>1</b>", "--redirect-url", "https://shop.example/return?order=1")
			page := apo.shows(t, `open (http://127\.0\.0\.1:[0-9]+/3ds/[0-9a-f]{32})`)

			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			resp, err := client.Get(page)
			if err != nil {
				t.Fatal(err)
			}
			html, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if !strings.Contains(string(html), "SGD 42.00") || strings.Contains(string(html), "<b>1</b>") {
				t.Errorf("the page says\n%s", html)
			}
			if resp.Header.Get("Content-Security-Policy") == "" {
				t.Error("the page has no Content-Security-Policy")
			}
			resp, err = client.Post(page, "application/x-www-form-urlencoded", strings.NewReader("answer="+answer))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			// Nothing about the result is in the address.
			if got := resp.Header.Get("Location"); got != "https://shop.example/return?order=1" {
				t.Errorf("the buyer goes to %q", got)
			}
			if got := apo.code(t); got != want.code {
				t.Errorf("exit code %d, want %d\n%s", got, want.code, apo.err)
			}
			if !strings.Contains(apo.err.String(), want.verdict) {
				t.Errorf("no %q in\n%s", want.verdict, apo.err)
			}
		})
	}
}

// withFaults serves a faulty gateway and returns the home that uses it.
func withFaults(t *testing.T, faults ...string) string {
	t.Helper()
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stop, err := serve(ctx, listener, home, faults)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); stop() })
	return home
}

// Ctrl-C, a closed terminal or a shutdown after the request has left does not
// make its outcome known.
func TestInterruptAfterSending(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGHUP, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			home := withFaults(t, "pay=hang")
			apo := start(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001", "--timeout", "10m")
			eventually(t, "the gateway has the request", func() bool {
				_, err := os.Stat(filepath.Join(home, "hangs"))
				return err == nil
			})
			apo.Process.Signal(signal)
			if got := apo.code(t); got != 6 {
				t.Errorf("exit code %d, want 6\n%s", got, apo.err)
			}
			if out := apo.err.String(); !strings.Contains(out, "in doubt") || !strings.Contains(out, "apo inquire demo-0001") {
				t.Errorf("the payment may exist, but apo says\n%s", out)
			}
		})
	}
}

// A payment is on disk before the gateway has it. While it is being sent it is
// left alone; when its sender was killed, resume asks what became of it.
func TestKilledWhileSending(t *testing.T) {
	home := withFaults(t, "pay=hang*1")
	apo := start(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001", "--timeout", "10m")
	eventually(t, "the gateway has the request", func() bool {
		_, err := os.Stat(filepath.Join(home, "hangs"))
		return err == nil
	})
	begun := start(t, home, "log", "--state", "begun", "-q", "0.paymentRequestId")
	if code := begun.code(t); code != 0 || begun.out.String() != "demo-0001\n" {
		t.Errorf("the gateway has what the journal has not: %s%s", begun.out, begun.err)
	}
	meanwhile := start(t, home, "resume")
	if code := meanwhile.code(t); code != 6 || !strings.Contains(meanwhile.out.String(), "being sent, or asked about, by process "+strconv.Itoa(apo.Process.Pid)) {
		t.Errorf("what is being sent was not told: exit code %d\n%s%s", code, meanwhile.out, meanwhile.err)
	}
	twice := start(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001")
	if code := twice.code(t); code != 9 {
		t.Errorf("a second sender of the same request: exit code %d\n%s", code, twice.err)
	}
	apo.Process.Signal(syscall.SIGKILL)
	apo.Wait()
	resume := start(t, home, "resume", "-q", "0.became")
	if code := resume.code(t); code != 0 || resume.out.String() != "authorized\n" {
		t.Errorf("after the kill: exit code %d\n%s%s", code, resume.out, resume.err)
	}
	again := start(t, home, "resume", "--quiet")
	if code := again.code(t); code != 0 || again.out.String() != "" {
		t.Errorf("once more: exit code %d\n%s%s", code, again.out, again.err)
	}
}

// Ctrl-C while nothing was sent yet is no news about any payment.
func TestInterruptBeforeSending(t *testing.T) {
	// A listener whose backlog is never accepted from still connects; one
	// that is not there at all does not. An address that swallows packets
	// cannot be had on loopback, so the proxy is what hangs.
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	home := withFaults(t)
	c := exec.Command("apo", "pay", "--amount", "4200", "--currency", "SGD", "--timeout", "10m", "--connect-timeout", "10m")
	c.Env = append(os.Environ(), "APO_HOME="+home, "APO_GATEWAY=https://gateway.invalid", "HTTPS_PROXY=http://"+proxy.Addr().String())
	errs := &screen{}
	c.Stderr = errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := proxy.Accept() // apo has connected to the proxy, which says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c.Process.Signal(os.Interrupt)
	c.Wait()
	if got := c.ProcessState.ExitCode(); got != 130 {
		t.Errorf("exit code %d, want 130\n%s", got, errs)
	}
}

// Ctrl-C ends a command that waits for its input, too.
func TestInterruptWhileReading(t *testing.T) {
	apo := exec.Command("apo", "verify-notify", "--uri", "/", "--request-time", "x", "--signature", "y")
	home := withFaults(t)
	apo.Env = append(os.Environ(), "APO_HOME="+home)
	in, err := apo.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := apo.Start(); err != nil {
		t.Fatal(err)
	}
	defer apo.Process.Kill()
	// More than a pipe holds: once it is taken, apo is reading.
	if _, err := in.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
		t.Fatal(err)
	}
	apo.Process.Signal(os.Interrupt)
	done := make(chan struct{})
	go func() { apo.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("it still waits")
	}
	if got := apo.ProcessState.ExitCode(); got != 130 {
		t.Errorf("exit code %d, want 130", got)
	}
}

// The server says when it is ready, stops at Ctrl-C, and what it answered
// survives SIGKILL.
func TestServerSurvivesKill(t *testing.T) {
	home := t.TempDir()
	server := start(t, home, "sandbox", "--listen", "127.0.0.1:0")
	base := server.shows(t, `(http://127\.0\.0\.1:[0-9]+)  client ID`)
	if err := os.WriteFile(filepath.Join(home, "config.yaml"), []byte(`default_profile: box
profiles:
  box: {client_id: SANDBOX_5YAPO00000000001, gateway: "`+base+`", private_key_file: state/sandbox/merchant-private.pem, antom_public_key_file: state/sandbox/antom-public.pem}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	pay := start(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001")
	if pay.code(t) != 0 {
		t.Fatal(pay.err)
	}
	server.Process.Signal(syscall.SIGKILL)
	server.Wait()
	// The profile local has the same books, without a server.
	inquire := start(t, home, "inquire", "demo-0001", "--profile", "local", "-q", "paymentStatus")
	if inquire.code(t) != 0 || inquire.out.String() != "SUCCESS\n" {
		t.Errorf("after the kill: %s%s", inquire.out, inquire.err)
	}
	again := start(t, home, "sandbox", "--listen", "127.0.0.1:0")
	again.shows(t, `(sandbox ready)`)
	again.Process.Signal(os.Interrupt)
	if got := again.code(t); got != 0 {
		t.Errorf("after Ctrl-C: exit code %d\n%s", got, again.err)
	}
}

// Many at once share the state and the keys that the first of them makes. They
// book one payment: whoever comes while another sends it is refused.
func TestManyAtOnce(t *testing.T) {
	home := t.TempDir()
	var all []*running
	for range 12 {
		all = append(all, start(t, home, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001", "-q", "paymentId"))
	}
	ids := map[string]bool{}
	for _, r := range all {
		switch got := r.code(t); {
		case got == 0:
			ids[r.out.String()] = true
		case got != 9 || !strings.Contains(r.err.String(), "is in use by another process"):
			t.Errorf("exit code %d\n%s", got, r.err)
		}
	}
	if len(ids) != 1 {
		t.Errorf("one request ID became %d payments: %v", len(ids), ids)
	}
}

// The log that each run leaves to the next does not grow without end, and what
// is in it is not lost.
func TestLogStaysShort(t *testing.T) {
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(keyFolder(home), "state.db-wal")
	shrunk := false
	for i := range 40 {
		id := "demo-" + strconv.Itoa(i)
		if r := start(t, home, "pay", "--amount", "1", "--currency", "SGD", "--request-id", id); r.code(t) != 0 {
			t.Fatal(r.err)
		}
		info, err := os.Stat(log)
		shrunk = shrunk || err != nil
		if err == nil && info.Size() > 300<<10 {
			t.Fatalf("after %d payments the log has %d bytes", i+1, info.Size())
		}
		if shrunk {
			break
		}
	}
	if !shrunk {
		t.Error("the log was never taken in")
	}
	if r := start(t, home, "inquire", "demo-0", "-q", "paymentStatus"); r.code(t) != 0 || r.out.String() != "SUCCESS\n" {
		t.Errorf("the first payment: %s%s", r.out, r.err)
	}
}
