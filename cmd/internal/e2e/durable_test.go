//go:build linux

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A request is on disk before its first byte leaves. A process that is killed
// loses nothing that the kernel has, so only the order of the system calls
// proves it: written to the journal, synced, sent.
func TestDurableThenSent(t *testing.T) {
	t.Parallel()
	const id = "demo-durable-0001"
	trace := traced(t, withFaults(t), "fsync,fdatasync,write,pwrite64,sendto,sendmsg,writev",
		"pay", "--amount", "4200", "--currency", "SGD", "--request-id", id)
	written, synced, sent := orderOf(trace, id)
	if written < 0 || synced < written || sent < synced {
		t.Errorf("written in line %d, synced in line %d, sent in line %d of the trace", written, synced, sent)
	}
}

// A payment on the embedded sandbox waits for the disk three times: when the
// journal begins it, when the sandbox has made it, when the journal ends it. In a
// new home each file is synced as it is made, and each log with its folder.
func TestHowOftenAPaymentIsSynced(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, run := range []struct {
		home          string
		sandbox, most int
	}{
		{"new", 7, 12},
		{"known", 1, 3},
	} {
		trace := traced(t, home, "fsync,fdatasync", "pay", "--amount", "4200", "--currency", "SGD")
		var all []string
		sandbox := 0
		for _, line := range trace {
			if !strings.Contains(line, "sync(") {
				continue
			}
			all = append(all, line)
			if strings.Contains(line, filepath.Join("state", "sandbox")) {
				sandbox++
			}
		}
		if sandbox == 0 || sandbox > run.sandbox || len(all) > run.most {
			t.Errorf("in a %s home the sandbox was synced %d times, want %d; all %d times, want %d:\n%s", run.home, sandbox, run.sandbox, len(all), run.most, strings.Join(all, "\n"))
		}
	}
}

// traced runs apo, which should succeed, and returns the lines that strace has
// of some system calls.
func traced(t *testing.T, home, calls string, args ...string) []string {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("there is no strace here, which shows system calls")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", append([]string{"-f", "-y", "-s", "65536", "-e", "trace=" + calls, "-o", trace, "apo"}, args...)...)
	cmd.Env = append(os.Environ(), "APO_HOME="+home)
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "ptrace") {
			t.Skipf("strace may not trace here: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// orderOf finds the lines of a trace in which the journal's log got the record
// of a request, in which the sync after it returned, and in which the request
// began to leave; -1: in none.
func orderOf(trace []string, id string) (written, synced, sent int) {
	var (
		write  = regexp.MustCompile(`^\d+ +pwrite64\(\d+<[^>]*journal\.db-wal>`)
		sync   = regexp.MustCompile(`^(\d+) +f(?:data)?sync\(\d+<[^>]*journal\.db-wal>(\) += 0| <unfinished)`)
		after  = regexp.MustCompile(`^(\d+) +<\.\.\. f(?:data)?sync resumed>.*= 0`)
		socket = regexp.MustCompile(`^\d+ +(?:write|writev|sendto|sendmsg)\(\d+<(?:socket|TCP)`)
	)
	written, synced, sent = -1, -1, -1
	waiting := map[string]bool{} // threads whose sync of the log has begun since
	for i, line := range trace {
		switch {
		case socket.MatchString(line) && strings.Contains(line, "POST "):
			return written, synced, i
		case write.MatchString(line) && strings.Contains(line, id):
			written, synced = i, -1
			clear(waiting)
		case written < 0 || synced >= 0:
		default:
			if m := sync.FindStringSubmatch(line); m != nil {
				waiting[m[1]] = true
				if strings.HasSuffix(m[2], "0") {
					synced = i
				}
			}
			if m := after.FindStringSubmatch(line); m != nil && waiting[m[1]] {
				synced = i
			}
		}
	}
	return written, synced, sent
}
