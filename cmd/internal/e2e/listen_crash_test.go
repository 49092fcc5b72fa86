//go:build unix

package e2e

import (
	"database/sql"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// listener starts apo listen and returns where it listens.
func listener(t *testing.T, home string, flags ...string) (r *running, address string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready")
	r = start(t, home, append([]string{"listen", "--port", "0", "--ready-file", file}, flags...)...)
	eventually(t, "apo listen is ready", func() bool {
		text, err := os.ReadFile(file)
		address = "127.0.0.1:" + gjson.GetBytes(text, "port").String()
		return err == nil && len(text) > 0
	})
	return r, address
}

// Whatever apo listen has acknowledged is in its journal, though it is killed, or told to
// end, while many send. APO_CRASH_LISTEN is how many rounds of 10,000 messages it gets.
func TestListenKilled(t *testing.T) {
	t.Parallel()
	rounds, messages := 2, 400
	if value := os.Getenv("APO_CRASH_LISTEN"); value != "" {
		var err error
		if rounds, err = strconv.Atoi(value); err != nil {
			t.Fatal(err)
		}
		messages = 10_000
	}
	home := t.TempDir()
	if err := giveKeys(home); err != nil {
		t.Fatal(err)
	}
	list := news(t, home, 0, messages)
	usual := time.Duration(0) // that a round takes
	for round := range rounds + 1 {
		home := t.TempDir()
		if err := giveKeys(home); err != nil {
			t.Fatal(err)
		}
		r, address := listener(t, home)
		acknowledged := make([]bool, len(list))
		end := syscall.SIGKILL
		if round%2 == 1 {
			end = syscall.SIGTERM
		}
		begin := time.Now()
		if round > 0 { // the first one is not disturbed
			timer := time.AfterFunc(usual/20+time.Duration(rand.Int64N(int64(usual))), func() { _ = r.Process.Signal(end) })
			defer timer.Stop()
		}
		err := sendNews(address, list, 32, func(i int) { acknowledged[i] = true })
		if round == 0 {
			if usual = time.Since(begin); err != nil {
				t.Fatal(err)
			}
		}
		_ = r.Process.Signal(end)
		if code := r.code(t); end == syscall.SIGTERM && code != 130 && code != 143 && code != 0 {
			t.Errorf("exit code %d:\n%s", code, r.err)
		}
		written := paymentsIn(t, filepath.Join(home, "state", "journal.db"))
		count, lost := 0, 0
		for i, yes := range acknowledged {
			if yes {
				count++
				if !written[newsID(i)] {
					lost++
				}
			}
		}
		t.Logf("round %d, %s: %d acknowledged, %d written, %d lost", round, end, count, len(written), lost)
		if lost > 0 || round == 0 && count != len(list) {
			t.Errorf("round %d: %d of %d acknowledged are not in the journal", round, lost, count)
		}
	}
}

// paymentsIn are the IDs of the payments that were told of.
func paymentsIn(t *testing.T, file string) map[string]bool {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT c.payment_id FROM receptions AS r JOIN calls AS c ON c.id = r.call")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		found[id] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
