package sandbox

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// firstSchema writes a state file as it was before there were rules and a
// clock, with what the code of then put into it.
func firstSchema(t *testing.T, docs ...string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "state.db")
	db := openSQL(t, file)
	defer db.Close()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(migrations()[0])
	exec(`PRAGMA user_version = 1`)
	for i, doc := range docs {
		var nonce any
		if strings.Contains(doc, `"Nonce":"n`) {
			nonce = fmt.Sprint("n", i)
		}
		exec(`INSERT INTO payments (id, request_id, nonce, doc) VALUES (?, ?, ?, ?)`, fmt.Sprint("id", i), fmt.Sprint("a", i), nonce, doc)
	}
	exec(`INSERT INTO transactions (id, kind, request_id, payment_id, doc) VALUES ('t1', 'CAPTURE', 'c', 'id1', ?)`,
		`{"Kind":"CAPTURE","ID":"t1","RequestID":"c","PaymentID":"id1","Amount":{"currency":"SGD","value":"600"},"Status":"SUCCESS","Code":"SUCCESS","Acquirer":{"Name":"ADYEN","MerchantID":"APO_sandbox_SG","TransactionID":"X","ReferenceRequestID":"N1"},"Time":"2026-03-01T12:00:00Z"}`)
	exec(`INSERT INTO cards (token, doc) VALUES ('ALIPAYold', '{"Brand":"AMEX","Bin":"378282","LastFour":"0005","Funding":"CREDIT","Token":"ALIPAYold","Behaviour":"amex"}')`)
	return file
}

func openSQL(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// oldPayment is a document of the first schema, made at noon of 1 March 2026.
func oldPayment(i int, rest string) string {
	return fmt.Sprintf(`{"ID":"id%d","RequestID":"a%d","OrderID":"order-1","Amount":{"currency":"SGD","value":"1000"},"MethodID":"","CaptureMode":"MANUAL","RedirectURL":"https://shop.example/return","NotifyURL":"",`+
		`"Refusal":"","Closed":false,"Acquirer":{"Name":"ALIPAY","MerchantID":"2188400000000001","TransactionID":"id%d","ReferenceRequestID":"a%d"},"Created":"2026-03-01T12:00:00Z",%s}`, i, i, i, i, rest)
}

// oldState is a state file of the first schema with a payment in each state.
func oldState(t *testing.T) (file string) {
	t.Helper()
	const zero = `"Final":"0001-01-01T00:00:00Z","Cancelled":"0001-01-01T00:00:00Z"`
	const paid = `"Status":"SUCCESS","Code":"SUCCESS","ThreeDS":{"Nonce":"","Result":""},"Paid":"2026-03-01T12:00:00Z","AuthExpires":"2026-03-08T12:00:00Z",` + zero
	const unpaid = `"Status":"PROCESSING","Code":"PAYMENT_IN_PROCESS","Paid":"0001-01-01T00:00:00Z","AuthExpires":"0001-01-01T00:00:00Z"`
	card := func(behaviour string) string {
		return `,"Card":{"Brand":"VISA","Bin":"405469","LastFour":"0768","Funding":"CREDIT","Issuer":"SANDBOX BANK","Region":"SG","Token":"","Behaviour":"` + behaviour + `","AVS":"Y","CVV":"Y","Network":"1"}`
	}
	final := `"Final":"2026-03-01T12:00:03Z","Cancelled":"0001-01-01T00:00:00Z"`
	return firstSchema(
		t,
		oldPayment(0, paid+card("visa")),
		oldPayment(1, paid+card("visa")), // captured in part
		oldPayment(2, unpaid+`,"ThreeDS":{"Nonce":"n2","Result":""},`+zero+card("visa-3ds")),
		oldPayment(3, unpaid+`,"ThreeDS":{"Nonce":"","Result":""},`+final+card("visa-processing")),
		oldPayment(4, unpaid+`,"ThreeDS":{"Nonce":"","Result":""},`+final+card("visa-processing-declined")),
		oldPayment(5, unpaid+`,"ThreeDS":{"Nonce":"n5","Result":""},`+zero+card("visa-3ds-declined")),
	)
}

func TestFirstSchemaIsMigrated(t *testing.T) {
	file := oldState(t)
	keys, err := PublishedKeys()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 1, 0, time.UTC)
	var told atomic.Int32
	box, err := Open(Config{
		State: file, Keys: keys, Passive: true, Now: func() time.Time { return now }, NotifyURL: "http://127.0.0.1:1/",
		Deliver: transport(func(*http.Request) { told.Add(1) }),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	is := func(i int, want string) {
		t.Helper()
		p, found, err := box.Payment(fmt.Sprint("a", i))
		if err != nil || !found || p.Status+" "+p.Code != want || p.Amount.Value != "1000" {
			t.Errorf("a%d is %s %s, want %s; found %v, %v", i, p.Status, p.Code, want, found, err)
		}
	}
	for i := range 2 {
		is(i, "SUCCESS SUCCESS")
	}
	for i := 2; i < 6; i++ {
		is(i, "PROCESSING PAYMENT_IN_PROCESS")
	}
	err = box.store.do(func(tx *tx) error {
		if c, found, err := tx.cardByToken("ALIPAYold"); err != nil || !found || c.Behaviour != "amex" {
			t.Errorf("the saved card is %+v, %v", c, err)
		}
		_, found, err := box.ledger(tx).answerChallenge("n5", true)
		if !found {
			t.Error("the page is gone")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	is(5, "FAIL DO_NOT_HONOR")
	now = now.Add(2 * time.Second)
	is(3, "SUCCESS SUCCESS")
	is(4, "FAIL DO_NOT_HONOR")
	now = now.Add(14 * time.Minute)
	is(2, "FAIL ORDER_IS_CLOSED")
	if p, _, err := box.Payment("a1"); err != nil || p.Captured != 600 {
		t.Errorf("captured %d, %v", p.Captured, err)
	}
	now = now.Add(7 * 24 * time.Hour)
	is(0, "CANCELLED AUTH_EXPIRED")
	is(1, "SUCCESS SUCCESS")
	if _, err := box.DeliverDue(context.Background()); err != nil || told.Load() != 4 {
		t.Errorf("told %d, %v", told.Load(), err)
	}

	// A second time there is nothing to do.
	again, err := Open(Config{State: file, Keys: keys, Passive: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	var version int
	db := openSQL(t, file)
	defer db.Close()
	if err := db.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil || version != len(migrations()) {
		t.Errorf("schema %d, %v", version, err)
	}
}

// transport looks at requests, and answers nothing that counts.
type transport func(*http.Request)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	t(r)
	return &http.Response{StatusCode: 500, Body: http.NoBody, Request: r}, nil
}

func TestStatesThatCannotBeMigrated(t *testing.T) {
	for name, c := range map[string]struct {
		change string
		want   string
	}{
		"newer":           {`PRAGMA user_version = 99`, fmt.Sprint("it has schema 99, written by a newer apo; this one knows schema ", len(migrations()))},
		"below zero":      {`PRAGMA user_version = -1`, "schema -1"},
		"no payments":     {`DROP TABLE payments`, "no such table: main.payments"},
		"unreadable":      {`INSERT INTO payments (id, request_id, doc) VALUES ('x', 'x', '{"ID":')`, "JSON"},
		"another program": {`PRAGMA user_version = 0`, "already exists"},
	} {
		file := firstSchema(t)
		db := openSQL(t, file)
		if _, err := db.Exec(c.change); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		box, err := Open(Config{State: file, Seed: "x", Passive: true})
		if err == nil {
			box.Close()
			t.Errorf("%s was opened", name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
		db = openSQL(t, file)
		var tables int
		if err := db.QueryRow(`SELECT count(*) FROM sqlite_master WHERE name = 'settings'`).Scan(&tables); err != nil || tables != 0 {
			t.Errorf("%s: half of it was migrated; %v", name, err)
		}
		db.Close()
	}
}
