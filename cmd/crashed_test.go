package cmd

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// commandLine is a run of apo inside a test, for a profile of the environment.
type commandLine struct {
	*app.Run
	out, err bytes.Buffer
}

func newCommandLine(t *testing.T, stdin io.Reader) *commandLine {
	t.Helper()
	home := t.TempDir()
	keys := giveKeys(t, home)
	for name, value := range map[string]string{
		"APO_HOME": home, "APO_CLIENT_ID": "SANDBOX_5Y00000000000000", "APO_GATEWAY": "http://127.0.0.1:1",
		"APO_PRIVATE_KEY_FILE": keys.Merchant, "APO_ANTOM_PUBLIC_KEY_FILE": keys.AntomPublic,
	} {
		t.Setenv(name, value)
	}
	c := &commandLine{}
	c.Run = &app.Run{IO: term.New(stdin, &c.out, &c.err), Now: time.Now, Getenv: os.Getenv, Lookup: os.LookupEnv, Tree: newRoot}
	return c
}

// giveKeys puts keys into a folder.
func giveKeys(t *testing.T, folder string) sandbox.KeyFiles {
	t.Helper()
	err := sandbox.PublishKeys(folder) // made already: an RSA key takes its time
	if err == nil {
		_, err = sandbox.LoadKeys(folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	return sandbox.KeyFilesIn(folder)
}

// says runs apo with -o json and returns its exit code and the error it tells.
func (c *commandLine) says(t *testing.T, args ...string) (code int, told gjson.Result) {
	t.Helper()
	c.Args = append(args, "-o", "json")
	code = c.Execute(t.Context(), c.Args)
	for line := range strings.Lines(c.err.String()) {
		if told = gjson.Get(line, "error"); told.Exists() {
			break
		}
	}
	return code, told
}

type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic("card 4054695723100768") }
func (panicking) Read([]byte) (int, error)                        { panic("card 4054695723100768") }

// Whatever breaks in apo while a request is under way: it may have arrived.
func TestPanicWhileARequestIsUnderWay(t *testing.T) {
	for _, args := range [][]string{
		{"pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001"},
		{"api", "pay", "-d", `{"paymentRequestId":"demo-0001","paymentAmount":{"currency":"SGD","value":"4200"}}`},
		{"capture", "--payment-request-id", "demo-0001", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001"},
	} {
		c := newCommandLine(t, strings.NewReader(""))
		c.Transport = panicking{}
		code, told := c.says(t, args...)
		if args[0] == "capture" { // it inquires first: nothing that moves money was sent
			if code != 1 || told.Get("moneyMayHaveMoved").Bool() {
				t.Errorf("%v: exit %d: %s", args, code, told)
			}
		} else if code != 6 || told.Get("kind").String() != "in-doubt" || !told.Get("moneyMayHaveMoved").Bool() || told.Get("requestId").String() != "demo-0001" {
			t.Errorf("%v: exit %d: %s", args, code, told)
		} else if !c.isOpen(t) {
			t.Errorf("%v: the journal takes it for ended", args)
		}
		if said := c.out.String() + c.err.String(); strings.Contains(said, "4054695723100768") || strings.Contains(said, "goroutine") {
			t.Errorf("%v: it shows what it met: %s", args, said)
		}
	}
}

// isOpen reports whether the journal has a call that may have moved money.
func (c *commandLine) isOpen(t *testing.T) bool {
	t.Helper()
	paths, _, err := c.Configuration()
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(app.JournalFile(paths), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Leave()
	list, err := journal.List(t.Context(), j, journal.Filter{Open: true, Moving: true})
	if err != nil {
		t.Fatal(err)
	}
	return len(list) == 1
}

// Before anything was sent it is a fault like another, in a goroutine, too.
func TestPanicBeforeAnythingIsSent(t *testing.T) {
	c := newCommandLine(t, panicking{})
	code, told := c.says(t, "pay", "--file", "-")
	if code != 1 || told.Get("moneyMayHaveMoved").Bool() || !strings.Contains(told.Get("message").String(), "fault of its own") {
		t.Errorf("exit %d: %s", code, told)
	}
	if said := c.out.String() + c.err.String(); strings.Contains(said, "4054695723100768") {
		t.Errorf("it shows what it met: %s", said)
	}
}

// An error that wraps what was wrong is still the failure that it is.
func TestFailuresKeepTheirCause(t *testing.T) {
	cause := errors.New("so")
	f := say.Fail(say.Config, "%s: %v", "x", cause)
	if !errors.Is(f, cause) || f.Error() != "x: so" {
		t.Errorf("%v", f)
	}
}
