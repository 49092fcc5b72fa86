package sandbox_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// How many rows a second are written of a state file, each twice, and how many times
// as long that takes as to read the state and nothing else. The two take turns.
func BenchmarkReports(b *testing.B) {
	const payments = 20_000
	file := filepath.Join(b.TempDir(), "state.db")
	_, box := openBox(b, sandbox.Config{State: file, Passive: true})
	multiply(b, box, file, payments)
	db, err := sql.Open("sqlite", file)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var rates, ratios []float64
	for b.Loop() {
		start := time.Now()
		for _, query := range []string{`SELECT doc FROM payments ORDER BY id`, `SELECT doc FROM transactions ORDER BY payment_id`} {
			if err := scan(db, query); err != nil {
				b.Fatal(err)
			}
		}
		reading := time.Since(start)
		start = time.Now()
		rows := int64(0)
		files, err := box.Report(time.Time{}, time.Time{}, func(string, []byte) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			rows += f.Rows
		}
		took := time.Since(start)
		if rows < 6*payments {
			b.Fatalf("%d rows of %d payments", rows, payments)
		}
		rates, ratios = append(rates, float64(rows)/took.Seconds()), append(ratios, took.Seconds()/reading.Seconds())
	}
	b.ReportMetric(median(rates), "rows/s")
	b.ReportMetric(median(ratios), "x-reading")
	b.ReportMetric(0, "ns/op")
}

func scan(db *sql.DB, query string) error {
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	var doc sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&doc); err != nil {
			return err
		}
	}
	return rows.Err()
}

// multiply makes one payment that was captured into many.
func multiply(b testing.TB, box *sandbox.Sandbox, file string, payments int) {
	b.Helper()
	who := box.Credentials()
	gateway, err := apo.ParseGateway("http://" + sandbox.DefaultAddress)
	if err != nil {
		b.Fatal(err)
	}
	client := &apo.Client{Gateway: gateway, ClientID: who.ClientID, Key: who.Key, AntomKey: who.AntomKey, HTTP: &http.Client{Transport: box.Transport()}}
	m := merchant{client: client}
	answer, err := client.Pay(b.Context(), m.request("PAY-REQUEST", "4200", "visa"))
	if err != nil {
		b.Fatal(err)
	}
	part := apo.CaptureRequest{CaptureRequestID: "CAPTURE-REQUEST", PaymentID: answer.Get("paymentId"), CaptureAmount: apo.Amount{Currency: "SGD", Value: "4200"}}
	if answer, err = client.Capture(b.Context(), part); err != nil || answer.Result.Code != "SUCCESS" {
		b.Fatal(answer, err)
	}
	db, err := sql.Open("sqlite", file+"?_pragma=synchronous(OFF)&_pragma=busy_timeout(10000)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(fmt.Sprintf(`
		CREATE TEMP TABLE k AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d)
			SELECT i, printf('20261125%%027d', i) AS id, printf('order-%%08d', i) AS request FROM n;
		INSERT INTO payments (id, request_id, doc) SELECT k.id, request, replace(replace(doc, p.id, k.id), 'PAY-REQUEST', request)
			FROM k JOIN payments p WHERE p.request_id = 'PAY-REQUEST' ORDER BY i;
		INSERT INTO transactions (id, kind, request_id, payment_id, doc)
			SELECT '9' || k.id, kind, 'c-' || request, k.id, replace(replace(replace(doc, payment_id, k.id), t.id, '9' || k.id), 'CAPTURE-REQUEST', 'c-' || request)
			FROM k JOIN transactions t WHERE t.request_id = 'CAPTURE-REQUEST' ORDER BY i`, payments)); err != nil {
		b.Fatal(err)
	}
}
