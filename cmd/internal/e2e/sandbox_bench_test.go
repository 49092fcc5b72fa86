//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// What apo sandbox costs with a million payments in its state, half of them
// captured and each with something planned, beside one that has a thousand. The
// promises: 50 ms from its start until it says that it is ready; 150 MiB
// resident under load; inquiries that take as long with a million as with a
// thousand; next to nothing where nobody calls.
func BenchmarkSandbox(b *testing.B) {
	dir := b.TempDir()
	apo := build(b, inModule())
	few, many := filepath.Join(dir, "few.db"), filepath.Join(dir, "many.db")
	stored := map[string]int{few: 1_000, many: 1_000_000}
	for file, payments := range stored {
		fillBox(b, file, payments)
	}
	b.Run("Start", func(b *testing.B) { benchmarkStart(b, apo, few, many) })
	b.Run("Idle", func(b *testing.B) { benchmarkIdle(b, apo, many) })
	b.Run("Inquiry", func(b *testing.B) { benchmarkInquiry(b, apo, few, many, stored) })
	b.Run("Load", func(b *testing.B) { benchmarkLoad(b, apo, many) })
	b.Run("Report", func(b *testing.B) { benchmarkReport(b, apo, many) })
}

func benchmarkStart(b *testing.B, apo, few, many string) {
	took := medians{}
	for b.Loop() {
		for name, file := range map[string]string{"ready-of-1000": few, "ready-of-1000000": many} {
			s := startBox(b, apo, file)
			took[name] = append(took[name], s.took)
			s.stop(b)
		}
	}
	took.report(b)
	b.ReportMetric(0, "ns/op")
}

// benchmarkIdle compares what a server that waits used to what one used that
// was stopped at once.
func benchmarkIdle(b *testing.B, apo, file string) {
	const long = 3 * time.Second
	var shares []float64
	for b.Loop() {
		short := startBox(b, apo, file).stop(b)
		s := startBox(b, apo, file)
		time.Sleep(long)
		shares = append(shares, 100*(s.stop(b).cpu-short.cpu).Seconds()/long.Seconds())
	}
	slices.Sort(shares)
	b.ReportMetric(shares[len(shares)/2], "%-of-a-core")
	b.ReportMetric(0, "ns/op")
}

func benchmarkInquiry(b *testing.B, apo, few, many string, stored map[string]int) {
	servers := map[string]*boxProcess{few: startBox(b, apo, few), many: startBox(b, apo, many)}
	took := medians{}
	ask := func(file, by, format string) {
		id := 1 + rand.IntN(stored[file])
		r := servers[file].request(b, "inquiryPayment", fmt.Sprintf(`{"%s":"%s"}`, by, fmt.Sprintf(format, id)))
		took.time(b, fmt.Sprintf("%s-of-%d", by, stored[file]), func() error { return answered(r) })
	}
	for b.Loop() {
		for _, file := range []string{few, many} {
			ask(file, "paymentRequestId", requestIDFormat)
			ask(file, "paymentId", paymentIDFormat)
		}
	}
	took.report(b)
	for _, by := range []string{"paymentRequestId", "paymentId"} {
		ratio := took.median(by+"-of-1000000").Seconds() / took.median(by+"-of-1000").Seconds()
		b.ReportMetric(ratio, by+"-million-x-thousand")
	}
	b.ReportMetric(0, "ns/op")
	for _, s := range servers {
		s.stop(b)
	}
}

// benchmarkLoad has a server with 32 callers at once, who pay and inquire.
func benchmarkLoad(b *testing.B, apo, file string) {
	s := startBox(b, apo, file)
	for b.Loop() {
		var work sync.WaitGroup
		for range 32 {
			work.Go(func() {
				for range 50 {
					id := rand.Int64()
					for _, r := range []*http.Request{
						s.request(b, "inquiryPayment", fmt.Sprintf(`{"paymentRequestId":"`+requestIDFormat+`"}`, 1+id%1_000_000)),
						s.request(b, "pay", fmt.Sprintf(boxPayment, fmt.Sprintf("load-%d", id))),
					} {
						if err := answered(r); err != nil {
							b.Error(err)
						}
					}
				}
			})
		}
		work.Wait()
	}
	b.ReportMetric(float64(s.stop(b).resident)/(1<<10), "MiB-resident")
	b.ReportMetric(0, "ns/op")
}

// benchmarkReport writes the reports of all payments: how many rows a second of the
// process's own time, and with how much memory, which should stay below 150 MiB.
func benchmarkReport(b *testing.B, apo, file string) {
	var rates, resident []float64
	for b.Loop() {
		dir := filepath.Join(filepath.Dir(file), "reports")
		c := exec.Command(apo, "sandbox", "report", dir, "--state", file, "-q", "files.#.rows")
		c.Env = append(os.Environ(), "APO_HOME="+filepath.Dir(file))
		text, err := c.Output()
		var counts []int64
		if err == nil {
			err = json.Unmarshal(text, &counts)
		}
		if err != nil {
			b.Fatal(err)
		}
		rows := int64(0)
		for _, n := range counts {
			rows += n
		}
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		rates = append(rates, float64(rows)/c.ProcessState.UserTime().Seconds())
		resident = append(resident, float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)/(1<<10))
	}
	slices.Sort(rates)
	b.ReportMetric(rates[len(rates)/2], "rows/CPU-s")
	b.ReportMetric(slices.Max(resident), "MiB-resident")
	b.ReportMetric(0, "ns/op")
}

const (
	paymentIDFormat = "20261125%027d"
	requestIDFormat = "order-%08d"
	boxPayment      = `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"%s","paymentAmount":{"currency":"SGD","value":"4200"},` +
		`"order":{"referenceOrderId":"order-1","orderDescription":"demo","buyer":{"referenceBuyerId":"buyer-1"}},` +
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"12","cvv":"123","cardholderName":{"firstName":"A","lastName":"B"}}},` +
		`"paymentFactor":{"isAuthorization":true,"captureMode":"MANUAL"},"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}`
)

// fillBox makes a state file with its keys. What the sandbox itself wrote of one
// payment, one capture and what is planned is multiplied.
func fillBox(b *testing.B, file string, payments int) {
	b.Helper()
	keys, err := sandbox.LoadKeys(file + ".keys")
	if err != nil {
		b.Fatal(err)
	}
	box, err := sandbox.Open(sandbox.Config{State: file, Keys: keys, Passive: true})
	if err != nil {
		b.Fatal(err)
	}
	s := &boxProcess{base: "http://127.0.0.1", keys: keys}
	client := &http.Client{Transport: box.Transport()}
	for _, c := range [][2]string{
		{"pay", fmt.Sprintf(boxPayment, "PAY-REQUEST")},
		{"capture", `{"captureRequestId":"CAPTURE-REQUEST","paymentId":"%s","captureAmount":{"currency":"SGD","value":"4200"}}`},
	} {
		if c[0] == "capture" {
			p, _, err := box.Payment("PAY-REQUEST")
			if err != nil {
				b.Fatal(err)
			}
			c[1] = fmt.Sprintf(c[1], p.PaymentID)
		}
		resp, err := client.Do(s.request(b, c[0], c[1]))
		if err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
	}
	if err := box.Close(); err != nil {
		b.Fatal(err)
	}
	// A small cache: what this process had of memory counts for those that it starts.
	db, err := sql.Open("sqlite", file+"?_pragma=synchronous(OFF)&_pragma=cache_size(-4000)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`
		CREATE TEMP TABLE k AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ?1)
			SELECT i, printf('20261125%027d', i) AS id, printf('order-%08d', i) AS request FROM n;
		INSERT INTO payments (id, request_id, doc) SELECT k.id, request, replace(replace(doc, p.id, k.id), 'PAY-REQUEST', request)
			FROM k JOIN payments p WHERE p.request_id = 'PAY-REQUEST' ORDER BY i;
		INSERT INTO transactions (id, kind, request_id, payment_id, doc)
			SELECT '9' || k.id, kind, 'c-' || request, k.id, replace(replace(replace(doc, payment_id, k.id), t.id, '9' || k.id), 'CAPTURE-REQUEST', 'c-' || request)
			FROM k JOIN transactions t WHERE t.request_id = 'CAPTURE-REQUEST' AND i % 2 = 0 ORDER BY i;
		INSERT INTO due (at, kind, ref) SELECT at + i, kind, k.id FROM k JOIN (SELECT * FROM due LIMIT 1) ORDER BY i`, payments)
	if err != nil {
		b.Fatal(err)
	}
}

// boxProcess is an apo sandbox that runs.
type boxProcess struct {
	cmd  *exec.Cmd
	base string
	took time.Duration // until it was ready
	keys sandbox.Keys
	done chan struct{}
}

func startBox(b *testing.B, apo, file string) *boxProcess {
	b.Helper()
	s := &boxProcess{cmd: exec.Command(apo, "sandbox", "--state", file, "--listen", "127.0.0.1:0", "-o", "json"), done: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), "APO_HOME="+filepath.Dir(file))
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadBytes('\n')
	s.took = time.Since(start)
	var ready struct{ Gateway string }
	if err != nil || json.Unmarshal(line, &ready) != nil || ready.Gateway == "" {
		b.Fatalf("it is not ready: %s, %v", line, err)
	}
	s.base = ready.Gateway
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(s.done)
	}()
	if s.keys, err = sandbox.LoadKeys(file + ".keys"); err != nil {
		b.Fatal(err)
	}
	return s
}

// usage is what a process needed.
type usage struct {
	resident int64 // at most, in KiB
	cpu      time.Duration
}

func (s *boxProcess) stop(b *testing.B) usage {
	b.Helper()
	resident := highWater(s.cmd.Process.Pid)
	_ = s.cmd.Process.Signal(os.Interrupt)
	<-s.done
	_ = s.cmd.Wait() // interrupted
	state := s.cmd.ProcessState
	if resident == 0 {
		resident = state.SysUsage().(*syscall.Rusage).Maxrss
	}
	return usage{resident, state.UserTime() + state.SystemTime()}
}

// highWater is what a running process had resident at most, in KiB; 0: that is
// not told here. Rusage counts what the parent had when it forked, too.
func highWater(pid int) (kib int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			_, _ = fmt.Sscan(rest, &kib)
		}
	}
	return kib
}

// request is a signed call.
func (s *boxProcess) request(b *testing.B, api, body string) *http.Request {
	m := sign.Message{
		Method: "POST", Path: "/ams/sandbox/api/v1/payments/" + api, ClientID: sandbox.ClientID,
		Time: fmt.Sprint(time.Now().UnixMilli()), Body: []byte(body),
	}
	header, err := sign.Sign(s.keys.Merchant, "1", m)
	if err != nil {
		b.Error(err)
	}
	r, err := http.NewRequest(m.Method, s.base+m.Path, bytes.NewReader(m.Body))
	if err != nil {
		b.Error(err)
		return nil
	}
	r.Header.Set("Client-Id", m.ClientID)
	r.Header.Set("Request-Time", m.Time)
	r.Header.Set("Signature", header)
	return r
}

// answered sends a call over a connection that is kept.
func answered(r *http.Request) error {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && !bytes.Contains(body, []byte(`"result":{"resultCode":"SUCCESS"`)) {
		err = fmt.Errorf("%s", body)
	}
	return err
}
