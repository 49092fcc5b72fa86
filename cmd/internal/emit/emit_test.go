package emit_test

import (
	"encoding/hex"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/emit"
	"github.com/apo-cli/apo/pkg/sign"
)

// probes succeed where a language can be run here.
func probes() map[string][]string {
	return map[string][]string{
		"go":     {"go", "version"},
		"java":   {"javac", "--version"}, // without javac, java runs no source
		"node":   {"node", "-e", "require('node:test')"},
		"python": {"python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))"},
		"php":    {"php", "-r", "exit(extension_loaded('openssl') ? 0 : 1);"},
	}
}

// messages are the requests that each language is tried with; the first is an
// ordinary one.
func messages() map[string]sign.Message {
	m := func(body string) sign.Message {
		return sign.Message{
			Method: "POST", Path: "/ams/sandbox/api/v1/payments/pay", ClientID: "SANDBOX_5Y0000000000001",
			Time: "1735689600000", Body: []byte(body),
		}
	}
	odd := m(everyCharacter())
	odd.Path = `/a?q="it's"&b=\u0041$x%25{{body}}` + "`é/*\U0001F600?>"
	odd.ClientID = "\"$HOME\\\u2028{$x}${y}#{z}'"
	odd.Time = "2025-01-01T00:00:00+08:00\t"
	lines := m("{\r\n  \"it's\": \"$5 \\\\ 100%\",\n\n\t\"n\": `é`\n}\n")
	lines.Method = "GET"
	return map[string]sign.Message{
		"plain":  m(`{"paymentRequestId":"demo-0001","paymentAmount":{"currency":"SGD","value":"4200"}}`),
		"empty":  m(""),
		"lines":  lines,
		"odd":    odd,
		"binary": m("\x00\xff\xfe{\"a\":\"\x80\"}\r\n"),
		"long":   m(strings.Repeat("\x00支\U0001F600", 12_000) + strings.Repeat("\n", 600)),
	}
}

func everyCharacter() string {
	var b strings.Builder
	for r := rune(0); r < 0x180; r++ {
		b.WriteRune(r)
	}
	b.WriteString("\u200d\u2028\u2029\u202e\u2066\ue000\ufeff\ufffd\ufffe\U0001F469\u200d\U0001F4BB\U000E0001\U0010FFFF")
	// What means something to one of the languages, once it is in quotes.
	b.WriteString(`$x ${x} {$x} #{x} %s \n \u000a \x41 \\u0041 \ ''' """ ?> <?php // */ {{path}}` + "`\x001\x7f8\u00ff8")
	return b.String()
}

// Each source is run as its first line says. The test in it holds, and is one:
// with a digest or a signature that is another, it fails.
func TestSourcesRun(t *testing.T) {
	pem, err := filepath.Abs("../../../pkg/sign/testdata/keys/throwaway-rsa2048-pkcs8.pem")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range emit.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			probe := probes()[language]
			if exec.Command(probe[0], probe[1:]...).Run() != nil {
				t.Skipf("%s is not on this machine", language)
			}
			for name, m := range messages() {
				r := signed(t, pem, m)
				source := sourceOf(t, language, r)
				out, err := run(t, source, pem)
				if err != nil || strings.Contains(out, "skipped: ") {
					t.Errorf("%s, with the key: %v\n%s", name, err, out)
				}
				if name == "plain" {
					testIsOne(t, source, r, pem)
				}
			}
		})
	}
}

func testIsOne(t *testing.T, source string, r emit.Request, pem string) {
	t.Helper()
	const skipped = "skipped: APO_PRIVATE_KEY_FILE is not set"
	if out, err := run(t, source, ""); err != nil || !strings.Contains(out, skipped) {
		t.Errorf("without a key: %v, and %q is not said\n%s", err, skipped, out)
	}
	sum := r.Digest()
	if out, err := run(t, spoil(t, source, hex.EncodeToString(sum[:])), ""); err == nil {
		t.Errorf("another digest passes:\n%s", out)
	}
	_, signature, _ := strings.Cut(r.Signature, "signature=")
	if out, err := run(t, spoil(t, source, signature), pem); err == nil {
		t.Errorf("another signature passes:\n%s", out)
	}
}

// A PKCS#1 key will do as well, in all languages but Java.
func TestOlderKeys(t *testing.T) {
	pem, err := filepath.Abs("../../../pkg/sign/testdata/keys/throwaway-rsa2048-pkcs1.pem")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range emit.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			probe := probes()[language]
			if language == "java" || exec.Command(probe[0], probe[1:]...).Run() != nil {
				t.Skipf("%s is not on this machine, or reads no PKCS#1", language)
			}
			source := sourceOf(t, language, signed(t, pem, messages()["plain"]))
			if out, err := run(t, source, pem); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// A source is text that any screen and any editor shows as it is.
func TestSourcesAreText(t *testing.T) {
	pem := "../../../pkg/sign/testdata/keys/throwaway-rsa2048-pkcs8.pem"
	for _, language := range emit.Languages() {
		for name, m := range messages() {
			source := sourceOf(t, language, signed(t, pem, m))
			for _, r := range source {
				if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u2028\u202e\u2066\u200d\ufeff\U000E0001", r) {
					t.Fatalf("%s, %s: it holds %U", language, name, r)
				}
			}
			if strings.Contains(source, "PRIVATE KEY") {
				t.Errorf("%s, %s: it speaks of a private key's text", language, name)
			}
			if language != "go" {
				continue
			}
			if formatted, err := format.Source([]byte(source)); err != nil || string(formatted) != source {
				t.Errorf("%s: not as gofmt has it: %v\n%s", name, err, source)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	if _, err := emit.Source("cobol", emit.Request{}); err == nil || !strings.Contains(err.Error(), "go, java, node, python, php") {
		t.Errorf("an unknown language: %v", err)
	}
	for _, m := range []sign.Message{{Method: "\xff"}, {Path: "/\xc3"}, {ClientID: "\xed\xa0\x80"}, {Time: "\x80"}} {
		if source, err := emit.Source("php", emit.Request{Message: m}); err == nil {
			t.Errorf("%q is no text, and yet stands in\n%s", m, source)
		}
	}
}

func signed(t *testing.T, pem string, m sign.Message) emit.Request {
	t.Helper()
	text, err := os.ReadFile(pem)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	header, err := sign.Sign(key, "7", m)
	if err != nil {
		t.Fatal(err)
	}
	return emit.Request{Message: m, KeyVersion: "7", Signature: header}
}

func sourceOf(t *testing.T, language string, r emit.Request) string {
	t.Helper()
	source, err := emit.Source(language, r)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// spoil changes one character of what stands once in a source.
func spoil(t *testing.T, source, what string) string {
	t.Helper()
	if strings.Count(source, what) != 1 {
		t.Fatalf("%q does not stand in the source once", what)
	}
	other := "0"
	if what[5] == '0' {
		other = "1"
	}
	return strings.Replace(source, what, what[:5]+other+what[6:], 1)
}

// run saves a source and runs it, both as its first line says.
func run(t *testing.T, source, pem string) (string, error) {
	t.Helper()
	line, _, _ := strings.Cut(source, "\n")
	_, line, _ = strings.Cut(line, "Run: ")
	command := strings.Fields(line)
	if len(command) < 2 {
		t.Fatalf("the first line does not say how to run it: %s", source)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{command[len(command)-1]: source, "go.mod": "module example.test\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(command[0], command[1:]...)
	c.Dir = dir
	c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "APO_") || strings.HasPrefix(v, "NODE_")
	})
	// What go vet has compiled already need not be compiled again.
	c.Env = append(c.Env, "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off",
		"JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1")
	if pem != "" {
		c.Env = append(c.Env, "APO_PRIVATE_KEY_FILE="+pem)
	}
	out, err := c.CombinedOutput()
	return string(out), err
}
