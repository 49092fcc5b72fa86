package listen

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

const own = "SANDBOX_5Y0000000000001"

// inbox is a journal in memory.
type inbox struct {
	mu         sync.Mutex
	taken      []journal.Reception
	deliveries []journal.Delivery
	takes      int
	hold       chan struct{} // closed when it may go on
	fails      error
}

func (b *inbox) Take(_ context.Context, came []journal.Reception) ([]journal.Reception, error) {
	if b.hold != nil {
		<-b.hold
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.takes++; b.fails != nil {
		return nil, b.fails
	}
	for i := range came {
		came[i].ID, came[i].Attempt = int64(len(b.taken)+1), 1
		b.taken = append(b.taken, came[i])
	}
	return came, nil
}

func (b *inbox) Delivered(_ context.Context, list []journal.Delivery) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deliveries = append(b.deliveries, list...)
	return b.fails
}

func (b *inbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.taken)
}

// knows is what is known of messages without a journal.
type knows struct{}

func (knows) Diagnose(context.Context, sign.Message, string, http.Header) say.Verification {
	return say.Verification{Cause: "body-edited"}
}

func (knows) Heard(_ context.Context, n notify.Notification, _ int64) say.Verified {
	return say.Verified{News: n}
}
func (knows) PaymentOf(_ context.Context, n notify.Notification) string { return n.PaymentID }

// ear is a listener under test.
type ear struct {
	*testing.T
	*Server
	inbox *inbox
	key   *sign.PrivateKey
	url   string

	stop   func()
	mu     sync.Mutex
	events []Event
}

func listenFor(t *testing.T, change func(*Config)) *ear {
	t.Helper()
	bare, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e := &ear{T: t, inbox: &inbox{}}
	if e.key, err = sign.NewPrivateKey(bare); err != nil {
		t.Fatal(err)
	}
	c := Config{
		Verifier: notify.Verifier{Keys: []*sign.PublicKey{e.key.Public()}, ClientID: own}, Inbox: e.inbox, Ack: AckForward, Now: time.Now,
		Timeout: 10 * time.Second,
		Client: &http.Client{
			Transport:     &http.Transport{DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Knows: knows{},
		Tell: func(event Event) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.events = append(e.events, event)
		},
	}
	if change != nil {
		change(&c)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.Server, e.url = Start(l, c), "http://"+l.Addr().String()
	e.stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		e.Stop(ctx)
	})
	t.Cleanup(func() { e.stop() })
	return e
}

// told are all events, once the listener has ended.
func (e *ear) told() []Event {
	e.stop()
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.events
}

// message is a notification of a payment.
func message(payment string) string {
	return `{"notifyType":"PAYMENT_RESULT","result":{"resultStatus":"S","resultCode":"SUCCESS"},"paymentRequestId":"r-` + payment +
		`","paymentId":"` + payment + `","paymentAmount":{"currency":"SGD","value":"4200"}}`
}

// post sends a body as APO does; change spoils the request.
func (e *ear) post(target, body string, change func(*http.Request)) (status int, answer string, header http.Header) {
	e.Helper()
	path, _, _ := strings.Cut(target, "?")
	m := sign.Message{Method: "POST", Path: path, ClientID: own, Time: "2026-12-01T08:00:02+08:00", Body: []byte(body)}
	signature, err := sign.Sign(e.key, "1", m)
	if err != nil {
		e.Error(err)
	}
	r, err := http.NewRequest("POST", e.url+target, strings.NewReader(body))
	if err != nil {
		e.Error(err)
		return 0, "", nil
	}
	r.Header.Set("Client-Id", m.ClientID)
	r.Header.Set("Request-Time", m.Time)
	r.Header.Set("Signature", signature)
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	if change != nil {
		change(r)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Do(r)
	if err != nil {
		return 0, err.Error(), nil
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		e.Error(err)
	}
	return got.StatusCode, string(text), got.Header
}

func received(status int, header http.Header, body string) bool {
	return notify.Judge(status, header, []byte(body)).Received
}

// targetThat is a merchant's server.
func targetThat(t *testing.T, answer http.HandlerFunc) func(*Config) {
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return func(c *Config) { c.Target, _ = url.Parse(s.URL) }
}

// rawly answers with bytes that no server of Go's would send.
func rawly(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, text)
	}
}

// What verified is written down before it is acknowledged.
func TestWrittenThenAcknowledged(t *testing.T) {
	e := listenFor(t, nil)
	e.inbox.hold = make(chan struct{})
	answered := make(chan bool, 1)
	go func() {
		status, body, header := e.post("/hooks/apo?shop=1", message("p1"), nil)
		answered <- received(status, header, body)
	}()
	select {
	case <-answered:
		t.Error("answered before it was written")
	case e.inbox.hold <- struct{}{}:
	}
	if !<-answered {
		t.Error("not acknowledged")
	}
	close(e.inbox.hold)
	events := e.told()
	r := e.inbox.taken[0]
	if len(events) != 1 || !events[0].Received.Acknowledged || r.Target != "/hooks/apo?shop=1" || string(r.Body) != message("p1") || !r.Verified || r.Kind != notify.KindPaymentResult {
		t.Errorf("%+v", r)
	}
}

// A full disk acknowledges nothing, and says so.
func TestNotWrittenNotAcknowledged(t *testing.T) {
	reached := false
	e := listenFor(t, targetThat(t, func(http.ResponseWriter, *http.Request) { reached = true }))
	e.inbox.fails = errors.New("database or disk is full")
	status, body, header := e.post("/", message("p1"), nil)
	if events := e.told(); status != 500 || received(status, header, body) || len(events) != 1 || events[0].Received.Refused == nil || reached {
		t.Errorf("HTTP %d, handed on %t, %+v", status, reached, events)
	}
}

// Many at once cost few transactions; one that cannot be written holds up nobody.
func TestWrittenTogether(t *testing.T) {
	e := listenFor(t, nil)
	e.inbox.hold = make(chan struct{})
	var all sync.WaitGroup
	var acknowledged atomic.Int32
	for i := range 50 {
		all.Go(func() {
			if status, body, header := e.post("/", message(fmt.Sprint("p", i)), nil); received(status, header, body) {
				acknowledged.Add(1)
			}
		})
	}
	go func() {
		for range 50 { // far more than needed
			select {
			case e.inbox.hold <- struct{}{}:
			case <-time.After(5 * time.Second):
				return
			}
		}
	}()
	all.Wait()
	if acknowledged.Load() != 50 || e.inbox.count() != 50 || e.inbox.takes >= 50 {
		t.Errorf("%d acknowledged, %d written in %d transactions", acknowledged.Load(), e.inbox.count(), e.inbox.takes)
	}
}

// A target gets every byte and header, and the sender its answer, as they are. Nobody
// else says that something verified.
func TestHandedOnAsItCame(t *testing.T) {
	var got *http.Request
	var body []byte
	e := listenFor(t, targetThat(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Shop", "yes")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(302)
		io.WriteString(w, "moved")
	}))
	raw := " " + message("p1") + "\n"
	status, answer, header := e.post("/hooks/apo?shop=1", raw, func(r *http.Request) {
		r.Header.Set("Apo-Verified", "perhaps")
		r.Header["x-tunnel"] = []string{"a", "b"}
		r.Header.Set("Connection", "X-Private")
		r.Header.Set("X-Private", "1")
	})
	if status != 302 || answer != "moved" || header.Get("X-Shop") != "yes" || header.Get("Location") != "/elsewhere" {
		t.Errorf("the sender got HTTP %d %q %v", status, answer, header)
	}
	if string(body) != raw || got.RequestURI != "/hooks/apo" || got.Header.Get("Apo-Verified") != "true" || len(got.Header["X-Tunnel"]) != 2 || got.Header.Get("X-Private") != "" {
		t.Errorf("the target got %s %q %v", got.RequestURI, body, got.Header)
	}
	m := sign.Message{Method: got.Method, Path: "/hooks/apo", ClientID: got.Header.Get("Client-Id"), Time: got.Header.Get("Request-Time"), Body: body}
	if _, err := (notify.Verifier{Keys: []*sign.PublicKey{e.key.Public()}}).Verify(m, got.Header.Get("Signature")); err != nil {
		t.Error(err)
	}
	events := e.told()
	d := events[1].Delivered
	if !d.WithoutQuery || d.Judgement.Received || d.Again != 2*time.Minute || e.inbox.deliveries[0].Reception != 1 || e.inbox.deliveries[0].Why != d.Judgement.Why {
		t.Errorf("%+v", d)
	}
}

// A query goes on where it was signed, or where nothing verified.
func TestQueryGoesOnIfSigned(t *testing.T) {
	seen := make(chan string, 1)
	e := listenFor(t, targetThat(t, func(_ http.ResponseWriter, r *http.Request) { seen <- r.RequestURI }))
	for _, c := range []struct{ signed, want string }{
		{"/hook", "/hook"}, {"/hook?paymentId=9", "/hook?paymentId=9"}, {"/other", "/hook?paymentId=9"},
	} {
		e.post("/hook?paymentId=9", message("p1"), func(r *http.Request) {
			m := sign.Message{Method: "POST", Path: c.signed, ClientID: own, Time: r.Header.Get("Request-Time"), Body: []byte(message("p1"))}
			signature, err := sign.Sign(e.key, "1", m)
			if err != nil {
				t.Error(err)
			}
			r.Header.Set("Signature", signature)
		})
		if got := <-seen; got != c.want {
			t.Errorf("signed %s: the target sees %s, want %s", c.signed, got, c.want)
		}
	}
}

// Whether a message verified says apo alone, and no header of the sender's takes away
// what was signed.
func TestNobodyElseVouches(t *testing.T) {
	seen := make(chan http.Header, 1)
	e := listenFor(t, targetThat(t, func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }))
	for _, connection := range []string{"", "Apo-Verified, close", "Signature, client-id, request-time, apo-verified, X-Private"} {
		e.post("/", message("p1"), func(r *http.Request) {
			for _, name := range []string{"Apo_Verified", "apo_verified", "APO-VERIFIED", "Apo.Verified", "client_id"} {
				r.Header[name] = []string{"true"}
			}
			r.Header["Connection"] = []string{connection}
			r.Header.Set("X-Private", "1")
			r.Header.Set("Client-Id", "somebody")
		})
		var like []string
		got := <-seen
		for name := range got {
			if strings.Contains(strings.ToLower(name), "verified") || strings.Contains(strings.ToLower(name), "client") {
				like = append(like, name)
			}
		}
		if got.Get("Apo-Verified") != "false" || len(like) != 2 || got.Get("Signature") == "" || got.Get("Client-Id") != "somebody" || got.Get("Request-Time") == "" {
			t.Errorf("Connection: %s: %q", connection, got)
		}
		if private := got.Get("X-Private"); (private == "") != strings.Contains(connection, "X-Private") {
			t.Errorf("Connection: %s: X-Private: %q", connection, private)
		}
	}
}

// What does not verify is refused, or said so to the target.
func TestWhatDoesNotVerify(t *testing.T) {
	var verified []string
	target := targetThat(t, func(w http.ResponseWriter, r *http.Request) {
		verified = append(verified, r.Header.Get("Apo-Verified"))
		_ = notify.Acknowledge(w)
	})
	spoilt := func(r *http.Request) { r.Header.Set("Request-Time", "2026-12-01T08:00:03+08:00") }
	for _, c := range []struct {
		name    string
		change  func(*Config)
		status  int
		reached bool
	}{
		{"no target", nil, 400, false},
		{"a target", target, 200, true},
		{"a target that does not want it", func(c *Config) { target(c); c.DropInvalid = true }, 400, false},
		{"always", func(c *Config) { c.Ack = AckAlways }, 400, false},
	} {
		verified = nil
		e := listenFor(t, c.change)
		status, _, _ := e.post("/", message("p1"), spoilt)
		events := e.told()
		if status != c.status || (len(verified) == 1) != c.reached || c.reached && verified[0] != "false" {
			t.Errorf("%s: HTTP %d, target %v", c.name, status, verified)
		}
		if r := events[0].Received; r.Err == nil || r.Cause != "body-edited" || r.News.Kind != "" || e.inbox.taken[0].Verified {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

// Another client's news verifies and is acknowledged; for the target it is none.
func TestAnotherClientsNews(t *testing.T) {
	var verified []string
	target := targetThat(t, func(w http.ResponseWriter, r *http.Request) {
		verified = append(verified, r.Header.Get("Apo-Verified"))
		_ = notify.Acknowledge(w)
	})
	for _, c := range []struct {
		name    string
		change  func(*Config)
		reached bool
	}{
		{"a target", target, true},
		{"a target that does not want it", func(c *Config) { target(c); c.DropInvalid = true }, false},
		{"a command", func(c *Config) { c.Command = []string{"sh", "-c", `test "$APO_VERIFIED" = false`} }, false},
	} {
		verified = nil
		e := listenFor(t, func(config *Config) { c.change(config); config.Verifier.ClientID = "SANDBOX_5Y9999999999999" })
		status, _, _ := e.post("/", message("p1"), nil)
		if status != 200 || (len(verified) == 1) != c.reached || c.reached && verified[0] != "false" {
			t.Errorf("%s: HTTP %d, target %v", c.name, status, verified)
		}
		if r := e.told()[0].Received; r.Err != nil || !r.News.OtherClient || !e.inbox.taken[0].OtherClient {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

// The sender has its answer before anybody has found out why.
func TestTheSenderDoesNotWaitForTheDiagnosis(t *testing.T) {
	answered, found := make(chan int), make(chan struct{})
	e := listenFor(t, func(c *Config) { c.Knows = slow{found: found} })
	go func() {
		status, _, _ := e.post("/", message("p1"), func(r *http.Request) { r.Header.Set("Request-Time", "1") })
		answered <- status
	}()
	if status := <-answered; status != 400 {
		t.Errorf("HTTP %d", status)
	}
	close(found)
	if events := e.told(); len(events) != 1 || events[0].Received.Found == nil {
		t.Errorf("%+v", events)
	}
}

// slow takes its time to find out.
type slow struct {
	knows
	found chan struct{}
}

func (s slow) Diagnose(ctx context.Context, m sign.Message, signature string, h http.Header) say.Verification {
	<-s.found
	return s.knows.Diagnose(ctx, m, signature, h)
}

// Headers twice, or a body that readers would disagree about: nobody vouches.
func TestDoubtfulMessages(t *testing.T) {
	e := listenFor(t, nil)
	for name, send := range map[string]func() int{
		"two signatures": func() int {
			status, _, _ := e.post("/", message("p1"), func(r *http.Request) { r.Header.Add("Signature", "x") })
			return status
		},
		"no signature": func() int {
			status, _, _ := e.post("/", message("p1"), func(r *http.Request) { r.Header.Del("Signature") })
			return status
		},
		"a key twice": func() int { status, _, _ := e.post("/", `{"a":1,"a":2}`, nil); return status },
	} {
		if status := send(); status != 400 {
			t.Errorf("%s: HTTP %d", name, status)
		}
	}
	for _, event := range e.told() {
		if event.Received.Reception.Verified || event.Received.Cause == "" {
			t.Errorf("%+v", event.Received)
		}
	}
}

// News of one payment goes on in its order; others do not wait for it.
func TestOrder(t *testing.T) {
	hold := make(chan struct{})
	var mu sync.Mutex
	var seen []string
	e := listenFor(t, targetThat(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n, _ := notify.Read(body)
		mu.Lock()
		seen = append(seen, n.PaymentID+n.Amount.Value)
		first := len(seen) == 1
		mu.Unlock()
		if first {
			<-hold
		}
		_ = notify.Acknowledge(w)
	}))
	numbered := func(payment string, n int) string { return strings.Replace(message(payment), "4200", fmt.Sprint(n), 1) }
	var all sync.WaitGroup
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(seen) }
	all.Go(func() { e.post("/", numbered("A", 0), nil) })
	until(t, func() bool { return count() == 1 })
	for i := 1; i < 4; i++ {
		all.Go(func() { e.post("/", numbered("A", i), nil) })
		until(t, func() bool { return e.places("A") == i+1 })
	}
	e.post("/", numbered("B", 9), nil)
	if count() != 2 {
		t.Errorf("%v", seen)
	}
	close(hold)
	all.Wait()
	mu.Lock()
	defer mu.Unlock()
	if strings.Join(seen, " ") != "A0 B9 A1 A2 A3" {
		t.Errorf("%v", seen)
	}
	e.stop() // an answer is read before its message is through
	if len(e.order.last) != 0 {
		t.Errorf("%d payments are remembered", len(e.order.last))
	}
}

// places is how many have taken a place in the line of a payment.
func (e *ear) places(payment string) int {
	e.order.mu.Lock()
	defer e.order.mu.Unlock()
	return e.order.taken
}

// until waits for what other goroutines are to do.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen")
		}
	}
}

func TestTargetsThatFail(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, c := range []struct {
		name   string
		change func(*Config)
		status int
		why    string
	}{
		{"nobody there", func(c *Config) { c.Target, _ = url.Parse(gone.URL) }, 502, "nothing listens there"},
		{"another protocol", targetThat(t, rawly("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")), 502, "HTTP 101 is no answer to a notification"},
		{"no header", targetThat(t, rawly("HTTP/1.1 200 OK\r\nowned by me\r\n\r\n")), 502, "what it sent is not HTTP"},
		{"no status", targetThat(t, rawly("owned by me\r\n\r\n")), 502, "what it sent is not HTTP"},
		{"no length", targetThat(t, rawly("HTTP/1.1 200 OK\r\nContent-Length: owned\r\n\r\n")), 502, "what it sent is not HTTP"},
		{"too slow", func(c *Config) {
			targetThat(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body); <-r.Context().Done() })(c)
			c.Timeout = 50 * time.Millisecond
		}, 504, "no answer within 50ms"},
		{"an answer without end", targetThat(t, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 64<<10)); err != nil {
					return
				}
			}
		}), 502, "more than 1048576 bytes"},
		{"an answer that breaks off", targetThat(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}), 502, "before the end of its answer"},
		{"one that hangs up", targetThat(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), 502, "hung up"},
		{"a command that fails", func(c *Config) { c.Command = []string{"false"} }, 502, "exit code 1"},
		{"a command that is not there", func(c *Config) { c.Command = []string{t.TempDir() + "/none"} }, 502, "no such file"},
	} {
		e := listenFor(t, c.change)
		status, _, _ := e.post("/", message("p1"), nil)
		events := e.told()
		if d := events[1].Delivered; status != c.status || !strings.Contains(d.Judgement.Why, c.why) || d.Judgement.Received || d.Again == 0 {
			t.Errorf("%s: HTTP %d, %+v", c.name, status, d)
		}
	}
}

// A command gets the body, and its exit code answers.
func TestCommand(t *testing.T) {
	file := t.TempDir() + "/body"
	e := listenFor(t, func(c *Config) {
		c.Command = []string{"sh", "-c", `cat > "$0"; test "$APO_VERIFIED" = true && test -z "$HOME"`, file}
		c.Environment = []string{"PATH=" + os.Getenv("PATH")}
	})
	status, body, header := e.post("/", message("p1"), nil)
	got, err := os.ReadFile(file)
	if !received(status, header, body) || err != nil || string(got) != message("p1") {
		t.Errorf("HTTP %d %s, %q, %v", status, body, got, err)
	}
}

func TestAcks(t *testing.T) {
	fails := targetThat(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	for _, c := range []struct {
		ack     Ack
		change  func(*Config)
		status  int
		handed  bool
		promise time.Duration // until it comes again
	}{
		{AckForward, nil, 200, false, 0},
		{AckNever, nil, 503, false, 2 * time.Minute},
		{AckAlways, nil, 200, false, 0},
		{AckForward, fails, 500, true, 2 * time.Minute},
		{AckNever, fails, 503, true, 2 * time.Minute},
		{AckAlways, fails, 200, true, 0},
	} {
		e := listenFor(t, func(config *Config) {
			if config.Ack = c.ack; c.change != nil {
				c.change(config)
			}
		})
		status, _, _ := e.post("/", message("p1"), nil)
		events := e.told()
		promise := events[0].Received.Again
		if len(events) == 2 {
			promise = events[1].Delivered.Again
		}
		if status != c.status || (len(events) == 2) != c.handed || promise != c.promise {
			t.Errorf("%s, target %t: HTTP %d, %d events, again in %s", c.ack, c.handed, status, len(events), promise)
		}
	}
}

// Kinds that nobody wants are acknowledged, and neither handed on nor told.
func TestKinds(t *testing.T) {
	reached := 0
	e := listenFor(t, func(c *Config) {
		targetThat(t, func(w http.ResponseWriter, _ *http.Request) { reached++; _ = notify.Acknowledge(w) })(c)
		c.Kinds = []notify.Kind{notify.KindRefundResult}
	})
	status, _, _ := e.post("/", message("p1"), nil)
	if events := e.told(); status != 200 || reached != 0 || len(events) != 0 || e.inbox.count() != 1 {
		t.Errorf("HTTP %d, reached %d, %d events, %d written", status, reached, len(events), e.inbox.count())
	}
}

// The signature is over one path, and the target sees another: its own verification
// must fail.
func TestOtherPathIsTold(t *testing.T) {
	e := listenFor(t, func(c *Config) {
		targetThat(t, func(w http.ResponseWriter, _ *http.Request) { _ = notify.Acknowledge(w) })(c)
		c.Target.Path = "/api/apo"
	})
	e.post("/hooks/apo", message("p1"), nil)
	e.post("/api/apo?x=1", message("p2"), nil)
	if events := e.told(); events[1].Delivered.OtherPath != "/api/apo" || events[3].Delivered.OtherPath != "" {
		t.Errorf("%+v", events)
	}
}

// A request line with # names something that no target could be given.
func TestFragmentIsRefused(t *testing.T) {
	e := listenFor(t, targetThat(t, func(_ http.ResponseWriter, r *http.Request) { t.Error("handed on as " + r.RequestURI) }))
	c, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "POST /#x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	if got, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 400 ") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestStrangers(t *testing.T) {
	e := listenFor(t, func(c *Config) { c.Path = "/hooks/apo" })
	for _, c := range []struct {
		method, path string
		body         io.Reader
		status       int
	}{
		{"GET", "/healthz", nil, 200},
		{"POST", "/healthz", nil, 404},
		{"GET", "/hooks/apo", nil, 405},
		{"PUT", "/hooks/apo", nil, 405},
		{"POST", "/hooks", nil, 404},
		{"POST", "/hooks/apo/", nil, 404},
		{"POST", "/hooks/apo", bytes.NewReader(make([]byte, 10<<20)), 413},
	} {
		r, err := http.NewRequest(c.method, e.url+c.path, c.body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Expect", "100-continue") // or the answer may be lost while it still sends
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
			continue
		}
		got.Body.Close()
		if got.StatusCode != c.status {
			t.Errorf("%s %s: HTTP %d, want %d", c.method, c.path, got.StatusCode, c.status)
		}
	}
	if e.told(); e.inbox.count() != 0 {
		t.Errorf("%d were written", e.inbox.count())
	}
}

// Hundreds that dawdle do not hold up one that does not.
func TestSlowSenders(t *testing.T) {
	e := listenFor(t, nil)
	address := strings.TrimPrefix(e.url, "http://")
	for i := range 500 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Skipf("this machine gives %d connections", i)
		}
		defer c.Close()
		text := "POST / HTTP/1.1\r\nHost: x\r\n"
		if i%2 == 0 {
			text += "Content-Length: 100\r\n\r\n{"
		}
		io.WriteString(c, text)
	}
	start := time.Now()
	if status, _, _ := e.post("/", message("p1"), nil); status != 200 || time.Since(start) > 5*time.Second {
		t.Errorf("HTTP %d after %s", status, time.Since(start))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	e.Stop(ctx) // does not wait for them longer than it may
	e.stop = func() {}
}

// Whatever was on its way when the listener is stopped is written, handed on and
// answered.
func TestStopInTheMiddle(t *testing.T) {
	begun, hold := make(chan struct{}), make(chan struct{})
	e := listenFor(t, targetThat(t, func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-hold
		_ = notify.Acknowledge(w)
	}))
	answered := make(chan int, 1)
	go func() { status, _, _ := e.post("/", message("p1"), nil); answered <- status }()
	<-begun
	stopped := make(chan struct{})
	go func() { e.stop(); close(stopped) }()
	until(t, func() bool {
		c, err := net.Dial("tcp", e.listener.Addr().String())
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	close(hold)
	<-stopped
	if status := <-answered; status != 200 || e.inbox.count() != 1 || len(e.inbox.deliveries) != 1 {
		t.Errorf("HTTP %d, %d written, %d deliveries", status, e.inbox.count(), len(e.inbox.deliveries))
	}
}

// A target that hangs does not hold up the end for ever.
func TestStopCutsOff(t *testing.T) {
	begun := make(chan struct{})
	e := listenFor(t, func(c *Config) {
		targetThat(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			close(begun)
			<-r.Context().Done()
		})(c)
		c.Timeout = 0
	})
	go e.post("/", message("p1"), nil)
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	done := make(chan struct{})
	go func() { e.Stop(ctx); close(done) }()
	e.stop = func() {}
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	if len(e.inbox.deliveries) != 1 || e.inbox.deliveries[0].Received {
		t.Errorf("%+v", e.inbox.deliveries)
	}
}

// A listener whose socket has gone says so.
func TestDeaf(t *testing.T) {
	e := listenFor(t, nil)
	if err := e.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.listener.Close()
	if err := e.Check(t.Context()); err == nil {
		t.Error("it is said to be well")
	}
	select {
	case err := <-e.Failed():
		if err == nil {
			t.Error("without a reason")
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not say so")
	}
}
