package say

import "github.com/apo-cli/apo/pkg/apo"

// numberKind is what a number is, in words.
type numberKind struct {
	name         string // before the number: "order"
	known        string // what the journal has it as: "an order number"
	namesPayment bool   // it is that of a payment, and not of something done with one
	of           string // "payment" or "refund": what the gateway can be asked for by it; "" neither
}

// kindOf says what a number is among those of one call.
func kindOf(n apo.Numbers, number string) numberKind {
	switch number {
	case n.PaymentID:
		return numberKind{"paymentId", "a payment", true, "payment"}
	case n.PaymentRequestID:
		return numberKind{"paymentRequestId", "a payment", true, "payment"}
	case n.RefundRequestID, n.RefundID:
		return numberKind{"refund", "a refund", false, "refund"}
	case n.CaptureRequestID, n.CaptureID:
		return numberKind{"capture", "a capture", false, ""}
	case n.ReferenceOrderID:
		return numberKind{"order", "an order number", true, ""}
	case n.NetworkTransactionID:
		return numberKind{"networkTransactionId", "the card scheme's number", false, ""}
	case n.ARN:
		return numberKind{"ARN", "an acquirer's number", false, ""}
	case n.RRN:
		return numberKind{"RRN", "an acquirer's number", false, ""}
	}
	return numberKind{"the acquirer's number", "an acquirer's number", false, ""}
}
