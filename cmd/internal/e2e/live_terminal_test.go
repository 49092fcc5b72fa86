//go:build linux

package e2e

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// On a live terminal the amount confirms a payment, typed as it is shown, and
// nothing else does.
func TestConfirmingOnATerminal(t *testing.T) {
	for name, c := range map[string]struct {
		typed string
		code  int
	}{
		"the amount":               {"SGD 42.00\n", 0},
		"the amount, with blanks":  {" SGD 42.00 \n", 0},
		"yes":                      {"yes\n", 9},
		"y":                        {"y\n", 9},
		"an empty line":            {"\n", 9},
		"another amount":           {"SGD 42.01\n", 9},
		"another currency":         {"USD 42.00\n", 9},
		"the smallest unit":        {"4200\n", 9},
		"the number alone":         {"42.00\n", 9},
		"the amount and more":      {"SGD 42.00 yes\n", 9},
		"the name of the command":  {"pay\n", 9},
		"the profile":              {"live\n", 9},
		"the end of the input":     {"\x04", 9},
		"Ctrl-C":                   {"\x03", 130},
		"the amount in two pieces": {"SGD \n42.00\n", 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			if err := giveKeys(home); err != nil {
				t.Fatal(err)
			}
			gateway := counted(t)
			ctx, cancel := context.WithCancel(context.Background())
			stop, err := serve(ctx, gateway, home, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { cancel(); stop() })

			pay := onTerminal(t, home, "pay", "--file", "request.json", "--card-file", "card.json", "--profile", "live", "--live", "--settle", "0")
			pay.shows(t, `Type "SGD 42\.00" to go on: `)
			if _, err := io.WriteString(pay.keyboard, c.typed); err != nil {
				t.Fatal(err)
			}
			if code := pay.code(t); code != c.code {
				t.Errorf("exit %d, want %d:\n%s", code, c.code, pay.err)
			}
			if sent := gateway.connections.Load(); (sent > 0) != (c.code == 0) {
				t.Errorf("%d connections were made to the gateway", sent)
			}
		})
	}
}

// counting counts who connects.
type counting struct {
	net.Listener
	connections atomic.Int32
}

func (c *counting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.connections.Add(1)
	}
	return conn, err
}

func counted(t *testing.T) *counting {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &counting{Listener: listener}
}

// terminalRun is an apo on a terminal of its own; err is its screen.
type terminalRun struct {
	*running
	keyboard io.Writer
}

// onTerminal starts apo on a new terminal, in a folder with a whole request for
// live and a card that nobody has.
func onTerminal(t *testing.T, home string, args ...string) *terminalRun {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"card.json": `{"cardNo":"4539578763621486","expiryYear":"35","expiryMonth":"12","cvv":"917","cardholderName":{"firstName":"Ada","lastName":"Example"}}`,
		"request.json": `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"live-1","paymentAmount":{"currency":"SGD","value":"4200"},
			"order":{"referenceOrderId":"order-1","orderDescription":"demo","buyer":{"referenceBuyerId":"buyer-1"}},
			"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ours, theirs := openTerminal(t)
	r := &running{exec.Command("apo", args...), &screen{}, &screen{}, make(chan struct{})}
	r.Dir = folder
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "CI=") { // there apo asks nothing
			r.Env = append(r.Env, pair)
		}
	}
	r.Env = append(r.Env, "APO_HOME="+home, "TERM=dumb")
	r.Stdin, r.Stdout, r.Stderr = theirs, theirs, theirs
	r.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	read := make(chan struct{})
	go func() {
		io.Copy(r.err, ours) // an error once nobody has the other end
		close(read)
	}()
	go func() {
		r.Cmd.Wait()
		<-read
		close(r.ended)
	}()
	t.Cleanup(func() { r.Process.Kill(); r.Wait(); ours.Close() })
	return &terminalRun{r, ours}
}

// openTerminal makes a pseudo terminal and returns both of its ends.
func openTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	number, err := unix.IoctlGetInt(int(ours.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(ours.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	theirs, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}
