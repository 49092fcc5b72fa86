package sandbox_test

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	_ "modernc.org/sqlite"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// Whatever goes wrong on the way, a merchant with [notify.Handler] books each piece
// of news once, though its first try at it fails. What does not verify, or is stale,
// or is another client's, it does not book, and has by a later delivery.
func TestHandlerBooksOnce(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{"in memory", "in a database"} {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m, r := newShop(t, sandbox.Config{})
				b := newMerchantBooks(m, kept == "in a database")
				r.answer = func(n int) (int, string) { return b.receives(r.all()[n]) }
				b.buys("plain")
				for _, f := range sandbox.Faults() {
					apis := []string{f.APIs}
					if f.APIs == "any" || f.APIs == "moving" {
						apis = []string{"pay", "capture", "refund"}
					}
					if b.db != nil && f.Stage != sandbox.StageNotification {
						continue
					}
					var rules []int64
					for _, api := range apis {
						rules = append(rules, m.will(api, sandbox.Outcome{Fault: f.Name}))
					}
					b.buys(f.Name)
					for _, rule := range rules {
						m.unrule(rule)
					}
				}
				time.Sleep(26 * time.Hour)
				synctest.Wait()
				b.fit()
			})
		})
	}
}

// buys pays, captures and refunds under IDs that begin with the name of a fault. It
// does not look at the answers, which the fault may have spoiled.
func (b *merchantBooks) buys(fault string) {
	b.Helper()
	ask := func(api, id, payment string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, _ = b.ask(ctx, api, fault+id, payment)
	}
	ask("pay", "/p", "")
	time.Sleep(time.Minute) // what becomes of it late is there
	p, found, err := b.box.Payment(fault + "/p")
	must(b.T, err)
	if found {
		ask("capture", "/c", p.PaymentID)
		time.Sleep(time.Minute)
		ask("refund", "/r", p.PaymentID)
	}
}

// merchantBooks are what a merchant makes of notifications.
type merchantBooks struct {
	*merchant
	key     *sign.PublicKey
	handler http.Handler
	db      *sql.DB // nil: they are kept in memory

	mu               sync.Mutex
	tried            map[string]bool
	booked           map[string]int // how often: "captured delay/c SGD 1000"
	refused, differs map[string]int // deliveries that are not to be booked, and such as were acknowledged all the same, by fault
}

func newMerchantBooks(m *merchant, inDatabase bool) *merchantBooks {
	b := &merchantBooks{
		merchant: m, key: m.box.Credentials().AntomKey,
		tried: map[string]bool{}, booked: map[string]int{}, refused: map[string]int{}, differs: map[string]int{},
	}
	seen := notify.InMemory(1000)
	if inDatabase {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(m.TempDir(), "shop.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)")
		must(m.T, err)
		m.Cleanup(func() { db.Close() })
		table := notify.Database{DB: db}
		for _, statement := range []string{table.Schema(), "CREATE TABLE booked (what TEXT)"} {
			_, err := db.Exec(statement)
			must(m.T, err)
		}
		b.db, seen = db, table
	}
	v := notify.Verifier{Keys: []*sign.PublicKey{b.key}, ClientID: sandbox.ClientID, MaxAge: 25 * time.Hour}
	b.handler = notify.Handler(v, b.book, notify.RememberIn(seen), notify.Reports(b.report))
	return b
}

// book fails at the first try, after it booked.
func (b *merchantBooks) book(ctx context.Context, n notify.Notification) error {
	what := booking(n)
	if b.db != nil {
		if _, err := notify.Tx(ctx).ExecContext(ctx, "INSERT INTO booked VALUES (?)", what); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.tried[what] {
		b.tried[what] = true
		return errors.New("the order is not there yet")
	}
	b.booked[what]++
	return nil
}

func booking(n notify.Notification) string {
	return fmt.Sprintf("%s %s %s %s", n.Meaning(), requestOf(n), n.Amount.Currency, n.Amount.Value)
}

func requestOf(n notify.Notification) string {
	return cmp.Or(n.CaptureRequestID, n.RefundRequestID, n.PaymentRequestID)
}

// faultOf is the fault that a notification came by.
func faultOf(n notify.Notification) string {
	fault, _, _ := strings.Cut(requestOf(n), "/")
	return fault
}

func (b *merchantBooks) report(_ context.Context, r notify.Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if errors.Is(r.Err, notify.ErrDiffers) {
		b.differs[faultOf(r.Notification)]++
	}
}

// receives wants no acknowledgement of what the merchant must not believe.
func (b *merchantBooks) receives(d delivery) (status int, answer string) {
	header := http.Header{}
	for name, values := range d.header {
		header[http.CanonicalHeaderKey(name)] = values // as they are once they were on a wire
	}
	said := sign.Message{Method: "POST", Path: d.url.EscapedPath(), ClientID: sandbox.ClientID, Time: header.Get("Request-Time"), Body: d.body}
	at, err := apo.ParseTime(said.Time)
	must(b.T, err)
	believable := sign.Verify(b.key, said, header.Get("Signature")) == nil && d.at.Sub(at) < 25*time.Hour
	request := httptest.NewRequest("POST", d.url.RequestURI(), bytes.NewReader(d.body))
	request.Header = header
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, request)
	if !believable {
		n, err := notify.Read(d.body)
		must(b.T, err)
		b.mu.Lock()
		b.refused[faultOf(n)]++
		b.mu.Unlock()
		if w.Code != 400 && w.Code != 403 {
			b.Errorf("HTTP %d to what is not to be believed: %v %s", w.Code, header, d.body)
		}
	}
	return w.Code, w.Body.String()
}

// fit compares the books with all that the sandbox had to tell.
func (b *merchantBooks) fit() {
	list, err := b.box.Notifications(1000)
	must(b.T, err)
	want := map[string]int{}
	for _, told := range list {
		n, err := notify.Read(told.Body)
		must(b.T, err)
		state := sandbox.Accepted
		if faultOf(n) == "notify-lost" {
			state = sandbox.GivenUp
		} else {
			want[booking(n)] = 1
		}
		if told.State != state {
			b.Errorf("%s: %s, %+v", told.RequestID, told.State, told.Attempts)
		}
	}
	if !maps.Equal(b.booked, want) {
		b.Errorf("booked %v, want %v", b.booked, want)
	}
	for _, f := range append(sandbox.Faults(), sandbox.Fault{Name: "plain", Stage: sandbox.StageNotification}) {
		if f.Stage != sandbox.StageNotification || f.Name == "notify-lost" {
			continue
		}
		for _, what := range []string{"authorized %s/p SGD 1000", "captured %s/c SGD 1000", "refunded %s/r SGD 1000"} {
			if what = fmt.Sprintf(what, f.Name); want[what] != 1 {
				b.Errorf("nothing told: %s", what)
			}
		}
	}
	if b.db != nil {
		var all, once int
		must(b.T, b.db.QueryRow("SELECT count(*), count(DISTINCT what) FROM booked").Scan(&all, &once))
		if all != len(want) || once != len(want) {
			b.Errorf("%d bookings of %d are in the database, want %d", all, once, len(want))
		}
	}
	if want := map[string]int{
		"notify-other-key": 3, "notify-changed": 3, "notify-stale": 3, "notify-other-client": 3, "notify-unsigned": 3, "notify-other-path": 3,
	}; !maps.Equal(b.refused, want) {
		b.Errorf("refused %v, want %v", b.refused, want)
	}
	if want := map[string]int{"notify-doubled": 3, "capture-twice": 1}; !maps.Equal(b.differs, want) {
		b.Errorf("differs: %v, want %v", b.differs, want)
	}
}

// The log tells what a delivery took, though the books of a clock that was moved do
// not keep it.
func TestLogTellsWhatADeliveryTook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var took []time.Duration
		m, r := newShop(t, sandbox.Config{Time: noon(), Passive: true, Log: func(e sandbox.Event) {
			if e.Delivery {
				took = append(took, e.Took)
			}
		}})
		r.answer = func(int) (int, string) { time.Sleep(3 * time.Second); return 200, acknowledgement }
		m.pay("SUCCESS", "a", "1000", "visa")
		m.delivers(1)
		if got := m.news().Attempts[0].TookMs; got != 0 || len(took) != 1 || took[0] != 3*time.Second {
			t.Errorf("the log says %s, the books %v ms", took, got)
		}
	})
}
