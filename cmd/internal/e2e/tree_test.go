package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/apo-cli/apo/cmd"
	"github.com/apo-cli/apo/cmd/internal/profile"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// visit walks the commands that a person can run.
func visit(c *cobra.Command, f func(*cobra.Command)) {
	if c.Runnable() && c.HasParent() {
		f(c)
	}
	for _, child := range c.Commands() {
		visit(child, f)
	}
}

// Help without an example that works is a promise that nobody keeps. A shell runs
// all of them: those of a command one after the other, as they stand, in an empty home.
func TestExamples(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh to run the examples with")
	}
	visit(cmd.Root(), func(c *cobra.Command) {
		t.Run(strings.ReplaceAll(c.CommandPath(), " ", "_"), func(t *testing.T) {
			t.Parallel()
			var lines []string
			for line := range strings.Lines(c.Example) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
					lines = append(lines, line)
				}
			}
			if len(lines) < 2 {
				t.Fatalf("%d examples; two are the least", len(lines))
			}
			newcomer := openReader(t)
			newcomer.hasKeys()
			for i, line := range lines {
				newcomer.paste(example{line: i + 1, text: line})
			}
		})
	})
}

// exampleHome makes a folder with files and payments for the screens.
func exampleHome(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := giveKeys(filepath.Join(dir, "home")); err != nil {
		t.Fatal(err)
	}
	out, err := shell(dir, `: > "$APO_CONFIG"
set -e
apo sandbox rule add --api pay --fault cut-before --times 1
apo pay --amount 4200 --currency SGD --resolve 0 || test $? = 6
apo pay --amount 4200 --currency SGD --request-id demo-0001 --notify-url http://127.0.0.1:9/hooks/apo
apo pay --amount 4200 --currency SGD --request-id demo-0002 --capture auto
apo refund demo-0002 --amount 100 --currency SGD --request-id refund-0001
cp home/state/sandbox/merchant-private.pem merchant.pem
cp home/state/sandbox/antom-public.pem antom.pem
cat > req.json <<'END'
{"productCode":"CASHIER_PAYMENT","paymentRequestId":"demo-0004","paymentAmount":{"currency":"SGD","value":"4200"},
"order":{"referenceOrderId":"order-1","orderDescription":"demo","buyer":{"referenceBuyerId":"buyer-1"}},
"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"12","cardholderName":{"firstName":"Ada","lastName":"Example"}}},
"paymentFactor":{"isAuthorization":true},"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}
END
printf '{"notifyType":"PAYMENT_RESULT"}' > notify.json`)
	if err != nil {
		t.Fatalf("the set-up failed: %v\n%s", err, out)
	}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	body, err := os.ReadFile(filepath.Join(dir, "notify.json"))
	check(err)
	signature := signNotification(check, keyFolder(filepath.Join(dir, "home")), "/hooks/apo", "1735689600000", body)
	check(os.WriteFile(filepath.Join(dir, "signature"), []byte(signature), 0o600))
	dump := func(name, path, signature, body string) {
		text := "POST " + path + " HTTP/1.1\r\nHost: shop.example\r\nClient-Id: " + sandbox.ClientID +
			"\r\nRequest-Time: 1735689600000\r\nSignature: " + signature + "\r\n\r\n" + body
		check(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	dump("request.txt", "/hooks/apo", signature, string(body))
	own, err := shell(dir, `apo sign inquiryPayment -d '{"paymentRequestId":"demo-0001"}' --request-time 1735689600000 -q signature`)
	check(err)
	dump("own-request.txt", "/ams/sandbox/api/v1/payments/inquiryPayment", strings.TrimSpace(own), `{"paymentRequestId":"demo-0001"}`)
	line := fmt.Sprintf(`{"uri":"/hooks/apo","headers":{"client-id":%q,"request-time":"1735689600000","signature":%q},"body":%q}`+"\n", sandbox.ClientID, signature, body)
	check(os.WriteFile(filepath.Join(dir, "notifications.ndjson"), []byte(line+line), 0o600))
	return dir
}

func shell(dir, script string) (string, error) {
	home := filepath.Join(dir, "home")
	c := exec.Command("sh", "-c", script)
	c.Dir = dir
	c.Env = append(os.Environ(), "HOME="+home, "APO_HOME="+home, "APO_CONFIG="+filepath.Join(dir, "config.yaml"), "CI=1")
	out, err := c.CombinedOutput()
	return string(out), err
}

// isServer reports whether an example serves until Ctrl-C.
func isServer(line string) bool {
	return line == "apo sandbox" || strings.HasPrefix(line, "apo sandbox --")
}

// servesUntilInterrupted runs an example that serves, on a free port, until it is
// ready.
func servesUntilInterrupted(t *testing.T, env []string, line string) {
	t.Helper()
	args := strings.Fields(line)[1:]
	if !strings.Contains(line, "--listen") {
		args = append(args, "--listen", "127.0.0.1:0")
	}
	server := startWith(t, env, args...)
	eventually(t, line+" is ready", func() bool { return strings.Contains(server.out.String()+server.err.String(), "ready") })
	server.Process.Signal(os.Interrupt)
	if code := server.code(t); code != 0 {
		t.Errorf("$ %s\nexit code %d\n%s", line, code, server.err)
	}
}

// The committed scripts are those that the command prints.
func TestCompletionsAreCurrent(t *testing.T) {
	for shell, file := range map[string]string{"bash": "apo.bash", "zsh": "_apo", "fish": "apo.fish", "powershell": "apo.ps1"} {
		committed, err := os.ReadFile(inModule("completions", file))
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command("apo", "completion", shell)
		c.Env = append(os.Environ(), "APO_HOME="+t.TempDir())
		printed, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, printed) {
			t.Errorf("completions/%s is stale; run make completions", file)
		}
	}
}

// The example of a configuration loads, and leaves no key out.
func TestConfigExample(t *testing.T) {
	text, err := os.ReadFile(inModule("config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Profiles map[string]map[string]any `yaml:"profiles"`
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, p := range config.Profiles {
		for key := range p {
			shown[key] = true
		}
	}
	for _, key := range profile.Keys() {
		if !shown[key] {
			t.Errorf("%s is not shown", key)
		}
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("apo", "profile", "list", "--config", file)
	c.Env = append(os.Environ(), "APO_HOME="+t.TempDir())
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "sandbox\tdefault") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// Every topic that the help promises is there and says something.
func TestTopics(t *testing.T) {
	for _, topic := range []string{"exit-codes", "environment", "output", "keys", "signing", "handlers", "money", "sandbox"} {
		c := exec.Command("apo", "help", topic)
		c.Env = append(os.Environ(), "APO_HOME="+t.TempDir())
		out, err := c.Output()
		if err != nil || len(out) < 300 {
			t.Errorf("apo help %s: %v, %d bytes", topic, err, len(out))
		}
	}
}

// What happens before main is paid for by every command. No package of apo's
// own may do anything there, and no dependency much.
func TestNothingHappensAtInit(t *testing.T) {
	if testing.CoverMode() != "" {
		t.Skip("what counts for -cover is registered before main")
	}
	c := exec.Command("apo", "version")
	c.Env = append(os.Environ(), "APO_HOME="+t.TempDir(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	c.Stderr = &trace
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	thisPackage := reflect.TypeFor[tidy]().PkgPath() // is in the test binary, and not in apo
	packages := 0
	for line := range strings.Lines(trace.String()) {
		// init PKG @1.2 ms, 0.01 ms clock, 368 bytes, 7 allocs
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[0] != "init" {
			continue
		}
		packages++
		allocs, err := strconv.Atoi(fields[9])
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		ours := strings.HasPrefix(fields[1], "github.com/apo-cli/apo/") && fields[1] != thisPackage
		if ours || allocs > 500 {
			t.Errorf("work before main: %s", line)
		}
	}
	if packages < 20 {
		t.Fatalf("%d packages were traced; is this still how Go reports them?", packages)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("the test binary has no build information")
	}
	for _, m := range info.Deps {
		switch {
		case strings.Contains(m.Path, "bubbletea"):
			t.Errorf("%s asks the terminal for its colors at start, and waits 5 s where none answers", m.Path)
		case m.Path == "github.com/mattn/go-runewidth" && m.Version < "v0.0.30":
			t.Errorf("%s %s fills a table of 2 MB at start; v0.0.30 does not", m.Path, m.Version)
		}
	}
}
