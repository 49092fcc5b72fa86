package control_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The examples for other languages run as they stand, where there is one to run them.
func TestExamplesOfOtherLanguages(t *testing.T) {
	t.Parallel()
	for program, file := range map[string]string{"python3": "control.py", "node": "control.mjs"} {
		path, err := exec.LookPath(program)
		if err != nil {
			t.Logf("%s is not run: there is no %s here", file, program)
			continue
		}
		c, _ := started(t)
		ready := filepath.Join(t.TempDir(), "ready.json")
		text, err := json.Marshal(map[string]string{"gateway": c.URL, "token": c.Token})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(ready, text, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		out, err := exec.CommandContext(ctx, path, filepath.Join("..", "..", "..", "testdata", "control", file), ready).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "controlled" {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}
