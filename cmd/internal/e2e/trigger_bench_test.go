//go:build unix

package e2e

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// How many notifications apo trigger sends in a second, beside how many this machine
// signs; all that is not signing, and the start of the program, is what lacks of 100 %.
func BenchmarkTrigger(b *testing.B) {
	const times = 1000
	home := b.TempDir()
	if err := giveKeys(home); err != nil {
		b.Fatal(err)
	}
	keys, err := sandbox.LoadKeys(keyFolder(home))
	if err != nil {
		b.Fatal(err)
	}
	handler := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = notify.Acknowledge(w)
	}))
	defer handler.Close()
	apo, env := build(b, inModule()), append(os.Environ(), "APO_HOME="+home)
	argv := []string{apo, "trigger", "payment.succeeded", "--to", handler.URL + "/hooks/apo", "--times", strconv.Itoa(times), "-o", "ndjson"}
	var ratios, rates []float64
	for b.Loop() {
		begin := time.Now()
		var all sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for range times / runtime.GOMAXPROCS(0) {
					_, _ = sign.Sign(keys.Antom, "1", sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: sandbox.ClientID, Body: []byte("{}")})
				}
			})
		}
		all.Wait()
		least := time.Since(begin)
		took, _ := measure(b, env, 0, argv...)
		ratios, rates = append(ratios, 100*least.Seconds()/took.Seconds()), append(rates, times/took.Seconds())
	}
	slices.Sort(ratios)
	slices.Sort(rates)
	b.ReportMetric(ratios[len(ratios)/2], "%-of-signing")
	b.ReportMetric(rates[len(rates)/2], "sent/s")
	b.ReportMetric(0, "ns/op")
}

// From its start until apo listen says that it is ready, as a multiple of a Go program
// that prints one line. The promise: 12.
func BenchmarkListenReady(b *testing.B) {
	dir := b.TempDir()
	source := filepath.Join(dir, "hello.go")
	if err := os.WriteFile(source, []byte("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := giveKeys(dir); err != nil {
		b.Fatal(err)
	}
	hello, apo, env := build(b, source), build(b, inModule()), append(os.Environ(), "APO_HOME="+dir)
	var ratios []float64
	for b.Loop() {
		least, _ := measure(b, env, 0, hello)
		c := exec.Command(apo, "listen", "--port", "0", "-o", "ndjson")
		c.Env = env
		out, err := c.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		begin := time.Now()
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			b.Fatal(err)
		}
		ratios = append(ratios, time.Since(begin).Seconds()/least.Seconds())
		_ = c.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait()
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ready-x-hello")
	b.ReportMetric(0, "ns/op")
}
