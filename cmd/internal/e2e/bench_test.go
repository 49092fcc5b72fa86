//go:build unix

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// build builds a program as it is released, and returns its file.
func build(b *testing.B, source string) string {
	out := filepath.Join(b.TempDir(), "program")
	c := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, source)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	return out
}

// measure runs a program that should end with an exit code, and returns how
// long it took and how much memory it had, in KiB.
func measure(b *testing.B, env []string, code int, argv ...string) (time.Duration, int64) {
	c := exec.Command(argv[0], argv[1:]...)
	c.Env = env
	start := time.Now()
	_ = c.Run() // its exit code tells
	took := time.Since(start)
	if got := c.ProcessState.ExitCode(); got != code {
		b.Fatalf("%v: exit code %d, want %d", argv, got, code)
	}
	return took, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}

// What a command costs from its start to its end, as a multiple of a Go
// program that prints one line. All of them take turns, so that whatever else
// the machine does hits them alike. The promises: version and help 2.6, pay on
// the embedded sandbox 9 (two commits of the journal and one of the sandbox are
// synced to the disk), what a shell completes with 8, 17 MiB stripped, 18 MiB resident.
func BenchmarkColdStart(b *testing.B) {
	dir := b.TempDir()
	hello := filepath.Join(dir, "hello.go")
	if err := os.WriteFile(hello, []byte("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	apo := build(b, inModule())
	env := append(os.Environ(), "APO_HOME="+dir)
	commands := []struct {
		name string
		argv []string
	}{
		{"hello", []string{build(b, hello)}},
		{"version", []string{apo, "version"}},
		{"help", []string{apo, "help", "pay"}},
		{"sign", []string{apo, "sign", "pay", "-d", `{"paymentRequestId":"demo-0001"}`}},
		{"pay", []string{apo, "pay", "--amount", "4200", "--currency", "SGD"}},
		{"inquire", []string{apo, "inquire", "demo-0001"}},
		{"complete", []string{apo, "__complete", "capture", ""}},
		{"complete-codes", []string{apo, "__complete", "explain", ""}},
		{"complete-currencies", []string{apo, "__complete", "pay", "--currency", ""}},
	}
	run := func(argv []string) (time.Duration, int64) { return measure(b, env, 0, argv...) }
	run([]string{apo, "pay", "--amount", "4200", "--currency", "SGD", "--request-id", "demo-0001"}) // makes the keys

	ratios := map[string][]float64{}
	var resident int64
	for b.Loop() {
		var yardstick time.Duration
		for _, c := range commands {
			took, rss := run(c.argv)
			if c.name == "hello" {
				yardstick = took
				continue
			}
			ratios[c.name] = append(ratios[c.name], float64(took)/float64(yardstick))
			resident = max(resident, rss)
		}
	}
	for name, list := range ratios {
		slices.Sort(list)
		b.ReportMetric(list[len(list)/2], name+"-x-hello")
	}
	info, err := os.Stat(apo)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/(1<<20), "MiB-binary")
	b.ReportMetric(float64(resident)/(1<<10), "MiB-resident")
}
