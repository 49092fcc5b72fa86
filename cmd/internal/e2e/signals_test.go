//go:build unix

package e2e

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/sandbox"
)

// fatal are signals that end a program unless it takes them. Go would make exit
// code 2 of most, with a stack trace.
func fatal() []syscall.Signal {
	return []syscall.Signal{
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGXCPU, syscall.SIGILL,
		syscall.SIGTRAP, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV, syscall.SIGSYS,
	}
}

// hanging is the environment of a profile whose gateway takes requests and
// answers none. It tells of each.
func hanging(t *testing.T) (env []string, arrived <-chan struct{}) {
	t.Helper()
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	keys := sandbox.KeyFilesIn(keyFolder(home))
	if _, err := sandbox.LoadKeys(keyFolder(home)); err != nil {
		t.Fatal(err)
	}
	requests, over := make(chan struct{}, 100), make(chan struct{})
	gateway := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		requests <- struct{}{}
		<-over
	}))
	t.Cleanup(func() { close(over); gateway.Close() })
	return []string{
		"APO_HOME=" + home, "APO_CLIENT_ID=" + sandbox.ClientID, "APO_GATEWAY=" + gateway.URL,
		"APO_PRIVATE_KEY_FILE=" + keys.Merchant, "APO_ANTOM_PUBLIC_KEY_FILE=" + keys.AntomPublic, "GORACE=" + race,
	}, requests
}

// Whichever signal ends apo: a request that is under way is in doubt.
func TestSignalsWhileARequestIsUnderWay(t *testing.T) {
	for _, s := range fatal() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			env, arrived := hanging(t)
			pay := startWith(t, env, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001", "-o", "json")
			<-arrived
			for _, nothing := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGPIPE, syscall.SIGPROF} {
				pay.Process.Signal(nothing)
			}
			pay.Process.Signal(s)
			if code := pay.code(t); code != 6 {
				t.Errorf("exit %d: %v", code, pay.ProcessState)
			}
			told := gjson.Result{}
			for line := range strings.Lines(pay.err.String()) {
				if e := gjson.Get(line, "error"); e.Exists() {
					told = e
				}
			}
			if !told.Get("moneyMayHaveMoved").Bool() || told.Get("requestId").String() != "demo-0001" || strings.Contains(pay.err.String(), "goroutine") {
				t.Errorf("it says %s", pay.err)
			}
		})
	}
}

// Before anything is sent it is an interruption, in the middle of a file, too.
func TestSignalsBeforeAnythingIsSent(t *testing.T) {
	for _, s := range fatal() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			env, arrived := hanging(t)
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			pay := startWith(t, env, "pay", "--file", pipe)
			var writer *os.File
			eventually(t, "apo opens the file", func() (opened bool) {
				var err error
				writer, err = os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0)
				if err != nil && !errors.Is(err, syscall.ENXIO) { // nobody reads yet
					t.Fatal(err)
				}
				return err == nil
			})
			defer writer.Close()
			pay.Process.Signal(s)
			if code := pay.code(t); code != 130 {
				t.Errorf("exit %d: %v", code, pay.ProcessState)
			}
			if said := pay.err.String(); !strings.Contains(said, "nothing was sent") || strings.Contains(said, "goroutine") || len(arrived) > 0 {
				t.Errorf("it says %s", said)
			}
		})
	}
}
