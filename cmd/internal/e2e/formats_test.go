package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/cmd"
)

// screens are the commands as a person runs them, each at least once, in the home
// of the examples. formats are those of -o that a command has; where it has none
// it prints text in one form.
func screens() []struct{ path, line, formats string } {
	const answer, result = "json ndjson table raw", "json ndjson table"
	pay := "apo pay --amount 4200 --currency SGD"
	return []struct{ path, line, formats string }{
		{"apo", "apo --version", result},
		{"apo pay", pay, answer},
		{"apo pay", pay + " --card visa-declined", answer},
		{"apo pay", pay + " --3ds", answer},
		{"apo pay", pay + " --dry-run", answer},
		{"apo inquire", "apo inquire demo-0002", answer},
		{"apo inquire", "apo inquire demo-0009", answer},
		{"apo capture", "apo capture demo-0001 --amount 10 --currency SGD", answer},
		{"apo cancel", pay + " --request-id $$ -q paymentId > id; apo cancel $(cat id)", answer},
		{"apo refund", "apo refund demo-0002 --amount 1 --currency SGD", answer},
		{"apo inquire-refund", "apo inquire-refund refund-0001", answer},
		{"apo session", "apo session", result},
		{"apo session create", "apo session create --amount 4200 --currency SGD --request-id session-0001", answer},
		{"apo session show", "apo session show nosuch", answer},
		{"apo vault", "apo vault", result},
		{"apo vault card", "apo vault card --card visa-3ds", answer},
		{"apo vault create", "apo vault create", answer},
		{"apo vault show", "apo vault card --request-id vault-0001 >/dev/null 2>&1; apo vault show vault-0001", answer},
		{"apo api", `apo api inquiryPayment -d '{"paymentRequestId":"demo-0001"}'`, answer},
		{"apo sign", `apo sign inquiryPayment -d '{"paymentRequestId":"demo-0001"}'`, result},
		{"apo verify-notify", "apo verify-notify --http request.txt", result},
		{"apo verify-notify", "sed s/PAYMENT_RESULT/PAYMENT_PENDING/ request.txt | apo verify-notify --http -", result},
		{"apo verify-notify", "(cat notifications.ndjson; echo '{}') | apo verify-notify --ndjson -", result},
		{"apo listen", "apo listen --port 0 --timeout 10ms", result},
		{"apo trigger", "apo trigger", result},
		{"apo trigger", "apo trigger refund.failed --to http://127.0.0.1:9/hooks/apo", result},
		{"apo replay", "apo replay --failed", result},
		{"apo explain", "apo explain", result},
		{"apo explain", "apo explain body-reserialized", result},
		{"apo explain", "apo explain 05", result},
		{"apo explain", "apo explain avs", result},
		{"apo explain", "apo explain cardNo", result},
		{"apo explain", "apo explain --search 3ds", result},
		{"apo explain", "apo inquire demo-0002 | apo explain -", result},
		{"apo explain fault", "apo explain fault", result},
		{"apo explain fault", "apo explain fault cut-after-commit", result},
		{"apo find", "apo find demo-0002", result},
		{"apo log", "apo log", result},
		{"apo log show", "apo log show @last", result},
		{"apo log stats", "apo log stats", result},
		{"apo log watch", "apo log watch --within 2400h", result},
		{"apo log resolve", "apo log resolve 999 --as failed --note told", result},
		{"apo log settle", "apo log settle 999 --as failed --note told", result},
		{"apo log prune", "apo log prune --older-than 36500d", result},
		{"apo log export", "apo log export demo-0001", "json ndjson"},
		{"apo timeline", "apo timeline demo-0002", result},
		{"apo resume", "apo resume --within 0s", result},
		{"apo keys", "apo keys", result},
		{"apo keys new", "apo keys new $$.pem", result},
		{"apo keys show", "apo keys show antom.pem", result},
		{"apo keys fingerprint", "apo keys fingerprint antom.pem", ""},
		{"apo keys convert", "apo keys convert antom.pem --to public", ""},
		{"apo profile", "apo profile", result},
		{"apo profile list", "apo profile list", result},
		{"apo profile show", "apo profile show", result},
		{"apo profile check", "apo profile check --profile local", result},
		{"apo profile use", "apo profile use nosuch", result},
		{"apo profile add", "apo profile add sg --gateway nosuch", result},
		{"apo profile remove", "apo profile remove nosuch", result},
		{"apo sandbox", "apo sandbox --listen nosuch", result},
		{"apo sandbox run", "apo sandbox run -- true", result},
		{"apo sandbox cards", "apo sandbox cards", result},
		{"apo sandbox scenarios", "apo sandbox scenarios", result},
		{"apo sandbox scenarios", "apo sandbox scenarios late-success", result},
		{"apo sandbox options", "apo sandbox options", result},
		{"apo sandbox credentials", "apo sandbox credentials", result},
		{"apo sandbox ls", "apo sandbox ls", result},
		{"apo sandbox show", "apo sandbox show demo-0002", result},
		{"apo sandbox export", "apo sandbox export", "ndjson"},
		{"apo sandbox report", "apo sandbox report $$", result},
		{"apo sandbox reset", "apo sandbox reset --state reset.db", result},
		{"apo sandbox snippets", "apo sandbox snippets go", ""},
		{"apo sandbox token", "apo sandbox token", result},
		{"apo sandbox health", "apo sandbox health http://127.0.0.1:9", result},
		{"apo sandbox notifications", "apo sandbox notifications", result},
		{"apo sandbox notifications list", "apo sandbox notifications list", result},
		{"apo sandbox notifications show", "apo sandbox notifications show 1", result},
		{"apo sandbox notifications resend", "apo sandbox notifications resend 1", result},
		{"apo sandbox rule", "apo sandbox rule", result},
		{"apo sandbox rule add", "apo sandbox rule add --api cancel --result PROCESS_FAIL --request-id nobody", result},
		{"apo sandbox rule list", "apo sandbox rule list", result},
		{"apo sandbox rule remove", "apo sandbox rule remove 999", result},
		{"apo sandbox dispute", "apo sandbox dispute", result},
		{"apo sandbox dispute open", "apo sandbox dispute open demo-0002 --amount 1", result},
		{"apo sandbox dispute judge", "apo sandbox dispute judge nobody --result ACCEPT_BY_CUSTOMER", result},
		{"apo sandbox dispute cancel", "apo sandbox dispute cancel nobody", result},
		{"apo sandbox dispute ls", "apo sandbox dispute ls", result},
		{"apo dispute", "apo dispute", result},
		{"apo dispute list", "apo dispute list", result},
		{"apo dispute show", "apo dispute show nobody", result},
		{"apo methods", "apo methods --country AT", result},
		{"apo sandbox route", "apo sandbox route", result},
		{"apo sandbox route list", "apo sandbox route list", result},
		{"apo sandbox route explain", "echo '{}' | apo sandbox route explain - --as demo-0001", result},
		{"apo sandbox wait", "apo sandbox wait", result},
		{"apo sandbox clock", "apo sandbox clock", result},
		{"apo sandbox clock show", "apo sandbox clock show", result},
		{"apo sandbox clock advance", "apo sandbox clock advance 1s", result},
		{"apo sandbox clock set", "apo sandbox clock set now", result},
		{"apo sandbox clock freeze", "apo sandbox clock freeze", result},
		{"apo sandbox clock speed", "apo sandbox clock speed 1x", result},
		{"apo sandbox wait", "apo sandbox wait", result},
		{"apo sandbox events", "apo sandbox events", result},
		{"apo sandbox at", "apo sandbox at 1", result},
		{"apo sandbox at", "apo sandbox at 1 nosuch", result},
		{"apo sandbox fork", "apo sandbox fork 1 --to $$.db", result},
		{"apo sandbox rewind", "apo sandbox rewind 999999 --yes", result},
		{"apo completion", "apo completion fish", ""},
		{"apo help", "apo help money", result},
		{"apo version", "apo version", result},
	}
}

// Every command either has a format or says that it does not, before it does
// anything: exit 2 where -o asked for it, one warning where APO_OUTPUT did.
func TestFormats(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh to run the screens with")
	}
	dir := exampleHome(t)
	covered := map[string]bool{}
	for _, s := range screens() {
		covered[s.path] = true
	}
	visit(cmd.Root(), func(c *cobra.Command) {
		if !covered[c.CommandPath()] {
			t.Errorf("%s is not among the screens", c.CommandPath())
		}
	})
	for _, s := range screens() {
		t.Run(strings.ReplaceAll(s.line, "/", "_"), func(t *testing.T) {
			t.Parallel()
			has := strings.Fields(s.formats)
			for _, format := range []string{"json", "ndjson", "table", "raw"} {
				out := runScreen(t, dir, withFlag(s.line, "-o "+format))
				refused := out.code == 2 && strings.Contains(out.err, "-o "+format+": "+s.path+" ")
				if refused == slices.Contains(has, format) || refused && out.out != "" {
					t.Errorf("-o %s: exit %d\n%s%s", format, out.code, out.out, out.err)
				}
				if format == "table" && !refused && gjson.Valid(out.out) && strings.HasPrefix(out.out, "{") {
					t.Errorf("the table is JSON: %s", out.out)
				}
				if refused {
					out = runScreen(t, dir, "APO_OUTPUT="+format+"; export APO_OUTPUT; "+s.line)
					if n := strings.Count(out.err, "APO_OUTPUT is "+format+"; "); n != 1 {
						t.Errorf("APO_OUTPUT=%s: exit %d, %d warnings\n%s", format, out.code, n, out.err)
					}
				}
			}
		})
	}
}

// withFlag gives the last apo of a line a flag.
func withFlag(line, flag string) string {
	at := strings.LastIndex(line, "apo ") + len("apo ")
	return line[:at] + flag + " " + line[at:]
}

type shown struct {
	code     int
	out, err string
}

// runScreen runs a line of shell in the home of the examples.
func runScreen(t *testing.T, dir, line string) shown {
	t.Helper()
	c := exec.Command("sh", "-c", line)
	c.Dir, c.Env = dir, screenEnv(dir)
	var out, err bytes.Buffer
	c.Stdout, c.Stderr = &out, &err
	if failed := c.Run(); c.ProcessState == nil {
		t.Fatal(failed)
	}
	return shown{c.ProcessState.ExitCode(), out.String(), err.String()}
}

// screenEnv is the environment of a person in the home of the examples.
func screenEnv(dir string) []string {
	home := filepath.Join(dir, "home")
	return append(os.Environ(), "HOME="+home, "APO_HOME="+home, "APO_CONFIG="+filepath.Join(dir, "config.yaml"), "APO_NO_INPUT=1")
}
