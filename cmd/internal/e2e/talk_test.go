package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd"
)

// Whoever asks for JSON gets it on both streams, whatever is wrong and wherever it
// is found out: each line of stderr is an object, and the last one alone has the error.
func TestEveryErrorIsJSON(t *testing.T) {
	slips := [][]string{
		{"--nosuch"},
		{"too", "many", "words", "for", "it", "all"},
		{"--timeout", "soon"},
	}
	home := t.TempDir()
	visit(cmd.Root(), func(c *cobra.Command) {
		t.Run(strings.ReplaceAll(c.CommandPath(), " ", "_"), func(t *testing.T) {
			t.Parallel()
			path := strings.Fields(c.CommandPath())[1:]
			for i, slip := range slips {
				if c.CommandPath() == "apo sandbox run" && i == 1 {
					continue // these words are a command of their own
				}
				args := append(append([]string{}, path...), slip...)
				switch i % 3 {
				case 0:
					inJSON(t, home, append(args, "-o", "json"))
				case 1:
					inJSON(t, home, args, "APO_OUTPUT=json")
				case 2:
					inJSON(t, home, append([]string{"--output=ndjson"}, args...))
				}
			}
		})
	})
}

// inJSON runs apo, and holds what it says on stderr against its exit code.
func inJSON(t *testing.T, home string, args []string, env ...string) {
	t.Helper()
	c := exec.Command("apo", args...)
	c.Dir = home // a command may write a file of a slip's name
	c.Env = append(append(os.Environ(), "HOME="+home, "APO_HOME="+home, "CI=1"), env...)
	var talk bytes.Buffer
	c.Stderr = &talk
	_ = c.Run() // its exit code tells
	exit, failures := c.ProcessState.ExitCode(), 0
	for line := range strings.Lines(talk.String()) {
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Errorf("apo %s: stderr is not JSON: %s", strings.Join(args, " "), line)
			continue
		}
		var failure struct{ Exit int }
		if text, found := object["error"]; found {
			failures++
			if err := json.Unmarshal(text, &failure); err != nil || failure.Exit != exit {
				t.Errorf("apo %s: exit code %d, and the error says %s", strings.Join(args, " "), exit, text)
			}
		}
	}
	if want := min(exit, 1); failures != want {
		t.Errorf("apo %s: exit code %d and %d errors:\n%s", strings.Join(args, " "), exit, failures, &talk)
	}
}
