package journal

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What an earlier version wrote is there, and found, in the schema of today.
func TestMigration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	db, err := sql.Open("sqlite", file)
	must(t, err)
	pay := func(id int, request, payment, body, answer string) string {
		return fmt.Sprintf(`INSERT INTO calls (id, time, profile, mode, client_id, endpoint, reads, payment_request_id, payment_id,
			capture_request_id, capture_id, refund_request_id, refund_id, reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
			currency, value, card, request, sender, state, exit, answer)
			VALUES (%d, 1764145800000, 'sg', 'SANDBOX', 'c', 'pay', 0, '%s', '%s', '', '', '', '', '', '', '', '', 'SGD', '4200', '', CAST('%s' AS BLOB), '', 'answered', 0, CAST('%s' AS BLOB));
			INSERT INTO numbers VALUES ('%s', %d), ('%s', %d);`, id, request, payment, body, answer, request, id, payment, id)
	}
	_, err = db.Exec(migrations()[0] + "PRAGMA user_version = 1;" +
		pay(1, "order-1", "p-1", `{}`, `{"authExpiryTime":"2025-12-03T00:30:00-08:00"}`) +
		pay(2, "order-2", "p-2", `{"paymentFactor":{"captureMode":"AUTOMATIC"}}`, `{"authExpiryTime":"2025-12-03T00:30:00-08:00"}`) +
		pay(3, "order-3", "p-3", `no JSON`, ``) +
		`UPDATE calls SET state = 'in-doubt', exit = 6 WHERE id = 3;`)
	must(t, err)
	must(t, db.Close())

	j, err := Open(file, time.Now)
	must(t, err)
	defer j.Close()
	list, err := List(t.Context(), j, Filter{})
	if err != nil || len(list) != 3 || list[2].Amount.Value != "4200" || list[0].State != InDoubt {
		t.Fatalf("%+v, %v", list, err)
	}
	if found, err := j.Find(t.Context(), "order-2"); err != nil || len(found) != 1 || found[0].ID != 2 {
		t.Errorf("%+v, %v", found, err)
	}
	end := time.Date(2025, 12, 3, 8, 30, 0, 0, time.UTC)
	if list, err := List(t.Context(), j, Filter{AuthEnd: end}); err != nil || len(list) != 1 || list[0].ID != 1 || !list[0].AuthEnd.Equal(end) {
		t.Errorf("authorizations that end: %+v, %v", list, err)
	}
	var version int
	must(t, j.db.QueryRow("PRAGMA user_version").Scan(&version))
	if version != len(migrations()) {
		t.Errorf("schema %d after the migration", version)
	}
}

// Each common filter walks an index that leads to few records beside those that
// are wanted, in their order, whatever other condition there is.
func TestPlans(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	now := time.Now()
	for name, c := range map[string]struct {
		filter Filter
		want   string // of the plan's first line
	}{
		"newest":            {Filter{Limit: 1}, "SCAN calls"}, // by ID, from the end
		"moving":            {Filter{Moving: true, Limit: 50}, "SCAN calls USING INDEX calls_moving"},
		"in doubt":          {Filter{State: InDoubt, Moving: true, Limit: 50}, "SCAN calls USING INDEX calls_open"},
		"open, long ago":    {Filter{Open: true, Moving: true, Before: now, Limit: 100}, "SCAN calls USING INDEX calls_open"},
		"settled":           {Filter{State: Resolved, Moving: true}, "SCAN calls USING INDEX calls_resolved"},
		"failed":            {Filter{Failed: true, Moving: true}, "SCAN calls USING INDEX calls_failed"},
		"failed, by name":   {Filter{Failed: true, Profile: "sg", Endpoint: "pay"}, "SCAN calls USING INDEX calls_failed"},
		"failed and recent": {Filter{Failed: true, Moving: true, Since: now}, "SEARCH calls USING INDEX calls_failed (id>?)"},
		"recent":            {Filter{Moving: true, Since: now}, "SEARCH calls USING INDEX calls_moving (id>?)"},
		"recent, all":       {Filter{Since: now}, "SEARCH calls USING INTEGER PRIMARY KEY (rowid>?)"},
		"of a profile":      {Filter{Profile: "sg", Endpoint: "pay", Moving: true}, "SEARCH calls USING INDEX calls_profile (profile=?)"},
		"all of a profile":  {Filter{Profile: "sg"}, "SCAN calls"},
		"failed, of one":    {Filter{Profile: "sg", Failed: true, Moving: true}, "SCAN calls USING INDEX calls_failed"},
		"of an API":         {Filter{Endpoint: "pay", Since: now}, "SEARCH calls USING INDEX calls_endpoint (endpoint=? AND rowid>?)"},
		"of a card":         {Filter{LastFour: "0768", Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Limit: 200}, "SEARCH calls USING INDEX calls_card (<expr>=? AND value=? AND currency=?)"},
		"of a card, a day":  {Filter{LastFour: "0768", Since: now, Before: now}, "SEARCH calls USING INTEGER PRIMARY KEY (rowid>?)"},
		"authorized":        {Filter{AuthEnd: now}, "SEARCH calls USING INDEX calls_authorized (auth_end>? AND auth_end<?)"},
	} {
		rest, args := c.filter.rest()
		rows, err := j.db.Query(`EXPLAIN QUERY PLAN SELECT `+columns+` FROM calls`+rest, args...)
		must(t, err)
		var plan []string
		for rows.Next() {
			var step string
			must(t, rows.Scan(new(int), new(int), new(int), &step))
			plan = append(plan, step)
		}
		must(t, rows.Err())
		sorted := strings.Contains(strings.Join(plan, "\n"), "TEMP B-TREE")
		if len(plan) == 0 || plan[0] != c.want || sorted && c.filter.AuthEnd.IsZero() {
			t.Errorf("%s: %q, want %q", name, plan, c.want)
		}
	}
}

// More records than Prune takes at once go, with all their numbers, and a number
// that a newer record carries too still leads to that.
func TestPruneInPortions(t *testing.T) {
	j, err := Open(filepath.Join(t.TempDir(), "journal.db"), time.Now)
	must(t, err)
	defer j.Close()
	const many, portion = 1_050, 200
	_, err = j.db.Exec(`INSERT INTO calls (id, time, profile, mode, client_id, endpoint, reads, state, request,
			payment_request_id, payment_id, capture_request_id, capture_id, refund_request_id, refund_id, reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id, currency, value, card, claimed_by)
		WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id+1 FROM n WHERE id < ?)
		SELECT id, 1000 + id, 'sg', 'SANDBOX', 'c', 'pay', 0, 'answered', '', 'a-' || id, 'b-' || id, 'c-' || id, 'd-' || id, 'e-' || id, 'f-' || id, 'all', 'ADYEN', 'h-' || id, 'i-' || id, '', '', '', '' FROM n;
		INSERT INTO numbers SELECT payment_request_id, id FROM calls UNION ALL SELECT payment_id, id FROM calls UNION ALL SELECT capture_request_id, id FROM calls UNION ALL SELECT capture_id, id FROM calls UNION ALL
			SELECT refund_request_id, id FROM calls UNION ALL SELECT refund_id, id FROM calls UNION ALL SELECT reference_order_id, id FROM calls UNION ALL
			SELECT acquirer_transaction_id, id FROM calls UNION ALL SELECT acquirer_reference_id, id FROM calls`, many)
	must(t, err)
	removed, err := j.pruneIn(t.Context(), time.UnixMilli(1000+many), portion)
	if err != nil || removed != many-1 {
		t.Fatalf("%d removed, %v", removed, err)
	}
	var calls, numbers int
	must(t, j.db.QueryRow(`SELECT (SELECT count(*) FROM calls), (SELECT count(*) FROM numbers)`).Scan(&calls, &numbers))
	if calls != 1 || numbers != 9 {
		t.Errorf("%d calls and %d numbers are left, want 1 and 9", calls, numbers)
	}
	if list, err := j.Find(t.Context(), "all"); err != nil || len(list) != 1 || list[0].ID != many {
		t.Errorf("%+v, %v", list, err)
	}
}

// Those who ask at the same time whether a sender lives do not take each other
// for it: two runs of apo resume would both leave its record alone. A name that
// leads elsewhere is not followed.
func TestSendersThatDied(t *testing.T) {
	folder := t.TempDir()
	var asking []*sender
	for range 8 {
		asking = append(asking, newSender(folder))
	}
	for n := range 1500 {
		dead := fmt.Sprintf("%d-killed", n)
		must(t, os.WriteFile(filepath.Join(folder, dead), nil, 0o600))
		var all sync.WaitGroup
		for _, s := range asking {
			all.Go(func() {
				if s.alive(dead, 1) {
					t.Error("whoever died is called alive")
				}
			})
		}
		if all.Wait(); t.Failed() {
			return
		}
	}
	inside := newSender(filepath.Join(folder, "inside"))
	name, err := inside.name()
	must(t, err)
	defer inside.done()
	if !newSender(inside.folder).alive(name, 1) || asking[0].alive("inside/"+name, 1) || asking[0].alive("", 1) {
		t.Error("a name that is none is followed, or one that lives is not")
	}
}

// What the version before wrote, with exit codes and words for outcomes, reads as
// it was meant.
func TestMigrationFromSchema2(t *testing.T) {
	dump, err := os.ReadFile(filepath.Join("testdata", "schema2.sql"))
	must(t, err)
	file := filepath.Join(t.TempDir(), "journal.db")
	db, err := sql.Open("sqlite", file)
	must(t, err)
	_, err = db.Exec(string(dump))
	must(t, err)
	must(t, db.Close())
	j, err := Open(file, time.Now)
	must(t, err)
	defer j.Close()

	type row struct {
		state    State
		outcome  apo.Outcome
		resolved Resolution
	}
	want := []row{
		{Answered, apo.Succeeded, Resolution{}},
		{Answered, apo.Declined, Resolution{}},
		{Answered, apo.Unrecognised, Resolution{}},
		{InDoubt, apo.InDoubt, Resolution{}},
		{InDoubt, apo.InDoubt, Resolution{}}, // untrusted
		{Answered, apo.NotSent, Resolution{}},
		{Answered, apo.NotSent, Resolution{}}, // interrupted
		{Pending, apo.Pending, Resolution{}},
		{Resolved, apo.Succeeded, Resolution{apo.Succeeded, "", 10, "authorized", false}},
		{Answered, apo.Succeeded, Resolution{}},
		{Resolved, apo.NeverArrived, Resolution{apo.NeverArrived, "", 12, "never arrived", false}},
		{Answered, apo.NotFound, Resolution{}},
		{Resolved, apo.Declined, Resolution{apo.Declined, "DO_NOT_HONOR", 10, "declined: DO_NOT_HONOR", false}},
		{Answered, apo.Failed, Resolution{}},
		{Answered, apo.InDoubt, Resolution{}}, // an inquiry that was lost
		{Resolved, apo.Succeeded, Resolution{apo.Succeeded, "", 0, "the dashboard", false}},
		{Resolved, apo.Declined, Resolution{apo.Declined, "", 0, "the dashboard", false}},
		{Pending, apo.Pending, Resolution{}},
		{InDoubt, apo.InDoubt, Resolution{}},
		{Answered, "", Resolution{}}, // a notification
		{Begun, "", Resolution{}},
	}
	for i, w := range want {
		r, err := j.Get(t.Context(), int64(i+1))
		if err != nil || r.State != w.state || r.Outcome != w.outcome || r.Resolved != w.resolved || r.InFlight {
			t.Errorf("record %d: %s, %s, %+v, in flight %v, %v; want %+v", i+1, r.State, r.Outcome, r.Resolved, r.InFlight, err, w)
		}
		switch i + 1 {
		case 1:
			if r.Numbers.NetworkTransactionID != "570445249242394" || r.AuthEnd.IsZero() || r.Mode != "SANDBOX" || r.Gateway != "" {
				t.Errorf("%+v", r)
			}
		case 20:
			if r.Notice != (Notice{"PAYMENT_RESULT", "2025-11-26T00:31:00-08:00"}) || r.Note != "" {
				t.Errorf("%+v", r)
			}
		}
	}
	if found, err := j.Find(t.Context(), "570445249242394"); err != nil || len(found) != 1 || found[0].ID != 1 {
		t.Errorf("by the scheme's number: %+v, %v", found, err)
	}
	if failed, err := List(t.Context(), j, Filter{Failed: true, Moving: true}); err != nil || len(failed) != 12 {
		t.Errorf("%d that did not succeed, %v", len(failed), err)
	}
}

// What schema 3 has of the newest records is indexed: the numbers by which banks trace
// a transfer, and which inquiries told nothing final.
func TestMigrationFromSchema3(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.db")
	db, err := sql.Open("sqlite", file)
	must(t, err)
	row := func(id int, endpoint string, reads bool, payment, card, answer string) string {
		return fmt.Sprintf(`INSERT INTO calls (id, time, profile, mode, client_id, endpoint, reads, payment_request_id, payment_id,
			capture_request_id, capture_id, refund_request_id, refund_id, reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
			currency, value, card, request, claimed_by, state, answer)
			VALUES (%d, 1764145800000, 'sg', 'SANDBOX', 'c', '%s', %v, '', '%s', '', '', '', '', '', '', '', '', 'SGD', '4200', '%s', '', '', 'answered', CAST('%s' AS BLOB));`,
			id, endpoint, reads, payment, card, answer)
	}
	_, err = db.Exec(strings.Join(migrations()[:3], "") + "PRAGMA user_version = 3;" +
		row(1, "pay", false, "p-1", "VISA 0768", `{"paymentResultInfo":{"rrn":"633512345678"}}`) +
		row(2, "inquiryRefund", true, "", "", `{"refundStatus":"SUCCESS","arn":"74027001","rrn":"633500000001"}`) +
		row(3, "inquiryPayment", true, "p-1", "", `{"paymentStatus":"PROCESSING"}`) +
		row(4, "inquiryPayment", true, "p-1", "", `no JSON`) + row(5, "inquiryPayment", true, "p-1", "", `[]`) + row(6, "inquiryPayment", true, "p-1", "", ``))
	must(t, err)
	must(t, db.Close())

	j, err := Open(file, time.Now)
	must(t, err)
	defer j.Close()
	for number, want := range map[string]int64{"633512345678": 1, "74027001": 2, "633500000001": 2} {
		if found, err := j.Find(t.Context(), number); err != nil || len(found) != 1 || found[0].ID != want || !found[0].Numbers.Has(number) {
			t.Errorf("%s: %+v, %v", number, found, err)
		}
	}
	for id := range int64(6) {
		if r, err := j.Get(t.Context(), id+1); err != nil || r.Poll != (id+1 == 3) {
			t.Errorf("record %d: poll %v, %v", id+1, r.Poll, err)
		}
	}
	if list, err := List(t.Context(), j, Filter{LastFour: "0768", Amount: apo.Amount{Currency: "SGD", Value: "4200"}}); err != nil || len(list) != 1 || list[0].ID != 1 {
		t.Errorf("of a card: %+v, %v", list, err)
	}
}
