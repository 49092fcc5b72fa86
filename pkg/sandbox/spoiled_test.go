package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

// The first delivery is spoiled in the way of the fault, and the next is as it
// should be: who refuses the one has the news by the other.
func TestFaultsOfFirstDeliveries(t *testing.T) {
	t.Parallel()
	for fault, c := range map[string]struct {
		verifies bool
		is       func(d delivery) bool
	}{
		"notify-other-key":    {false, func(d delivery) bool { return d.get("paymentAmount.value") == "1000" }},
		"notify-changed":      {false, func(d delivery) bool { return d.get("paymentAmount.value") == "1001" }},
		"notify-stale":        {true, func(d delivery) bool { return d.time("request-time") == "2026-01-30T04:00:00-08:00" }},
		"notify-other-client": {true, func(d delivery) bool { return d.time("client-id") == sandbox.OtherClientID }},
		"notify-unsigned":     {false, func(d delivery) bool { return d.time("signature") == "" && d.time("request-time") != "" }},
		"notify-other-path":   {false, func(d delivery) bool { return d.url.Path == "/hooks/apo" }},
	} {
		m, r := newPassiveShop(t, sandbox.Config{})
		m.will("notify", sandbox.Outcome{Fault: fault})
		r.answer = func(n int) (int, string) {
			if n == 0 {
				return 400, "no"
			}
			return 200, acknowledgement
		}
		m.pay("SUCCESS", "a", "1000", "visa")
		before, err := m.box.NotificationMessage(1)
		must(t, err)
		m.delivers(1)
		first := r.all()[0]
		said := sign.Message{Method: "POST", Path: first.url.EscapedPath(), ClientID: first.time("client-id"), Time: first.time("request-time"), Body: first.body}
		if err := sign.Verify(m.box.Credentials().AntomKey, said, first.time("signature")); (err == nil) != c.verifies || !c.is(first) {
			t.Errorf("%s: %v\n%v\n%s", fault, err, first.header, first.body)
		}
		shown, err := m.box.NotificationMessage(1)
		must(t, err)
		for _, is := range []sandbox.Message{before, shown} {
			if string(is.Body) != string(first.body) || head(is, "signature") != first.time("signature") || head(is, "request-time") != first.time("request-time") {
				t.Errorf("%s: what is shown is not what was delivered: %v", fault, is.Header)
			}
		}
		m.passes(2 * time.Minute)
		m.delivers(1)
		if m.verified(r.all()[1], "request-time"); m.news().State != sandbox.Accepted {
			t.Errorf("%s: %+v", fault, m.news())
		}
	}
}

// What is told twice has one request ID and two of APO's, and both verify.
func TestDoubledNotifications(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	m.will("notify", sandbox.Outcome{Fault: "notify-doubled"})
	payment := m.pay("SUCCESS", "a", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "c", payment, "1000")
	m.refund("SUCCESS", "r", payment, "1000")
	m.delivers(6)
	got := r.all()
	for i, names := range [][2]string{{"paymentRequestId", "paymentId"}, {"captureRequestId", "captureId"}, {"refundRequestId", "refundId"}} {
		a, b := got[2*i], got[2*i+1]
		m.verified(a, "request-time")
		m.verified(b, "request-time")
		if a.get(names[0]) != b.get(names[0]) || a.get(names[0]) == "" || a.get(names[1]) == b.get(names[1]) || b.get(names[1]) == "" {
			t.Errorf("%s\n%s", a.body, b.body)
		}
	}
	if p := m.inquire("SUCCESS", "a"); len(p.Transactions) != 2 {
		t.Errorf("%d transactions on the books", len(p.Transactions))
	}
}

// That a payment is pending is told before its result, whatever that is.
func TestPendingIsToldFirst(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	m.will("notify", sandbox.Outcome{Fault: "notify-pending"})
	m.pay("SUCCESS", "a", "1000", "visa")
	m.pay("DO_NOT_HONOR", "b", "1000", "visa-declined")
	m.delivers(4)
	var told []string
	for _, d := range r.all() {
		m.verified(d, "request-time")
		told = append(told, d.get("paymentRequestId")+" "+d.get("notifyType")+" "+d.get("result.resultStatus"))
	}
	slices.Sort(told)
	if want := []string{"a PAYMENT_PENDING S", "a PAYMENT_RESULT S", "b PAYMENT_PENDING S", "b PAYMENT_RESULT F"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// How much of an address is signed, and how it goes over the wire: percent-encoded
// where it is not ASCII, and signed as it is sent.
func TestAddressesOnTheWire(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r
		_, _ = w.Write([]byte(acknowledgement))
	}))
	defer server.Close()
	for _, c := range []struct{ address, path, query string }{
		{"", "/", ""},
		{"/hooks/apo", "/hooks/apo", ""},
		{"/hooks?shop=1&x=a%2Fb", "/hooks", "shop=1&x=a%2Fb"},
		{"?shop=1", "/", "shop=1"},
		{"/größe?ü=ß&x=a b", "/gr%C3%B6%C3%9Fe", "%C3%BC=%C3%9F&x=a%20b"},
		{"/a%2Fb/ü#part", "/a%2Fb/%C3%BC", ""},
		{"/a b/%e4?q={1}", "/a%20b/%e4", "q=%7B1%7D"},
	} {
		for _, option := range []string{"path", "path-query"} {
			m := newMerchant(t, sandbox.Config{NotifyURL: server.URL + c.address, Options: sandbox.Options{"notification-uri": option}})
			m.pay("SUCCESS", "a", "1000", "visa")
			m.delivers(1)
			r := <-got
			want := c.path
			if c.query != "" {
				want += "?" + c.query
			}
			if r.RequestURI != want {
				t.Errorf("%s went to %s, want %s", c.address, r.RequestURI, want)
			}
			signed := sign.Message{
				Method: "POST", Path: c.path, ClientID: sandbox.ClientID, Time: r.Header.Get("Request-Time"), Body: m.news().Body,
			}
			if option == "path-query" {
				signed.Path = want
			}
			if err := sign.Verify(m.box.Credentials().AntomKey, signed, r.Header.Get("Signature")); err != nil {
				t.Errorf("%s, %s: %v", c.address, option, err)
			}
		}
	}
}

// The address of the dashboard goes first for captures, unless an option says
// otherwise.
func TestCaptureNotifyURLOption(t *testing.T) {
	t.Parallel()
	for option, want := range map[string]string{"dashboard": "/hooks/apo", "request": "/p"} {
		m, r := newPassiveShop(t, sandbox.Config{Options: sandbox.Options{"capture-notify-url": option}})
		request := m.request("a", "1000", "visa")
		request.PaymentNotifyURL = "http://shop.example/p"
		answer, err := m.client.Pay(context.Background(), request)
		m.capture("SUCCESS", "c", m.wants("SUCCESS", answer, err).Get("paymentId"), "1000")
		m.delivers(2)
		if got := r.all(); got[0].url.Path != "/p" || got[1].url.Path != want {
			t.Errorf("%s: %s and %s", option, got[0].url.Path, got[1].url.Path)
		}
	}
}

// What is sent again to another address is signed for that one, and goes on there.
func TestResendToAnotherAddress(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	m.pay("SUCCESS", "a", "1000", "visa")
	m.delivers(1)
	r.answer = refusing
	must(t, m.box.Resend(1, "http://user.example/elsewhere?x=1"))
	m.delivers(1)
	m.passes(10 * time.Minute)
	m.delivers(1)
	for _, d := range r.all()[1:] {
		if m.verified(d, "request-time"); d.url.String() != "http://user.example/elsewhere?x=1" {
			t.Errorf("it went to %s", d.url)
		}
	}
	n := m.news()
	if n.URL != "http://shop.example/hooks/apo?shop=1&q=a%2Fb" || n.To != "http://user.example/elsewhere?x=1" || n.Attempts[0].To != "" || n.Attempts[2].To != n.To {
		t.Errorf("%+v", n)
	}
	r.answer = nil
	must(t, m.box.Resend(1, ""))
	if n, err := m.box.Deliver(context.Background(), 1); err != nil || n.State != sandbox.Accepted || n.Attempts[3].To != "" {
		t.Errorf("%+v %v", n, err)
	}
	if err := m.box.Resend(1, "nowhere"); err == nil {
		t.Error("it is sent to nowhere")
	}
	if _, err := m.box.Deliver(context.Background(), 9); err == nil {
		t.Error("one that is not there was delivered")
	}
}
