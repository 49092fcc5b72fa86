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
	"slices"
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
	faults := append([]sandbox.Fault{{Stage: sandbox.StageNotification}}, sandbox.Faults()...)
	for _, kept := range []string{"in memory", "in a database"} {
		for _, f := range faults {
			if kept != "in memory" && f.Stage != sandbox.StageNotification {
				continue
			}
			t.Run(kept+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { booksOnce(t, f, kept == "in a database") })
			})
		}
	}
}

func booksOnce(t *testing.T, f sandbox.Fault, inDatabase bool) {
	m, r := newShop(t, sandbox.Config{})
	b := newMerchantBooks(m, inDatabase)
	r.answer = func(n int) (int, string) { return b.receives(r.all()[n]) }
	apis := []string{f.APIs}
	if f.APIs == "any" || f.APIs == "moving" {
		apis = []string{"pay", "capture", "refund"}
	}
	for _, api := range apis {
		if f.Name != "" {
			m.will(api, sandbox.Outcome{Fault: f.Name})
		}
	}
	m.buys()
	time.Sleep(26 * time.Hour)
	synctest.Wait()
	b.fit(f)
}

// buys pays, captures and refunds, is declined once, and does not look at answers,
// which a fault may have spoiled.
func (m *merchant) buys() {
	ask := func(api, id, payment, card string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if api == "pay" {
			_, _ = m.client.Pay(ctx, m.request(id, "1000", card))
			return
		}
		_, _ = m.ask(ctx, api, id, payment)
	}
	ask("pay", "p", "", "visa")
	ask("pay", "d", "", "visa-declined")
	time.Sleep(time.Minute) // what is answered late is there
	p, found, err := m.box.Payment("p")
	must(m.T, err)
	if found {
		ask("capture", "c", p.PaymentID, "")
		time.Sleep(time.Minute)
		ask("refund", "r", p.PaymentID, "")
	}
}

// merchantBooks are what a merchant makes of notifications.
type merchantBooks struct {
	*merchant
	key     *sign.PublicKey
	handler http.Handler
	db      *sql.DB // nil: they are kept in memory

	mu      sync.Mutex
	tried   map[string]bool
	booked  map[string]int // how often: "captured c SGD 1000"
	differs int
	refused int // deliveries that are not to be booked
}

func newMerchantBooks(m *merchant, inDatabase bool) *merchantBooks {
	b := &merchantBooks{merchant: m, key: m.box.Credentials().AntomKey, tried: map[string]bool{}, booked: map[string]int{}}
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
	return fmt.Sprintf("%s %s %s %s", n.Meaning(), cmp.Or(n.CaptureRequestID, n.RefundRequestID, n.PaymentRequestID), n.Amount.Currency, n.Amount.Value)
}

func (b *merchantBooks) report(_ context.Context, r notify.Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if errors.Is(r.Err, notify.ErrDiffers) {
		b.differs++
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
		b.mu.Lock()
		b.refused++
		b.mu.Unlock()
		if w.Code != 400 && w.Code != 403 {
			b.Errorf("HTTP %d to what is not to be believed: %v %s", w.Code, header, d.body)
		}
	}
	return w.Code, w.Body.String()
}

// fit compares the books with all that the sandbox had to tell.
func (b *merchantBooks) fit(f sandbox.Fault) {
	list, err := b.box.Notifications(100)
	must(b.T, err)
	want := map[string]int{}
	for _, told := range list {
		n, err := notify.Read(told.Body)
		must(b.T, err)
		state := sandbox.Accepted
		if f.Name == "notify-lost" {
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
	if b.db != nil {
		var all, once int
		must(b.T, b.db.QueryRow("SELECT count(*), count(DISTINCT what) FROM booked").Scan(&all, &once))
		if all != len(want) || once != len(want) {
			b.Errorf("%d bookings of %d are in the database, want %d", all, once, len(want))
		}
	}
	if f.Stage != sandbox.StageNotification {
		return
	}
	spoiled := slices.Contains([]string{"notify-other-key", "notify-changed", "notify-stale", "notify-other-client", "notify-unsigned", "notify-other-path"}, f.Name)
	told, refused, differs := 4, 0, map[string]int{"notify-doubled": 4, "capture-twice": 1}[f.Name]
	if spoiled {
		refused = 4
	}
	if f.Name == "notify-lost" {
		told = 0
	}
	if len(want) != told || b.refused != refused || b.differs != differs {
		b.Errorf("%d news, %d refused, %d that differ; want %d, %d, %d", len(want), b.refused, b.differs, told, refused, differs)
	}
}
