package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd"
)

// failing is a command that fails while it does its work. answered: it prints what a
// gateway said all the same.
type failing struct {
	path, line string
	answered   bool
}

// failures are the commands as they fail, each at least once, in the home of the examples.
func failures() []failing {
	const pay = "apo pay --amount 4200 --currency SGD"
	elsewhere := " --state nosuch/state.db"
	list := []failing{
		{"apo", "apo nosuch", false},
		{"apo pay", pay + " --card visa-declined", true},
		{"apo pay", pay + " --card nosuch", false},
		{"apo inquire", "apo inquire nosuch", true},
		{"apo capture", "apo capture nosuch", true},
		{"apo cancel", "apo cancel nosuch", true},
		{"apo refund", "apo refund nosuch", true},
		{"apo inquire-refund", "apo inquire-refund nosuch", true},
		{"apo session", "apo session nosuch", false},
		{"apo session create", "apo session create --amount 4200 --currency SGD --scene nosuch", false},
		{"apo session show", "apo session show nosuch", true},
		{"apo vault", "apo vault nosuch", false},
		{"apo vault card", "apo vault card --card visa-declined", true},
		{"apo vault card", "apo vault card --card nosuch", false},
		{"apo vault create", "apo vault create --set paymentMethodType=WALLET", false},
		{"apo vault show", "apo vault show nosuch", true},
		{"apo api", `apo api cancel -d '{"paymentRequestId":"nosuch"}'`, true},
		{"apo sign", "apo sign pay -d @nosuch.json", false},
		{"apo verify-notify", "apo verify-notify --http nosuch", false},
		{"apo listen", "apo listen --ack nosuch", false},
		{"apo trigger", "apo trigger nosuch", false},
		{"apo replay", "apo replay 999", false},
		{"apo sandbox wait", "apo sandbox wait --for nosuch", false},
		{"apo dispute list", "apo dispute list nosuch", false},
		{"apo dispute show", "apo dispute show nosuch", false},
		{"apo methods", "apo methods --acquirer nosuch", false},
		{"apo sandbox dispute open", "apo sandbox dispute open nosuch", false},
		{"apo sandbox dispute judge", "apo sandbox dispute judge nosuch --result ACCEPT_BY_MERCHANT", false},
		{"apo sandbox dispute cancel", "apo sandbox dispute cancel nosuch", false},
		{"apo explain", "apo explain nosuch", false},
		{"apo explain", "apo explain iso nosuch", false},
		{"apo explain", "apo explain - < /dev/null", false},
		{"apo explain fault", "apo explain fault nosuch", false},
		{"apo find", "apo find unheard-of", false},
		{"apo log", "apo log --state nosuch", false},
		{"apo log show", "apo log show 999", false},
		{"apo log stats", "apo log stats --since nosuch", false},
		{"apo log watch", "apo log watch --within nosuch", false},
		{"apo log resolve", "apo log resolve 999 --as failed --note told", false},
		{"apo log settle", "apo log settle 999 --as failed --note told", false},
		{"apo log prune", "apo log prune", false},
		{"apo log export", "apo log export nosuch", false},
		{"apo timeline", "apo timeline unheard-of", false},
		{"apo resume", "apo resume --within nosuch", false},
		{"apo keys new", "apo keys new antom.pem", false},
		{"apo keys show", "apo keys show nosuch.pem", false},
		{"apo keys fingerprint", "apo keys fingerprint nosuch.pem", false},
		{"apo keys convert", "apo keys convert nosuch.pem --to pem", false},
		{"apo profile list", "apo profile list --config merchant.pem", false},
		{"apo profile show", "apo profile show nosuch", false},
		{"apo profile check", "apo profile check --profile nosuch", false},
		{"apo profile use", "apo profile use nosuch", false},
		{"apo profile add", "apo profile add sg --gateway nosuch", false},
		{"apo profile remove", "apo profile remove nosuch", false},
		{"apo sandbox", "apo sandbox --listen nosuch", false},
		{"apo sandbox run", "apo sandbox run -- false", false},
		{"apo sandbox scenarios", "apo sandbox scenarios nosuch", false},
		{"apo sandbox show", "apo sandbox show nosuch", false},
		{"apo sandbox report", "apo sandbox report reports --date nosuch", false},
		{"apo sandbox snippets", "apo sandbox snippets nosuch", false},
		{"apo sandbox token", "apo sandbox token --card nosuch", false},
		{"apo sandbox health", "apo sandbox health http://127.0.0.1:9", false},
		{"apo sandbox notifications show", "apo sandbox notifications show 999", false},
		{"apo sandbox notifications resend", "apo sandbox notifications resend 999", false},
		{"apo sandbox rule add", "apo sandbox rule add --api nosuch", false},
		{"apo sandbox rule remove", "apo sandbox rule remove 999", false},
		{"apo sandbox route explain", "apo sandbox route explain nosuch", false},
		{"apo sandbox clock advance", "apo sandbox clock advance nosuch", false},
		{"apo sandbox clock set", "apo sandbox clock set nosuch", false},
		{"apo sandbox clock speed", "apo sandbox clock speed nosuch", false},
		{"apo sandbox wait", "apo sandbox wait --for nosuch", false},
		{"apo sandbox events", "apo sandbox events --limit 0", false},
		{"apo sandbox at", "apo sandbox at nosuch", false},
		{"apo sandbox fork", "apo sandbox fork 999999", false},
		{"apo sandbox rewind", "apo sandbox rewind 1", false},
		{"apo completion", "apo completion nosuch", false},
		{"apo help", "apo help nosuch", false},
	}
	for _, path := range []string{"keys", "profile", "dispute", "sandbox dispute", "sandbox notifications", "sandbox rule", "sandbox route", "sandbox clock", "sandbox cards", "sandbox options", "version"} { // nothing goes wrong with them but a word too much
		list = append(list, failing{"apo " + path, "apo " + path + " nosuch", false})
	}
	for _, path := range []string{"credentials", "ls", "export", "reset", "notifications list", "dispute ls", "rule list", "route list", "clock show", "clock freeze"} {
		list = append(list, failing{"apo sandbox " + path, "apo sandbox " + path + elsewhere, false})
	}
	return list
}

// Whoever asks for JSON gets one object with the error, from each command, whatever goes
// wrong in it, and nothing on stdout that is no answer. Whoever asks for a table gets words.
func TestFailuresOfEveryCommand(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh to run them with")
	}
	dir := exampleHome(t)
	if err := os.WriteFile(filepath.Join(dir, "nosuch"), nil, 0o600); err != nil { // a folder of that name cannot be made
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, f := range failures() {
		covered[f.path] = true
	}
	visit(cmd.Root(), func(c *cobra.Command) {
		if !covered[c.CommandPath()] {
			t.Errorf("%s is not among the failures", c.CommandPath())
		}
	})
	for _, f := range failures() {
		t.Run(strings.ReplaceAll(f.line, "/", "_"), func(t *testing.T) {
			t.Parallel()
			flag := func(format string) string { return withFlag(f.line, "-o "+format) }
			if f.path == "apo sandbox run" {
				flag = func(format string) string { return strings.Replace(f.line, "run", "run -o "+format, 1) }
			}
			for _, line := range []string{flag("json"), flag("ndjson"), "APO_OUTPUT=json " + f.line} {
				out := runScreen(t, dir, line)
				if out.code == 0 || oneError(out.err, out.code) != "" {
					t.Errorf("$ %s\nexit code %d, %s\n%s", line, out.code, oneError(out.err, out.code), out.err)
				}
				if !f.answered && out.out != "" || f.answered && !gjson.Valid(out.out) {
					t.Errorf("$ %s\nstdout: %s", line, out.out)
				}
			}
			out := runScreen(t, dir, "APO_OUTPUT=table "+f.line)
			if out.code == 0 || out.err == "" || strings.Contains(out.err, `{"`) || strings.HasPrefix(out.out, "{") || !f.answered && out.out != "" {
				t.Errorf("$ APO_OUTPUT=table %s\nexit code %d\n%s%s", f.line, out.code, out.out, out.err)
			}
		})
	}
}

// oneError says what is wrong with talk that should be lines of JSON, of which exactly
// one has the error of an exit code; "": nothing.
func oneError(talk string, exit int) string {
	errors := 0
	for line := range strings.Lines(talk) {
		var object struct {
			Error *struct{ Exit int } `json:"error"`
		}
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			return "a line is not JSON"
		}
		if object.Error != nil {
			if errors++; object.Error.Exit != exit {
				return "the error has another exit code"
			}
		}
	}
	if errors != 1 {
		return "it has not one error"
	}
	return ""
}
