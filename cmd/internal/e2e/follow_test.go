package e2e

import (
	"os"
	"strings"
	"testing"
)

// apo log -f goes on with what other processes write, until it is interrupted.
func TestLogFollows(t *testing.T) {
	home := t.TempDir()
	pay := func(id string, more ...string) {
		t.Helper()
		r := start(t, home, append([]string{"pay", "--amount", "100", "--currency", "SGD", "--request-id", id}, more...)...)
		if code := r.code(t); code != 0 && code != 3 {
			t.Fatalf("exit code %d\n%s", code, r.err)
		}
	}
	pay("before-1")
	pay("before-2")
	lines := start(t, home, "log", "-f", "-n", "1")
	objects := start(t, home, "log", "--follow", "--failed", "-o", "ndjson")
	eventually(t, "the newest record is there", func() bool { return strings.Contains(lines.out.String(), "before-2") })
	pay("after-1")
	pay("after-2", "--card", "visa-declined")
	eventually(t, "what was written is there", func() bool {
		return strings.Contains(lines.out.String(), "after-2") && strings.Contains(objects.out.String(), "after-2")
	})
	for _, r := range []*running{lines, objects} {
		r.Process.Signal(os.Interrupt)
		if code := r.code(t); code != 130 {
			t.Errorf("exit code %d, want 130\n%s", code, r.err)
		}
	}
	var ids []string
	for line := range strings.Lines(lines.out.String()) {
		ids = append(ids, line[strings.LastIndex(line, "\t")+1:len(line)-1])
	}
	if got := strings.Join(ids, " "); got != "before-2 after-1 after-2" {
		t.Errorf("%s\n%s", got, lines.out)
	}
	if out := objects.out.String(); strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, `{"id":`) {
		t.Errorf("%s", out)
	}
}
