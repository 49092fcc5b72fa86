package journal

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/notify"
)

// came is a notification that verified, of so many bytes.
func came(requestTime string, size int) Reception {
	body := fmt.Sprintf(`{"notifyType":"PAYMENT_RESULT","paymentId":"2025%s","note":"`, requestTime)
	body += strings.Repeat("x", max(0, size-len(body)-2)) + `"}`
	return Reception{
		Account: Account{Profile: "sg", Mode: "SANDBOX", ClientID: "c"}, Method: "POST", Target: "/", Body: []byte(body), Verified: true,
		Kind: notify.KindPaymentResult, Notice: Notice{"PAYMENT_RESULT", requestTime},
	}
}

// A notification that an earlier version received is known when it comes again.
func TestMigrationFromSchema4(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	db, err := sql.Open("sqlite", file)
	must(t, err)
	again := came("1", 0)
	_, err = db.Exec(strings.Join(migrations()[:4], "")+`PRAGMA user_version = 4;
		INSERT INTO calls (id, time, profile, mode, client_id, endpoint, reads, payment_request_id, payment_id,
			capture_request_id, capture_id, refund_request_id, refund_id, reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
			currency, value, card, claimed_by, state, outcome, verification, answer, notice_type, notice_time)
			VALUES (7, 1764145800000, 'sg', 'SANDBOX', 'c', 'notifyPayment', 1, '', '20251', '', '', '', '', '', '', '', '', '', '', '', '', 'answered', '', 'verified', ?, 'PAYMENT_RESULT', '1')`, again.Body)
	must(t, err)
	must(t, db.Close())
	j, err := Open(file, time.Now)
	must(t, err)
	defer j.Close()
	took, err := j.Take(t.Context(), []Reception{again, came("2", 0)})
	if err != nil || took[0].Fresh || took[0].Record != 7 || took[0].Attempt != 1 || !took[1].Fresh {
		t.Errorf("%+v, %v", took, err)
	}
	if r, err := j.Get(t.Context(), 7); err != nil || !r.IsNews() {
		t.Errorf("%+v, %v", r, err)
	}
}

// What comes is found, and what failed, along an index: a million before it cost
// nothing.
func TestPlansOfTheInbox(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	for query, want := range map[string]string{
		sameNews: "COMPOUND QUERY|LEFT-MOST SUBQUERY|SEARCH calls USING INDEX calls_notice (notice_digest=?)|" +
			"UNION ALL|SEARCH calls USING INDEX calls_notice (notice_digest=? AND notice_time=?)",
		sameNotice:  "SEARCH calls USING INDEX calls_notice (notice_digest=? AND notice_time=?)",
		lastAttempt: "SEARCH receptions USING COVERING INDEX receptions_notice (notice=?)",
		notReceived: "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)|LIST SUBQUERY 3|SEARCH d USING INDEX deliveries_failed (time>?)|" +
			"CORRELATED SCALAR SUBQUERY 2|SEARCH deliveries USING COVERING INDEX deliveries_notice (notice=? AND received=?)|" +
			"CORRELATED SCALAR SUBQUERY 1|SEARCH receptions USING COVERING INDEX receptions_notice (notice=?)|SEARCH c USING INTEGER PRIMARY KEY (rowid=?)",
	} {
		rows, err := j.db.Query("EXPLAIN QUERY PLAN "+query, make([]any, 6)[:min(6, strings.Count(query, "?"))]...)
		must(t, err)
		var plan []string
		for rows.Next() {
			var step string
			must(t, rows.Scan(new(int), new(int), new(int), &step))
			plan = append(plan, step)
		}
		must(t, rows.Err())
		if got := strings.Join(plan, "|"); got != want {
			t.Errorf("%s:\n%s, want\n%s", query, got, want)
		}
	}
}

// Where the disk is full nothing of a batch is written, which is said; and once there
// is room all of it is.
func TestTakeOnAFullDisk(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	j.db.SetMaxOpenConns(1) // the limit is a connection's
	limit := func(pages int) {
		_, err := j.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		must(t, err)
	}
	var now int
	must(t, j.db.QueryRow("PRAGMA page_count").Scan(&now))
	limit(now + 20)
	batch := []Reception{came("1", 100), came("2", 200<<10), came("3", 100)}
	if took, err := j.Take(t.Context(), batch); err == nil || took != nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatalf("took %+v, %v", took, err)
	}
	var left int
	must(t, j.db.QueryRow(`SELECT (SELECT count(*) FROM calls) + (SELECT count(*) FROM receptions) + (SELECT count(*) FROM numbers)`).Scan(&left))
	if left != 0 {
		t.Errorf("%d rows of a batch that failed", left)
	}
	took, err := j.Take(t.Context(), batch[:1])
	must(t, err)
	if err := j.Delivered(t.Context(), []Delivery{{Reception: took[0].ID, Why: strings.Repeat("y", 200<<10)}}); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("delivered: %v", err)
	}
	limit(now + 10_000)
	if took, err = j.Take(t.Context(), batch); err != nil || took[0].Fresh || !took[1].Fresh || !took[2].Fresh {
		t.Errorf("%+v, %v", took, err)
	}
}

// Nothing of what came stays behind its record, though one notification came more
// often than Prune removes at once.
func TestPruneInboxInPortions(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	old, dispute := came("1", 0), came("1", 0)
	dispute.Kind, dispute.Body = notify.KindDispute, []byte(`{"disputeId":"D-1","vaultingRequestId":"V-1","x":"`+strings.Repeat(" ", 100)+`"}`)
	batch := append(slices.Repeat([]Reception{old}, 7), dispute, Reception{})
	for i := range batch {
		batch[i].Time = time.UnixMilli(1000)
	}
	batch = append(batch, came("2", 0))
	took, err := j.Take(t.Context(), batch)
	must(t, err)
	for _, r := range took {
		must(t, j.Delivered(t.Context(), []Delivery{{Reception: r.ID}, {Reception: r.ID}}))
	}
	removed, err := j.pruneIn(t.Context(), time.UnixMilli(1001), 4)
	if err != nil || removed != 3 {
		t.Errorf("%d removed, %v", removed, err)
	}
	var left string
	must(t, j.db.QueryRow(`SELECT (SELECT count(*) FROM calls) || ' ' || (SELECT count(*) FROM numbers) || ' ' || (SELECT count(*) FROM receptions) || ' ' || (SELECT count(*) FROM deliveries)`).Scan(&left))
	if left != "1 1 1 2" {
		t.Errorf("records, numbers, receptions and deliveries that are left: %s", left)
	}
}

// Whatever Take returned for is there when the processes that took it are killed at
// that moment, and whatever it did not return for is there whole or not at all.
func TestTakeSurvivesAKill(t *testing.T) {
	const size, batches = 4, 6
	if file := os.Getenv("JOURNAL_OF_THE_TEST"); file != "" {
		takeUntilKilled(t, file, size)
	}
	file := filepath.Join(t.TempDir(), "journal.db")
	told := 0
	for round := range 3 {
		var running []*exec.Cmd
		var lines []*bufio.Reader
		for process := range 2 {
			cmd := exec.Command(os.Args[0], "-test.run=^TestTakeSurvivesAKill$")
			cmd.Env = append(os.Environ(), "JOURNAL_OF_THE_TEST="+file, fmt.Sprintf("NAME_OF_THE_TEST=%d-%d", round, process))
			out, err := cmd.StdoutPipe()
			must(t, err)
			must(t, cmd.Start())
			running, lines = append(running, cmd), append(lines, bufio.NewReader(out))
		}
		var acknowledged []string
		for _, r := range lines {
			for range size * batches {
				line, err := r.ReadString('\n')
				must(t, err)
				acknowledged = append(acknowledged, line)
			}
		}
		for _, cmd := range running {
			must(t, cmd.Process.Kill())
		}
		for i, cmd := range running {
			rest, _ := io.ReadAll(lines[i]) // what it said before it was killed
			all := strings.SplitAfter(string(rest), "\n")
			acknowledged = append(acknowledged, all[:len(all)-1]...)
			_ = cmd.Wait()
		}
		j, err := Open(file, time.Now)
		must(t, err)
		for _, line := range acknowledged {
			var record, id int64
			var attempt int
			var at string
			if _, err := fmt.Sscanf(line, "took %d %d %d %s", &record, &id, &attempt, &at); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			list, err := j.Receptions(t.Context(), record)
			must(t, err)
			if attempt > len(list) || list[attempt-1].ID != id || list[attempt-1].Notice.Time != at || len(list[0].Body) != 3000 {
				t.Fatalf("%q was acknowledged, and is %+v", line, list)
			}
		}
		told += len(acknowledged)
		var rows, gaps int
		must(t, j.db.QueryRow(`SELECT count(*) FROM receptions`).Scan(&rows))
		must(t, j.db.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM receptions GROUP BY call HAVING max(attempt) <> count(*) OR count(DISTINCT attempt) <> count(*))`).Scan(&gaps))
		if rows%size != 0 || rows < told || gaps > 0 {
			t.Errorf("%d receptions in batches of %d, of which %d were acknowledged; %d notifications are not counted through", rows, size, told, gaps)
		}
		must(t, j.Close())
	}
}

// takeUntilKilled takes batches of a notification of its own and one that all
// processes take, each twice.
func takeUntilKilled(t *testing.T, file string, size int) {
	j, err := Open(file, time.Now)
	must(t, err)
	for n := 0; ; n++ {
		own := came(fmt.Sprintf("%s-%d", os.Getenv("NAME_OF_THE_TEST"), n), 3000)
		batch := []Reception{own, came("all", 3000), own, came("all", 3000)}
		took, err := j.Take(t.Context(), batch[:size])
		must(t, err)
		for _, r := range took {
			fmt.Println("took", r.Record, r.ID, r.Attempt, r.Notice.Time)
		}
	}
}

// What would be written into a file that nobody finds is not taken.
func TestJournalThatWasMovedTakesNothing(t *testing.T) {
	for _, another := range []bool{false, true} {
		folder := t.TempDir()
		file := filepath.Join(folder, "journal.db")
		j, err := Open(file, time.Now)
		must(t, err)
		_, err = j.Take(t.Context(), []Reception{came("1", 0)})
		must(t, err)
		for _, end := range []string{"", "-wal", "-shm"} {
			must(t, os.Rename(file+end, filepath.Join(folder, "away"+end)))
		}
		want := "moved or removed"
		if another {
			want = "another file took its place"
			other, err := Open(file, time.Now)
			must(t, err)
			_, err = other.Take(t.Context(), []Reception{came("2", 0)})
			must(t, err)
			must(t, other.Close())
		}
		_, err = j.Take(t.Context(), []Reception{came("3", 0)})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%v, want %s", err, want)
		}
		j.Close()
	}
}

// A journal that is cut short or overwritten where it is takes nothing: it could be read
// by nobody.
func TestJournalThatWasSpoiltTakesNothing(t *testing.T) {
	for want, spoil := range map[string]func(file string) error{
		"cut short":       func(file string) error { return os.Truncate(file, 0) },
		"cut short while": func(file string) error { return os.Truncate(file, 4096) },
		"overwritten": func(file string) error {
			f, err := os.OpenFile(file, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString(strings.Repeat("garbage!", 600))
			return errors.Join(err, f.Close())
		},
	} {
		file := filepath.Join(t.TempDir(), "journal.db")
		j, err := Open(file, time.Now)
		must(t, err)
		_, err = j.Take(t.Context(), []Reception{came("1", 0)})
		must(t, err)
		_, err = j.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
		must(t, err)
		_, err = j.Take(t.Context(), []Reception{came("2", 0)})
		must(t, err)
		must(t, spoil(file))
		_, err = j.Take(t.Context(), []Reception{came("3", 0)})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%v, want %s", err, want)
		}
		j.Close()
	}
}

// A panic while one message is masked is an error, and the next is taken.
func TestAFaultTakesNothing(t *testing.T) {
	faulty := true
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time {
		if faulty {
			panic("poison")
		}
		return time.Now()
	})
	must(t, err)
	defer j.Close()
	if _, err := j.Take(t.Context(), []Reception{came("1", 0)}); !errors.Is(err, ErrFault) || strings.Contains(err.Error(), "poison") {
		t.Errorf("%v", err)
	}
	faulty = false
	if _, err := j.Take(t.Context(), []Reception{came("2", 0)}); err != nil {
		t.Error(err)
	}
}

// What a body says is secret is not kept where it stands a second time.
func TestNothingIsKeptASecondTime(t *testing.T) {
	const token = "ALIPAY7H6MT3MGIKUDADMPMZ7U5FO6PZQC6COF3YXBWOJV"
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	r := came("1", 0)
	r.Body = []byte(`{"cardToken":"` + token + `","` + token + `":"1","note":"x ` + token + ` x"}`)
	took, err := j.Take(t.Context(), []Reception{r})
	must(t, err)
	kept, err := j.Get(t.Context(), took[0].Record)
	must(t, err)
	if strings.Contains(string(kept.Answer), token) || took[0].Masked != MaskedSecret {
		t.Errorf("%s, %s", kept.Answer, took[0].Masked)
	}
}
