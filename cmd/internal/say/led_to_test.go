package say

import (
	"slices"
	"strings"
	"testing"

	"github.com/apo-cli/apo/pkg/apo"
	"github.com/apo-cli/apo/pkg/journal"
)

// The verdict begins with what the number is that somebody had.
func TestLedTo(t *testing.T) {
	n := apo.Numbers{
		PaymentRequestID: "p-1", PaymentID: "2026", CaptureRequestID: "c-1", CaptureID: "2027", RefundRequestID: "r-1", RefundID: "2028",
		ReferenceOrderID: "A-17", AcquirerTransactionID: "T-1", NetworkTransactionID: "5704", ARN: "740", RRN: "633",
	}
	for _, c := range []struct {
		typed, number string
		way           journal.Way
		want          string
	}{
		{"p-1", "p-1", journal.Exactly, ""},
		{"2026", "2026", journal.Exactly, ""},
		{"A-17", "A-17", journal.Exactly, "order A-17 is payment 2026"},
		{"2027", "2027", journal.Exactly, "capture 2027 is of payment 2026"},
		{"r-1", "r-1", journal.Exactly, "refund r-1 is of payment 2026"},
		{"T-1", "T-1", journal.Exactly, "the acquirer's number T-1 is of payment 2026"},
		{"5704", "5704", journal.Exactly, "networkTransactionId 5704 is of payment 2026"},
		{"740", "740", journal.Exactly, "ARN 740 is of payment 2026"},
		{"633", "633", journal.Exactly, "RRN 633 is of payment 2026"},
		{"a-17", "A-17", journal.CaseAside, "a-17 stands for order A-17, which is payment 2026"},
		{"P-1", "p-1", journal.CaseAside, "P-1 stands for paymentRequestId p-1, which is payment 2026"},
		{"20…", "2026", journal.Begins, "20… stands for paymentId 2026"},
		{"0768", "", journal.ByCard, "the card ending 0768 paid payment 2026"},
	} {
		m := journal.Match{
			Payment: journal.PaymentID{PaymentID: "2026", PaymentRequestID: "p-1"}, Number: c.number, Way: c.way,
			Record: journal.Record{Numbers: n, Card: "VISA 0768"},
		}
		if got := (Words{}).LedTo(c.typed, m); got != c.want {
			t.Errorf("%s: %q, want %q", c.typed, got, c.want)
		}
	}
}

// Who has a number that several payments have, or a card's, is told what to type: each
// command once, and one that names another payment than the run did.
func TestSeveralNext(t *testing.T) {
	of := func(client, id, request string, way journal.Way) journal.Match {
		return journal.Match{
			Payment: journal.PaymentID{ClientID: client, PaymentID: id, PaymentRequestID: request}, Number: request, Way: way,
			Record: journal.Record{Account: journal.Account{Profile: client, ClientID: client}, Card: "VISA 0768"},
		}
	}
	for name, c := range map[string]struct {
		args  []string
		typed string
		found []journal.Match
		want  []string
	}{
		"of two profiles": {
			[]string{"timeline", "A-1"},
			"A-1",
			[]journal.Match{of("sg", "", "A-1", journal.Exactly), of("th", "", "A-1", journal.Exactly)},
			[]string{"apo timeline A-1 --profile sg", "apo timeline A-1 --profile th", "--profile chooses among those of several profiles"},
		},
		"of one by a card": {[]string{"capture", "0768"}, "0768", []journal.Match{of("sg", "2026", "A-1", journal.ByCard)}, []string{"apo capture 2026"}},
		"of the same twice": {
			[]string{"inquire", "A-1"},
			"A-1",
			[]journal.Match{of("sg", "2026", "A-1", journal.Exactly), of("sg", "2026", "A-2", journal.Exactly)},
			[]string{"apo inquire 2026"},
		},
	} {
		f := Words{Args: c.args}.Several(c.typed, c.typed, c.found, len(c.found))
		if !slices.Equal(f.Next, c.want) {
			t.Errorf("%s: %q, want %q", name, f.Next, c.want)
		}
	}
}

// An ID under the wrong flag is told with the right one, and the rest of the command.
func TestOtherFlag(t *testing.T) {
	for _, args := range [][]string{{"capture", "--payment-id", "d-1", "--amount", "100"}, {"capture", "--payment-id=d-1", "--amount", "100"}} {
		got := strings.ReplaceAll(Words{Args: args}.OtherFlag("d-1", "--payment-id", "--payment-request-id"), "=", " ")
		if want := "the journal has d-1 as a paymentRequestId: apo capture --payment-request-id d-1 --amount 100"; got != want {
			t.Errorf("%q", got)
		}
	}
}
