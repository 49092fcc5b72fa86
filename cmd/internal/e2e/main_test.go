package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// tidy keeps what the tests' own process was given from the programs that they
// start, and removes what all tests share, once they have run.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	forgetSettings()
	defer hearSignals()()
	defer coverQuietly()()
	defer func() {
		if folder, err := testKeys(); err == nil {
			os.RemoveAll(folder)
		}
	}()
	return m.M.Run()
}

// forgetSettings takes away the settings of whoever runs the tests: a profile or
// a color of theirs would be met by each apo.
func forgetSettings() {
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		ours := name == "APO_CHROMIUM" || name == "APO_LISTEN_MEMORY" || strings.HasPrefix(name, "APO_CRASH_")
		if strings.HasPrefix(name, "APO_") && !ours || name == "NO_COLOR" || name == "CLICOLOR_FORCE" || name == "COLUMNS" {
			os.Unsetenv(name)
		}
	}
}

// hearSignals lets the programs that the tests start hear signals that the tests
// are to ignore: nohup's, or those of a shell that has put them into the
// background. A signal that is handled here is not ignored in a child.
func hearSignals() (stop func()) {
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	return func() { signal.Stop(signals) }
}

// coverQuietly gives the programs that the tests start a folder for what go
// test -cover counts. Without one each of them complains on stderr.
func coverQuietly() (remove func()) {
	if testing.CoverMode() == "" || os.Getenv("GOCOVERDIR") != "" {
		return func() {}
	}
	folder, err := os.MkdirTemp("", "apo-cover-")
	if err != nil {
		return func() {}
	}
	os.Setenv("GOCOVERDIR", folder)
	return func() { os.RemoveAll(folder) }
}

// race keeps the race detector from waiting a second at the end of each of
// several hundred processes.
const race = "atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	os.Setenv("GORACE", race)
	testscript.Main(tidy{m}, map[string]func(){"apo": func() { os.Exit(cmd.Main()) }})
}

// Each script is one story, told by running the real command.
func TestScripts(t *testing.T) {
	dir := inModule("testdata", "scripts")
	found, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Vars = append(e.Vars, "GORACE="+race, "HOME="+home, "APO_HOME="+filepath.Join(home, "apo"), "PATH="+os.Getenv("PATH")+string(os.PathListSeparator)+getenv(e, "PATH"))
			return giveKeys(filepath.Join(home, "apo"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"alter":        alter,
			"exits":        exits,
			"gateway":      gateway,
			"notification": notification,
			"perm":         perm,
			"ready":        ready,
		},
	})
}

func getenv(e *testscript.Env, name string) string {
	for i := len(e.Vars) - 1; i >= 0; i-- {
		if value, found := strings.CutPrefix(e.Vars[i], name+"="); found {
			return value
		}
	}
	return ""
}

// exits runs a command and compares its exit code: exits 3 apo pay …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND …")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case err == nil:
	case asExit(err, &exit):
		got = exit.ExitCode()
	default:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*to = e
	return ok
}

// perm compares the mode of a file: perm 600 key.pem
func perm(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); (got == args[0]) == neg {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// notification signs a notification as Antom, without a final newline:
// notification NOTIFY.JSON BODY URI TIME writes BODY and sets $SIGNATURE and $TIME,
// which is TIME, or this moment where TIME says now.
func notification(ts *testscript.TestScript, _ bool, args []string) {
	body := []byte(strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o600))
	at := args[3]
	if at == "now" {
		at = strconv.FormatInt(time.Now().UnixMilli(), 10)
	}
	ts.Setenv("TIME", at)
	ts.Setenv("SIGNATURE", signNotification(ts.Check, keyFolder(ts.Getenv("APO_HOME")), args[2], at, body))
}

func signNotification(check func(error), keys, uri, at string, body []byte) string {
	antom, err := sandbox.LoadKeys(keys)
	check(err)
	header, err := sign.Sign(antom.Antom, "1", sign.Message{
		Method: "POST", Path: uri, ClientID: sandbox.ClientID, Time: at, Body: body,
	})
	check(err)
	parsed, err := sign.ParseHeader(header)
	check(err)
	return parsed.Signature
}

// alter does something to a state file that apo itself never does.
func alter(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[1])
	ts.Check(err)
}

// gateway starts what the script's profile talks to and puts its address into
// $GATEWAY. The kinds are those of the function serve.
func gateway(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	stop, err := serve(ctx, listener, ts.Getenv("APO_HOME"), args)
	ts.Check(err)
	ts.Defer(func() { cancel(); stop() })
	ts.Setenv("GATEWAY", "http://"+listener.Addr().String())
}

// ready waits for a file of --ready-file, of apo sandbox or apo listen, and sets
// $ADDRESS and $URL.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err != nil {
			continue
		}
		ts.Setenv("ADDRESS", gjson.GetBytes(text, "addresses.0").String())
		ts.Setenv("URL", gjson.GetBytes(text, "url").String())
		return
	}
	ts.Fatalf("%s: not within %s", args[0], patience)
}

// patience is how long a test waits for what must happen: long enough for a
// machine that does a lot of other things.
const patience = 2 * time.Minute

// eventually polls until a condition holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}
