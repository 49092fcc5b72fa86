package sandbox_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// How many payments a second the sandbox answers over loopback, each verified,
// durable and signed, as a share of what the machine's RSA operations allow:
// one signature and one verification each, on all cores. The two take turns, so
// that whatever else the machine does hits both. The promise: 60 %, with the
// load generator on the same cores.
func BenchmarkPay(b *testing.B) {
	keys, box := openBox(b, sandbox.Config{State: filepath.Join(b.TempDir(), "state.db")})
	server := httptest.NewServer(box)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

	const together = 250
	var rates, shares []float64
	for round := 0; b.Loop(); round++ {
		requests := make([]*http.Request, together)
		ceiling := timed(runtime.GOMAXPROCS(0), together, func(i int) error {
			m := payMessage(round*together + i)
			header, err := sign.Sign(keys.Merchant, "1", m)
			if err != nil {
				return err
			}
			requests[i] = request(b, server.URL, m, header)
			return sign.Verify(keys.Merchant.Public(), m, header)
		}, b)
		took := timed(32, together, func(i int) error { return pay(client, requests[i]) }, b)
		rates = append(rates, together/took.Seconds())
		shares = append(shares, ceiling.Seconds()/took.Seconds())
	}
	b.ReportMetric(median(rates), "pay/s")
	b.ReportMetric(median(shares), "of-RSA-ceiling")
	b.ReportMetric(0, "ns/op")
}

// How many queued notifications a second the sandbox delivers, each signed and
// its attempt durable, as a share of bare signed POSTs of the same bodies to the
// same receiver. Of 10,000 that are queued 1,000 come due at a time, and half of
// the POSTs are made before and half after them. The promise: half.
func BenchmarkNotify(b *testing.B) {
	file := filepath.Join(b.TempDir(), "state.db")
	keys, box := openBox(b, sandbox.Config{State: file, Passive: true})
	var received atomic.Int64
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		received.Add(1)
		fmt.Fprint(w, `{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}`)
	}))
	defer receiver.Close()
	m := payMessage(0)
	m.Body = bytes.Replace(m.Body, []byte(`{`), []byte(`{"paymentNotifyUrl":"`+receiver.URL+`/hooks/apo",`), 1)
	header, err := sign.Sign(keys.Merchant, "1", m)
	if err != nil {
		b.Fatal(err)
	}
	if err := pay(&http.Client{Transport: box.Transport()}, request(b, "http://127.0.0.1", m, header)); err != nil {
		b.Fatal(err)
	}
	list, err := box.Notifications(1)
	if err != nil || len(list) != 1 {
		b.Fatal(list, err)
	}
	if n, err := box.DeliverDue(context.Background()); n != 1 || err != nil {
		b.Fatal(n, err)
	}
	db, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	post := func(int) error {
		m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: sandbox.ClientID, Time: "2026-01-01T00:00:00-08:00", Body: list[0].Body}
		header, err := sign.Sign(keys.Antom, "1", m)
		if err != nil {
			return err
		}
		_, err = post(bare, request(b, receiver.URL, m, header))
		return err
	}

	const queued, turn = 10_000, 1_000
	var rates, shares []float64
	for round := 0; b.Loop(); round++ {
		_, err = db.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ?1)
			INSERT INTO notifications (payment_id, due, doc) SELECT payment_id || '-' || ?2 || '-' || i, (unixepoch() + 3600) * 1000000000 + i,
			replace(doc, payment_id, payment_id || '-' || ?2 || '-' || i) FROM notifications JOIN n WHERE id = 1`, queued, round)
		if err != nil {
			b.Fatal(err)
		}
		for range queued / turn {
			if _, err := db.Exec(`UPDATE notifications SET due = ? WHERE id IN (SELECT id FROM notifications WHERE id > 1 AND due > ? ORDER BY due LIMIT ?)`,
				time.Now().UnixNano(), time.Now().UnixNano(), turn); err != nil {
				b.Fatal(err)
			}
			yardstick := timed(16, turn/2, post, b)
			before := received.Load()
			start := time.Now()
			attempts, err := box.DeliverDue(context.Background())
			took := time.Since(start)
			if got := received.Load() - before; err != nil || attempts != turn || got != turn {
				b.Fatalf("%d received, %d attempted, %v", got, attempts, err)
			}
			yardstick += timed(16, turn/2, post, b)
			rates = append(rates, turn/took.Seconds())
			shares = append(shares, yardstick.Seconds()/took.Seconds())
		}
	}
	b.ReportMetric(median(rates), "notifications/s")
	b.ReportMetric(median(shares), "of-bare-POSTs")
	b.ReportMetric(0, "ns/op")
}

func openBox(b *testing.B, c sandbox.Config) (sandbox.Keys, *sandbox.Sandbox) {
	b.Helper()
	keys, err := sandbox.NewKeys()
	if err != nil {
		b.Fatal(err)
	}
	c.Keys = keys
	box, err := sandbox.Open(c)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { box.Close() })
	return keys, box
}

// timed does work so many times with so many workers.
func timed(workers, times int, work func(i int) error, b *testing.B) time.Duration {
	b.Helper()
	start := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	var problem atomic.Pointer[error]
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1) - 1); i < times; i = int(next.Add(1) - 1) {
				if err := work(i); err != nil {
					problem.Store(&err)
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	if err := problem.Load(); err != nil {
		b.Fatal(*err)
	}
	return took
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func request(b *testing.B, base string, m sign.Message, header string) *http.Request {
	r, err := http.NewRequest(m.Method, base+m.Path, bytes.NewReader(m.Body))
	if err != nil {
		b.Error(err)
		return nil
	}
	r.Header.Set("Client-Id", m.ClientID)
	r.Header.Set("Request-Time", m.Time)
	r.Header.Set("Signature", header)
	return r
}

func post(client *http.Client, r *http.Request) ([]byte, error) {
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func pay(client *http.Client, r *http.Request) error {
	body, err := post(client, r)
	if err == nil && !strings.Contains(string(body), `"resultStatus":"S"`) {
		err = fmt.Errorf("not authorized: %s", body)
	}
	return err
}

func payMessage(i int) sign.Message {
	return sign.Message{Method: "POST", Path: "/ams/sandbox/api/v1/payments/pay", ClientID: sandbox.ClientID, Time: "1735689600000", Body: payBody(i)}
}

func payBody(i int) []byte {
	return fmt.Appendf(nil, `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"bench-%d","paymentAmount":{"currency":"SGD","value":"4200"},`+
		`"order":{"referenceOrderId":"order-1","orderDescription":"demo","buyer":{"referenceBuyerId":"buyer-1"}},`+
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"12","cvv":"123","cardholderName":{"firstName":"A","lastName":"B"}}},`+
		`"paymentFactor":{"isAuthorization":true},"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}`, i)
}

// How many messages a second are composed, as a share of the machine's signatures.
// The promise: seven tenths.
func BenchmarkCompose(b *testing.B) {
	keys, box := openBox(b, sandbox.Config{State: filepath.Join(b.TempDir(), "state.db")})
	const together = 500
	var rates, shares []float64
	for b.Loop() {
		ceiling := timed(runtime.GOMAXPROCS(0), together, func(i int) error {
			_, err := sign.Sign(keys.Antom, "1", payMessage(i))
			return err
		}, b)
		took := timed(16, together, func(int) error {
			_, err := box.Compose(sandbox.News{Kind: "payment", URL: "http://127.0.0.1:3000/hooks/apo"})
			return err
		}, b)
		rates = append(rates, together/took.Seconds())
		shares = append(shares, ceiling.Seconds()/took.Seconds())
	}
	b.ReportMetric(median(rates), "messages/s")
	b.ReportMetric(median(shares), "of-signatures")
	b.ReportMetric(0, "ns/op")
}
