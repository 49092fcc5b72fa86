//go:build unix

package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// report is what the comparison of the sandbox's books with the journal found.
type report struct {
	charged, spared, captures, refunds, open int

	lost        int // charges, captures and refunds that the journal does not know
	doubled     int // purchases that took money twice
	misreported int // what was said that the books do not say
}

// booked is something on the sandbox's books.
type booked struct {
	ID, RequestID, OrderID, PaymentID, Kind, Status string
	Created, Time                                   time.Time
}

// tookEffect reports whether it moves money, or holds it.
func (b booked) tookEffect() bool { return b.Status == "SUCCESS" || b.Status == "PROCESSING" }

// at is when it was booked.
func (b booked) at() time.Time {
	if b.Time.IsZero() {
		return b.Created
	}
	return b.Time
}

// audit holds books and journal against each other, both read as they are.
func audit(t *testing.T, c *crowd) (r report) {
	payments := booksOf(t, c.ledger, "payments")
	byEndpoint := map[string]map[string]booked{"pay": payments, "capture": {}, "refund": {}}
	for id, b := range booksOf(t, c.ledger, "transactions") {
		byEndpoint[strings.ToLower(b.Kind)][id] = b
	}
	j, err := journal.Open(filepath.Join(c.home, "state", "journal.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	all, err := journal.List(context.Background(), j, journal.Filter{Moving: true})
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(count *int, format string, args ...any) {
		*count++
		t.Errorf(format, args...)
	}

	// Every charge is known, as a success.
	recorded := map[string]int{} // how often each request may have left, as the journal has it
	known := map[string]bool{}
	told := map[int64]journal.Record{}
	for _, rec := range all {
		if rec.State.Open() {
			r.open++
			t.Errorf("left open: record %d, %s %s, %s", rec.ID, rec.Endpoint, ownNumber(rec), rec.State)
		}
		if rec.Outcome == apo.Succeeded {
			known[rec.Endpoint+" "+ownNumber(rec)] = true
		}
		if rec.Outcome != apo.NotSent {
			recorded[rec.Endpoint+" "+ownNumber(rec)]++
		}
		if rec.Resolved.By != 0 {
			if told[rec.Resolved.By], err = j.Get(context.Background(), rec.Resolved.By); err != nil {
				t.Error(err)
			}
		}
	}
	for endpoint, list := range byEndpoint {
		for id, b := range list {
			if b.tookEffect() && !known[endpoint+" "+id] {
				wrong(&r.lost, "lost: %s %s is on the books since %s, %s", endpoint, id, b.at(), b.Status)
			}
		}
	}
	for request, times := range c.lossy.moving {
		if times > recorded[request] {
			wrong(&r.lost, "the gateway's side saw %s %d times, and the journal has it %d times", request, times, recorded[request])
		}
	}

	// No purchase took money twice.
	times := map[string]int{}
	for _, p := range payments {
		switch {
		case p.tookEffect():
			r.charged++
			if times[p.OrderID]++; times[p.OrderID] == 2 {
				wrong(&r.doubled, "doubled: %s was paid twice", p.OrderID)
			}
		default:
			r.spared++
		}
	}
	for _, endpoint := range []string{"capture", "refund"} {
		times := map[string]int{}
		for _, b := range byEndpoint[endpoint] {
			if !b.tookEffect() {
				continue
			}
			if endpoint == "capture" {
				r.captures++
			} else {
				r.refunds++
			}
			if times[b.PaymentID]++; times[b.PaymentID] == 2 {
				wrong(&r.doubled, "doubled: two times %s of payment %s", endpoint, b.PaymentID)
			}
		}
	}

	// Nothing was said that the books do not say. "No" is right as long as the
	// books had nothing when it was learnt.
	for _, rec := range all {
		id := ownNumber(rec)
		b, found := byEndpoint[rec.Endpoint][id]
		learnt := rec.Time.Add(rec.Timing.Total)
		if by, has := told[rec.Resolved.By]; has {
			learnt = by.Time
		}
		switch {
		case rec.Outcome == apo.Succeeded && !(found && b.tookEffect()):
			wrong(&r.misreported, "misreported: record %d calls %s %s done, and the books do not", rec.ID, rec.Endpoint, id)
		case rec.Outcome != apo.Succeeded && !rec.State.Open() && rec.Outcome != apo.NotSent && found && b.tookEffect() && b.at().Before(learnt):
			wrong(&r.misreported, "misreported: record %d calls %s %s %q at %s, and it is on the books since %s", rec.ID, rec.Endpoint, id, rec.Outcome, learnt, b.at())
		}
	}
	c.claimed.mu.Lock()
	defer c.claimed.mu.Unlock()
	mayHaveSent := map[string]int{} // how many commands do not tell that nothing was sent
	for _, said := range c.claimed.list {
		i := slices.Index(said.argv, "--request-id")
		if i < 0 {
			continue
		}
		b, found := byEndpoint[said.argv[0]][said.argv[i+1]]
		done := found && b.tookEffect()
		switch {
		case said.code == 0 && !done:
			wrong(&r.misreported, "misreported: %v ended with 0, and the books have nothing\n%s", said.argv, said.said)
		case said.code == 3 && done && b.at().Before(said.at):
			wrong(&r.misreported, "misreported: %v ended with 3, and is on the books since %s\n%s", said.argv, b.at(), said.said)
		case said.code == 2 || said.code == 5 && !strings.Contains(said.said, "not trusted") || said.code > 9:
			t.Errorf("%v ended with %d:\n%s", said.argv, said.code, said.said)
		}
		switch said.code {
		case -1, 0, 3, 5, 6, 8:
			mayHaveSent[said.argv[0]+" "+said.argv[i+1]]++
		}
	}
	for request, times := range c.lossy.moving {
		if times > mayHaveSent[request] {
			wrong(&r.misreported, "misreported: the gateway's side saw %s %d times, and only %d commands say that it may have been sent", request, times, mayHaveSent[request])
		}
	}
	return r
}

// ownNumberIn is the request ID in the body of a request.
func ownNumberIn(endpoint string, body []byte) string {
	return ownNumber(journal.Record{Endpoint: endpoint, Numbers: apo.NumbersOf(body)})
}

// ownNumber is the request ID of a record.
func ownNumber(r journal.Record) string {
	switch r.Endpoint {
	case "capture":
		return r.Numbers.CaptureRequestID
	case "refund":
		return r.Numbers.RefundRequestID
	}
	return r.Numbers.PaymentRequestID
}

// booksOf reads a table of the sandbox's state by request ID.
func booksOf(t *testing.T, file, table string) map[string]booked {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT doc FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]booked{}
	for rows.Next() {
		var doc string
		var b booked
		if err := rows.Scan(&doc); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(doc), &b); err != nil {
			t.Fatal(err)
		}
		all[b.RequestID] = b
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
