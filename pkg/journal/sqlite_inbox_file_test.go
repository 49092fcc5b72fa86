package journal

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
		sameNotice:  "SEARCH calls USING INDEX calls_notice (notice_time=? AND notice_digest=?)",
		lastAttempt: "SEARCH receptions USING COVERING INDEX receptions_call (call=?)",
		notReceived: "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)|LIST SUBQUERY 3|SEARCH d USING INDEX deliveries_failed (time>?)|" +
			"CORRELATED SCALAR SUBQUERY 2|SEARCH deliveries USING COVERING INDEX deliveries_call (call=? AND received=?)|" +
			"CORRELATED SCALAR SUBQUERY 1|SEARCH receptions USING COVERING INDEX receptions_call (call=?)|SEARCH c USING INTEGER PRIMARY KEY (rowid=?)",
	} {
		rows, err := j.db.Query("EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
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

// Whatever Take returned for is there when the process is killed at that moment, and
// whatever it did not return for is there whole or not at all.
func TestTakeSurvivesAKill(t *testing.T) {
	const size, batches = 3, 8
	if file := os.Getenv("JOURNAL_OF_THE_TEST"); file != "" {
		j, err := Open(file, time.Now)
		must(t, err)
		for n := 0; ; n++ {
			var batch []Reception
			for i := range size {
				batch = append(batch, came(fmt.Sprintf("%s-%d-%d", os.Getenv("ROUND_OF_THE_TEST"), n, i), 3000))
			}
			took, err := j.Take(t.Context(), append(batch, batch[0]))
			must(t, err)
			for _, r := range took {
				fmt.Println("took", r.Record, r.ID, r.Attempt, r.Notice.Time)
			}
		}
	}
	file := filepath.Join(t.TempDir(), "journal.db")
	told := 0
	for round := range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestTakeSurvivesAKill$")
		cmd.Env = append(os.Environ(), "JOURNAL_OF_THE_TEST="+file, fmt.Sprint("ROUND_OF_THE_TEST=", round))
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		said := bufio.NewScanner(out)
		var lines []string
		for len(lines) < (size+1)*batches && said.Scan() {
			lines = append(lines, said.Text())
		}
		must(t, cmd.Process.Kill())
		rest, _ := io.ReadAll(out)
		_ = cmd.Wait()
		if len(lines) < (size+1)*batches {
			t.Fatalf("the process said %q, %s", lines, rest)
		}
		j, err := Open(file, time.Now)
		must(t, err)
		for _, line := range lines {
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
			told++
		}
		var rows, torn int
		must(t, j.db.QueryRow(`SELECT count(*), count(*) % ? FROM receptions`, size+1).Scan(&rows, &torn))
		if torn != 0 || rows < told {
			t.Errorf("%d receptions: batches of %d are torn", rows, size+1)
		}
		must(t, j.Close())
	}
}
