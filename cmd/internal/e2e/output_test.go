package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/apo-cli/apo/cmd"
)

const notWritten = "the output cannot be written: no space left on device"

// Output that cannot be written is said once, and is exit 1: of all commands alike, also
// of those that only show help. What the exit code tells of a payment stays. A reader
// that went away has what it wanted: nothing is said, and nothing changes.
func TestOutputThatCannotBeWritten(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh to run the screens with")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no file here that is always full")
	}
	t.Cleanup(func() { full.Close() })
	reader, closed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	t.Cleanup(func() { closed.Close() })

	dir := exampleHome(t)
	type run struct{ line, format string }
	runs := map[string][]run{}
	ofDoubts := []string{"apo log watch", "apo resume"} // what is in doubt changes with what the others do
	visit(cmd.Root(), func(c *cobra.Command) {
		runs[c.CommandPath()] = append(runs[c.CommandPath()], run{c.CommandPath() + " --help", ""})
	})
	for _, s := range screens() { // TestFormats holds that each command is among them
		line := s.line
		if s.path == "apo capture" || s.path == "apo refund" {
			line += " --again"
		}
		if slices.Contains(ofDoubts, s.path) {
			line = "{ apo sandbox rule add --api pay --fault cut-before --times 1; apo pay --amount 4200 --currency SGD --resolve 0; } >/dev/null 2>&1; " + line
		}
		runs[s.path] = append(runs[s.path], run{line, ""})
		if strings.Contains(s.formats, "json") {
			format := strings.Fields(s.formats)[0]
			runs[s.path] = append(runs[s.path], run{line, format})
		}
	}
	all := func(t *testing.T, path string) {
		for _, r := range runs[path] {
			line := r.line
			if r.format != "" {
				line = withFlag(line, "-o "+r.format)
			}
			usual := runScreen(t, dir, line)
			if usual.out == "" {
				continue // it writes nothing
			}
			whenFull, whenClosed := usual.code, usual.code
			if stream := strings.Contains(line, "--ndjson -"); stream { // the rest is not read
				whenFull, whenClosed = 0, 0
			}
			if whenFull == 0 && !tellsOfPayment(path, line) {
				whenFull = 1
			}
			if got := runScreenTo(t, dir, line, full); got.code != whenFull || strings.Count(got.err, notWritten) != 1 {
				t.Errorf("%s > /dev/full: exit %d, want %d\n%s", line, got.code, whenFull, got.err)
			}
			if got := runScreenTo(t, dir, line, closed); got.code != whenClosed || strings.Contains(got.err, "cannot be written") || strings.Contains(got.err, "broken pipe") {
				t.Errorf("%s | true: exit %d, want %d\n%s", line, got.code, whenClosed, got.err)
			}
		}
	}
	t.Run("all", func(t *testing.T) {
		for path := range runs {
			if slices.Contains(ofDoubts, path) {
				continue
			}
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				all(t, path)
			})
		}
	})
	for _, path := range ofDoubts {
		t.Run(path, func(t *testing.T) { all(t, path) })
	}
}

// tellsOfPayment reports whether the exit code of a line says what became of a payment.
func tellsOfPayment(path, line string) bool {
	return !strings.Contains(line, "--dry-run") && !strings.Contains(line, "--help") && slices.Contains([]string{
		"apo pay", "apo inquire", "apo capture", "apo cancel", "apo refund", "apo inquire-refund", "apo session create", "apo api", "apo resume",
		"apo vault card", "apo vault create", "apo vault show",
	}, path)
}

// runScreenTo is runScreen with a standard output that nobody reads.
func runScreenTo(t *testing.T, dir, line string, out *os.File) shown {
	t.Helper()
	c := exec.Command("sh", "-c", line)
	c.Dir, c.Env = dir, screenEnv(dir)
	var talk bytes.Buffer
	c.Stdout, c.Stderr = out, &talk
	if failed := c.Run(); c.ProcessState == nil {
		t.Fatal(failed)
	}
	return shown{code: c.ProcessState.ExitCode(), err: talk.String()}
}

// Standard output has one way out, where it is seen that it fails: term's. The other file
// gives it to the command that it starts.
func TestStandardOutputHasOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if strings.Contains(string(text), "os.Stdout") || strings.Contains(string(text), "fmt.Print") {
			found[filepath.ToSlash(file)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range []string{"../../internal/term/streams.go", "../../sandbox_run.go"} {
		if !found[known] {
			t.Errorf("%s does not name os.Stdout any more", known)
		}
		delete(found, known)
	}
	for file := range found {
		t.Errorf("%s writes to standard output past term", file)
	}
}
