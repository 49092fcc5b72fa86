package verify

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/apo-cli/apo/cmd/internal/received"
	"github.com/apo-cli/apo/cmd/internal/say"
	"github.com/apo-cli/apo/pkg/journal"
	"github.com/apo-cli/apo/pkg/notify"
	"github.com/apo-cli/apo/pkg/sign"
)

// staleAfter is more than the time in which APO delivers a notification again.
const staleAfter = 25 * time.Hour

// Verifier is for whoever receives notifications itself.
func (e *Engine) Verifier() notify.Verifier {
	return notify.Verifier{Keys: []*sign.PublicKey{e.expected.Key}, ClientID: e.own, MaxAge: staleAfter, Now: e.run.Now}
}

// Account says whose notifications are received.
func (e *Engine) Account() journal.Account {
	if e.profile == nil {
		return journal.Account{ClientID: e.own}
	}
	return journal.Account{Profile: e.profile.Name, Mode: e.profile.Mode(), ClientID: e.clientID}
}

// Heard are the facts of a notification that came to a listener and, where record is
// not 0, is in the journal. It is safe for concurrent use.
func (e *Engine) Heard(ctx context.Context, n notify.Notification, record int64) say.Verified {
	facts := say.Verified{Side: e.settings.Side, Key: e.expected, News: n, Query: n.QueryUncovered, Own: e.own}
	if _, known := e.ordered.LoadOrStore(n.Type, true); !known { // one of a type will do
		e.run.KeepKeyOrder(n.Body)
	}
	if record != 0 && e.book != nil && e.ours(n) {
		e.weigh(ctx, n, record, &facts)
	}
	return facts
}

// ours reports whether what a notification says is this profile's to believe.
func (e *Engine) ours(n notify.Notification) bool {
	return e.profile != nil && e.settings.PublicKey == "" && !n.OtherClient && e.profile.ClientID != "" && e.paths.State != ""
}

// PaymentOf is the payment of a notification; of a refund the journal knows which. Of
// one that nobody knows it is the request's own ID.
func (e *Engine) PaymentOf(ctx context.Context, n notify.Notification) string {
	if n.PaymentID == "" && n.RefundRequestID != "" && e.book != nil {
		if calls, err := e.book.Sharing(ctx, n.ClientID, n.Numbers); err == nil && len(calls) > 0 {
			return calls[0].Numbers.PaymentID
		}
	}
	return cmp.Or(n.PaymentID, n.PaymentRequestID, n.RefundRequestID, n.CaptureRequestID, n.VaultingRequestID, n.DisputeID)
}

// Diagnose finds out why a message that came over HTTP does not verify, as far as those
// before have left time for that: what broke one of them mostly broke the next.
func (e *Engine) Diagnose(ctx context.Context, m sign.Message, signature string, header http.Header) say.Verification {
	from := received.Message{Method: m.Method, URI: m.Path, Body: m.Body, HasBody: true}
	for name, values := range header {
		for _, value := range values {
			from.Header = append(from.Header, received.Field{Name: name, Value: value})
		}
	}
	if e.heard == nil {
		e.heard = e.Stream("", "")
	}
	e.heard.diagnoses.goOn(e.run.Now())
	return e.heard.diagnose(ctx, Examined{Message: m, header: signature, from: from})
}
