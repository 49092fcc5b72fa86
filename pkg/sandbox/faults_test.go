package sandbox_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

const payPath = "/ams/sandbox/api/v1/payments/pay"

// exchange is what a request looks like to somebody who counts bytes.
type exchange struct {
	raw   []byte
	first time.Duration // until the first byte
	took  time.Duration
	end   error // how the connection ended; nil: it was closed
	drip  drip  // as the server sent it

	resp *http.Response // nil: there was none
	body []byte
	cut  error // of reading the body
}

// signed is a request as it goes over the wire.
func signed(t testing.TB, key *sign.PrivateKey, at time.Time, path string, body []byte) []byte {
	t.Helper()
	m := sign.Message{Method: "POST", Path: path, ClientID: sandbox.ClientID, Time: strconv.FormatInt(at.UnixMilli(), 10), Body: body}
	header, err := sign.Sign(key, "1", m)
	if err != nil {
		t.Fatal(err)
	}
	return append(fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nClient-Id: %s\r\nRequest-Time: %s\r\nSignature: %s\r\nContent-Length: %d\r\n\r\n",
		path, m.ClientID, m.Time, header, len(body)), body...)
}

// send sends bytes over a connection of their own, and waits so long for an end.
func send(t *testing.T, address string, request []byte, patience time.Duration) exchange {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	start := time.Now()
	if _, err := conn.Write(request); err != nil {
		t.Fatal(err)
	}
	must(t, conn.SetReadDeadline(start.Add(patience)))
	var x exchange
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		if n > 0 && len(x.raw) == 0 {
			x.first = time.Since(start)
		}
		x.raw = append(x.raw, buffer[:n]...)
		if err != nil {
			if err != io.EOF {
				x.end = err
			}
			break
		}
	}
	x.took = time.Since(start)
	if x.resp, err = http.ReadResponse(bufio.NewReader(bytes.NewReader(x.raw)), nil); err == nil {
		x.body, x.cut = io.ReadAll(x.resp.Body)
	}
	return x
}

// drip is what a server writes byte by byte. It is counted where it is written:
// a reader that is slow finds several bytes at once.
type drip struct {
	bytes       int
	first, last time.Time
}

// dripping notes the drip of all of its connections.
type dripping struct {
	net.Listener
	mu   sync.Mutex
	drip drip
}

func (d *dripping) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	return drippingConn{conn, d}, err
}

func (d *dripping) seen() drip {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.drip
}

type drippingConn struct {
	net.Conn
	of *dripping
}

func (c drippingConn) Write(b []byte) (int, error) {
	if len(b) == 1 {
		c.of.mu.Lock()
		c.of.drip.last = time.Now()
		if c.of.drip.bytes++; c.of.drip.bytes == 1 {
			c.of.drip.first = c.of.drip.last
		}
		c.of.mu.Unlock()
	}
	return c.Conn.Write(b)
}

// verifies reports whether a signature is that of a key over a body.
func (x exchange) verifies(key *sign.PublicKey, body []byte) bool {
	m := sign.Message{Method: "POST", Path: payPath, ClientID: sandbox.ClientID, Time: x.resp.Header.Get("Response-Time"), Body: body}
	return sign.Verify(key, m, x.resp.Header.Get("Signature")) == nil
}

func (x exchange) result() string { return gjson.GetBytes(x.body, "result.resultStatus").Str }

// whole reports whether an answer is one of APO's: complete, HTTP 200, signed.
func (x exchange) whole(key *sign.PublicKey) bool {
	return x.resp != nil && x.cut == nil && x.resp.StatusCode == 200 && x.verifies(key, x.body) && json.Valid(x.body)
}

// page reports whether an answer is of something that is not APO.
func (x exchange) page(status int, html bool) bool {
	if x.resp == nil || x.cut != nil || x.resp.StatusCode != status || bytes.Contains(x.body, []byte("<html")) != html || !html && len(x.body) > 0 {
		return false
	}
	for _, name := range []string{"Signature", "Response-Time", "Client-Id"} {
		if x.resp.Header.Get(name) != "" {
			return false
		}
	}
	return true
}

// wireFault is what a fault looks like on the wire of a pay.
type wireFault struct {
	status string // as recorded; "": nothing is there
	is     func(x exchange, antom, merchant *sign.PublicKey) bool
}

func wireFaults() map[string]wireFault {
	const long = 300 * time.Millisecond
	silent := func(x exchange, _, _ *sign.PublicKey) bool {
		var timeout net.Error
		return len(x.raw) == 0 && errors.As(x.end, &timeout) && timeout.Timeout()
	}
	closed := func(x exchange, _, _ *sign.PublicKey) bool {
		var timeout net.Error
		return len(x.raw) == 0 && !(errors.As(x.end, &timeout) && timeout.Timeout())
	}
	return map[string]wireFault{
		"delay": {"SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool { return x.first >= long && x.whole(antom) }},
		"slow-headers": {"SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool {
			return x.drip.bytes > 50 && x.drip.last.Sub(x.drip.first) > long/2 && x.took >= long && x.whole(antom)
		}},
		"cut-before":              {"", closed},
		"cut-after-commit":        {"SUCCESS", closed},
		"black-hole":              {"", silent},
		"black-hole-after-commit": {"SUCCESS", silent},
		"cut-mid-answer": {"SUCCESS", func(x exchange, _, _ *sign.PublicKey) bool {
			return x.resp != nil && x.resp.StatusCode == 200 && errors.Is(x.cut, io.ErrUnexpectedEOF) && int64(len(x.body)) == x.resp.ContentLength/2 && len(x.body) > 50
		}},
		"http-503": {"", func(x exchange, _, _ *sign.PublicKey) bool { return x.page(503, false) }},
		"html-200": {"", func(x exchange, _, _ *sign.PublicKey) bool { return x.page(200, true) }},
		"truncated-json": {"SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool {
			return x.resp != nil && x.cut == nil && x.resp.ContentLength == int64(len(x.body)) && !json.Valid(x.body) && bytes.HasPrefix(x.body, []byte("{")) &&
				x.resp.Header.Get("Signature") != "" && !x.verifies(antom, x.body)
		}},
		"wrong-length": {"SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool {
			return x.resp != nil && errors.Is(x.cut, io.ErrUnexpectedEOF) && x.resp.ContentLength > int64(len(x.body)) && x.verifies(antom, x.body)
		}},
		"gzip": {"SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool {
			if x.resp == nil || x.cut != nil || x.resp.Header.Get("Content-Encoding") != "gzip" {
				return false
			}
			r, err := gzip.NewReader(bytes.NewReader(x.body))
			if err != nil {
				return false
			}
			plain, err := io.ReadAll(r)
			return err == nil && x.verifies(antom, plain) && !x.verifies(antom, x.body)
		}},
		"unsigned-s": {"SUCCESS", func(x exchange, _, _ *sign.PublicKey) bool { return unsigned(x) && x.result() == "S" }},
		"unsigned-f": {"SUCCESS", func(x exchange, _, _ *sign.PublicKey) bool { return unsigned(x) && x.result() == "F" }},
		"half-signed": {"SUCCESS", func(x exchange, _, _ *sign.PublicKey) bool {
			return x.resp != nil && x.cut == nil && x.resp.Header.Get("Signature") != "" && x.resp.Header.Get("Response-Time") == "" && x.result() == "S"
		}},
		"other-key": {"SUCCESS", func(x exchange, antom, merchant *sign.PublicKey) bool {
			return x.whole(merchant) && !x.verifies(antom, x.body)
		}},
		"old-key-version": {"SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool {
			return x.whole(antom) && strings.Contains(x.resp.Header.Get("Signature"), "keyVersion=0,")
		}},
		"skewed-time": {"SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool {
			at, err := apo.ParseTime(x.resp.Header.Get("Response-Time"))
			return err == nil && at.Equal(noon().Add(-10*time.Minute)) && x.whole(antom)
		}},
		"u-then-s": {"PROCESSING SUCCESS", func(x exchange, antom, _ *sign.PublicKey) bool { return x.whole(antom) && x.result() == "U" }},
		"u-then-f": {"PROCESSING FAIL", func(x exchange, antom, _ *sign.PublicKey) bool { return x.whole(antom) && x.result() == "U" }},
	}
}

func unsigned(x exchange) bool {
	return x.resp != nil && x.cut == nil && x.resp.StatusCode == 200 && x.resp.Header.Get("Signature") == "" && x.resp.Header.Get("Response-Time") == ""
}

// What the meaning of a fault says is what goes over the wire, and what is
// recorded.
func TestFaultsOnTheWire(t *testing.T) {
	t.Parallel()
	seen := wireFaults()
	for _, f := range sandbox.Faults() {
		want, known := seen[f.Name]
		if f.Stage == sandbox.StageNotification || f.Name == "html-502" { // they have tests of their own
			continue
		}
		if !known {
			t.Errorf("nobody knows what %s looks like", f.Name)
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			m := newMerchant(t, sandbox.Config{Time: noon()})
			server := httptest.NewUnstartedServer(m.box)
			listener := &dripping{Listener: server.Listener}
			server.Listener = listener
			server.Start()
			defer server.Close()
			r := sandbox.Rule{API: "pay", Times: 1, Outcome: sandbox.Outcome{Fault: f.Name}}
			if f.Name == "delay" || f.Name == "slow-headers" {
				r.Delay = 300 * time.Millisecond
			}
			m.rule(r)
			who := m.box.Credentials()
			patience := ample
			if strings.HasPrefix(f.Name, "black-hole") {
				patience = time.Second
			}
			request := signed(t, who.Key, noon(), payPath, payBody(1))
			x := send(t, server.Listener.Addr().String(), request, patience)
			if x.drip = listener.seen(); !want.is(x, who.AntomKey, who.Key.Public()) {
				t.Errorf("%s; over %s, ended by %v, came:\n%s", f.Meaning, x.took, x.end, x.raw)
			}
			eventually(t, m.met) // who waited in vain may have been faster
			now, later, _ := strings.Cut(want.status, " ")
			m.onTheBooks("bench-1", now)
			if later != "" {
				must(t, m.box.Advance(5*time.Second))
				m.onTheBooks("bench-1", later)
			}
			// It was one fault: the next request is answered, as before.
			x = send(t, server.Listener.Addr().String(), request, ample)
			if !x.whole(who.AntomKey) {
				t.Errorf("the repeat was answered\n%s", x.raw)
			}
		})
	}
}

func (m *merchant) onTheBooks(id, want string) {
	m.Helper()
	p, found, err := m.box.Payment(id)
	if err != nil || found != (want != "") || p.Status != want {
		m.Errorf("recorded as %q, found %v, want %q; %v", p.Status, found, want, err)
	}
}

// met reports whether a call has met the one rule that there is.
func (m *merchant) met() bool {
	rules, err := m.box.Rules()
	return err == nil && len(rules) == 1 && rules[0].Hits > 0
}

// A 502 does not tell whether the request was recorded: some are.
func TestBadGateway(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Time: noon(), Seed: "502"})
	server := httptest.NewServer(m.box)
	defer server.Close()
	m.rule(sandbox.Rule{API: "pay", Outcome: sandbox.Outcome{Fault: "html-502"}})
	recorded := 0
	for i := range 20 {
		x := send(t, server.Listener.Addr().String(), signed(t, m.box.Credentials().Key, noon(), payPath, payBody(i)), ample)
		if !x.page(502, true) {
			t.Errorf("%s", x.raw)
		}
		if _, found, err := m.box.Payment(fmt.Sprint("bench-", i)); err == nil && found {
			recorded++
		}
	}
	if recorded < 4 || recorded > 16 {
		t.Errorf("%d of 20 were recorded", recorded)
	}
}

// Every call of money moved or not, as a client of this house sees it without
// a network: an error or an answer that decides nothing, and never a panic.
func TestFaultsInProcess(t *testing.T) {
	t.Parallel()
	lost := map[string]bool{"cut-before": true, "black-hole": true, "http-503": true, "html-200": true}
	good := map[string]bool{"delay": true, "slow-headers": true, "old-key-version": true, "u-then-s": true, "u-then-f": true}
	for _, api := range []string{"pay", "capture", "refund", "cancel"} {
		for _, f := range sandbox.Faults() {
			if f.Stage == sandbox.StageNotification || f.Name == "html-502" || f.Stage == sandbox.StageOutcome && api == "cancel" {
				continue
			}
			t.Run(api+" "+f.Name, func(t *testing.T) {
				t.Parallel()
				m := newMerchant(t, sandbox.Config{})
				payment := m.paid(api, "x")
				fault := sandbox.Outcome{Fault: f.Name}
				if f.Name == "delay" || f.Name == "slow-headers" {
					fault.Delay = time.Millisecond
				}
				m.rule(sandbox.Rule{API: api, Times: 1, Outcome: fault})
				ctx, giveUp := context.WithCancel(t.Context())
				defer giveUp()
				if strings.HasPrefix(f.Name, "black-hole") {
					go func() {
						for ctx.Err() == nil && !m.met() {
							time.Sleep(time.Millisecond)
						}
						giveUp()
					}()
				}
				answer, err := m.ask(ctx, api, "x", payment)
				switch {
				case good[f.Name] && (err != nil || answer.Unsigned):
					t.Errorf("%+v, %v", answer, err)
				case f.Name == "unsigned-f" && (err != nil || !answer.Unsigned || answer.Result.Status != "F"):
					t.Errorf("%+v, %v", answer, err)
				case !good[f.Name] && f.Name != "unsigned-f":
					var failed *apo.Error
					if !errors.As(err, &failed) || failed.Kind != apo.NoAnswer && failed.Kind != apo.Untrusted {
						t.Errorf("answer %+v, error %v", answer, err)
					}
				}
				if moved := m.moved(api); moved == lost[f.Name] {
					t.Errorf("recorded: %v", moved)
				}
				m.answered(api, "x", payment) // and the same again is safe
			})
		}
	}
}

func (m *merchant) ask(ctx context.Context, api, id, payment string) (*apo.Answer, error) {
	amount := apo.Amount{Currency: "SGD", Value: "1000"}
	switch api {
	case "pay":
		return m.client.Pay(ctx, m.request(id, "1000", "visa"))
	case "capture":
		return m.client.Capture(ctx, apo.CaptureRequest{CaptureRequestID: id, PaymentID: payment, CaptureAmount: amount})
	case "refund":
		return m.client.Refund(ctx, apo.RefundRequest{RefundRequestID: id, PaymentID: payment, RefundAmount: amount})
	}
	return m.client.Cancel(ctx, apo.PaymentKey{PaymentID: payment})
}

// moved reports whether the call of an API about x is recorded.
func (m *merchant) moved(api string) bool {
	m.Helper()
	id := "p-x"
	if api == "pay" {
		id = "x"
	}
	p, found, err := m.box.Payment(id)
	if err != nil {
		m.Fatal(err)
	}
	if api == "pay" {
		return found
	}
	if api == "cancel" {
		return p.Status == "CANCELLED"
	}
	_, there := m.inquire("SUCCESS", id).Find(strings.ToUpper(api), "x")
	return there
}

func TestFaultsHaveRateAndTimes(t *testing.T) {
	t.Parallel()
	met := func(seed string, r sandbox.Rule) (b strings.Builder) {
		m := newMerchant(t, sandbox.Config{Seed: seed})
		m.rule(r)
		for i := range 100 {
			if _, err := m.client.InquiryPayment(context.Background(), apo.PaymentKey{PaymentRequestID: fmt.Sprint("a", i)}); err != nil {
				b.WriteByte('x')
			} else {
				b.WriteByte('.')
			}
		}
		return b
	}
	half := sandbox.Rule{Rate: 0.5, Outcome: sandbox.Outcome{Fault: "html-200"}}
	one, again, other := met("one", half), met("one", half), met("two", half)
	if n := strings.Count(one.String(), "x"); n < 30 || n > 70 {
		t.Errorf("%d of 100 at a rate of 0.5", n)
	}
	if one.String() != again.String() || one.String() == other.String() {
		t.Errorf("not drawn from the seed:\n%s\n%s\n%s", one.String(), again.String(), other.String())
	}
	half.Times = 7
	if some := met("one", half); strings.Count(some.String(), "x") != 7 {
		t.Errorf("%s", some.String())
	}
	elsewhere := sandbox.Rule{API: "pay", Outcome: sandbox.Outcome{Fault: "html-200"}}
	if none := met("one", elsewhere); strings.Contains(none.String(), "x") {
		t.Error("a fault of pay met an inquiry")
	}
	mine := sandbox.Rule{RequestID: "a7", Outcome: sandbox.Outcome{Fault: "html-200"}}
	if one := met("one", mine); one.String() != strings.Repeat(".", 7)+"x"+strings.Repeat(".", 92) {
		t.Errorf("%s", one.String())
	}
}

// A fault for one request ID is met under whatever name the call has for it.
func TestFaultsOfCallsByAnotherID(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c", payment, "1000")
	refund := m.refund("SUCCESS", "r", payment, "10").Get("refundId")
	for _, c := range []struct{ api, id, body string }{
		{"inquiryPayment", "a", `{"paymentRequestId":"a"}`},
		{"inquiryPayment", "a", `{"paymentId":"` + payment + `"}`},
		{"cancel", "a", `{"paymentId":"` + payment + `"}`},
		{"inquiryRefund", "r", `{"refundRequestId":"r"}`},
		{"inquiryRefund", "r", `{"refundId":"` + refund + `"}`},
	} {
		rule := m.rule(sandbox.Rule{API: c.api, RequestID: c.id, Outcome: sandbox.Outcome{Fault: "unsigned-f"}})
		if answer := m.call(c.api, c.body); !answer.Unsigned {
			t.Errorf("%s %s was answered with %s", c.api, c.body, answer.Raw)
		}
		m.unrule(rule.ID)
	}
}

// A request whose signature does not verify meets no fault, one that is refused for
// what it says does, and a client that goes away ends the wait for it.
func TestFaultsReachRefusals(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	r := m.rule(sandbox.Rule{API: "pay", RequestID: "a", Outcome: sandbox.Outcome{Fault: "unsigned-f"}})
	for body, unsigned := range map[string]bool{`{"paymentRequestId":"a"}`: true, `{"paymentRequestId":"b"}`: false, `{"paymentRequestId":`: false} {
		if answer := m.call("pay", body); answer.Unsigned != unsigned {
			t.Errorf("%s was answered with %s", body, answer.Raw)
		}
	}
	own := m.client.Key
	other, err := sandbox.NewKeys()
	must(t, err)
	m.client.Key = other.Merchant
	if answer := m.call("pay", `{"paymentRequestId":"a"}`); answer.Result.Code != "INVALID_SIGNATURE" {
		t.Errorf("a wrong signature was answered with %s", answer.Raw)
	}
	m.client.Key = own
	rules, err := m.box.Rules()
	if err != nil || rules[0].Seen != 1 {
		t.Errorf("%+v %v", rules, err)
	}
	m.unrule(r.ID)
	m.rule(sandbox.Rule{Outcome: sandbox.Outcome{Fault: "black-hole"}})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := m.client.InquiryPayment(ctx, apo.PaymentKey{PaymentRequestID: "a"}); err == nil || time.Since(start) > ample {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

// An S alone is left unsigned by unsigned-s.
func TestUnsignedSIsAnS(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Rules: []sandbox.Rule{{Outcome: sandbox.Outcome{Fault: "unsigned-s"}}}})
	m.pay("DO_NOT_HONOR", "declined", "1000", "visa-declined") // and signed: see wants
	m.pay("PAYMENT_IN_PROCESS", "late", "1000", "visa-processing")
	if answer, err := m.client.Pay(context.Background(), m.request("good", "1000", "visa")); err == nil && !answer.Unsigned {
		t.Errorf("%+v", answer)
	}
}
