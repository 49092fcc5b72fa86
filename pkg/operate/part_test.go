package operate_test

import (
	"errors"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/operate"
)

func sgd(value string) apo.Amount { return apo.Amount{Currency: "SGD", Value: value} }

// books are those of a payment of SGD 42.00.
func books(status string, entries ...apo.Transaction) apo.Payment {
	return apo.Payment{PaymentID: payID, PaymentRequestID: "p-1", Amount: sgd("4200"), Status: status, Transactions: entries}
}

func part(kind, id, status, value string) apo.Transaction {
	return apo.Transaction{Type: kind, RequestID: id, Status: status, Amount: sgd(value)}
}

// What is captured or refunded of a payment, and under which ID.
func TestPart(t *testing.T) {
	full := operate.DerivedID("CAPTURE", payID)
	fullRefund := operate.DerivedID("REFUND", payID)
	done := part("CAPTURE", "c-1", "SUCCESS", "4200")
	mixed := part("CAPTURE", "c-1", "SUCCESS", "100")
	mixed.Amount.Currency = "JPY"
	var overflow []apo.Transaction
	for range 2000 {
		overflow = append(overflow, part("CAPTURE", "", "SUCCESS", "9999999999999999"))
	}
	for name, c := range map[string]struct {
		kind    string
		payment apo.Payment
		part    operate.Part
		id      string // "*": a new one
		value   string
		before  string // the same one that was sent earlier
		reason  operate.Reason
		limit   string
	}{
		"the whole":                                {"CAPTURE", books("SUCCESS"), operate.Part{}, full, "4200", "", "", ""},
		"the whole, under an ID":                   {"CAPTURE", books("SUCCESS"), operate.Part{RequestID: "c-7"}, "c-7", "4200", "", "", ""},
		"the rest":                                 {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "SUCCESS", "200")), operate.Part{}, full, "4000", "", "", ""},
		"the rest, beside what is under way":       {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "PROCESSING", "200"), part("CAPTURE", "c-2", "PENDING", "1000")), operate.Part{}, full, "3000", "", "", ""},
		"what failed took nothing":                 {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "FAIL", "4200")), operate.Part{}, full, "4200", "", "", ""},
		"a part":                                   {"CAPTURE", books("SUCCESS"), operate.Part{Amount: sgd("1")}, "*", "1", "", "", ""},
		"a part, under an ID":                      {"CAPTURE", books("SUCCESS"), operate.Part{Amount: sgd("1"), RequestID: "c-7"}, "c-7", "1", "", "", ""},
		"a part that is all":                       {"CAPTURE", books("SUCCESS"), operate.Part{Amount: sgd("4200")}, "*", "4200", "", "", ""},
		"a part that is more":                      {"CAPTURE", books("SUCCESS"), operate.Part{Amount: sgd("4201")}, "", "", "", operate.MoreThanLeft, "4200"},
		"a part that is more than the rest":        {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "SUCCESS", "200")), operate.Part{Amount: sgd("4001")}, "", "", "", operate.MoreThanLeft, "4000"},
		"a part that is more, and it is meant":     {"CAPTURE", books("SUCCESS"), operate.Part{Amount: sgd("4201"), Again: true}, "*", "4201", "", "", ""},
		"a part of another currency":               {"CAPTURE", books("SUCCESS"), operate.Part{Amount: apo.Amount{Currency: "JPY", Value: "9000"}}, "*", "9000", "", "", ""},
		"a part that was sent earlier":             {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-7", "SUCCESS", "4200")), operate.Part{Amount: sgd("4200"), RequestID: "c-7"}, "c-7", "4200", "", "", ""},
		"the whole again":                          {"CAPTURE", books("SUCCESS", part("CAPTURE", full, "SUCCESS", "4200")), operate.Part{}, full, "4200", full, "", ""},
		"the whole again, under its ID":            {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-7", "SUCCESS", "4200")), operate.Part{RequestID: "c-7"}, "c-7", "4200", "c-7", "", ""},
		"the whole again, and it is under way":     {"CAPTURE", books("SUCCESS", part("CAPTURE", full, "PROCESSING", "4200")), operate.Part{}, full, "4200", full, "", ""},
		"the whole again, which failed":            {"CAPTURE", books("SUCCESS", part("CAPTURE", full, "FAIL", "4200")), operate.Part{}, "", "", "", operate.FullFailed, "4200"},
		"the whole again, of which more is left":   {"CAPTURE", books("SUCCESS", part("CAPTURE", full, "SUCCESS", "200")), operate.Part{}, "", "", "", operate.FullBefore, "4000"},
		"nothing left":                             {"CAPTURE", books("SUCCESS", done), operate.Part{}, "", "", "", operate.NothingLeft, "0"},
		"nothing left of a part":                   {"CAPTURE", books("SUCCESS", done), operate.Part{Amount: sgd("1")}, "", "", "", operate.NothingLeft, "0"},
		"of what was cancelled":                    {"CAPTURE", books("CANCELLED"), operate.Part{}, "", "", "", operate.NothingLeft, "0"},
		"of what has failed":                       {"CAPTURE", books("FAIL"), operate.Part{}, "", "", "", operate.NothingLeft, "0"},
		"of what is under way":                     {"CAPTURE", books("PROCESSING"), operate.Part{}, "", "", "", operate.NotAuthorized, "0"},
		"a part of what is under way":              {"CAPTURE", books("PENDING"), operate.Part{Amount: sgd("1")}, "", "", "", operate.NotAuthorized, "0"},
		"a refund of the whole":                    {"REFUND", books("SUCCESS", done), operate.Part{}, fullRefund, "4200", "", "", ""},
		"a refund of what was captured":            {"REFUND", books("SUCCESS", part("CAPTURE", "c-1", "SUCCESS", "200")), operate.Part{}, fullRefund, "200", "", "", ""},
		"a refund of the rest":                     {"REFUND", books("SUCCESS", done, part("REFUND", "r-1", "SUCCESS", "200")), operate.Part{}, fullRefund, "4000", "", "", ""},
		"a refund of nothing that was captured":    {"REFUND", books("SUCCESS"), operate.Part{}, "", "", "", operate.NotCaptured, "0"},
		"a refund while it is being captured":      {"REFUND", books("SUCCESS", part("CAPTURE", "c-1", "PROCESSING", "200")), operate.Part{}, "", "", "", operate.NotCaptured, "0"},
		"a refund of what was refunded":            {"REFUND", books("SUCCESS", done, part("REFUND", "r-1", "SUCCESS", "4200")), operate.Part{}, "", "", "", operate.NothingLeft, "0"},
		"a refund of a part":                       {"REFUND", books("SUCCESS", done), operate.Part{Amount: sgd("200")}, "*", "200", "", "", ""},
		"a refund of more":                         {"REFUND", books("SUCCESS", done), operate.Part{Amount: sgd("4201")}, "", "", "", operate.MoreThanLeft, "4200"},
		"books that contradict themselves":         {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "SUCCESS", "1"), part("CAPTURE", "c-1", "FAIL", "1")), operate.Part{}, "", "", "", operate.Unreadable, "*"},
		"books that do, and it is meant":           {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "SUCCESS", "1"), part("CAPTURE", "c-1", "FAIL", "1")), operate.Part{Amount: sgd("1"), Again: true}, "*", "1", "", "", ""},
		"yen among dollars":                        {"CAPTURE", books("SUCCESS", mixed), operate.Part{}, "", "", "", operate.Unreadable, "*"},
		"yen among dollars, a part":                {"REFUND", books("SUCCESS", done, mixed), operate.Part{Amount: sgd("4250")}, "", "", "", operate.Unreadable, "*"},
		"more than fits into a number":             {"CAPTURE", books("SUCCESS", overflow...), operate.Part{}, "", "", "", operate.Unreadable, "*"},
		"more than fits, a refund":                 {"REFUND", books("SUCCESS", overflow...), operate.Part{}, "", "", "", operate.Unreadable, "*"},
		"a capture of no amount":                   {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "SUCCESS", "lots")), operate.Part{}, "", "", "", operate.Unreadable, "*"},
		"more was captured than was paid":          {"CAPTURE", books("SUCCESS", part("CAPTURE", "c-1", "SUCCESS", "9000")), operate.Part{}, "", "", "", operate.NothingLeft, "0"},
		"a whole refund, of a payment in no money": {"REFUND", apo.Payment{PaymentID: payID, Status: "SUCCESS"}, operate.Part{}, "", "", "", operate.Unreadable, "*"},
	} {
		t.Run(name, func(t *testing.T) {
			id, amount, before, err := partOf(c.kind, c.payment, c.part)
			no := &operate.Refusal{}
			if err != nil && !errors.As(err, &no) {
				t.Fatal(err)
			}
			if no.Reason != c.reason || c.limit != "*" && no.Limit.Value != c.limit {
				t.Errorf("refused: %q, limit %q; want %q, %q", no.Reason, no.Limit.Value, c.reason, c.limit)
			}
			if err != nil {
				return
			}
			if id != c.id && c.id != "*" || id == "" || c.id == "*" && id == full || amount.Value != c.value {
				t.Errorf("%s of %s, want %s of %s", id, amount, c.id, c.value)
			}
			if was := before != nil; was != (c.before != "") || was && before.RequestID != c.before {
				t.Errorf("sent earlier: %v", before)
			}
		})
	}
}

func partOf(kind string, p apo.Payment, part operate.Part) (string, apo.Amount, *apo.Transaction, error) {
	if kind == "CAPTURE" {
		r, before, err := operate.CaptureOf(p, part)
		return r.CaptureRequestID, r.CaptureAmount, before, err
	}
	r, before, err := operate.RefundOf(p, part)
	return r.RefundRequestID, r.RefundAmount, before, err
}

// The whole has one ID on every machine, and a part a new one each time.
func TestIDsOfParts(t *testing.T) {
	if got := operate.DerivedID("CAPTURE", payID); got != operate.DerivedID("CAPTURE", payID) || got == operate.DerivedID("REFUND", payID) || got == operate.DerivedID("CAPTURE", otherID) {
		t.Errorf("derived %s", got)
	}
	// It stands in other people's books: whoever changes it captures twice.
	if got, want := operate.DerivedID("CAPTURE", "2025"), "8a182b93"; got[:8] != want {
		t.Errorf("%s, want it to begin with %s", got, want)
	}
	seen := map[string]bool{}
	last := ""
	for range 100 {
		r, _, err := operate.CaptureOf(books("SUCCESS"), operate.Part{Amount: sgd("1")})
		if err != nil || seen[r.CaptureRequestID] || r.CaptureRequestID <= last {
			t.Errorf("%s after %s, %v", r.CaptureRequestID, last, err)
		}
		seen[r.CaptureRequestID], last = true, r.CaptureRequestID
	}
}
