package serve

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// RunToItsEnd runs a program and returns its exit code, as a shell does: 128 and
// the number of the signal where one ended it. Signals that ask apo to end are
// passed on, and the program decides. On a terminal Ctrl-C and Ctrl-\ reach it anyway, and
// twice would mean something else to many. Where the context was over before, the
// error is the context's; any other is about a program that cannot be run.
func RunToItsEnd(ctx context.Context, program *exec.Cmd, terminal bool) (code int, err error) {
	signals := make(chan os.Signal, 8)
	// A signal that apo ignores would be ignored by the program, too: SIGPIPE.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGPIPE)
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	defer signal.Stop(signals)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err := program.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	for {
		select {
		case s := <-signals:
			if s != syscall.SIGPIPE && (s != os.Interrupt && s != syscall.SIGQUIT || !terminal) {
				_ = program.Process.Signal(s)
			}
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return 1, err
			}
			if status, ok := program.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return program.ProcessState.ExitCode(), nil
		}
	}
}

// Environment is that of a program beside a sandbox: without apo's variables, and
// with those that tell it where its sandbox is, for apo itself and under the names
// of Antom's samples. notifyURL may be empty.
func Environment(environ []string, home, notifyURL string, c Credentials) []string {
	var variables []string
	for _, pair := range environ {
		if !strings.HasPrefix(pair, "APO_") {
			variables = append(variables, pair)
		}
	}
	variables = append(variables,
		"APO_HOME="+home,
		"APO_GATEWAY="+c.Gateway,
		"APO_CLIENT_ID="+c.ClientID,
		"APO_PRIVATE_KEY_FILE="+c.MerchantPrivateKeyFile,
		"APO_ANTOM_PUBLIC_KEY_FILE="+c.AntomPublicKeyFile,
		"GATEWAY_URL="+c.Gateway,
		"CLIENT_ID="+c.ClientID,
		"MERCHANT_PRIVATE_KEY="+c.MerchantPrivateKey,
		"ALIPAY_PUBLIC_KEY="+c.AntomPublicKey,
		"ANTOM_PUBLIC_KEY="+c.AntomPublicKey,
		"SANDBOX_TOKEN="+c.ControlToken)
	if notifyURL != "" {
		variables = append(variables, "APO_NOTIFY_URL="+notifyURL, "PAYMENT_NOTIFY_URL="+notifyURL)
	}
	return variables
}

// Transcript is what a sandbox was asked, the newest part of it. It is safe to
// share.
type Transcript struct {
	mu    sync.Mutex
	count int
	list  []sandbox.Event
}

// Add adds a request; notifications are told by the sandbox itself.
func (t *Transcript) Add(e sandbox.Event) {
	const most = 500
	if e.Delivery {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	if t.list = append(t.list, e); len(t.list) > most {
		t.list = t.list[1:]
	}
}

// Requests are how many there were, and the newest of them.
func (t *Transcript) Requests() (count int, newest []sandbox.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count, t.list
}
