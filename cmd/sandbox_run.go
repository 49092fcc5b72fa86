package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/sandbox"
)

func newSandboxRunCmd(d *deps) *cobra.Command {
	var o sandboxOptions
	cmd := &cobra.Command{
		Use:   "run -- COMMAND [ARGUMENT …]",
		Short: "Run a command, such as your tests, with a sandbox of its own",
		Long: `Run a command, such as your tests, with a sandbox of its own: on a free port, with
new keys and an empty state, which are gone afterwards. The exit code is the
command's, or 128 and the number of the signal that ended it. When it fails, what
the sandbox was asked and what it notified is printed on standard error.

Every APO_* variable and every other that holds a key of a profile is taken away
from the command, and it gets
  APO_GATEWAY, APO_CLIENT_ID, APO_PRIVATE_KEY_FILE, APO_ANTOM_PUBLIC_KEY_FILE
  APO_HOME         a folder of its own: apo sandbox clock, rule and so on mean this sandbox
  GATEWAY_URL, CLIENT_ID, MERCHANT_PRIVATE_KEY, ALIPAY_PUBLIC_KEY, ANTOM_PUBLIC_KEY
                   the names of Antom's samples; keys in base64 on one line
  APO_NOTIFY_URL, PAYMENT_NOTIFY_URL   where --notify-url is given`,
		Example: `  # what your tests say
  apo sandbox run -- sh -c 'apo pay --amount 4200 --currency SGD'

  # with every payment declined
  apo sandbox run --scenario declines -- sh -c 'apo pay --amount 4200 --currency SGD; test $? = 3'`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return say.Fail(say.Usage, "apo sandbox run needs a command: apo sandbox run -- npm test")
			}
			if cmd.Flags().Changed("state") {
				return say.Fail(say.Usage, "apo sandbox run has a state of its own; --state is not for it")
			}
			return runWithSandbox(cmd.Context(), d, &o, args)
		},
	}
	cmd.Flags().SetInterspersed(false)
	addServerFlags(cmd, &o)
	cmd.Flags().StringVar(&o.seed, "seed", "", "make all numbers a function of this `text` and the requests; with published keys")
	return cmd
}

// exitWith ends apo with the code of the command that it ran, and says nothing.
type exitWith struct{ code int }

func (e exitWith) Error() string { return fmt.Sprintf("exit code %d", e.code) }

func runWithSandbox(ctx context.Context, d *deps, o *sandboxOptions, argv []string) error {
	program, err := exec.LookPath(argv[0])
	if err != nil {
		return say.Fail(say.Usage, "%s cannot be run: %v", argv[0], errors.Unwrap(err))
	}
	home, err := os.MkdirTemp("", "apo-sandbox-")
	if err != nil {
		return say.Fail(say.Error, "%v", err)
	}
	defer os.RemoveAll(home)
	o.listen = []string{"127.0.0.1:0"}
	o.state = filepath.Join(home, "state", "sandbox", "state.db")
	o.keyFolder = filepath.Dir(o.state) // where apo looks for those of its profile local
	d.saySeeded(o)
	asked := &transcript{}
	s, err := d.serve(o, asked.add)
	if err != nil {
		return err
	}
	defer s.stop(ctx)
	keys, err := sandbox.LoadKeys(s.folder)
	if err != nil {
		return say.Fail(say.Config, "%v", err)
	}
	cmd := exec.Command(program, argv[1:]...)
	_, _, _ = d.configuration() // the keys of its profiles are not for the command
	cmd.Env = append(withoutOwn(os.Environ()), variables(home, credentialsOf(s.base, s.folder, keys))...)
	if o.notifyURL != "" {
		cmd.Env = append(cmd.Env, "APO_NOTIFY_URL="+o.notifyURL, "PAYMENT_NOTIFY_URL="+o.notifyURL)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	d.childDecides.Store(true)
	code, err := runToItsEnd(ctx, cmd, d.io.InTTY || d.io.OutTTY || d.io.ErrTTY)
	if code != 0 {
		d.tell(asked, s.box)
	}
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return say.Fail(say.Interrupted, "interrupted")
	case err != nil:
		return say.Fail(say.Error, "%s cannot be run: %v", argv[0], err)
	case code != 0:
		return exitWith{code}
	}
	return nil
}

// runToItsEnd runs a command and returns its exit code, as a shell does: 128
// and the number of the signal where one ended it. Signals that ask apo to end
// are passed on, and the command decides. On a terminal Ctrl-C and Ctrl-\ reach
// it anyway, and twice would mean something else to many.
func runToItsEnd(ctx context.Context, cmd *exec.Cmd, terminal bool) (code int, err error) {
	signals := make(chan os.Signal, 8)
	// A signal that apo ignores would be ignored by the command, too: SIGPIPE.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGPIPE)
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	defer signal.Stop(signals)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if s != syscall.SIGPIPE && (s != os.Interrupt && s != syscall.SIGQUIT || !terminal) {
				_ = cmd.Process.Signal(s)
			}
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return 1, err
			}
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return cmd.ProcessState.ExitCode(), nil
		}
	}
}

// withoutOwn is an environment without apo's variables.
func withoutOwn(environ []string) []string {
	var kept []string
	for _, pair := range environ {
		if !strings.HasPrefix(pair, "APO_") {
			kept = append(kept, pair)
		}
	}
	return kept
}

// variables tell a command where its sandbox is, for apo itself and under the
// names of Antom's samples.
func variables(home string, c credentials) []string {
	return []string{
		"APO_HOME=" + home,
		"APO_GATEWAY=" + c.Gateway,
		"APO_CLIENT_ID=" + c.ClientID,
		"APO_PRIVATE_KEY_FILE=" + c.MerchantPrivateKeyFile,
		"APO_ANTOM_PUBLIC_KEY_FILE=" + c.AntomPublicKeyFile,
		"GATEWAY_URL=" + c.Gateway,
		"CLIENT_ID=" + c.ClientID,
		"MERCHANT_PRIVATE_KEY=" + c.MerchantPrivateKey,
		"ALIPAY_PUBLIC_KEY=" + c.AntomPublicKey,
		"ANTOM_PUBLIC_KEY=" + c.AntomPublicKey,
	}
}

// transcript is what a sandbox was asked, the newest part of it.
type transcript struct {
	mu   sync.Mutex
	list []sandbox.Event
	left int // out, before the list
}

func (t *transcript) add(e sandbox.Event) {
	const most = 500
	if e.Delivery { // notifications are told at the end
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.list = append(t.list, e); len(t.list) > most {
		t.list = t.list[1:]
		t.left++
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// tell prints what the sandbox was asked and what it notified.
func (d *deps) tell(t *transcript, box *sandbox.Sandbox) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d.io.Note("the sandbox was asked " + times(t.left+len(t.list)))
	for _, e := range t.list {
		d.io.Note("  " + strings.Join(eventFacts(e), "  "))
	}
	list, err := box.Notifications(50)
	if err != nil {
		return
	}
	for _, n := range slices.Backward(list) {
		d.io.Note(fmt.Sprintf("  notification %d: %s of %s to %s: %s, attempts: %s", n.ID, n.Type, n.RequestID, n.URL, n.State, attemptsInWords(n)))
	}
}
