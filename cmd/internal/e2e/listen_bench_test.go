//go:build unix

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/app"
	"github.com/apo-cli/apo/cmd/internal/listen"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/cmd/internal/verify"
	"github.com/apo-cli/apo/pkg/diagnose"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// news are the n-th of many notifications as APO sends them, each of its own payment,
// as bytes on the wire.
func news(t testing.TB, home string, from, n int) [][]byte {
	keys, err := sandbox.LoadKeys(keyFolder(home))
	if err != nil {
		t.Fatal(err)
	}
	list := make([][]byte, n)
	var next atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				number := from + i
				body := strings.NewReplacer("PAYMENT_ID", newsID(number), "REQUEST_ID", fmt.Sprintf("%08x-bench-%d", uint32(number)*2654435761, number)).Replace(
					`{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"},"paymentRequestId":"REQUEST_ID","paymentId":"PAYMENT_ID",` +
						`"paymentAmount":{"currency":"SGD","value":"4200"},"paymentCreateTime":"2026-11-26T00:30:00-08:00","paymentTime":"2026-11-26T00:30:01-08:00",` +
						`"acquirerInfo":{"acquirerName":"ADYEN","acquirerTransactionId":"T-PAYMENT_ID","referenceRequestId":"R-PAYMENT_ID"},` +
						`"paymentResultInfo":{"cardNo":"************8003","cardBrand":"VISA","issuingCountry":"SG","avsResultRaw":"A","cvvResultRaw":"M","networkTransactionId":"N-PAYMENT_ID",` +
						`"threeDSResult":{"eci":"05","threeDSVersion":"2.2.0","cavv":"AJkBBkhgQQAAAE4gSEJydQAAAAA="}}}`)
				m := sign.Message{Method: "POST", Path: "/hooks/apo", ClientID: sandbox.ClientID, Time: time.Now().Format(time.RFC3339), Body: []byte(body)}
				signature, err := sign.Sign(keys.Antom, "1", m)
				if err != nil {
					t.Error(err)
				}
				list[i] = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %d\r\nClient-Id: %s\r\nRequest-Time: %s\r\nSignature: %s\r\n\r\n%s",
					m.Path, len(body), m.ClientID, m.Time, signature, body)
			}
		})
	}
	all.Wait()
	return list
}

// newsID is the payment of the n-th.
func newsID(n int) string { return fmt.Sprintf("2026%030d", n) }

// sendNews has senders send messages over connections that stay open. acknowledged is
// called for each that was.
func sendNews(address string, list [][]byte, senders int, acknowledged func(i int)) error {
	var next atomic.Int64
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range senders {
		all.Go(func() {
			err := func() error {
				c, err := net.Dial("tcp", address)
				if err != nil {
					return err
				}
				defer c.Close()
				answers := bufio.NewReader(c)
				for i := int(next.Add(1)) - 1; i < len(list); i = int(next.Add(1)) - 1 {
					if _, err := c.Write(list[i]); err != nil {
						return err
					}
					a, err := http.ReadResponse(answers, nil)
					if err != nil {
						return err
					}
					body, err := io.ReadAll(a.Body)
					if j := notify.Judge(a.StatusCode, a.Header, body); err != nil || !j.Received {
						return fmt.Errorf("HTTP %d: %s, %v", a.StatusCode, body, err)
					}
					acknowledged(i)
				}
				return nil
			}()
			if err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return failed
}

// bareListener verifies, and writes what came, together with what else waits, as one
// row each of one durable transaction. It is the least that anybody must do.
type bareListener struct {
	key  *sign.PublicKey
	rows chan bareRow
}

type bareRow struct {
	headers, body []byte
	written       chan error
}

func (l *bareListener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	h := r.Header
	if err == nil {
		err = sign.Verify(l.key, sign.Message{Method: r.Method, Path: r.URL.Path, ClientID: h.Get("Client-Id"), Time: h.Get("Request-Time"), Body: body}, h.Get("Signature"))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var headers bytes.Buffer
	_ = h.Write(&headers)
	row := bareRow{headers.Bytes(), body, make(chan error, 1)}
	l.rows <- row
	if err := <-row.written; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = notify.Acknowledge(w)
}

func (l *bareListener) write(db *sql.DB) {
	for row := range l.rows {
		batch := []bareRow{row}
		for more := true; more && len(batch) < 256; {
			select {
			case row := <-l.rows:
				batch = append(batch, row)
			default:
				more = false
			}
		}
		err := func() error {
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			s, err := tx.Prepare("INSERT INTO came (headers, body) VALUES (?, ?)")
			if err != nil {
				return err
			}
			for _, row := range batch {
				if _, err := s.Exec(row.headers, row.body); err != nil {
					return err
				}
			}
			return tx.Commit()
		}()
		for _, row := range batch {
			row.written <- err
		}
	}
}

// startBare returns the address of a bare listener.
func startBare(b *testing.B, home string) (address string, stop func()) {
	keys, err := sandbox.LoadKeys(keyFolder(home))
	if err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err == nil {
		_, err = db.Exec("CREATE TABLE came (id INTEGER PRIMARY KEY, headers BLOB, body BLOB)")
	}
	if err != nil {
		b.Fatal(err)
	}
	l := &bareListener{key: keys.Antom.Public(), rows: make(chan bareRow)}
	go l.write(db)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: l}
	go server.Serve(socket)
	return socket.Addr().String(), func() { server.Close(); close(l.rows); db.Close() }
}

// startListening returns the address of what apo listen -o ndjson does, in this
// process.
func startListening(b *testing.B, home string) (address string, stop func()) {
	env := map[string]string{"APO_HOME": home, "APO_PROFILE": "local"}
	run := &app.Run{
		IO: term.New(strings.NewReader(""), io.Discard, io.Discard), Now: time.Now,
		Getenv: func(name string) string { return env[name] },
		Lookup: func(name string) (string, bool) { value, found := env[name]; return value, found },
	}
	e, err := verify.New(b.Context(), run, verify.Settings{Side: diagnose.Notification})
	if err != nil {
		b.Fatal(err)
	}
	inbox, err := e.Journal()
	if err != nil {
		b.Fatal(err)
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	p := say.Printer{Streams: run.IO, Format: term.NDJSON}
	s := listen.Start(socket, listen.Config{
		Verifier: e.Verifier(), Account: e.Account(), Inbox: inbox, Ack: listen.AckForward, Knows: e, Now: time.Now,
		Tell: func(event listen.Event) {
			if r := event.Received; r != nil {
				p.ListenHeard(say.Heard{Reception: r.Reception, Facts: r.Facts, Err: r.Err, Answered: r.Answered()}, run.Words())
			}
		},
	})
	return socket.Addr().String(), func() {
		s.Stop(context.WithoutCancel(b.Context()))
		for _, done := range run.Cleanup {
			done()
		}
	}
}

// ownCPU is how long this process has worked: on a machine that others use too it
// tells more than the clock does.
func ownCPU() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// What apo listen acknowledges in a second, beside the least that it could do: to
// verify, and to write what came with one sync for many. The promise: 70 % of that;
// of processor time it is about 40 %: the inserts, with the log that they fill, cost
// most of the rest, and then masking.
// Both take turns, in this process, with the same messages and senders.
func BenchmarkListen(b *testing.B) {
	const messages, senders = 2000, 64
	keys := b.TempDir()
	if err := giveKeys(keys); err != nil {
		b.Fatal(err)
	}
	list := news(b, keys, 0, messages)
	var ratios, works, bares, ours []float64
	turn := func(start func() (string, func())) (perSecond float64, worked time.Duration) {
		address, stop := start()
		defer stop()
		if err := sendNews(address, list[:200], senders, func(int) {}); err != nil { // warm
			b.Fatal(err)
		}
		begin, before := time.Now(), ownCPU()
		if err := sendNews(address, list[200:], senders, func(int) {}); err != nil {
			b.Fatal(err)
		}
		return float64(messages-200) / time.Since(begin).Seconds(), ownCPU() - before
	}
	for b.Loop() {
		home := filepath.Join(b.TempDir(), fmt.Sprint(len(ratios)))
		if err := os.MkdirAll(home, 0o700); err != nil {
			b.Fatal(err)
		}
		if err := giveKeys(home); err != nil {
			b.Fatal(err)
		}
		bare, least := turn(func() (string, func()) { return startBare(b, home) })
		our, work := turn(func() (string, func()) { return startListening(b, home) })
		ratios, bares, ours = append(ratios, 100*our/bare), append(bares, bare), append(ours, our)
		works = append(works, 100*least.Seconds()/work.Seconds())
	}
	for _, l := range [][]float64{ratios, works, bares, ours} {
		slices.Sort(l)
	}
	b.ReportMetric(ratios[len(ratios)/2], "%-of-bare")
	b.ReportMetric(works[len(works)/2], "%-of-bare-by-cpu")
	b.ReportMetric(bares[len(bares)/2], "bare/s")
	b.ReportMetric(ours[len(ours)/2], "listen/s")
	b.ReportMetric(0, "ns/op")
}
