package e2e

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"net"
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

	"github.com/tidwall/gjson"
	"golang.org/x/sys/unix"
)

// Whoever sends hundreds of long bodies at once fills neither the memory of apo listen,
// nor keeps it from others.
func TestListenLongBodies(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	list := news(t, home, 0, 20)
	r, address := listener(t, home, "--quiet")
	body := strings.Repeat("x", 1<<20)
	head := fmt.Sprintf("POST /hooks/apo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\nClient-Id: x\r\nRequest-Time: 1\r\nSignature: algorithm=RSA256,keyVersion=1,signature=eA%%3D%%3D\r\n\r\n", len(body))
	var all sync.WaitGroup
	for range 300 {
		all.Go(func() {
			c, err := net.Dial("tcp", address)
			if err != nil {
				return // this machine gives no more
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			if _, err := c.Write([]byte(head + body)); err == nil {
				_, _ = c.Read(make([]byte, 1))
			}
		})
	}
	var slowest time.Duration
	for i := range list {
		begin := time.Now()
		if err := sendNews(address, list[i:i+1], 1, func(int) {}); err != nil {
			t.Error(err)
		}
		slowest = max(slowest, time.Since(begin))
	}
	all.Wait()
	resident := highWater(r.Process.Pid) >> 10
	t.Logf("%d MiB resident at most; the slowest of the others took %s", resident, slowest)
	if resident > 600 || slowest > 10*time.Second { // the race detector needs twice as much
		t.Errorf("%d MiB resident, the slowest of the others took %s", resident, slowest)
	}
}

// Where nobody reads its output apo listen receives all the same, and ends when it is
// told to.
func TestListenNobodyReads(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	list := news(t, home, 0, 50)
	file := filepath.Join(t.TempDir(), "ready")
	c := exec.Command("apo", "listen", "--port", "0", "--ready-file", file, "-o", "ndjson")
	c.Env = append(os.Environ(), "APO_HOME="+home)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer c.Process.Kill()
	eventually(t, "apo listen is ready", func() bool { _, err := os.Stat(file); return err == nil })
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + gjson.GetBytes(text, "port").String()
	for range 40 { // more than a pipe and the queue hold
		if err := sendNews(address, list, 16, func(int) {}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, err := c.Process.Wait(); ended <- err }()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("it does not end")
	}
}

// Where the journal cannot grow nothing is acknowledged, which is said once; and when it
// can, apo listen goes on.
func TestListenFullDisk(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	list := news(t, home, 0, 12)
	r, address := listener(t, home)
	grow := func(most uint64) {
		if err := unix.Prlimit(r.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: most, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Skip(err)
		}
	}
	send := func(i int) error { return sendNews(address, list[i:i+1], 1, func(int) {}) }
	for i := range 3 {
		if err := send(i); err != nil {
			t.Fatal(err)
		}
	}
	grow(4096)
	for i := 3; i < 6; i++ {
		if err := send(i); err == nil || !strings.Contains(err.Error(), "HTTP 500") {
			t.Errorf("on a full disk: %v", err)
		}
	}
	grow(unix.RLIM_INFINITY)
	for i := 3; i < len(list); i++ {
		if err := send(i); err != nil {
			t.Errorf("with room again: %v", err)
		}
	}
	_ = r.Process.Signal(syscall.SIGTERM)
	r.code(t)
	text := r.err.String()
	if strings.Count(text, "not written down") != 1 || strings.Count(text, "the journal can be written again; 3 notifications not acknowledged meanwhile") != 1 {
		t.Errorf("it says:\n%s", text)
	}
	if got := paymentsIn(t, filepath.Join(home, "state", "journal.db")); len(got) != len(list) {
		t.Errorf("%d written, want %d", len(got), len(list))
	}
}

// A flood of what does not verify, each message another, does not fill the journal, and
// hundreds that dawdle beside it do not keep others out.
func TestListenFlood(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	list := news(t, home, 0, 30)
	r, address := listener(t, home)
	for i := range 500 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			break // this machine gives no more
		}
		defer c.Close()
		_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\n"+[]string{"", "Content-Length: 1000\r\n\r\n{"}[i%2])
	}
	const flood = 4000
	var all sync.WaitGroup
	for sender := range 8 {
		all.Go(func() {
			c, err := net.Dial("tcp", address)
			if err != nil {
				return
			}
			defer c.Close()
			answers := bufio.NewReader(c)
			for n := range flood / 8 {
				bad := strings.Replace(string(list[n%len(list)]), "2026", fmt.Sprintf("%04d", 1000+sender), 1)
				bad = strings.Replace(bad, "SGD", fmt.Sprintf("X%02d", n%100), 1)
				if _, err := io.WriteString(c, bad); err != nil {
					return
				}
				a, err := http.ReadResponse(answers, nil)
				if err != nil || a.StatusCode != http.StatusBadRequest {
					t.Errorf("%v, %v", a, err)
					return
				}
				_, _ = io.Copy(io.Discard, a.Body)
			}
		})
	}
	var took []time.Duration
	for i := range list {
		begin := time.Now()
		if err := sendNews(address, list[i:i+1], 1, func(int) {}); err != nil {
			t.Error(err)
		}
		took = append(took, time.Since(begin))
	}
	all.Wait()
	_ = r.Process.Signal(syscall.SIGTERM)
	r.code(t)
	slices.Sort(took)
	used := r.ProcessState.UserTime() + r.ProcessState.SystemTime()
	text := r.out.String() + r.err.String()
	t.Logf("others took %s at most, %s mostly; %s of a processor, %d KiB shown", took[len(took)-1], took[len(took)/2], used, len(text)>>10)
	if took[len(took)-1] > 10*time.Second {
		t.Errorf("others took %s", took)
	}
	db, err := sql.Open("sqlite", filepath.Join(home, "state", "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var kept int
	if err := db.QueryRow("SELECT count(*) FROM receptions WHERE NOT verified").Scan(&kept); err != nil || kept > 2000 {
		t.Errorf("%d of %d kept, %v", kept, flood, err)
	}
	if strings.Count(text, "neither kept nor shown") == 0 {
		t.Error("it is not said that some are not kept")
	}
}
