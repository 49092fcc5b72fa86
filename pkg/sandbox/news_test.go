package sandbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sandbox"
	"github.com/apo-cli/apo/pkg/sign"
)

const hooks = "http://127.0.0.1:3000/hooks/apo?shop=1"

// checked verifies a message as its receiver would, over path and query or the
// path alone.
func (m *merchant) checked(c sandbox.Message) error {
	m.Helper()
	u, err := url.Parse(c.URL)
	if err != nil {
		m.Fatal(err)
	}
	said := sign.Message{Method: c.Method, Path: u.EscapedPath(), ClientID: head(c, "client-id"), Time: head(c, "request-time"), Body: c.Body}
	return sign.Verify(m.box.Credentials().AntomKey, said, head(c, "signature"))
}

// head is a header of a message, whose names are in lower case.
func head(c sandbox.Message, name string) string { return strings.Join(c.Header[name], ",") }

// Every kind of news that can be made is read as what its name says, and verifies.
func TestComposedNewsSayWhatTheirNameSays(t *testing.T) {
	t.Parallel()
	kinds := map[string]notify.Kind{
		"payment": notify.KindPaymentResult, "capture": notify.KindCaptureResult, "refund": notify.KindRefundResult,
		"vaulting": notify.KindVaulting, "dispute": notify.KindDispute,
	}
	states := map[string]notify.Status{"succeeded": notify.Succeeded, "failed": notify.Failed, "closed": notify.Failed, "pending": notify.NotFinal, "created": notify.NotFinal, "judged": notify.Failed}
	m := newMerchant(t, sandbox.Config{})
	paid := m.pay("SUCCESS", "real", "1000", "visa").Get("paymentId")
	m.capture("SUCCESS", "real-c", paid, "600")
	m.refund("SUCCESS", "real-r", paid, "200")
	before, err := m.box.Notifications(100)
	must(t, err)
	for _, k := range sandbox.AllNews() {
		for _, of := range []string{"", "real", "real-c", "real-r", paid} {
			c, err := m.box.Compose(sandbox.News{Kind: k.Name, Of: of, URL: hooks})
			if err != nil {
				t.Errorf("%s of %q: %v", k.Name, of, err)
				continue
			}
			kind, outcome, _ := strings.Cut(k.Name, ".")
			n, err := notify.Read(c.Body)
			must(t, err)
			want := kinds[kind]
			if k.Name == "payment.pending" {
				want = notify.KindPaymentPending
			}
			if n.Kind != want || n.Status != states[outcome] || n.Doubt != "" && n.Doubt != notify.InProcess {
				t.Errorf("%s of %q is read as %s, %s %s:\n%s", k.Name, of, n.Kind, n.Status, n.Doubt, c.Body)
			}
			if err := m.checked(c); err != nil {
				t.Errorf("%s: %v", k.Name, err)
			}
			if of != "" && n.PaymentID != "" && (n.PaymentID != paid || c.PaymentID != paid) {
				t.Errorf("%s of %q is about %s", k.Name, of, n.PaymentID)
			}
			if bytes.Contains(c.Body, []byte("4054695723100768")) || c.Of == "" || c.Type == "" || c.URL != hooks || c.Method != "POST" {
				t.Errorf("%s: %+v", k.Name, c)
			}
		}
		if found, ok := sandbox.FindNews(k.Name); !ok || found != k || len(k.Meaning) > 80 {
			t.Errorf("%s is found as %s", k.Name, found.Name)
		}
	}
	after, err := m.box.Notifications(100)
	if err != nil || len(after) != len(before) {
		t.Errorf("%d notifications were queued", len(after)-len(before))
	}
	if p := m.inquire("SUCCESS", "real"); p.Status != "SUCCESS" {
		t.Errorf("the books say %s", p.Status)
	}
}

// What a capture or refund of the books is told of has its numbers and amount.
func TestComposedNewsOfWhatThereIs(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Acquirers: []sandbox.Acquirer{{Name: "ADYEN", Weight: 1}}})
	paid := m.pay("SUCCESS", "p", "1000", "visa")
	id := paid.Get("paymentId")
	first := m.capture("SUCCESS", "c1", id, "100").Get("captureId")
	second := m.capture("SUCCESS", "c2", id, "200").Get("captureId")
	refund := m.refund("SUCCESS", "r1", id, "50").Get("refundId")
	for _, c := range []struct{ kind, of, path, want string }{
		{"capture", "p", "captureId", second},
		{"capture", "c1", "captureId", first},
		{"capture", first, "captureAmount.value", "100"},
		{"capture.failed", "c2", "result.resultCode", "PROCESS_FAIL"},
		{"refund", id, "refundId", refund},
		{"refund.failed", "r1", "refundStatus", "FAIL"},
		{"payment", refund, "paymentRequestId", "p"},
		{"payment", paid.Get("acquirerInfo.acquirerTransactionId"), "paymentId", id},
		{"payment", paid.Get("acquirerInfo.referenceRequestId"), "paymentTime", paid.Get("paymentTime")},
		{"payment.failed", "p", "paymentResultInfo.refusalCodeRaw", "05"},
		{"dispute", "p", "acquirerInfo.acquirerTransactionId", paid.Get("acquirerInfo.acquirerTransactionId")},
		{"dispute.judged", "p", "disputeJudgedAmount.value", "1000"},
	} {
		message, err := m.box.Compose(sandbox.News{Kind: c.kind, Of: c.of, URL: hooks})
		if got := gjson.GetBytes(message.Body, c.path).String(); err != nil || got != c.want || got == "" {
			t.Errorf("%s of %s: %s is %q, want %q; %v", c.kind, c.of, c.path, got, c.want, err)
		}
	}
}

// One ID makes one message, to the byte, in one state; without one each is another.
func TestComposedNewsFollowFromTheirID(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{Seed: "news"})
	other := newMerchant(t, sandbox.Config{Seed: "news"})
	n := sandbox.News{Kind: "payment", ID: "demo", Amount: apo.Amount{Currency: "JPY", Value: "77"}, URL: hooks, Time: noon()}
	compose := func(m *merchant, n sandbox.News) sandbox.Message {
		c, err := m.box.Compose(n)
		must(t, err)
		return c
	}
	a, b := compose(m, n), compose(other, n)
	if !bytes.Equal(a.Body, b.Body) || head(a, "signature") != head(b, "signature") {
		t.Errorf("%s\n%s", a.Body, b.Body)
	}
	if gjson.GetBytes(a.Body, "paymentAmount").Raw != `{"currency":"JPY","value":"77"}` || a.Of != "paymentRequestId demo" || head(a, "request-time") != "2026-03-01T04:00:00-08:00" {
		t.Errorf("%+v %s", a.Header, a.Body)
	}
	n.ID = ""
	if one, another := compose(m, n), compose(m, n); one.PaymentID == another.PaymentID {
		t.Error("two without an ID are one")
	}
}

// A value is replaced where it stands, in its own type, and nothing else changes.
func TestChangesOfComposedNews(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	n := sandbox.News{Kind: "dispute", ID: "demo", URL: hooks}
	plain, err := m.box.Compose(n)
	must(t, err)
	for text, want := range map[string][2]string{
		"disputeAmount.value=12\"": {`"disputeAmount":{"currency":"SGD","value":"4200"}`, `"disputeAmount":{"currency":"SGD","value":"12\""}`},
		"defendable=false":         {`"defendable":true`, `"defendable":false`},
		"disputeAmount=null":       {`"disputeAmount":{"currency":"SGD","value":"4200"}`, `"disputeAmount":null`},
		"disputeReasonMsg=null":    {`"Other Fraud"`, `"null"`},
	} {
		change, err := sandbox.ParseChange(text)
		must(t, err)
		n.Changes = []sandbox.Change{change}
		c, err := m.box.Compose(n)
		if err != nil || string(c.Body) != strings.Replace(string(plain.Body), want[0], want[1], 1) || m.checked(c) != nil {
			t.Errorf("%s: %s %v", text, c.Body, err)
		}
	}
	for text, want := range map[string]string{"disputeAmount.valeu=1": "the message has no disputeAmount.valeu", "defendable=perhaps": "not JSON", "a.#=1": "has no a.#", "@this=1": "has no @this", "disputeAmount|value=1": "has no"} {
		change, err := sandbox.ParseChange(text)
		must(t, err)
		n.Changes = []sandbox.Change{change}
		_, err = m.box.Compose(n)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
		var unknown *sandbox.UnknownPathError
		if strings.Contains(want, "has no") && (!errors.As(err, &unknown) || !slices.Contains(unknown.Paths, "disputeAmount.value") || !slices.Contains(unknown.Paths, "disputeAmount")) {
			t.Errorf("%s: %+v", text, unknown)
		}
	}
	for _, text := range []string{"", "=1", "disputeAmount"} {
		if _, err := sandbox.ParseChange(text); err == nil {
			t.Errorf("%q is a change", text)
		}
	}
}

// What is spoiled does not verify, and is spoiled in one point alone.
func TestCorruptions(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for _, k := range sandbox.AllNews() {
		n := sandbox.News{Kind: k.Name, ID: "demo", URL: hooks, Time: noon()}
		right, err := m.box.Compose(n)
		must(t, err)
		for _, c := range sandbox.Corruptions() {
			n.Corrupt = c.Name
			wrong, err := m.box.Compose(n)
			must(t, err)
			if m.checked(wrong) == nil {
				t.Errorf("%s %s verifies", k.Name, c.Name)
			}
			same := map[string]bool{"body": bytes.Equal(wrong.Body, right.Body)}
			for _, name := range []string{"client-id", "request-time", "signature"} {
				same[name] = slices.Equal(wrong.Header[name], right.Header[name])
			}
			differs := map[string]string{"body": "body", "time": "request-time", "client-id": "client-id"}[c.Name]
			if differs == "" {
				differs = "signature"
			}
			for part, is := range same {
				if is == (part == differs) {
					t.Errorf("%s %s: %s is the same: %t", k.Name, c.Name, part, is)
				}
			}
			if !json.Valid(wrong.Body) || wrong.URL != right.URL {
				t.Errorf("%s %s: %s", k.Name, c.Name, wrong.Body)
			}
		}
	}
}

func TestNewsThatCannotBeComposed(t *testing.T) {
	t.Parallel()
	m := newMerchant(t, sandbox.Config{})
	for want, n := range map[string]sandbox.News{
		"not a kind":                 {Kind: "payment.happened", URL: hooks},
		"no payment of this number":  {Kind: "payment", Of: "nobody", URL: hooks},
		"knows no address":           {Kind: "payment"},
		"not one of the corruptions": {Kind: "payment", URL: hooks, Corrupt: "all"},
		"not a number of smallest":   {Kind: "payment", URL: hooks, Amount: apo.Amount{Currency: "SGD", Value: "4.2"}},
		"is judged":                  {Kind: "dispute.judged", URL: hooks, Code: "MAYBE"},
	} {
		if _, err := m.box.Compose(n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", n, err, want)
		}
	}
	if _, err := m.box.Compose(sandbox.News{Kind: "payment", Of: "x", URL: hooks}); !errors.Is(err, sandbox.ErrNoPayment) {
		t.Error(err)
	}
	if _, err := m.box.Compose(sandbox.News{Kind: "payment"}); !errors.Is(err, sandbox.ErrNoAddress) {
		t.Error(err)
	}
}

// News that is told is delivered like any other, until it is acknowledged.
func TestToldNewsAreDelivered(t *testing.T) {
	t.Parallel()
	m, r := newPassiveShop(t, sandbox.Config{})
	m.pay("SUCCESS", "p", "1000", "visa")
	m.delivers(1)
	r.answer = refusing
	for i, kind := range []string{"vaulting", "dispute", "dispute.judged"} {
		n, err := m.box.Tell(sandbox.News{Kind: kind, Of: "p"})
		must(t, err)
		m.delivers(1)
		d := r.all()[i+1]
		m.verified(d, "request-time")
		if got := m.news(); got.ID != n.ID || got.State != sandbox.Queued || got.Attempts[0].Next != got.Next || d.get("notifyType") != "" {
			t.Errorf("%s: %+v %s", kind, got, d.body)
		}
	}
	r.answer = nil
	m.passes(2 * time.Minute)
	m.delivers(3)
}
