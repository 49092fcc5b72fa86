//go:build unix

package e2e

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

const (
	payRequest = `{"productCode":"CASHIER_PAYMENT","paymentRequestId":"REQUEST","paymentAmount":{"currency":"SGD","value":"4200"},` +
		`"order":{"referenceOrderId":"A-REQUEST","orderDescription":"apo pay","orderAmount":{"currency":"SGD","value":"4200"},"buyer":{"referenceBuyerId":"buyer-1137f8f3-29e3-587f"}},` +
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"************0768","expiryYear":"**","expiryMonth":"**","cvv":"***",` +
		`"cardholderName":{"firstName":"Test","lastName":"Buyer"},"is3DSAuthentication":false}},"paymentFactor":{"isAuthorization":true,"captureMode":"MANUAL"},` +
		`"paymentRedirectUrl":"https://shop.example/return","env":{"terminalType":"WEB","clientIp":"203.0.113.7"}}`
	payAnswer = `{"acquirerInfo":{"acquirerMerchantId":"2188400000000001","acquirerName":"ALIPAY","acquirerResultCode":"SUCCESS","acquirerResultMessage":"success",` +
		`"acquirerTransactionId":"T-PAYMENT","referenceRequestId":"R-REQUEST"},"authExpiryTime":"2026-12-02T17:16:46-08:00","paymentAmount":{"currency":"SGD","value":"4200"},` +
		`"paymentCreateTime":"2026-11-25T17:16:46-08:00","paymentId":"PAYMENT","paymentRequestId":"REQUEST","paymentResultInfo":{"avsResultRaw":"Y","cardBin":"405469",` +
		`"cardBrand":"VISA","cardNo":"************0768","cvvResultRaw":"Y","funding":"CREDIT","lastFour":"0768","networkTransactionId":"570445249242394",` +
		`"threeDSResult":{"cavv":"","eci":"07"}},"paymentTime":"2026-11-25T17:16:46-08:00","result":{"resultCode":"SUCCESS","resultMessage":"success.","resultStatus":"S"}}`
)

// aMillion writes a million records of the last 100 days, as calls of apo would,
// but in half a minute: payments, one in a hundred of which nobody captured,
// captures and inquiries. What one looks for is where it is slowest to find: the
// oldest ten alone are in doubt, of another profile and cancellations; of the
// newest 20,000 all are inquiries but for ten of the last hour.
func aMillion(b *testing.B, file string) {
	j, err := journal.Open(file, time.Now)
	if err == nil {
		err = j.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	// A small cache: what this process had of memory counts for those that it starts.
	db, err := sql.Open("sqlite", file+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-4000)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`
		WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id+1 FROM n WHERE id < 1000000), k AS (SELECT id,
			printf('%08x', id * 2654435761 % 4294967296) AS request, printf('2026%06d%025d', id, id * 2654435761) AS payment, -- the one at random, the other in order
			CASE WHEN id <= 10 THEN 'cancel' WHEN id > 999990 THEN 'pay' WHEN id > 980000 THEN 'inquiryPayment' WHEN id % 10 < 6 THEN 'pay' WHEN id % 10 = 6 THEN 'capture' ELSE 'inquiryPayment' END AS endpoint,
			CASE WHEN id > 999990 THEN ?1 - 3600000 ELSE ?1 - 86400000 - (1000000 - id) * 8640 END AS time FROM n)
		INSERT INTO calls (id, time, profile, mode, client_id, endpoint, reads, payment_request_id, payment_id,
			capture_request_id, capture_id, refund_request_id, refund_id, reference_order_id, acquirer, acquirer_transaction_id, acquirer_reference_id,
			currency, value, card, request, claimed_by, state, status, code, message, verification, answer, connect, tls, first_byte, total, outcome, note, auth_end, network_transaction_id)
		SELECT id, time, iif(id <= 10, 'old', 'shop-sg'), 'SANDBOX', 'SANDBOX_5YAPO00000000001', endpoint, endpoint = 'inquiryPayment', request, payment,
			iif(endpoint = 'capture', 'c-' || request, ''), '', '', '', iif(endpoint = 'pay', 'A-' || request, ''),
			'ALIPAY', iif(endpoint = 'pay', 'T-' || payment, ''), iif(endpoint = 'pay', 'R-' || request, ''), 'SGD', '4200', 'VISA 0768',
			CAST(iif(endpoint = 'pay', replace(?2, 'REQUEST', request), '{"paymentId":"' || payment || '"}') AS BLOB), '4711-0123456789abcdef',
			iif(id <= 10, 'in-doubt', 'answered'), 'S', 'SUCCESS', 'success.', 'verified',
			CAST(iif(endpoint IN ('pay', 'inquiryPayment'), replace(replace(?3, 'PAYMENT', payment), 'REQUEST', request), '{}') AS BLOB),
			0, 0, 180000, 200000 + id % 1000, iif(id <= 10, 'in-doubt', 'succeeded'), '', iif(endpoint = 'pay', iif(id % 100 = 5, time + 7 * 86400000, 0), NULL),
			iif(endpoint = 'pay', 'N-' || request, '') FROM k;
		INSERT INTO numbers SELECT number, id FROM (SELECT payment_request_id AS number, id FROM calls UNION ALL SELECT payment_id, id FROM calls
			UNION ALL SELECT capture_request_id, id FROM calls UNION ALL SELECT reference_order_id, id FROM calls
			UNION ALL SELECT acquirer_transaction_id, id FROM calls UNION ALL SELECT acquirer_reference_id, id FROM calls
			UNION ALL SELECT network_transaction_id, id FROM calls) WHERE number <> '' ORDER BY number, id`,
		time.Now().UnixMilli(), payRequest, payAnswer)
	if err != nil {
		b.Fatal(err)
	}
}

// medians collects how long things took and reports the median of each.
type medians map[string][]time.Duration

func (m medians) time(b *testing.B, name string, work func() error) {
	start := time.Now()
	if err := work(); err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	m[name] = append(m[name], time.Since(start))
}

func (m medians) median(name string) time.Duration {
	slices.Sort(m[name])
	return m[name][len(m[name])/2]
}

func (m medians) report(b *testing.B) {
	for name := range m {
		b.ReportMetric(m.median(name).Seconds()*1000, "ms-"+name)
	}
}

// What a journal of a million records costs. The promises: 5 ms to find a number
// or what begins so, and for what a call asks of the journal; 50 ms for apo log
// and find from start to end, whatever is filtered; 64 MiB for those that go
// through all of it; 3 KB a call; 10 s to remove 100,000.
func BenchmarkJournal(b *testing.B) {
	home := b.TempDir()
	file := filepath.Join(home, "state", "journal.db")
	aMillion(b, file)
	config := "profiles:\n  shop-sg: {client_id: SANDBOX_5Y0000000000001}\n  old: {client_id: SANDBOX_5Y0000000000002}\n"
	if err := os.WriteFile(filepath.Join(home, "config.yaml"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	j, err := journal.Open(file, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	b.Run("Find", func(b *testing.B) { benchmarkFind(b, j) })
	commands := func(list ...command) func(*testing.B) {
		return func(b *testing.B) { benchmarkCommands(b, append(os.Environ(), "APO_HOME="+home), list) }
	}
	b.Run("Log", commands(
		command{"version", 0, []string{"version"}},
		command{"log", 0, []string{"log"}},
		command{"in-doubt", 0, []string{"log", "--state", "in-doubt"}},
		command{"resolved", 0, []string{"log", "--state", "resolved"}},
		command{"failed", 0, []string{"log", "--failed"}},
		command{"since-24h", 0, []string{"log", "--since", "24h"}},
		command{"since-30d", 0, []string{"log", "--since", "30d"}},
		command{"of-profile", 0, []string{"log", "--profile", "shop-sg"}},
		command{"of-profile-rare", 0, []string{"log", "--profile", "old"}},
		command{"endpoint-pay", 0, []string{"log", "--endpoint", "pay"}},
		command{"endpoint-cancel", 0, []string{"log", "--endpoint", "cancel"}},
		command{"find", 0, []string{"find", "2026500000"}},
		command{"timeline", 0, []string{"timeline", "2026500000"}},
	))
	b.Run("Whole", commands(
		command{"watch", 1, []string{"log", "watch"}},
		command{"stats-24h", 0, []string{"log", "stats", "--since", "24h"}},
		command{"stats", 0, []string{"log", "stats"}},
	))
	b.Run("Call", func(b *testing.B) { benchmarkCall(b, j) })
	b.Run("Growth", benchmarkGrowth)
	b.Run("Prune", func(b *testing.B) { benchmarkPrune(b, j) })
}

func benchmarkFind(b *testing.B, j *journal.SQLite) {
	took := medians{}
	for b.Loop() {
		for _, c := range []struct {
			name, number string
			want         int
		}{
			{"exact", fmt.Sprintf("T-2026500000%025d", int64(500000)*2654435761), 1},
			{"prefix", "2026500000", 1},
			{"prefix-of-many", "A-", 200},
			{"none", "A-none", 0},
		} {
			took.time(b, c.name, func() error {
				list, err := j.Find(b.Context(), c.number)
				if err == nil && len(list) != c.want {
					err = fmt.Errorf("%d records, want %d", len(list), c.want)
				}
				return err
			})
		}
	}
	took.report(b)
}

// What a call asks of the journal: what it should be reminded of, whether it is
// a repetition, and to be written down.
func benchmarkCall(b *testing.B, j *journal.SQLite) {
	took := medians{}
	id := 500_001 // of a pay
	for b.Loop() {
		took.time(b, "remind", func() error {
			list, err := journal.List(b.Context(), j, journal.Filter{Open: true, Moving: true, Before: time.Now().Add(-time.Minute), Limit: 100})
			if err == nil && len(list) != 10 {
				err = fmt.Errorf("%d records in doubt, want 10", len(list))
			}
			return err
		})
		id += 10
		took.time(b, "begin-and-end", func() error {
			r, err := j.Begin(b.Context(), callOf(requestOf(id)), func(earlier []journal.Record) error {
				if len(earlier) != 1 || earlier[0].ID != int64(id) {
					return fmt.Errorf("%d earlier calls, want the one of %d", len(earlier), id)
				}
				return nil
			})
			if err != nil {
				return err
			}
			return j.End(b.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Result: apo.Result{Status: "S", Code: "SUCCESS"}, Answer: []byte(`{}`)})
		})
	}
	took.report(b)
}

// requestOf is the request ID of a record of aMillion.
func requestOf(id int) string { return fmt.Sprintf("%08x", int64(id)*2654435761%4294967296) }

// callOf is a pay of a request ID.
func callOf(request string) journal.Record {
	return journal.Record{
		Account: journal.Account{Profile: "shop-sg", Mode: "SANDBOX", ClientID: "SANDBOX_5YAPO00000000001"}, Endpoint: "pay", Card: "VISA 0768",
		Amount: apo.Amount{Currency: "SGD", Value: "4200"}, Request: []byte(strings.ReplaceAll(payRequest, "REQUEST", request)),
	}
}

// command is one line that a person types.
type command struct {
	name string
	code int // with which it ends
	argv []string
}

func benchmarkCommands(b *testing.B, env []string, list []command) {
	program := build(b, inModule())
	took := medians{}
	var resident int64 // KiB
	for b.Loop() {
		for _, c := range list {
			took.time(b, c.name, func() error {
				_, kib := measure(b, env, c.code, append([]string{program}, c.argv...)...)
				resident = max(resident, kib)
				return nil
			})
		}
	}
	took.report(b)
	b.ReportMetric(float64(resident)/(1<<10), "MiB-resident")
}

func benchmarkGrowth(b *testing.B) {
	const calls = 1000
	var grown int64
	for b.Loop() {
		folder := b.TempDir()
		j, err := journal.Open(filepath.Join(folder, "journal.db"), time.Now)
		if err != nil {
			b.Fatal(err)
		}
		for i := range calls {
			request := requestOf(i + 1)
			r, err := j.Begin(b.Context(), callOf(request), nil)
			if err == nil {
				answer := strings.NewReplacer("REQUEST", request, "PAYMENT", fmt.Sprintf("2026%035d", i)).Replace(payAnswer)
				err = j.End(b.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded, Result: apo.Result{Status: "S", Code: "SUCCESS", Message: "success."}, Verification: "verified", Answer: []byte(answer)})
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
		grown = 0
		files, err := os.ReadDir(folder)
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			if info, err := f.Info(); err == nil && !info.IsDir() {
				grown += info.Size()
			}
		}
	}
	b.ReportMetric(float64(grown)/calls, "B/call")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N)/calls, "ms/call")
}

func benchmarkPrune(b *testing.B, j *journal.SQLite) {
	before := time.Now().AddDate(0, 0, -101) // all are younger
	var removed int64
	for b.Loop() {
		before = before.AddDate(0, 0, 10)
		n, err := j.Prune(b.Context(), before)
		if err != nil {
			b.Fatal(err)
		}
		removed += n
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(removed)*100_000, "s/100000")
}
