package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"
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
	if resident > 300 || slowest > 10*time.Second {
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
