// For keys that are too short for anything but a test.
//go:debug rsa1024min=0

package operate_test

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/operate"
	"github.com/apo-cli/apo/pkg/sign"
)

const (
	clientID = "SANDBOX_5Y0000000000001"
	payID    = "20250101194010890100111600255676857"
	otherID  = "20250101194010890100111600299999999"

	payBody = `{"paymentRequestId":"p-1","paymentAmount":{"currency":"SGD","value":"4200"},"order":{"referenceOrderId":"o-1"},` +
		`"paymentMethod":{"paymentMethodType":"CARD","paymentMethodMetaData":{"cardNo":"4054695723100768","expiryYear":"35","expiryMonth":"11"}}}`
	captureBody = `{"captureRequestId":"c-1","paymentId":"` + payID + `","captureAmount":{"currency":"SGD","value":"4200"}}`
	refundBody  = `{"refundRequestId":"r-1","paymentId":"` + payID + `","refundAmount":{"currency":"SGD","value":"4200"}}`
	cancelBody  = `{"paymentId":"` + payID + `"}`
)

func bodyOf(api string) string {
	return map[string]string{"pay": payBody, "capture": captureBody, "refund": refundBody, "cancel": cancelBody}[api]
}

// idsOf are the IDs that a gateway's own answer to such a body may carry.
func idsOf(api string) string {
	return map[string]string{
		"pay": `"paymentRequestId":"p-1"`, "capture": `"captureRequestId":"c-1"`, "refund": `"refundRequestId":"r-1"`, "cancel": `"paymentId":"` + payID + `"`,
	}[api]
}

// said is an answer of the gateway: its result, and members of the object.
func said(status, code string, members ...string) string {
	all := append([]string{`"result":{"resultStatus":"` + status + `","resultCode":"` + code + `","resultMessage":"as told"}`}, members...)
	return "{" + strings.Join(all, ",") + "}"
}

// payment is what inquiryPayment tells of the payment of all the bodies above.
func payment(status, code string, entries ...string) string {
	return paymentOf("4200", payID, "p-1", status, code, entries...)
}

func paymentOf(value, id, request, status, code string, entries ...string) string {
	return said("S", "SUCCESS", `"paymentId":"`+id+`","paymentRequestId":"`+request+`"`, `"paymentStatus":"`+status+`","paymentResultCode":"`+code+`"`,
		`"paymentAmount":`+amount("SGD", value), `"transactions":[`+strings.Join(entries, ",")+`]`)
}

// entry is one of the transactions of a payment; kind is "CAPTURE" or "REFUND".
func entry(kind, request, status, resultStatus, code, value string) string {
	return `{"transactionType":"` + kind + `","transactionStatus":"` + status + `","transactionRequestId":"` + request + `","transactionId":"t-` + request + `",` +
		`"transactionAmount":` + amount("SGD", value) + `,"transactionResult":{"resultStatus":"` + resultStatus + `","resultCode":"` + code + `","resultMessage":"as told"}}`
}

func amount(currency, value string) string {
	return `{"currency":"` + currency + `","value":"` + value + `"}`
}

// refunded is what inquiryRefund tells of the refund r-1.
func refunded(status string, at time.Time) string {
	return said("S", "SUCCESS", `"refundRequestId":"r-1"`, `"refundAmount":`+amount("SGD", "4200"), `"refundStatus":"`+status+`","refundTime":"`+at.Format(time.RFC3339)+`"`)
}

const notFound = `{"result":{"resultStatus":"F","resultCode":"ORDER_NOT_EXIST","resultMessage":"no"}}`

// signer says who vouches for an answer.
type signer int

const (
	antom    signer = iota
	stranger        // somebody else's key
	nobody          // neither Signature nor Response-Time
)

// reply is what comes of one call. The zero value never arrives and is never
// answered.
type reply struct {
	body   string
	by     signer
	late   time.Duration // how much the clock of the gateway is behind
	shown  time.Duration // how much older than that Response-Time is: an answer that is played again
	client string        // whom it is addressed to; "": the caller
	status int           // of HTTP; 0: 200
	half   bool          // it has a Response-Time and no Signature

	unreachable bool // not one byte of the request is written
	takes       time.Duration
	panics      bool
}

func signed(body string) reply   { return reply{body: body} }
func unsigned(body string) reply { return reply{body: body, by: nobody} }
func forged(body string) reply   { return reply{body: body, by: stranger} }

// call is a request as the gateway saw it.
type call struct {
	api  string
	body []byte
	at   time.Time
}

// scripted is a gateway that answers as it is told.
type scripted struct {
	keys [2]*sign.PrivateKey

	mu      sync.Mutex
	answers map[string][]reply     // by API, one after another; the last goes on
	answer  func(c call) (r reply) // goes before answers
	seen    []call                 // that arrived
}

func (g *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c := call{path.Base(r.URL.Path), body, time.Now()}
	a := g.next(c)
	if a.unreachable {
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return nil, errors.New("connection refused")
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{}) // from now on nobody can say that nothing has left
	}
	g.mu.Lock()
	g.seen = append(g.seen, c)
	g.mu.Unlock()
	if a.panics {
		panic("a fault of the program's own")
	}
	if a.takes > 0 {
		select {
		case <-time.After(a.takes):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	if a.body == "" && a.status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return g.respond(r, a)
}

// next is what is answered to a call.
func (g *scripted) next(c call) reply {
	g.mu.Lock()
	answer := g.answer
	g.mu.Unlock()
	if answer != nil {
		return answer(c)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	list := g.answers[c.api]
	if len(list) == 0 {
		return reply{}
	}
	if len(list) > 1 {
		g.answers[c.api] = list[1:]
	}
	return list[0]
}

func (g *scripted) respond(r *http.Request, a reply) (*http.Response, error) {
	response := &http.Response{
		StatusCode: cmp.Or(a.status, http.StatusOK), Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(a.body)), Request: r,
	}
	if a.by == nobody {
		return response, nil
	}
	at := time.Now().Add(-a.late - a.shown).Format(time.RFC3339)
	m := sign.Message{Method: r.Method, Path: r.URL.RequestURI(), ClientID: r.Header.Get("Client-Id"), Time: at, Body: []byte(a.body)}
	signature, err := sign.Sign(g.keys[a.by], "1", m)
	if err != nil {
		return nil, err
	}
	response.Header.Set("Response-Time", at)
	response.Header.Set("Client-Id", cmp.Or(a.client, m.ClientID))
	if !a.half {
		response.Header.Set("Signature", signature)
	}
	return response, nil
}

// sent are the bodies of the calls of an API that arrived.
func (g *scripted) sent(api string) (bodies []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.seen {
		if c.api == api {
			bodies = append(bodies, string(c.body))
		}
	}
	return bodies
}

// asked is how many inquiries arrived.
func (g *scripted) asked() int {
	return len(g.sent("inquiryPayment")) + len(g.sent("inquiryRefund"))
}

// set tells what an API answers from now on.
func (g *scripted) set(api string, answers ...reply) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[api] = answers
}

// desk is an operator with its gateway and its journal.
type desk struct {
	*operate.Operator
	t       *testing.T
	gateway *scripted
	file    string
	store   *journal.SQLite

	mu     sync.Mutex
	events []operate.Event
}

// bubble runs a test with a desk in a bubble of time, in which nothing really
// waits.
func bubble(t *testing.T, run func(t *testing.T, d *desk)) {
	t.Helper()
	t.Parallel()
	keys, file := keysOf(t), newJournal(t)
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, keys, file)
		defer func() { d.store.Close() }()
		run(t, d)
	})
}

// bubbleIn is bubble in a test of its own name.
func bubbleIn(t *testing.T, name string, run func(t *testing.T, d *desk)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { bubble(t, run) })
}

// newJournal makes a journal without records. That of the first test is copied: it
// takes time to make one.
func newJournal(t testing.TB) (file string) {
	t.Helper()
	empty, err := anEmptyJournal()
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(folder(t), "journal.db")
	if err := os.WriteFile(file, empty, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

var anEmptyJournal = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "apo-operate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "journal.db")
	j, err := journal.Open(file, time.Now)
	if err != nil {
		return nil, err
	}
	if err := j.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// folder is one for a journal: in memory where there is such a place, since these
// tests would spend their time on waiting for the disk.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "apo-operate-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// keyring are the keys of a test.
type keyring struct{ merchant, antom, stranger *sign.PrivateKey }

func keysOf(t testing.TB) keyring {
	t.Helper()
	k, err := theKeys()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// theKeys sign twenty times as fast as the shortest that apo takes: these tests
// sign hundreds of thousands of messages, and what a signature is worth is tested
// elsewhere.
var theKeys = sync.OnceValues(func() (k keyring, err error) {
	for _, key := range []**sign.PrivateKey{&k.merchant, &k.antom, &k.stranger} {
		short, err := rsa.GenerateKey(rand.Reader, 512)
		if err != nil {
			return k, err
		}
		if unsafe.Sizeof(sign.PrivateKey{}) != unsafe.Sizeof(short) {
			return k, errors.New("a private key is more than one of RSA by now")
		}
		*key = new(sign.PrivateKey)
		*(**rsa.PrivateKey)(unsafe.Pointer(*key)) = short
	}
	return k, nil
})

func newDesk(t *testing.T, keys keyring, file string) *desk {
	t.Helper()
	d := &desk{t: t, file: file, gateway: &scripted{keys: [2]*sign.PrivateKey{keys.antom, keys.stranger}, answers: map[string][]reply{}}}
	d.Operator = newOperator(keys, d.gateway)
	d.Watch = func(e operate.Event) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.events = append(d.events, e)
	}
	d.open()
	return d
}

// newOperator asks for up to 50 s, every 25 s; so the last of 3 inquiries is late
// enough to say that a request never arrived, and they are just enough.
func newOperator(keys keyring, transport http.RoundTripper) *operate.Operator {
	gateway, err := apo.ParseGateway("http://127.0.0.1:1")
	if err != nil {
		panic(err)
	}
	return &operate.Operator{
		Client: &apo.Client{
			Gateway: gateway, ClientID: clientID, Key: keys.merchant, AntomKey: keys.antom.Public(), HTTP: &http.Client{Transport: transport},
		},
		Account:  journal.Account{Profile: "test", Mode: "SANDBOX", ClientID: clientID},
		Gateway:  "sea",
		Patience: operate.Patience{Lost: 50 * time.Second, Every: 25 * time.Second, Absent: operate.DefaultAbsent()},
	}
}

func (d *desk) open() {
	d.t.Helper()
	store, err := journal.Open(d.file, time.Now)
	if err != nil {
		d.t.Fatal(err)
	}
	d.store, d.Journal = store, store
}

// restart ends the process that keeps the journal, and begins another.
func (d *desk) restart() {
	d.t.Helper()
	if err := d.store.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.open()
}

func (d *desk) request(api, body string) operate.Request {
	d.t.Helper()
	e, err := apo.FindEndpoint(api)
	if err != nil {
		d.t.Fatal(err)
	}
	return operate.Request{Endpoint: e, Body: []byte(body)}
}

func (d *desk) send(api, body string) operate.Result {
	d.t.Helper()
	return d.Send(d.t.Context(), d.request(api, body))
}

// hastily sends and asks nobody what became of it: so a call is left behind of
// which nothing is known, or no more than its own answer tells.
func (d *desk) hastily(api, body string, own ...reply) operate.Result {
	d.t.Helper()
	patience := d.Patience
	d.Patience = operate.Patience{}
	defer func() { d.Patience = patience }()
	d.gateway.set(api, own...)
	r := d.send(api, body)
	if r.Record == 0 {
		d.t.Fatalf("%s was not sent: %v", api, r.Cause)
	}
	return r
}

func (d *desk) record(id int64) journal.Record {
	d.t.Helper()
	r, err := d.store.Get(d.t.Context(), id)
	if err != nil {
		d.t.Fatalf("record %d: %v", id, err)
	}
	return r
}

// stages are those of the events so far.
func (d *desk) stages() (list []operate.Stage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		list = append(list, e.Stage)
	}
	return list
}

// first is the first event of a stage.
func (d *desk) first(stage operate.Stage) (operate.Event, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e.Stage == stage {
			return e, true
		}
	}
	return operate.Event{}, false
}

// exitOf is the exit code that the tables have for a result.
func exitOf(r operate.Result) int {
	switch r.Outcome {
	case apo.Succeeded:
		return 0
	case apo.Declined, apo.Cancelled:
		return 3
	case apo.Unrecognised:
		return 4
	case apo.InDoubt:
		if r.Lost != nil && r.Lost.Kind == apo.Untrusted {
			return 5
		}
		return 6
	case apo.NeverArrived, apo.Different:
		return 6
	case apo.NotSent:
		if r.Lost != nil && r.Lost.Kind == apo.Interrupted {
			return 130
		}
		return 7
	case apo.Pending:
		return 8
	case apo.Refused:
		return 9
	}
	return 1
}

// refusalOf is the guard's no that a result holds, or none.
func refusalOf(r operate.Result) operate.Refusal {
	var refusal *operate.Refusal
	if r.Outcome != apo.Refused || !errors.As(r.Cause, &refusal) {
		return operate.Refusal{}
	}
	return *refusal
}

// want compares a result, and its record, with a row of the tables.
type want struct {
	outcome apo.Outcome
	exit    int
	moved   bool
	state   journal.State
	code    string // "-": whatever it is
}

func (w want) check(t *testing.T, d *desk, r operate.Result) {
	t.Helper()
	if r.Outcome != w.outcome || exitOf(r) != w.exit || r.MoneyMayHaveMoved() != w.moved {
		t.Errorf("%s, exit %d, may have moved %v (%v); want %s, %d, %v", r.Outcome, exitOf(r), r.MoneyMayHaveMoved(), r.Cause, w.outcome, w.exit, w.moved)
	}
	if w.code != "-" && r.Code != w.code {
		t.Errorf("code %q, want %q", r.Code, w.code)
	}
	if rec := d.record(r.Record); rec.State != w.state || rec.Outcome != w.outcome || rec.InFlight {
		t.Errorf("recorded as %s, %s, in flight %v; want %s, %s", rec.State, rec.Outcome, rec.InFlight, w.state, w.outcome)
	}
}

// replaced is text with its first old replaced; the test fails where there is none.
func replaced(t testing.TB, text, old, by string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("there is no %q in %s", old, text)
	}
	return strings.Replace(text, old, by, 1)
}

func with(t testing.TB, body, member string) string {
	t.Helper()
	if !strings.HasSuffix(body, "}") {
		t.Fatalf("no object: %s", body)
	}
	return fmt.Sprintf("%s,%s}", strings.TrimSuffix(body, "}"), member)
}
