package e2e

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/apo-cli/apo/cmd"
)

// No line is wider than the terminal unless it is one word, and no word is
// broken: an ID is there to be copied.
func TestScreensFit(t *testing.T) {
	dir := exampleHome(t)
	ids := strings.Fields(runScreen(t, dir, `apo sandbox ls -q '#.paymentId' | tr -d '["' | tr ',]' '  '; apo keys fingerprint merchant.pem; apo keys fingerprint antom.pem`).out)
	if len(ids) < 4 {
		t.Fatalf("the IDs to look for are %q", ids)
	}
	quoted := regexp.MustCompile(`'[^']*'|"[^"]*"`) // an argument, and a text in JSON, is one word
	var lines []string
	for _, s := range screens() {
		if !strings.Contains(s.formats, "table") {
			continue // text for a program
		}
		lines = append(lines, withFlag(s.line, "-o table"))
		if s.path == "apo inquire" || strings.HasPrefix(s.path, "apo explain") || strings.HasPrefix(s.path, "apo sandbox") {
			lines = append(lines, s.line) // in words
		}
	}
	help := []string{"apo --help", "apo nosuch", "apo inquire nosuch", "apo pay --amount 42.00 --currency SGD"}
	visit(cmd.Root(), func(c *cobra.Command) {
		help = append(help, c.CommandPath()+" --help; "+c.CommandPath()+" --nosuch")
	})
	for _, topic := range []string{"exit-codes", "environment", "output", "keys", "signing", "handlers", "money", "sandbox"} {
		help = append(help, "apo help "+topic)
	}
	for _, width := range []int{50, 80, 120} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			these := lines
			if width == 50 { // all of it is laid out in the same way
				these = slices.Concat(lines, help)
			}
			for _, line := range these {
				shown := onScreen(t, dir, width, line)
				for one := range strings.Lines(shown) {
					one = strings.TrimRight(one, "\r\n")
					if lipgloss.Width(one) > width && strings.Contains(quoted.ReplaceAllString(strings.TrimSpace(one), ""), " ") {
						t.Errorf("%s\n%d columns: %q", line, lipgloss.Width(one), one)
					}
				}
				joined := strings.Join(strings.Fields(shown), "")
				for _, id := range ids {
					if strings.Count(joined, id) != strings.Count(shown, id) {
						t.Errorf("%s\n%s is broken in\n%s", line, id, shown)
					}
				}
			}
		})
	}
}

// onScreen runs a line of shell on a terminal of so many columns, and returns what
// that shows.
func onScreen(t *testing.T, dir string, width int, line string) string {
	t.Helper()
	ours, theirs := openTerminal(t)
	defer ours.Close()
	if err := unix.IoctlSetWinsize(int(theirs.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", "-c", line)
	c.Dir, c.Env = dir, append(screenEnv(dir), "TERM=dumb")
	c.Stdout, c.Stderr = theirs, theirs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	var shown bytes.Buffer
	read := make(chan struct{})
	go func() {
		io.Copy(&shown, ours) // an error once nobody has the other end
		close(read)
	}()
	c.Wait()
	select {
	case <-read:
	case <-time.After(patience):
		t.Fatalf("%s: the terminal is still open", line)
	}
	return shown.String()
}
