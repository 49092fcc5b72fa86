package say

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apo-cli/apo/cmd/internal/term"
	"github.com/apo-cli/apo/pkg/notify"
)

// No line of a listener shows a card's number that somebody sent as an ID.
func TestHeardNumbersAreHidden(t *testing.T) {
	const card = "4111111111111111"
	for _, format := range []term.Format{term.NDJSON, term.Table} {
		var out, err bytes.Buffer
		n := notify.Notification{Type: card, Time: card, ClientID: card, Stale: true, OtherClient: true, VaultingRequestID: card, DisputeID: "d-1"}
		n.PaymentRequestID, n.PaymentID, n.CaptureRequestID, n.RefundRequestID = card, card, card, card
		n.Amount.Currency, n.Amount.Value = "SGD", card
		Printer{Streams: term.New(strings.NewReader(""), &out, &err), Format: format}.ListenHeard(Heard{Facts: Verified{News: n}}, Words{})
		if shown := out.String() + err.String(); strings.Contains(shown, card) || !strings.Contains(shown, "d-1") {
			t.Errorf("as %s: %s", format, shown)
		}
	}
}

// A line says that the query of its address is not signed.
func TestHeardQueryIsNotSigned(t *testing.T) {
	for format, want := range map[term.Format]string{term.NDJSON: `"queryCovered":false`, term.Table: queryUncovered} {
		var out, err bytes.Buffer
		h := Heard{Facts: Verified{News: notify.Notification{QueryUncovered: true}}}
		Printer{Streams: term.New(strings.NewReader(""), &out, &err), Format: format}.ListenHeard(h, Words{})
		if !strings.Contains(out.String(), want) {
			t.Errorf("as %s: %s", format, out.String())
		}
	}
}
