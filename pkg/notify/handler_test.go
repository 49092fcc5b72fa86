package notify_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	_ "modernc.org/sqlite"

	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// receiver is a handler that writes down what it handles.
type receiver struct {
	*testing.T
	key     *sign.PrivateKey
	handler http.Handler
	fails   error // what handle returns

	mu      sync.Mutex
	handled []notify.Notification
	reports []notify.Report
}

func newReceiver(t *testing.T, options ...notify.Option) *receiver {
	r := &receiver{T: t, key: newKey(t)}
	options = append([]notify.Option{notify.Reports(func(_ context.Context, report notify.Report) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.reports = append(r.reports, report)
	})}, options...)
	r.handler = notify.Handler(notify.Verifier{Keys: []*sign.PublicKey{newKey(t).Public(), r.key.Public()}, ClientID: own}, r.handle, options...)
	return r
}

func (r *receiver) handle(_ context.Context, n notify.Notification) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails == nil {
		r.handled = append(r.handled, n)
	}
	return r.fails
}

// receives returns the HTTP status, and whether APO would deliver no more.
func (r *receiver) receives(request *http.Request) (status int, received bool) {
	r.Helper()
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, request)
	j := notify.Judge(w.Code, w.Header(), w.Body.Bytes())
	if w.Code == http.StatusOK != j.Received {
		r.Errorf("HTTP %d %s: %s", w.Code, w.Body, j.Why)
	}
	if strings.Contains(w.Body.String(), "c-1") {
		r.Errorf("the answer tells of the request: %s", w.Body)
	}
	return w.Code, j.Received
}

func (r *receiver) lastError() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprint(r.reports[len(r.reports)-1].Err)
}

func TestHandlerRefuses(t *testing.T) {
	r := newReceiver(t, notify.Limit(300))
	tests := []struct {
		name   string
		change func(*http.Request) *http.Request
		status int
		why    string
	}{
		{"a GET", func(q *http.Request) *http.Request { q.Method = "GET"; return q }, 405, "POST"},
		{"no signature", func(q *http.Request) *http.Request { q.Header.Del("Signature"); return q }, 400, "signature 0 times"},
		{"two signatures", func(q *http.Request) *http.Request { q.Header.Add("Signature", "x"); return q }, 400, "signature 2 times"},
		{"two times", func(q *http.Request) *http.Request { q.Header.Add("Request-Time", "x"); return q }, 400, "request-time 2 times"},
		{"no time", func(q *http.Request) *http.Request { q.Header.Del("Request-Time"); return q }, 400, "request-time 0 times"},
		{"no client ID", func(q *http.Request) *http.Request { q.Header.Del("Client-Id"); return q }, 400, "client-id 0 times"},
		{"another time", func(q *http.Request) *http.Request {
			q.Header.Set("Request-Time", "2026-12-01T08:00:03+08:00")
			return q
		}, 400, "does not verify"},
		{"another path", func(q *http.Request) *http.Request { q.RequestURI = "/hooks"; return q }, 400, "does not verify"},
		{"a body that was changed", func(q *http.Request) *http.Request {
			q.Body = io.NopCloser(strings.NewReader(strings.Replace(captured, "4200", "42000", 1)))
			return q
		}, 400, "does not verify"},
		{"a large body", func(q *http.Request) *http.Request {
			q.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", 301)))
			return q
		}, 413, "300 bytes"},
		{"a body that breaks off", func(q *http.Request) *http.Request {
			q.Body = io.NopCloser(io.MultiReader(strings.NewReader(captured), broken{}))
			return q
		}, 400, "cannot be read"},
		{"another client's", func(*http.Request) *http.Request { return delivery(r.key, "SANDBOX_5Y0000000000002", captured) }, 403, "another client ID"},
		{"a key twice", func(*http.Request) *http.Request { return delivery(r.key, own, `{"a":1,"a":2}`) }, 400, "not strict JSON"},
		{"another's key", func(*http.Request) *http.Request { return delivery(newKey(t), own, captured) }, 400, "does not verify"},
	}
	for _, test := range tests {
		status, _ := r.receives(test.change(delivery(r.key, own, captured)))
		if status != test.status || len(r.handled) > 0 {
			t.Errorf("%s: HTTP %d, handled %d", test.name, status, len(r.handled))
		}
		if why := r.lastError(); !strings.Contains(why, test.why) {
			t.Errorf("%s: %s, want %q", test.name, why, test.why)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// What handle refuses is not acknowledged and comes again; what it took is
// acknowledged and handled no more.
func TestHandlerOnce(t *testing.T) {
	eachSeen(t, func(t *testing.T, seen notify.Seen) {
		r := newReceiver(t, notify.RememberIn(seen))
		r.fails = errors.New("the order is not there yet")
		if status, received := r.receives(delivery(r.key, own, captured)); status != 500 || received {
			t.Errorf("HTTP %d, received %t", status, received)
		}
		r.fails = nil
		for range 3 {
			if status, _ := r.receives(delivery(r.key, own, captured)); status != 200 {
				t.Errorf("HTTP %d", status)
			}
		}
		if len(r.handled) != 1 || !r.reports[1].Handled || r.reports[2].Handled {
			t.Errorf("handled %d times", len(r.handled))
		}
		// The same news written otherwise is the same; other news is other.
		r.receives(delivery(r.key, own, " "+strings.Replace(captured, `"S"`, "\"\\u0053\"", 1)))
		if len(r.handled) != 1 {
			t.Error("the same news in other bytes was handled again")
		}
		r.receives(delivery(r.key, own, strings.ReplaceAll(captured, "c-1", "C-1")))
		if len(r.handled) != 2 {
			t.Error("c-1 and C-1 were taken for one capture")
		}
		failed := strings.Replace(captured, `"S","resultCode":"SUCCESS"`, `"F","resultCode":"AUTH_EXPIRED"`, 1)
		r.receives(delivery(r.key, own, failed))
		if len(r.handled) != 3 {
			t.Error("a failure after a success was not handled")
		}
	})
}

// One request with two captureIds: perhaps money moved twice. It is acknowledged,
// not handled, and told.
func TestHandlerDiffers(t *testing.T) {
	eachSeen(t, func(t *testing.T, seen notify.Seen) {
		r := newReceiver(t, notify.RememberIn(seen))
		for _, id := range []string{"2026-a", "2026-b"} {
			if status, _ := r.receives(delivery(r.key, own, strings.Replace(captured, `"captureRequestId"`, `"captureId":"`+id+`","captureRequestId"`, 1))); status != 200 {
				t.Errorf("%s: HTTP %d", id, status)
			}
		}
		if last := r.reports[1]; len(r.handled) != 1 || !errors.Is(last.Err, notify.ErrDiffers) || last.Notification.CaptureID != "2026-b" {
			t.Errorf("handled %d, %+v", len(r.handled), r.reports[1].Err)
		}
	})
}

// News without an ID, or of a kind that nobody knows, is never taken for other
// news.
func TestHandlerKeepsStrangersApart(t *testing.T) {
	r := newReceiver(t)
	for i, body := range []string{
		`{"notifyType":"NEWS","result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentRequestId":"o-1"}`,
		`{"notifyType":"OTHER_NEWS","result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentRequestId":"o-1"}`,
		`{"disputeNotificationType":"DISPUTE_CREATED","disputeId":"D-1"}`,
		`{"disputeNotificationType":"DEFENSE_DUE_ALERT","disputeId":"D-1"}`,
		`{"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_MERCHANT","disputeId":"D-1"}`,
		`{"disputeNotificationType":"DISPUTE_JUDGED","disputeJudgedResult":"ACCEPT_BY_CUSTOMER","disputeId":"D-1"}`,
		`{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"captureAmount":{"currency":"SGD","value":"1"}}`,
		`{"notifyType":"CAPTURE_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"captureAmount":{"currency":"SGD","value":"2"}}`,
	} {
		if r.receives(delivery(r.key, own, body)); len(r.handled) != i+1 {
			t.Fatalf("%s was not handled", body)
		}
	}
}

// A proxy may write the whole address into the request line, or another path.
func TestHandlerPath(t *testing.T) {
	r := newReceiver(t)
	absolute := delivery(r.key, own, captured)
	absolute.RequestURI = "http://shop.example/hooks/apo?x=1"
	if status, _ := r.receives(absolute); status != 200 {
		t.Errorf("HTTP %d", status)
	}
	r = newReceiver(t, notify.SignedPath("/hooks/apo"))
	other := delivery(r.key, own, captured)
	other.RequestURI = "/internal"
	if status, _ := r.receives(other); status != 200 {
		t.Errorf("HTTP %d", status)
	}
}

func TestHandlerStale(t *testing.T) {
	key := newKey(t)
	at, _ := time.Parse(time.RFC3339, "2026-12-01T08:00:02+08:00")
	for late, stale := range map[time.Duration]bool{0: false, time.Hour: false, -time.Hour: false, 26 * time.Hour: true, -26 * time.Hour: true} {
		v := notify.Verifier{Keys: []*sign.PublicKey{key.Public()}, MaxAge: 25 * time.Hour, Now: func() time.Time { return at.Add(late) }}
		m, header := signed(t, key, "/hooks/apo", own, captured)
		if n, err := v.Verify(m, header); err != nil || n.Stale != stale {
			t.Errorf("%s late: stale %t, %v", late, n.Stale, err)
		}
		w := httptest.NewRecorder()
		notify.Handler(v, func(context.Context, notify.Notification) error { return nil }, notify.Reports(func(context.Context, notify.Report) {})).ServeHTTP(w, delivery(key, own, captured))
		if w.Code == 200 == stale {
			t.Errorf("%s late: HTTP %d", late, w.Code)
		}
	}
}

func TestHandlerWithoutKey(t *testing.T) {
	w := httptest.NewRecorder()
	notify.Handler(notify.Verifier{}, nil, notify.Reports(func(_ context.Context, r notify.Report) {
		if !errors.Is(r.Err, notify.ErrNoKey) {
			t.Error(r.Err)
		}
	})).ServeHTTP(w, delivery(newKey(t), own, captured))
	if w.Code != 500 {
		t.Errorf("HTTP %d", w.Code)
	}
}

// A panic of handle acknowledges nothing, and the next delivery is handled.
func TestHandlerPanic(t *testing.T) {
	eachSeen(t, func(t *testing.T, seen notify.Seen) {
		key, calls := newKey(t), 0
		h := notify.Handler(notify.Verifier{Keys: []*sign.PublicKey{key.Public()}}, func(context.Context, notify.Notification) error {
			if calls++; calls == 1 {
				panic(http.ErrAbortHandler)
			}
			return nil
		}, notify.RememberIn(seen))
		func() {
			defer func() { _ = recover() }()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, delivery(key, own, captured))
			t.Errorf("HTTP %d", w.Code)
		}()
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, delivery(key, own, captured)); w.Code != 200 || calls != 2 {
			t.Errorf("HTTP %d after %d calls", w.Code, calls)
		}
	})
}

// Of many deliveries at once of the same news one is handled. The others wait for
// its end; whoever gives up waiting is not acknowledged.
func TestInMemoryAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := notify.InMemory(10)
		var calls, repeats atomic.Int32
		hold := make(chan struct{})
		first := true
		for range 5 {
			go func() {
				before, err := seen.Once(t.Context(), "k", "d", func(context.Context) error {
					<-hold
					calls.Add(1)
					if first { // the first of them fails, another has its turn
						first = false
						return io.ErrUnexpectedEOF
					}
					return nil
				})
				if err == nil && before == "d" {
					repeats.Add(1)
				}
			}()
		}
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := seen.Once(short, "k", "d", func(context.Context) error { t.Error("handled at the same time"); return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		close(hold)
		synctest.Wait()
		if calls.Load() != 2 || repeats.Load() != 3 {
			t.Errorf("%d calls, %d repeats", calls.Load(), repeats.Load())
		}
	})
}

func TestInMemoryForgetsTheOldest(t *testing.T) {
	seen, calls := notify.InMemory(2), 0
	for _, key := range []string{"a", "b", "a", "c", "a"} {
		_, _ = seen.Once(t.Context(), key, "", func(context.Context) error { calls++; return nil })
	}
	if calls != 4 {
		t.Errorf("%d calls", calls)
	}
}

// What handle does in the transaction and that it was handled is there together
// or not at all.
func TestDatabaseIsOneTransaction(t *testing.T) {
	db, seen := openDatabase(t)
	if _, err := db.Exec("CREATE TABLE orders (id TEXT)"); err != nil {
		t.Fatal(err)
	}
	key := newKey(t)
	fails := errors.New("no stock")
	h := notify.Handler(notify.Verifier{Keys: []*sign.PublicKey{key.Public()}}, func(ctx context.Context, n notify.Notification) error {
		if _, err := notify.Tx(ctx).ExecContext(ctx, "INSERT INTO orders VALUES (?)", n.CaptureRequestID); err != nil {
			return err
		}
		return fails
	}, notify.RememberIn(seen), notify.Reports(func(context.Context, notify.Report) {}))
	for _, fails = range []error{fails, nil, nil} {
		h.ServeHTTP(httptest.NewRecorder(), delivery(key, own, captured))
	}
	var orders, news int
	if err := db.QueryRow("SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM apo_notifications)").Scan(&orders, &news); err != nil || orders != 1 || news != 1 {
		t.Errorf("%d orders, %d news, %v", orders, news, err)
	}
	if notify.Tx(t.Context()) != nil {
		t.Error("a transaction out of nowhere")
	}
}

// A database that fails acknowledges nothing.
func TestDatabaseFails(t *testing.T) {
	db, seen := openDatabase(t)
	if _, err := db.Exec("DROP TABLE apo_notifications"); err != nil {
		t.Fatal(err)
	}
	r := newReceiver(t, notify.RememberIn(seen))
	if status, _ := r.receives(delivery(r.key, own, captured)); status != 500 || len(r.handled) > 0 || !strings.Contains(r.lastError(), "no such table") {
		t.Errorf("HTTP %d, %s", status, r.lastError())
	}
	db.Close()
	if status, _ := r.receives(delivery(r.key, own, captured)); status != 500 || len(r.handled) > 0 {
		t.Errorf("HTTP %d", status)
	}
}

// Many deliveries at once over many connections: one effect.
func TestDatabaseAtOnce(t *testing.T) {
	_, seen := openDatabase(t)
	r := newReceiver(t, notify.RememberIn(seen))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { r.receives(delivery(r.key, own, captured)) })
	}
	all.Wait()
	if len(r.handled) != 1 {
		t.Errorf("handled %d times", len(r.handled))
	}
}

// PostgreSQL wants its parameters numbered. None is here: the statements are read.
func TestDatabaseDollar(t *testing.T) {
	db, _ := openDatabase(t)
	seen := notify.Database{DB: db, Dollar: true} // SQLite takes $1 as well
	for i, want := range []string{"", "d", "d"} {
		before, err := seen.Once(t.Context(), "k", "d", func(context.Context) error { return nil })
		if err != nil || before != want {
			t.Errorf("%d: %q, %v", i, before, err)
		}
	}
}

// A sender that is slow does not hold a handler for ever, and a handler that is
// slow is not cut off by the time that a sender has.
func TestHandlerSlowSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := newKey(t)
		client, server := net.Pipe()
		var handled atomic.Bool
		s := http.Server{Handler: notify.Handler(notify.Verifier{Keys: []*sign.PublicKey{key.Public()}}, func(ctx context.Context, _ notify.Notification) error {
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
				t.Error("cut off")
			}
			handled.Store(true)
			return nil
		}, notify.Reports(func(context.Context, notify.Report) {}))}
		go s.Serve(&oneConnection{connection: server, closed: make(chan struct{})})
		defer s.Close()
		go delivery(key, own, captured).Write(client)
		answer := make([]byte, 15)
		if _, err := io.ReadFull(client, answer); err != nil || string(answer) != "HTTP/1.1 200 OK" || !handled.Load() {
			t.Errorf("%q, %v", answer, err)
		}
		client.Close()

		client, server = net.Pipe()
		go s.Serve(&oneConnection{connection: server, closed: make(chan struct{})})
		go io.WriteString(client, "POST /hooks/apo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
		began := time.Now()
		if _, err := io.ReadFull(client, answer); err != nil || string(answer) != "HTTP/1.1 400 Ba" || time.Since(began) > 20*time.Second {
			t.Errorf("%q after %s, %v", answer, time.Since(began), err)
		}
		client.Close()
	})
}

// oneConnection is a listener that has one connection.
type oneConnection struct {
	connection net.Conn
	closed     chan struct{}
}

func (l *oneConnection) Accept() (net.Conn, error) {
	if c := l.connection; c != nil {
		l.connection = nil
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}
func (l *oneConnection) Close() error   { close(l.closed); return nil }
func (l *oneConnection) Addr() net.Addr { return &net.TCPAddr{} }

func eachSeen(t *testing.T, test func(*testing.T, notify.Seen)) {
	t.Run("in memory", func(t *testing.T) { test(t, notify.InMemory(100)) })
	t.Run("in a database", func(t *testing.T) {
		_, seen := openDatabase(t)
		test(t, seen)
	})
}

func openDatabase(t *testing.T) (*sql.DB, notify.Database) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "shop.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	seen := notify.Database{DB: db}
	if _, err := db.Exec(seen.Schema()); err != nil {
		t.Fatal(err)
	}
	return db, seen
}
