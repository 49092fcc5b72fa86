package app

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

const (
	idA = "20261130000000000000000000000000017"
	idB = "20261130000000000000000000000000018"
	idE = "20261130000000000000000000000000022"
)

// lookups is a run with a journal of some payments.
type lookups struct {
	run *Run
	j   *journal.SQLite
}

func newLookups(t testing.TB) lookups {
	t.Helper()
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	for _, n := range []apo.Numbers{
		{PaymentRequestID: "r-a", PaymentID: idA, ReferenceOrderID: "A-1017"},
		{PaymentRequestID: "r-b", PaymentID: idB, ReferenceOrderID: "A-1018"},
		{PaymentRequestID: "r-d", PaymentID: "20261130000000000000000000000000020", ReferenceOrderID: "1017"},
		{PaymentRequestID: "r-f", PaymentID: "20261130000000000000000000000000021", ReferenceOrderID: "OP-1"},
		{PaymentRequestID: "r-e", PaymentID: idE, ReferenceOrderID: "OP-2"},
		{PaymentRequestID: "order-alpha", PaymentID: "20261130000000000000000000000000023", ReferenceOrderID: "SO-101"},
		{PaymentRequestID: "r,1", PaymentID: "20261130000000000000000000000000024", ReferenceOrderID: "Ä-17"},
	} {
		r, err := j.Begin(t.Context(), journal.Record{Account: journal.Account{Profile: "box", ClientID: "C"}, Endpoint: "pay", Numbers: n, Card: "VISA 0768", Request: []byte(`{}`)}, nil)
		if err == nil {
			err = j.End(t.Context(), r.ID, journal.Ending{State: journal.Answered, Outcome: apo.Succeeded})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return lookups{&Run{IO: term.New(strings.NewReader(""), io.Discard, io.Discard), Getenv: os.Getenv, Lookup: os.LookupEnv, Now: func() time.Time { return now }}, j}
}

// found is the order of the one payment that a text leads to, for what moves money where
// it has to be sure; "" for none.
func (l lookups) found(ctx context.Context, text string, sure bool) (string, error) {
	w, err := l.run.Wanted(text, SearchFlags{})
	if err != nil {
		return "", err
	}
	w.sure = sure
	if w, err = l.run.Understand(ctx, l.j, w); err != nil {
		return "", err
	}
	matches, err := l.run.Matches(ctx, l.j, w, nil)
	if err == nil && sure {
		err = l.run.unlessGuessed(ctx, l.j, w, matches)
	}
	if err != nil || len(matches) != 1 || sure && matches[0].Way != journal.Exactly {
		return "", err
	}
	return matches[0].Record.Numbers.ReferenceOrderID, nil
}

// A text that names two payments leads to none, neither for what moves money nor for
// what only looks.
func TestTextsOfTwoPayments(t *testing.T) {
	l := newLookups(t)
	for _, text := range []string{
		"https://d.example/payments/" + idB + "?parent=A-1017", "[A-1018](https://shop.example/orders/A-1017)", `{"paymentId":"` + idA + `","memo":"capture ` + idE + ` instead"}`, "orderId=OP-1, replacedBy=OP-2",
		"https://d.example/payments/" + idB + "?redirect=/payments/" + idA, "https://d.example/?paymentId=" + idA + "&relatedPaymentId=" + idB, `{"paymentId":"` + idA + `","originalPaymentId":"` + idB + `"}`,
		`{"duplicateOf":"` + idB + `","paymentId":"` + idA + `"}`, "paymentId=" + idA + " duplicate_of=" + idB, "paymentId: " + idA + "\nrelated: " + idB, "orderId=A-1017, previousOrderId=A-1018",
		"https://d.example/payments/" + idB + "?redirect=%2Fpayments%2F" + idA, "https://d.example/payments/" + idB + "?redirect=%252Fpayments%252F" + idA, "https://d.example/payments/" + idB + "?note=r-a", "https://d.example/payments/" + idB + "#r-a",
		`{"paymentId":"` + idA + `","memo":"r-b"}`, `{"paymentId":"` + idA + `","all":["` + idB + `"]}`, `{"paymentId":"` + idA + `","parent":{"id":"` + idB + `"}}`, "paymentRequestId r-a, paymentId " + idB, "request r-b of order A-1017", "order-alpha A-1018",
		"r-a and r-b", "r-a/r-b", "r-a r-b", "<https://d.example/payments/" + idB + "|A-1017>", "<https://d.example/orders/A-1017|payment> r-b", `<a href="https://d.example/orders/A-1017">A-1018</a>`, `<a title="A-1017" href="https://d.example/orders/A-1018">it</a>`,
		`[A-1018](https://d.example/x "A-1017")`, "https://A-1017.example/orders/A-1018", "https://A-1017@d.example/orders/A-1018", "https://d.example/orders/A-1018?A-1017=1", "A-1017 -> A-1018", "A-1018 (was A-1017)", "A-1018 <!-- A-1017 -->", "<A-1017>A-1018</A-1017>",
		"{'order': 'A-1018', 'was': 'A-1017'}", "map[paymentId:" + idA + " parent:map[id:" + idB + "]]", "order A-1018\nparent: r-a",
	} {
		for _, sure := range []bool{true, false} {
			if got, err := l.found(t.Context(), text, sure); err == nil || got != "" {
				t.Errorf("%q, sure %v: %q, %v; want a refusal", text, sure, got, err)
			}
		}
	}
}

// What moves money takes no number whose label or surroundings may say something else.
func TestTextsThatAreNotCertain(t *testing.T) {
	l := newLookups(t)
	for _, text := range []string{
		`{"paymentId":"1017"}`, `{"refundRequestId":"OP-2"}`, `{"captureRequestId":"r-a"}`, `{"acquirerTransactionId":"A-1017"}`, "paymentRequestId: A-1017", `{"referenceOrderId":"r-a"}`, "paymentId 1017", "captureId r-b", "refundId=r-b",
		"arn: r-a", "Payment ID: 1017", "https://d.example/?paymentId=1017", "payment_request_id=A-1017", "order r-a", "Order No. r-a", `"orderId":"` + idA + `"`, "https://shop.example/?order=r-a", "networkTransactionId: A-1017", "RRN A-1017", "paymentId:1017", "#<Payment payment_id=\"1017\">",
		"~~A-1017~~", "<s>A-1017</s>", "<del>A-1017</del>", "<strike>A-1017</strike>", "A-1017?", "A-1017~", "~A-1017", "A-1017*", "*A-1017*", "A-1017…", "A-1017...", "!A-1017", "A-1017!", "¬A-1017", "❌ A-1017", "A-1017 ❌", "A-1017 ✗",
		`<span style="text-decoration:line-through">A-1017</span>`, `<b class="void">A-1017</b>`, "not A-1017", "no A-1017", "A-1017 (void)", "[x] A-1017", "A-1017 or", "A-1017 = void", "A-1017 #void", "-A-1017", "A-1017^", "A-1017%", "A-1017+1", "A-1017\\", "… A-1017", "... A-1017", "a-1017", "A-101",
		"do not cancel A-1017", "A-1017 SGD 42.00", "A-1017.pdf", "/tmp/A-1017.log", `[A-1017](https://d.example/x "not this")`, `{"paymentId":"` + idA + `","status":"void"}`, "https://d.example/" + idA + "?not=A-99", "A-1017 A-99", `{"paymentId":"` + idA + `","orderId":"A-99"}`, "A-1017€", "A-1017@d.example",
		"\x1b[9mA-1017\x1b[0m", "\x1b[2;9mA-1017", "...of A-1017", "--the A-1017", "Order A-1017: no", "A-1017 order", "no order A-1017", "<s>A-1017</s> <b>A-1017</b>", "A\u0336-1\u03360\u03361\u03367", "</s>A-1017", "A-1017 is", "{{A-1017}}",
	} {
		if got, _ := l.found(t.Context(), text, true); got != "" {
			t.Errorf("%q acts on %s", text, got)
		}
	}
	for text, want := range map[string]string{
		"A-1017": "A-1017", ` "A-1017". `: "A-1017", "Order ID A-1017": "A-1017", "#A-1017": "A-1017", "Order no. \"A-1017\".": "A-1017", "paymentRequestId: r-a": "A-1017", "request ID r-a": "A-1017", "payment r-a": "A-1017", "paymentId=" + idA: "A-1017",
		`{"paymentId":"` + idA + `","paymentRequestId":"r-a"}`: "A-1017", "https://d.example/payments/" + idA + "?tab=1": "A-1017", "https://d.example/v1/payments/" + idA: "A-1017", "[A-1017](https://d.example/payments/" + idA + ")": "A-1017", "- A-1017": "A-1017",
		"<b>A-1017</b>": "A-1017", "<td>A-1017</td>": "A-1017", `="A-1017"`: "A-1017", "`A-1017`": "A-1017", "(A-1017)": "A-1017", "\x1b[1mA-1017\x1b[0m": "A-1017", "<https://d.example/payments/" + idB + "|payment>": "A-1018", "paymentId=" + idA + "&paymentRequestId=r-a": "A-1017",
		`{"paymentId":"` + idA + `","order":{"referenceOrderId":"A-1017"}}`: "A-1017", "2026 1130 0000 0000 0000 0000 0000 0000 017": "A-1017", "\u200bA-1017\u00a0": "A-1017", "r,1": "Ä-17", "A\u0308-17": "Ä-17", "map[paymentId:" + idA + "]": "A-1017",
	} {
		if got, err := l.found(t.Context(), text, true); got != want {
			t.Errorf("%q: %q, %v; want %s", text, got, err, want)
		}
	}
}

// Whatever stands around and between two known numbers of two payments, what moves money
// acts on neither.
func FuzzTwoPayments(f *testing.F) {
	l := newLookups(f)
	for _, around := range [][3]string{
		{"", " ", ""},
		{"https://d.example/", "?x=", ""},
		{"[", "](https://x.example/", ")"},
		{`{"paymentId":"`, `","x":"`, `"}`},
		{"<s>", "</s>", ""},
		{"https://", ".example/", ""},
		{"", "…", ""},
		{"<a title='", "' href='/", "'>x</a>"},
		{"=T(\"", "\")", ""},
		{"%22", "%22", "%0A"},
		{"", "\\u0022", ""},
		{"orderId=", "&was=", ""},
		{"<", "|", ">"},
		{"1\t2026-11-30 11:52:40 UTC\tLOCAL local\tpay\tSGD 1.00\tS SUCCESS\t", "\n", ""},
		{"LOCAL ✔ payment ", ": ", ""},
		{"mailto:", "@", ".example"},
		{"<x>", "</x>", "</"},
	} {
		f.Add(around[0], around[1], around[2])
	}
	f.Fuzz(func(t *testing.T, before, between, after string) {
		for _, pair := range [][2]string{{"A-1017", "A-1018"}, {idB, "OP-1"}} {
			text := before + pair[0] + between + pair[1] + after
			if got, _ := l.found(t.Context(), text, true); got != "" {
				t.Errorf("%q acts on %s", text, got)
			}
		}
	})
}
