package notify

import (
	"time"

	"github.com/apo-cli/apo/pkg/apo"
)

// Evidence is what a notification proves of one request, as an inquiry would.
// It is a fact about the request that has this API, request ID, amount, currency
// and client ID, and about no other: whoever uses it compares all of them.
type Evidence struct {
	Endpoint  string // "pay", "capture", "refund" or "vaultPaymentMethod"; empty: it tells of no request
	RequestID string // paymentRequestId, captureRequestId, refundRequestId or vaultingRequestId
	PaymentID string // empty where it is not told, as of refunds
	// PaymentRequestID is that of the payment that a capture, a refund or a dispute is
	// of; empty where it is not told.
	PaymentRequestID string

	// Disputed says that it tells of a dispute: somebody has paid.
	Disputed bool

	Amount   apo.Amount // zero of a card that is saved
	ClientID string     // as signed; empty of a notification that Read read by itself

	// Time is when it was sent, by the gateway's clock and as signed; zero where
	// that is not told, or cannot be read. What is older than a request says nothing
	// of it, and what has no time cannot be told from that.
	Time time.Time

	// Outcome is Succeeded, Declined or Pending. It is empty where nothing is
	// proved: the notification is another client's, is stale, contradicts itself,
	// lacks its result, request ID or amount, or has a status that nobody knows.
	Outcome apo.Outcome
	Code    string // the result code: "DO_NOT_HONOR"; "SUCCESS" where refundStatus says FAIL
}

// Evidence says what the notification proves of the request that it tells of.
func (n Notification) Evidence() Evidence {
	e := Evidence{PaymentID: n.PaymentID, PaymentRequestID: n.PaymentRequestID, Amount: n.Amount, ClientID: n.ClientID, Code: n.Result.Code}
	if at, err := apo.ParseTime(n.Time); err == nil {
		e.Time = at
	}
	switch n.Kind {
	case KindPaymentResult, KindPaymentPending:
		e.Endpoint, e.RequestID = "pay", n.PaymentRequestID
	case KindCaptureResult:
		e.Endpoint, e.RequestID = "capture", n.CaptureRequestID
	case KindRefundResult:
		e.Endpoint, e.RequestID = "refund", n.RefundRequestID
	case KindVaulting:
		e.Endpoint, e.RequestID = "vaultPaymentMethod", n.VaultingRequestID
	case KindDispute:
		e.Disputed = n.DisputeID != "" && n.Doubt != Contradiction && !n.OtherClient && !n.Stale
		return e
	default:
		return Evidence{ClientID: n.ClientID}
	}
	if _, err := n.Amount.Units(); n.Kind != KindVaulting && (err != nil || n.Amount.Currency == "") || e.RequestID == "" || n.OtherClient || n.Stale {
		return e
	}
	switch {
	case n.Kind == KindRefundResult && n.State == "" && n.Status == Failed:
		return e // refundStatus alone says what became of a refund
	case n.Status == Succeeded:
		e.Outcome = apo.Succeeded
	case n.Status == Failed:
		e.Outcome = apo.Declined
	case n.Doubt == InProcess:
		e.Outcome = apo.Pending
	}
	return e
}
