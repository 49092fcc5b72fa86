package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A newcomer pastes README's examples one after the other, with nothing
// configured. So does this test, with one shell in one empty home.
func TestReadme(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh to run README with")
	}
	reader := openReader(t)
	notRun := blocksNotRun()
	ran, shown := 0, 0
	for _, b := range readmeBlocks(t) {
		first := b.commands[0].text
		if b.language == "text" {
			reader.saw(b)
			shown++
			continue
		}
		if why, listed := notRun[first]; listed {
			t.Logf("README, line %d, is not run: %s", b.line, why)
			delete(notRun, first)
			continue
		}
		if first == "rules:" { // "save this one as `routes.yaml`"
			reader.saves("routes.yaml", b)
			continue
		}
		if b.language != "sh" {
			t.Errorf("README, line %d: a block of %q is not run, and blocksNotRun does not say why: %s", b.line, b.language, first)
			continue
		}
		reader.prepare(first)
		for _, c := range b.commands {
			reader.paste(c)
			ran++
		}
	}
	for first, why := range notRun {
		t.Errorf("README has no block any more that begins with %q (%s)", first, why)
	}
	if shown < 2 {
		t.Errorf("README shows %d outputs; is this still how they are marked?", shown)
	}
	if ran < 30 {
		t.Errorf("README has %d examples that are run; is this still how they are marked?", ran)
	}
}

// blocksNotRun are the blocks that nobody can run here, by their first line, and why.
func blocksNotRun() map[string]string {
	return map[string]string{
		`http.Handle("/hooks/apo", notify.Handler(`: "it is a part of a Go program; pkg/notify has an Example that runs",
		`apo sandbox run -- sh -c 'curl -s -H "Authorization: Bearer $SANDBOX_TOKEN" $GATEWAY_URL/_apo/clock/advance -d "{\"by\":\"26h\"}"'`: "not every machine has curl; the examples for Node and Python are run",
		"make build":                     "it builds the program that runs this, and the other line asks the network for it",
		"apo profile check --profile sg": "it asks Antom's gateway, in the name of an account",
		"steps:":                         "it is a pipeline of somebody's own account",
		"box, err := sandbox.Open(sandbox.Config{NotifyURL: hooks.URL})": "it is a part of a Go program; pkg/sandbox has an Example that runs",
	}
}

// reader is somebody who pastes commands into a shell.
type reader struct {
	*testing.T
	folder string
	env    []string
	shell  io.Writer
	says   *bufio.Reader

	printed string // by the last command
}

func openReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{T: t, folder: t.TempDir()}
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "XDG_") {
			r.env = append(r.env, pair)
		}
	}
	home := filepath.Join(r.folder, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	r.env = append(r.env, "HOME="+home)
	c := exec.CommandContext(t.Context(), "sh")
	c.Dir, c.Env = r.folder, r.env
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); c.Wait() })
	r.shell, r.says = in, bufio.NewReader(out)
	return r
}

// hasKeys gives the home the keys of the sandbox, which take long to make.
func (r *reader) hasKeys() {
	r.Helper()
	home := filepath.Join(r.folder, "home")
	state := filepath.Join(home, ".local", "state", "apo")
	if err := errors.Join(giveKeys(home), os.MkdirAll(state, 0o700), os.Rename(keyFolder(home), filepath.Join(state, "sandbox"))); err != nil {
		r.Fatal(err)
	}
}

// prepare does what README tells in words before a block.
func (r *reader) prepare(first string) {
	if strings.HasPrefix(first, "apo profile add sg ") { // "The dashboard then shows Antom's public key. Save it as antom.pem"
		r.paste(example{text: "apo sandbox credentials -q antomPublicKey > antom.pem"})
	}
}

// saves writes a block into a file, as README tells to.
func (r *reader) saves(name string, b block) {
	r.Helper()
	var text strings.Builder
	for _, line := range b.commands {
		text.WriteString(line.shown + "\n")
	}
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text.String()), 0o600); err != nil {
		r.Fatal(err)
	}
}

// saw compares a block of what an example says with what the last one said, beside the
// JSON that it printed. Numbers and acquirers are others each time.
func (r *reader) saw(b block) {
	r.Helper()
	varying := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d{20,}\b|[0-9a-f]{64}|acquirer [A-Z]+|acquirerMerchantId": ?"\w+…`)
	var shown strings.Builder
	for _, line := range b.commands {
		shown.WriteString(line.shown + "\n")
	}
	printed := regexp.MustCompile(`(?ms)^\{$.*^\}\n`).ReplaceAllString(r.printed, "")
	want, got := varying.ReplaceAllString(shown.String(), "~"), varying.ReplaceAllString(printed, "~")
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		r.Errorf("README, line %d: shown is\n%s\nand printed was\n%s", b.line, shown.String(), printed)
	}
}

// paste runs a command in the shell and compares its exit code. What -q names has to
// be there.
func (r *reader) paste(c example) {
	r.Helper()
	if isServer(c.text) {
		servesUntilInterrupted(r.T, r.env, c.text)
		return
	}
	if strings.HasPrefix(c.text, "apo listen ") && !strings.Contains(c.text, "--timeout") { // in a second window, where it goes on
		listener := startWith(r.T, r.env, strings.Fields(c.text)[1:]...)
		eventually(r.T, c.text+" is ready", func() bool { return strings.Contains(listener.err.String(), "listening") })
		return
	}
	const end = "@@ the exit code is "
	fmt.Fprintf(r.shell, "{ %s\n} < /dev/null; printf '\\n%s%%s\\n' $?\n", c.text, end)
	var out strings.Builder
	for {
		line, err := r.says.ReadString('\n')
		if err != nil {
			r.Fatalf("line %d: $ %s\nthe shell has ended: %v\n%s", c.line, c.text, err, out.String())
		}
		code, done := strings.CutPrefix(line, end)
		if !done {
			out.WriteString(line)
			continue
		}
		r.printed = out.String()
		if code = strings.TrimSpace(code); code != strconv.Itoa(c.exit) {
			r.Fatalf("line %d: $ %s\nexit code %s, want %d\n%s", c.line, c.text, code, c.exit, out.String())
		}
		if strings.Contains(out.String(), "there is nothing at -q") {
			r.Errorf("line %d: $ %s\n%s", c.line, c.text, out.String())
		}
		return
	}
}

// block is a fenced block of README.
type block struct {
	line     int
	language string
	commands []example // of another language than sh, its lines
}

// example is a command that README shows, with its exit code, which a comment tells
// where it is not 0: "apo pay … # exit code 3".
type example struct {
	line, exit int
	text       string
	shown      string // the line as it stands
}

// readmeBlocks reads what README has between fences. A line that ends with \ goes
// on in the next.
func readmeBlocks(t *testing.T) (blocks []block) {
	t.Helper()
	text, err := os.ReadFile(inModule("README.md"))
	if err != nil {
		t.Fatal(err)
	}
	exit := regexp.MustCompile(`\s*#.*exit code (\d+)$`)
	comment := regexp.MustCompile(`\s+# .*$|\s+// .*$`)
	var now *block
	goesOn := false
	for i, line := range strings.Split(string(text), "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && now == nil:
			now = &block{line: i + 1, language: language}
		case fence:
			if len(now.commands) == 0 {
				t.Fatalf("README, line %d: the block is empty", now.line)
			}
			blocks, now = append(blocks, *now), nil
		case now != nil && strings.TrimSpace(line) != "":
			c := example{line: i + 1, text: line, shown: line}
			if m := exit.FindStringSubmatch(line); m != nil {
				c.exit, _ = strconv.Atoi(m[1])
			}
			c.text = comment.ReplaceAllString(c.text, "")
			last := len(now.commands) - 1
			if goesOn {
				now.commands[last].text = strings.TrimSuffix(now.commands[last].text, `\`) + strings.TrimSpace(c.text)
				now.commands[last].exit = c.exit
			} else {
				now.commands = append(now.commands, c)
			}
			goesOn = strings.HasSuffix(line, `\`)
		}
	}
	if now != nil {
		t.Fatalf("README, line %d: the block has no end", now.line)
	}
	return blocks
}
