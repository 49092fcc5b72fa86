package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/sandbox"
)

// schedule is when a notification that nobody takes is delivered.
func schedule() []time.Duration {
	return []time.Duration{
		0, 2 * time.Minute, 12 * time.Minute, 22 * time.Minute, 82 * time.Minute, 202 * time.Minute, 562 * time.Minute, 1462 * time.Minute,
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	for option, times := range map[string][]time.Duration{"schedule": schedule(), "at-once": append([]time.Duration{0}, schedule()...)} {
		synctest.Test(t, func(t *testing.T) {
			m, r := newShop(t, sandbox.Config{Options: sandbox.Options{"first-retry": option}})
			r.answer = refusing
			start := time.Now()
			m.pay("SUCCESS", "a", "1000", "visa")
			time.Sleep(26 * time.Hour)
			synctest.Wait()
			got := r.all()
			if len(got) != len(times) {
				t.Fatalf("%s: %d deliveries, want %d", option, len(got), len(times))
			}
			n := m.news()
			if n.State != sandbox.GivenUp || !n.Next.IsZero() || len(n.Attempts) != len(times) {
				t.Errorf("%s: %+v", option, n)
			}
			for i, d := range got {
				// A delivery that is due again at once comes a millisecond later, at most.
				if late := d.at.Sub(start.Add(times[i])); late < 0 || late > time.Millisecond {
					t.Errorf("%s: delivery %d came after %s, want %s", option, i, d.at.Sub(start), times[i])
				}
				m.verified(d, "request-time")
				if !bytes.Equal(d.body, got[0].body) {
					t.Errorf("%s: delivery %d has another body", option, i)
				}
				if a := n.Attempts[i]; !a.Time.Equal(d.at) || a.Status != 500 || a.Answer != "broken" || a.Accepted || a.Why != "HTTP 500, not 200" {
					t.Errorf("%s: attempt %d is %+v", option, i, a)
				}
			}
		})
	}
}

func TestRetriesEndWithTheAcknowledgement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, r := newShop(t, sandbox.Config{})
		r.answer = func(n int) (int, string) {
			if n < 2 {
				return 200, `{"result":{"resultCode":"SUCCESS","resultStatus":"F"}}`
			}
			return 200, acknowledgement
		}
		m.pay("SUCCESS", "a", "1000", "visa")
		time.Sleep(26 * time.Hour)
		synctest.Wait()
		n := m.news()
		if len(r.all()) != 3 || n.State != sandbox.Accepted || len(n.Attempts) != 3 || !n.Attempts[2].Accepted || n.Attempts[2].Why != "" {
			t.Errorf("%d deliveries: %+v", len(r.all()), n)
		}
		// It can be had once more, and no more than that.
		if err := m.box.Resend(n.ID, ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(26 * time.Hour)
		if n := m.news(); len(r.all()) != 4 || n.State != sandbox.Accepted || len(n.Attempts) != 4 {
			t.Errorf("%d deliveries: %+v", len(r.all()), n)
		}
		if err := m.box.Resend(n.ID+1, ""); !errors.Is(err, sandbox.ErrNoNotification) {
			t.Errorf("%v", err)
		}
	})
}

// Whatever is not the acknowledgement does not count, and it is said why.
func TestWrongAcknowledgements(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		why    string // "": it counts
	}{
		{200, acknowledgement, ""},
		{200, " \n" + acknowledgement + "\n", ""},
		{200, `{"other":[1],"result":{"resultStatus":"S","resultMessage":"","resultCode":"SUCCESS","more":true}}`, ""},
		{200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, ""},
		{201, acknowledgement, "HTTP 201, not 200"},
		{204, "", "HTTP 204, not 200"},
		{302, acknowledgement, "HTTP 302, not 200"},
		{307, "", "HTTP 307, not 200"},
		{404, "404 page not found", "HTTP 404, not 200"},
		{503, acknowledgement, "HTTP 503, not 200"},
		{200, "", "the body is empty"},
		{200, " \r\n\t", "the body is empty"},
		{200, "OK", "the body is not JSON"},
		{200, "success", "the body is not JSON"},
		{200, "<html>", "the body is not JSON"},
		{200, acknowledgement[:len(acknowledgement)-1], "the body is not JSON"},
		{200, acknowledgement + "}", "the body is not JSON"},
		{200, "\ufeff" + acknowledgement, "the body is not JSON"},
		{200, strings.Repeat(" ", 70<<10) + acknowledgement, "the body is empty"}, // so far it is read
		{200, `null`, "the body has no object result"},
		{200, `"SUCCESS"`, "the body has no object result"},
		{200, `[` + acknowledgement + `]`, "the body has no object result"},
		{200, `{"resultStatus":"S","resultCode":"SUCCESS"}`, "the body has no object result"},
		{200, `{"Result":{"resultStatus":"S","resultCode":"SUCCESS"}}`, "the body has no object result"},
		{200, `{"result":"S"}`, "the body has no object result"},
		{200, `{"result":{}}`, `result.resultStatus is missing, not "S"`},
		{200, `{"result":{"resultStatus":"s","resultCode":"SUCCESS"}}`, `result.resultStatus is "s", not "S"`},
		{200, `{"result":{"resultStatus":"U","resultCode":"SUCCESS"}}`, `result.resultStatus is "U", not "S"`},
		{200, `{"result":{"resultStatus":true,"resultCode":"SUCCESS"}}`, `result.resultStatus is true, not "S"`},
		{200, `{"result":{"resultStatus":"S"}}`, `result.resultCode is missing, not "SUCCESS"`},
		{200, `{"result":{"resultStatus":"S","resultCode":"success"}}`, `result.resultCode is "success", not "SUCCESS"`},
		{200, `{"result":{"resultStatus":"S","resultStatus":"F","resultCode":"SUCCESS"}}`, `the body is not strict JSON: the key "resultStatus" comes twice in result`},
		{200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"result":{}}`, `the body is not strict JSON: the key "result" comes twice`},
		{200, `{"result":{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"` + "\xff" + `"}}`, "the body is not strict JSON: byte 70 is not UTF-8"},
		{200, `{"result":{"resultStatus":"S","resultCode":"ERROR"}}`, `result.resultCode is "ERROR", not "SUCCESS"`},
	} {
		m, r := newPassiveShop(t, sandbox.Config{})
		r.answer = func(int) (int, string) { return c.status, c.body }
		m.pay("SUCCESS", "a", "1000", "visa")
		m.delivers(1)
		n := m.news()
		if a := n.Attempts[0]; !strings.HasPrefix(a.Why, c.why) || a.Accepted != (c.why == "") || a.Status != c.status {
			t.Errorf("HTTP %d %.80q: %+v, want %q", c.status, c.body, a, c.why)
		}
		if want := map[bool]string{true: sandbox.Accepted, false: sandbox.Queued}[c.why == ""]; n.State != want {
			t.Errorf("HTTP %d %.80q: %s", c.status, c.body, n.State)
		}
		if len(r.all()) != 1 {
			t.Errorf("HTTP %d: %d requests; a redirect was followed", c.status, len(r.all()))
		}
	}
}

func TestFieldsOfNotifications(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{Acquirers: []sandbox.Acquirer{{Name: "CHECKOUT", Weight: 1}}})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	captured := m.capture("SUCCESS", "c", payment, "600")
	refunded := m.refund("SUCCESS", "r", payment, "200")
	m.delivers(3)
	m.will("capture", sandbox.Outcome{Result: "PROCESS_FAIL"})
	m.will("refund", sandbox.Outcome{Result: "PROCESS_FAIL"})
	m.capture("PROCESS_FAIL", "c2", payment, "400")
	m.refund("PROCESS_FAIL", "r2", payment, "100")
	m.delivers(2)
	m.pay("LOST_CARD", "b", "1000", "visa-lost")
	m.delivers(1)
	m.cancel("ORDER_STATUS_INVALID", "a")
	m.pay("SUCCESS", "a", "1000", "visa") // a repeat is no news
	m.delivers(0)

	got := r.all()
	acquirer := []string{"acquirerInfo.acquirerName", "acquirerInfo.acquirerTransactionId", "acquirerInfo.referenceRequestId", "acquirerInfo.acquirerMerchantId"}
	result := []string{"notifyType", "result.resultStatus", "result.resultCode", "result.resultMessage"}
	both := func(a ...[]string) (all []string) {
		for _, list := range a {
			all = append(all, list...)
		}
		return all
	}
	of := []string{
		"paymentRequestId", "paymentId", "paymentAmount.value", "paymentAmount.currency", "paymentCreateTime", "acquirerReferenceNo", "paymentResultInfo.cardBrand",
		"paymentResultInfo.cardBin", "paymentResultInfo.funding", "paymentResultInfo.issuerName", "paymentResultInfo.issuingCountry",
	}
	capture := []string{"captureRequestId", "paymentId", "captureId", "captureAmount.value", "captureAmount.currency", "captureTime", "acquirerReferenceNo"}
	refund := []string{"refundStatus", "refundRequestId", "refundId", "refundAmount.value", "refundAmount.currency"}
	m.has(got[0].body, both(result, acquirer, of, []string{"paymentTime"}), []string{"paymentStatus", "normalUrl", "authExpiryTime"})
	m.has(got[1].body, both(result, acquirer, capture), []string{"paymentRequestId"})
	m.has(got[2].body, both(result, refund, []string{"refundTime"}), []string{"paymentId", "paymentRequestId"})
	m.has(got[3].body, both(result, acquirer, capture), nil)
	m.has(got[4].body, both(result, refund), []string{"refundTime", "paymentId"})
	m.has(got[5].body, both(result, acquirer, of), []string{"paymentTime", "authExpiryTime"})
	for i, want := range []string{
		"PAYMENT_RESULT S SUCCESS", "CAPTURE_RESULT S SUCCESS", "REFUND_RESULT S SUCCESS",
		"CAPTURE_RESULT F PROCESS_FAIL", "REFUND_RESULT F PROCESS_FAIL", "PAYMENT_RESULT F LOST_CARD",
	} {
		d := got[i]
		m.verified(d, "request-time")
		if said := d.get("notifyType") + " " + d.get("result.resultStatus") + " " + d.get("result.resultCode"); said != want {
			t.Errorf("%d is %s, want %s", i, said, want)
		}
		if ct := d.header.Get("Content-Type"); ct != "application/json; charset=UTF-8" {
			t.Errorf("%d has Content-Type %q", i, ct)
		}
		if bytes.Contains(d.body, []byte("4054695723100768")) {
			t.Errorf("%d holds a card number", i)
		}
	}
	if got[1].get("captureId") != captured.Get("captureId") || got[2].get("refundId") != refunded.Get("refundId") || got[1].get("captureAmount.value") != "600" ||
		got[2].get("refundStatus") != "SUCCESS" || got[4].get("refundStatus") != "FAIL" || got[0].get("paymentId") != payment {
		t.Error("a notification is not about what happened")
	}
	if got[1].get("acquirerInfo.acquirerTransactionId") == got[0].get("acquirerInfo.acquirerTransactionId") {
		t.Error("a capture has the acquirer's number of its payment")
	}
}

// A password in an address is for nobody: it is not kept, sent or shown.
func TestAPasswordInAnAddress(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	request := m.request("a", "1000", "visa")
	request.PaymentNotifyURL = "http://shop:sesame@shop.example/hooks"
	answer, err := m.client.Pay(context.Background(), request)
	m.wants("SUCCESS", answer, err)
	m.delivers(1)
	if d := r.all()[0]; d.url.User != nil || d.url.Host != "shop.example" || d.header.Get("Authorization") != "" {
		t.Errorf("delivered to %s, %v", d.url, d.header)
	}
	shown, _, err := m.box.Payment("a")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []sandbox.Notification{m.news(), shown.Notifications[0]} {
		if n.URL != "http://shop.example/hooks" {
			t.Errorf("shown is %s", n.URL)
		}
	}
}

// The address of the request wins over that of the configuration, and a
// refund's is its own.
func TestAddressesOfNotifications(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ configured, ofPay, ofRefund, payment, capture, refund string }{
		{"", "", "", "", "", ""},
		{"http://shop.example/c", "", "", "/c", "/c", "/c"},
		{"http://shop.example/c", "http://shop.example/p", "", "/p", "/c", "/c"},
		{"http://shop.example/c", "", "http://shop.example/r", "/c", "/c", "/r"},
		{"", "http://shop.example/p", "", "/p", "/p", ""},
		{"", "", "http://shop.example/r", "", "", "/r"},
	} {
		r := &receiver{}
		m := newMerchant(t, sandbox.Config{NotifyURL: c.configured, Deliver: r})
		request := m.request("a", "1000", "visa")
		request.PaymentNotifyURL = c.ofPay
		answer, err := m.client.Pay(context.Background(), request)
		payment := m.wants("SUCCESS", answer, err).Get("paymentId")
		m.capture("SUCCESS", "c", payment, "1000")
		answer, err = m.client.Refund(context.Background(), apo.RefundRequest{
			RefundRequestID: "r", PaymentID: payment, RefundAmount: apo.Amount{Currency: "SGD", Value: "1"}, RefundNotifyURL: c.ofRefund,
		})
		m.wants("SUCCESS", answer, err)
		if _, err := m.box.DeliverDue(context.Background()); err != nil {
			t.Fatal(err)
		}
		to := map[string]string{}
		for _, d := range r.all() {
			to[d.get("notifyType")] += d.url.Path
		}
		if to["PAYMENT_RESULT"] != c.payment || to["CAPTURE_RESULT"] != c.capture || to["REFUND_RESULT"] != c.refund {
			t.Errorf("%+v: %v", c, to)
		}
	}
	for _, text := range []string{"shop.example", "ftp://shop.example/", "http://", "http:///hooks", "http://user:word@shop.example/", "/hooks", "http://shop.example:port/"} {
		if sandbox.CheckNotifyURL(text) == nil {
			t.Errorf("%q passes for an address", text)
		}
		if box, err := sandbox.Open(sandbox.Config{Keys: publishedKeys(t), Passive: true, NotifyURL: text}); err == nil {
			box.Close()
			t.Errorf("Open took the address %q", text)
		}
	}
}

// Who is there now is asked only where nothing else names an address.
func TestWhoIsThereNow(t *testing.T) {
	t.Parallel()
	r, asked, there := &receiver{}, 0, ""
	m := newMerchant(t, sandbox.Config{Deliver: r, NotifyURLNow: func() string { asked++; return there }})
	pay := func(id, to string) {
		request := m.request(id, "1000", "visa")
		request.PaymentNotifyURL = to
		answer, err := m.client.Pay(context.Background(), request)
		m.wants("SUCCESS", answer, err)
	}
	pay("nobody", "")
	there = "http://127.0.0.1:4242/ear"
	pay("somebody", "")
	pay("named", "http://shop.example/p")
	m.pay("PAYMENT_IN_PROCESS", "late", "1000", "visa-processing")
	m.pay("PAYMENT_IN_PROCESS", "late-no", "1000", "visa-processing-declined")
	m.passes(time.Minute)
	if _, err := m.box.DeliverDue(context.Background()); err != nil {
		t.Fatal(err)
	}
	to := map[string]string{}
	for _, d := range r.all() {
		to[d.get("paymentRequestId")] = d.url.Path
	}
	if len(to) != 4 || to["somebody"] != "/ear" || to["named"] != "/p" || to["late"] != "/ear" || to["late-no"] != "/ear" || asked != 4 {
		t.Errorf("asked %d times, delivered %v", asked, to)
	}
}

// A 3DS check that failed is told when the order closes; one that nobody
// finished, too; a decline and a success at once.
func TestWhenAChallengeIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		card, answer string
		atOnce       bool
		code         string
	}{
		{"visa-3ds", "approve", true, "SUCCESS"},
		{"visa-3ds-declined", "approve", true, "DO_NOT_HONOR"},
		{"visa-3ds", "fail", false, "USER_PAYMENT_VERIFICATION_FAILED"},
		{"visa-3ds", "", false, "ORDER_IS_CLOSED"},
	} {
		m, r := newPassiveShop(t, sandbox.Config{})
		page := m.pay("PAYMENT_IN_PROCESS", "a", "1000", c.card).Get("normalUrl")
		m.delivers(0)
		m.passes(time.Minute)
		if c.answer != "" {
			m.answerPage(page, c.answer)
		}
		if !c.atOnce {
			m.passes(open - time.Minute - tick)
			m.delivers(0)
			m.passes(tick)
		}
		m.delivers(1)
		if d := r.all()[0]; d.get("result.resultCode") != c.code || d.get("normalUrl") != "" {
			t.Errorf("%s, %q: %s", c.card, c.answer, d.body)
		}
		m.passes(day)
		m.delivers(0) // once
	}
}

// What time brings is told when it comes, not when somebody asks next.
func TestNewsThatTimeBrings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, r := newShop(t, sandbox.Config{})
		start := time.Now()
		time.Sleep(10 * time.Second) // the deliverer sleeps
		m.pay("PAYMENT_IN_PROCESS", "late", "1000", "visa-processing")
		m.pay("PAYMENT_IN_PROCESS", "page", "1000", "visa-3ds")
		time.Sleep(day)
		synctest.Wait()
		got := r.all()
		if len(got) != 2 || got[0].get("paymentRequestId") != "late" || got[1].get("result.resultCode") != "ORDER_IS_CLOSED" {
			t.Fatalf("%d deliveries", len(got))
		}
		for i, want := range []time.Duration{13 * time.Second, 10*time.Second + open} {
			if at := got[i].at.Sub(start); at < want || at > want+time.Millisecond {
				t.Errorf("delivery %d came after %s, want %s", i, at, want)
			}
		}
	})
}

// The answer on the page is told at once, too.
func TestThePageIsHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, r := newShop(t, sandbox.Config{})
		page := m.pay("PAYMENT_IN_PROCESS", "page", "1000", "visa-3ds").Get("normalUrl")
		time.Sleep(10 * time.Second)
		m.answerPage(page, "approve")
		synctest.Wait()
		if len(r.all()) != 1 {
			t.Errorf("%d deliveries", len(r.all()))
		}
	})
}

func TestSilentReceiver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		silent := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		m, _ := newShop(t, sandbox.Config{})
		m = m.with(sandbox.Config{NotifyURL: "http://shop.example/", Deliver: silent})
		m.pay("SUCCESS", "a", "1000", "visa")
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := m.news(); len(n.Attempts) != 1 || n.Attempts[0].Why != "no answer within 15s" || n.Attempts[0].TookMs != 15000 {
			t.Errorf("%+v", n)
		}
		// Close does not wait for it, and no attempt is made up.
		time.Sleep(time.Minute + 5*time.Second) // within the second
		start := time.Now()
		if err := m.box.Close(); err != nil || time.Since(start) > time.Second {
			t.Errorf("closed after %s: %v", time.Since(start), err)
		}
	})
}

// A receiver that leaves HTTP may go on for ever; the notification is delivered
// again when its time comes.
func TestReceiverThatSwitchesProtocols(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endless, _ := io.Pipe()
		switching := roundTrip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusSwitchingProtocols, Body: endless, Request: r}, nil
		})
		m, _ := newShop(t, sandbox.Config{})
		m = m.with(sandbox.Config{NotifyURL: "http://shop.example/", Deliver: switching})
		m.pay("SUCCESS", "a", "1000", "visa")
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		if n := m.news(); len(n.Attempts) != 2 || n.Attempts[0].Why != "HTTP 101, not 200" {
			t.Errorf("%+v", n)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// with is the merchant at another sandbox.
func (m *merchant) with(c sandbox.Config) *merchant {
	m.Helper()
	c.Keys = publishedKeys(m)
	box, err := sandbox.Open(c)
	if err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() { box.Close() })
	client := *m.client
	client.HTTP = &http.Client{Transport: box.Transport()}
	return &merchant{T: m.T, box: box, client: &client, clock: m.clock}
}

// A number that a receiver's answer holds is nowhere, wherever in the answer it
// stands.
func TestAnswersOfReceiversAreMasked(t *testing.T) {
	t.Parallel()
	const number = "4054695723100768"
	answers := []string{
		`your card ` + number + ` is fine`,
		`{"result":{"resultStatus":"` + number + `"}}`,
		`{"paymentMethodMetaData":{"cardNo":"` + number + `","cvv":"987"}}`,
	}
	for at := 490; at <= 512; at++ { // around where it is cut
		answers = append(answers, strings.Repeat("x", at)+" "+number+" "+strings.Repeat("y", 100))
	}
	state := filepath.Join(t.TempDir(), "state.db")
	m, r := newPassiveShop(t, sandbox.Config{State: state, Seed: "masked"})
	r.answer = func(n int) (int, string) { return 200 + n%2*300, answers[n] }
	for i := range answers {
		m.pay("SUCCESS", fmt.Sprint("a", i), "1000", "visa")
		m.delivers(1)
		text, err := json.Marshal(m.news())
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("40546957231")) || bytes.Contains(text, []byte(`987\"`)) {
			t.Errorf("answer %d is kept as %s", i, text)
		}
	}
	files, err := filepath.Glob(state + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("40546957231")) {
			t.Errorf("%s holds most of a card number", filepath.Base(name))
		}
	}
}

// Deliveries over the network: to this machine, and to nobody far away.
func TestWhereNotificationsGo(t *testing.T) {
	t.Parallel()
	hits := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits <- r.URL.Path
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return
		}
		_, _ = w.Write([]byte(acknowledgement))
	}))
	defer server.Close()
	// Nothing listens at the near end of a connection, and for as long as it is
	// there nobody else gets its port.
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	nobody := "http://" + conn.LocalAddr().String() + "/"
	port := server.Listener.Addr().(*net.TCPAddr).Port
	const notHere = "the sandbox delivers to this machine and to private networks alone, unless it is told otherwise"
	const never = "the sandbox never delivers to link-local addresses, nor to where clouds keep the credentials of a machine"
	for to, want := range map[string]string{
		server.URL + "/hooks":                         "",
		fmt.Sprintf("http://localhost:%d/name", port): "",
		server.URL + "/moved":                         "HTTP 307, not 200",
		nobody:                                        "nothing listens there",
		"http://203.0.113.1/":                         notHere,
		"https://203.0.113.1:8443/hooks":              notHere,
		"http://[2001:db8::1]/":                       notHere,
		"http://169.254.169.254/latest":               never,
		"http://8.8.8.8:53/":                          notHere,
	} {
		m := newMerchant(t, sandbox.Config{NotifyURL: to})
		m.pay("SUCCESS", "a", "1000", "visa")
		start := time.Now()
		m.delivers(1)
		if a := m.news().Attempts[0]; !strings.HasPrefix(a.Why, want) || want == notHere && a.Status != 0 {
			t.Errorf("%s: %+v, want %q", to, a, want)
		}
		if took := time.Since(start); want == notHere && took > 4*time.Second { // connecting may take 5 s
			t.Errorf("%s was refused after %s", to, took)
		}
	}
	close(hits)
	for path := range hits {
		if path == "/elsewhere" {
			t.Error("a redirect was followed")
		}
	}
}

// Of several processes with one state file, one delivers; when it ends,
// another takes over.
func TestOneDeliversForAll(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.db")
	first, a := newShop(t, sandbox.Config{State: file})
	second, b := newShop(t, sandbox.Config{State: file})
	for i := range 5 {
		first.pay("SUCCESS", fmt.Sprint("a", i), "1000", "visa")
		second.pay("SUCCESS", fmt.Sprint("b", i), "1000", "visa")
	}
	eventually(t, func() bool { return len(a.all())+len(b.all()) >= 10 })
	if len(a.all()) != 0 && len(b.all()) != 0 {
		t.Errorf("one delivered %d, the other %d", len(a.all()), len(b.all()))
	}
	other, left := second, b
	if len(a.all()) == 0 {
		first, other, left = second, first, a
	}
	if err := first.box.Close(); err != nil {
		t.Fatal(err)
	}
	other.pay("SUCCESS", "c", "1000", "visa")
	eventually(t, func() bool { return len(left.all()) == 1 })
}

// ample is how long a test waits for what must happen: long enough for a machine
// that does a lot of other things.
const ample = time.Minute

func eventually(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(ample); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not happen within %s", ample)
		}
	}
}

// Faults of notifications, each with what its meaning says.
func TestFaultsOfNotifications(t *testing.T) {
	t.Parallel()
	shop := func(t *testing.T, fault string, times int) (*merchant, *receiver) {
		m, r := newShop(t, sandbox.Config{})
		m.rule(sandbox.Rule{API: "notify", Times: times, Outcome: sandbox.Outcome{Fault: fault}})
		return m, r
	}
	told := func(r *receiver) string {
		var all []string
		for _, d := range r.all() {
			all = append(all, d.get("notifyType")[:1]+" "+d.get("paymentRequestId")+d.get("captureRequestId")+d.get("refundRequestId"))
		}
		return strings.Join(all, ", ")
	}
	for _, c := range []struct{ fault, want string }{
		{"notify-two-at-once", "P a, P a, C c"},
		{"notify-duplicate", "P a, C c, P a"},
		{"notify-reordered", "C c, P a"},
		{"notify-lost", "C c"},
		{"capture-twice", "P a, C c, C c"},
		{"notify-first", "P a, C c"},
	} {
		synctest.Test(t, func(t *testing.T) {
			m, r := shop(t, c.fault, 1)
			payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
			if n := len(r.all()); c.fault == "notify-first" && n != 1 {
				t.Errorf("%s: %d deliveries before the answer", c.fault, n)
			}
			synctest.Wait()
			m.capture("SUCCESS", "c", payment, "1000")
			time.Sleep(day)
			synctest.Wait()
			if got := told(r); got != c.want {
				t.Errorf("%s: %s, want %s", c.fault, got, c.want)
			}
			for _, d := range r.all() {
				m.verified(d, "request-time")
			}
			if c.fault == "capture-twice" {
				if got := r.all(); got[1].get("captureId") == got[2].get("captureId") || got[2].get("captureId") == "" || got[1].get("captureAmount.value") != got[2].get("captureAmount.value") {
					t.Errorf("%s\n%s", got[1].body, got[2].body)
				}
			}
			if c.fault == "notify-two-at-once" {
				if got := r.all(); !got[0].at.Equal(got[1].at) || !bytes.Equal(got[0].body, got[1].body) {
					t.Error("they did not come at the same time")
				}
			}
		})
	}
	// For one request alone.
	m, r := newPassiveShop(t, sandbox.Config{})
	m.rule(sandbox.Rule{API: "notify", RequestID: "b", Outcome: sandbox.Outcome{Fault: "notify-lost"}})
	for _, id := range []string{"a", "b", "c"} {
		m.pay("SUCCESS", id, "1000", "visa")
	}
	m.delivers(2)
	if got := told(r); strings.Contains(got, "b") {
		t.Errorf("%s", got)
	}
	list, err := m.box.Notifications(10)
	if err != nil || len(list) != 3 || list[1].State != sandbox.GivenUp || len(list[1].Attempts) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// What is sent again is sent now, whenever it was due, and signed with that time.
func TestResendIsNow(t *testing.T) {
	m, r := newPassiveShop(t, sandbox.Config{})
	for n, answer := range []func(int) (int, string){nil, refusing} {
		r.answer = answer
		m.pay("SUCCESS", fmt.Sprint("p", n), "4200", "visa")
		m.delivers(1)
		m.passes(time.Minute) // before the second attempt
		if err := m.box.Resend(m.news().ID, ""); err != nil {
			t.Fatal(err)
		}
		m.delivers(1)
		all := r.all()
		if at, err := apo.ParseTime(all[len(all)-1].time("request-time")); err != nil || !at.Equal(m.clock) {
			t.Errorf("it was sent at %s (%v), not at %s", at, err, m.clock)
		}
	}
}

// What came due while nobody delivered is attempted once, when somebody does, and
// goes on from there.
func TestNobodyDelivered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.db")
	first, _ := newPassiveShop(t, sandbox.Config{State: file, Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Speed: 1})
	first.pay("SUCCESS", "a", "4200", "visa")
	if err := first.box.Close(); err != nil {
		t.Fatal(err)
	}
	m, r := newPassiveShop(t, sandbox.Config{State: file})
	r.answer = refusing
	m.passes(time.Hour)
	m.delivers(1)
	m.passes(2*time.Minute - time.Second)
	m.delivers(0)
	m.passes(time.Second)
	m.delivers(1)
}

// On the real clock what could not be delivered before is late: it is signed with
// the time at which it comes, and the next attempt is counted from there.
func TestLateOnTheRealClock(t *testing.T) {
	m, r := newPassiveShop(t, sandbox.Config{})
	r.answer = refusing
	m.pay("SUCCESS", "a", "4200", "visa")
	m.passes(time.Hour)
	m.delivers(1)
	if at, err := apo.ParseTime(r.all()[0].time("request-time")); err != nil || !at.Equal(m.clock) {
		t.Errorf("it was sent at %s (%v), not at %s", at, err, m.clock)
	}
	m.passes(2*time.Minute - time.Second)
	m.delivers(0)
	m.passes(time.Second)
	m.delivers(1)
}

// An attempt that ends because the sandbox does was none of the receiver's making.
func TestAttemptThatIsBrokenOff(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	m := newMerchant(t, sandbox.Config{NotifyURL: "http://shop.example/hooks", Deliver: roundTrip(func(r *http.Request) (*http.Response, error) {
		stop()
		<-r.Context().Done()
		return nil, r.Context().Err()
	})})
	m.pay("SUCCESS", "a", "4200", "visa")
	if n, err := m.box.DeliverDue(ctx); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d attempts, %v", n, err)
	}
	if news := m.news(); len(news.Attempts) != 0 || news.State != sandbox.Queued {
		t.Errorf("%+v", news)
	}
}

// A receiver may call APO before it acknowledges what it was told: its answer
// does not wait until the news of its call, which stand behind, are told.
func TestReceiverThatCapturesAtOnce(t *testing.T) {
	for name, c := range map[string]sandbox.Config{
		"on the real clock":       {},
		"on a clock that was set": {Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			m, r := newPassiveShop(t, c)
			if _, err := m.box.AddRule(sandbox.Rule{Outcome: sandbox.Outcome{Fault: "notify-first"}}); err != nil {
				t.Fatal(err)
			}
			r.answer = func(n int) (int, string) {
				if n > 0 {
					return 200, acknowledgement
				}
				captured := make(chan *apo.Answer, 1)
				go func() {
					answer, _ := m.client.Capture(context.Background(), apo.CaptureRequest{
						CaptureRequestID: "c", PaymentID: r.all()[0].get("paymentId"), CaptureAmount: apo.Amount{Currency: "SGD", Value: "4200"},
					})
					captured <- answer
				}()
				select {
				case answer := <-captured:
					m.wants("SUCCESS", answer, nil)
				case <-time.After(10 * time.Second):
					t.Error("the capture waits for the receiver, which waits for the capture")
				}
				return 200, acknowledgement
			}
			m.pay("SUCCESS", "a", "4200", "visa")
			if n := len(r.all()); n != 1 {
				t.Errorf("%d deliveries before the answer", n)
			}
			m.delivers(1)
			if news := m.news(); len(r.all()) != 2 || news.Type != "CAPTURE_RESULT" || news.State != sandbox.Accepted {
				t.Errorf("%d deliveries, the last of %+v", len(r.all()), news)
			}
		})
	}
}

// Where all news is late, later news still overtakes earlier.
func TestAllNotificationsReordered(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	m.will("notify", sandbox.Outcome{Fault: "notify-reordered"})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c", payment, "1000")
	m.refund("SUCCESS", "r", payment, "1000")
	for range 3 {
		m.passes(30 * tick)
		m.delivers(1)
	}
	var got []string
	for _, d := range r.all() {
		got = append(got, d.get("notifyType"))
	}
	if want := []string{"REFUND_RESULT", "CAPTURE_RESULT", "PAYMENT_RESULT"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestNotifyTimeOption(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{Options: sandbox.Options{"notify-time": "response-time"}})
	m.pay("SUCCESS", "a", "1000", "visa")
	m.delivers(1)
	d := r.all()[0]
	m.verified(d, "response-time")
	if d.time("request-time") != "" {
		t.Errorf("%v", d.header)
	}
}

// What is shown of a notification is what was delivered, byte for byte; before
// that, what will be.
func TestNotificationMessage(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"request-time", "response-time"} {
		m, r := newPassiveShop(t, sandbox.Config{Options: sandbox.Options{"notify-time": header}})
		m.pay("SUCCESS", "a", "1000", "visa")
		shown := func() (wire string) {
			message, err := m.box.NotificationMessage(1)
			if err != nil {
				t.Fatal(err)
			}
			request, err := message.Request()
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(request.URL, request.Header, string(message.Body))
		}
		before := shown()
		m.delivers(1)
		d := r.all()[0]
		delivered := fmt.Sprint(d.url, d.header, string(d.body))
		if after := shown(); before != delivered || after != delivered {
			t.Errorf("delivered was\n%s\nbefore that was shown\n%s\nand after it\n%s", delivered, before, after)
		}
		if _, err := m.box.NotificationMessage(2); !errors.Is(err, sandbox.ErrNoNotification) {
			t.Errorf("of one that is not there: %v", err)
		}
	}
}
